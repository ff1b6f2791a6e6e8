//! Fetched documents and preferences: sealed whole, documents forgotten after a time.

use rusqlite::{OptionalExtension, params};

use super::Store;
use super::columns::{Key, row_key, short};
use super::problem::StoreError;
use crate::case::{CaseId, Moment, Paper};
use crate::seal::about;
use crate::text::Raw;

impl Store {
    /// Keeps a document as received; the same document again replaces it. The case itself need not be kept.
    pub fn keep_document(
        &mut self,
        id: &CaseId,
        document: &Raw,
        paper: &Paper,
        at: Moment,
    ) -> Result<(), StoreError> {
        let subject = subject(id, document);
        let facts = serde_json::to_vec(&[&paper.name, &paper.claimed])
            .map_err(|_| StoreError::Other("a document's name cannot be written".to_owned()))?;
        let facts = self.key.seal(&[subject.as_slice(), b"facts"].concat(), &facts)?;
        let body = self.key.seal(&[subject.as_slice(), b"body"].concat(), &paper.bytes)?;
        let keys = (self.document_key(id, document), row_key(&self.key, id));
        let write = self.write()?;
        write.execute(
            "INSERT OR REPLACE INTO document(key, dispute, at, facts, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![keys.0, keys.1, at.0, facts, body],
        )?;
        Ok(write.commit()?)
    }

    /// A kept document and when it was fetched.
    pub fn document(&self, id: &CaseId, document: &Raw) -> Result<Option<(Paper, Moment)>, StoreError> {
        let found: Option<(Vec<u8>, Vec<u8>, i64)> = self
            .db
            .query_row(
                "SELECT facts, body, at FROM document WHERE key = ?1",
                [self.document_key(id, document)],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((facts, body, at)) = found else { return Ok(None) };
        let subject = subject(id, document);
        let facts = self.key.open(&[subject.as_slice(), b"facts"].concat(), &facts)?;
        let bytes = self.key.open(&[subject.as_slice(), b"body"].concat(), &body)?;
        // Earlier versions also kept a hash of the bytes there. The seal proves them already.
        let facts: Vec<Raw> = serde_json::from_slice(&facts).map_err(|_| StoreError::NotOpened)?;
        let [name, claimed, ..] = facts.as_slice() else { return Err(StoreError::NotOpened) };
        let (name, claimed) = (name.clone(), claimed.clone());
        Ok(Some((Paper { name, claimed, bytes }, Moment(at))))
    }

    /// Forgets the documents fetched before a moment; their bytes are overwritten in the file. Returns how many.
    pub fn forget_documents(&mut self, before: Moment) -> Result<usize, StoreError> {
        let write = self.write()?;
        let count = write.execute("DELETE FROM document WHERE at < ?1", [before.0])?;
        write.commit()?;
        Ok(count)
    }

    /// Remembers a preference of this user.
    pub fn prefer(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        // Sealed, because a remembered filter may hold whatever was typed.
        let value = self.key.seal(&about(&["preference", name]), value.as_bytes())?;
        let write = self.write()?;
        write
            .execute("INSERT OR REPLACE INTO preference(name, value) VALUES (?1, ?2)", params![name, value])?;
        Ok(write.commit()?)
    }

    pub fn preference(&self, name: &str) -> Result<Option<String>, StoreError> {
        let found: Option<Vec<u8>> = self
            .db
            .query_row("SELECT value FROM preference WHERE name = ?1", [name], |row| row.get(0))
            .optional()?;
        let Some(sealed) = found else { return Ok(None) };
        let value = self.key.open(&about(&["preference", name]), &sealed)?;
        String::from_utf8(value).map(Some).map_err(|_| StoreError::NotOpened)
    }

    fn document_key(&self, id: &CaseId, document: &Raw) -> Key {
        short(self.key.keyed_hash("document", &subject(id, document)))
    }
}

fn subject(id: &CaseId, document: &Raw) -> Vec<u8> {
    about(&["document", &id.profile, id.number.exact(), document.exact()])
}
