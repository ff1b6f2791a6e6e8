//! What a document can be, as far as its bytes tell. Names only; how a kind is recognised is not known here.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// No bytes at all.
    Empty,
    Pdf,
    Tiff,
    Jpeg,
    Png,
    Gif,
    WebP,
    Bmp,
    /// HEIC, HEIF or AVIF: the photo formats of telephones.
    Heic,
    /// A ZIP archive that is not a Word document; a spreadsheet (.xlsx) counts as an archive.
    Zip,
    /// A Word document of the ZIP family (.docx, .docm).
    Docx,
    /// A compound file: .doc, .xls, .msg.
    Ole,
    Rtf,
    /// A program for a machine: ELF, PE, Mach-O or Java byte code.
    Executable,
    /// A text that begins with `#!`.
    Script,
    /// Header lines of RFC 5322 and a body.
    Email,
    Html,
    Json,
    Csv,
    /// Text of no kind more special.
    Text,
    /// Bytes that are neither a known kind nor text.
    Unknown,
}

impl Kind {
    pub const ALL: [Kind; 21] = [
        Kind::Empty,
        Kind::Pdf,
        Kind::Tiff,
        Kind::Jpeg,
        Kind::Png,
        Kind::Gif,
        Kind::WebP,
        Kind::Bmp,
        Kind::Heic,
        Kind::Zip,
        Kind::Docx,
        Kind::Ole,
        Kind::Rtf,
        Kind::Executable,
        Kind::Script,
        Kind::Email,
        Kind::Html,
        Kind::Json,
        Kind::Csv,
        Kind::Text,
        Kind::Unknown,
    ];

    /// Short, to stand in a table: "PDF", "e-mail".
    pub fn words(self) -> &'static str {
        match self {
            Kind::Empty => "empty",
            Kind::Pdf => "PDF",
            Kind::Tiff => "TIFF",
            Kind::Jpeg => "JPEG",
            Kind::Png => "PNG",
            Kind::Gif => "GIF",
            Kind::WebP => "WebP",
            Kind::Bmp => "BMP",
            Kind::Heic => "HEIC",
            Kind::Zip => "ZIP",
            Kind::Docx => "Word",
            Kind::Ole => "old Office",
            Kind::Rtf => "RTF",
            Kind::Executable => "a program",
            Kind::Script => "a script",
            Kind::Email => "e-mail",
            Kind::Html => "HTML",
            Kind::Json => "JSON",
            Kind::Csv => "CSV",
            Kind::Text => "text",
            Kind::Unknown => "unknown",
        }
    }

    /// As registered with IANA where it is.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Pdf => "application/pdf",
            Kind::Tiff => "image/tiff",
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Gif => "image/gif",
            Kind::WebP => "image/webp",
            Kind::Bmp => "image/bmp",
            Kind::Heic => "image/heic",
            Kind::Zip => "application/zip",
            Kind::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Kind::Ole => "application/x-ole-storage",
            Kind::Rtf => "application/rtf",
            Kind::Email => "message/rfc822",
            Kind::Html => "text/html",
            Kind::Json => "application/json",
            Kind::Csv => "text/csv",
            Kind::Script | Kind::Text => "text/plain",
            Kind::Executable => "application/x-executable",
            Kind::Empty | Kind::Unknown => "application/octet-stream",
        }
    }

    /// Whether the bytes are text, and so can be shown as they are.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Script | Kind::Email | Kind::Html | Kind::Json | Kind::Csv | Kind::Text)
    }
}
