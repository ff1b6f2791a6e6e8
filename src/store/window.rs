//! Windows onto the list: from the file itself for the usual order, from the index for everything else. Both give
//! the same order.

use rusqlite::{OptionalExtension, params, params_from_iter};

use super::Store;
use super::columns::{self, NO_DEADLINE};
use super::problem::StoreError;
use crate::case::{CaseId, Moment, Place, Query, Row, Sort, View, Window};

/// A place as SQL over the columns due, num and id, in the usual order once sorted by them.
pub(super) struct Span {
    pub ids: String,
    pub bind: Vec<i64>,
    /// The name of a ready-made count, where there is one.
    fact: Option<&'static str>,
    queue: Option<i64>,
}

impl Span {
    pub fn of(view: View, now: Moment) -> Span {
        let from = |rest: &str| format!("SELECT due, num, id FROM dispute {rest}");
        let span = |ids: String, bind: Vec<i64>, fact| Span { ids, bind, fact, queue: None };
        match view {
            View::All => span(from(""), vec![], Some("cases")),
            View::Gone => span(from("WHERE gone = 1"), vec![], Some("gone")),
            View::NeedsAnswer => span(from("WHERE stage = 3 AND gone = 0"), vec![], None),
            View::Overdue => span(from("WHERE open = 1 AND due < ?1"), vec![now.0], None),
            View::DueToday => {
                let end = now.end_of_day().0.min(NO_DEADLINE - 1);
                span(from("WHERE open = 1 AND due >= ?1 AND due <= ?2"), vec![now.0, end], None)
            }
            View::Parked => {
                let ids = "SELECT dispute.due AS due, dispute.num AS num, dispute.id AS id \
                           FROM parked JOIN dispute ON dispute.id = parked.id";
                span(ids.to_owned(), vec![], None)
            }
        }
    }

    fn queue(number: i64) -> Span {
        let ids = "SELECT due, num, id FROM listing WHERE queue = ?1".to_owned();
        Span { ids, bind: vec![number], fact: None, queue: Some(number) }
    }
}

impl Store {
    /// A stretch of at most `rows` lines from `first` on. A `first` behind the end gives the last stretch.
    pub fn window(
        &mut self,
        query: &Query,
        first: usize,
        rows: usize,
        now: Moment,
    ) -> Result<Window, StoreError> {
        self.catch_up()?;
        let Some(span) = self.span(&query.place, now)? else { return Ok(Window::default()) };
        let total = self.count(&span)?;
        if plain_order(query) && !self.index.is_current() {
            let first = first.min(total.saturating_sub(rows));
            let ids = self.stretch(&span, total, first, rows)?;
            return Ok(Window { total, matched: total, first, rows: self.rows(&ids)? });
        }
        self.load_all()?;
        let found = self.index.found(query, span.queue, now);
        let matched = found.len();
        let first = first.min(matched.saturating_sub(rows));
        let slots: Vec<u32> = found.iter().skip(first).take(rows).copied().collect();
        let ids = self.index.ids(slots.iter());
        Ok(Window { total, matched, first, rows: self.rows(&ids)? })
    }

    /// Where a case stands among the lines of a query, if it does.
    pub fn position(&mut self, query: &Query, id: &CaseId, now: Moment) -> Result<Option<usize>, StoreError> {
        self.catch_up()?;
        let Some(span) = self.span(&query.place, now)? else { return Ok(None) };
        let Some(row) = self.number_of(id)? else { return Ok(None) };
        if plain_order(query) && !self.index.is_current() {
            return self.place_of(&span, row);
        }
        self.load_all()?;
        Ok(self.index.position(query, span.queue, row, now))
    }

    /// Everything that a jump (`:` and something typed) may mean: case, group, ARN, or the last four digits of the
    /// card; whole ones first, then beginnings. At most 200.
    pub fn find(&mut self, typed: &str) -> Result<Vec<Row>, StoreError> {
        self.catch_up()?;
        self.load_all()?;
        let mut ids = Vec::new();
        for profile in self.profiles()? {
            let id = CaseId { profile, number: typed.trim().into() };
            ids.extend(self.number_of(&id)?);
        }
        for id in self.index.jump(&typed.trim().to_lowercase(), 200) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        self.rows(&ids)
    }

    /// The lines of the list for some cases, in their order; those that are not kept are left out.
    pub fn rows_of(&self, cases: &[CaseId]) -> Result<Vec<Row>, StoreError> {
        let mut ids = Vec::new();
        for case in cases {
            ids.extend(self.number_of(case)?);
        }
        self.rows(&ids)
    }

    fn span(&self, place: &Place, now: Moment) -> Result<Option<Span>, StoreError> {
        Ok(match place {
            Place::View(view) => Some(Span::of(*view, now)),
            Place::Queue(queue) => self
                .db
                .query_row(
                    "SELECT id FROM queue WHERE profile = ?1 AND number = ?2",
                    params![queue.profile, queue.id.exact()],
                    |row| row.get(0),
                )
                .optional()?
                .map(Span::queue),
        })
    }

    pub(super) fn count(&self, span: &Span) -> Result<usize, StoreError> {
        let count: i64 = match (span.fact, span.queue) {
            (Some(fact), _) => {
                self.db.query_row("SELECT value FROM fact WHERE name = ?1", [fact], |row| row.get(0))?
            }
            (_, Some(queue)) => {
                self.db.query_row("SELECT count FROM queue WHERE id = ?1", [queue], |row| row.get(0))?
            }
            _ => {
                let count = format!("SELECT count(*) FROM ({})", span.ids);
                self.db.query_row(&count, params_from_iter(&span.bind), |row| row.get(0))?
            }
        };
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// The rows of a stretch in the usual order, counted from whichever end is nearer.
    fn stretch(&self, span: &Span, total: usize, first: usize, rows: usize) -> Result<Vec<i64>, StoreError> {
        let rows = rows.min(total.saturating_sub(first));
        let behind = total.saturating_sub(first.saturating_add(rows));
        let (order, skip) = match first <= behind {
            true => ("due, num, id", first),
            false => ("due DESC, num DESC, id DESC", behind),
        };
        let mut find = self.db.prepare(&format!("{} ORDER BY {order} LIMIT {rows} OFFSET {skip}", span.ids))?;
        let ids = find.query_map(params_from_iter(&span.bind), |row| row.get(2))?;
        let mut ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
        if first > behind {
            ids.reverse();
        }
        Ok(ids)
    }

    fn place_of(&self, span: &Span, row: i64) -> Result<Option<usize>, StoreError> {
        let me: Option<(i64, String)> = self
            .db
            .query_row("SELECT due, num FROM dispute WHERE id = ?1", [row], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((due, num)) = me else { return Ok(None) };
        let count = format!(
            "SELECT count(*), ifnull(max(id = ?9), 0) FROM ({}) WHERE (due, num, id) <= (?7, ?8, ?9)",
            span.ids
        );
        let mut count = self.db.prepare(&count)?;
        for (at, value) in span.bind.iter().enumerate() {
            count.raw_bind_parameter(at + 1, value)?;
        }
        count.raw_bind_parameter(7, due)?;
        count.raw_bind_parameter(8, &num)?;
        count.raw_bind_parameter(9, row)?;
        let mut found = count.raw_query();
        let Some(found) = found.next()? else { return Ok(None) };
        let (up_to, there): (i64, i64) = (found.get(0)?, found.get(1)?);
        Ok((there != 0).then(|| usize::try_from(up_to - 1).unwrap_or(0)))
    }

    fn rows(&self, ids: &[i64]) -> Result<Vec<Row>, StoreError> {
        let mut read =
            self.db.prepare(&format!("SELECT {} FROM dispute WHERE dispute.id = ?1", columns::ROW))?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let mut found = read.query([id])?;
            if let Some(found) = found.next()? {
                rows.push(columns::row(&self.key, found)?);
            }
        }
        Ok(rows)
    }
}

/// The order that the file itself has an index for, and nothing left out.
fn plain_order(query: &Query) -> bool {
    query.filter.is_empty() && query.sort == Sort::default()
}
