//! The outbox as the desk shows it: what is under way, what was begun, what ended of late, and where the analyst stands
//! among it. What may happen to an entry is the outbox's to say (`action::life`); nothing is decided here.

pub mod evidence;
mod next;

use std::collections::HashMap;

use super::{
    Focus, Setup,
    words::{self, DraftLine, Event, Move, Standing},
};
use crate::{
    action::{Draft, Entered, Entry, EntryId, State, Subject},
    case::{CaseId, Moment, moment::Minute},
    text::{SafeText, own, say},
};
pub use next::next;

pub struct Outbox {
    /// As it was last read.
    pub kept: words::Outbox,
    pub cursor: usize,
    /// The first line that is shown of an entry that is opened whole.
    pub top: usize,
    /// Where Esc leads.
    pub(super) before: Focus,
    /// What the analyst gave up here: that it ends so is no bad news.
    pub(super) given_up: Vec<EntryId>,
    signs: HashMap<CaseId, Sign>,
}

/// What stands beside a case with a live entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    OnItsWay,
    /// Its outcome is unknown, or a person decides.
    Unknown,
}

/// One line of the pane.
#[derive(Clone, Copy)]
pub enum Item<'a> {
    Entry(&'a Entry),
    Draft(&'a DraftLine),
}

/// The parts of the pane, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Live,
    Drafts,
    Ended,
}

impl Part {
    pub fn words(self) -> &'static str {
        match self {
            Part::Live => "Under way",
            Part::Drafts => "Drafts",
            Part::Ended => "Ended of late",
        }
    }
}

impl Item<'_> {
    pub fn part(&self) -> Part {
        match self {
            Item::Entry(entry) if entry.life.state.is_live() => Part::Live,
            Item::Draft(_) => Part::Drafts,
            Item::Entry(_) => Part::Ended,
        }
    }

    pub fn draft(&self) -> &Draft {
        match self {
            Item::Entry(entry) => &entry.draft,
            Item::Draft(line) => &line.draft,
        }
    }

    fn id(&self) -> &str {
        match self {
            Item::Entry(entry) => &entry.id,
            Item::Draft(line) => &line.draft.id,
        }
    }
}

impl Default for Outbox {
    fn default() -> Outbox {
        Outbox {
            kept: words::Outbox::default(),
            cursor: 0,
            top: 0,
            before: Focus::List,
            given_up: Vec::new(),
            signs: HashMap::new(),
        }
    }
}

impl Outbox {
    /// Takes what was read; the cursor stays on what it pointed at.
    pub fn take(&mut self, kept: words::Outbox) {
        let here = self.item().map(|item| item.id().to_owned());
        self.kept = kept;
        let found = here.and_then(|here| self.items().iter().position(|item| item.id() == here));
        self.cursor = found.unwrap_or(self.cursor).min(self.items().len().saturating_sub(1));
        self.signs.clear();
        for entry in self.kept.entries.iter() {
            let Some(sign) = sign(entry.life.state) else { continue };
            if let Some(case) = entry.case() {
                let sign = self.signs.get(case).map_or(sign, |other| sign.max(*other));
                self.signs.insert(case.clone(), sign);
            }
        }
        let kept = &self.kept.entries;
        self.given_up.retain(|id| kept.iter().any(|entry| entry.id == *id));
    }

    /// Every line, in order.
    pub fn items(&self) -> Vec<Item<'_>> {
        let (live, ended): (Vec<_>, Vec<_>) =
            self.kept.entries.iter().partition(|entry| entry.life.state.is_live());
        let drafts = self.kept.drafts.iter().map(Item::Draft);
        live.into_iter().map(Item::Entry).chain(drafts).chain(ended.into_iter().map(Item::Entry)).collect()
    }

    /// What is under the cursor.
    pub fn item(&self) -> Option<Item<'_>> {
        self.items().get(self.cursor).copied()
    }

    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        self.kept.entries.iter().find(|entry| entry.id == *id)
    }

    pub fn standing(&self, id: &EntryId) -> Option<&Standing> {
        self.kept.standing.iter().find(|standing| standing.entry == *id)
    }

    /// What stands beside a case of the list.
    pub fn sign_of(&self, case: &CaseId) -> Option<Sign> {
        self.signs.get(case).copied()
    }

    /// The live entry of a case.
    pub fn live_of(&self, case: &CaseId) -> Option<&Entry> {
        self.signs.get(case)?;
        self.kept.entries.iter().find(|entry| entry.life.state.is_live() && entry.case() == Some(case))
    }

    pub fn count(&self, of: impl Fn(State) -> bool) -> usize {
        self.kept.entries.iter().filter(|entry| of(entry.life.state)).count()
    }

    /// How many entries would leave by themselves if the program went on.
    pub fn waiting(&self) -> usize {
        self.count(|state| matches!(state, State::Queued | State::Sending))
    }

    /// Why nothing is sent for an entry that is queued, and until when, where the provider's whole way waits.
    pub fn rest_of(&self, entry: &Entry, now: Moment) -> Option<(Moment, &SafeText)> {
        let resting = self.kept.resting.iter().filter(|_| entry.life.state == State::Queued);
        let mut here = resting.filter(|(profile, until, _)| *profile == entry.draft.profile && *until > now);
        here.next().map(|(_, until, why)| (*until, why))
    }

    /// Why the first of them still waits.
    pub(super) fn why_waiting(&self) -> SafeText {
        let paused = self.kept.paused.first().map(|(_, why)| why.beside());
        let waits = |entry: &&Entry| matches!(entry.life.state, State::Queued | State::Sending);
        let why = self.kept.entries.iter().find(waits).map(|entry| entry.why.show().beside());
        let why = paused.or(why).filter(|why| !why.is_empty());
        why.unwrap_or(own("the provider was not reached"))
    }

    /// The entry that was queued last, of those that have not left.
    pub fn newest_queued(&self) -> Option<&Entry> {
        let queued = self.kept.entries.iter().filter(|entry| entry.life.state == State::Queued);
        queued.max_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)))
    }

    pub fn point_at(&mut self, part: Part) {
        self.cursor = self.items().iter().position(|item| item.part() == part).unwrap_or(0);
    }

    pub(super) fn go(&mut self, step: Move, page: usize) {
        let last = self.items().len().saturating_sub(1);
        self.cursor = step.lead(self.cursor, page, last);
    }

    /// When the words of an entry change although nothing happens: a person may decide from then on.
    pub(super) fn wake(&self, now: Moment) -> Option<Moment> {
        use crate::action::life::May;
        let from = self.kept.standing.iter().filter_map(|standing| match standing.may {
            May::From(from) | May::Confirmed(from) => Some(from),
            May::Now | May::AfterLook(_) => None,
        });
        from.filter(|from| *from > now).min()
    }
}

fn sign(state: State) -> Option<Sign> {
    match state {
        State::Queued | State::Sending => Some(Sign::OnItsWay),
        State::Unknown | State::Person => Some(Sign::Unknown),
        State::Accepted | State::Rejected | State::Cancelled => None,
    }
}

/// Whether the outbox may be another one after that.
pub(super) fn moves(event: &Event) -> bool {
    matches!(event, Event::OutboxMoved(_) | Event::Queued { .. } | Event::DraftKept { .. } | Event::StoreMoved)
}

/// Which looks without a trace are missing before a person may say that it is not there.
pub fn looks_needed(entry: &Entry, from: Moment) -> SafeText {
    match entry.life.looks.first_empty {
        Some(_) => say!("one more look without a trace, at {} or later", Minute(from)),
        None => say!("two looks without a trace, five minutes apart, the second at {} or later", Minute(from)),
    }
}

/// When an entry came to where it stands.
pub fn since(entry: &Entry) -> Moment {
    let tried = entry.tries.last();
    match entry.life.state {
        State::Queued => entry.created_at,
        State::Sending => tried.map_or(entry.created_at, |tried| tried.started_at),
        State::Unknown | State::Person => {
            tried.map_or(entry.created_at, |tried| tried.ended_at.unwrap_or(tried.started_at))
        }
        State::Accepted | State::Rejected | State::Cancelled => {
            let tried = tried.map(|tried| tried.ended_at.unwrap_or(tried.started_at));
            let looked = entry.looks.last().map(|look| look.at);
            tried.max(looked).unwrap_or(entry.created_at)
        }
    }
}

/// The action's name as in headings, or what the store calls it where no profile declares it any more.
pub fn title(setup: &Setup, draft: &Draft) -> SafeText {
    draft.title(setup.action_of(draft))
}

/// The case's number, or that there is none yet.
pub fn subject(draft: &Draft) -> SafeText {
    draft.case.as_ref().map_or(own("new"), |case| case.number.id().beside())
}

/// Merchant and amount of the case, or the values that tell a new one from another.
pub fn what(setup: &Setup, draft: &Draft) -> SafeText {
    if let Some(base) = &draft.base {
        let amount = base.amount.map_or(SafeText::default(), |amount| say!("{}", amount));
        let parts = [base.merchant.cell().cut(24), amount];
        return SafeText::join(parts.iter().filter(|part| !part.is_empty()), " ");
    }
    let Some(Subject::New { told_apart_by }) = setup.action_of(draft).map(|action| action.subject) else {
        return SafeText::default();
    };
    let values = told_apart_by.iter().filter_map(|address| match draft.values.get(address) {
        Some(Entered::Text(text)) if !text.is_empty() => Some(text.cell().cut(24)),
        _ => None,
    });
    SafeText::join(&values.collect::<Vec<_>>(), " ")
}
