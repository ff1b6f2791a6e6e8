//! The walk through the parts of an e-mail, in the order in which they stand.

use std::{borrow::Cow, collections::BTreeSet, ops::Range, rc::Rc};

use super::{File, flowed, head::Head, parts, transfer};
use crate::document::{archive::grouped, encoding, html, pages::Limits, scroll::Written};

/// Parts within parts: mails, and the groups of parts that each of them may have.
const NESTED_AT_MOST: usize = 2 * Limits::DEPTH;
/// Bytes of HTML that are laid out in one mail; of more, no word is shown, and each part is a file.
const HTML_AT_MOST: usize = 1024 * 1024;
/// Another form of a text is shown too where it has more words than this share that the text has not: one in five.
const MORE_WORDS: usize = 5;
/// How wide a line is that parts one mail from another.
const RULE: usize = 72;

#[derive(Default)]
pub struct Walk {
    pub written: Written,
    pub files: Vec<File>,
    parts: usize,
    mails: usize,
    html: usize,
}

/// A part as it travels.
struct Part {
    source: Rc<Vec<u8>>,
    head: Head,
    body: Range<usize>,
}

impl Part {
    fn of(source: &Rc<Vec<u8>>, place: Range<usize>) -> Part {
        let bytes = source.get(place.clone()).unwrap_or_default();
        let (end, start) = parts::head_end(bytes);
        let head = Head::read(bytes.get(..end).unwrap_or_default());
        Part { source: Rc::clone(source), head, body: place.start + start..place.end }
    }

    fn travelling(&self) -> &[u8] {
        self.source.get(self.body.clone()).unwrap_or_default()
    }

    fn decoded(&self) -> Cow<'_, [u8]> {
        transfer::decode(self.travelling(), &self.head.encoding)
    }

    fn is_mail(&self) -> bool {
        matches!(self.head.media_type.as_str(), "message/rfc822" | "message/global" | "message/news")
    }

    /// Whether its words are shown where it stands.
    fn is_text(&self) -> bool {
        let kind = self.head.media_type.as_str();
        kind.is_empty()
            || self.head.is("text") && !kind.ends_with("/rtf")
            || self.head.is("message") && !self.is_mail()
            || !kind.contains('/')
    }

    fn is_html(&self) -> bool {
        matches!(self.head.media_type.as_str(), "text/html" | "application/xhtml+xml")
    }
}

impl Walk {
    /// Reads a whole mail, and gives its head.
    pub fn mail(&mut self, source: Rc<Vec<u8>>) -> Head {
        let place = 0..source.len();
        self.letter(&source, place, 0)
    }

    fn letter(&mut self, source: &Rc<Vec<u8>>, place: Range<usize>, depth: usize) -> Head {
        self.mails += 1;
        let part = Part::of(source, place);
        for (label, value) in &part.head.fields {
            self.written.line(format!("{:<10}{value}", format!("{label}:")));
        }
        self.written.gap();
        self.part(&part, depth);
        part.head
    }

    fn part(&mut self, part: &Part, depth: usize) {
        self.parts += 1;
        if self.parts > Limits::PARTS {
            return self.written.note(format!("more than {} parts: the rest is not shown", Limits::PARTS));
        }
        if depth > NESTED_AT_MOST {
            self.written.note("parts within parts too deeply: the inmost are files only");
            return self.file(part, true);
        }
        if part.head.is("multipart") && self.group(part, depth) {
            return;
        }
        if part.is_mail() {
            self.nested(part, depth);
        } else if part.is_text() || part.is_html() || part.head.is("multipart") {
            self.text(part);
        } else {
            self.file(part, true);
        }
    }

    /// The parts of a part; false where it has none.
    fn group(&mut self, part: &Part, depth: usize) -> bool {
        let Some(boundary) = part.head.boundary.as_deref().filter(|boundary| !boundary.is_empty()) else {
            return false;
        };
        let places = parts::split(part.travelling(), boundary, Limits::PARTS + 1);
        if places.is_empty() {
            return false;
        }
        let is_digest = part.head.media_type == "multipart/digest";
        let inner = places.into_iter().map(|place| {
            let mut inner = Part::of(&part.source, part.body.start + place.start..part.body.start + place.end);
            if is_digest && inner.head.media_type.is_empty() {
                "message/rfc822".clone_into(&mut inner.head.media_type);
            }
            inner
        });
        if part.head.media_type == "multipart/alternative" {
            self.alternatives(inner.collect(), depth + 1);
        } else {
            inner.for_each(|inner| self.part(&inner, depth + 1));
        }
        true
    }

    /// The same in several forms: plain text first, then each other that says more than was shown.
    fn alternatives(&mut self, mut forms: Vec<Part>, depth: usize) {
        forms.sort_by_key(|form| form.head.media_type != "text/plain" && !form.head.media_type.is_empty());
        let mut known = BTreeSet::new();
        for form in &forms {
            let before = std::mem::take(&mut self.written);
            let files = self.files.len();
            self.part(form, depth);
            let shown = std::mem::replace(&mut self.written, before);
            let words = words(&shown);
            let new = words.difference(&known).count();
            if known.is_empty() || new * MORE_WORDS > words.len() {
                if !known.is_empty() {
                    self.rule(&format!("the same as {}", form.head.media_type));
                }
                self.written.append(shown);
            } else if form.is_text() && self.files.len() == files {
                self.file(form, false);
            }
            known.extend(words);
        }
    }

    fn nested(&mut self, part: &Part, depth: usize) {
        let number = self.mails + 1;
        let named = self.file_named(part, true, &format!("message {number}.eml"));
        self.rule(&named);
        match part.decoded() {
            Cow::Borrowed(_) => self.letter(&part.source, part.body.clone(), depth + 1),
            Cow::Owned(bytes) => {
                let length = bytes.len();
                self.letter(&Rc::new(bytes), 0..length, depth + 1)
            }
        };
        self.rule("");
    }

    fn text(&mut self, part: &Part) {
        let is_file = part.head.is_attachment || part.head.name.is_some();
        if is_file {
            self.file(part, true);
        }
        let bytes = part.decoded();
        if part.is_html() {
            let (_, source) = html::decode(&bytes, &part.head.charset);
            let before = self.html;
            self.html += source.len();
            if before > 0 && self.html > HTML_AT_MOST {
                self.written.note("more HTML than is laid out in one mail: the rest are files");
                if !is_file {
                    self.file(part, true);
                }
                return;
            }
            let html::Rendered { lines, note, is_cut } = html::render(&source);
            lines.iter().for_each(|line| self.written.line(line));
            note.into_iter().for_each(|note| self.written.note(note));
            if is_cut {
                self.written.cut();
            }
        } else {
            let (_, text) = encoding::decode_as(&bytes, &part.head.charset);
            if part.head.is_flowed {
                let lines = flowed::unfolded(&text, part.head.deletes_blank);
                lines.iter().for_each(|line| self.written.line(line));
            } else {
                text.lines().for_each(|line| self.written.line(line));
            }
        }
        self.written.gap();
    }

    /// A file that is told of where it stands.
    fn file(&mut self, part: &Part, is_attached: bool) {
        let number = self.files.len() + 1;
        let named =
            self.file_named(part, is_attached, &format!("file {number}.{}", ending(&part.head.media_type)));
        if is_attached {
            self.written.line(format!("[{named}]"));
        }
    }

    /// Takes a file in, and says what it is.
    fn file_named(&mut self, part: &Part, is_attached: bool, otherwise: &str) -> String {
        let name = part.head.name.clone().unwrap_or_else(|| otherwise.to_owned());
        let size = part.decoded().len();
        let media_type = part.head.media_type.clone();
        let words =
            format!("file {}: {name}, {media_type}, {} bytes", self.files.len() + 1, grouped(size as u64));
        self.files.push(File {
            name,
            media_type,
            source: Rc::clone(&part.source),
            place: part.body.clone(),
            encoding: part.head.encoding.clone(),
            size,
            is_attached,
        });
        words
    }

    fn rule(&mut self, words: &str) {
        self.written.gap();
        let words = if words.is_empty() { String::new() } else { format!(" {words} ") };
        let rest = RULE.saturating_sub(words.chars().count() + 2);
        self.written.line(format!("──{words}{}", "─".repeat(rest)));
    }
}

/// The words of a text but for the targets of its links.
fn words(written: &Written) -> BTreeSet<String> {
    let lines = written.lines().iter().map(|line| line.text.as_str());
    let lines = lines.filter(|line| !(line.starts_with('[') && line.contains("]: ")));
    let words = lines.flat_map(|line| line.split(|c: char| !c.is_alphanumeric()));
    words.filter(|word| word.chars().count() > 1).map(str::to_lowercase).collect()
}

/// Of the name of a file that has none.
fn ending(media_type: &str) -> &str {
    match media_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/tiff" => "tif",
        "application/pdf" => "pdf",
        "text/html" => "html",
        "text/csv" => "csv",
        "text/calendar" => "ics",
        kind if kind.is_empty() || kind.starts_with("text/") => "txt",
        _ => "bin",
    }
}
