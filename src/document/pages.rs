//! What every kind of document looks like from outside: numbered pages of text, of pixels, or of both, and documents
//! within it. Pure data and one trait; nothing of it has passed the text contract yet.

use serde::{Deserialize, Serialize};

use crate::case::{Area, Extent, Paper, Picture, Scan, Viewport};

/// An opened document. Pages are numbered from 0. Everything is bounded (see [`Limits`]) and nothing panics, however
/// hostile the bytes; what a library does wrong all the same ends in the worker process.
pub trait Pages {
    /// At least 1.
    fn count(&self) -> usize;

    /// What the document says of itself, in the order in which it is to be shown: producer, title, resolution …
    fn facts(&self) -> Vec<Fact> {
        Vec::new()
    }

    /// The text of a page, laid out; no lines where it has none.
    fn text(&mut self, page: usize) -> Result<Text, Why>;

    /// The size of a page's picture; `None` where a page is text only.
    fn extent(&mut self, _page: usize) -> Result<Option<Extent>, Why> {
        Ok(None)
    }

    /// What a viewport onto the page's picture shows. Asked only where there is an extent.
    fn picture(&mut self, page: usize, viewport: &Viewport) -> Result<Picture, Why> {
        let _ = (page, viewport);
        Err(Why::Unsupported("a picture of this kind".into()))
    }

    /// Its pages as pixels, where they are that and nothing else.
    fn scan(&self) -> Option<Scan> {
        None
    }

    /// Files within: attachments, members of an archive, pictures of a letter.
    fn members(&self) -> Vec<Member> {
        Vec::new()
    }

    fn member(&mut self, at: usize) -> Result<Paper, Why> {
        Err(Why::Missing(format!("file {}", at + 1)))
    }
}

/// One thing that a document says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Our word: "producer", "resolution".
    pub label: String,
    /// From outside.
    pub value: String,
}

impl Fact {
    pub fn new(label: &'static str, value: impl Into<String>) -> Fact {
        Fact { label: label.into(), value: value.into() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Text {
    pub lines: Vec<Line>,
    /// There is more than is here.
    pub is_cut: bool,
    /// What of the page is not shown, in our words: "2 annotations without an appearance are not drawn".
    pub notes: Vec<String>,
}

/// A line as it stands on the page, with the blanks that keep columns apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub text: String,
    /// How deep it lies in what can be folded; a line folds those after it that lie deeper.
    pub depth: u16,
    /// Where the words of `text` (parted by blanks) stand on the page's picture, one for each, or none at all.
    pub words: Vec<Area>,
}

impl Line {
    pub fn new(text: impl Into<String>) -> Line {
        Line { text: text.into(), ..Line::default() }
    }
}

/// A file within a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// As the document has it, with any folders.
    pub name: String,
    /// In bytes, unpacked; as the document claims.
    pub size: u64,
    /// A folder, or something that cannot be opened: why.
    pub closed: Option<String>,
}

/// Why a document, or a page of it, is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// It opens with a password only; the one that was given is wrong.
    Password { wrong: bool },
    /// Its bytes are not what they should be: what a decoder says of them.
    Damaged(String),
    /// It passes a limit of ours: which.
    Limit(String),
    /// A form of its kind that cannot be read here: which.
    Unsupported(String),
    /// There is no such page or file.
    Missing(String),
    /// The worker process came to its end over it: how.
    Ended(String),
}

/// What is read at most; more is said to be there, or refused. The sources: what the card schemes take at most is
/// 18 MB, 30 megapixels and 100 pages, and a hostile file must not cost more than a worker has.
pub struct Limits;

impl Limits {
    /// Bytes of a document.
    pub const BYTES: usize = 64 * 1024 * 1024;
    /// Pixels of one decoded page.
    pub const PIXELS: u64 = 120_000_000;
    pub const PAGES: usize = 5_000;
    /// Bytes of text of one document.
    pub const TEXT: usize = 8 * 1024 * 1024;
    /// Mails within mails, archives within archives.
    pub const DEPTH: usize = 30;
    /// Parts of a mail.
    pub const PARTS: usize = 2_000;
    /// Members of an archive.
    pub const MEMBERS: usize = 10_000;
    /// Bytes of one unpacked member.
    pub const MEMBER: u64 = 64 * 1024 * 1024;
}
