//! Whether the file is sound: one finding for every store of this program that has it open. Knows no cases.

use std::sync::{Arc, OnceLock};

use rusqlite::config::DbConfig;

use super::problem::StoreError;
use super::{OpenProblem, Store};

/// Why nothing more is written to the file, once one of the stores that share this found it damaged.
#[derive(Clone, Debug, Default)]
pub struct Soundness(Arc<OnceLock<String>>);

impl Soundness {
    /// The refusal to write, where the file was found damaged.
    pub fn proven(&self) -> Result<(), StoreError> {
        match self.0.get() {
            Some(why) => Err(StoreError::Damaged(why.clone())),
            None => Ok(()),
        }
    }

    fn lost(&self, why: &str) {
        // Who finds out first says why.
        let _ = self.0.set(why.to_owned());
    }
}

impl Store {
    /// To be handed to [`Store::beside`], where another thread opens its own store of the same file.
    pub fn soundness(&self) -> Soundness {
        self.sound.clone()
    }

    /// Another store of the same file, for another thread: what one of them finds out about the file holds for both.
    pub fn another(&self) -> Result<Store, OpenProblem> {
        Store::beside(&self.dir, &self.key, &self.sound)
    }

    /// Reads the whole file and says whether it is sound. Takes about a second per gigabyte: for an idle moment.
    /// A file that is not sound takes no more writes, from no store that shares this one's [`Soundness`].
    pub fn check(&mut self) -> Result<(), StoreError> {
        let found = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0));
        let problem = match found.map_err(StoreError::from) {
            Ok(words) if words == "ok" => return Ok(()),
            Ok(_) => StoreError::Damaged("its pages contradict each other".to_owned()),
            Err(problem) => problem,
        };
        if let StoreError::Damaged(why) = &problem {
            self.sound.lost(why);
            self.db.pragma_update(None, "query_only", true)?;
        }
        Err(problem)
    }

    /// Moves the write-ahead log into the file as far as nobody is reading, for an idle moment.
    pub fn tidy(&self) -> Result<(), StoreError> {
        self.sound.proven()?;
        Ok(self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }
}

impl Drop for Store {
    /// Closing, too, would move the write-ahead log into the file.
    fn drop(&mut self) {
        if self.sound.proven().is_err() {
            let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }
}
