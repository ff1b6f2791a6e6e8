//! The one place that asks what time it is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::LONGEST_WAIT;
use crate::case::Moment;

#[derive(Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// A clock that somebody else moves, for tests.
    Held(Arc<AtomicI64>),
}

impl Clock {
    pub fn held(at: Moment) -> Clock {
        Clock::Held(Arc::new(AtomicI64::new(at.0)))
    }

    pub fn now(&self) -> Moment {
        match self {
            Clock::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Clock::Held(at) => Moment(at.load(Ordering::Relaxed)),
        }
    }

    /// Moves a held clock.
    pub fn set(&self, at: Moment) {
        if let Clock::Held(held) = self {
            held.store(at.0, Ordering::Relaxed);
        }
    }

    /// How long to wait for a moment. A held clock is moved by others, who say so themselves.
    pub fn until(&self, at: Moment) -> Duration {
        match self {
            Clock::System => {
                let left = u64::try_from(at.since(self.now())).unwrap_or(0);
                Duration::from_millis(left).min(LONGEST_WAIT)
            }
            Clock::Held(_) => LONGEST_WAIT,
        }
    }
}
