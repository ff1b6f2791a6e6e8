//! A text while it is typed into a field. What it holds is what the contract shows of what was typed or pasted, so that
//! what is seen is what is sent. It never knows what the text is for.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use super::super::keys;
use crate::text::{Raw, SafeText};

pub struct Writing {
    text: TextArea<'static>,
    span: Span,
}

/// How many lines a text may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    Line,
    Lines,
}

/// What a key did to the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrote {
    Changed,
    Moved,
    Nothing,
}

/// A text as it lies in its place: its rows, and the row and column of the next letter.
pub struct Laid {
    pub rows: Vec<SafeText>,
    pub caret: (usize, usize),
}

impl Writing {
    /// With the cursor at the end.
    pub fn of(text: &str, span: Span) -> Writing {
        let lines = match span {
            Span::Line => vec![text.to_owned()],
            Span::Lines => text.split('\n').map(str::to_owned).collect(),
        };
        let mut text = TextArea::new(lines);
        text.set_max_histories(0);
        text.move_cursor(CursorMove::Bottom);
        text.move_cursor(CursorMove::End);
        Writing { text, span }
    }

    pub fn text(&self) -> String {
        self.text.lines().join("\n")
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub fn key(&mut self, key: &KeyEvent) -> Wrote {
        let before = self.text.cursor();
        let name = keys::name_of(key);
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        let changed = match key.code {
            KeyCode::Char(letter) if plain => return self.insert(&Raw::new(letter.to_string())),
            KeyCode::Backspace => self.text.delete_char(),
            KeyCode::Delete => self.text.delete_next_char(),
            _ if name == "Ctrl-h" => self.text.delete_char(),
            _ if name == "Ctrl-w" => self.text.delete_word(),
            _ if name == "Ctrl-k" => self.text.delete_line_by_end(),
            _ => {
                let step = match (key.code, plain) {
                    (KeyCode::Left, true) => CursorMove::Back,
                    (KeyCode::Right, true) => CursorMove::Forward,
                    (KeyCode::Left, false) => CursorMove::WordBack,
                    (KeyCode::Right, false) => CursorMove::WordForward,
                    (KeyCode::Home, _) => CursorMove::Head,
                    (KeyCode::End, _) => CursorMove::End,
                    (KeyCode::Up, true) if self.span == Span::Lines => CursorMove::Up,
                    (KeyCode::Down, true) if self.span == Span::Lines => CursorMove::Down,
                    _ => return Wrote::Nothing,
                };
                self.text.move_cursor(step);
                false
            }
        };
        match changed {
            true => Wrote::Changed,
            false if self.text.cursor() != before => Wrote::Moved,
            false => Wrote::Nothing,
        }
    }

    pub fn break_line(&mut self) {
        self.text.insert_newline();
    }

    /// Puts typed or pasted text at the cursor, without controls and in the only form that may be shown. An end of line
    /// that a paste brings into a single line is dropped where it comes last and a blank where it does not.
    pub fn insert(&mut self, text: &Raw) -> Wrote {
        let (text, _) = text.without_controls();
        let safe = match self.span {
            Span::Line => text.lines().iter().enumerate().fold(String::new(), |line, (at, part)| {
                if at == 0 { part.as_str().to_owned() } else { format!("{line} {}", part.as_str()) }
            }),
            Span::Lines => joined(&text.lines()),
        };
        if safe.is_empty() {
            return Wrote::Nothing;
        }
        self.text.insert_str(safe);
        Wrote::Changed
    }

    /// The text wrapped to `width` columns, one of them kept for the cursor behind the last letter.
    pub fn laid(&self, width: usize) -> Laid {
        let width = width.saturating_sub(1).max(1);
        let cursor = self.text.cursor();
        let (line_at, letter_at) = (cursor.0, cursor.1);
        let mut laid = Laid { rows: Vec::new(), caret: (0, 0) };
        let typed = self.text();
        let mut shown = shown(&typed, self.span);
        shown.resize(self.text.lines().len().max(1), SafeText::default());
        for (at, line) in shown.iter().enumerate() {
            let ranges = line.wrap_ranges(width);
            if at == line_at {
                let byte =
                    line.as_str().char_indices().nth(letter_at).map_or(line.as_str().len(), |(at, _)| at);
                let row = ranges.iter().rposition(|range| range.start <= byte).unwrap_or(0);
                let before = ranges
                    .get(row)
                    .map_or(0, |range| line.slice(range.start..byte.min(range.end.max(range.start))).width());
                laid.caret = (laid.rows.len() + row, before);
            }
            laid.rows.extend(ranges.into_iter().map(|range| line.slice(range)));
        }
        laid
    }
}

/// A text as it is shown, line by line. A line of 23 digits is a reference number.
pub fn shown(text: &str, span: Span) -> Vec<SafeText> {
    match span {
        Span::Line => vec![Raw::new(text).id()],
        Span::Lines => Raw::new(text).lines(),
    }
}

fn joined(lines: &[SafeText]) -> String {
    SafeText::join(lines, "\n").into_string()
}

/// Whether a text is seen as it is: then what is seen is what is sent.
pub fn is_seen_as_it_is(text: &str, span: Span) -> bool {
    let shown = joined(&shown(text, span));
    shown == text || (span == Span::Lines && shown == text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, span: Span) -> Writing {
        let mut writing = Writing::of("", span);
        writing.insert(&Raw::new(text));
        writing
    }

    #[test]
    fn what_is_pasted_is_held_in_the_form_in_which_it_is_shown() {
        let writing = typed("a\u{1b}[2Jb\r\nc\td\u{202e}\re", Span::Lines);
        assert_eq!(writing.text(), "ab\nc    d<U+202E>\ne");
        assert_eq!(typed("one\rtwo\n", Span::Line).text(), "one two");
        assert!(is_seen_as_it_is(&writing.text(), Span::Lines));
    }

    #[test]
    fn a_card_number_typed_digit_by_digit_is_not_seen_as_it_is() {
        let mut writing = Writing::of("", Span::Line);
        for digit in "4111111111111111".chars() {
            writing.insert(&Raw::new(digit.to_string()));
        }
        assert!(!is_seen_as_it_is(&writing.text(), Span::Line));
        assert_eq!(writing.laid(40).rows[0].as_str(), "411111******1111");
    }

    #[test]
    fn the_cursor_stands_where_the_next_letter_will() {
        let writing = typed("a note that is wrapped\nand goes on", Span::Lines);
        let laid = writing.laid(12);
        assert_eq!(
            laid.rows.iter().map(SafeText::as_str).collect::<Vec<_>>().join("|"),
            "a note that|is wrapped|and goes on"
        );
        assert_eq!(laid.caret, (2, 11));
        assert_eq!(typed("東京", Span::Line).laid(20).caret, (0, 4));
        assert_eq!(Writing::of("a\n", Span::Lines).laid(20).caret, (1, 0));
    }
}
