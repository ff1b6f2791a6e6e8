//! What a document is, told by its bytes alone: first the fixed marks of binary kinds, then the looks of texts.
//! Works on the first bytes only, whatever the size, and never fails.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::Deserializer;

use super::{encoding, kind::Kind, zip};

/// How far into a document its looks are judged.
const HEAD: usize = 64 * 1024;
/// How far behind its mark the first object of such a PDF is looked for.
const OBJECT_WITHIN: usize = 1024 * 1024;
/// How far into the bytes a PDF may begin (ISO 32000-1, Annex H.3: implementation note 13).
const PDF_WITHIN: usize = 1024;

pub fn sniff(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if let Some(kind) = marked(bytes) {
        return kind;
    }
    let is_whole = bytes.len() <= HEAD;
    let head = in_single_bytes(bytes.get(..HEAD).unwrap_or(bytes));
    let head = &*head;
    if is_html(head) {
        Kind::Html
    } else if is_late_pdf(bytes) {
        Kind::Pdf
    } else if is_mail(head) {
        // Its parts may be of any bytes.
        Kind::Email
    } else if !is_text(head) {
        Kind::Unknown
    } else if is_json(head, is_whole) {
        Kind::Json
    } else if is_table(head, is_whole) {
        Kind::Csv
    } else {
        Kind::Text
    }
}

/// A text whose letters take two or four bytes, as UTF-8, in which its looks are judged.
fn in_single_bytes(head: &[u8]) -> Cow<'_, [u8]> {
    const MARKS: [&[u8]; 3] = [b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff"];
    let is_marked = MARKS.iter().any(|mark| head.starts_with(mark) && head.len() > mark.len());
    if is_marked || encoding::halved(head).is_some() {
        Cow::Owned(encoding::decode(head).1.into_owned().into_bytes())
    } else {
        Cow::Borrowed(head)
    }
}

/// The kinds with a fixed mark at a fixed place.
fn marked(bytes: &[u8]) -> Option<Kind> {
    let starts = |marks: &[&[u8]]| marks.iter().any(|mark| bytes.starts_with(mark));
    let at = |place: usize, mark: &[u8]| bytes.get(place..).is_some_and(|rest| rest.starts_with(mark));
    Some(if starts(&[b"%PDF-"]) {
        Kind::Pdf
    } else if starts(&[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]) {
        Kind::Tiff
    } else if starts(&[b"\xff\xd8\xff"]) {
        Kind::Jpeg
    } else if starts(&[b"\x89PNG\r\n\x1a\n"]) {
        Kind::Png
    } else if starts(&[b"GIF87a", b"GIF89a"]) {
        Kind::Gif
    } else if starts(&[b"RIFF"]) && at(8, b"WEBP") {
        Kind::WebP
    } else if is_bitmap(bytes) {
        Kind::Bmp
    } else if at(4, b"ftyp") && HEIC_BRANDS.iter().any(|brand| at(8, brand)) {
        Kind::Heic
    } else if starts(&[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"]) {
        if zip::is_word(bytes) { Kind::Docx } else { Kind::Zip }
    } else if starts(&[b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]) {
        Kind::Ole
    } else if starts(&[b"{\\rtf"]) {
        Kind::Rtf
    } else if starts(PROGRAMS) || is_windows_program(bytes) {
        Kind::Executable
    } else if starts(&[b"#!"]) {
        Kind::Script
    } else {
        return None;
    })
}

const HEIC_BRANDS: [&[u8]; 9] =
    [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"];

/// ELF; Mach-O in both sizes and both byte orders; universal Mach-O and Java byte code, which share a mark.
const PROGRAMS: &[&[u8]] = &[
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
];

/// "BM" alone may begin a text: the size of the header that follows must be one of the known ones.
fn is_bitmap(bytes: &[u8]) -> bool {
    let size = bytes.get(14..).and_then(|rest| rest.first_chunk::<4>()).map(|four| u32::from_le_bytes(*four));
    bytes.starts_with(b"BM") && matches!(size, Some(12 | 16 | 40 | 52 | 56 | 64 | 108 | 124))
}

/// "MZ" alone may begin a text: what follows must not be one.
fn is_windows_program(bytes: &[u8]) -> bool {
    bytes.starts_with(b"MZ") && bytes.get(..64).is_some_and(|head| head.contains(&0))
}

/// A PDF after other bytes. A text may speak of one, so an object must follow.
fn is_late_pdf(bytes: &[u8]) -> bool {
    let head = bytes.get(..PDF_WITHIN).unwrap_or(bytes);
    let Some(rest) = position(head, b"%PDF-").and_then(|at| bytes.get(at + 5..)) else { return false };
    let near = rest.get(..OBJECT_WITHIN).unwrap_or(rest);
    rest.first().is_some_and(u8::is_ascii_digit) && position(near, b" obj").is_some()
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The openings that the WHATWG MIME Sniffing Standard (section 7.1) takes for HTML.
const HTML_TAGS: [&[u8]; 17] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<iframe",
    b"<h1",
    b"<div",
    b"<font",
    b"<table",
    b"<a",
    b"<style",
    b"<title",
    b"<b",
    b"<body",
    b"<br",
    b"<p",
    b"<!--",
];

fn is_html(head: &[u8]) -> bool {
    let text = without_mark(head).trim_ascii_start();
    let opens = |tag: &[u8]| {
        text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && matches!(text.get(tag.len()), Some(b' ' | b'>' | b'\t' | b'\r' | b'\n'))
    };
    let xhtml = || {
        let start = text.get(..PDF_WITHIN).unwrap_or(text).to_ascii_lowercase();
        start.starts_with(b"<?xml") && position(&start, b"<html").is_some()
    };
    HTML_TAGS.iter().any(|tag| opens(tag)) || xhtml()
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Whether bytes look like text. The shares are our own choice: control characters are rare in a text (a hostile one
/// has some, and is to be shown), and outside UTF-8 most letters of a western text are ASCII.
fn is_text(head: &[u8]) -> bool {
    if head.contains(&0) {
        return false;
    }
    let control = |byte: &&u8| **byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(byte);
    let controls = head.iter().filter(control).count();
    if is_utf8(head) {
        return controls * 10 <= head.len();
    }
    let high = head.iter().filter(|byte| **byte >= 0x80).count();
    controls * 50 <= head.len() && (high * 5 <= head.len() * 2 || encoding::is_foreign(head))
}

/// Valid UTF-8, but for a last character that the end of the head cuts off.
fn is_utf8(head: &[u8]) -> bool {
    match std::str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    }
}

/// Header names that begin e-mails (RFC 5322, section 3.6; RFC 2045 for the last two).
const MAIL_HEADERS: [&[u8]; 12] = [
    b"from",
    b"to",
    b"cc",
    b"subject",
    b"date",
    b"sender",
    b"reply-to",
    b"received",
    b"return-path",
    b"message-id",
    b"mime-version",
    b"content-type",
];
/// Two of them make an e-mail; one of these alone does, and so do parts.
const MAIL_ONLY: [&[u8]; 4] = [b"received", b"return-path", b"message-id", b"mime-version"];

fn is_mail(head: &[u8]) -> bool {
    let mut known = 0;
    for (count, line) in without_mark(head).split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        // A folded line goes on; "From " at the top is a mailbox's separator.
        if line.starts_with(b" ") || line.starts_with(b"\t") || (count == 0 && line.starts_with(b"From ")) {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return false };
        let name = line[..colon].to_ascii_lowercase();
        if name.is_empty() || !name.iter().all(|byte| byte.is_ascii_graphic()) {
            return false;
        }
        let value = line[colon + 1..].trim_ascii_start().to_ascii_lowercase();
        let has_parts = name == b"content-type" && value.starts_with(b"multipart/");
        if has_parts || MAIL_ONLY.contains(&name.as_slice()) {
            return true;
        }
        known += usize::from(MAIL_HEADERS.contains(&name.as_slice()));
        if known >= 2 {
            return true;
        }
    }
    false
}

/// An object or a list, or objects one a line; where only the beginning is at hand, one that is sound so far.
fn is_json(head: &[u8], is_whole: bool) -> bool {
    let text = without_mark(head).trim_ascii_start();
    let Some(first @ (b'{' | b'[')) = text.first().copied() else { return false };
    let mut values = Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    let mut count = 0;
    loop {
        let before = text.get(..values.byte_offset()).unwrap_or_default();
        match values.next() {
            // The rest may be an empty line.
            None => return count == 1 || first == b'{',
            Some(Ok(_)) if count > 0 && !before_line(text, before.len()) => return false,
            Some(Ok(_)) => count += 1,
            Some(Err(error)) => return !is_whole && error.is_eof() && (count == 0 || first == b'{'),
        }
    }
}

/// Whether only blanks and at least one line break stand at a place.
fn before_line(text: &[u8], at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
    blank.filter(|byte| **byte == b'\n').count() > 0
}

/// Records of equally many fields: two records of three fields, or three of two.
fn is_table(head: &[u8], is_whole: bool) -> bool {
    b",;\t|".iter().any(|separator| {
        let fields = fields_of(head, *separator, is_whole);
        let Some(first) = fields.first().copied() else { return false };
        // One line with commas is a sentence, and so may be several lines with one comma each; in a table no blank
        // follows.
        let records = fields.len();
        let least = if *separator == b',' { 3 } else { 2 };
        let pairs = head.windows(2).filter(|pair| pair[0] == *separator);
        let apart = pairs.clone().filter(|pair| pair[1] == b' ').count();
        let is_prose = *separator == b',' && 2 * apart >= pairs.count();
        let alike = fields.iter().all(|count| *count == first);
        first >= least && records >= 2 && records + first >= 5 && alike && !is_prose
    })
}

/// How many fields the first records have; a quoted field may hold separators and line breaks (RFC 4180).
fn fields_of(head: &[u8], separator: u8, is_whole: bool) -> Vec<usize> {
    let (mut records, mut fields, mut quoted, mut empty) = (Vec::new(), 1, false, true);
    for byte in without_mark(head) {
        match *byte {
            b'"' => quoted = !quoted,
            byte if byte == separator && !quoted => fields += 1,
            b'\n' if !quoted => {
                if !empty {
                    records.push(fields);
                }
                if records.len() == 20 {
                    return records;
                }
                (fields, empty) = (1, true);
                continue;
            }
            b'\r' => continue,
            _ => {}
        }
        empty = false;
    }
    // The last record may be cut off by the end of the head.
    if !empty && is_whole && !quoted {
        records.push(fields);
    }
    records
}
