//! The outbox at work, on the network thread: takes submissions, sends what waits, finds out what became of what nobody
//! saw, and carries out a person's decisions. What is allowed is decided in [`crate::action::life`]; what an answer means,
//! by the provider; what is durable, by the store.
//!
//! ```text
//! submit ─> T1 queued ─ poke ─> lane: claim T2 ─> gate ─> send once ─> record T3 ─> the desk is told
//! ```
//! Each profile has a lane of its own, so that a slow provider holds up no other. A lane does everything that is due, one
//! after another, then sleeps until the next thing is, or until it is poked. Only the program that holds the lock works;
//! the others queue and show.

pub mod lock;
pub mod points;
pub mod traffic;

mod deciding;
mod following;
mod freezing;
mod looking;
mod sending;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    io,
    rc::Rc,
    thread,
};

use tokio::sync::Notify;

use super::{
    Heard, Teller,
    archive::Archive,
    neighbours::Neighbours,
    source::{self, Source},
};
use crate::{
    action::{
        Draft, Entry, Life, Settling, State,
        life::{self, Next, Terms},
    },
    case::{
        CaseId, Moment,
        moment::{SECOND, Second},
    },
    desk::words::{Event, Moved},
    store::Note,
    text::{Raw, SafeText, own, say},
};
use points::Points;
use sending::Unrecorded;
use traffic::Traffic;

pub struct Outbox {
    pub sources: Rc<Vec<Source>>,
    pub archive: Rc<Archive>,
    pub who: Raw,
    pub teller: Teller,
    pub traffic: Traffic,
    pub neighbours: Neighbours,
    pub points: Points,
    /// The right to send, or why this program has it not.
    turn: RefCell<Result<lock::Held, SafeText>>,
    /// What was left in the middle of being sent is known to be unknown.
    recovered: Cell<bool>,
    lanes: Vec<Lane>,
    /// A lane has nothing left to do for now.
    rested: Notify,
}

/// One profile's way out.
#[derive(Default)]
struct Lane {
    poked: Notify,
    /// Pokes that the loop still counts as open.
    pokes: Cell<u64>,
    working: Cell<bool>,
    /// Nothing is tried before, because the provider is not reached or asks for a slower pace.
    rest: Cell<Option<Moment>>,
    /// The provider itself asked for this pause.
    asked_to_wait: Cell<Option<Moment>>,
    /// A copy is between its claim and the record of its outcome.
    sending: Cell<bool>,
    /// How often in a row it was not reached.
    unreached: Cell<u32>,
    /// The credentials were refused once, and a fresh token has not been tried yet.
    refused: Cell<bool>,
    /// An outcome that could not be written down.
    unrecorded: RefCell<Option<Unrecorded>>,
    /// Queues that cases left and entered since they were last read.
    moved: RefCell<BTreeSet<Raw>>,
}

impl Outbox {
    pub fn new(
        sources: Rc<Vec<Source>>,
        archive: Rc<Archive>,
        who: Raw,
        teller: Teller,
        traffic: Traffic,
        neighbours: Neighbours,
        points: Points,
    ) -> Outbox {
        let lanes = sources.iter().map(|_| Lane::default()).collect();
        let turn = RefCell::new(Err(own("it is not known yet who sends")));
        let (recovered, rested) = (Cell::new(false), Notify::new());
        Outbox { sources, archive, who, teller, traffic, neighbours, points, turn, recovered, lanes, rested }
    }

    /// Begins to work: for the lock at once where it is free, else as soon as its holder is gone.
    pub fn begin(self: &Rc<Self>) {
        for lane in 0..self.lanes.len() {
            let outbox = self.clone();
            tokio::task::spawn_local(async move { outbox.serve(lane).await });
        }
        self.ask_for_the_turn();
    }

    fn ask_for_the_turn(self: &Rc<Self>) {
        match lock::take(self.archive.dir()) {
            Ok(lock::Turn::Ours(held)) => self.take_over(held),
            Ok(lock::Turn::Elsewhere(queued)) => {
                self.stands(
                    Err(own(
                        "another casedesk has this store open: sending, looking and deciding is done there",
                    )),
                    true,
                );
                let (got, waiting) = tokio::sync::oneshot::channel();
                // The thread sleeps in the kernel; it ends with the process where the lock never comes.
                let wait = move || drop(got.send(queued.wait()));
                if let Err(error) = thread::Builder::new().name("outbox lock".into()).spawn(wait) {
                    return self.give_up_the_turn(&error);
                }
                let outbox = self.clone();
                tokio::task::spawn_local(async move {
                    match waiting.await {
                        Ok(Ok(held)) => outbox.take_over(held),
                        Ok(Err(error)) => outbox.give_up_the_turn(&error),
                        Err(_) => outbox.give_up_the_turn(&io::Error::other("nobody waits for it any more")),
                    }
                });
            }
            Err(error) => self.give_up_the_turn(&error),
        }
    }

    /// From here on this program sends.
    fn take_over(&self, held: lock::Held) {
        self.stands(Ok(held), false);
        self.poke_all();
    }

    /// This program will not send until somebody has it try again; whether another one does is not known.
    fn give_up_the_turn(&self, error: &io::Error) {
        let why = say!("{} cannot be used: {}", own(lock::FILE), Raw::new(error.to_string()).show());
        self.stands(Err(why), false);
    }

    fn stands(&self, turn: Result<lock::Held, SafeText>, elsewhere: bool) {
        let differs = turn.is_err() || self.traffic.is_elsewhere();
        match &turn {
            Err(why) if !elsewhere => {
                self.traffic.bar(self.sources.iter().map(|source| source.name.as_str()), why);
            }
            _ => self.traffic.unbar(),
        }
        *self.turn.borrow_mut() = turn;
        self.traffic.set_elsewhere(elsewhere);
        if differs {
            // The screen may have asked before this was known.
            self.teller.tell(Event::StoreMoved);
        }
    }

    /// Whether this program is the one that sends; or why it is not.
    pub(super) fn has_the_turn(&self) -> Result<(), SafeText> {
        self.turn.borrow().as_ref().map(|_| ()).map_err(SafeText::clone)
    }

    /// What the last holder of the lock had claimed may have left. Nothing else is done before that is on the disk.
    fn recover(&self) -> Result<(), SafeText> {
        if self.recovered.get() {
            return Ok(());
        }
        let now = self.teller.clock.now();
        let recovered = self.archive.with(now, |store| {
            // However the outcome will be settled, the first step is the same.
            let terms = Terms::of(Settling::Nobody);
            store.recover(now, &self.who, |life| life::recover(life, life::Lock::Ours, terms).ok())
        })?;
        self.keep_to_pauses(now)?;
        self.recovered.set(true);
        for entry in recovered {
            let says = say!(
                "{}: casedesk ended while it was being sent; whether it arrived is being found out",
                self.named(&entry)
            );
            self.tell(&entry, entry.life.state, says);
        }
        Ok(())
    }

    /// What providers asked of the last holder of the lock holds for this one.
    fn keep_to_pauses(&self, now: Moment) -> Result<(), SafeText> {
        for (lane, source) in self.lanes.iter().zip(self.sources.iter()) {
            if let Some(until) = self.archive.with(now, |store| store.pause(&source.name, now))? {
                self.rest_as_asked(lane, source, until);
            }
        }
        Ok(())
    }

    /// Has a profile's lane look again at what is due.
    pub fn poke(&self, profile: &str) {
        for (lane, source) in self.lanes.iter().zip(self.sources.iter()) {
            if source.name == profile {
                self.teller.send(Heard::Begun);
                lane.pokes.set(lane.pokes.get() + 1);
                lane.poked.notify_one();
            }
        }
    }

    pub fn poke_all(&self) {
        for source in self.sources.iter() {
            self.poke(&source.name);
        }
    }

    /// A person wants everything tried now, whatever it was waiting for; but for a pause that the provider asked for.
    pub fn send_now(self: &Rc<Self>) -> Result<(), SafeText> {
        if self.has_the_turn().is_err() && !self.traffic.is_elsewhere() {
            self.ask_for_the_turn();
        }
        if self.traffic.is_elsewhere() {
            self.neighbours.tell();
            return Err(own("another casedesk has this store open and sends; it was asked to look now"));
        }
        self.has_the_turn()?;
        let now = self.teller.clock.now();
        let (mut tried, mut held) = (false, None);
        for (lane, source) in self.lanes.iter().zip(self.sources.iter()) {
            let asked = lane.asked_to_wait.get().filter(|until| *until > now);
            if asked.is_none() {
                lane.rest.set(None);
                self.traffic.rest_no_longer(&source.name);
                self.hurry(source);
            }
            if self.live(source).is_some_and(|live| live.iter().any(|entry| entry.life.state == State::Queued))
            {
                tried |= asked.is_none();
                held = held.max(asked);
            }
            lane.unreached.set(0);
            lane.refused.set(false);
            self.traffic.go_on(&source.name);
        }
        self.poke_all();
        match held {
            Some(until) if !tried => {
                Err(say!("nothing was tried: the provider asked to wait until {}", Second(until)))
            }
            _ => Ok(()),
        }
    }

    /// What waits of our own accord waits no longer. Where the disk does not take that, it waits on.
    fn hurry(&self, source: &Source) {
        for entry in self.live(source).unwrap_or_default().iter() {
            if let Ok(life) = life::hurry(entry.life) {
                let _ = self.shift(entry, life, Shift::of(None, own("is tried now")));
            }
        }
    }

    /// Waits until nothing is due any more.
    pub async fn at_rest(&self) {
        loop {
            let rested = self.rested.notified();
            if self.lanes.iter().all(|lane| !lane.working.get() && lane.pokes.get() == 0) {
                return;
            }
            rested.await;
        }
    }

    /// Waits until no copy is between its claim and the record of its outcome.
    pub async fn landed(&self) {
        loop {
            let rested = self.rested.notified();
            if self.lanes.iter().all(|lane| !lane.sending.get()) {
                return;
            }
            rested.await;
        }
    }

    async fn serve(self: Rc<Self>, at: usize) {
        let Some(lane) = self.lanes.get(at) else { return };
        loop {
            let pokes = lane.pokes.take();
            lane.working.set(true);
            let next = self.work(at).await;
            lane.working.set(false);
            for _ in 0..pokes {
                self.teller.send(Heard::Ended);
            }
            self.rested.notify_waiters();
            match next {
                None => lane.poked.notified().await,
                Some(next) => tokio::select! {
                    () = lane.poked.notified() => {}
                    () = self.teller.clock.reach(next) => {}
                },
            }
        }
    }

    /// Does what is due, and says when the next thing is.
    async fn work(&self, at: usize) -> Option<Moment> {
        let (lane, source) = (self.lanes.get(at)?, self.sources.get(at)?);
        self.has_the_turn().ok()?;
        let retry = |outbox: &Outbox| Some(outbox.teller.clock.now().plus(STORE_RETRY));
        if let Err(why) = self.recover() {
            let says = say!(
                "what was left in the middle of being sent cannot be looked at: {}; it is tried again",
                why
            );
            self.teller.tell(Event::StoreFails(says));
            return retry(self);
        }
        if self.record_at_last(lane).is_err() {
            return retry(self);
        }
        loop {
            let Some(live) = self.live(source) else { return retry(self) };
            let mut done = false;
            for entry in live {
                if self.due(lane, &entry).is_some_and(|due| due <= self.teller.clock.now()) {
                    done |= self.advance(lane, source, &entry.id).await;
                    if lane.unrecorded.borrow().is_some() {
                        return retry(self);
                    }
                }
            }
            if !done {
                break;
            }
        }
        self.read_queues(lane, source).await;
        // What was due and did not move is not tried again at once.
        let Some(live) = self.live(source) else { return retry(self) };
        let now = self.teller.clock.now();
        let due = live.iter().filter_map(|entry| self.due(lane, entry));
        due.map(|due| if due <= now { now.plus(STORE_RETRY) } else { due }).min()
    }

    /// What is under way for a profile; nothing where the store does not say.
    fn live(&self, source: &Source) -> Option<Vec<Entry>> {
        let live = self.archive.with(self.teller.clock.now(), |store| store.live_entries()).ok()?;
        Some(live.into_iter().filter(|entry| entry.draft.profile == source.name).collect())
    }

    /// When something is to be done about an entry, if by this program and ever.
    fn due(&self, lane: &Lane, entry: &Entry) -> Option<Moment> {
        let terms = self.terms(entry)?;
        let stamp = self.teller.clock.stamp();
        let when = match entry.life.state {
            State::Queued => entry.life.waits(stamp.at).unwrap_or(stamp.at),
            State::Unknown => match life::next_look(entry.life, stamp, jitter(&entry.id), terms).ok()? {
                Next::At(at) => at,
                Next::Person => return Some(stamp.at),
            },
            // The lane that would be sending it is asking.
            State::Sending => return Some(stamp.at),
            _ => return None,
        };
        if self.traffic.is_paused(&entry.draft.profile) {
            return None;
        }
        Some(lane.rest.get().map_or(when, |rest| when.max(rest)))
    }

    /// One thing about one entry, read anew; whether anything came of it.
    async fn advance(&self, lane: &Lane, source: &Source, id: &str) -> bool {
        let now = self.teller.clock.now();
        let Ok(Some(entry)) = self.archive.with(now, |store| store.entry(id)) else { return false };
        match entry.life.state {
            State::Queued => self.send(lane, source, entry).await,
            State::Unknown => self.settle(lane, source, entry).await,
            State::Sending => self.left(lane, &entry),
            _ => false,
        }
    }

    /// The terms of an entry's action; nothing where this program does not know it.
    pub(super) fn terms(&self, entry: &Entry) -> Option<Terms> {
        self.declared(&entry.draft).ok()?;
        Some(Terms::of(entry.settling))
    }

    fn note(&self, event: &'static str, case: Option<&CaseId>, entry: &str, detail: SafeText) -> Note {
        Note {
            at: self.teller.clock.now(),
            who: self.who.clone(),
            event,
            case: case.cloned(),
            subject: if case.is_some() { Raw::default() } else { Raw::new(entry) },
            detail: Raw::new(say!("{} [{}]", detail, Raw::new(entry).id()).as_str()),
        }
    }

    fn title(&self, draft: &Draft) -> SafeText {
        draft.title(source::action_of(&self.sources, draft))
    }

    /// "Submit of 2600410001".
    fn named(&self, entry: &Entry) -> SafeText {
        let title = self.title(&entry.draft);
        entry.case().map_or(title.clone(), |case| say!("{} of {}", title, case.number.id()))
    }

    /// "New dispute 2600412101", where the provider gave its number.
    fn named_as(&self, entry: &Entry, remote: &Raw) -> SafeText {
        match entry.case() {
            None if !remote.is_empty() => say!("{} {}", self.title(&entry.draft), remote.id()),
            _ => self.named(entry),
        }
    }

    fn tell(&self, entry: &Entry, state: State, says: SafeText) {
        let (entry, case) = (entry.id.clone(), entry.draft.case.clone());
        self.teller.tell(Event::OutboxMoved(Moved { entry, case, state, says }));
    }

    /// As [`Outbox::shift`], for the lanes: what the disk does not take is told, and tried again later.
    fn shifted(&self, lane: &Lane, entry: &Entry, life: Life, shift: Shift) -> bool {
        self.shift(entry, life, shift).unwrap_or_else(|why| {
            let says = say!(
                "{}: what became of it could not be written down: {}; it is tried again",
                self.named(entry),
                why
            );
            self.tell(entry, entry.life.state, says);
            lane.rest.set(Some(self.teller.clock.now().plus(STORE_RETRY)));
            false
        })
    }

    /// Moves an entry without a copy having been sent, and tells of it; whether it was still as it is thought to be.
    fn shift(&self, entry: &Entry, life: Life, shift: Shift) -> Result<bool, SafeText> {
        let next = self.step_after(entry, life, shift.answer.as_deref());
        let says = next.told(entry, &shift.says);
        let change = crate::store::Change {
            why: Raw::new(says.as_str()),
            look: shift.look,
            decided_by: shift.decided_by,
            decided_why: shift.decided_why,
            remote: shift.remote,
            answer: shift.answer.as_deref(),
            next: next.kept(),
            at: self.teller.clock.now(),
        };
        let note = shift.event.map(|event| {
            let detail = say!("{}: {}", self.title(&entry.draft), shift.says);
            self.note(event, entry.case(), &entry.id, detail)
        });
        let moved = self
            .archive
            .with(change.at, |store| store.moved(&entry.id, entry.version, &life, &change, note.as_ref()))?;
        if moved {
            self.neighbours.tell();
            let says = say!("{}: {}", self.named_as(entry, &change.remote), says);
            self.tell(entry, next.state(life), says);
        }
        Ok(moved)
    }
}

/// What is written down when an entry moves.
struct Shift {
    /// The journal's word, where it is worth one.
    event: Option<&'static str>,
    says: SafeText,
    look: Option<Raw>,
    decided_by: Raw,
    decided_why: Raw,
    remote: Raw,
    /// What stands for an answer that nobody saw.
    answer: Option<Vec<u8>>,
}

impl Shift {
    fn of(event: Option<&'static str>, says: SafeText) -> Shift {
        let (decided_by, decided_why, remote) = (Raw::default(), Raw::default(), Raw::default());
        Shift { event, says, look: None, decided_by, decided_why, remote, answer: None }
    }
}

/// How long to wait before the store is tried again.
const STORE_RETRY: i64 = 5 * SECOND;

/// Up to three seconds, always the same for one entry, so that desks which failed together do not return together.
pub fn jitter(id: &str) -> u32 {
    let digits: String = id.chars().rev().filter(char::is_ascii_hexdigit).take(6).collect();
    u32::from_str_radix(&digits, 16).unwrap_or(0) % 3000
}
