//! Text from outside, exactly as received. It must never know a widget.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::contract::{Form, limited, placeholder, shown};
use super::escapes;
use super::marks::{self, Marks};
use super::mask::masked;
use super::safe::SafeText;

/// The most code points of one field on one line.
pub const FIELD_LIMIT: usize = 4096;
/// The most code points of a table cell, before it is cut to its column.
pub const CELL_LIMIT: usize = 200;

/// Text from outside, exactly as received. It has no `Display`, and `Debug` shows the safe form.
///
/// ```compile_fail,E0277
/// println!("{}", casedesk::text::Raw::new("\u{1b}[2J"));
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(String);

impl Raw {
    pub fn new(text: impl Into<String>) -> Raw {
        Raw(text.into())
    }

    /// Reads bytes as UTF-8; each maximal part that is none becomes U+FFFD.
    pub fn from_bytes(bytes: &[u8]) -> Raw {
        Raw(String::from_utf8_lossy(bytes).into_owned())
    }

    /// The text as received: to compare, to keep, to send back. Never to show.
    pub fn exact(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// On one line, at most [`FIELD_LIMIT`] code points and a note of how many more there are.
    pub fn show(&self) -> SafeText {
        self.show_limited(FIELD_LIMIT)
    }

    /// On one line, at most `limit` code points and a note of how many more there are.
    pub fn show_limited(&self, limit: usize) -> SafeText {
        SafeText::passed(limited(shown(&self.0, Form::Line).0, limit))
    }

    /// For a table cell: on one line, at most [`CELL_LIMIT`] code points, right-to-left text as a placeholder.
    pub fn cell(&self) -> SafeText {
        let (text, _) = shown(&self.0, Form::Line);
        SafeText::passed(placeholder(&text).unwrap_or_else(|| limited(text, CELL_LIMIT)))
    }

    /// Like [`Raw::show`], for a field that holds an identifier: exactly 23 digits are an acquirer reference number
    /// and stay as they are, even where a card number could be read into them.
    pub fn id(&self) -> SafeText {
        self.reference_number().unwrap_or_else(|| self.show())
    }

    /// [`Raw::id`] as a table cell.
    pub fn id_cell(&self) -> SafeText {
        self.reference_number().unwrap_or_else(|| self.cell())
    }

    fn reference_number(&self) -> Option<SafeText> {
        let is_one = self.0.len() == 23 && self.0.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| SafeText::passed(self.0.clone()))
    }

    /// On several lines, whole: CRLF and LF end a line, a tab is four spaces. An empty text has no lines, a line end
    /// at the very end begins no further one.
    pub fn lines(&self) -> Vec<SafeText> {
        split(&shown(&self.0, Form::Lines).0)
    }

    /// [`Raw::lines`] of at most `limit` code points, line ends included.
    pub fn lines_limited(&self, limit: usize) -> Vec<SafeText> {
        split(&limited(shown(&self.0, Form::Lines).0, limit))
    }

    /// As a person means a text that comes from outside in one piece: CRLF, CR and LF end a line, other controls than
    /// tabs are left out, an escape sequence whole. With how many characters were left out.
    pub fn without_controls(&self) -> (Raw, usize) {
        let text = self.0.replace("\r\n", "\n").replace('\r', "\n");
        let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
        for range in escapes::ranges(&text) {
            kept.push_str(&text[from..range.start]);
            from = range.end;
        }
        kept.push_str(&text[from..]);
        kept.retain(|letter| matches!(letter, '\n' | '\t') || !letter.is_control());
        let left_out = text.chars().count() - kept.chars().count();
        (Raw(kept), left_out)
    }

    /// What to tell about this text, shown on one line.
    pub fn marks(&self) -> Marks {
        self.marks_in(false)
    }

    /// What to tell about this text, shown on several lines.
    pub fn marks_of_lines(&self) -> Marks {
        self.marks_in(true)
    }

    fn marks_in(&self, several_lines: bool) -> Marks {
        let cards = masked(&self.0).1;
        let marks = marks::read(&self.0, several_lines);
        if cards > 0 { marks | Marks::PAN } else { marks }
    }
}

fn split(text: &str) -> Vec<SafeText> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines.into_iter().map(|line| SafeText::passed(line.to_owned())).collect()
}

impl From<&str> for Raw {
    fn from(text: &str) -> Raw {
        Raw::new(text)
    }
}
impl From<String> for Raw {
    fn from(text: String) -> Raw {
        Raw::new(text)
    }
}
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.show().as_str())
    }
}
