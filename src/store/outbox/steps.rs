//! The requests of an entry, byte for byte as they were frozen, and what they were answered. They may hold card data
//! sealed for the provider and whole documents: here they are sealed once more, and wiped some time after the end.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::action::Frozen;
use crate::case::Moment;
use crate::seal::{InstallKey, about};
use crate::store::Store;
use crate::store::problem::StoreError;

impl Store {
    /// The bytes of a step (counted from nothing), proven to be those that were frozen: every copy that leaves is this
    /// one. `None` where there is no such step, or its bytes were wiped. `NotOpened` where they are others: then nothing
    /// may be sent.
    pub fn frozen(&self, id: &str, step: usize) -> Result<Option<Frozen>, StoreError> {
        let found = self
            .db
            .query_row(
                "SELECT body, mac FROM step WHERE entry = ?1 AND n = ?2",
                params![id, number(step)],
                |row| Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get::<_, Vec<u8>>(1)?)),
            )
            .optional()?;
        let Some((Some(body), mac)) = found else { return Ok(None) };
        let frozen = unpacked(&self.key.open(&body_subject(id, step), &body)?).ok_or(StoreError::NotOpened)?;
        if mac != proof(&self.key, id, step, &frozen) {
            return Err(StoreError::NotOpened);
        }
        Ok(Some(frozen))
    }

    /// Whether the bytes of a step (counted from nothing) were made.
    pub fn is_made(&self, id: &str, step: usize) -> Result<bool, StoreError> {
        let mut read = self.db.prepare("SELECT 1 FROM step WHERE entry = ?1 AND n = ?2")?;
        Ok(read.exists(params![id, number(step)])?)
    }

    /// What the steps before the current one were answered, in their order; null where a step was not done by an answer
    /// that was seen and nobody said what it made, or where its answer is no JSON or was wiped.
    pub fn answers(&self, id: &str) -> Result<Vec<serde_json::Value>, StoreError> {
        let current = self.entry(id)?.map_or(0, |entry| entry.step);
        let mut read = self.db.prepare("SELECT answer FROM step WHERE entry = ?1 AND n = ?2")?;
        let mut answers = Vec::new();
        for step in 0..current {
            let sealed: Option<Vec<u8>> =
                read.query_row(params![id, number(step)], |row| row.get(0)).optional()?.flatten();
            let bytes = sealed.map(|sealed| self.key.open(&answer_subject(id, step), &sealed)).transpose()?;
            let answer = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            answers.push(answer.unwrap_or(serde_json::Value::Null));
        }
        Ok(answers)
    }

    /// Wipes the bytes and the answers of the entries that ended before a moment; they are overwritten in the file. What
    /// was entered, when it was sent and how it ended stays. Returns how many steps were wiped.
    pub fn wipe_bodies(&mut self, before: Moment) -> Result<usize, StoreError> {
        let write = self.write()?;
        let wiped = write.execute(
            "UPDATE step SET body = NULL, answer = NULL WHERE (body IS NOT NULL OR answer IS NOT NULL) \
             AND entry IN (SELECT id FROM outbox WHERE live = 0 AND ended_at < ?1)",
            [before.0],
        )?;
        write.commit()?;
        Ok(wiped)
    }
}

pub fn insert(
    db: &Transaction<'_>,
    key: &InstallKey,
    id: &str,
    step: usize,
    frozen: &Frozen,
) -> Result<(), StoreError> {
    let body = key.seal(&body_subject(id, step), &packed(frozen)?)?;
    db.execute(
        "INSERT INTO step(entry, n, body, mac) VALUES (?1, ?2, ?3, ?4)",
        params![id, number(step), body, proof(key, id, step, frozen)],
    )?;
    Ok(())
}

pub fn keep_answer(
    db: &Transaction<'_>,
    key: &InstallKey,
    id: &str,
    step: usize,
    answer: &[u8],
) -> Result<(), StoreError> {
    let answer = key.seal(&answer_subject(id, step), answer)?;
    db.execute("UPDATE step SET answer = ?3 WHERE entry = ?1 AND n = ?2", params![id, number(step), answer])?;
    Ok(())
}

/// A frozen request as bytes: the length of its head, the head as JSON, the body as it is. A body of many megabytes is
/// not blown up by JSON.
fn packed(frozen: &Frozen) -> Result<Vec<u8>, StoreError> {
    let Frozen { method, path, headers, body } = frozen;
    let head = Frozen { method: *method, path: path.clone(), headers: headers.clone(), body: Vec::new() };
    let head =
        serde_json::to_vec(&head).map_err(|_| StoreError::Other("a request cannot be written".to_owned()))?;
    let mut bytes = Vec::with_capacity(8 + head.len() + body.len());
    bytes.extend_from_slice(&(head.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(body);
    Ok(bytes)
}

fn unpacked(bytes: &[u8]) -> Option<Frozen> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let (head, body) = rest.split_at_checked(length)?;
    let head: Frozen = serde_json::from_slice(head).ok()?;
    Some(Frozen { body: body.to_vec(), ..head })
}

/// A keyed hash of all that matters of a step, bound to where it belongs. It stays when the bytes are wiped.
fn proof(key: &InstallKey, id: &str, step: usize, frozen: &Frozen) -> Vec<u8> {
    key.keyed_hash("frozen", &[body_subject(id, step), frozen.bytes()].concat()).to_vec()
}

fn number(step: usize) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

fn body_subject(id: &str, step: usize) -> Vec<u8> {
    about(&["step", id, &step.to_string()])
}

fn answer_subject(id: &str, step: usize) -> Vec<u8> {
    about(&["answer", id, &step.to_string()])
}
