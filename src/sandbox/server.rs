//! HTTP/1.1 around the stand-in: reads a request whole, lets a trouble have its way, writes the answer.

use std::{
    io,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    Request,
    body::{Body, Bytes, Frame, Incoming, SizeHint},
    http,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Clock, Seen, Shared, Trouble, Troubles, locked};
use crate::{case::Moment, http::Response, provider::Asked};

/// A request body larger than this ends the connection: ten documents of 10 MiB in base64, and room for words.
const MOST: usize = 140 << 20;
/// How long running answers may take once the stand-in is told to stop.
const FAREWELL: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Desk {
    pub stage: Shared,
    pub clock: Clock,
    pub troubles: Troubles,
    pub stopped: watch::Receiver<bool>,
}

impl Desk {
    pub async fn serve(mut self, listener: TcpListener) {
        let mut lines = JoinSet::new();
        loop {
            let desk = self.clone();
            tokio::select! {
                _ = self.stopped.wait_for(|stopped| *stopped) => break,
                line = listener.accept() => match line {
                    Ok((stream, _)) => { lines.spawn(desk.line(stream)); }
                    // Out of file descriptors, mostly: it passes.
                    Err(_) => sleep(Duration::from_millis(50)).await,
                },
                Some(_) = lines.join_next() => {}
            }
        }
        let farewell = async { while lines.join_next().await.is_some() {} };
        let _ = timeout(FAREWELL, farewell).await;
    }

    /// One connection, until it or the stand-in ends.
    async fn line(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut stopped = self.stopped.clone();
        let service = service_fn(move |request| self.clone().hear(request));
        let mut connection = pin!(
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service)
        );
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = stopped.wait_for(|stopped| *stopped) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn hear(mut self, request: Request<Incoming>) -> Result<http::Response<Out>, io::Error> {
        let (head, body) = request.into_parts();
        let body = whole(body).await?;
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let headers = head.headers.iter().map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let asked = Asked::new(head.method.as_str(), target, headers.collect(), body);
        let ticket = self.troubles.note(Seen {
            method: asked.method.clone(),
            path: asked.path.clone(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            key: asked.header("idempotency-key").map(str::to_owned),
            status: None,
        });
        let mut clearings = self.troubles.clearings();
        let trouble = self.troubles.take(&asked.method, &asked.path);
        self.wait(trouble.as_ref(), &mut clearings).await;
        let now = (self.clock)();
        let answer = self.answer(&asked, trouble.as_ref(), now)?;
        let trouble = match trouble {
            Some(Trouble::AfterEffect(then)) => {
                self.wait(Some(&then), &mut clearings).await;
                Some(*then)
            }
            trouble => trouble,
        };
        self.troubles.answered(ticket, answer.status);
        written(answer, trouble.as_ref(), now)
    }

    async fn wait(&mut self, trouble: Option<&Trouble>, clearings: &mut watch::Receiver<u64>) {
        let until = async {
            match trouble {
                Some(Trouble::Slow(long)) => sleep(*long).await,
                Some(Trouble::Hold) => {
                    let _ = clearings.changed().await;
                }
                _ => {}
            }
        };
        tokio::select! {
            () = until => {}
            _ = self.stopped.wait_for(|stopped| *stopped) => {}
        }
    }

    /// An error closes the connection without an answer.
    fn answer(&self, asked: &Asked, trouble: Option<&Trouble>, now: Moment) -> Result<Response, io::Error> {
        let usual = || locked(&self.stage).answer(asked, now);
        let closed = || Err(io::Error::other("closed on purpose"));
        Ok(match trouble {
            Some(Trouble::Drop) => return closed(),
            Some(Trouble::LoseAnswer) => {
                usual();
                return closed();
            }
            Some(Trouble::ExpireTokens) => {
                locked(&self.stage).world.expire_tokens();
                usual()
            }
            Some(Trouble::AfterEffect(then)) => {
                let answer = usual();
                instead(then).unwrap_or(answer)
            }
            Some(trouble) => instead(trouble).unwrap_or_else(usual),
            None => usual(),
        })
    }
}

/// What a trouble says in place of the usual answer.
fn instead(trouble: &Trouble) -> Option<Response> {
    const JSON: &str = "application/json";
    let later = |seconds: &Option<u64>| seconds.map(|seconds| ("retry-after".to_owned(), seconds.to_string()));
    let (status, media, body, header) = match trouble {
        Trouble::TooFast(seconds) => {
            let body = br#"{"fault":{"code":900800,"message":"Message throttled out"}}"#.to_vec();
            (429, JSON, body, later(seconds))
        }
        Trouble::Busy(seconds) => {
            (503, JSON, br#"{"code":"503","message":"Maintenance"}"#.to_vec(), later(seconds))
        }
        Trouble::Broken => {
            let body = br#"{"code":"500","message":"Internal error","source":"CBK"}"#.to_vec();
            (500, JSON, body, None)
        }
        Trouble::Unauthorised => (401, "", Vec::new(), None),
        Trouble::Forbidden => (403, JSON, br#"{"code":"403","message":"Not subscribed"}"#.to_vec(), None),
        Trouble::Malformed => (200, JSON, br#"{"cases":[{"caseNumber":"26004"#.to_vec(), None),
        Trouble::Html => {
            let page = "<!DOCTYPE html>\n<html><head><title>Guest network: sign in</title></head>\
                <body><form><input name=\"password\"></form></body></html>";
            (200, "text/html; charset=utf-8", page.into(), None)
        }
        Trouble::Empty => (200, JSON, Vec::new(), None),
        Trouble::Redirect => {
            (302, "", Vec::new(), Some(("location".to_owned(), "http://elsewhere.invalid/".to_owned())))
        }
        Trouble::Says(status, media, body) => (*status, *media, body.clone(), None),
        Trouble::Endless => (200, JSON, Vec::new(), None),
        _ => return None,
    };
    let mut headers: Vec<_> = header.into_iter().collect();
    if !media.is_empty() {
        headers.push(("content-type".into(), media.into()));
    }
    Some(Response { status, headers, body, date: None })
}

fn written(answer: Response, trouble: Option<&Trouble>, now: Moment) -> Result<http::Response<Out>, io::Error> {
    let mut response = http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    if let Some(date) = date(now) {
        response = response.header("date", date);
    }
    let bytes = Bytes::from(answer.body);
    let body = match trouble {
        Some(Trouble::Endless) => Out::Endless(false),
        Some(Trouble::Truncated) => {
            Out::Half { left: bytes.slice(..bytes.len() / 2), size: bytes.len(), sent: false }
        }
        _ => Out::Whole(bytes),
    };
    response.body(body).map_err(io::Error::other)
}

/// By the stand-in's clock, as in the Date header (RFC 9110, IMF-fixdate).
fn date(now: Moment) -> Option<String> {
    let at = jiff::Timestamp::from_millisecond(now.0).ok()?;
    Some(at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string())
}

async fn whole(mut body: Incoming) -> Result<Vec<u8>, io::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = std::future::poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {
        let frame = frame.map_err(io::Error::other)?;
        if let Some(data) = frame.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() > MOST {
            return Err(io::Error::other("the request is too large"));
        }
    }
    Ok(bytes)
}

/// A body that may misbehave.
enum Out {
    Whole(Bytes),
    /// Promises `size` bytes, sends fewer, breaks off. `sent` leaves a turn for the first half to go out.
    Half {
        left: Bytes,
        size: usize,
        sent: bool,
    },
    /// Whether it has begun.
    Endless(bool),
}

impl Body for Out {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.get_mut() {
            Out::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Out::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Out::Half { left, .. } if !left.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(left)))))
            }
            Out::Half { sent, .. } if !*sent => {
                *sent = true;
                task.waker().wake_by_ref();
                Poll::Pending
            }
            Out::Half { .. } => Poll::Ready(Some(Err(io::Error::other("broken off on purpose")))),
            Out::Endless(begun) => {
                let piece = if std::mem::replace(begun, true) { ENDLESS } else { b"{\"cases\":[" };
                Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(piece)))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Out::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Out::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Out::Half { size, .. } => SizeHint::with_exact(*size as u64),
            Out::Endless(_) => SizeHint::default(),
        }
    }
}

static ENDLESS: &[u8] = &[b' '; 64 << 10];
