//! Keys that come before their time. While the store still answers where the last keys lead, a key that would act on
//! the case there waits in line, so that fast typing on a slow day never acts on the case that was shown before.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    Desk, Focus, Landing, Over, Then, Tone, keys,
    line::Purpose,
    words::{Command, Effect, Event, Told, Undone},
};
use crate::text::own;

/// More than anybody types ahead; what comes on top is dropped.
const MOST: usize = 4096;

impl Desk {
    /// Hears a key now, or puts it in line behind those that wait. Behind the one that sends none waits: nobody can mean
    /// a case that is not known yet.
    pub(super) fn key_in_turn(&mut self, key: KeyEvent) -> Vec<Effect> {
        if self.is_sending() {
            return Vec::new();
        }
        if key.code == KeyCode::Esc && (self.seeking.take().is_some() || self.beginning.take().is_some()) {
            self.ahead.clear();
            self.tell(Tone::Good, own("not waited for any longer"));
            return Vec::new();
        }
        if self.ahead.is_empty() && !self.is_early(&key) {
            return self.press(key);
        }
        self.wait_in_line(Event::Key(key))
    }

    pub(super) fn wait_in_line(&mut self, event: Event) -> Vec<Effect> {
        if self.ahead.len() < MOST {
            self.ahead.push_back(Told { at: self.read_at, what: event });
        }
        Vec::new()
    }

    /// Hears what has waited, as far as its time has come.
    pub(super) fn catch_up(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(told) = self.ahead.front() {
            let early = match &told.what {
                Event::Key(key) => self.is_early(key),
                _ => self.is_landing() || self.is_form_busy(),
            };
            if early {
                break;
            }
            let Some(told) = self.ahead.pop_front() else { break };
            self.read_at = told.at;
            match told.what {
                Event::Key(key) => effects.extend(self.press(key)),
                Event::Paste(text) => effects.extend(self.take_paste(&text)),
                _ => {}
            }
        }
        effects
    }

    /// There is no case where the last keys led: those typed for it are dropped, and act on no other.
    pub(super) fn came_to_nothing(&mut self) {
        self.ahead.clear();
    }

    /// An effect failed: what waited for just that answer waits no longer. Keys that were meant for what was to come
    /// are dropped, so that they never act on the case that was shown before.
    pub(super) fn wait_no_longer(&mut self, undone: &Undone) {
        let waited = match undone {
            Undone::Look(ask) => self.list.wait_no_longer(*ask),
            Undone::Open(id) => {
                let waited = self.file_awaited && self.wanted.as_ref() == Some(id);
                if waited {
                    (self.file_awaited, self.then) = (false, Then::Nothing);
                }
                waited
            }
            Undone::Urgent | Undone::Park => {
                let landing = if *undone == Undone::Park { Landing::Park } else { Landing::Urgent };
                let waited = self.landing == landing;
                if waited {
                    self.landing = Landing::No;
                }
                waited
            }
            Undone::Find(words) => self.seeking.take_if(|seeking| seeking == words).is_some(),
            Undone::Begin => self.beginning.take().is_some(),
            Undone::Submit(_)
            | Undone::KeepDraft(_)
            | Undone::Attach(_)
            | Undone::Pack(_)
            | Undone::SendNow
            | Undone::Other => false,
        };
        if waited {
            self.ahead.clear();
        }
    }

    /// Whether an answer from the store is about to change which case is open.
    pub(super) fn is_landing(&self) -> bool {
        self.landing != Landing::No || self.seeking.is_some()
    }

    fn is_early(&self, key: &KeyEvent) -> bool {
        let missing = match self.focus {
            Focus::List | Focus::Queues => self.list.is_awaited(),
            Focus::Case | Focus::Reader => self.file_awaited,
            Focus::Outbox | Focus::Entry => false,
        };
        self.is_landing() || self.is_form_busy() || (missing && self.acts_on_the_case(key))
    }

    fn acts_on_the_case(&self, key: &KeyEvent) -> bool {
        use Command as C;
        match &self.over {
            Over::Nothing => match keys::command(self.context(), key, self.actions_in_hand()) {
                Some(C::Go(_) | C::Open) => self.focus != Focus::Queues,
                Some(
                    C::Documents
                    | C::Document(_)
                    | C::RawView
                    | C::Park
                    | C::ParkFor(_)
                    | C::Unpark
                    | C::Why
                    | C::Copy
                    | C::Save(_)
                    | C::ShowOutside
                    | C::Page
                    | C::Act(..)
                    | C::Verbs
                    | C::Note,
                ) => true,
                _ => false,
            },
            // A command may be any of those.
            Over::Line(line) => line.purpose == Purpose::Command && key.code == KeyCode::Enter,
            Over::Verbs { .. } => key.code == KeyCode::Enter,
            _ => false,
        }
    }
}
