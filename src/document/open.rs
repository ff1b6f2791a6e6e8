//! From a kind to the decoder that knows it.

use super::{
    archive, csv_table, html, image, json_tree,
    kind::Kind,
    mail,
    pages::{Limits, Pages, Why},
    pdf, plain, sniff, tiff, word,
};

/// Opens a document by what its bytes are. The password is tried where the document asks for one.
pub fn open(bytes: Vec<u8>, password: Option<&str>) -> Result<Box<dyn Pages>, Why> {
    if bytes.len() > Limits::BYTES {
        return Err(Why::Limit(format!("{} MB", Limits::BYTES / 1024 / 1024)));
    }
    match sniff(&bytes) {
        Kind::Pdf => pdf::open(bytes, password),
        Kind::Tiff => tiff::open(bytes),
        kind @ (Kind::Jpeg | Kind::Png | Kind::Gif | Kind::WebP | Kind::Bmp) => image::open(kind, bytes),
        Kind::Email => mail::open(bytes),
        Kind::Html => html::open(&bytes),
        Kind::Docx => word::open(bytes),
        Kind::Zip => archive::open(bytes),
        Kind::Csv => csv_table::open(&bytes),
        Kind::Json => json_tree::open(&bytes),
        Kind::Script | Kind::Text => plain::open(&bytes),
        kind => Err(refusal(kind)),
    }
}

/// Why a kind is not shown.
fn refusal(kind: Kind) -> Why {
    Why::Unsupported(match kind {
        Kind::Empty => return Why::Damaged("it has no bytes".into()),
        Kind::Executable => "a program, which is never run".into(),
        Kind::Heic => "HEIC or AVIF, the photo formats of telephones".into(),
        Kind::Ole => "an old Office document or Outlook message".into(),
        Kind::Unknown => "bytes of no kind that is known here".into(),
        kind => kind.words().into(),
    })
}
