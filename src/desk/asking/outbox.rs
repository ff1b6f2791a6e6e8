//! What is asked of the outbox: to see it, to go through it, and what is to become of an entry or a draft.

use crate::{
    action::{Entry, EntryId, State, life},
    case::{CaseId, moment::Minute},
    desk::{
        Desk, Focus, Over, Tone, layout,
        outbox::{self, Item, Part, evidence},
        question::Asks,
        words::{self, Begin, Effect, EntryKey, Move, Moved},
    },
    text::{SafeText, own, say},
};

impl Desk {
    pub(super) fn see_outbox(&mut self, part: Option<Part>) -> Vec<Effect> {
        if !self.focus.is_outbox() {
            self.outbox.before = self.focus;
        }
        self.focus = Focus::Outbox;
        self.outbox.top = 0;
        if let Some(part) = part {
            self.outbox.point_at(part);
        }
        Vec::new()
    }

    pub(super) fn go_in_outbox(&mut self, step: Move) {
        let Some(panes) = self.panes() else { return };
        if self.focus == Focus::Outbox {
            return self.outbox.go(step, layout::outbox_rows(panes.outbox));
        }
        let height = layout::outbox_rows(panes.evidence);
        let lines = evidence::lines(self, layout::text_width(panes.evidence)).len();
        self.outbox.top = step.scroll(self.outbox.top, height, lines);
    }

    /// An entry is shown whole, a draft is gone on with.
    pub(super) fn open_in_outbox(&mut self) -> Vec<Effect> {
        match self.outbox.item() {
            Some(Item::Draft(line)) => {
                let draft = &line.draft;
                let (profile, action, case) = (draft.profile.clone(), draft.action.clone(), draft.case.clone());
                let draft = Some(draft.id.clone());
                self.begin(Begin { profile, action, case, draft, forced: false })
            }
            Some(Item::Entry(_)) => {
                (self.focus, self.outbox.top) = (Focus::Entry, 0);
                Vec::new()
            }
            None => self.refuse(own("the outbox is empty")),
        }
    }

    pub(super) fn leave_outbox(&mut self) -> Vec<Effect> {
        self.focus = match self.focus {
            Focus::Entry => Focus::Outbox,
            _ => self.outbox.before,
        };
        self.follow().into_iter().collect()
    }

    pub(super) fn with_entry(&mut self, key: EntryKey) -> Vec<Effect> {
        match key {
            EntryKey::Open => self.open_in_outbox(),
            EntryKey::TakeBack => self.take_back(),
            EntryKey::LookAgain => match self.unsettled("looked for") {
                Ok(id) => self.look_for(id),
                Err(why) => self.refuse(why),
            },
            EntryKey::Decide => match self.unsettled("decided") {
                Ok(id) => self.decide(id),
                Err(why) => self.refuse(why),
            },
            EntryKey::SendNow if !self.fits_entry(key) => self.refuse(own("nothing waits to be sent")),
            EntryKey::SendNow => {
                self.tell(Tone::Good, own("sending what waits"));
                vec![Effect::SendNow]
            }
            EntryKey::Discard => match self.item_in_hand() {
                Some(Item::Draft(line)) => {
                    let draft = &line.draft;
                    let what = say!("{} {}", outbox::title(&self.setup, draft), outbox::subject(draft));
                    self.put_question(Asks::Discard { draft: draft.id.clone(), what })
                }
                _ => self.refuse(own("only a draft is discarded; B shows them")),
            },
        }
    }

    /// Whether a key of the outbox does something to what is under the cursor.
    pub fn fits_entry(&self, key: EntryKey) -> bool {
        let item = self.outbox.item();
        let entry = match item {
            Some(Item::Entry(entry)) => Some(entry),
            Some(Item::Draft(_)) | None => None,
        };
        let unsettled = entry.filter(|entry| entry.life.state.is_unsettled());
        match key {
            EntryKey::Open => item.is_some(),
            EntryKey::TakeBack => entry.is_some_and(can_be_taken_back),
            EntryKey::LookAgain => unsettled.is_some_and(|entry| {
                self.outbox.standing(&entry.id).is_none_or(|standing| standing.can_be_read)
            }),
            EntryKey::Decide => unsettled.is_some(),
            EntryKey::SendNow => self.outbox.count(|state| state == State::Queued) > 0,
            EntryKey::Discard => matches!(item, Some(Item::Draft(_))),
        }
    }

    /// What is under the cursor of the outbox, while keys go there.
    fn item_in_hand(&self) -> Option<Item<'_>> {
        self.outbox.item().filter(|_| self.focus.is_outbox())
    }

    /// In the outbox the entry under the cursor; elsewhere the one that was queued last.
    fn take_back(&mut self) -> Vec<Effect> {
        let entry = match self.item_in_hand() {
            Some(Item::Entry(entry)) => Some(entry),
            Some(Item::Draft(_)) => None,
            None => self.outbox.newest_queued(),
        };
        match entry {
            Some(entry) if can_be_taken_back(entry) => {
                let id = entry.id.clone();
                self.outbox.given_up.push(id.clone());
                vec![Effect::TakeBack(id)]
            }
            Some(entry) => {
                let state = own(entry.life.words());
                self.refuse(say!("it cannot be taken back: {}", state))
            }
            None => self.refuse(own("nothing waits that could be taken back")),
        }
    }

    fn look_for(&mut self, id: EntryId) -> Vec<Effect> {
        if self.outbox.standing(&id).is_some_and(|standing| !standing.can_be_read) {
            return self.refuse(own("the provider cannot be asked what became of it: call, then D"));
        }
        self.tell(Tone::Good, own("looking for it at the provider"));
        vec![Effect::LookAgain(id)]
    }

    /// The entry under the cursor, if nobody knows what became of it.
    fn unsettled(&self, done: &'static str) -> Result<EntryId, SafeText> {
        match self.item_in_hand() {
            Some(Item::Entry(entry)) if entry.life.state.is_unsettled() => Ok(entry.id.clone()),
            Some(Item::Entry(entry)) => {
                Err(say!("nothing is to be {}: it is {}", own(done), own(entry.life.words())))
            }
            _ => Err(own("no entry of the outbox is under the cursor; B shows them")),
        }
    }

    // ---- what is heard of it

    pub(in crate::desk) fn outbox_came(&mut self, kept: words::Outbox) {
        if self.outbox.kept == kept {
            self.changed = false;
            return;
        }
        self.outbox.take(kept);
        self.sheet = None;
        self.queues.shelve(self.outbox.kept.drafts.len(), self.outbox.count(State::is_live));
        self.decide_anew();
        if self.focus == Focus::Entry && !matches!(self.outbox.item(), Some(Item::Entry(_))) {
            self.focus = Focus::Outbox;
        }
    }

    /// Tells what happened to an entry; list, counts and the case in hand are read again.
    pub(in crate::desk) fn outbox_moved(&mut self, moved: Moved) -> Vec<Effect> {
        let wished = self.outbox.given_up.contains(&moved.entry);
        let tone = match moved.state {
            State::Accepted | State::Queued | State::Sending => Tone::Good,
            State::Cancelled if wished => Tone::Good,
            State::Rejected | State::Unknown | State::Person | State::Cancelled => Tone::Bad,
        };
        if !moved.says.is_empty() {
            self.tell(tone, moved.says);
        }
        // Nothing of a case changes by a copy that leaves.
        if moved.state == State::Sending { Vec::new() } else { self.look_again() }
    }

    /// What the case pane says of a case with a live entry.
    pub(in crate::desk) fn under_way(&self) -> Option<SafeText> {
        let entry = self.outbox.live_of(&self.file.as_ref()?.case.id)?;
        let title = outbox::title(&self.setup, &entry.draft);
        let state = own(entry.life.words());
        let since = Minute(outbox::since(entry));
        Some(say!("{}: {} since {}, B shows", title, state, since))
    }

    /// Why nothing else can be sent for a case, if so.
    pub fn hindrance(&self, case: &CaseId) -> Option<SafeText> {
        let entry = self.outbox.live_of(case)?;
        let title = outbox::title(&self.setup, &entry.draft);
        let (since, state) = (Minute(outbox::since(entry)), own(entry.life.words()));
        Some(say!("{} is under way since {} ({}); nothing else can be sent for this case", title, since, state))
    }

    pub(in crate::desk) fn may_change(&self) -> Option<crate::case::Moment> {
        let shown = self.focus.is_outbox() || matches!(self.over, Over::Decide(_));
        self.outbox.wake(self.now).filter(|_| shown)
    }
}

fn can_be_taken_back(entry: &Entry) -> bool {
    entry.life.state == State::Queued && life::take_back(entry.life).is_ok()
}
