//! Entries read back: one, those under way, and those that ended of late.

use rusqlite::{Connection, Params};

use super::standing::Standing;
use crate::action::{Draft, Entry, State};
use crate::case::Moment;
use crate::seal::InstallKey;
use crate::store::Store;
use crate::store::problem::StoreError;

const LIVE: &str = "live = 1 ORDER BY created_at, id";
const ENDED: &str = "live = 0 AND ended_at >= ?1 ORDER BY ended_at DESC, id DESC";

const NEWEST_OF: &str = "draft = ?1 ORDER BY created_at DESC, id DESC LIMIT 1";

/// A draft as an entry carries it, or carried it with success, and where that stands.
pub fn carried(db: &Connection, key: &InstallKey, draft: &str) -> Result<Option<(Draft, State)>, StoreError> {
    let newest = Standing::select(db, key, NEWEST_OF, [draft])?.pop();
    let carried = newest.map(|newest| (newest.made.draft, newest.word.life.state));
    Ok(carried.filter(|(_, state)| state.is_live() || *state == State::Accepted))
}

impl Store {
    pub fn entry(&self, id: &str) -> Result<Option<Entry>, StoreError> {
        // One state of the file for the entry, its tries and its looks.
        let read = self.db.unchecked_transaction()?;
        let found = Standing::find(&read, &self.key, id)?;
        found.map(|standing| standing.entry(&read, &self.key)).transpose()
    }

    /// Those under way, in the order in which they were queued; behind them those that ended at that moment or later,
    /// the newest end first.
    pub fn entries(&self, ended_since: Moment) -> Result<Vec<Entry>, StoreError> {
        let read = self.db.unchecked_transaction()?;
        let mut entries = self.select(&read, LIVE, [])?;
        entries.extend(self.select(&read, ENDED, [ended_since.0])?);
        Ok(entries)
    }

    /// Those under way, in the order in which they were queued.
    pub fn live_entries(&self) -> Result<Vec<Entry>, StoreError> {
        let read = self.db.unchecked_transaction()?;
        self.select(&read, LIVE, [])
    }

    /// The newest that a draft was queued as.
    pub fn newest_of(&self, draft: &str) -> Result<Option<Entry>, StoreError> {
        let read = self.db.unchecked_transaction()?;
        Ok(self.select(&read, NEWEST_OF, [draft])?.pop())
    }

    fn select(&self, db: &Connection, rest: &str, values: impl Params) -> Result<Vec<Entry>, StoreError> {
        let found = Standing::select(db, &self.key, rest, values)?;
        found.into_iter().map(|standing| standing.entry(db, &self.key)).collect()
    }
}
