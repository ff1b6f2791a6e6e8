//! What an analyst has entered and not yet sent: sealed, counted by version so that two terminals never write over each
//! other, set apart while an entry of the outbox carries it, gone only after its success or by the analyst's own word.

use rusqlite::{Connection, OptionalExtension, Params, Transaction, params};

use super::Store;
use super::columns::{Key, short};
use super::journal::{self, Note};
use super::outbox::carried;
use super::problem::StoreError;
use crate::action::{Draft, Meanwhile, State};
use crate::case::{CaseId, Moment};
use crate::seal::{InstallKey, about};

/// What became of keeping a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeptDraft {
    /// Its version now.
    Yes(i64),
    /// Another terminal was there meanwhile; this one's content is kept beside, under an id of its own.
    Beside { id: String, version: i64, meanwhile: Meanwhile },
    /// This very content is on its way or was sent with success: there is nothing to keep.
    Gone,
}

impl Store {
    /// The newest draft of an action for a case (or for a new one), with its version; one on its way is none.
    pub fn draft_for(
        &self,
        profile: &str,
        action: &str,
        case: Option<&CaseId>,
    ) -> Result<Option<(Draft, i64)>, StoreError> {
        let place = place(&self.key, profile, action, case);
        let newest = "SELECT id, version, body FROM draft WHERE place = ?1 AND away = 0 ORDER BY at DESC, id DESC LIMIT 1";
        one(&self.db, &self.key, newest, [place])
    }

    /// One draft with its version; one on its way is none.
    pub fn draft(&self, id: &str) -> Result<Option<(Draft, i64)>, StoreError> {
        one(&self.db, &self.key, "SELECT id, version, body FROM draft WHERE id = ?1 AND away = 0", [id])
    }

    /// Every draft that is not on its way, with the moment at which it was last kept, newest first.
    pub fn drafts(&self) -> Result<Vec<(Draft, Moment)>, StoreError> {
        let mut read = self
            .db
            .prepare("SELECT id, version, body, at FROM draft WHERE away = 0 ORDER BY at DESC, id DESC")?;
        let mut rows = read.query([])?;
        let mut drafts = Vec::new();
        while let Some(row) = rows.next()? {
            let (draft, _) = Sealed::read(row)?.open(&self.key)?;
            drafts.push((draft, Moment(row.get(3)?)));
        }
        Ok(drafts)
    }

    /// Keeps what was entered so far. `version` is the one that the draft was read or last kept with; 0 for a new one.
    /// Where somebody else kept, sent or discarded it since, this one goes beside under `new_id`.
    pub fn keep_draft(
        &mut self,
        draft: &Draft,
        version: i64,
        new_id: &str,
        at: Moment,
    ) -> Result<KeptDraft, StoreError> {
        let write = self.write()?;
        let meanwhile = match stands(&write, &draft.id)? {
            Stands::Nowhere if version == 0 => {
                insert(&write, &self.key, draft, 1, at, false)?;
                write.commit()?;
                return Ok(KeptDraft::Yes(1));
            }
            Stands::At(now) if now == version => {
                let next = following(version)?;
                update(&write, &self.key, draft, next, at, false)?;
                write.commit()?;
                return Ok(KeptDraft::Yes(next));
            }
            // Two terminals that typed the same need no second draft.
            Stands::At(now) if is_as_kept(&write, &self.key, draft)? => return Ok(KeptDraft::Yes(now)),
            Stands::At(_) => Meanwhile::Changed,
            Stands::Nowhere | Stands::Away => match carried(&write, &self.key, &draft.id)? {
                Some((sent, _)) if sent.values == draft.values => return Ok(KeptDraft::Gone),
                Some((_, State::Accepted)) => Meanwhile::Sent,
                Some(_) => Meanwhile::Queued,
                None => Meanwhile::Discarded,
            },
        };
        let beside = Draft { id: new_id.to_owned(), ..draft.clone() };
        insert(&write, &self.key, &beside, 1, at, false)?;
        write.commit()?;
        Ok(KeptDraft::Beside { id: beside.id, version: 1, meanwhile })
    }

    /// Discards a draft by the analyst's word, and returns whether it was there; one on its way stays. If so, the note
    /// stands in the journal.
    pub fn drop_draft(&mut self, id: &str, note: &Note) -> Result<bool, StoreError> {
        let write = self.write()?;
        let was = write.execute("DELETE FROM draft WHERE id = ?1 AND away = 0", [id])? > 0;
        if was {
            journal::write_down(&write, &self.key, note)?;
        }
        write.commit()?;
        Ok(was)
    }
}

/// Where a draft stands.
pub(super) enum Stands {
    Nowhere,
    /// Here, at this version.
    At(i64),
    /// An entry of the outbox carries it.
    Away,
}

pub(super) fn stands(db: &Connection, id: &str) -> Result<Stands, StoreError> {
    let found = db
        .query_row("SELECT version, away FROM draft WHERE id = ?1", [id], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    Ok(match found {
        None => Stands::Nowhere,
        Some((version, 0)) => Stands::At(version),
        Some(_) => Stands::Away,
    })
}

/// Sends a draft on its way as it is now, new or kept before. It was looked at with [`stands`] in this transaction.
pub(super) fn send_away(
    db: &Transaction<'_>,
    key: &InstallKey,
    draft: &Draft,
    version: i64,
    at: Moment,
) -> Result<(), StoreError> {
    let next = following(version)?;
    if version == 0 { insert(db, key, draft, next, at, true) } else { update(db, key, draft, next, at, true) }
}

/// Its success is proven.
pub(super) fn delete_sent(db: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM draft WHERE id = ?1 AND away = 1", [id])?;
    Ok(())
}

/// It came to nothing, and is the analyst's again.
pub(super) fn bring_back(db: &Transaction<'_>, id: &str) -> Result<(), StoreError> {
    db.execute("UPDATE draft SET away = 0 WHERE id = ?1", [id])?;
    Ok(())
}

/// Every draft, those on their way too.
pub(super) fn all(db: &Connection, key: &InstallKey) -> Result<Vec<Draft>, StoreError> {
    let mut read = db.prepare("SELECT id, version, body FROM draft")?;
    let sealed = read.query_map([], Sealed::read)?.collect::<Result<Vec<_>, _>>()?;
    sealed.into_iter().map(|sealed| Ok(sealed.open(key)?.0)).collect()
}

fn one(
    db: &Connection,
    key: &InstallKey,
    select: &str,
    values: impl Params,
) -> Result<Option<(Draft, i64)>, StoreError> {
    let found = db.query_row(select, values, Sealed::read).optional()?;
    found.map(|sealed| sealed.open(key)).transpose()
}

fn is_as_kept(db: &Connection, key: &InstallKey, draft: &Draft) -> Result<bool, StoreError> {
    let kept = one(db, key, "SELECT id, version, body FROM draft WHERE id = ?1", [&draft.id])?;
    Ok(kept.is_some_and(|(kept, _)| kept == *draft))
}

fn insert(
    db: &Connection,
    key: &InstallKey,
    draft: &Draft,
    version: i64,
    at: Moment,
    away: bool,
) -> Result<(), StoreError> {
    let place = place(key, &draft.profile, &draft.action, draft.case.as_ref());
    let body = sealed(key, draft, version)?;
    db.execute(
        "INSERT INTO draft(id, place, version, at, away, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![draft.id, place, version, at.0, away, body],
    )?;
    Ok(())
}

fn update(
    db: &Connection,
    key: &InstallKey,
    draft: &Draft,
    version: i64,
    at: Moment,
    away: bool,
) -> Result<(), StoreError> {
    let body = sealed(key, draft, version)?;
    db.execute(
        "UPDATE draft SET version = ?2, at = ?3, away = ?4, body = ?5 WHERE id = ?1",
        params![draft.id, version, at.0, away, body],
    )?;
    Ok(())
}

fn following(version: i64) -> Result<i64, StoreError> {
    version.checked_add(1).ok_or(StoreError::Full)
}

/// A draft as its row has it.
struct Sealed {
    id: String,
    version: i64,
    body: Vec<u8>,
}

impl Sealed {
    /// From the columns id, version, body.
    fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Sealed> {
        Ok(Sealed { id: row.get(0)?, version: row.get(1)?, body: row.get(2)? })
    }

    fn open(self, key: &InstallKey) -> Result<(Draft, i64), StoreError> {
        let json = key.open(&subject(&self.id, self.version), &self.body)?;
        let draft = serde_json::from_slice(&json)
            .map_err(|_| StoreError::Damaged("a draft cannot be read back".to_owned()))?;
        Ok((draft, self.version))
    }
}

fn sealed(key: &InstallKey, draft: &Draft, version: i64) -> Result<Vec<u8>, StoreError> {
    let json =
        serde_json::to_vec(draft).map_err(|_| StoreError::Other("a draft cannot be written".to_owned()))?;
    Ok(key.seal(&subject(&draft.id, version), &json)?)
}

fn subject(id: &str, version: i64) -> Vec<u8> {
    about(&["draft", id, &version.to_string()])
}

/// Profile, action and case, as a keyed hash.
fn place(key: &InstallKey, profile: &str, action: &str, case: Option<&CaseId>) -> Key {
    let case = case.map(|case| [case.profile.as_str(), case.number.exact()]);
    let parts = [profile, action].into_iter().chain(case.into_iter().flatten());
    short(key.keyed_hash("draft", &about(&parts.collect::<Vec<_>>())))
}
