//! Leaving while something waits to be sent: it is asked about first, or sent first. A signal or a lost terminal never
//! comes here.

use super::{
    Desk, Over, Tone,
    question::Asks,
    words::{Effect, Event, Undone},
};
use crate::{
    action::State,
    text::{own, say},
};

/// How far leaving has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parting {
    #[default]
    No,
    /// What waits is being sent.
    Sending,
    /// It was tried; what became of it is being read.
    Tried,
}

impl Desk {
    /// Leaves, unless something waits to be sent by this program: then it asks.
    pub(super) fn leave_or_ask(&mut self) -> Vec<Effect> {
        // On a screen that is too small no question could be read.
        if self.outbox.waiting() == 0 || self.outbox.kept.sent_elsewhere || self.panes().is_none() {
            return self.leave();
        }
        self.put_question(Asks::Leave)
    }

    pub(super) fn leave(&mut self) -> Vec<Effect> {
        self.leaving = true;
        self.farewell()
    }

    pub(super) fn send_and_leave(&mut self) -> Vec<Effect> {
        self.lay(Over::Nothing);
        self.parting = Parting::Sending;
        self.tell(Tone::Good, own("sending what waits, then leaving; any key stays"));
        vec![Effect::SendNow]
    }

    /// Somebody who presses a key stays. Whether they were about to leave.
    pub(super) fn stay(&mut self) -> bool {
        let parting = std::mem::take(&mut self.parting) != Parting::No;
        if parting {
            self.tell(Tone::Good, own("staying; what waits is sent as before"));
        }
        parting
    }

    /// Sees how far sending came; leaves once nothing waits any more, or says why it does.
    pub(super) fn parted(&mut self, closes: Closes) -> Vec<Effect> {
        match (self.parting, closes) {
            (Parting::Sending, Closes::Sending) => {
                self.parting = Parting::Tried;
                vec![Effect::Outbox]
            }
            (Parting::Tried, Closes::Outbox) => {
                let waiting = self.outbox.waiting();
                if waiting == 0 {
                    return self.leave();
                }
                if self.outbox.count(|state| state == State::Sending) == 0 {
                    self.parting = Parting::No;
                    let why = self.outbox.why_waiting();
                    self.tell(Tone::Bad, say!("not left: {} not sent: {}; q asks again", waiting, why));
                }
                Vec::new()
            }
            _ => Vec::new(),
        }
    }
}

/// What an event means for somebody who is leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closes {
    /// What waits was tried, or cannot be.
    Sending,
    Outbox,
    Nothing,
}

pub(super) fn closes(event: &Event) -> Closes {
    match event {
        Event::SentNow | Event::Trouble(Undone::SendNow, _) => Closes::Sending,
        Event::Outbox(_) => Closes::Outbox,
        _ => Closes::Nothing,
    }
}
