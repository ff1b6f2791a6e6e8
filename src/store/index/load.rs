//! Bringing the index up to the state of the database: piece by piece at the start, then row by row as this program
//! or another terminal changes something.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Row, types::ValueRef};

use super::{Facts, Index, State};
use crate::case::Currency;
use crate::store::change::changed_ids;
use crate::store::columns::stage_of;
use crate::store::{Store, StoreError};

const FACTS: &str = "dispute.id, profile, num, grp, queue, stage, status, network, card, cardholder, arn, reason, \
    merchant, minor, currency, opened, updated, due, documents, open, gone, \
    EXISTS(SELECT 1 FROM parked WHERE parked.id = dispute.id)";
/// So many changed rows are read at once when a window is asked for; more of them in idle moments.
const AT_ONCE: usize = 500;
/// Enough for every row number there is.
const ALL: usize = u32::MAX as usize;

fn facts<'a>(row: &'a Row<'_>) -> Result<Facts<'a>, StoreError> {
    let text = |at: usize| -> Result<&'a str, StoreError> {
        match row.get_ref(at)? {
            ValueRef::Null => Ok(""),
            value => value.as_str().map_err(|_| StoreError::Damaged("a value has the wrong type".to_owned())),
        }
    };
    Ok(Facts {
        id: row.get(0)?,
        profile: text(1)?,
        num: text(2)?,
        group: text(3)?,
        queue: text(4)?,
        stage: stage_of(row.get(5)?),
        status: text(6)?,
        network: text(7)?,
        card: text(8)?,
        cardholder: text(9)?,
        arn: text(10)?,
        reason: text(11)?,
        merchant: text(12)?,
        minor: row.get(13)?,
        currency: Currency::parse(text(14)?),
        opened: row.get(15)?,
        updated: row.get(16)?,
        due: row.get(17)?,
        documents: row.get(18)?,
        open: row.get::<_, i64>(19)? != 0,
        gone: row.get::<_, i64>(20)? != 0,
        parked: row.get::<_, i64>(21)? != 0,
    })
}

impl Store {
    /// Does a piece of the work that makes filters and sorts fast, reading at most about `rows` cases. Returns
    /// whether there is more to do: call it again in the next idle moment. Queries are right without it, and slower.
    pub fn load_some(&mut self, rows: usize) -> Result<bool, StoreError> {
        self.catch_up()?;
        if !self.index.state.started {
            self.start()?;
        } else if !self.index.state.all_read {
            self.read_more(rows)?;
        } else if !self.index.state.stale.is_empty() {
            self.reread(rows)?;
        } else if !self.index.state.stale_queues.is_empty() {
            self.reread_members()?;
        } else {
            return Ok(self.index.prepare_order());
        }
        Ok(true)
    }

    /// Everything that is still missing for an answer out of the index.
    pub(in crate::store) fn load_all(&mut self) -> Result<(), StoreError> {
        while !self.index.is_current() {
            self.load_some(ALL)?;
        }
        Ok(())
    }

    /// Looks for what was written since the last look, by this program or another.
    pub(in crate::store) fn catch_up(&mut self) -> Result<(), StoreError> {
        if !self.index.state.started {
            return Ok(());
        }
        let mut changes = self.db.prepare("SELECT rev, queue, ids FROM change WHERE rev > ?1 ORDER BY rev")?;
        let mut rows = changes.query([self.index.state.rev])?;
        while let Some(row) = rows.next()? {
            let (rev, queue): (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            if rev != self.index.state.rev + 1 {
                // Too long away: the record of what changed in between is no longer kept.
                self.index = Index::default();
                return Ok(());
            }
            let ids = row
                .get_ref(2)?
                .as_blob()
                .map_err(|_| StoreError::Damaged("a change has no rows".to_owned()))?;
            self.index.state.stale.extend(changed_ids(ids));
            self.index.state.stale_queues.extend(queue);
            self.index.state.rev = rev;
        }
        drop(rows);
        drop(changes);
        if self.index.state.all_read && self.index.state.stale.len() <= AT_ONCE {
            self.reread(AT_ONCE)?;
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), StoreError> {
        let rev = self.db.query_row("SELECT max(rev) FROM change", [], |row| row.get::<_, Option<i64>>(0))?;
        let cases: i64 = self.db.query_row("SELECT ifnull(max(id), 0) FROM dispute", [], |row| row.get(0))?;
        let mut queues = self.db.prepare("SELECT id FROM queue")?;
        let queues = queues.query_map([], |row| row.get(0))?.collect::<Result<BTreeSet<i64>, _>>()?;
        self.index.reserve(usize::try_from(cases).unwrap_or(0).min(1 << 24));
        self.index.state =
            State { started: true, rev: rev.unwrap_or(0), stale_queues: queues, ..State::default() };
        Ok(())
    }

    fn read_more(&mut self, rows: usize) -> Result<(), StoreError> {
        let select = format!("SELECT {FACTS} FROM dispute WHERE dispute.id > ?1 ORDER BY dispute.id LIMIT ?2");
        let mut read = self.db.prepare(&select)?;
        let rows = i64::try_from(rows.max(1)).unwrap_or(i64::MAX);
        let mut found = read.query([self.index.state.read_to, rows])?;
        let mut count = 0;
        while let Some(row) = found.next()? {
            let facts = facts(row)?;
            self.index.put(&facts);
            self.index.state.read_to = facts.id;
            count += 1;
        }
        self.index.state.all_read = count < rows;
        Ok(())
    }

    fn reread(&mut self, rows: usize) -> Result<(), StoreError> {
        let mut read = self.db.prepare(&format!("SELECT {FACTS} FROM dispute WHERE dispute.id = ?1"))?;
        for _ in 0..rows.max(1) {
            let Some(id) = self.index.state.stale.pop_first() else { break };
            let mut found = read.query([id])?;
            if let Some(row) = found.next()? {
                self.index.put(&facts(row)?);
            }
        }
        self.index.tidy();
        Ok(())
    }

    fn reread_members(&mut self) -> Result<(), StoreError> {
        let Some(queue) = self.index.state.stale_queues.pop_first() else { return Ok(()) };
        let mut read = self.db.prepare("SELECT id FROM listing WHERE queue = ?1")?;
        let ids = read.query_map([queue], |row| row.get(0))?.collect::<Result<Vec<u32>, _>>()?;
        self.index.members.insert(queue, ids);
        self.index.generation += 1;
        Ok(())
    }

    /// The profiles that have cases or queues here.
    pub(in crate::store) fn profiles(&self) -> Result<Vec<String>, StoreError> {
        // Each found by one step in the unique index of the queues, or by the first row of all.
        let mut read = self.db.prepare("SELECT DISTINCT profile FROM queue")?;
        let mut profiles = read.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
        let first = self.db.query_row("SELECT profile FROM dispute LIMIT 1", [], |row| row.get(0));
        profiles.extend(first.optional()?.filter(|first| !profiles.contains(first)));
        Ok(profiles)
    }
}

impl Index {
    fn tidy(&mut self) {
        if self.text.is_wasteful() {
            for (slot, text) in self.text.compact() {
                if let Some(slot) = self.slots.get_mut(slot as usize) {
                    slot.text = text;
                }
            }
        }
    }
}
