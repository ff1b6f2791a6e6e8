//! Answers that a terminal gives to questions nobody asked, or that somebody typed to look like it. The key reader
//! below takes the strings of DCS, OSC, APC, PM and SOS apart into single keys; this puts them back together, and
//! drops them.

use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What comes in one piece comes faster than any hand types.
const ONE_PIECE: Duration = Duration::from_millis(100);

/// Tells keys from the innards of an answer.
#[derive(Default)]
pub struct Answers {
    /// When the newest piece of the answer that is being dropped came.
    inside: Option<Instant>,
}

impl Answers {
    /// The beginning of an answer was heard elsewhere; its rest is still to come.
    pub fn goes_on(&mut self, at: Instant) {
        self.inside = Some(at);
    }

    /// Whether this key is part of an answer and not a key at all.
    pub fn swallow(&mut self, key: &KeyEvent, at: Instant) -> bool {
        let escaped = key.modifiers.contains(KeyModifiers::ALT);
        if self.inside.is_some_and(|last| at.duration_since(last) < ONE_PIECE) {
            let bell = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('g');
            let ended = bell || (escaped && key.code == KeyCode::Char('\\'));
            self.inside = (!ended).then_some(at);
            return true;
        }
        let begins = escaped && matches!(key.code, KeyCode::Char('P' | ']' | '_' | '^' | 'X'));
        self.inside = begins.then_some(at);
        begins
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(letter: char, modifiers: KeyModifiers) -> KeyEvent {
        KeyEvent::new(KeyCode::Char(letter), modifiers)
    }

    #[test]
    fn an_answer_is_dropped_to_its_end_and_no_further() {
        for (first, last) in [
            (key('P', KeyModifiers::ALT), key('\\', KeyModifiers::ALT)),
            (key(']', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)),
        ] {
            let (mut answers, at) = (Answers::default(), Instant::now());
            let inside = "1$r0m".chars().map(|letter| key(letter, KeyModifiers::NONE));
            for part in [first].into_iter().chain(inside).chain([last]) {
                assert!(answers.swallow(&part, at), "{part:?}");
            }
            assert!(!answers.swallow(&key('q', KeyModifiers::NONE), at));
        }
    }

    #[test]
    fn a_hand_that_presses_such_a_key_loses_nothing_after_it() {
        let (mut answers, at) = (Answers::default(), Instant::now());
        assert!(answers.swallow(&key('P', KeyModifiers::ALT), at));
        assert!(!answers.swallow(&key('q', KeyModifiers::NONE), at + ONE_PIECE));
    }
}
