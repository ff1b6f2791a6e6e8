//! MEMORY: one SQLite file with the cases as last read, the queues, what this user set aside, fetched documents,
//! drafts, the outbox, preferences and the journal. Synchronous, for one owner; it starts no thread, asks no provider, and never asks
//! what time it is.
//!
//! What may stand in the clear are typed values and texts that passed the text contract (card numbers masked). A case
//! as received, documents, drafts, whatever is on its way and preferences are sealed. Beside the file the store keeps an index of compact rows in
//! memory, loaded piece by piece ([`Store::load_some`]), which filters and sorts; until it is there, the first
//! window of any place in the usual order comes straight from the file.

mod attachments;
mod change;
mod columns;
mod documents;
mod drafts;
mod home;
mod index;
mod journal;
mod keep;
mod listing;
mod outbox;
mod pauses;
mod problem;
mod read;
mod register;
mod schema;
mod soundness;
mod window;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

pub use drafts::KeptDraft;
pub use home::{database, install_key};
pub use journal::{Chain, Note};
pub use outbox::{Change, Ended, Follows, NewEntry, Queued};
pub use problem::{OpenProblem, StoreError};
pub use soundness::Soundness;

use crate::case::CaseId;
use crate::seal::{InstallKey, about};
use crate::text::Raw;

/// The open store. One owner; other programs of the same user may have the same file open.
pub struct Store {
    db: Connection,
    dir: PathBuf,
    key: InstallKey,
    index: index::Index,
    sound: Soundness,
    /// SQLite's mark of the file's state as of the last look; another program's commit changes it.
    seen_version: i64,
}

impl Store {
    /// Opens the store in a directory, making both where they are missing. `key` comes from [`install_key`].
    ///
    /// Fast: nothing is read but the header and the settings. [`Store::check`] reads everything, later.
    pub fn open(dir: &Path, key: &InstallKey) -> Result<Store, OpenProblem> {
        Store::beside(dir, key, &Soundness::default())
    }

    /// Opens the store for another thread of a program that has it open already. Once one of them finds the file
    /// damaged, none of those that share `sound` writes to it.
    pub fn beside(dir: &Path, key: &InstallKey, sound: &Soundness) -> Result<Store, OpenProblem> {
        let dir = home::prepare(dir)?;
        let file = database(&dir);
        let db = schema::open(&file, schema::STEPS)?;
        let key = InstallKey::from_bytes(*key.bytes()).map_err(StoreError::from)?;
        let (index, sound) = (index::Index::default(), sound.clone());
        let mut store = Store { db, dir, key, index, sound, seen_version: 0 };
        store.others_wrote()?;
        store.prove_key()?;
        Ok(store)
    }

    /// The first start seals a known value and begins the journal's chain; every later one must be able to open it.
    fn prove_key(&mut self) -> Result<(), OpenProblem> {
        let told = |error: StoreError| match error {
            StoreError::Damaged(why) => OpenProblem::Damaged { file: database(&self.dir), why },
            error => error.into(),
        };
        let subject = about(&["key"]);
        if self.fact("key_check").map_err(told)?.is_none() {
            let sealed = self.key.seal(&subject, b"casedesk").map_err(StoreError::from)?;
            let write = self.write().map_err(told)?;
            write
                .execute("INSERT OR IGNORE INTO fact(name, value) VALUES ('key_check', ?1)", [sealed])
                .map_err(StoreError::from)?;
            journal::begin(&write, &self.key).map_err(told)?;
            write.commit().map_err(StoreError::from)?;
        }
        match self.fact("key_check").map_err(told)? {
            Some(sealed) if self.key.open(&subject, &sealed).is_ok() => Ok(()),
            _ => Err(OpenProblem::KeyWrong { file: self.dir.join("key") }),
        }
    }

    fn fact(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.db.query_row("SELECT value FROM fact WHERE name = ?1", [name], |row| row.get(0)).optional()?)
    }

    /// A way to end whatever this store is reading from another thread; that read then fails.
    pub fn interrupter(&self) -> impl Fn() + Send + use<> {
        let handle = self.db.get_interrupt_handle();
        move || handle.interrupt()
    }

    /// Whether another program wrote to the file since this was last asked. Windows see what it wrote in any case;
    /// this says when it is worth asking for one again. Costs some microseconds.
    pub fn others_wrote(&mut self) -> Result<bool, StoreError> {
        let version: i64 = self.db.pragma_query_value(None, "data_version", |row| row.get(0))?;
        Ok(std::mem::replace(&mut self.seen_version, version) != version)
    }

    /// Refuses to grow the file beyond so many pages of 4 KiB, as if the disk were full. Only the tests of a full disk
    /// call it: there is no other way to fill one for a store alone.
    pub fn limit_pages(&self, most: u32) -> Result<(), StoreError> {
        Ok(self.db.query_row(&format!("PRAGMA max_page_count={most}"), [], |_| Ok(()))?)
    }

    /// Sets a case aside with a reason, at the moment of the note that says so in the journal; parking a parked case
    /// changes the reason. Both are written, or neither.
    pub fn park(&mut self, id: &CaseId, why: &Raw, note: &Note) -> Result<(), StoreError> {
        let row = self.number_of(id)?.ok_or(StoreError::NoSuchCase)?;
        let why = self.key.seal(&parked_subject(row), why.exact().as_bytes())?;
        let write = self.write()?;
        write.execute(
            "INSERT OR REPLACE INTO parked(id, why, at) VALUES (?1, ?2, ?3)",
            params![row, why, note.at.0],
        )?;
        change::note_change(&write, None, &[row])?;
        journal::write_down(&write, &self.key, note)?;
        Ok(write.commit()?)
    }

    /// Takes a case up again, and returns whether it was parked. If so, the note stands in the journal.
    pub fn unpark(&mut self, id: &CaseId, note: &Note) -> Result<bool, StoreError> {
        let row = self.number_of(id)?.ok_or(StoreError::NoSuchCase)?;
        let write = self.write()?;
        let was = write.execute("DELETE FROM parked WHERE id = ?1", [row])? > 0;
        if was {
            change::note_change(&write, None, &[row])?;
            journal::write_down(&write, &self.key, note)?;
        }
        write.commit()?;
        Ok(was)
    }

    fn number_of(&self, id: &CaseId) -> Result<Option<i64>, StoreError> {
        let key = columns::row_key(&self.key, id);
        Ok(self.db.query_row("SELECT id FROM dispute WHERE key = ?1", [key], |row| row.get(0)).optional()?)
    }
}

fn parked_subject(row: i64) -> Vec<u8> {
    about(&["parked", &row.to_string()])
}
