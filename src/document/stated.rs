//! Whether a document is what its name and its provider say it is. Knows only names and kinds, no bytes.

use super::Kind;
use crate::text::{Raw, SafeText, say};

/// A document that is not what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Mismatch {
    pub is: Kind,
    /// The ending of the name (without the dot) that promises something else.
    pub named: Option<Raw>,
    /// The claimed media type that promises something else.
    pub claimed: Option<Raw>,
}

impl Mismatch {
    /// "named .pdf, is HTML"; "named .pdf and claimed image/png, is HTML".
    pub fn words(&self) -> SafeText {
        let is = SafeText::own(self.is.words());
        match (&self.named, &self.claimed) {
            (Some(named), Some(claimed)) => {
                say!("named .{} and claimed {}, is {}", named.cell(), claimed.cell(), is)
            }
            (Some(named), None) => say!("named .{}, is {}", named.cell(), is),
            (None, Some(claimed)) => say!("claimed {}, is {}", claimed.cell(), is),
            (None, None) => say!("is {}", is),
        }
    }
}

/// Compares what the bytes are with the claimed media type and with the name's ending. A claim or an ending that is
/// missing, says nothing ("application/octet-stream") or is not known here is no mismatch.
pub fn is_what_it_says(kind: Kind, claimed: &Raw, name: &Raw) -> Option<Mismatch> {
    let broken = |promise: Promise| !promise.kept_by(kind);
    let named = ending(name.exact()).filter(|ending| of_ending(ending).is_some_and(broken));
    let claim = media_type(claimed.exact()).filter(|claim| of_media_type(claim).is_some_and(broken));
    (named.is_some() || claim.is_some()).then(|| Mismatch {
        is: kind,
        named: named.map(Raw::new),
        claimed: claim.map(Raw::new),
    })
}

/// What a name or a media type promises.
#[derive(Clone, Copy)]
enum Promise {
    Exactly(Kind),
    /// Any kind that is text.
    Text,
    /// A table as text: plain text passes too, since a table of one column cannot be told from it.
    Table,
    /// An e-mail; plain text passes too, since few header lines cannot be told from it.
    Mail,
    Program,
}

impl Promise {
    fn kept_by(self, kind: Kind) -> bool {
        match self {
            Promise::Exactly(promised) => kind == promised,
            Promise::Text => kind.is_text(),
            Promise::Table => matches!(kind, Kind::Csv | Kind::Text),
            Promise::Mail => matches!(kind, Kind::Email | Kind::Text),
            Promise::Program => matches!(kind, Kind::Executable | Kind::Script),
        }
    }
}

/// The ending of a name, lower case; nothing where what follows the last dot does not look like one.
fn ending(name: &str) -> Option<String> {
    let (_, ending) = name.trim_end_matches(|c: char| c.is_whitespace() || c == '.').rsplit_once('.')?;
    let plausible = (1..=8).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    plausible.then(|| ending.to_ascii_lowercase())
}

fn of_ending(ending: &str) -> Option<Promise> {
    Some(match ending {
        "pdf" => Promise::Exactly(Kind::Pdf),
        "tif" | "tiff" => Promise::Exactly(Kind::Tiff),
        "jpg" | "jpeg" | "jpe" | "jfif" => Promise::Exactly(Kind::Jpeg),
        "png" => Promise::Exactly(Kind::Png),
        "gif" => Promise::Exactly(Kind::Gif),
        "webp" => Promise::Exactly(Kind::WebP),
        "bmp" | "dib" => Promise::Exactly(Kind::Bmp),
        "heic" | "heif" | "avif" => Promise::Exactly(Kind::Heic),
        "zip" | "xlsx" | "xlsm" | "pptx" | "odt" | "ods" => Promise::Exactly(Kind::Zip),
        "docx" | "docm" | "dotx" => Promise::Exactly(Kind::Docx),
        "doc" | "xls" | "ppt" | "msg" => Promise::Exactly(Kind::Ole),
        "rtf" => Promise::Exactly(Kind::Rtf),
        "eml" => Promise::Mail,
        "htm" | "html" | "xhtml" => Promise::Exactly(Kind::Html),
        "json" => Promise::Exactly(Kind::Json),
        "csv" | "tsv" => Promise::Table,
        "txt" | "text" | "log" | "md" | "xml" => Promise::Text,
        "exe" | "dll" | "com" | "scr" | "bat" | "cmd" | "sh" | "js" | "vbs" | "ps1" | "jar" => Promise::Program,
        _ => return None,
    })
}

/// The media type of a claim without its parameters, lower case. Some providers claim a bare ending ("pdf").
fn media_type(claimed: &str) -> Option<String> {
    let kind = claimed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    (!kind.is_empty()).then_some(kind)
}

fn of_media_type(claim: &str) -> Option<Promise> {
    Some(match claim {
        "application/pdf" | "application/x-pdf" => Promise::Exactly(Kind::Pdf),
        "image/tiff" | "image/tif" | "image/x-tiff" => Promise::Exactly(Kind::Tiff),
        "image/jpeg" | "image/jpg" | "image/pjpeg" => Promise::Exactly(Kind::Jpeg),
        "image/png" | "image/x-png" => Promise::Exactly(Kind::Png),
        "image/gif" => Promise::Exactly(Kind::Gif),
        "image/webp" => Promise::Exactly(Kind::WebP),
        "image/bmp" | "image/x-ms-bmp" => Promise::Exactly(Kind::Bmp),
        "image/heic" | "image/heif" | "image/avif" => Promise::Exactly(Kind::Heic),
        "application/zip" | "application/x-zip-compressed" => Promise::Exactly(Kind::Zip),
        "application/msword" | "application/vnd.ms-outlook" | "application/vnd.ms-excel" => {
            Promise::Exactly(Kind::Ole)
        }
        "application/rtf" | "text/rtf" => Promise::Exactly(Kind::Rtf),
        "message/rfc822" => Promise::Mail,
        "text/html" | "application/xhtml+xml" => Promise::Exactly(Kind::Html),
        "application/json" => Promise::Exactly(Kind::Json),
        "text/csv" | "text/tab-separated-values" => Promise::Table,
        "text/plain" | "text/xml" | "application/xml" => Promise::Text,
        word if word == Kind::Docx.media_type() => Promise::Exactly(Kind::Docx),
        word if word.contains('/') => return None,
        word => return of_ending(word.trim_start_matches('.')),
    })
}
