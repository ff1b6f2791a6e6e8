//! A question with few answers, each a key: is this draft to be thrown away, what becomes of what waits to be sent.

use crossterm::event::KeyEvent;

use super::{Desk, Over, keys, outbox::Outbox, unseen::Unseen, words::Effect};
use crate::{
    action::State,
    text::{SafeText, own, say},
};

pub struct Question {
    pub asks: Asks,
    pub unseen: Unseen,
}

pub enum Asks {
    /// The draft's id, and what it is.
    Discard { draft: String, what: SafeText },
    /// Something has not left yet, or its answer is not here.
    Leave,
}

impl Asks {
    pub fn title(&self) -> SafeText {
        own(match self {
            Asks::Discard { .. } => "Discarding",
            Asks::Leave => "Leaving",
        })
    }

    /// The question, then a line for each answer.
    pub fn words(&self, outbox: &Outbox) -> Vec<SafeText> {
        match self {
            Asks::Discard { what, .. } => vec![
                say!("Discard this draft? {}", what),
                own("y    discard it; nothing brings it back"),
                own("Esc  keep it"),
            ],
            Asks::Leave => leaving(
                outbox.count(|state| state == State::Queued),
                outbox.count(|state| state == State::Sending),
            ),
        }
    }
}

fn leaving(queued: usize, sending: usize) -> Vec<SafeText> {
    let count = |count: usize, one, more| say!("{} {}", count, own(if count == 1 { one } else { more }));
    let wait = count(queued, "waits to be sent", "wait to be sent");
    let going = count(sending, "is on its way", "are on their way");
    let (how, send, leave) = match (queued, sending) {
        (0, 0) => (own("Nothing waits to be sent any more."), "leave", "leave"),
        (_, 0) => (
            say!("{}.", wait),
            "send now and leave",
            "leave; they go with the next start or casedesk outbox send",
        ),
        (0, _) => (
            say!("{}.", going),
            "wait for the answer, then leave",
            "leave; what became of it is found out with the next start",
        ),
        _ => (
            say!("{}, {}.", going, wait),
            "send now and leave",
            "leave; what is on its way is found out, and the rest goes, with the next start",
        ),
    };
    vec![how, say!("s    {}", own(send)), say!("l    {}", own(leave)), own("Esc  stay")]
}

impl Desk {
    pub(super) fn put_question(&mut self, asks: Asks) -> Vec<Effect> {
        self.lay(Over::Question(Question { asks, unseen: Unseen::default() }))
    }

    pub(super) fn question_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let Over::Question(question) = &self.over else { return Vec::new() };
        if keys::leaves(&key) {
            self.changed = true;
            return self.lay(Over::Nothing);
        }
        if !question.unseen.hears(self.read_at) {
            return Vec::new();
        }
        match (&question.asks, keys::name_of(&key).as_str()) {
            (Asks::Discard { draft, .. }, "y") => {
                let effects = vec![Effect::DropDraft(draft.clone()), Effect::Outbox];
                self.changed = true;
                self.lay(Over::Nothing);
                effects
            }
            (Asks::Leave, "s") => {
                self.changed = true;
                self.send_and_leave()
            }
            (Asks::Leave, "l") => {
                self.lay(Over::Nothing);
                self.leave()
            }
            _ => Vec::new(),
        }
    }
}
