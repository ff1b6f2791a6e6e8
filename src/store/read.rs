//! Reading single things back: a case, the next urgent one, what the queue pane shows. Knows no order but the usual
//! one.

use rusqlite::{OptionalExtension, Row, params, params_from_iter};

use super::columns::{self, NO_DEADLINE, case_subject, moment_of, row_key};
use super::listing::LISTED;
use super::problem::StoreError;
use super::window::Span;
use super::{Store, parked_subject};
use crate::case::{Case, CaseId, Moment, Parked, QueueId, QueueLine, View, ViewLine};
use crate::text::Raw;

impl Store {
    /// A case as received, with its parking note, and when the provider was last seen to have it so.
    pub fn case(&self, id: &CaseId) -> Result<Option<(Case, Option<Parked>, Moment)>, StoreError> {
        let select = format!(
            "SELECT sealed.body, dispute.id, parked.why, parked.at, max(dispute.seen_at, ifnull((
                SELECT max(queue.read_at) FROM {LISTED}
                  AND listing.due = dispute.due AND listing.num = dispute.num AND listing.id = dispute.id), 0))
             FROM dispute JOIN sealed ON sealed.id = dispute.id LEFT JOIN parked ON parked.id = dispute.id
             WHERE dispute.key = ?1"
        );
        let found = self.db.query_row(&select, [row_key(&self.key, id)], |row| {
            let parked = row.get::<_, Option<Vec<u8>>>(2)?.zip(row.get::<_, Option<i64>>(3)?);
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, parked, row.get::<_, i64>(4)?))
        });
        let Some((sealed, row, parked, seen_at)) = found.optional()? else { return Ok(None) };
        let json = self.key.open(&case_subject(id), &sealed)?;
        let case = serde_json::from_slice(&json).map_err(|_| unreadable())?;
        let parked = match parked {
            None => None,
            Some((why, at)) => {
                let why =
                    String::from_utf8(self.key.open(&parked_subject(row), &why)?).map_err(|_| unreadable())?;
                Some(Parked { why: why.into(), at: Moment(at) })
            }
        };
        Ok(Some((case, parked, Moment(seen_at))))
    }

    /// The most urgent case after `after`, or from the beginning: one that can be worked, is in a queue, is not parked
    /// and has nothing on its way in the outbox; by deadline and number, those without a deadline last. Begins again at the end, and is `None` where
    /// there is no other than `after`.
    pub fn next_urgent(&self, after: Option<&CaseId>, _now: Moment) -> Result<Option<CaseId>, StoreError> {
        self.next_of("dispute", "dispute.due, dispute.num, dispute.id", 0, after)
    }

    /// The same among the cases of one queue.
    pub fn next_urgent_in(
        &self,
        queue: &QueueId,
        after: Option<&CaseId>,
    ) -> Result<Option<CaseId>, StoreError> {
        let number = "SELECT id FROM queue WHERE profile = ?1 AND number = ?2";
        let named = params![queue.profile, queue.id.exact()];
        let number: Option<i64> = self.db.query_row(number, named, |row| row.get(0)).optional()?;
        let Some(number) = number else { return Ok(None) };
        let listed = "listing CROSS JOIN dispute ON dispute.id = listing.id AND listing.queue = ?4";
        self.next_of(listed, "listing.due, listing.num, listing.id", number, after)
    }

    /// The first workable case of `from` behind `after` in an order. `queue`: which one, where `from` is one.
    fn next_of(
        &self,
        from: &'static str,
        order: &'static str,
        queue: i64,
        after: Option<&CaseId>,
    ) -> Result<Option<CaseId>, StoreError> {
        let here = match after {
            None => None,
            Some(id) => self
                .db
                .query_row("SELECT due, num, id FROM dispute WHERE key = ?1", [row_key(&self.key, id)], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
                })
                .optional()?,
        };
        let start = (i64::MIN, String::new(), -1);
        let (due, num, id) = here.clone().unwrap_or_else(|| start.clone());
        let mut find = self.db.prepare(&format!(
            "SELECT dispute.profile, ifnull(dispute.number, dispute.num), number_sealed, key, dispute.id FROM {from} \
             WHERE open = 1 AND ({order}) > (?1, ?2, ?3) AND ?4 >= 0 \
             AND NOT EXISTS (SELECT 1 FROM parked WHERE parked.id = dispute.id) \
             AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.dispute = dispute.key AND outbox.live = 1) \
             ORDER BY {order} LIMIT 1",
        ))?;
        let mut next = |due: i64, num: &str, id: i64| -> Result<Option<(i64, CaseId)>, StoreError> {
            let mut rows = find.query(params![due, num, id, queue])?;
            rows.next()?.map(|row| Ok((row.get(4)?, self.case_id(row)?))).transpose()
        };
        if let Some((_, found)) = next(due, &num, id)? {
            return Ok(Some(found));
        }
        let first = if here.is_some() { next(start.0, &start.1, start.2)? } else { None };
        Ok(first.filter(|(found, _)| *found != id).map(|(_, found)| found))
    }

    /// From the columns profile, number, number_sealed, key.
    pub(super) fn case_id(&self, row: &Row<'_>) -> Result<CaseId, StoreError> {
        let number = match row.get::<_, Option<Vec<u8>>>(2)? {
            None => row.get(1)?,
            Some(sealed) => columns::exact_number(&self.key, &row.get(3)?, &sealed)?,
        };
        Ok(CaseId { profile: row.get(0)?, number: number.into() })
    }

    /// The queues that were ever read, by profile and number.
    pub fn queues(&self) -> Result<Vec<QueueLine>, StoreError> {
        let mut queues = self.db.prepare(
            "SELECT profile, number, name, count, oldest, next_due, read_at FROM queue \
             ORDER BY profile, length(number), number",
        )?;
        let lines = queues.query_map([], |row| {
            let moment = |at: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(at)?.map(Moment));
            Ok(QueueLine {
                id: QueueId { profile: row.get(0)?, id: Raw::from(row.get::<_, String>(1)?) },
                name: Raw::from(row.get::<_, String>(2)?),
                count: usize::try_from(row.get::<_, i64>(3)?).unwrap_or(0),
                oldest: moment(4)?,
                next_deadline: moment(5)?,
                read_at: moment(6)?,
            })
        })?;
        Ok(lines.collect::<Result<_, _>>()?)
    }

    /// The desk's own lists, in the order of [`View::ALL`]. The deadline is the earliest of the list, for all cases
    /// the earliest of those that can be worked.
    pub fn views(&mut self, now: Moment) -> Result<Vec<ViewLine>, StoreError> {
        self.catch_up()?;
        let line = |view: View, count: usize, next: Option<i64>| {
            let next_deadline = next.filter(|due| *due != NO_DEADLINE).and_then(moment_of);
            ViewLine { view, count, next_deadline }
        };
        if self.index.is_current() {
            let tally = |view| {
                let (count, next) = self.index.tally(view, now);
                line(view, count, next)
            };
            return Ok(View::ALL.map(tally).to_vec());
        }
        let ask = |view: View| {
            let span = Span::of(view, now);
            if view == View::All {
                let next =
                    self.db.query_row("SELECT min(due) FROM dispute WHERE open = 1", [], |row| row.get(0));
                return Ok(line(view, self.count(&span)?, next?));
            }
            let both = format!("SELECT count(*), min(due) FROM ({})", span.ids);
            let (count, next) = self.db.query_row(&both, params_from_iter(&span.bind), |row| {
                Ok((row.get::<_, i64>(0)?, row.get(1)?))
            })?;
            Ok(line(view, usize::try_from(count).unwrap_or(0), next))
        };
        View::ALL.into_iter().map(ask).collect()
    }
}

fn unreadable() -> StoreError {
    StoreError::Damaged("a case cannot be read back".to_owned())
}
