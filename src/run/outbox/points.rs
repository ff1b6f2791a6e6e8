//! Places on a submission's way at which tests let the world end: the process is killed, or the disk is full.

use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Signal, getpid, kill_process};

use crate::store::StoreError;

/// One place. What is durable there is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The bytes are made; only the draft is durable.
    Frozen,
    /// About to be queued.
    Queueing,
    /// Queued is durable, and nobody was told.
    Queued,
    /// About to be claimed: queued.
    Claiming,
    /// The claim is durable; no byte has left.
    Claimed,
    /// Past the gate, right before the first byte.
    Gated,
    /// The answer is here; the claim is all that is durable.
    Answered,
    /// About to record the outcome.
    Recording,
    /// The outcome is durable, and nobody was told.
    Recorded,
}

impl Point {
    pub const ALL: [(&'static str, Point); 9] = [
        ("frozen", Point::Frozen),
        ("queueing", Point::Queueing),
        ("queued", Point::Queued),
        ("claiming", Point::Claiming),
        ("claimed", Point::Claimed),
        ("gated", Point::Gated),
        ("answered", Point::Answered),
        ("recording", Point::Recording),
        ("recorded", Point::Recorded),
    ];

    pub fn named(name: &str) -> Option<Point> {
        Point::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, point)| point)
    }
}

/// What happens at which place. Nothing, but in tests.
#[derive(Clone, Debug, Default)]
pub struct Points {
    /// Killed there, as by SIGKILL from outside.
    pub die: Option<Point>,
    /// No room on the disk for the commit there, as long as this is set.
    pub full: Arc<Mutex<Option<Point>>>,
}

impl Points {
    pub fn die_at(point: Option<Point>) -> Points {
        Points { die: point, ..Points::default() }
    }

    /// Passes a place.
    pub fn pass(&self, point: Point) {
        if self.die == Some(point) {
            // Nothing after it runs; a signal that is not delivered at once is waited for.
            while kill_process(getpid(), Signal::KILL).is_ok() {}
        }
    }

    /// Passes a place before a commit: refused as the store refuses it on a full disk, where that is asked for.
    pub fn commit(&self, point: Point) -> Result<(), StoreError> {
        self.pass(point);
        let full = *self.full.lock().unwrap_or_else(PoisonError::into_inner);
        if full == Some(point) { Err(StoreError::Full) } else { Ok(()) }
    }
}
