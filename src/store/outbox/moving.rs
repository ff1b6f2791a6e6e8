//! The commits after the first: claimed, recorded, moved, recovered.

use rusqlite::Transaction;

use super::standing::Standing;
use super::steps;
use crate::action::entry::{Look, Try};
use crate::action::{Entry, Frozen, Life, Settling, State};
use crate::case::Moment;
use crate::seal::InstallKey;
use crate::store::Store;
use crate::store::journal::{self, Note};
use crate::store::problem::StoreError;
use crate::text::Raw;

/// What follows on a step that is done.
#[derive(Clone, Copy, Debug, Default)]
pub enum Follows<'a> {
    /// Nothing: it was the last one, or it is not done.
    #[default]
    Nothing,
    /// The next step, and how an outcome of it that nobody saw is settled.
    Step(&'a Frozen, Settling),
    /// The next step, whose bytes could not be made yet: [`Store::make_step`] keeps them.
    Later,
}

/// How a try ended.
#[derive(Clone, Debug, Default)]
pub struct Ended<'a> {
    pub at: Moment,
    /// The HTTP status of its answer.
    pub status: Option<u16>,
    /// How it ended, in words: also the entry's newest word.
    pub says: Raw,
    /// The provider's id for the conversation.
    pub request_id: Raw,
    /// Its complaints about single fields: (member, words).
    pub members: Vec<(Raw, Raw)>,
    /// As received; kept sealed for the steps that follow.
    pub answer: Option<&'a [u8]>,
    /// The number that the provider gave the new case; nothing leaves the known one.
    pub remote: Raw,
    pub next: Follows<'a>,
}

/// What happened to an entry otherwise.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    pub at: Moment,
    /// The entry's newest word.
    pub why: Raw,
    /// What a read-back showed.
    pub look: Option<Raw>,
    /// Who decided, and what they know; nothing leaves what is known.
    pub decided_by: Raw,
    pub decided_why: Raw,
    /// As in [`Ended`].
    pub remote: Raw,
    /// What stands for the answer to a step that a person showed to be done.
    pub answer: Option<&'a [u8]>,
    /// As in [`Ended`]: where a read-back or a person showed that the step is done.
    pub next: Follows<'a>,
}

impl Store {
    /// Takes an entry for sending: writes its life and opens a try. Returns its version now; `None` where somebody moved
    /// it since `version`.
    pub fn claim(
        &mut self,
        id: &str,
        version: i64,
        life: &Life,
        at: Moment,
    ) -> Result<Option<i64>, StoreError> {
        let write = self.write()?;
        let Some(mut standing) = Standing::at_version(&write, &self.key, id, version)? else { return Ok(None) };
        if life.state != State::Sending || standing.word.life.state == State::Sending {
            return Err(StoreError::Other("a claim leads to sending, and only once".to_owned()));
        }
        standing.word.life = *life;
        standing.put(&write, &self.key, at)?;
        standing.open_try(&write, &self.key, at)?;
        write.commit()?;
        Ok(Some(standing.version))
    }

    /// Writes down how the try of a claimed entry ended: its life, its answer, the step that follows (which begins queued)
    /// and the note. Where the last step was accepted the draft is deleted; where it was refused or taken back the draft
    /// is the analyst's again. Returns whether it was written; not, where somebody moved it since `version`. The version
    /// is then one greater.
    pub fn record_try(
        &mut self,
        id: &str,
        version: i64,
        life: &Life,
        end: &Ended<'_>,
        note: &Note,
    ) -> Result<bool, StoreError> {
        let write = self.write()?;
        let Some(mut standing) = Standing::at_version(&write, &self.key, id, version)? else {
            return Ok(false);
        };
        if standing.word.life.state != State::Sending {
            return Err(StoreError::Other("only what was claimed has a try to record".to_owned()));
        }
        standing.close_try(&write, &self.key, |open| Try {
            ended_at: Some(end.at),
            status: end.status,
            says: end.says.clone(),
            request_id: end.request_id.clone(),
            members: end.members.clone(),
            ..open
        })?;
        if let Some(answer) = end.answer {
            steps::keep_answer(&write, &self.key, id, standing.word.step, answer)?;
        }
        standing.word.why = end.says.clone();
        set(&mut standing.word.remote, &end.remote);
        step_on(&write, &self.key, &mut standing, life, end.next)?;
        standing.put(&write, &self.key, end.at)?;
        journal::write_down(&write, &self.key, note)?;
        write.commit()?;
        Ok(true)
    }

    /// Every other change of an entry: looked for, handed over, taken back, given back by the gate, decided by a person.
    /// Drafts, the next step, the version and what is returned are as with [`Store::record_try`].
    pub fn moved(
        &mut self,
        id: &str,
        version: i64,
        life: &Life,
        change: &Change<'_>,
        note: Option<&Note>,
    ) -> Result<bool, StoreError> {
        let write = self.write()?;
        let Some(mut standing) = Standing::at_version(&write, &self.key, id, version)? else {
            return Ok(false);
        };
        if standing.word.life.state == State::Sending {
            standing.close_try(&write, &self.key, |open| Try {
                ended_at: Some(change.at),
                says: change.why.clone(),
                ..open
            })?;
        }
        if let Some(says) = &change.look {
            let look = Look { at: change.at, says: says.clone() };
            standing.add_look(&write, &self.key, &look)?;
        }
        if let Some(answer) = change.answer {
            steps::keep_answer(&write, &self.key, id, standing.word.step, answer)?;
        }
        let word = &mut standing.word;
        word.why = change.why.clone();
        set(&mut word.decided_by, &change.decided_by);
        set(&mut word.decided_why, &change.decided_why);
        set(&mut word.remote, &change.remote);
        step_on(&write, &self.key, &mut standing, life, change.next)?;
        standing.put(&write, &self.key, change.at)?;
        if let Some(note) = note {
            journal::write_down(&write, &self.key, note)?;
        }
        write.commit()?;
        Ok(true)
    }

    /// Keeps the bytes of the step that a queued entry stands at, where they could not be made when the step before it was
    /// done. Returns its version now; `None` where somebody moved it since `version`.
    pub fn make_step(
        &mut self,
        id: &str,
        version: i64,
        frozen: &Frozen,
        settling: Settling,
        at: Moment,
    ) -> Result<Option<i64>, StoreError> {
        let write = self.write()?;
        let Some(mut standing) = Standing::at_version(&write, &self.key, id, version)? else { return Ok(None) };
        if standing.word.life.state != State::Queued {
            return Err(StoreError::Other("only a step that waits is made".to_owned()));
        }
        steps::insert(&write, &self.key, id, standing.word.step, frozen)?;
        standing.word.settling = settling;
        standing.put(&write, &self.key, at)?;
        write.commit()?;
        Ok(Some(standing.version))
    }

    /// Start-up, by the holder of the outbox: every entry that a process left while it was sending it gets the life that
    /// `make` gives it (`None` leaves it), all in one transaction, each with a note "recovered". Returns them as they
    /// are now.
    pub fn recover(
        &mut self,
        at: Moment,
        by: &Raw,
        make: impl Fn(Life) -> Option<Life>,
    ) -> Result<Vec<Entry>, StoreError> {
        let write = self.write()?;
        let left = "live = 1 AND state = 'sending' ORDER BY created_at, id";
        let mut recovered = Vec::new();
        for mut standing in Standing::select(&write, &self.key, left, [])? {
            let Some(life) = make(standing.word.life) else { continue };
            // When it ended nobody knows.
            standing.close_try(&write, &self.key, |open| Try { says: UNSEEN.into(), ..open })?;
            standing.word.why = UNSEEN.into();
            standing.word.life = life;
            standing.put(&write, &self.key, at)?;
            let draft = &standing.made.draft;
            let note = Note {
                at,
                who: by.clone(),
                event: "recovered",
                case: draft.case.clone(),
                subject: if draft.case.is_none() { draft.action.as_str().into() } else { Raw::default() },
                detail: UNSEEN.into(),
            };
            journal::write_down(&write, &self.key, &note)?;
            recovered.push(standing.entry(&write, &self.key)?);
        }
        write.commit()?;
        Ok(recovered)
    }
}

const UNSEEN: &str = "casedesk ended while this was being sent; whether it arrived was not seen";

fn set(known: &mut Raw, new: &Raw) {
    if !new.is_empty() {
        *known = new.clone();
    }
}

/// Gives an entry its new life; where a step is done and another follows, that of the next step.
fn step_on(
    db: &Transaction<'_>,
    key: &InstallKey,
    standing: &mut Standing,
    life: &Life,
    next: Follows<'_>,
) -> Result<(), StoreError> {
    let follows = standing.word.step + 1 < standing.made.steps;
    match (life.state == State::Accepted && follows, next) {
        (true, Follows::Step(..) | Follows::Later) => {
            standing.word.step += 1;
            standing.word.life = Life::queued(life.late);
            match next {
                Follows::Step(next, settling) => {
                    standing.word.settling = settling;
                    steps::insert(db, key, &standing.id, standing.word.step, next)
                }
                Follows::Nothing | Follows::Later => Ok(()),
            }
        }
        (true, Follows::Nothing) => Err(StoreError::Other("the step that follows is not frozen".to_owned())),
        (false, Follows::Step(..) | Follows::Later) => Err(StoreError::Other("no step follows".to_owned())),
        (false, Follows::Nothing) => {
            standing.word.life = *life;
            Ok(())
        }
    }
}
