//! Documents that are text and nothing else, and how their lines are gathered within the limits.

use super::{
    pages::{Fact, Limits, Line, Pages, Text, Why},
    plain::LINES_AT_MOST,
};

/// Lines as they are written, up to [`Limits::TEXT`] bytes and [`LINES_AT_MOST`] lines; what comes after is dropped,
/// and said to be there.
#[derive(Default)]
pub struct Written {
    text: Text,
    bytes: usize,
}

impl Written {
    /// A line without the blanks at its end, or several where it has line breaks.
    pub fn line(&mut self, line: impl AsRef<str>) {
        line.as_ref().split('\n').for_each(|line| self.deep(0, line.trim_end()));
    }

    /// An empty line, unless there is one already or nothing before it.
    pub fn gap(&mut self) {
        if self.text.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.deep(0, "");
        }
    }

    pub fn deep(&mut self, depth: u16, line: impl Into<String>) {
        let line = line.into();
        if self.is_full() || self.bytes + line.len() > Limits::TEXT {
            self.text.is_cut = true;
            // Nothing shorter may follow what was left out.
            self.bytes = Limits::TEXT;
            return;
        }
        self.bytes += line.len() + 1;
        self.text.lines.push(Line { text: line, depth, words: Vec::new() });
    }

    /// Whether nothing more is taken.
    pub fn is_full(&self) -> bool {
        self.bytes >= Limits::TEXT || self.text.lines.len() >= LINES_AT_MOST
    }

    /// Says that there is more than was written.
    pub fn cut(&mut self) {
        self.text.is_cut = true;
    }

    /// Once, however often it is said.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.text.notes.contains(&note) {
            self.text.notes.push(note);
        }
    }

    pub fn append(&mut self, other: Written) {
        other.text.lines.into_iter().for_each(|line| self.deep(line.depth, line.text));
        self.text.is_cut |= other.text.is_cut;
        other.text.notes.into_iter().for_each(|note| self.note(note));
    }

    pub fn lines(&self) -> &[Line] {
        &self.text.lines
    }

    /// Without the empty lines at the end.
    pub fn into_text(mut self) -> Text {
        while self.text.lines.last().is_some_and(|line| line.text.is_empty()) {
            self.text.lines.pop();
        }
        self.text
    }
}

/// Pages of text.
pub struct Scroll {
    pub facts: Vec<Fact>,
    pub pages: Vec<Text>,
}

impl Scroll {
    pub fn of(facts: Vec<Fact>, written: Written) -> Box<dyn Pages> {
        Box::new(Scroll { facts, pages: vec![written.into_text()] })
    }
}

impl Pages for Scroll {
    fn count(&self) -> usize {
        self.pages.len().max(1)
    }

    fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }

    fn text(&mut self, page: usize) -> Result<Text, Why> {
        self.pages.get(page).cloned().ok_or_else(|| Why::Missing(format!("page {}", page + 1)))
    }
}
