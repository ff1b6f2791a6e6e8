//! The bytes of attached files: copied once when they are attached, sealed, found by their hash. The path that they came
//! from is never read again, and is not known here.

use std::collections::HashSet;

use rusqlite::{OptionalExtension, params};

use super::columns::{Key, short};
use super::problem::StoreError;
use super::{Store, drafts};
use crate::case::Moment;
use crate::seal::{InstallKey, about};

impl Store {
    /// Keeps the bytes of a file under their SHA-256 (64 lower-case hexadecimal digits), which the caller has computed.
    /// The same bytes again are kept once, and counted as kept at the later moment.
    pub fn keep_file(&mut self, bytes: &[u8], sha256: &str, at: Moment) -> Result<(), StoreError> {
        let key = file_key(&self.key, sha256);
        let write = self.write()?;
        let again = write
            .execute("UPDATE attachment SET at = max(at, ?2) WHERE key = ?1", params![key, at.0])
            .map(|rows| rows > 0)?;
        if !again {
            let body = self.key.seal(&subject(sha256), bytes)?;
            write.execute(
                "INSERT INTO attachment(key, at, body) VALUES (?1, ?2, ?3)",
                params![key, at.0, body],
            )?;
        }
        Ok(write.commit()?)
    }

    /// The bytes with that SHA-256, where they are kept. The seal proves that they are those that were kept under it.
    pub fn file(&self, sha256: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let found: Option<Vec<u8>> = self
            .db
            .query_row("SELECT body FROM attachment WHERE key = ?1", [file_key(&self.key, sha256)], |row| {
                row.get(0)
            })
            .optional()?;
        found.map(|body| Ok(self.key.open(&subject(sha256), &body)?)).transpose()
    }

    /// Forgets the files that were kept before a moment and that no draft names, not even one that is on its way; their
    /// bytes are overwritten in the file. Returns how many.
    pub fn forget_files(&mut self, before: Moment) -> Result<usize, StoreError> {
        let write = self.write()?;
        let old = {
            let mut old = write.prepare("SELECT key FROM attachment WHERE at < ?1")?;
            old.query_map([before.0], |row| row.get(0))?.collect::<Result<Vec<Key>, _>>()?
        };
        // Every draft would be opened for nothing.
        if old.is_empty() {
            return Ok(0);
        }
        let named: HashSet<Key> = drafts::all(&write, &self.key)?
            .iter()
            .flat_map(|draft| draft.values.all_files())
            .map(|file| file_key(&self.key, &file.sha256))
            .collect();
        let mut forgotten = 0;
        for key in old.iter().filter(|key| !named.contains(*key)) {
            forgotten += write.execute("DELETE FROM attachment WHERE key = ?1", [key])?;
        }
        write.commit()?;
        Ok(forgotten)
    }
}

fn file_key(key: &InstallKey, sha256: &str) -> Key {
    short(key.keyed_hash("file", sha256.as_bytes()))
}

fn subject(sha256: &str) -> Vec<u8> {
    about(&["file", sha256])
}
