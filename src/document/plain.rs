//! Text documents: bytes to lines that may be shown. The whole text passes the contract before it is split, so that a
//! card number broken over two lines is masked like any other.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::pages::{Fact, Limits, Line, Pages, Text, Why};
use crate::text::{SafeText, before_a_half_number};

/// So many lines of it are shown.
pub const LINES_AT_MOST: usize = 100_000;
/// A line of more bytes is broken, so that drawing one line is cheap whatever the document.
pub const LINE_AT_MOST: usize = 4_000;

/// By byte order mark; else UTF-8 where the bytes are that; else windows-1252, in which every byte is a character.
fn decode(bytes: &[u8]) -> (&'static str, Cow<'_, str>) {
    let without = |mark: &[u8]| bytes.strip_prefix(mark);
    if let Some(rest) = without(b"\xef\xbb\xbf") {
        return ("UTF-8", String::from_utf8_lossy(rest));
    }
    if let Some(rest) = without(b"\xff\xfe") {
        return ("UTF-16 LE", UTF_16LE.decode_without_bom_handling(rest).0);
    }
    if let Some(rest) = without(b"\xfe\xff") {
        return ("UTF-16 BE", UTF_16BE.decode_without_bom_handling(rest).0);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => ("UTF-8", Cow::Borrowed(text)),
        // The limit fell into a character.
        Err(error) if error.error_len().is_none() && bytes.len() == Limits::TEXT => {
            ("UTF-8", String::from_utf8_lossy(&bytes[..error.valid_up_to()]))
        }
        Err(_) if is_damaged_utf8(bytes) => ("damaged UTF-8", String::from_utf8_lossy(bytes)),
        Err(_) => ("windows-1252", WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// Whether many more characters outside ASCII are sound UTF-8 than not: a few broken bytes must not turn every
/// other letter of a long text into two wrong ones.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > 4 * broken
}

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

/// Text of one page.
pub fn open(bytes: &[u8]) -> Result<Box<dyn Pages>, Why> {
    let head = bytes.get(..Limits::TEXT).unwrap_or(bytes);
    let (encoding, text) = decode(head);
    let whole = first_lines(&text);
    let is_cut = head.len() < bytes.len() || whole.len() < text.len();
    // A card number of which half is cut off could not be told from any other.
    let whole = if is_cut { before_a_half_number(whole) } else { whole };
    let lines = whole.lines().map(Line::new).collect();
    Ok(Box::new(Plain { encoding, text: Text { lines, is_cut, notes: Vec::new() } }))
}

struct Plain {
    encoding: &'static str,
    text: Text,
}

impl Pages for Plain {
    fn count(&self) -> usize {
        1
    }

    fn facts(&self) -> Vec<Fact> {
        vec![Fact::new("encoding", self.encoding)]
    }

    fn text(&mut self, _page: usize) -> Result<Text, Why> {
        Ok(self.text.clone())
    }
}
