//! What the list shows of cases: windows onto an ordered, filtered set, already fit for the screen.

use serde::{Deserialize, Serialize};

use super::{CaseId, Moment, Money, QueueId, Stage};
use crate::text::{Raw, SafeText};

/// One line of the list. Texts have passed the contract for table cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub id: CaseId,
    pub number: SafeText,
    pub group: SafeText,
    pub queue: SafeText,
    pub stage: Stage,
    pub status: SafeText,
    pub network: SafeText,
    /// Masked.
    pub card: SafeText,
    pub arn: SafeText,
    pub reason: SafeText,
    pub merchant: SafeText,
    pub amount: Option<Money>,
    pub opened: Option<Moment>,
    pub updated: Option<Moment>,
    pub deadline: Option<Moment>,
    pub documents: u32,
    pub parked: bool,
    /// Was in a queue, and is in none of the last complete answers.
    pub gone: bool,
    /// A text of this case is not what it seems (see [`Case::marks`](super::Case::marks)).
    pub marked: bool,
}

/// A stretch of an ordered, filtered set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Window {
    /// How many cases the place holds.
    pub total: usize,
    /// How many of them pass the filter.
    pub matched: usize,
    /// The position of `rows[0]` among those that pass.
    pub first: usize,
    pub rows: Vec<Row>,
}

/// What the queue pane shows of one queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueueLine {
    pub id: QueueId,
    pub name: Raw,
    pub count: usize,
    pub oldest: Option<Moment>,
    pub next_deadline: Option<Moment>,
    /// When the queue was last read from the provider, whole.
    pub read_at: Option<Moment>,
}

/// What the queue pane shows of one of the desk's own lists.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewLine {
    pub view: super::View,
    pub count: usize,
    pub next_deadline: Option<Moment>,
}

/// A case set aside by this user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parked {
    pub why: Raw,
    pub at: Moment,
}

/// What a fresh answer changed in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub new: usize,
    pub changed: usize,
    pub same: usize,
    /// Cases that were in the queue and no longer are.
    pub left: usize,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub seq: i64,
    pub at: Moment,
    pub who: Raw,
    /// A fixed word: "opened", "parked", "read" …
    pub event: String,
    pub subject: Raw,
    pub detail: Raw,
}
