//! What was written into the world, laid over the plans of its cases: who was created, who moved, which keys are still
//! remembered, and the list by which an effect can be judged. Made from the changes alone, so that a world that is
//! brought back has it too.

use std::collections::HashMap;

use super::{
    action,
    cases::{self, Plan},
    change::{Change, Sent},
    strict,
    trade::Network,
};
use crate::{
    case::{Moment, moment::DAY},
    text::Secret,
};

/// How long an idempotency key is remembered, counted from the create that it came with.
pub const KEY_LIFE: i64 = DAY;
/// Days that a new case has until it must be submitted.
const DUE: i64 = 20;
pub const READY: &str = "Ready to submit";

#[derive(Default)]
pub struct Overlay {
    pub created: Vec<NewCase>,
    /// By the case's index.
    later: HashMap<usize, Later>,
    /// The last create with a key: its change, its index.
    keys: HashMap<String, (usize, usize)>,
    pub written: Vec<Written>,
}

/// A case that was created. Its index follows those of the plans.
pub struct NewCase {
    /// Its place among the changes.
    pub change: usize,
    pub number: String,
    pub group: String,
    pub network: Option<Network>,
    pub masked: String,
    card: Secret,
}

/// How a case stands since something was written.
pub struct Later {
    /// `None`: archived.
    pub queue: Option<usize>,
    pub status: &'static str,
    pub updated: Moment,
    pub due: Option<String>,
    /// Places of all changes to it, oldest first.
    pub changes: Vec<usize>,
}

/// A write that had an effect, or that was answered from the memory of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub method: &'static str,
    /// The value of `Idempotency-Key`, on a PUT too, where it means nothing.
    pub key: Option<String>,
    /// The case's number.
    pub case: String,
    /// "CREATE", or the token of the update.
    pub action: &'static str,
    /// Of the body as it came: 64 lower-case hexadecimal digits.
    pub body_sha256: String,
    /// By the stand-in's clock.
    pub at: Moment,
    /// Answered again because of its key, without another effect.
    pub repeated: bool,
}

impl Overlay {
    pub fn later(&self, index: usize) -> Option<&Later> {
        self.later.get(&index)
    }

    /// The change and the index of the create that still answers for a key.
    pub fn remembered(&self, key: &str, changes: &[Change], now: Moment) -> Option<(usize, usize)> {
        let (change, index) = *self.keys.get(key)?;
        let Some(Change::Created { at, .. }) = changes.get(change) else { return None };
        (now.since(*at) < KEY_LIFE).then_some((change, index))
    }

    /// Lays one more change over all before it, and returns the index of its case. A change that no world writes, of
    /// a case that is not there or to where it cannot go, changes nothing.
    pub fn lay(
        &mut self,
        place: usize,
        change: &Change,
        plans: &[Plan],
        open_card: fn(&str) -> Option<String>,
    ) -> Option<usize> {
        match change {
            Change::Created { at, sent, dispute } => {
                let index = plans.len() + self.created.len();
                let group = plans.last().map_or(0, |last| last.group + 1) + self.created.len() as u32;
                let card = strict::card(&dispute.card_number, open_card).unwrap_or_default();
                let case = NewCase::new(place, index, group, card);
                self.written.push(Written::new("POST", "CREATE", &case.number, sent, *at));
                self.created.push(case);
                let (queue, due) = (action::queue("6000"), Some(at.plus_days(DUE).day()));
                let later = Later { queue, status: READY, updated: *at, due, changes: vec![place] };
                self.later.insert(index, later);
                if let Some(key) = &sent.key {
                    self.keys.insert(key.clone(), (place, index));
                }
                Some(index)
            }
            Change::Updated { at, sent, case, action, .. } => {
                let index = cases::index(case, plans.len() + self.created.len())?;
                let (queue, status) = action.leads(self.queue(index, plans))?;
                let mut changes = self.later.remove(&index).map_or_else(Vec::new, |later| later.changes);
                changes.push(place);
                self.later.insert(index, Later { queue, status, updated: *at, due: None, changes });
                if let Some(sent) = sent {
                    self.written.push(Written::new("PUT", action.token(), case, sent, *at));
                }
                Some(index)
            }
        }
    }

    /// Writes down that a create was answered again.
    pub fn repeat(&mut self, number: &str, sent: &Sent, now: Moment) {
        let again = Written::new("POST", "CREATE", number, sent, now);
        self.written.push(Written { repeated: true, ..again });
    }

    /// The queue in which a case stands now, as a place in the trade's list.
    pub fn queue(&self, index: usize, plans: &[Plan]) -> Option<usize> {
        match self.later.get(&index) {
            Some(later) => later.queue,
            None => plans.get(index).map(|plan| plan.queue as usize),
        }
    }
}

impl NewCase {
    fn new(change: usize, index: usize, group: u32, card: String) -> NewCase {
        let ends = card.get(..6).zip(card.get(card.len().saturating_sub(4)..));
        NewCase {
            change,
            number: cases::number(index),
            group: cases::group(group),
            network: Network::of(&card),
            masked: ends.map_or_else(String::new, |(first, last)| format!("{first}******{last}")),
            card: Secret::new(card),
        }
    }

    pub fn is_of(&self, card: &str) -> bool {
        self.card.reveal() == card
    }
}

impl Written {
    fn new(method: &'static str, action: &'static str, case: &str, sent: &Sent, at: Moment) -> Written {
        let Sent { key, body_sha256 } = sent.clone();
        Written { method, key, case: case.to_owned(), action, body_sha256, at, repeated: false }
    }
}
