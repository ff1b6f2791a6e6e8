//! An entry of the outbox: an action on its way to a provider, with everything that an analyst must know of it. What
//! may happen to it is decided in [`super::life`].

use serde::{Deserialize, Serialize};

use super::{
    draft::Draft,
    life::{Life, Settling},
};
use crate::{
    case::{CaseId, Moment},
    text::Raw,
};

/// Ours, unique for ever, and the idempotency key: a UUID of 36 characters, later ones greater.
pub type EntryId = String;

/// An entry as the store has it, without the bytes that are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: EntryId,
    pub draft: Draft,
    /// The state of its current step.
    pub life: Life,
    /// How an outcome of its current step that nobody saw is settled, as it was when the step was made.
    pub settling: Settling,
    /// Which step is under way, counted from nothing, and how many there are.
    pub step: usize,
    pub steps: usize,
    pub created_at: Moment,
    pub created_by: Raw,
    /// The provider's own deadline, where it lay ahead when the entry was queued: after it nothing is sent unasked.
    pub deadline: Option<Moment>,
    /// It did not fit the case, and was forced.
    pub forced: bool,
    /// The newest word on it: why it waits, what the provider said.
    pub why: Raw,
    /// The number that the provider gave the new case.
    pub remote: Raw,
    /// The entry that this one was sent again for.
    pub supersedes: Option<EntryId>,
    pub decided_by: Raw,
    pub decided_why: Raw,
    /// What was tried, oldest first.
    pub tries: Vec<Try>,
    /// What reading back showed, oldest first.
    pub looks: Vec<Look>,
    /// Counts the changes, so that two programs never write over each other.
    pub version: i64,
}

/// One copy that was sent, or was about to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Try {
    pub step: usize,
    pub started_at: Moment,
    pub ended_at: Option<Moment>,
    /// The HTTP status of its answer.
    pub status: Option<u16>,
    /// How it ended, in words.
    pub says: Raw,
    /// The provider's id for the conversation.
    pub request_id: Raw,
    /// Its complaints about single fields: (member, words).
    #[serde(default)]
    pub members: Vec<(Raw, Raw)>,
}

/// One look at the provider for what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    pub at: Moment,
    pub says: Raw,
}

impl Entry {
    pub fn case(&self) -> Option<&CaseId> {
        self.draft.case.as_ref()
    }
}
