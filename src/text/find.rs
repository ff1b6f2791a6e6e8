//! Searches shown text, without regard to capitals. It must never know where the hits are painted.

use std::ops::Range;

use super::safe::SafeText;
use super::wrap::edge;

impl SafeText {
    /// Where a typed text stands in this one, capitals or not: byte ranges in order that do not overlap, widened to
    /// whole characters as a reader sees them. An empty text is found nowhere.
    pub fn find(&self, typed: &str) -> Vec<Range<usize>> {
        let wanted: String = typed.chars().flat_map(char::to_lowercase).collect();
        if wanted.is_empty() {
            return Vec::new();
        }
        let text = self.as_str();
        if text.is_ascii() {
            let low = text.to_ascii_lowercase();
            return low.match_indices(&wanted).map(|(at, hit)| at..at + hit.len()).collect();
        }
        find_folded(text, &wanted)
    }

    /// The text in pieces, each with whether it is one of the hits (as [`SafeText::find`] gives them). Together the
    /// pieces are the whole text.
    pub fn pieces(&self, hits: &[Range<usize>]) -> Vec<(SafeText, bool)> {
        let mut pieces = Vec::with_capacity(hits.len() * 2 + 1);
        let mut from = 0;
        let mut push = |range: Range<usize>, hit| {
            if !range.is_empty() {
                pieces.push((SafeText::passed(self.as_str()[range].to_owned()), hit));
            }
        };
        for hit in hits {
            let start = edge(self.as_str(), hit.start, false).max(from);
            let end = edge(self.as_str(), hit.end, true).max(start);
            push(from..start, false);
            push(start..end, true);
            from = end;
        }
        push(from..self.as_str().len(), false);
        pieces
    }
}

fn find_folded(text: &str, wanted: &str) -> Vec<Range<usize>> {
    // Small letters may take another number of bytes: each byte of the folded text remembers where it came from.
    let mut folded = String::with_capacity(text.len());
    let mut origin: Vec<usize> = Vec::with_capacity(text.len() + 1);
    for (at, c) in text.char_indices() {
        folded.extend(c.to_lowercase());
        origin.resize(folded.len(), at);
    }
    let mut hits: Vec<Range<usize>> = Vec::new();
    for (at, hit) in folded.match_indices(wanted) {
        let last = origin[at + hit.len() - 1];
        let end = last + text[last..].chars().next().map_or(0, char::len_utf8);
        let hit = edge(text, origin[at], false)..edge(text, end, true);
        if hits.last().is_none_or(|before| before.end <= hit.start) {
            hits.push(hit);
        }
    }
    hits
}
