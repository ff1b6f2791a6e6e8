//! The life of one step of an outbox entry, from queued to a final state, as values and plain functions: what is known
//! about its copies, and which move is allowed when. It must never know what the step says, who sends it or where it is
//! kept.
//!
//! The promises: a provider applies a step at most once; "accepted" is said with proof only; "refused" and "taken back"
//! only where nothing was done nor can still be done; no live state is without a way out. `tests/outbox_model.rs` walks
//! every interleaving and shows that each rule of [`Rule`] is needed for that.
//!
//! ```text
//! queued ─ claim ─> sending ─ gate ─> (the write) ─ record ─> accepted, refused, queued, unknown, person
//! sending ─ recover (start-up) ─> unknown ─ claim, found_there, not_found … hand_over ─> person ─ person_says
//! queued ─ take_back ─> taken back
//! queued ─ stop ─> stopped
//! ```
//! Whoever calls a function keeps the life that it returns before doing anything else: a claim is on the disk before the
//! gate is asked, and an outcome is on the disk before it is shown.

mod barred;
mod person;
mod sending;
mod settling;
mod stamp;
mod terms;

pub use barred::Barred;
pub use person::{Grounds, May, Verdict, person_may, person_says};
pub use sending::{
    Bytes, Facts, Gate, Lock, Outcome, claim, gate, hurry, put_off, record, recover, stop, take_back,
};
pub use settling::{Next, found_there, hand_over, next_look, not_found, not_read};
pub use stamp::Stamp;
pub use terms::{Reads, Rule, Rules, Settling, Terms};

use serde::{Deserialize, Serialize};

use crate::case::moment::{MINUTE, Moment, SECOND};

/// How long after a send a copy may still arrive. A copy is taken for dead after that: this is an assumption about
/// networks and proxies, and a generous one (the request itself is given up after two minutes at the latest).
pub const QUIET: i64 = 15 * MINUTE;

/// How far apart two empty read-backs must lie to say that nothing is there.
pub const LOOKS_APART: i64 = 5 * MINUTE;

/// How much earlier than the end of its window a key is no longer relied on: a copy sent just before that must have
/// arrived or died while the provider still remembers the key.
pub const MARGIN: i64 = QUIET;

/// How much either clock may move between the claim and the write. More means that the machine slept or the process was
/// stopped, and what was checked at the claim may no longer hold.
pub const JUMP: i64 = 5 * SECOND;

/// The pauses between the tries to settle an unknown outcome, and between tries of a step that could not be sent.
pub const PAUSES: [i64; 5] = [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE];

/// No pause is longer. One that seems to be comes from a clock that was set back, and is over.
pub const LONGEST_PAUSE: i64 = 15 * MINUTE;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Durable and not sent: no copy was ever written, or a person said that it may be sent again.
    Queued,
    /// Claimed: from here on a copy may have been written.
    Sending,
    /// A copy may have been applied, and nobody knows.
    Unknown,
    /// Nothing more can be found out or may be done without a person's word.
    Person,
    /// Proven done. Final.
    Accepted,
    /// Refused by the provider, and no copy can still be applied. Final.
    Rejected,
    /// Not done, and no copy can still be applied: by a person's decision, or stopped before anything was sent. Final.
    Cancelled,
}

impl State {
    pub const ALL: [State; 7] = [
        State::Queued,
        State::Sending,
        State::Unknown,
        State::Person,
        State::Accepted,
        State::Rejected,
        State::Cancelled,
    ];

    /// What an analyst reads.
    pub fn words(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Unknown => "outcome unknown",
            State::Person => "a person decides",
            State::Accepted => "accepted",
            State::Rejected => "refused",
            State::Cancelled => "taken back",
        }
    }

    /// What the database holds; never changed.
    pub fn code(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Unknown => "unknown",
            State::Person => "person",
            State::Accepted => "accepted",
            State::Rejected => "rejected",
            State::Cancelled => "cancelled",
        }
    }

    /// The state of a code.
    pub fn named(code: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether nobody knows what became of it.
    pub fn is_unsettled(self) -> bool {
        matches!(self, State::Unknown | State::Person)
    }

    /// Whether something is still to come. Only one live entry may stand on one natural key.
    pub fn is_live(self) -> bool {
        matches!(self, State::Queued | State::Sending | State::Unknown | State::Person)
    }
}

/// What is known about copies that were written before the current try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Earlier {
    /// There are none, or each is proven not to have been applied.
    Clear,
    /// One may have been applied, or may still arrive.
    Loose,
    /// As `Loose`, and a person looked and said: send it again. Used up by the next copy.
    Again,
}

/// What happens when the provider's own deadline passed before the send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Late {
    /// A person is asked.
    Ask,
    /// A person saw that it is late, and wants it sent.
    Send,
}

/// Who gave up what is cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GivenUp {
    #[default]
    ByPerson,
    /// Casedesk itself, before anything was sent.
    BySelf,
    /// A person, who said that it is not there and shall not be done.
    Decided,
}

/// Everything that the rules of the outbox need to know about one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Life {
    pub state: State,
    /// How often it was claimed. Never decreases.
    pub attempts: u32,
    pub earlier: Earlier,
    /// When the first copy that may have left was claimed; a key's window counts from here.
    pub first_send: Option<Stamp>,
    /// When the newest copy was claimed; the quiet time counts from here.
    pub last_send: Option<Stamp>,
    /// No claim before this moment, by the wall clock.
    pub not_before: Option<Moment>,
    pub looks: Looks,
    pub late: Late,
    #[serde(default)]
    pub given_up: GivenUp,
}

/// The tries to find out what became of the copies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Looks {
    /// How many there were since the outcome became unknown, resends among them.
    pub tries: u32,
    /// When the newest read-back was, however it ended.
    pub last: Option<Moment>,
    /// The first read-back since the newest copy that was answered and did not show the action.
    pub first_empty: Option<Stamp>,
    /// The newest one.
    pub last_empty: Option<Stamp>,
}

impl Life {
    /// What an analyst reads of it.
    pub fn words(self) -> &'static str {
        match (self.state, self.given_up) {
            (State::Cancelled, GivenUp::BySelf) => "stopped, unsent",
            (State::Cancelled, GivenUp::Decided) => "given up",
            (state, _) => state.words(),
        }
    }

    /// The life of a step that was just made durable.
    pub const fn queued(late: Late) -> Life {
        Life {
            state: State::Queued,
            attempts: 0,
            earlier: Earlier::Clear,
            first_send: None,
            last_send: None,
            not_before: None,
            looks: Looks { tries: 0, last: None, first_empty: None, last_empty: None },
            late,
            given_up: GivenUp::ByPerson,
        }
    }

    /// Until when a claim has to wait, if it has to.
    pub fn waits(self, now: Moment) -> Option<Moment> {
        self.not_before.filter(|until| (1..=LONGEST_PAUSE).contains(&until.since(now)))
    }

    /// The life with another copy that nobody knows about.
    fn lost(self) -> Life {
        let settling = u32::from(self.earlier == Earlier::Loose);
        let tries = self.looks.tries.saturating_add(settling);
        let looks = Looks { tries, ..self.looks };
        Life { state: State::Unknown, earlier: Earlier::Loose, looks, ..self }
    }

    /// The life without the current try, of which it is proven that it did nothing.
    fn undone(self) -> Life {
        match self.earlier {
            Earlier::Clear => Life { state: State::Queued, first_send: None, last_send: None, ..self },
            Earlier::Again => Life { state: State::Queued, ..self },
            Earlier::Loose => self.lost(),
        }
    }

    /// The life in a person's hands. A word given before is used up.
    fn handed(self) -> Life {
        let earlier = match self.earlier {
            Earlier::Clear => Earlier::Clear,
            Earlier::Loose | Earlier::Again => Earlier::Loose,
        };
        Life { state: State::Person, earlier, not_before: None, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_names_its_state() {
        for state in State::ALL {
            assert_eq!(State::named(state.code()), Some(state));
        }
        assert_eq!(State::named("outcome unknown"), None);
    }

    #[test]
    fn only_what_is_live_stands_on_a_natural_key() {
        let live: Vec<_> = State::ALL.into_iter().filter(|state| state.is_live()).map(State::code).collect();
        assert_eq!(live, ["queued", "sending", "unknown", "person"]);
    }

    #[test]
    fn a_life_comes_back_from_the_disk_as_it_was() {
        let now = Stamp { at: Moment(1_764_000_000_000), boot: u64::MAX, up: 7 };
        let looks = Looks { tries: 2, last: Some(now.at), first_empty: Some(now), last_empty: Some(now) };
        let life = Life { first_send: Some(now), looks, ..Life::queued(Late::Send) };
        let kept = serde_json::to_string(&life).unwrap();
        assert_eq!(serde_json::from_str::<Life>(&kept).unwrap(), life);
    }
}
