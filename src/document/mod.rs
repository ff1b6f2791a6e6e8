//! READING: the bytes of a document to what a person may read of it. The bytes decide what a document is, never its
//! name or the media type a provider claims. Knows nothing of terminals, networks or files.

mod archive;
mod csv_table;
mod encoding;
mod grid;
mod html;
mod image;
mod jpeg;
mod json_tree;
mod kind;
mod mail;
mod open;
mod package;
mod pages;
mod pdf;
mod plain;
mod raster;
mod scroll;
mod sniff;
mod stated;
mod tiff;
mod word;
mod workbook;
pub mod worker;
mod xml;
mod zip;

use std::fmt;

use crate::text::Shown;

pub use kind::Kind;
pub use open::open;
pub use pages::{Fact, Limits, Line, Member, Pages, Text, Why};
pub use plain::{LINE_AT_MOST, LINES_AT_MOST, break_line};
pub use sniff::sniff;
pub use stated::{Mismatch, is_what_it_says};

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
