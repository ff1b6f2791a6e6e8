//! The ways in which strips and tiles are packed: which are known, and their names.

use super::{directory::Tags, tag};
use crate::document::pages::Why;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    None,
    /// CCITT modified Huffman: rows begin at bytes, or at pairs of them.
    Huffman {
        words: bool,
    },
    /// CCITT T.4, one- or two-dimensional.
    Group3 {
        two: bool,
    },
    /// CCITT T.6.
    Group4,
    Lzw,
    /// The withdrawn way of TIFF 6.0, section 22.
    OldJpeg,
    Jpeg,
    Deflate,
    PackBits,
    /// Runs and differences of 4 bit pixels.
    ThunderScan,
    /// Of 2 bit pixels.
    Next,
    WebP,
}

impl Codec {
    pub fn of(tags: &Tags) -> Result<Codec, Why> {
        let number = tags.number(tag::COMPRESSION).unwrap_or(1);
        Ok(match number {
            0 | 1 => Codec::None,
            2 => Codec::Huffman { words: false },
            3 => Codec::Group3 { two: tags.number(tag::T4_OPTIONS).unwrap_or(0) & 1 != 0 },
            4 => Codec::Group4,
            5 => Codec::Lzw,
            6 => Codec::OldJpeg,
            7 => Codec::Jpeg,
            8 | 32946 => Codec::Deflate,
            32766 => Codec::Next,
            32771 => Codec::Huffman { words: true },
            32773 => Codec::PackBits,
            32809 => Codec::ThunderScan,
            50001 => Codec::WebP,
            other => return Err(Why::Unsupported(unread(other))),
        })
    }

    pub fn words(self) -> &'static str {
        match self {
            Codec::None => "none",
            Codec::Huffman { .. } => "CCITT modified Huffman",
            Codec::Group3 { two: false } => "CCITT Group 3",
            Codec::Group3 { two: true } => "CCITT Group 3, two-dimensional",
            Codec::Group4 => "CCITT Group 4",
            Codec::Lzw => "LZW",
            Codec::OldJpeg => "JPEG, the old way",
            Codec::Jpeg => "JPEG",
            Codec::Deflate => "Deflate",
            Codec::PackBits => "PackBits",
            Codec::ThunderScan => "ThunderScan",
            Codec::Next => "NeXT",
            Codec::WebP => "WebP",
        }
    }

    pub fn is_jpeg(self) -> bool {
        matches!(self, Codec::Jpeg | Codec::OldJpeg)
    }

    pub fn is_fax(self) -> bool {
        matches!(self, Codec::Huffman { .. } | Codec::Group3 { .. } | Codec::Group4)
    }
}

/// Why a page packed like this is not shown.
fn unread(number: u64) -> String {
    let name = match number {
        9 | 10 | 34661 => "JBIG",
        34676 | 34677 => "LogLuv, light measured on a logarithmic scale",
        34712 | 33003..=33005 => "JPEG 2000",
        34887 => "LERC",
        34925 => "LZMA",
        50000 | 34926 => "Zstandard",
        50002 | 52546 => "JPEG XL",
        _ => return format!("compression {number}"),
    };
    format!("compression {number}: {name}")
}
