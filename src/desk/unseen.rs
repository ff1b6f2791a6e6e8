//! What nobody has seen yet cannot be confirmed: keys that were read before a dialog's first frame, or so soon after it
//! that nobody can have read it, do nothing there. Leaving it is always possible.

use super::{Desk, Over};
use crate::case::Moment;

/// How long after its first frame a dialog begins to listen, in milliseconds.
pub const READING: i64 = 300;

/// When something was first seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unseen {
    first_frame: Option<Moment>,
}

impl Unseen {
    /// A frame that shows it was drawn.
    pub fn drawn(&mut self, at: Moment) {
        self.first_frame.get_or_insert(at);
    }

    /// Whether a key that was read at that moment was meant for it. After a clock was set back it listens only once it
    /// is opened again, which is the safe side.
    pub fn hears(self, read_at: Moment) -> bool {
        self.first_frame.is_some_and(|first| read_at.since(first) >= READING)
    }
}

impl Desk {
    /// A frame was drawn, and what it shows can be read from now on.
    pub fn drawn(&mut self, at: Moment) {
        match &mut self.over {
            Over::Decide(decide) => decide.unseen.drawn(at),
            Over::Question(question) => question.unseen.drawn(at),
            Over::Form(form) => {
                if let Some(review) = &mut form.review {
                    review.unseen.drawn(at);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_read_well_after_the_first_frame_is_heard() {
        let mut unseen = Unseen::default();
        assert!(!unseen.hears(Moment(i64::MAX)), "it was never drawn");
        unseen.drawn(Moment(1_000));
        unseen.drawn(Moment(9_000));
        assert!(!unseen.hears(Moment(1_299)));
        assert!(unseen.hears(Moment(1_300)), "the first frame counts, not the last");
        assert!(!unseen.hears(Moment(0)), "typed ahead");
    }
}
