//! Fits text into columns. It must never know what the text says.

use std::ops::Range;

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};
use unicode_width::UnicodeWidthStr;

use super::safe::SafeText;

/// Stands for what was cut off, and for a character wider than the whole line.
const CUT: &str = "…";

impl SafeText {
    /// Columns on the terminal.
    pub fn width(&self) -> usize {
        width(self.as_str())
    }

    /// At most `width` columns: the text itself if it fits, else its beginning and `…`. Never half a wide character,
    /// so the result may be a column narrower.
    pub fn cut(&self, width: usize) -> SafeText {
        if self.width() <= width {
            return self.clone();
        }
        let Some(room) = width.checked_sub(1) else { return SafeText::default() };
        let mut text = self.as_str()[..fitting(self.as_str(), room)].to_owned();
        text.push_str(CUT);
        SafeText::passed(text)
    }

    /// The last columns of the text, at most `width`, for a line that scrolls with its caret.
    pub fn tail(&self, width: usize) -> SafeText {
        let mut used = 0;
        let mut start = self.as_str().len();
        for (at, grapheme) in self.as_str().grapheme_indices(true).rev() {
            used += grapheme.width();
            if used > width {
                break;
            }
            start = at;
        }
        SafeText::passed(self.as_str()[start..].to_owned())
    }

    /// Exactly `width` columns: cut, or filled with blanks at the end.
    pub fn pad(&self, width: usize) -> SafeText {
        let mut text = self.cut(width).into_string();
        let missing = width - self::width(&text).min(width);
        text.extend(std::iter::repeat_n(' ', missing));
        SafeText::passed(text)
    }

    /// Exactly `width` columns: cut, or filled with blanks at the beginning (for numbers).
    pub fn pad_left(&self, width: usize) -> SafeText {
        let cut = self.cut(width);
        let mut text = " ".repeat(width - cut.width().min(width));
        text.push_str(cut.as_str());
        SafeText::passed(text)
    }

    /// Lines of at most `width` columns (0 counts as 1): broken at blanks, which are dropped there; a longer word is
    /// broken where it must be. A character wider than the line is shown as `…`. An empty text is one empty line.
    pub fn wrap(&self, width: usize) -> Vec<SafeText> {
        self.wrap_ranges(width)
            .into_iter()
            .map(|range| {
                let line = &self.as_str()[range];
                SafeText::passed(if self::width(line) > width.max(1) { CUT } else { line }.to_owned())
            })
            .collect()
    }

    /// The byte ranges of the lines that [`SafeText::wrap`] gives, for a reader that highlights what it found.
    pub fn wrap_ranges(&self, width: usize) -> Vec<Range<usize>> {
        let text = self.as_str();
        let line = if text.is_ascii() { line_of_bytes } else { line_of_graphemes };
        let mut lines = Vec::new();
        let mut start = 0;
        loop {
            let (line, next) = line(text, start, width.max(1));
            lines.push(line);
            match next {
                Some(next) => start = next,
                None => return lines,
            }
        }
    }

    /// The part between two byte offsets, widened to whole characters as a reader sees them, and kept within the
    /// text: it never panics.
    pub fn slice(&self, range: Range<usize>) -> SafeText {
        let text = self.as_str();
        let start = edge(text, range.start, false);
        let end = edge(text, range.end, true).max(start);
        SafeText::passed(text[start..end].to_owned())
    }
}

/// Columns of a text, counted as the terminal library does: character by character as a reader sees them.
fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// How many bytes of the text fit into so many columns.
fn fitting(text: &str, room: usize) -> usize {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > room {
            return at;
        }
    }
    text.len()
}

/// One line from `start`, and where the next one starts if there is more.
fn line_of_graphemes(text: &str, start: usize, width: usize) -> (Range<usize>, Option<usize>) {
    let mut used = 0;
    // The end of the last word but one, and of the last word so far.
    let mut word_end = start;
    let mut break_at: Option<(usize, usize)> = None;
    for (place, grapheme) in text[start..].grapheme_indices(true) {
        let at = start + place;
        let end = at + grapheme.len();
        let blank = grapheme == " ";
        used += grapheme.width();
        if used > width {
            return match break_at {
                _ if blank => (start..word_end, after_blanks(text, at)),
                Some((end, next)) => (start..end, Some(next)),
                None if at == start => (start..end, more(text, end)),
                None => (start..at, Some(at)),
            };
        }
        if !blank {
            word_end = end;
        } else if word_end > start {
            break_at = Some((word_end, end));
        }
    }
    (start..text.len(), None)
}

/// The same for a text of ASCII only, where a byte is a column.
fn line_of_bytes(text: &str, start: usize, width: usize) -> (Range<usize>, Option<usize>) {
    let bytes = text.as_bytes();
    let Some(past) = start.checked_add(width).filter(|past| *past < bytes.len()) else {
        return (start..bytes.len(), None);
    };
    let word_end = |before: usize| {
        bytes[start..before].iter().rposition(|byte| *byte != b' ').map_or(start, |last| start + last + 1)
    };
    if bytes[past] == b' ' {
        return (start..word_end(past), after_blanks(text, past));
    }
    match bytes[start..past].iter().rposition(|byte| *byte == b' ') {
        Some(blank) if word_end(start + blank) > start => {
            (start..word_end(start + blank), Some(start + blank + 1))
        }
        _ => (start..past, Some(past)),
    }
}

fn after_blanks(text: &str, at: usize) -> Option<usize> {
    // Not by characters: a blank with a mark on it is none.
    more(text, at + text[at..].graphemes(true).take_while(|grapheme| *grapheme == " ").count())
}

fn more(text: &str, at: usize) -> Option<usize> {
    (at < text.len()).then_some(at)
}

/// The nearest edge between characters as a reader sees them, at or before the offset (or at or after it).
pub(super) fn edge(text: &str, offset: usize, up: bool) -> usize {
    if offset >= text.len() {
        return text.len();
    }
    let step = |at: usize| if up { at + 1 } else { at - 1 };
    let mut at = offset;
    while !text.is_char_boundary(at) {
        at = step(at);
    }
    let bytes = text.as_bytes();
    if at == 0 || (bytes[at - 1].is_ascii() && bytes[at].is_ascii()) {
        return at;
    }
    let mut cursor = GraphemeCursor::new(at, text.len(), true);
    if cursor.is_boundary(text, 0).unwrap_or(true) {
        return at;
    }
    let found = if up { cursor.next_boundary(text, 0) } else { cursor.prev_boundary(text, 0) };
    found.ok().flatten().unwrap_or(if up { text.len() } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_bytes_and_of_graphemes_are_the_same() {
        for pattern in 0u32..1 << 11 {
            let text: String = (0..11).map(|place| if pattern >> place & 1 == 1 { 'a' } else { ' ' }).collect();
            for width in 1..7 {
                for start in 0..text.len() {
                    assert_eq!(
                        line_of_bytes(&text, start, width),
                        line_of_graphemes(&text, start, width),
                        "{text:?} from {start} at {width}"
                    );
                }
            }
        }
    }
}
