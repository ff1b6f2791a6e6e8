//! READING: the bytes of a document to what a person may read of it. The bytes decide what a document is, never its
//! name or the media type a provider claims. Knows nothing of terminals, networks or files.

mod archive;
mod csv_table;
mod encoding;
mod grid;
mod html;
mod json_tree;
mod kind;
mod mail;
mod open;
mod package;
mod pages;
mod plain;
mod scroll;
mod sniff;
mod stated;
mod word;
mod workbook;
pub mod worker;
mod xml;
mod zip;

use std::fmt;

use crate::{
    case::Paper,
    text::{SafeText, Shown, say},
};

pub use kind::Kind;
pub use open::open;
pub use pages::{Fact, Limits, Line, Member, Pages, Text, Why};
pub use plain::{BYTES_AT_MOST, LINE_AT_MOST, LINES_AT_MOST};
pub use sniff::sniff;
pub use stated::{Mismatch, is_what_it_says};

/// What can be shown of one document.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// What the bytes are.
    pub kind: Kind,
    /// In bytes.
    pub size: usize,
    /// Of the bytes as received.
    pub sha256: Sha256,
    /// Where its name or its claimed media type says otherwise.
    pub mismatch: Option<Mismatch>,
    pub body: Body,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    Text {
        /// "UTF-8", "UTF-16 LE", "windows-1252" …
        encoding: &'static str,
        /// Masked and fit to be shown. A line of more than [`LINE_AT_MOST`] bytes goes on in the next one.
        lines: Vec<SafeText>,
        /// There is more than [`BYTES_AT_MOST`] bytes or [`LINES_AT_MOST`] lines, and the rest is not here.
        cut: bool,
    },
    /// Nothing of it can be shown; why, and what can be done instead.
    Placeholder { why: SafeText },
}

/// The SHA-256 of a document, shown as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    pub fn of(bytes: &[u8]) -> Sha256 {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
        let mut sum = [0; 32];
        sum.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Sha256(sum)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

/// Hexadecimal digits are not text from outside; a run of decimal ones among them must not be masked as a card.
impl Shown for Sha256 {}

/// Reads a document. Never fails: what cannot be shown has a placeholder that says why. The work is bounded by the
/// limits above, except for the hash, which takes in every byte.
pub fn read(paper: &Paper) -> Reading {
    let kind = sniff(&paper.bytes);
    let body = if kind.is_text() {
        let (encoding, lines, cut) = plain::lines(&paper.bytes);
        Body::Text { encoding, lines, cut }
    } else {
        Body::Placeholder { why: placeholder(kind) }
    };
    Reading {
        kind,
        size: paper.bytes.len(),
        sha256: Sha256::of(&paper.bytes),
        mismatch: is_what_it_says(kind, &paper.claimed, &paper.name),
        body,
    }
}

fn placeholder(kind: Kind) -> SafeText {
    let what = SafeText::own(match kind {
        Kind::Empty => return SafeText::own("this document has no bytes"),
        Kind::Executable => return SafeText::own("this is a program; it is not shown and never run"),
        Kind::Unknown => "these bytes are of no kind that is known here",
        Kind::Zip => "the files in a ZIP archive cannot be listed here",
        Kind::Docx => "a Word document cannot be shown here",
        Kind::Ole => "an old Office document or Outlook message cannot be shown here",
        Kind::Pdf => "a PDF document cannot be shown here",
        Kind::Rtf => "an RTF document cannot be shown here",
        _ => "a picture cannot be shown here",
    });
    say!("{}; S saves it, to be read with another program", what)
}
