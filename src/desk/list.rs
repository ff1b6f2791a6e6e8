//! The case list: a window onto an ordered, filtered set that lives in the store. The desk never holds all rows.

use super::{
    layout,
    words::{Effect, Move},
};
use crate::{
    case::{CaseId, Column, Filter, Place, Query, Row, Window, query::BadTerm},
    text::SafeText,
};

pub struct List {
    pub query: Query,
    pub columns: Vec<Column>,
    /// The filter as typed.
    pub typed: String,
    /// What of it made no sense.
    pub bad: Vec<BadTerm>,
    pub window: Window,
    /// Positions among the cases that pass the filter.
    pub cursor: usize,
    pub top: usize,
    /// Where the analyst has gone while the rows of that place are still on their way.
    aim: Option<(usize, usize)>,
    /// The case that the list is to stand on, from elsewhere, until the rows around it come.
    awaited: Option<CaseId>,
    /// The newest question; older answers are dropped.
    ask: u64,
    /// Whether the analyst has moved since the list began anew. Until then the cursor stays on the first row and
    /// not on its case: nobody has chosen that case yet.
    moved: bool,
    /// The rows at hand are those of another place, filter or order: the right ones are on their way.
    pub is_anew: bool,
    /// They could not be read: nothing here can be worked until they are.
    is_lost: bool,
}

/// The columns of a new list, dearest first: as many are shown as fit.
pub const COLUMNS: [Column; 11] = [
    Column::Due,
    Column::Case,
    Column::Merchant,
    Column::Amount,
    Column::Reason,
    Column::Network,
    Column::Stage,
    Column::Documents,
    Column::Status,
    Column::Opened,
    Column::Card,
];

/// The columns to begin with: those that were chosen, or the usual ones. Over several providers where a case is counts for
/// more than its network.
pub fn columns(chosen: &[Column], profiles: usize) -> Vec<Column> {
    let mut columns = chosen.to_vec();
    if profiles > 1 && chosen == COLUMNS {
        columns.retain(|column| !matches!(column, Column::Network | Column::Stage));
        let at = columns.iter().position(|column| *column == Column::Documents).unwrap_or(columns.len());
        columns.splice(at..at, [Column::Stage, Column::Profile, Column::Network]);
    }
    columns
}

impl List {
    pub fn at(place: Place) -> List {
        List {
            query: Query::at(place),
            columns: COLUMNS.to_vec(),
            typed: String::new(),
            bad: Vec::new(),
            window: Window::default(),
            cursor: 0,
            top: 0,
            aim: None,
            awaited: None,
            ask: 0,
            moved: false,
            is_anew: false,
            is_lost: false,
        }
    }

    /// The columns that fit into a pane, with their widths.
    pub fn fit(&self, width: u16) -> Vec<(Column, u16)> {
        let widest = self.window.rows.iter().map(|row| row.number.width()).max().unwrap_or(0);
        layout::fit(&self.columns, width, u16::try_from(widest).unwrap_or(u16::MAX))
    }

    /// The row under the cursor.
    pub fn row(&self) -> Option<&Row> {
        self.cursor.checked_sub(self.window.first).and_then(|at| self.window.rows.get(at))
    }

    /// The rows to draw, with their positions, of a pane that holds `height`.
    pub fn visible(&self, height: usize) -> impl Iterator<Item = (usize, &Row)> {
        let skip = self.top.saturating_sub(self.window.first);
        let rows = self.window.rows.iter().enumerate().skip(skip).take(height);
        rows.map(|(at, row)| (self.window.first + at, row))
    }

    pub fn go(&mut self, step: Move, height: usize) -> Option<Effect> {
        (self.moved, self.awaited) = (true, None);
        let (cursor, top) = self.aim.unwrap_or((self.cursor, self.top));
        let last = self.window.matched.saturating_sub(1);
        let page = height.max(1);
        let (cursor, top) = match step {
            Move::Down => (cursor + 1, top),
            Move::Up => (cursor.saturating_sub(1), top),
            Move::PageDown => (cursor + page, top + page),
            Move::PageUp => (cursor.saturating_sub(page), top.saturating_sub(page)),
            Move::Top => (0, 0),
            Move::Bottom => (last, last),
        };
        self.stand(cursor.min(last), top, height)
    }

    /// Goes to a position: at once where its rows are at hand, else as soon as they come.
    fn stand(&mut self, cursor: usize, top: usize, height: usize) -> Option<Effect> {
        let top = frame(cursor, top, height, self.window.matched);
        let end = (top + height).min(self.window.matched);
        let held = self.window.first..=self.window.first + self.window.rows.len();
        if held.contains(&top) && held.contains(&end) {
            (self.cursor, self.top, self.aim) = (cursor, top, None);
            let margin_low = top.saturating_sub(height);
            let margin_high = (end + height).min(self.window.matched);
            let near_edge = !held.contains(&margin_low) || !held.contains(&margin_high);
            return near_edge.then(|| self.look(top, height, None));
        }
        self.aim = Some((cursor, top));
        Some(self.look(top, height, None))
    }

    fn look(&mut self, top: usize, height: usize, around: Option<CaseId>) -> Effect {
        self.ask += 1;
        let (first, rows) = (top.saturating_sub(height), 3 * height.max(1));
        Effect::Look { ask: self.ask, query: self.query.clone(), first, rows, around }
    }

    /// Asks for the rows again where the list stands or is to stand, keeping the cursor on its case.
    pub fn again(&mut self, height: usize) -> Effect {
        let stays = self.moved && self.aim.is_none();
        let here = self.row().filter(|_| stays).map(|row| row.id.clone());
        let around = self.awaited.clone().or(here);
        let top = self.aim.map_or(self.top, |(_, top)| top);
        self.look(top, height, around)
    }

    /// Asks for the rows around a case, wherever it stands.
    pub fn around(&mut self, id: CaseId, height: usize) -> Effect {
        (self.aim, self.moved, self.awaited) = (None, true, Some(id.clone()));
        self.look(self.top, height, Some(id))
    }

    /// Starts over at the first row, after the place, the filter or the order changed.
    pub fn anew(&mut self, height: usize) -> Effect {
        (self.aim, self.awaited, self.moved) = (Some((0, 0)), None, false);
        (self.is_anew, self.is_lost) = (true, false);
        self.look(0, height, None)
    }

    /// Goes on in another order: with the same case, if the analyst has chosen one, else from the first row.
    pub fn reordered(&mut self, height: usize) -> Effect {
        let Some(case) = self.chosen() else { return self.anew(height) };
        let look = self.around(case, height);
        (self.is_anew, self.is_lost) = (true, false);
        look
    }

    /// The case that the analyst has chosen by moving to it.
    pub fn chosen(&self) -> Option<CaseId> {
        self.awaited.clone().or_else(|| self.row().filter(|_| self.moved).map(|row| row.id.clone()))
    }

    pub fn filter(&mut self, typed: &str, height: usize) -> Option<Effect> {
        if typed == self.typed {
            return None;
        }
        self.typed = typed.to_owned();
        let (filter, bad) = Filter::parse(typed);
        self.bad = bad;
        if filter == self.query.filter {
            return None;
        }
        self.query.filter = filter;
        Some(self.anew(height))
    }

    /// Takes the rows that were asked for; `false` where they answer an older question.
    pub fn rows(&mut self, ask: u64, window: Window, around: Option<usize>, height: usize) -> bool {
        if ask != self.ask {
            return false;
        }
        self.window = window;
        let (cursor, top) = match around {
            Some(position) => (position, self.top),
            None => self.aim.unwrap_or((self.cursor, self.top)),
        };
        (self.aim, self.awaited, self.is_anew, self.is_lost) = (None, None, false, false);
        self.cursor = cursor.min(self.window.matched.saturating_sub(1));
        self.top = frame(self.cursor, top, height, self.window.matched);
        true
    }

    /// The rows that were asked for do not come. Those of another place are let go: under this one's title they would
    /// mislead. `false` where nothing waited for them.
    pub fn wait_no_longer(&mut self, ask: u64) -> bool {
        if ask != self.ask {
            return false;
        }
        let waited = self.is_awaited();
        self.awaited = None;
        if self.is_anew {
            (self.is_lost, self.window, self.cursor, self.top) = (true, Window::default(), 0, 0);
        } else {
            self.aim = None;
        }
        waited
    }

    /// Whether the rows on their way put the cursor on another case.
    pub fn is_awaited(&self) -> bool {
        (self.is_anew || self.awaited.is_some()) && !self.is_lost
    }

    /// Whether the rows of this place could not be read, so that there is nothing to show or to work.
    pub fn is_lost(&self) -> bool {
        self.is_lost
    }

    pub fn heading(&self) -> SafeText {
        let words = if self.query.sort.descending { "descending" } else { "ascending" };
        crate::text::say!("by {} {}", crate::text::own(self.query.sort.column.name()), crate::text::own(words))
    }
}

/// Keeps the cursor in view. A cursor that steps over an edge turns the page, but for two rows: on a slow line one
/// turned page costs far less than many single scrolled lines. A cursor from elsewhere comes to stand in the middle.
fn frame(cursor: usize, top: usize, height: usize, matched: usize) -> usize {
    const CONTEXT: usize = 2;
    let height = height.max(1);
    let context = CONTEXT.min(height / 4);
    let top = if (top..top + height).contains(&cursor) {
        top
    } else if cursor == top + height {
        cursor - context
    } else if cursor + 1 == top {
        (cursor + context + 1).saturating_sub(height)
    } else {
        cursor.saturating_sub(height / 2)
    };
    top.min(matched.saturating_sub(height))
}
