//! One request, one answer: no second try, no authorisation of its own. Turns the network stack's errors into faults
//! that never hold an address.

use std::error::Error;

use reqwest::{
    Url,
    header::{CONTENT_ENCODING, HeaderMap, LOCATION},
};

use super::{Response, client::client, pace};
use crate::case::{Fault, FaultKind};

/// Sends a finished request and reads the answer whole, up to `limit` bytes.
///
/// Faults: `Unprepared` (refused before anything was sent), `Unreachable` (no connection came about), `Lost` (bytes may
/// have left; with the status, where the head of the answer still came), `Unreadable` (a redirect, an encoding nobody
/// asked for), `TooLarge`.
pub(super) async fn exchange(request: reqwest::Request, limit: usize) -> Result<Response, Fault> {
    let (asked, patience) = (request.url().clone(), request.timeout().copied());
    let told = |why: reqwest::Error| tell(why, asked.host_str(), patience);
    let client =
        client(asked.scheme() == "https").await.map_err(|why| Fault::new(FaultKind::Unprepared, why))?;
    let mut answer = client.execute(request).await.map_err(told)?;
    let status = answer.status().as_u16();
    let at_status = |fault: Fault| Fault { status: Some(status), ..fault };
    unasked(&asked, status, answer.headers()).map_err(at_status)?;

    let most = if limit < 1 << 20 { format!("{} KiB", limit >> 10) } else { format!("{} MiB", limit >> 20) };
    let too_large = || at_status(Fault::new(FaultKind::TooLarge, format!("more than {most}")));
    let expected = answer.content_length().unwrap_or(0);
    if expected > limit as u64 {
        return Err(too_large());
    }
    let mut body = Vec::with_capacity(expected as usize);
    while let Some(chunk) = answer.chunk().await.map_err(|why| at_status(told(why)))? {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    let headers = texts(answer.headers());
    let date = headers.iter().find(|(name, _)| name == "date").and_then(|(_, value)| pace::http_date(value));
    Ok(Response { status, headers, body, date })
}

/// What is never accepted, whatever the body says.
fn unasked(asked: &Url, status: u16, headers: &HeaderMap) -> Result<(), Fault> {
    if (300..400).contains(&status) {
        let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
        let host =
            location.and_then(|place| asked.join(place).ok()).and_then(|url| url.host_str().map(str::to_owned));
        let host = host.unwrap_or_else(|| "another place".into());
        return Err(Fault::new(FaultKind::Unreadable, format!("sent on to {host}, which is not followed")));
    }
    for encoding in headers.get_all(CONTENT_ENCODING) {
        if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
            let why = "the answer is packed (content-encoding), which was not asked for";
            return Err(Fault::new(FaultKind::Unreadable, why));
        }
    }
    Ok(())
}

/// Header names come in lower case from the stack. Bytes that are not UTF-8 are kept visible as U+FFFD.
fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

fn tell(why: reqwest::Error, host: Option<&str>, patience: Option<std::time::Duration>) -> Fault {
    let why = why.without_url();
    let host = host.unwrap_or("the provider");
    let kind = if why.is_builder() {
        FaultKind::Unprepared
    } else if why.is_connect() {
        FaultKind::Unreachable
    } else {
        FaultKind::Lost
    };
    let says = match patience {
        Some(patience) if why.is_timeout() && kind == FaultKind::Lost => {
            format!("{host}: no whole answer within {patience:?}")
        }
        _ => format!("{host}: {}", words(why)),
    };
    Fault::new(kind, says)
}

/// The chain of causes without the stack's own preamble. Callers strip the address first.
pub(super) fn words(why: reqwest::Error) -> String {
    let mut parts = vec![why.to_string()];
    let mut cause = why.source();
    while let Some(inner) = cause {
        parts.push(inner.to_string());
        cause = inner.source();
    }
    let last = parts.last().cloned().unwrap_or_default();
    const PREAMBLE: [&str; 5] = [
        "error sending request",
        "client error",
        "error decoding response body",
        "request or response body error",
        "error reading a body from connection",
    ];
    parts.retain(|part| !PREAMBLE.iter().any(|words| part.starts_with(words)));
    parts.dedup();
    if parts.is_empty() { last } else { parts.join(": ") }
}
