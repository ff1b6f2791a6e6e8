//! The reader: one text at a time (a document, or the raw JSON of a case), wrapped to the pane, folded, searched, copied
//! from; or a page of it as a picture.

pub mod sight;

use std::{collections::BTreeSet, ops::Range};

use serde::{Deserialize, Serialize};

use super::words::{Leaf, Move, PaperId, Reading, Step};
use crate::{
    case::{Area, CaseId, Extent, Fault, Viewport},
    text::{SafeText, say},
};
use sight::{Aim, Sight};

pub struct Reader {
    pub subject: Subject,
    pub state: State,
    /// The page that is seen as a picture, where one is.
    pub sight: Option<Sight>,
    /// How pages are looked at; kept while they are read as text.
    aim: Aim,
    /// The page that is read: the one that was gone to, or that a hit is on, until the text is moved.
    leaf: usize,
    /// Lines whose deeper followers are hidden.
    folded: BTreeSet<usize>,
    /// Of each line: the first one after those that lie deeper. None where nothing can be folded.
    fold_ends: Vec<usize>,
    /// The lines picked to be copied.
    pub picked: Option<Picked>,
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
    Document(PaperId),
    /// The provider's own JSON about a case.
    Raw(CaseId),
}

impl Subject {
    pub fn case(&self) -> Option<&CaseId> {
        match self {
            Subject::Document(paper) => paper.case(),
            Subject::Raw(case) => Some(case),
        }
    }
}

/// Whole lines of the text, from the one where picking began to the one where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Picked {
    pub from: usize,
    pub at: usize,
}

impl Picked {
    pub fn lines(self) -> std::ops::RangeInclusive<usize> {
        self.from.min(self.at)..=self.from.max(self.at)
    }
}

/// Where a text was left: to go on from there when it is read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bookmark {
    anchor: (usize, usize),
    #[serde(default)]
    page: usize,
    aim: Aim,
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
    pub fn new(subject: Subject, width: usize) -> Reader {
        Reader {
            subject,
            state: State::Waiting,
            sight: None,
            aim: Aim::default(),
            leaf: 0,
            folded: BTreeSet::new(),
            fold_ends: Vec::new(),
            picked: None,
            rows: Vec::new(),
            places: Vec::new(),
            width,
            top: 0,
            anchor: (0, 0),
            search: None,
        }
    }

    pub fn case(&self) -> Option<&CaseId> {
        self.subject.case()
    }

    pub fn reading(&self) -> Option<&Reading> {
        match &self.state {
            State::Open(reading) => Some(reading),
            _ => None,
        }
    }

    /// The document and its name, where that is what is read.
    pub fn paper(&self) -> Option<&PaperId> {
        match &self.subject {
            Subject::Document(paper) => Some(paper),
            Subject::Raw(_) => None,
        }
    }

    pub fn open(&mut self, reading: Reading, bookmark: Option<Bookmark>) {
        self.fold_ends = fold_ends(&reading);
        self.state = State::Open(Box::new(reading));
        let left = bookmark.unwrap_or_default();
        (self.top, self.anchor, self.aim) = (0, left.anchor, left.aim);
        self.wrap();
        self.leaf = left.page;
        // Text first; where there is nothing to be read there is something to be seen.
        let has_text = self.reading().is_some_and(|it| it.pages.iter().any(|leaf| leaf.has_text));
        if !has_text && self.extent(self.leaf).is_some() {
            self.sight = Some(Sight::of(self.leaf, self.aim));
        }
    }

    pub fn bookmark(&self) -> Bookmark {
        let aim = self.sight.as_ref().map_or(self.aim, |sight| sight.aim);
        Bookmark { anchor: self.anchor, page: self.page(), aim }
    }

    /// Puts a newer text in the place of the one that is read, and stays where it was.
    pub fn renew(&mut self, reading: Reading, height: usize) {
        if matches!(&self.state, State::Open(old) if **old == reading) {
            return;
        }
        self.fold_ends = fold_ends(&reading);
        self.state = State::Open(Box::new(reading));
        (self.folded, self.picked) = (BTreeSet::new(), None);
        self.wrap();
        self.put_top(self.top.min(self.rows.len().saturating_sub(height)));
        if let Some(search) = self.search.take() {
            self.look_for(&search.words, 0);
        }
    }

    pub fn fail(&mut self, fault: Fault) {
        self.fold_ends.clear();
        self.state = State::Failed(fault);
    }

    /// Wraps anew for another width, staying at the same text.
    pub fn resize(&mut self, width: usize, height: usize) {
        if width != self.width {
            self.width = width;
            self.wrap();
        }
        self.top = self.row_at(self.anchor).min(self.rows.len().saturating_sub(height));
    }

    /// The row that shows a place of the text.
    fn row_at(&self, place: (usize, usize)) -> usize {
        let row = self.places.partition_point(|(line, range)| (*line, range.start) <= place);
        row.saturating_sub(1)
    }

    fn wrap(&mut self) {
        let State::Open(reading) = &self.state else { return };
        (self.places, self.rows) = (Vec::new(), Vec::new());
        let mut line = 0;
        while let Some(text) = reading.lines.get(line) {
            let next = self.after(line);
            for range in text.wrap_ranges(self.width) {
                self.rows.push(text.slice(range.clone()));
                self.places.push((line, range));
            }
            if next > line + 1
                && let Some(last) = self.rows.last_mut()
            {
                let room = self.width.saturating_sub(20).max(8);
                *last = say!("{} … {} lines", last.cut(room), next - line - 1);
            }
            line = next;
        }
    }

    /// The line that is shown after one: the next one, or the first that a folded one does not hide.
    fn after(&self, line: usize) -> usize {
        if self.folded.contains(&line) { self.fold_end(line) } else { line + 1 }
    }

    fn fold_end(&self, line: usize) -> usize {
        self.fold_ends.get(line).copied().unwrap_or(line + 1)
    }

    /// Hides the lines below the one that stands at the top (or at the cursor of picking), or shows them again.
    pub fn fold(&mut self, height: usize) -> bool {
        let line = self.line_in_hand();
        // Within a fold the one around it is meant.
        let line = (0..=line).rev().find(|at| self.fold_end(*at) > line.max(at + 1));
        let Some(line) = line else { return false };
        if !self.folded.remove(&line) {
            self.folded.insert(line);
        }
        if let Some(picked) = &mut self.picked {
            *picked = Picked { from: line, at: line };
        }
        self.anchor = self.anchor.min((line, 0));
        self.wrap();
        self.top = self.row_at(self.anchor).min(self.rows.len().saturating_sub(height));
        true
    }

    /// Folds everything that can be, or unfolds all.
    pub fn fold_all(&mut self, height: usize) -> bool {
        let State::Open(reading) = &self.state else { return false };
        if self.folded.is_empty() {
            let lines = 0..reading.lines.len();
            self.folded = lines.filter(|at| reading.depth(*at) > 0 && self.fold_end(*at) > at + 1).collect();
        } else {
            self.folded.clear();
        }
        let folds = !reading.depths.is_empty();
        self.wrap();
        self.top = self.row_at(self.anchor).min(self.rows.len().saturating_sub(height));
        folds
    }

    /// Shows a line that a fold hides.
    fn unfold(&mut self, line: usize) {
        let hiding = |at: &usize| *at < line && self.fold_end(*at) > line;
        let hides: Vec<_> = self.folded.iter().copied().filter(hiding).collect();
        if !hides.is_empty() {
            hides.iter().for_each(|at| {
                self.folded.remove(at);
            });
            self.wrap();
        }
    }

    /// The line that a key about a line means.
    pub fn line_in_hand(&self) -> usize {
        let top = self.places.get(self.top).map_or(0, |(line, _)| *line);
        self.picked.map_or(top, |picked| picked.at)
    }

    /// Begins to pick lines at the top one, or picks no more.
    pub fn pick(&mut self) {
        let line = self.line_in_hand();
        self.picked = if self.picked.is_some() { None } else { Some(Picked { from: line, at: line }) };
    }

    /// The lines that are picked; without any the top one.
    pub fn to_copy(&self) -> Vec<SafeText> {
        let Some(reading) = self.reading() else { return Vec::new() };
        let line = self.line_in_hand();
        let lines = self.picked.map_or(line..=line, Picked::lines);
        let lines = reading.lines.get(*lines.start()..).unwrap_or_default().iter().take(lines.count());
        lines.cloned().collect()
    }

    pub fn is_picked(&self, row: usize) -> bool {
        let line = self.places.get(row).map(|(line, _)| *line);
        line.zip(self.picked).is_some_and(|(line, picked)| picked.lines().contains(&line))
    }

    /// The page that is read, as text or as a picture.
    pub fn page(&self) -> usize {
        self.sight.as_ref().map_or(self.leaf, |sight| sight.page)
    }

    pub fn leaf(&self, page: usize) -> Option<&Leaf> {
        self.reading()?.pages.get(page)
    }

    pub fn extent(&self, page: usize) -> Option<Extent> {
        self.leaf(page)?.extent
    }

    /// Goes to a page; says whether there is one.
    pub fn turn_to(&mut self, page: usize, height: usize) -> bool {
        let Some(first) = self.leaf(page).map(|leaf| leaf.first) else { return false };
        match &mut self.sight {
            Some(sight) if sight.page == page => {}
            Some(sight) => *sight = Sight::of(page, Aim { left: 0.0, top: 0.0, ..sight.aim }),
            None => {}
        }
        self.unfold(first);
        self.put_top(self.row_at((first, 0)).min(self.rows.len().saturating_sub(height)));
        self.leaf = page;
        if self.sight.is_some() && self.extent(page).is_none() {
            self.sight = None;
        }
        true
    }

    /// Shows the page as a picture, or as text again. Says whether it has a picture.
    pub fn look_at_page(&mut self, height: usize) -> bool {
        let page = self.page();
        if let Some(sight) = self.sight.take() {
            self.aim = sight.aim;
            self.turn_to(page, height);
            return true;
        }
        let has_one = self.extent(page).is_some();
        if has_one {
            self.sight = Some(Sight::of(page, self.aim));
            self.mark();
        }
        has_one
    }

    /// The part of the page to be asked for, if another one is wanted than was asked for last.
    pub fn wants(&mut self, room: (u32, u32)) -> Option<(PaperId, usize, Viewport)> {
        let paper = self.paper()?.clone();
        let extent = self.extent(self.sight.as_ref()?.page)?;
        let sight = self.sight.as_mut()?;
        let viewport = sight.wants(extent, room)?;
        Some((paper, sight.page, viewport))
    }

    /// Marks the search hits on the page's picture.
    pub fn mark(&mut self) {
        let Some(page) = self.sight.as_ref().map(|sight| sight.page) else { return };
        let Some(extent) = self.extent(page) else { return };
        let places = self.hit_areas(page);
        if let Some(sight) = &mut self.sight {
            sight.mark(extent, &places);
        }
    }

    /// Moves the picture so that the current hit is seen, in a room of so many pixels.
    pub fn aim_at_hit(&mut self, room: (u32, u32)) {
        let Some(page) = self.sight.as_ref().map(|sight| sight.page) else { return };
        let place = self.hit_areas(page).into_iter().find(|(_, here)| *here);
        if let (Some((area, _)), Some(extent), Some(sight)) = (place, self.extent(page), &mut self.sight) {
            sight.bring(area, extent, room);
        }
    }

    /// Where the hits of a page stand on its picture, and which of them is the current one.
    fn hit_areas(&self, page: usize) -> Vec<(Area, bool)> {
        let (Some(search), Some(reading)) = (&self.search, self.reading()) else { return Vec::new() };
        let first = reading.pages.get(page).map_or(0, |leaf| leaf.first);
        let end = reading.pages.get(page + 1).map_or(reading.lines.len(), |leaf| leaf.first);
        let here = search.hits.iter().enumerate().filter(|(_, hit)| (first..end).contains(&hit.line));
        here.flat_map(|(at, hit)| areas_of(hit, reading).map(move |area| (area, at == search.at))).collect()
    }

    fn put_top(&mut self, top: usize) {
        self.top = top;
        self.anchor = self.places.get(top).map_or((0, 0), |(line, range)| (*line, range.start));
    }

    pub fn go(&mut self, step: Move, height: usize) {
        let Some(picked) = self.picked else {
            let before = self.top;
            self.put_top(step.scroll(self.top, height, self.rows.len()));
            if self.top != before || matches!(step, Move::Top | Move::Bottom) {
                self.leaf = self.leaf_in_sight(height);
            }
            return;
        };
        let row = self.row_at((picked.at, 0));
        // From the last row of a long line down to the next line.
        let from = if step == Move::Down {
            self.places.partition_point(|(line, _)| *line <= picked.at).saturating_sub(1)
        } else {
            row
        };
        let to = step.lead(from, height, self.rows.len().saturating_sub(1));
        let Some(line) = self.places.get(to).map(|(line, _)| *line) else { return };
        self.picked = Some(Picked { at: line, ..picked });
        let row = self.row_at((line, 0));
        if row < self.top {
            self.put_top(row);
        } else if row >= self.top + height {
            self.put_top((row + 1).saturating_sub(height));
        }
    }

    /// The page of the top row; at the end of the text, the last one.
    fn leaf_in_sight(&self, height: usize) -> usize {
        let row =
            if self.top > 0 && self.top + height >= self.rows.len() { self.rows.len() - 1 } else { self.top };
        let line = self.places.get(row).map_or(0, |(line, _)| *line);
        self.reading().map_or(0, |reading| reading.page_of(line))
    }

    /// Searches the text, whatever the wrapping parts, and goes to the first hit at or below the top row.
    pub fn look_for(&mut self, words: &str, height: usize) {
        let State::Open(reading) = &self.state else { return };
        // What says which page it is was not written by anybody.
        let is_heading = |line: usize| {
            reading.pages.len() > 1 && reading.pages.binary_search_by_key(&line, |leaf| leaf.first).is_ok()
        };
        let found = reading.lines.iter().enumerate().filter(|(line, _)| !is_heading(*line));
        let mut hits: Vec<_> = found
            .flat_map(|(line, text)| text.find(words).into_iter().map(move |range| Hit { line, range }))
            .take(HITS_AT_MOST + 1)
            .collect();
        let is_cut = hits.len() > HITS_AT_MOST;
        hits.truncate(HITS_AT_MOST);
        let at = hits.iter().position(|hit| self.row_of(hit).is_some_and(|row| row >= self.top));
        self.search = Some(Search { words: words.to_owned(), hits, is_cut, at: at.unwrap_or(0) });
        self.show_hit(height);
        self.mark();
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
        self.mark();
    }

    /// Brings the current hit into view, if it is not.
    fn show_hit(&mut self, height: usize) {
        let Some(line) = self.search.as_ref().and_then(|search| search.hits.get(search.at)).map(|hit| hit.line)
        else {
            return;
        };
        self.unfold(line);
        let page = self.reading().map_or(0, |reading| reading.page_of(line));
        if self.sight.is_some() {
            self.turn_to(page, height);
        }
        self.leaf = page;
        let Some(hit) = self.search.as_ref().and_then(|search| search.hits.get(search.at)) else { return };
        let Some(row) = self.row_of(hit) else { return };
        if height > 0 && !(self.top..self.top + height).contains(&row) {
            self.put_top(row.saturating_sub(height / 3).min(self.rows.len().saturating_sub(height)));
        }
    }
}

/// Of each line the first one after those that lie deeper, in one pass, however deep they lie.
fn fold_ends(reading: &Reading) -> Vec<usize> {
    if reading.depths.is_empty() {
        return Vec::new();
    }
    let count = reading.lines.len();
    let mut ends = vec![count; count];
    let mut open: Vec<usize> = Vec::new();
    for line in 0..count {
        while let Some(above) = open.pop_if(|above| reading.depth(*above) >= reading.depth(line)) {
            ends[above] = line;
        }
        open.push(line);
    }
    ends
}

/// The places of the words that a hit lies in.
fn areas_of(hit: &Hit, reading: &Reading) -> impl Iterator<Item = Area> {
    let words = reading.words.get(hit.line).map_or(&[][..], Vec::as_slice);
    let text = reading.lines.get(hit.line).map_or("", SafeText::as_str);
    let (start, end) = (hit.range.start, hit.range.end);
    let mut from = 0;
    let mut meant = Vec::new();
    for (word, area) in text.split_whitespace().zip(words) {
        let Some(at) = text.get(from..).and_then(|rest| rest.find(word)).map(|at| from + at) else { break };
        from = at + word.len();
        if at < end && from > start {
            meant.push(*area);
        }
    }
    meant.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_end_before_the_next_line_that_lies_no_deeper() {
        let mut reading = Reading::default();
        for depth in [0, 1, 2, 2, 1, 0, 1] {
            reading.push(SafeText::default(), depth, Vec::new());
        }
        assert_eq!(fold_ends(&reading), [5, 4, 3, 4, 5, 7, 7]);
        assert!(fold_ends(&Reading::default()).is_empty(), "nothing can be folded");
    }

    #[test]
    fn a_text_that_lies_very_deep_is_folded_to_its_first_lines() {
        let mut reading = Reading::default();
        for line in 0..100_000u32 {
            reading.push(SafeText::default(), line.min(u32::from(u16::MAX)) as u16, Vec::new());
        }
        let case = CaseId { profile: "sandbox".into(), number: "1".into() };
        let mut reader = Reader::new(Subject::Raw(case), 80);
        reader.open(reading, None);
        assert!(reader.fold_all(20));
        assert_eq!(reader.rows.len(), 2);
    }
}
