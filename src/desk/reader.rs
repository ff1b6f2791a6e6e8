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
    /// Of each row: its line in the text, and where in that line it begins and ends.
    places: Vec<(usize, Range<usize>)>,
    width: usize,
    pub top: usize,
    /// Where in the text the top row was put: line and byte. Kept through every wrapping, so that a pane made narrow
    /// and wide again shows the same place.
    anchor: (usize, usize),
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
    /// In reading order, at most [`HITS_AT_MOST`].
    pub hits: Vec<Hit>,
    /// There are more.
    pub is_cut: bool,
    /// Which hit is the current one.
    pub at: usize,
}

/// One hit: bytes of one line of the text, whatever the wrapping makes of it.
pub struct Hit {
    line: usize,
    range: Range<usize>,
}

/// More places than these are not looked for.
pub const HITS_AT_MOST: usize = 100_000;

impl Reader {
    pub fn new(case: CaseId, subject: Subject, width: usize) -> Reader {
        let (rows, places) = (Vec::new(), Vec::new());
        let state = State::Waiting;
        Reader { case, subject, state, rows, places, width, top: 0, anchor: (0, 0), search: None }
    }

    pub fn open(&mut self, reading: Reading) {
        self.state = State::Open(Box::new(reading));
        (self.top, self.anchor) = (0, (0, 0));
        self.wrap();
    }

    /// Puts a newer text in the place of the one that is read, and stays where it was.
    pub fn renew(&mut self, reading: Reading, height: usize) {
        if matches!(&self.state, State::Open(old) if **old == reading) {
            return;
        }
        self.state = State::Open(Box::new(reading));
        self.wrap();
        self.put_top(self.top.min(self.rows.len().saturating_sub(height)));
        if let Some(search) = self.search.take() {
            self.look_for(&search.words, 0);
        }
    }

    pub fn fail(&mut self, fault: Fault) {
        self.state = State::Failed(fault);
    }

    /// Wraps anew for another width, staying at the same text.
    pub fn resize(&mut self, width: usize, height: usize) {
        if width != self.width {
            self.width = width;
            self.wrap();
        }
        let row = self.places.partition_point(|(line, range)| (*line, range.start) <= self.anchor);
        self.top = row.saturating_sub(1).min(self.rows.len().saturating_sub(height));
    }

    fn wrap(&mut self) {
        let State::Open(reading) = &self.state else { return };
        let ranges = |(at, line): (usize, &SafeText)| {
            line.wrap_ranges(self.width).into_iter().map(move |range| (at, range)).collect::<Vec<_>>()
        };
        self.places = reading.lines.iter().enumerate().flat_map(ranges).collect();
        self.rows = self.places.iter().map(|(at, range)| reading.lines[*at].slice(range.clone())).collect();
    }

    fn put_top(&mut self, top: usize) {
        self.top = top;
        self.anchor = self.places.get(top).map_or((0, 0), |(line, range)| (*line, range.start));
    }

    pub fn go(&mut self, step: Move, height: usize) {
        self.put_top(step.scroll(self.top, height, self.rows.len()));
    }

    /// Searches the text, whatever the wrapping parts, and goes to the first hit at or below the top row.
    pub fn look_for(&mut self, words: &str, height: usize) {
        let State::Open(reading) = &self.state else { return };
        let found = reading.lines.iter().enumerate();
        let mut hits: Vec<_> = found
            .flat_map(|(line, text)| text.find(words).into_iter().map(move |range| Hit { line, range }))
            .take(HITS_AT_MOST + 1)
            .collect();
        let is_cut = hits.len() > HITS_AT_MOST;
        hits.truncate(HITS_AT_MOST);
        let at = hits.iter().position(|hit| self.row_of(hit).is_some_and(|row| row >= self.top));
        self.search = Some(Search { words: words.to_owned(), hits, is_cut, at: at.unwrap_or(0) });
        self.show_hit(height);
    }

    /// The row in which a hit begins; none where it fell into a blank that the wrapping dropped.
    fn row_of(&self, hit: &Hit) -> Option<usize> {
        let row =
            self.places.partition_point(|(line, bytes)| (*line, bytes.end) <= (hit.line, hit.range.start));
        let (line, bytes) = self.places.get(row)?;
        (*line == hit.line && bytes.start < hit.range.end).then_some(row)
    }

    /// The hits that a row shows: which of all, and bytes of the row.
    pub fn hits_in(&self, row: usize) -> impl Iterator<Item = (usize, Range<usize>)> {
        let (line, bytes) = self.places.get(row).cloned().unwrap_or_default();
        let hits = self.search.as_ref().map_or(&[][..], |search| &search.hits);
        let first = hits.partition_point(|hit| (hit.line, hit.range.end) <= (line, bytes.start));
        let end = bytes.end;
        let here = hits[first..].iter().take_while(move |hit| hit.line == line && hit.range.start < end);
        here.enumerate().map(move |(place, hit)| {
            let (start, end) = (hit.range.start.max(bytes.start), hit.range.end.min(bytes.end));
            (first + place, start - bytes.start..end - bytes.start)
        })
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
        let Some(row) = search.hits.get(search.at).and_then(|hit| self.row_of(hit)) else { return };
        if height > 0 && !(self.top..self.top + height).contains(&row) {
            self.put_top(row.saturating_sub(height / 3).min(self.rows.len().saturating_sub(height)));
        }
    }
}
