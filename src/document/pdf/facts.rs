//! What a PDF says of itself.

use hayro::hayro_syntax::{Pdf, PdfVersion, object::DateTime};
use memchr::memmem;

use super::{extent_of, text_string};
use crate::{
    case::Extent,
    document::pages::{Fact, Limits},
};

/// Whether a trailer names an encryption dictionary. It is never encrypted or packed itself.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    const KEY: &[u8] = b"/Encrypt";
    memmem::find_iter(bytes, KEY).any(|at| {
        let rest = bytes.get(at + KEY.len()..).unwrap_or_default().trim_ascii_start();
        rest.first().is_some_and(u8::is_ascii_digit) || rest.starts_with(b"<<")
    })
}

/// Whether the end of the file is where it should be (ISO 32000-1, 7.5.5); some writers put a little behind it.
pub fn is_whole(bytes: &[u8]) -> bool {
    const END: &[u8] = b"%%EOF";
    const WITHIN: usize = 2048;
    let tail = bytes.get(bytes.len().saturating_sub(WITHIN)..).unwrap_or(bytes);
    memmem::find(tail, END).is_some()
}

pub fn told(pdf: &Pdf, is_encrypted: bool, has_text: bool) -> Vec<Fact> {
    let said = pdf.metadata();
    let mut facts = vec![Fact::new("version", version(pdf.version()))];
    let texts = [("title", &said.title), ("producer", &said.producer), ("creator", &said.creator)];
    for (label, value) in texts {
        let value = value.as_deref().map(text_string).unwrap_or_default();
        if !value.trim().is_empty() {
            facts.push(Fact::new(label, value));
        }
    }
    facts.extend(said.creation_date.map(|made| Fact::new("created", date(made))));
    if is_encrypted {
        facts.push(Fact::new("encrypted", "yes"));
    }
    facts.extend(pdf.pages().first().map(|page| Fact::new("page size", size(extent_of(page)))));
    facts.push(Fact::new("text layer", if has_text { "yes" } else { "none on page 1" }));
    let count = pdf.pages().len();
    if count > Limits::PAGES {
        facts.push(Fact::new("pages", format!("{count}, of which the first {} are read", Limits::PAGES)));
    }
    facts
}

fn version(version: PdfVersion) -> &'static str {
    match version {
        PdfVersion::Pdf10 => "PDF 1.0",
        PdfVersion::Pdf11 => "PDF 1.1",
        PdfVersion::Pdf12 => "PDF 1.2",
        PdfVersion::Pdf13 => "PDF 1.3",
        PdfVersion::Pdf14 => "PDF 1.4",
        PdfVersion::Pdf15 => "PDF 1.5",
        PdfVersion::Pdf16 => "PDF 1.6",
        PdfVersion::Pdf17 => "PDF 1.7",
        PdfVersion::Pdf20 => "PDF 2.0",
    }
}

fn date(made: DateTime) -> String {
    let DateTime { year, month, day, hour, minute, utc_offset_hour, utc_offset_minute, .. } = made;
    format!(
        "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02} UTC{utc_offset_hour:+03}:{utc_offset_minute:02}"
    )
}

/// In millimetres, with the paper's name (ISO 216, ANSI/ASME Y14.1) where it is as large as one, to 2 mm.
fn size(extent: Extent) -> String {
    const PAPERS: [(&str, f32, f32); 5] = [
        ("A3", 297.0, 420.0),
        ("A4", 210.0, 297.0),
        ("A5", 148.0, 210.0),
        ("Letter", 215.9, 279.4),
        ("Legal", 215.9, 355.6),
    ];
    const POINTS_PER_MM: f32 = 72.0 / 25.4;
    let (width, height) = (extent.width / POINTS_PER_MM, extent.height / POINTS_PER_MM);
    let size = format!("{width:.0} × {height:.0} mm");
    let (short, long) = (width.min(height), width.max(height));
    let named = PAPERS.iter().find(|(_, w, h)| (w - short).abs() <= 2.0 && (h - long).abs() <= 2.0);
    match named {
        Some((name, ..)) if width > height => format!("{name}, landscape, {size}"),
        Some((name, ..)) => format!("{name}, {size}"),
        None => size,
    }
}
