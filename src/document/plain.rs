//! Text documents: bytes to lines that may be shown. The whole text passes the contract before it is split, so that a
//! card number broken over two lines is masked like any other.

use super::{
    encoding::{beginning, decode},
    json_tree,
    pages::{Fact, Limits, Pages, Text, Why},
    scroll::{Scroll, Written},
};
use crate::text::{SafeText, before_a_half_number};

/// So many lines of it are shown.
pub const LINES_AT_MOST: usize = 100_000;
/// A line of more bytes is broken, so that drawing one line is cheap whatever the document.
pub const LINE_AT_MOST: usize = 4_000;

/// The text up to the last line that is shown.
fn first_lines(text: &str) -> &str {
    match text.match_indices('\n').nth(LINES_AT_MOST - 1) {
        Some((at, _)) => &text[..=at],
        None => text,
    }
}

/// Adds a line, halved until no piece is over-long. It has been masked as a whole.
pub fn break_line(lines: &mut Vec<SafeText>, line: SafeText) {
    let length = line.as_str().len();
    if length <= LINE_AT_MOST {
        return lines.push(line);
    }
    let half = line.as_str().floor_char_boundary(length / 2);
    let pieces = line.pieces(std::slice::from_ref(&(0..half)));
    if pieces.len() < 2 {
        // One character as a reader sees it, however long.
        return lines.push(line);
    }
    pieces.into_iter().for_each(|(piece, _)| break_line(lines, piece));
}

/// Text, a page for each form feed.
pub fn open(bytes: &[u8]) -> Result<Box<dyn Pages>, Why> {
    let head = beginning(bytes, Limits::TEXT);
    let (encoding, text) = decode(head);
    Ok(paged(encoding, &text, head.len() < bytes.len(), json_tree::complaint(&text)))
}

/// The same, of what was meant to be of another kind.
pub fn paged(encoding: &'static str, text: &str, is_cut: bool, note: Option<String>) -> Box<dyn Pages> {
    let whole = first_lines(text);
    let is_cut = is_cut || whole.len() < text.len();
    let whole = if is_cut { before_a_half_number(whole) } else { whole };
    let mut pages: Vec<Text> = whole
        .trim_end_matches(['\u{c}', '\n', '\r'])
        .splitn(Limits::PAGES, '\u{c}')
        .map(|page| {
            let mut written = Written::default();
            page.lines().for_each(|line| written.line(line));
            written.into_text()
        })
        .collect();
    if let Some(last) = pages.last_mut() {
        last.is_cut |= is_cut;
    }
    if let Some(first) = pages.first_mut() {
        first.notes.extend(note);
    }
    Box::new(Scroll { facts: vec![Fact::new("encoding", encoding)], pages })
}
