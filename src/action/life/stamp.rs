//! A reading of two clocks: the wall's, which people set, and the machine's, which only goes forward. It must never read
//! one itself.

use serde::{Deserialize, Serialize};

use super::MARGIN;
use crate::case::Moment;

/// When something happened, by both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Stamp {
    /// The wall clock.
    pub at: Moment,
    /// Which start of the machine (Linux: the first 64 bits of `/proc/sys/kernel/random/boot_id`).
    pub boot: u64,
    /// Milliseconds since that start, sleep included (Linux: `CLOCK_BOOTTIME`).
    pub up: i64,
}

impl Stamp {
    /// Milliseconds that have surely passed since `earlier`. Over a restart of the machine only half of what the wall
    /// clock says is believed, and the time since the restart.
    pub fn surely_since(self, earlier: Stamp) -> i64 {
        if self.boot == earlier.boot {
            self.up.saturating_sub(earlier.up)
        } else {
            self.up.max(self.at.since(earlier.at) / 2)
        }
    }

    /// Whether a key first used at `first`, which the provider remembers for `window` milliseconds, may be relied on
    /// now. Over a restart the margin is doubled, and a wall clock that went back proves nothing.
    pub fn inside(self, first: Stamp, window: i64) -> bool {
        let (passed, margin) = if self.boot == first.boot {
            (self.up.saturating_sub(first.up), MARGIN)
        } else {
            (self.at.since(first.at), 2 * MARGIN)
        };
        passed >= 0 && passed.saturating_add(margin) < window
    }

    /// When, by the wall clock, `wait` milliseconds will surely have passed since `earlier`: now, where they have.
    pub(super) fn when_passed(self, earlier: Stamp, wait: i64) -> Moment {
        let left = wait.saturating_sub(self.surely_since(earlier)).max(0);
        self.at.plus(left)
    }

    /// Whether at most `most` milliseconds lie between the two by both clocks, in the same start of the machine.
    pub(super) fn close_to(self, earlier: Stamp, most: i64) -> bool {
        let up = self.up.saturating_sub(earlier.up);
        let wall = self.at.since(earlier.at);
        self.boot == earlier.boot && (0..most).contains(&up) && (-most..most).contains(&wall)
    }
}

#[cfg(test)]
mod tests {
    use super::super::QUIET;
    use super::*;
    use crate::case::moment::{HOUR, MINUTE};

    fn stamp(boot: u64, wall: i64, up: i64) -> Stamp {
        Stamp { at: Moment(wall), boot, up }
    }

    #[test]
    fn a_wall_clock_that_is_set_moves_no_window_and_no_quiet_time() {
        let first = stamp(1, 0, 0);
        for wall in [-24 * HOUR, 0, 24 * HOUR] {
            let now = stamp(1, wall, 20 * MINUTE);
            assert_eq!(now.surely_since(first), 20 * MINUTE);
            assert!(now.inside(first, HOUR));
            assert!(!now.inside(first, 35 * MINUTE));
        }
    }

    #[test]
    fn over_a_restart_the_wall_clock_is_believed_by_half() {
        let first = stamp(1, 0, 8 * HOUR);
        let soon = stamp(2, 29 * MINUTE, MINUTE);
        assert!(soon.surely_since(first) < QUIET);
        assert!(stamp(2, 30 * MINUTE, MINUTE).surely_since(first) >= QUIET);
        assert!(stamp(2, 0, QUIET).surely_since(first) >= QUIET, "the time since the restart counts whole");
        assert!(soon.inside(first, HOUR));
        assert!(!stamp(2, 30 * MINUTE, MINUTE).inside(first, HOUR), "twice the margin");
        assert!(!stamp(2, -1, MINUTE).inside(first, HOUR), "a clock that went back");
    }
}
