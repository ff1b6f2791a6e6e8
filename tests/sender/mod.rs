//! The outbox at work without a screen: the network thread with a real store and the sandbox over real HTTP, and nobody
//! but the test to hear what it tells. Time stands still unless the test moves it.
#![allow(dead_code)]

#[path = "../world/mod.rs"]
mod world;

use std::{sync::mpsc, time::Duration};

use casedesk::{
    action::{Draft, Entry, EntryId, State, Values},
    case::{Case, CaseId, Moment},
    desk::words::{Effect, Event, Moved, NotQueued, Submission, Told},
    run::{
        Heard, Teller,
        neighbours::Neighbours,
        network::{Network, Places},
        outbox::{points::Point, traffic::Traffic},
        papers::Papers,
        source::Source,
    },
    store::{Note, Store},
    text::Raw,
};
pub use world::*;

/// How often a question is tried.
const TRIES: u32 = 2;

impl World {
    /// A casedesk that works on the store.
    pub fn program(&self) -> Program<'_> {
        Program::start(self)
    }

    /// The same at another provider.
    pub fn program_at(&self, provider: &str) -> Program<'_> {
        Program::of(self, self.source_of(provider, TRIES))
    }

    /// The same at another provider, by a profile that says this beside what it has to say.
    pub fn program_of(&self, provider: &str, rows: &[(&str, &str)]) -> Program<'_> {
        Program::of(self, self.source_with(provider, rows, TRIES))
    }

    /// A network thread that works on the store, the way to speak for it, and where it is heard.
    pub fn network(
        &self,
        store: &Store,
        traffic: Traffic,
    ) -> (Network, mpsc::Sender<Heard>, mpsc::Receiver<Heard>) {
        self.network_of(store, traffic, self.source(TRIES, true))
    }

    fn network_of(
        &self,
        store: &Store,
        traffic: Traffic,
        source: Source,
    ) -> (Network, mpsc::Sender<Heard>, mpsc::Receiver<Heard>) {
        let (channel, heard) = mpsc::channel();
        let teller = Teller { channel: channel.clone(), clock: self.clock.clone() };
        let papers = Papers::start(env!("CARGO_BIN_EXE_casedesk").into(), teller.clone());
        let bringer = papers.bringer();
        // Its thread ends with the network's: waiting for it here would be too early.
        std::mem::forget(papers);
        let places = Places {
            store: self.dir(),
            sound: store.soundness(),
            saves: self.home.path().to_owned(),
            papers: bringer,
            traffic,
            neighbours: Neighbours::default(),
            points: self.points.clone(),
        };
        let network = Network::start(vec![source], places, Raw::new("ann"), teller);
        (network, channel, heard)
    }

    /// Everything is later, for those who wait for it.
    pub fn passes(&self, milliseconds: i64) {
        self.clock.set(self.clock.now().plus(milliseconds));
    }
}

/// One running casedesk: its network thread, and a look into the store.
pub struct Program<'w> {
    pub world: &'w World,
    pub store: Store,
    pub traffic: Traffic,
    network: Network,
    heard: mpsc::Receiver<Heard>,
    pending: i64,
    /// Everything that was told of entries, in order.
    pub told: Vec<Moved>,
    events: Vec<Event>,
}

impl<'w> Program<'w> {
    fn start(world: &'w World) -> Program<'w> {
        Program::of(world, world.source(TRIES, true))
    }

    fn of(world: &'w World, source: Source) -> Program<'w> {
        let store = world.store();
        let traffic = Traffic::default();
        let (network, _, heard) = world.network_of(&store, traffic.clone(), source);
        let (told, events) = (Vec::new(), Vec::new());
        let mut program = Program { world, store, traffic, network, heard, pending: 0, told, events };
        program.poked();
        program
    }

    /// Lets the outbox look at what is due, and waits until it rests.
    pub fn poked(&mut self) -> &mut Self {
        self.network.poke();
        self.rests()
    }

    /// Has an effect carried out and waits until everything that it set off is done; gives its closing event.
    pub fn carries_out(&mut self, effect: Effect) -> Event {
        self.begins(effect);
        self.rests();
        self.events.pop().expect("an effect was not closed")
    }

    /// The same, without waiting.
    pub fn begins(&mut self, effect: Effect) -> &mut Self {
        self.pending += 1;
        self.network.take(effect);
        self
    }

    /// Waits until nothing is under way.
    pub fn rests(&mut self) -> &mut Self {
        loop {
            while let Ok(heard) = self.heard.try_recv() {
                self.hears(heard);
            }
            if self.pending == 0 {
                return self;
            }
            let heard = self.heard.recv_timeout(Duration::from_secs(60));
            self.hears(heard.expect("something is never done"));
        }
    }

    fn hears(&mut self, heard: Heard) {
        match heard {
            Heard::Begun => self.pending += 1,
            Heard::Ended => self.pending -= 1,
            Heard::Desk(Told { what: Event::OutboxMoved(moved), .. }) => self.told.push(moved),
            Heard::Desk(Told { what, .. }) if what.closes() => {
                self.pending -= 1;
                self.events.push(what);
            }
            _ => {}
        }
    }

    /// Waits until a count of requests has reached the stand-in, whatever else is under way.
    pub fn until_seen(&mut self, path: &str, count: usize) -> &mut Self {
        let begun = std::time::Instant::now();
        while self.world.served.troubles.count(path) < count {
            assert!(begun.elapsed() < Duration::from_secs(60), "{path} was never asked {count} times");
            if let Ok(heard) = self.heard.recv_timeout(Duration::from_millis(5)) {
                self.hears(heard);
            }
        }
        self
    }

    /// Reads a queue from the provider into the store.
    pub fn reads(&mut self, queue: &str) -> &mut Self {
        let errand = casedesk::desk::words::Errand::Queue { profile: SANDBOX.to_owned(), queue: queue.into() };
        let answer = self.carries_out(Effect::Ask(errand));
        assert!(matches!(answer, Event::Asked { answer: Ok(_), .. }), "{answer:?}");
        self
    }

    /// The cases of a queue as they are kept here.
    pub fn cases(&mut self, queue: &str) -> Vec<Case> {
        let place = casedesk::case::Place::Queue(casedesk::case::QueueId {
            profile: SANDBOX.to_owned(),
            id: queue.into(),
        });
        let query = casedesk::case::Query { place, filter: Default::default(), sort: Default::default() };
        let window = self.store.window(&query, 0, 10_000, self.world.clock.now()).unwrap();
        window.rows.iter().map(|row| self.store.case(&row.id).unwrap().unwrap().0).collect()
    }

    pub fn case(&self, id: &CaseId) -> Case {
        self.store.case(id).unwrap().unwrap().0
    }

    /// A form filled for a case.
    pub fn draft(&self, action: &str, case: &Case, notes: &str) -> Draft {
        let now = self.world.clock.now();
        let mut values = Values::default();
        if !notes.is_empty() {
            values.set_text("notes", notes);
        }
        Draft {
            id: casedesk::seal::new_id(now).unwrap(),
            profile: SANDBOX.to_owned(),
            action: action.to_owned(),
            case: Some(case.id.clone()),
            base: Some(Box::new(case.clone())),
            values,
        }
    }

    pub fn submits(&mut self, draft: &Draft) -> Result<EntryId, NotQueued> {
        let submission = Submission { draft: draft.clone(), version: 0, cards: Vec::new(), forced: false };
        self.submits_all_of(submission)
    }

    pub fn submits_all_of(&mut self, submission: Submission) -> Result<EntryId, NotQueued> {
        match self.carries_out(Effect::Submit(Box::new(submission))) {
            Event::Queued { answer, .. } => answer,
            other => panic!("{other:?}"),
        }
    }

    pub fn entry(&self, id: &str) -> Entry {
        self.store.entry(id).unwrap().expect("an entry is gone")
    }

    pub fn state(&self, id: &str) -> State {
        self.entry(id).life.state
    }

    /// Time passes, and what is due by then is done.
    pub fn waits(&mut self, milliseconds: i64) -> &mut Self {
        self.world.passes(milliseconds);
        self.poked()
    }

    /// Time passes, and nobody says so: what is due by then comes by itself.
    pub fn sleeps_until(&mut self, milliseconds: i64, id: &str, state: State) -> &mut Self {
        self.world.passes(milliseconds);
        let begun = std::time::Instant::now();
        while self.state(id) != state {
            assert!(begun.elapsed() < Duration::from_secs(60), "{id} never came to {state:?}");
            if let Ok(heard) = self.heard.recv_timeout(Duration::from_millis(5)) {
                self.hears(heard);
            }
        }
        self
    }

    pub fn disk_is_full_at(&self, point: Option<Point>) {
        self.world.disk_is_full_at(point);
    }

    /// The journal's events about a case, oldest first.
    pub fn journal(&self, id: &CaseId) -> Vec<String> {
        let mut events: Vec<_> =
            self.store.journal_of(id).unwrap().into_iter().map(|entry| entry.event).collect();
        events.reverse();
        events
    }
}

/// Nothing that the journal needs to be told.
pub fn note(at: Moment) -> Note {
    let (subject, detail) = (Raw::new("test"), Raw::default());
    Note { at, who: Raw::new("ann"), event: "test", case: None, subject, detail }
}
