//! The life of one step of an outbox entry: the states it can be in, and what each rests on.

use serde::{Deserialize, Serialize};

use crate::case::Moment;

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum State {
    Queued,
    Sending,
    Unknown,
    Person,
    Accepted,
    Rejected,
    Cancelled,
}

/// What the protocol's rules need to know of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Life {
    pub state: State,
    pub attempts: u32,
    pub first_send: Option<Moment>,
    pub last_send: Option<Moment>,
    pub not_before: Option<Moment>,
}

/// How a provider lets an outcome be settled that nobody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settling {
    Key { window_ms: i64 },
    Chosen,
    ReadBack,
    Nobody,
}
