//! The first commit of an entry: from a draft to something that will be sent, unless the same is on its way already.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use zeroize::Zeroizing;

use super::standing::{Made, Standing, Word};
use super::steps;
use crate::action::{Draft, Entry, EntryId, Frozen, Life, Settling};
use crate::case::{Moment, moment::DAY};
use crate::seal::{InstallKey, about};
use crate::store::Store;
use crate::store::columns::{Key, row_key, short};
use crate::store::drafts::{self, Stands};
use crate::store::journal::{self, Note};
use crate::store::listing::LISTED;
use crate::store::problem::StoreError;
use crate::text::{Raw, Secret};

/// What is to be queued.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// From [`crate::seal::new_id`]; also the idempotency key.
    pub id: EntryId,
    /// As it is to be sent. It becomes the kept content of the draft.
    pub draft: Draft,
    /// That of the draft as it was read or last kept; 0 where it was never kept.
    pub version: i64,
    /// What it is about, within the profile: the case, or what tells a new one apart. It may hold a card number; only a
    /// keyed hash of it is kept.
    pub subject: Secret,
    /// The first of its steps, and how an outcome of it that nobody saw is settled.
    pub frozen: Frozen,
    pub settling: Settling,
    /// How many steps there are.
    pub steps: usize,
    /// As [`Life::queued`] begins it.
    pub life: Life,
    pub deadline: Option<Moment>,
    pub forced: bool,
    pub by: Raw,
    pub at: Moment,
    pub supersedes: Option<EntryId>,
}

/// What became of queueing.
#[derive(Clone, Debug, PartialEq)]
pub enum Queued {
    /// It is durable; its draft is on its way.
    Yes(Entry),
    /// This one is under way about the same; nothing was queued.
    Live(Entry),
    /// This one was accepted, and nothing has shown since that another one makes sense: the draft is the same, or the
    /// case was not read anew, or less than a day has passed since it made a case. Nothing was queued.
    Already(Entry),
    /// The draft was changed, sent or discarded meanwhile; nothing was queued.
    DraftMoved,
}

/// For how long a case that was made keeps a second one like it from being made.
const MADE_GUARDS: i64 = DAY;

impl Store {
    /// Makes an entry and its first step durable, sends its draft on its way, and writes the note down; or does nothing.
    pub fn queue(&mut self, new: &NewEntry, note: &Note) -> Result<Queued, StoreError> {
        let write = self.write()?;
        let subject = subject(&self.key, new);
        let dispute = new.draft.case.as_ref().map(|case| row_key(&self.key, case));
        let entry = |id: &str| Standing::named(&write, &self.key, id)?.entry(&write, &self.key);
        let live = "SELECT id FROM outbox WHERE subject = ?1 AND live = 1";
        if let Some(id) = first(&write, live, params![subject])? {
            return Ok(Queued::Live(entry(&id)?));
        }
        if let Some(id) = accepted(&write, new, &subject, dispute.as_ref())? {
            return Ok(Queued::Already(entry(&id)?));
        }
        match drafts::stands(&write, &new.draft.id)? {
            Stands::Nowhere if new.version == 0 => {}
            Stands::At(version) if version == new.version => {}
            Stands::Nowhere | Stands::At(_) | Stands::Away => return Ok(Queued::DraftMoved),
        }
        drafts::send_away(&write, &self.key, &new.draft, new.version, new.at)?;
        let standing = standing(new);
        standing.insert(&write, &self.key, dispute.as_ref(), &subject)?;
        steps::insert(&write, &self.key, &new.id, 0, &new.frozen)?;
        journal::write_down(&write, &self.key, note)?;
        let entry = standing.entry(&write, &self.key)?;
        write.commit()?;
        Ok(Queued::Yes(entry))
    }
}

fn standing(new: &NewEntry) -> Standing {
    let made = Made {
        draft: new.draft.clone(),
        steps: new.steps,
        created_at: new.at,
        created_by: new.by.clone(),
        deadline: new.deadline,
        forced: new.forced,
        supersedes: new.supersedes.clone(),
    };
    let word = Word {
        life: new.life,
        settling: new.settling,
        step: 0,
        why: Raw::default(),
        remote: Raw::default(),
        decided_by: Raw::default(),
        decided_why: Raw::default(),
    };
    Standing { id: new.id.clone(), version: 1, made, word }
}

/// The accepted entry that speaks against a new one.
fn accepted(
    db: &Transaction<'_>,
    new: &NewEntry,
    subject: &Key,
    dispute: Option<&Key>,
) -> Result<Option<EntryId>, StoreError> {
    let same_draft = "SELECT id FROM outbox WHERE draft = ?1 AND state = 'accepted' LIMIT 1";
    if let Some(id) = first(db, same_draft, params![new.draft.id])? {
        return Ok(Some(id));
    }
    match dispute {
        Some(dispute) => {
            let same_case = format!(
                "SELECT outbox.id FROM outbox JOIN dispute ON dispute.key = ?2 \
                 WHERE outbox.subject = ?1 AND state = 'accepted' AND base IS content \
                   AND ended_at >= max(seen_at, ifnull((SELECT max(queue.read_at) FROM {LISTED} \
                     AND listing.due = dispute.due AND listing.num = dispute.num AND listing.id = dispute.id), 0)) \
                 ORDER BY ended_at DESC LIMIT 1"
            );
            first(db, &same_case, params![subject, dispute])
        }
        None => {
            let of_late = "SELECT id FROM outbox WHERE subject = ?1 AND state = 'accepted' AND ended_at > ?2 \
                ORDER BY ended_at DESC LIMIT 1";
            first(db, of_late, params![subject, new.at.plus(-MADE_GUARDS).0])
        }
    }
}

fn first(
    db: &Connection,
    select: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Option<EntryId>, StoreError> {
    Ok(db.query_row(select, values, |row| row.get(0)).optional()?)
}

fn subject(key: &InstallKey, new: &NewEntry) -> Key {
    let whole = Zeroizing::new(about(&[&new.draft.profile, new.subject.reveal()]));
    short(key.keyed_hash("outbox subject", &whole))
}
