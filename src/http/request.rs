//! Requests and answers as values, so that a provider can say what to ask without asking.

use std::time::Duration;

use serde_json::Value;

use crate::case::Moment;

/// One HTTP request, relative to a profile's base address. Authorisation is not in it: the door adds it. Nor is a host:
/// an address that an answer names cannot be followed.
#[derive(Clone, PartialEq)]
pub struct Request {
    pub method: Method,
    /// Below the base address, beginning with "/". Path parameters are percent-encoded by [`segment`](crate::text::segment).
    pub path: String,
    /// Never holds a card number: addresses end up in logs that nobody guards.
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Body,
    /// The largest body, in bytes, that is accepted as an answer.
    pub limit: usize,
    /// From the first byte sent to the last byte read.
    pub patience: Duration,
    /// Whether asking twice changes nothing at the provider. Only then is it ever repeated.
    pub read_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Put,
}

#[derive(Clone, PartialEq)]
pub enum Body {
    Empty,
    /// Written as JSON when it is sent.
    Json(Value),
    /// JSON that was made before. Sent byte for byte.
    Exact(Vec<u8>),
}

impl std::fmt::Debug for Body {
    /// The shape only: a body may hold card data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Body::Empty => "Empty",
            Body::Json(_) => "Json(..)",
            Body::Exact(_) => "Exact(..)",
        })
    }
}

/// Answers that carry data only.
pub const JSON_LIMIT: usize = 8 << 20;
/// A whole queue: the API has no pages, and a queue may hold 20,000 cases.
pub const QUEUE_LIMIT: usize = 96 << 20;
/// A document, possibly as base64 in JSON.
pub const DOCUMENT_LIMIT: usize = 96 << 20;

/// How long an answer may take, usually.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The same for a whole queue, or documents over a thin line.
pub const LONG: Duration = Duration::from_secs(120);

impl Request {
    /// A read with the usual limits: 8 MiB, 30 seconds.
    pub fn read(method: Method, path: impl Into<String>) -> Request {
        Request {
            method,
            path: path.into(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
            limit: JSON_LIMIT,
            patience: PATIENCE,
            read_only: true,
        }
    }
}

impl std::fmt::Debug for Request {
    /// Names only: values of headers and queries may be what nobody should see.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("query", &names(&self.query))
            .field("headers", &names(&self.headers))
            .field("body", &self.body)
            .field("read_only", &self.read_only)
            .finish_non_exhaustive()
    }
}

/// What came back, whole.
#[derive(Clone, PartialEq)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The provider's clock (the Date header), where it sent one.
    pub date: Option<Moment>,
}

impl Response {
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}
