//! The reader: one text at a time (a document, or the raw JSON of a case), wrapped to the pane, searched.

use std::ops::Range;

use super::words::{Move, Reading, Step};
use crate::{
    case::{CaseId, Fault},
    text::{Raw, SafeText},
};

pub struct Reader {
    pub case: CaseId,
    pub subject: Subject,
    pub state: State,
    /// The text as wrapped to the pane's width.
    pub rows: Vec<SafeText>,
    width: usize,
    pub top: usize,
    pub search: Option<Search>,
}

/// What is being read.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    Document(Raw),
    /// The provider's own JSON.
    Raw,
}

pub enum State {
    /// On its way.
    Waiting,
    Open(Box<Reading>),
    Failed(Fault),
}

pub struct Search {
    pub words: String,
    /// (row, bytes of the row), in reading order.
    pub hits: Vec<(usize, Range<usize>)>,
    /// Which hit is the current one.
    pub at: usize,
}

impl Reader {
    pub fn new(case: CaseId, subject: Subject, width: usize) -> Reader {
        Reader { case, subject, state: State::Waiting, rows: Vec::new(), width, top: 0, search: None }
    }

    pub fn open(&mut self, reading: Reading) {
        self.state = State::Open(Box::new(reading));
        self.top = 0;
        self.wrap();
    }

    pub fn fail(&mut self, fault: Fault) {
        self.state = State::Failed(fault);
    }

    /// Wraps anew for another width, staying near the same text.
    pub fn resize(&mut self, width: usize, height: usize) {
        if width != self.width {
            let (top, before) = (self.top, self.rows.len().max(1));
            self.width = width;
            self.wrap();
            self.top = top * self.rows.len() / before;
        }
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }

    fn wrap(&mut self) {
        let State::Open(reading) = &self.state else { return };
        self.rows = reading.lines.iter().flat_map(|line| line.wrap(self.width)).collect();
        if let Some(search) = self.search.take() {
            self.look_for(&search.words, 0);
        }
    }

    pub fn go(&mut self, step: Move, height: usize) {
        let last = self.rows.len().saturating_sub(height);
        self.top = match step {
            Move::Up => self.top.saturating_sub(1),
            Move::Down => self.top + 1,
            Move::PageUp => self.top.saturating_sub(height),
            Move::PageDown => self.top + height,
            Move::Top => 0,
            Move::Bottom => last,
        }
        .min(last);
    }

    /// Searches the wrapped text and goes to the first hit at or below the top row.
    pub fn look_for(&mut self, words: &str, height: usize) {
        let hits: Vec<_> = self
            .rows
            .iter()
            .enumerate()
            .flat_map(|(row, text)| text.find(words).into_iter().map(move |range| (row, range)))
            .collect();
        let at = hits.iter().position(|(row, _)| *row >= self.top).unwrap_or(0);
        self.search = Some(Search { words: words.to_owned(), hits, at });
        self.show_hit(height);
    }

    pub fn hit(&mut self, step: Step, height: usize) {
        if let Some(search) = &mut self.search
            && !search.hits.is_empty()
        {
            let count = search.hits.len();
            search.at = match step {
                Step::Next => (search.at + 1) % count,
                Step::Previous => (search.at + count - 1) % count,
            };
        }
        self.show_hit(height);
    }

    /// Brings the current hit into view, if it is not.
    fn show_hit(&mut self, height: usize) {
        let Some(search) = &self.search else { return };
        let Some((row, _)) = search.hits.get(search.at) else { return };
        if height > 0 && !(self.top..self.top + height).contains(row) {
            self.top = row.saturating_sub(height / 3).min(self.rows.len().saturating_sub(height));
        }
    }
}
