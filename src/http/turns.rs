//! How many requests a minute a provider takes: the next one waits until the oldest of so many is a minute ago. Pure
//! arithmetic; it never waits itself.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

const MINUTE: Duration = Duration::from_secs(60);

/// The requests of the last minute.
#[derive(Debug)]
pub struct Turns {
    most: usize,
    taken: VecDeque<Instant>,
}

impl Turns {
    pub fn new(a_minute: u32) -> Turns {
        Turns { most: a_minute.max(1) as usize, taken: VecDeque::new() }
    }

    /// Takes a turn now, or says how long there is none.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        while self.taken.front().is_some_and(|oldest| now.duration_since(*oldest) >= MINUTE) {
            self.taken.pop_front();
        }
        match self.taken.front() {
            Some(oldest) if self.taken.len() >= self.most => Err(MINUTE - now.duration_since(*oldest)),
            _ => {
                self.taken.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_it_may() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut turns = Turns::new(3);
        let mut taken = Vec::new();
        for at in 0..200 {
            let now = start + second * at;
            match turns.take(now) {
                Ok(()) => taken.push(at),
                Err(wait) => {
                    let next = now + wait;
                    assert_eq!(next, start + second * (taken[taken.len() - 3] + 60));
                }
            }
        }
        assert_eq!(taken, [0, 1, 2, 60, 61, 62, 120, 121, 122, 180, 181, 182]);
    }
}
