//! Web pages and the HTML of e-mails as lines. Nothing is fetched and nothing is run: scripts and styles are left
//! out, links are told by their targets.

use std::{borrow::Cow, ops::Range};

use html2text::config;

use super::{
    encoding,
    pages::{Fact, Limits, Pages, Why},
    scroll::{Scroll, Written},
};

/// Paragraphs and tables are laid out to so many columns.
const WIDTH: usize = 100;
/// Elements within elements; laying out more takes time that grows with the square.
const NESTED_AT_MOST: usize = 250;
/// Bytes that are laid out; more is shown without its layout.
const LAID_OUT_AT_MOST: usize = 1024 * 1024;
/// Bytes of words that are shown without a layout.
const WORDS_AT_MOST: usize = 2 * 1024 * 1024;
/// Tags that are laid out.
const TAGS_AT_MOST: usize = 60_000;
/// Columns and rows that the cells of a page may say to take, summed up.
const SPANS_AT_MOST: usize = 20_000;
/// How far into a page its own word about its encoding is looked for (WHATWG HTML, section 4.2.5.4).
const CHARSET_WITHIN: usize = 1024;

pub struct Rendered {
    pub lines: Vec<String>,
    /// What is not shown as it was meant.
    pub note: Option<&'static str>,
    /// There is more than is here.
    pub is_cut: bool,
}

pub fn open(bytes: &[u8]) -> Result<Box<dyn Pages>, Why> {
    let head = encoding::beginning(bytes, Limits::TEXT);
    let (name, source) = decode(head, "");
    let mut written = Written::default();
    let Rendered { lines, note, is_cut } = render(&source);
    lines.iter().for_each(|line| written.line(line));
    note.into_iter().for_each(|note| written.note(note));
    if is_cut || head.len() < bytes.len() {
        written.cut();
    }
    let title = title(&source).map(|title| Fact::new("title", title));
    let facts = title.into_iter().chain([Fact::new("encoding", name)]).collect();
    Ok(Scroll::of(facts, written))
}

/// By the mark, by what is claimed outside of the page, by its own word, or by its looks.
pub fn decode<'a>(bytes: &'a [u8], claimed: &str) -> (&'static str, Cow<'a, str>) {
    let own = || {
        let head = String::from_utf8_lossy(bytes.get(..CHARSET_WITHIN).unwrap_or(bytes)).to_ascii_lowercase();
        let (_, after) = head.split_once("charset=")?;
        let name: String =
            after.trim_start_matches(['"', '\'', ' ']).chars().take_while(|c| c.is_ascii_graphic()).collect();
        Some(name.trim_end_matches(['"', '\'', '/', '>', ';']).to_owned())
    };
    match claimed {
        // A page that says so in single bytes is not in double ones.
        "" => match own().filter(|name| !name.starts_with("utf-16")) {
            Some(name) => encoding::decode_as(bytes, &name),
            None => encoding::decode(bytes),
        },
        claimed => encoding::decode_as(bytes, claimed),
    }
}

/// The page as lines, with the targets of its links at the end.
pub fn render(source: &str) -> Rendered {
    if source.len() > LAID_OUT_AT_MOST || is_too_much(source) { words(source) } else { laid_out(source, None) }
}

/// The page without any layout.
fn words(source: &str) -> Rendered {
    let flat = flattened(source);
    let shown = flat.get(..flat.floor_char_boundary(WORDS_AT_MOST)).unwrap_or(&flat);
    let note = Some("nested too deeply or too long to be laid out: only its words are shown");
    Rendered { is_cut: shown.len() < flat.len(), ..laid_out(shown, note) }
}

fn laid_out(source: &str, note: Option<&'static str>) -> Rendered {
    let style = config::plain_no_decorate().link_footnotes(true).no_link_wrapping().allow_width_overflow();
    match style.string_from_read(source.as_bytes(), WIDTH) {
        Ok(text) => {
            let mut lines: Vec<_> = text.lines().map(|line| line.trim_end().to_owned()).collect();
            while lines.last().is_some_and(String::is_empty) {
                lines.pop();
            }
            Rendered { lines, note, is_cut: false }
        }
        Err(_) => Rendered {
            lines: source.lines().map(str::to_owned).collect(),
            note: Some("it could not be laid out: its source is shown"),
            is_cut: false,
        },
    }
}

fn title(source: &str) -> Option<String> {
    let inside = within(source, "title")?;
    let title = render(source.get(inside)?).lines.join(" ");
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    (!title.is_empty()).then_some(title)
}

/// Where the first element of a name has its inside.
fn within(source: &str, name: &str) -> Option<Range<usize>> {
    let mut tags = Tags::of(source);
    let open = tags.find(|tag| !tag.is_closing && tag.name.eq_ignore_ascii_case(name))?;
    let close = tags.find(|tag| tag.is_closing && tag.name.eq_ignore_ascii_case(name))?;
    Some(open.place.end..close.place.start)
}

/// Elements that have no inside, or that close by themselves when the next one opens.
const NEVER_NESTED: &[&str] = &[
    "a", "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr", "p", "li", "dt", "dd", "option", "optgroup", "colgroup", "thead", "tbody", "tfoot", "tr",
    "td", "th", "rp", "rt", "html", "head", "body", "!doctype", "o:p",
];

/// Whether laying a page out would take too long: by its elements within elements, counted on the side of depth, by
/// how many it has, and by how far its cells reach.
fn is_too_much(source: &str) -> bool {
    let (mut depth, mut count, mut spans) = (0_usize, 0, 0_usize);
    for tag in Tags::of(source) {
        count += 1;
        spans = spans.saturating_add(widest_span(source.get(tag.place).unwrap_or_default()));
        if !NEVER_NESTED.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) {
            depth = match (tag.is_closing, tag.is_closed) {
                (true, _) => depth.saturating_sub(1),
                (_, true) => depth,
                _ => depth + 1,
            };
        }
        if depth > NESTED_AT_MOST || count > TAGS_AT_MOST || spans > SPANS_AT_MOST {
            return true;
        }
    }
    false
}

/// How many columns or rows a cell says to take.
fn widest_span(tag: &str) -> usize {
    let tag = tag.to_ascii_lowercase();
    let values = tag.match_indices("span").filter_map(|(at, name)| {
        let value = tag.get(at + name.len()..)?.trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let digits = value.split(|c: char| !c.is_ascii_digit()).next().filter(|digits| !digits.is_empty())?;
        Some(digits.parse().unwrap_or(usize::MAX))
    });
    values.max().unwrap_or_default()
}

/// The words without their markup: line breaks stay, and entities, which need no nesting.
fn flattened(source: &str) -> String {
    const BREAKS: &[&str] = &[
        "br",
        "p",
        "div",
        "li",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "dt",
        "dd",
        "blockquote",
    ];
    let (mut flat, mut at, mut skipped, mut is_broken) = (String::new(), 0, None::<String>, true);
    for tag in Tags::of(source) {
        let words = source.get(at..tag.place.start).unwrap_or_default();
        if skipped.is_none() && !words.trim().is_empty() {
            flat.push_str(words);
            is_broken = false;
        }
        at = tag.place.end;
        match &skipped {
            Some(name) if tag.is_closing && tag.name.eq_ignore_ascii_case(name) => skipped = None,
            Some(_) => {}
            None if !tag.is_closing && tag.is_never_shown() => skipped = Some(tag.name.to_owned()),
            None if is_broken => {}
            None if BREAKS.iter().any(|name| tag.name.eq_ignore_ascii_case(name)) => {
                flat.push_str("<br>");
                is_broken = true;
            }
            None => flat.push(' '),
        }
    }
    if skipped.is_none() {
        flat.push_str(source.get(at..).unwrap_or_default());
    }
    // What is left of unclosed marks must open nothing.
    flat.replace("<br>", "\u{1}").replace('<', "&lt;").replace('\u{1}', "<br>")
}

struct Tag<'a> {
    name: &'a str,
    is_closing: bool,
    /// It ends itself: `<br/>`.
    is_closed: bool,
    place: Range<usize>,
}

impl Tag<'_> {
    fn is_never_shown(&self) -> bool {
        ["script", "style", "title", "template"].iter().any(|name| self.name.eq_ignore_ascii_case(name))
    }
}

/// The tags of a page, and its comments; the inside of a script or style is none.
struct Tags<'a> {
    source: &'a str,
    at: usize,
    raw: Option<&'a str>,
}

impl<'a> Tags<'a> {
    fn of(source: &'a str) -> Tags<'a> {
        Tags { source, at: 0, raw: None }
    }

    /// The end of a tag, past the quoted values that may hold its mark.
    fn end(&self, from: usize) -> usize {
        let bytes = self.source.as_bytes();
        let mut quote = None;
        for (at, byte) in bytes.iter().enumerate().skip(from).take(64 * 1024) {
            match (quote, *byte) {
                (None, b'>') => return at + 1,
                (None, b'"' | b'\'') if at > from && bytes.get(at - 1) == Some(&b'=') => quote = Some(*byte),
                (Some(open), byte) if byte == open => quote = None,
                _ => {}
            }
        }
        memchr::memchr(b'>', bytes.get(from..).unwrap_or_default())
            .map_or(bytes.len(), |found| from + found + 1)
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let start = self.at + memchr::memchr(b'<', self.source.as_bytes().get(self.at..)?)?;
            let rest = self.source.get(start + 1..)?;
            self.at = start + 1;
            if self.raw.is_none() && rest.starts_with("!--") {
                self.at += rest.find("-->").map_or(rest.len(), |end| end + 3);
                return Some(Tag { name: "!--", is_closing: false, is_closed: true, place: start..self.at });
            }
            let is_closing = rest.starts_with('/');
            let name = rest.strip_prefix('/').unwrap_or(rest);
            let name = name
                .split(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/')
                .next()
                .unwrap_or_default();
            if !name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '!') {
                continue;
            }
            if let Some(raw) = self.raw {
                if !(is_closing && name.eq_ignore_ascii_case(raw)) {
                    continue;
                }
                self.raw = None;
            }
            let end = self.end(start + 1 + name.len());
            self.at = end;
            let is_closed = self.source.get(..end).is_some_and(|tag| tag.ends_with("/>"));
            if !is_closing
                && ["script", "style", "title", "textarea"].iter().any(|raw| name.eq_ignore_ascii_case(raw))
            {
                self.raw = Some(name);
            }
            return Some(Tag { name, is_closing, is_closed, place: start..end });
        }
    }
}
