//! A question with few answers, each a key: is this draft to be thrown away, what becomes of what waits to be sent.

use crossterm::event::KeyEvent;

use super::{Desk, Over, Tone, form::Form, keys, outbox::Outbox, unseen::Unseen, words::Effect};
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
    /// The form below cannot be kept.
    LoseTyped(Box<Form>),
}

impl Asks {
    pub fn title(&self) -> SafeText {
        own(match self {
            Asks::Discard { .. } => "Discarding",
            Asks::Leave => "Leaving",
            Asks::LoseTyped(_) => "Not kept",
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
            Asks::LoseTyped(form) => vec![
                say!("Leave without keeping this? {}", form.title()),
                own(if form.version == 0 {
                    "Nothing of what was entered is kept."
                } else {
                    "The draft stays as it was last kept; what was entered since is lost."
                }),
                own("y    leave; what was typed is lost"),
                own("k    try once more to keep it, then leave"),
                own("Esc  stay"),
            ],
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
            self.back_to_form();
            return Vec::new();
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
            (Asks::LoseTyped(form), "y") => {
                let words = say!("{}: left; what was typed is lost", own(form.action.title));
                self.lay(Over::Nothing);
                self.tell(Tone::Bad, words);
                self.look_again()
            }
            (Asks::LoseTyped(_), "k") => {
                self.back_to_form();
                self.leave_form()
            }
            _ => Vec::new(),
        }
    }

    /// Takes the question away; the form that it was about is there again.
    fn back_to_form(&mut self) {
        let over = std::mem::replace(&mut self.over, Over::Nothing);
        if let Over::Question(Question { asks: Asks::LoseTyped(mut form), .. }) = over {
            form.is_stuck = false;
            self.lay(Over::Form(form));
        }
    }
}
