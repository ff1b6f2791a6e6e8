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
    let in_line = |(line, text): (usize, &SafeText)| {
        text.find(words).into_iter().map(move |place| Hit { line, start: place.start, end: place.end })
    };
    lines.iter().enumerate().flat_map(in_line).take(HITS_AT_MOST).collect()
}
