//! The conversation with a process of its own that opens one document after another: what is asked, what is answered,
//! and how both travel through a pipe. Whoever asks takes the answers for what they are: text from outside.
//!
//! A message is two lengths (little-endian, four and eight bytes), then so many bytes of JSON, then so many of content:
//! a document's, or a picture's pixels.

use std::{
    io::{self, Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{
    kind::Kind,
    open::open,
    pages::{Fact, Limits, Member, Pages, Text, Why},
    sniff,
};
use crate::case::{Extent, Paper, Picture, Pixels, Scan, Viewport};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Open the content, and forget what was open before.
    Open {
        password: Option<String>,
    },
    Text {
        page: usize,
    },
    Extent {
        page: usize,
    },
    Picture {
        page: usize,
        viewport: Viewport,
    },
    Member {
        at: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    Opened(Summary),
    Text(Text),
    Extent(Option<Extent>),
    /// The content is its pixels.
    Picture {
        width: u32,
        height: u32,
        is_grey: bool,
    },
    /// The content is its bytes.
    Member {
        name: String,
        claimed: String,
    },
    Refused(Why),
}

/// What is known of a document once it is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub kind: Kind,
    pub pages: usize,
    pub facts: Vec<Fact>,
    pub members: Vec<Member>,
    pub scan: Option<Scan>,
}

/// Bytes of JSON in one message at most: a page's text, with the places of its words.
const HEAD_AT_MOST: usize = 64 * 1024 * 1024;
/// Bytes of content at most: a document, a file within one, the pixels of a large screen.
const CONTENT_AT_MOST: usize = Limits::BYTES;

/// One message as bytes. Fails where it passes what a message may hold.
pub fn pack(head: &impl Serialize, content: &[u8]) -> io::Result<Vec<u8>> {
    let head = serde_json::to_vec(head)?;
    if head.len() > HEAD_AT_MOST || content.len() > CONTENT_AT_MOST {
        return Err(io::Error::other("a message is too large"));
    }
    let mut bytes = Vec::with_capacity(LENGTHS + head.len() + content.len());
    bytes.extend((head.len() as u32).to_le_bytes());
    bytes.extend((content.len() as u64).to_le_bytes());
    bytes.extend(head);
    bytes.extend(content);
    Ok(bytes)
}

/// Bytes before a message's JSON.
pub const LENGTHS: usize = 12;

/// How many bytes of JSON and of content follow, told by the first [`LENGTHS`] bytes. Fails where they are too many.
pub fn lengths(bytes: [u8; LENGTHS]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, content @ ..] = bytes;
    let head = u32::from_le_bytes([a, b, c, d]) as usize;
    let content = usize::try_from(u64::from_le_bytes(content)).unwrap_or(usize::MAX);
    if head > HEAD_AT_MOST || content > CONTENT_AT_MOST {
        return Err(io::Error::other("a message is too large"));
    }
    Ok((head, content))
}

/// The two parts of a message whose lengths are told.
pub fn parse<T: DeserializeOwned>(mut bytes: Vec<u8>, head: usize) -> io::Result<(T, Vec<u8>)> {
    if bytes.len() < head {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let content = bytes.split_off(head);
    Ok((serde_json::from_slice(&bytes)?, content))
}

/// Answers until nobody asks any more. `before` is called before each piece of work, so that limits can begin anew.
pub fn serve(mut from: impl Read, mut to: impl Write, mut before: impl FnMut()) -> io::Result<()> {
    let mut open = None;
    loop {
        let mut start = [0; LENGTHS];
        match from.read_exact(&mut start) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            read => read?,
        }
        let (head, content) = lengths(start)?;
        let mut bytes = vec![0; head + content];
        from.read_exact(&mut bytes)?;
        let (request, content) = parse(bytes, head)?;
        before();
        let (reply, content) = answer(&mut open, request, content);
        to.write_all(&pack(&reply, &content)?)?;
        to.flush()?;
    }
}

/// A decoder that panics loses its document and nothing else.
fn answer(open: &mut Option<Box<dyn Pages>>, request: Request, content: Vec<u8>) -> (Reply, Vec<u8>) {
    let tried = catch_unwind(AssertUnwindSafe(|| work(open, request, content)));
    let done = tried.unwrap_or_else(|_| {
        *open = None;
        Err(Why::Ended("the reader of this kind failed".into()))
    });
    done.unwrap_or_else(|why| (Reply::Refused(why), Vec::new()))
}

fn work(
    opened: &mut Option<Box<dyn Pages>>,
    request: Request,
    content: Vec<u8>,
) -> Result<(Reply, Vec<u8>), Why> {
    if let Request::Open { password } = request {
        *opened = None;
        let kind = sniff(&content);
        let pages = opened.insert(open(content, password.as_deref())?);
        let summary = Summary {
            kind,
            pages: pages.count().clamp(1, Limits::PAGES),
            facts: pages.facts(),
            members: pages.members(),
            scan: pages.scan(),
        };
        return Ok((Reply::Opened(summary), Vec::new()));
    }
    let pages = opened.as_mut().ok_or_else(|| Why::Missing("an open document".into()))?;
    match request {
        Request::Text { page } | Request::Extent { page } | Request::Picture { page, .. } => {
            if page >= pages.count() {
                return Err(Why::Missing(format!("page {}", page.saturating_add(1))));
            }
        }
        Request::Member { at } if at >= pages.members().len() => {
            return Err(Why::Missing(format!("file {} in it", at.saturating_add(1))));
        }
        Request::Open { .. } | Request::Member { .. } => {}
    }
    Ok(match request {
        Request::Open { .. } => return Err(Why::Missing("an open document".into())),
        Request::Text { page } => (Reply::Text(pages.text(page)?), Vec::new()),
        Request::Extent { page } => (Reply::Extent(pages.extent(page)?), Vec::new()),
        Request::Picture { page, viewport } => {
            let Picture { width, height, pixels } = pages.picture(page, &viewport)?;
            let (is_grey, bytes) = match pixels {
                Pixels::Grey(bytes) => (true, bytes),
                Pixels::Colour(bytes) => (false, bytes),
            };
            (Reply::Picture { width, height, is_grey }, bytes)
        }
        Request::Member { at } => {
            let Paper { name, claimed, bytes } = pages.member(at)?;
            let (name, claimed) = (name.exact().to_owned(), claimed.exact().to_owned());
            (Reply::Member { name, claimed }, bytes)
        }
    })
}
