//! An entry as its row has it: what was made once, and the word on it that changes. Both are sealed, the word together
//! with its version, so that an earlier one put back is noticed.

use rusqlite::{Connection, OptionalExtension, Params, Row, Transaction, params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::action::entry::{Look, Try};
use crate::action::{Draft, Entry, EntryId, Life, Settling, State};
use crate::case::Moment;
use crate::seal::{InstallKey, about};
use crate::store::columns::Key;
use crate::store::drafts;
use crate::store::problem::StoreError;
use crate::text::Raw;

pub struct Standing {
    pub id: EntryId,
    pub version: i64,
    pub made: Made,
    pub word: Word,
}

/// What never changes.
#[derive(Serialize, Deserialize)]
pub struct Made {
    pub draft: Draft,
    pub steps: usize,
    pub created_at: Moment,
    pub created_by: Raw,
    pub deadline: Option<Moment>,
    pub forced: bool,
    pub supersedes: Option<EntryId>,
}

/// What changes with every version.
#[derive(Serialize, Deserialize)]
pub struct Word {
    pub life: Life,
    /// Earlier versions did not keep it; then a person settles what nobody saw.
    #[serde(default)]
    pub settling: Settling,
    pub step: usize,
    pub why: Raw,
    pub remote: Raw,
    pub decided_by: Raw,
    pub decided_why: Raw,
}

/// The columns that [`Standing::read`] takes, in its order.
const COLUMNS: &str = "id, version, state, made, word";

impl Standing {
    pub fn find(db: &Connection, key: &InstallKey, id: &str) -> Result<Option<Standing>, StoreError> {
        let one = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
        let mut read = db.prepare(&one)?;
        let mut rows = read.query([id])?;
        rows.next()?.map(|row| Standing::read(row, key)).transpose()
    }

    /// One that another row of the same transaction names.
    pub fn named(db: &Connection, key: &InstallKey, id: &str) -> Result<Standing, StoreError> {
        Standing::find(db, key, id)?.ok_or_else(unreadable)
    }

    /// The entry for a change that was decided on at `version`; `None` where somebody moved it since.
    pub fn at_version(
        db: &Transaction<'_>,
        key: &InstallKey,
        id: &str,
        version: i64,
    ) -> Result<Option<Standing>, StoreError> {
        let found = Standing::find(db, key, id)?.filter(|standing| standing.version == version);
        match found {
            Some(standing) if !standing.word.life.state.is_live() => {
                Err(StoreError::Other("an entry of the outbox that ended does not change".to_owned()))
            }
            found => Ok(found),
        }
    }

    /// Those that a condition picks, in its order.
    pub fn select(
        db: &Connection,
        key: &InstallKey,
        rest: &str,
        values: impl Params,
    ) -> Result<Vec<Standing>, StoreError> {
        let mut read = db.prepare(&format!("SELECT {COLUMNS} FROM outbox WHERE {rest}"))?;
        let mut rows = read.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push(Standing::read(row, key)?);
        }
        Ok(found)
    }

    fn read(row: &Row<'_>, key: &InstallKey) -> Result<Standing, StoreError> {
        let (id, version): (EntryId, i64) = (row.get(0)?, row.get(1)?);
        let made: Made = open(key, &made_subject(&id), &row.get::<_, Vec<u8>>(3)?)?;
        let word: Word = open(key, &word_subject(&id, version), &row.get::<_, Vec<u8>>(4)?)?;
        if row.get::<_, String>(2)? != word.life.state.code() {
            return Err(StoreError::Damaged("an entry of the outbox contradicts itself".to_owned()));
        }
        Ok(Standing { id, version, made, word })
    }

    pub fn insert(
        &self,
        db: &Transaction<'_>,
        key: &InstallKey,
        dispute: Option<&Key>,
        subject: &Key,
    ) -> Result<(), StoreError> {
        let state = self.word.life.state;
        db.execute(
            "INSERT INTO outbox(id, dispute, subject, draft, state, live, created_at, version, made, word) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                self.id,
                dispute,
                subject,
                self.made.draft.id,
                state.code(),
                state.is_live(),
                self.made.created_at.0,
                self.version,
                seal(key, &made_subject(&self.id), &self.made)?,
                seal(key, &word_subject(&self.id, self.version), &self.word)?,
            ],
        )?;
        Ok(())
    }

    /// Writes the changed word, one version later. Where the entry ended with it, its draft is deleted or the analyst's
    /// again.
    pub fn put(&mut self, db: &Transaction<'_>, key: &InstallKey, at: Moment) -> Result<(), StoreError> {
        let before = self.version;
        self.version = before.checked_add(1).ok_or(StoreError::Full)?;
        let state = self.word.life.state;
        let word = seal(key, &word_subject(&self.id, self.version), &self.word)?;
        let ended_at = (!state.is_live()).then_some(at.0);
        let written = db.execute(
            "UPDATE outbox SET state = ?3, live = ?4, ended_at = ?5, version = ?6, word = ?7 \
             WHERE id = ?1 AND version = ?2",
            params![self.id, before, state.code(), state.is_live(), ended_at, self.version, word],
        )?;
        if written != 1 {
            return Err(unreadable());
        }
        match state {
            State::Accepted => {
                // From here on the case counts as not read anew until its content is another.
                db.execute(
                    "UPDATE outbox SET base = (SELECT content FROM dispute WHERE dispute.key = outbox.dispute) \
                     WHERE id = ?1",
                    [&self.id],
                )?;
                drafts::delete_sent(db, &self.made.draft.id)
            }
            State::Rejected | State::Cancelled => drafts::bring_back(db, &self.made.draft.id),
            State::Queued | State::Sending | State::Unknown | State::Person => Ok(()),
        }
    }

    pub fn entry(self, db: &Connection, key: &InstallKey) -> Result<Entry, StoreError> {
        let Standing { id, version, made, word } = self;
        Ok(Entry {
            tries: tries(db, key, &id)?,
            looks: looks(db, key, &id)?,
            id,
            draft: made.draft,
            life: word.life,
            settling: word.settling,
            step: word.step,
            steps: made.steps,
            created_at: made.created_at,
            created_by: made.created_by,
            deadline: made.deadline,
            forced: made.forced,
            why: word.why,
            remote: word.remote,
            supersedes: made.supersedes,
            decided_by: word.decided_by,
            decided_why: word.decided_why,
            version,
        })
    }

    /// Writes down that a copy is about to be sent.
    pub fn open_try(&self, db: &Transaction<'_>, key: &InstallKey, at: Moment) -> Result<(), StoreError> {
        let opened = Try {
            step: self.word.step,
            started_at: at,
            ended_at: None,
            status: None,
            says: Raw::default(),
            request_id: Raw::default(),
            members: Vec::new(),
        };
        self.append(db, key, "attempt", try_subject, &opened)
    }

    /// Writes down how the newest try ended, where it has not ended yet.
    pub fn close_try(
        &self,
        db: &Transaction<'_>,
        key: &InstallKey,
        end: impl FnOnce(Try) -> Try,
    ) -> Result<(), StoreError> {
        let newest = "SELECT n, body FROM attempt WHERE entry = ?1 ORDER BY n DESC LIMIT 1";
        let found: Option<(i64, Vec<u8>)> =
            db.query_row(newest, [&self.id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((number, body)) = found else { return Err(unreadable()) };
        let subject = try_subject(&self.id, number);
        let ended = end(open(key, &subject, &body)?);
        db.execute(
            "UPDATE attempt SET body = ?3 WHERE entry = ?1 AND n = ?2",
            params![self.id, number, seal(key, &subject, &ended)?],
        )?;
        Ok(())
    }

    pub fn add_look(&self, db: &Transaction<'_>, key: &InstallKey, look: &Look) -> Result<(), StoreError> {
        self.append(db, key, "look", look_subject, look)
    }

    /// Seals one more of what a table lists of this entry.
    fn append(
        &self,
        db: &Transaction<'_>,
        key: &InstallKey,
        table: &'static str,
        subject: fn(&str, i64) -> Vec<u8>,
        value: &impl Serialize,
    ) -> Result<(), StoreError> {
        let next = format!("SELECT ifnull(max(n) + 1, 0) FROM {table} WHERE entry = ?1");
        let number: i64 = db.query_row(&next, [&self.id], |row| row.get(0))?;
        db.execute(
            &format!("INSERT INTO {table}(entry, n, body) VALUES (?1, ?2, ?3)"),
            params![self.id, number, seal(key, &subject(&self.id, number), value)?],
        )?;
        Ok(())
    }
}

fn tries(db: &Connection, key: &InstallKey, id: &str) -> Result<Vec<Try>, StoreError> {
    listed(db, key, "SELECT n, body FROM attempt WHERE entry = ?1 ORDER BY n", id, try_subject)
}

fn looks(db: &Connection, key: &InstallKey, id: &str) -> Result<Vec<Look>, StoreError> {
    listed(db, key, "SELECT n, body FROM look WHERE entry = ?1 ORDER BY n", id, look_subject)
}

fn listed<T: DeserializeOwned>(
    db: &Connection,
    key: &InstallKey,
    select: &str,
    id: &str,
    subject: fn(&str, i64) -> Vec<u8>,
) -> Result<Vec<T>, StoreError> {
    let mut read = db.prepare(select)?;
    let mut rows = read.query([id])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(open(key, &subject(id, row.get(0)?), &row.get::<_, Vec<u8>>(1)?)?);
    }
    Ok(found)
}

fn seal(key: &InstallKey, subject: &[u8], value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value)
        .map_err(|_| StoreError::Other("an entry of the outbox cannot be written".to_owned()))?;
    Ok(key.seal(subject, &json)?)
}

fn open<T: DeserializeOwned>(key: &InstallKey, subject: &[u8], sealed: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(&key.open(subject, sealed)?).map_err(|_| unreadable())
}

fn unreadable() -> StoreError {
    StoreError::Damaged("an entry of the outbox cannot be read back".to_owned())
}

fn made_subject(id: &str) -> Vec<u8> {
    about(&["entry", id])
}

fn word_subject(id: &str, version: i64) -> Vec<u8> {
    about(&["entry's word", id, &version.to_string()])
}

fn try_subject(id: &str, number: i64) -> Vec<u8> {
    about(&["try", id, &number.to_string()])
}

fn look_subject(id: &str, number: i64) -> Vec<u8> {
    about(&["look", id, &number.to_string()])
}
