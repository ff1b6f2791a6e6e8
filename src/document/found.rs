//! Searching the shown lines of a document. Works on what is shown, so a masked digit is never found.

use crate::text::SafeText;

/// More than so many places are not listed.
pub const HITS_AT_MOST: usize = 100_000;

/// A place where the words stand: byte positions in the shown text of a line, on character boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    pub line: usize,
    pub start: usize,
    pub end: usize,
}

/// Every place where the words stand, from the top, whatever their case; places do not overlap and lie within one
/// line. Empty words stand nowhere. At most [`HITS_AT_MOST`].
pub fn find(lines: &[SafeText], words: &str) -> Vec<Hit> {
    let wanted: String = words.chars().flat_map(char::to_lowercase).collect();
    let mut hits = Vec::new();
    if wanted.is_empty() {
        return hits;
    }
    for (line, text) in lines.iter().enumerate() {
        in_line(text.as_str(), &wanted, |start, end| hits.push(Hit { line, start, end }));
        if hits.len() >= HITS_AT_MOST {
            hits.truncate(HITS_AT_MOST);
            break;
        }
    }
    hits
}

fn in_line(text: &str, wanted: &str, mut hit: impl FnMut(usize, usize)) {
    if text.is_ascii() {
        // Lower case keeps every position.
        let lower = text.to_ascii_lowercase();
        lower.match_indices(wanted).for_each(|(start, found)| hit(start, start + found.len()));
        return;
    }
    let mut lower = String::with_capacity(text.len());
    // For each byte of the lower-case text, the character of the shown text that it comes from.
    let mut origin = Vec::with_capacity(text.len());
    for (start, c) in text.char_indices() {
        lower.extend(c.to_lowercase());
        origin.resize(lower.len(), (start, start + c.len_utf8()));
    }
    let mut past = 0;
    for (at, found) in lower.match_indices(wanted) {
        let Some((first, last)) = origin.get(at).zip(origin.get(at + found.len() - 1)) else { continue };
        // Two matches may lie in what one character became.
        if first.0 >= past {
            hit(first.0, last.1);
            past = last.1;
        }
    }
}
