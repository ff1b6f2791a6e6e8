//! Lays a document out to be read: every text that comes from it passes the contract here, a page at a time, so that a
//! card number broken over two lines is masked like any other, and the places of such numbers on the page's picture are
//! told, so that they can be covered there.

use std::time::{Duration, Instant};

use super::lectern::Lectern;
use crate::{
    action::{Attachment, Measured, check::size},
    case::{Area, Measure, Paper},
    desk::words::{Inside, Leaf, Reading, Unread},
    document::{self, LINE_AT_MOST, LINES_AT_MOST, Limits, Line, Sha256, Text, Why},
    text::{Marks, Raw, SafeText, own, say},
};

/// How long the texts of one document are read; the pages after that can be seen and not searched.
const READING: Duration = Duration::from_secs(4);

/// An open document.
pub fn lay_out(lectern: &mut Lectern) -> Reading {
    let (mut reading, sum) = headline(lectern.paper());
    facts(lectern, &mut reading);
    let mut pages = PageLayer { reading, left: Limits::TEXT, is_cut: false };
    pages.all(lectern);
    reading = pages.reading;
    reading.file = Some(Box::new(as_file(lectern, &sum)));
    let beginning = sum.to_string()[..12].to_owned();
    reading.facts.push(say!("SHA-256 {}", Raw::new(beginning).show()));
    reading
}

/// A document that did not open.
pub fn unopened(paper: &Paper, why: &Why) -> Reading {
    let (mut reading, _) = headline(paper);
    if let Why::Password { wrong } = why {
        reading.unread = Some(Unread::Password { wrong: *wrong });
        reading.lines =
            vec![own("This document opens with a password only. Esc and then d asks for it again.")];
        return reading;
    }
    let why = says(why);
    reading.lines = vec![say!("This document is not shown: {}.", why)];
    reading.lines.push(own("S saves it, to be read with another program."));
    reading.lines.push(SafeText::default());
    let about = reading.about.iter().skip(1).map(|(label, value)| say!("{}  {}", label.pad(9), value));
    reading.lines.extend(about);
    reading.unread = Some(Unread::For(why));
    reading
}

fn as_file(lectern: &Lectern, sum: &Sha256) -> Attachment {
    let (paper, summary) = (lectern.paper(), &lectern.summary);
    Attachment {
        name: paper.name.clone(),
        sha256: sum.to_string(),
        size: paper.bytes.len(),
        media: summary.kind.media_type().to_owned(),
        description: Raw::default(),
        measured: Measured::As(Measure { pages: summary.pages, scan: summary.scan.clone() }),
    }
}

/// Name, kind, size and hash: what is known of any bytes.
fn headline(paper: &Paper) -> (Reading, Sha256) {
    let kind = document::sniff(&paper.bytes);
    let sum = Sha256::of(&paper.bytes);
    // What is wrong stands first: the end of the line is what a narrow pane cuts.
    let says = match document::is_what_it_says(kind, &paper.claimed, &paper.name) {
        Some(mismatch) => say!("NOT WHAT IT SAYS: {}", mismatch.words()),
        None => own(kind.words()),
    };
    let about = vec![
        (own("name"), paper.name.show()),
        (own("kind"), says.clone()),
        (own("file size"), in_bytes(paper.bytes.len())),
        (own("SHA-256"), say!("{}", sum)),
    ];
    let facts = vec![says, size(paper.bytes.len())];
    (Reading { name: paper.name.show(), facts, about, ..Reading::default() }, sum)
}

/// "13 KiB (13245 bytes)".
fn in_bytes(count: usize) -> SafeText {
    let (rounded, exact) = (size(count), say!("{} bytes", count));
    if rounded == exact { exact } else { say!("{} ({})", rounded, exact) }
}

fn facts(lectern: &Lectern, reading: &mut Reading) {
    let summary = &lectern.summary;
    if summary.pages > 1 {
        reading.facts.push(say!("{} pages", summary.pages));
        reading.about.push((own("pages"), say!("{}", summary.pages)));
    }
    for fact in &summary.facts {
        let value = Raw::new(&*fact.value).show_limited(FACT);
        if IN_LINE.contains(&&*fact.label) {
            reading.facts.push(value.clone());
        }
        if fact.label != "pages" || summary.pages == 1 {
            reading.about.push((Raw::new(&*fact.label).cell(), value));
        }
    }
    for member in summary.members.iter().take(Limits::MEMBERS) {
        let closed = member.closed.as_ref().map(|why| Raw::new(&**why).show_limited(FACT));
        let name = Raw::new(&*member.name).show_limited(FACT);
        reading.members.push(Inside { name, size: member.size, closed });
    }
    if !reading.members.is_empty() {
        let files = own(if reading.members.len() == 1 { "file" } else { "files" });
        reading.facts.push(say!("{} {} inside (I)", reading.members.len(), files));
    }
}

/// Characters of one fact.
const FACT: usize = 300;
/// What stands in the line of facts; the rest stands in the document's own list only.
const IN_LINE: [&str; 5] = ["damage", "encoding", "size", "resolution", "title"];

struct PageLayer {
    reading: Reading,
    /// Bytes of text that may still come.
    left: usize,
    is_cut: bool,
}

impl PageLayer {
    fn all(&mut self, lectern: &mut Lectern) {
        let (count, end) = (lectern.summary.pages, Instant::now() + READING);
        for page in 0..count {
            let is_late = self.is_cut || Instant::now() > end;
            if let Err(how) = self.page(page, count, lectern, is_late) {
                if page + 1 < count {
                    self.line(say!("The {} pages after it were not tried: {}.", count - page - 1, how));
                }
                break;
            }
        }
    }

    /// A page whose text is not read any more can still be seen. Fails where the reader was lost over it: a document
    /// that does that once costs enough.
    fn page(
        &mut self,
        page: usize,
        count: usize,
        lectern: &mut Lectern,
        is_late: bool,
    ) -> Result<(), SafeText> {
        let first = self.reading.lines.len();
        if count > 1 && !self.is_cut {
            self.line(say!("── page {} of {} ──", page + 1, count));
        }
        let extent = lectern.extent(page);
        let text = if is_late || is_lost(&extent) { None } else { Some(lectern.text(page)) };
        let lost = [extent.as_ref().err(), text.as_ref().and_then(|text| text.as_ref().err())];
        let lost = lost.into_iter().flatten().find(|why| matches!(why, Why::Ended(_))).map(says);
        let extent = extent.unwrap_or_else(|why| {
            self.line(say!("The picture of this page is not shown: {}.", says(&why)));
            None
        });
        let mut leaf = Leaf { first, extent, has_text: false, covers: None };
        match text {
            Some(Ok(text)) => {
                leaf.has_text = text.lines.iter().any(|line| !line.text.trim().is_empty());
                leaf.covers = Some(self.text(text));
                self.without_text(&leaf, count);
            }
            Some(Err(why)) => self.line(say!("The text of this page is not shown: {}.", says(&why))),
            None if !self.is_cut && lost.is_none() => {
                self.line(own("The text of this page was not read: the document is long. v shows the page."));
            }
            None => {}
        }
        self.reading.pages.push(leaf);
        lost.map_or(Ok(()), Err)
    }

    fn without_text(&mut self, leaf: &Leaf, count: usize) {
        match leaf.extent {
            Some(extent) if !leaf.has_text => {
                let (wide, high) = (extent.width.round() as u64, extent.height.round() as u64);
                self.line(say!("This page is a picture without text, {} x {}; v shows it.", wide, high));
            }
            None if !leaf.has_text && count == 1 && !self.is_cut => self.line(own("There is no text in it.")),
            _ => {}
        }
    }

    /// Adds the lines of a page; gives the places that hold card numbers. All of the page is masked before any of it is
    /// left out: half a number tells nobody that it is one.
    fn text(&mut self, text: Text) -> Vec<Area> {
        let (shown, covers) = masked(&text.lines);
        if shown.len() == text.lines.len() {
            for (line, shown) in text.lines.into_iter().zip(shown) {
                let fits = shown.as_str().split_whitespace().count() == line.words.len();
                let words = if fits { line.words } else { Vec::new() };
                self.push(shown, line.depth, words);
            }
        } else {
            shown.into_iter().for_each(|shown| self.push(shown, 0, Vec::new()));
        }
        for note in text.notes {
            self.line(say!("({})", Raw::new(note).show_limited(FACT)));
        }
        self.is_cut |= text.is_cut;
        if self.is_cut {
            self.line(own(CUT));
        }
        covers
    }

    /// Adds a line, as long as there is room for more.
    fn push(&mut self, shown: SafeText, depth: u16, words: Vec<Area>) {
        let cost = shown.as_str().len() + 1;
        if self.is_cut || self.reading.lines.len() >= LINES_AT_MOST {
            self.is_cut = true;
            return;
        }
        if cost > self.left {
            // The beginning of what is longer than all that is shown.
            self.is_cut = true;
            let end = shown.as_str().floor_char_boundary(self.left);
            return self.add(shown.slice(0..end), depth, Vec::new());
        }
        self.left -= cost;
        self.add(shown, depth, words);
    }

    fn add(&mut self, shown: SafeText, depth: u16, words: Vec<Area>) {
        if shown.as_str().len() <= LINE_AT_MOST {
            self.reading.push(shown, depth, words);
        } else {
            // Drawing one line stays cheap whatever the document.
            let mut pieces = Vec::new();
            document::break_line(&mut pieces, shown);
            pieces.into_iter().for_each(|piece| self.reading.push(piece, depth, Vec::new()));
        }
    }

    fn line(&mut self, text: SafeText) {
        self.reading.push(text, 0, Vec::new());
    }
}

/// The lines of a page as they may be shown, and the places on its picture that may not be seen.
pub fn masked(lines: &[Line]) -> (Vec<SafeText>, Vec<Area>) {
    let whole: Vec<String> = lines.iter().map(|line| on_one_line(&line.text)).collect();
    let mut shown = Raw::new(whole.join("\n")).lines();
    // An empty line at the very end.
    shown.resize(shown.len().max(lines.len()), SafeText::default());
    // Where something that reached over lines was taken out, it is not known any more which places it had.
    let is_known = shown.len() == lines.len();
    let hides = |at: usize, raw: &str| !is_known || shown.get(at).is_none_or(|shown| hides_digits(raw, shown));
    let hiding = lines.iter().zip(&whole).enumerate().filter(|(at, (_, raw))| hides(*at, raw));
    let covers = hiding.flat_map(|(_, (line, raw))| digits(raw, &line.words)).collect();
    (shown, covers)
}

fn is_lost<T>(answer: &Result<T, Why>) -> bool {
    matches!(answer, Err(Why::Ended(_)))
}

/// What stands below a text of which there is more.
pub const CUT: &str = "The text goes on; this is as much of it as is shown here.";

/// Line ends within a line would part it.
fn on_one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

/// Whether the contract took digits away: then a card number, or what belongs to one, stood there.
fn hides_digits(raw: &str, shown: &SafeText) -> bool {
    let count = |text: &str| text.chars().filter(char::is_ascii_digit).count();
    Raw::new(raw).marks().contains(Marks::PAN) || count(shown.as_str()) < count(raw)
}

/// The places of the words with digits.
fn digits<'l>(text: &'l str, words: &'l [Area]) -> impl Iterator<Item = Area> + 'l {
    let numbers = |word: &str| word.chars().any(char::is_numeric);
    text.split_whitespace().zip(words).filter(move |(word, _)| numbers(word)).map(|(_, area)| *area)
}

/// In words, to stand after "not shown:".
pub fn says(why: &Why) -> SafeText {
    let outside = |text: &String| Raw::new(&**text).show_limited(FACT);
    match why {
        Why::Password { wrong: false } => own("it opens with a password only"),
        Why::Password { wrong: true } => own("the password is not the right one"),
        Why::Damaged(what) => say!("it is damaged ({})", outside(what)),
        Why::Limit(what) => say!("it is too large ({})", outside(what)),
        Why::Unsupported(what) => say!("this cannot be read here: {}", outside(what)),
        Why::Missing(what) => say!("there is no {}", outside(what)),
        Why::Ended(how) => say!("reading it was given up, {}", outside(how)),
    }
}
