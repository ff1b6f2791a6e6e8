//! The one place that asks what time it is.

use std::{
    fs,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rustix::time::{ClockId, clock_gettime};
use tokio::sync::Notify;

use super::LONGEST_WAIT;
use crate::{action::Stamp, case::Moment};

#[derive(Clone, Default)]
pub enum Clock {
    #[default]
    System,
    /// A clock that somebody else moves, for tests.
    Held(Arc<Held>),
}

/// A clock that stands still until it is moved.
#[derive(Default)]
pub struct Held {
    at: AtomicI64,
    moved: Notify,
}

impl Clock {
    pub fn held(at: Moment) -> Clock {
        Clock::Held(Arc::new(Held { at: AtomicI64::new(at.0), moved: Notify::new() }))
    }

    pub fn now(&self) -> Moment {
        match self {
            Clock::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Moment(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Clock::Held(held) => Moment(held.at.load(Ordering::Relaxed)),
        }
    }

    /// Now by both clocks: the wall's, and the machine's own, which nobody sets and which counts while it sleeps.
    pub fn stamp(&self) -> Stamp {
        let at = self.now();
        match self {
            Clock::System => {
                let up = clock_gettime(ClockId::Boottime);
                let up = up.tv_sec.saturating_mul(1000).saturating_add(up.tv_nsec / 1_000_000);
                Stamp { at, boot: boot(), up }
            }
            Clock::Held(_) => Stamp { at, boot: 0, up: at.0 },
        }
    }

    /// Moves a held clock.
    pub fn set(&self, at: Moment) {
        if let Clock::Held(held) = self {
            held.at.store(at.0, Ordering::Relaxed);
            held.moved.notify_waiters();
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

    /// Waits for a moment, however often the clock is set meanwhile.
    pub async fn reach(&self, at: Moment) {
        while self.now() < at {
            match self {
                Clock::System => tokio::time::sleep(self.until(at)).await,
                Clock::Held(held) => {
                    let moved = held.moved.notified();
                    if self.now() < at {
                        moved.await;
                    }
                }
            }
        }
    }
}

/// Which start of the machine this is: the first 64 bits of its random id (proc(5)). Zero where there is none to read.
fn boot() -> u64 {
    static BOOT: OnceLock<u64> = OnceLock::new();
    *BOOT.get_or_init(|| {
        let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        let digits: String = id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
        u64::from_str_radix(&digits, 16).unwrap_or(0)
    })
}
