//! The end of the program at every durable step of a submission, and what the next start makes of it. The real program
//! runs in a terminal and dies by SIGKILL; the provider's stand-in lives on in the test, and its own record of what had
//! an effect is the judge.

mod pty;

use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt, time::Duration};

use casedesk::{
    action::{Draft, Entry, State},
    case::Moment,
    desk::unseen,
    run::outbox::points::Point,
    sandbox::{self, Origin, Served, Trouble},
    store::{self, Chain, Store},
};
use pty::{CEILING, Pty, Signal, Start};
use tempfile::TempDir;

const NOTE: &str = "They never came.";
const LETTER: &str = "letter.txt";
/// How long a review does not listen for.
const READING: Duration = Duration::from_millis(unseen::READING as u64);
/// What a shell tells of a program that SIGKILL ended.
const KILLED: i32 = 128 + 9;

/// What outlives a program: the provider, the disk, the configuration.
struct World {
    served: Served,
    home: TempDir,
}

impl World {
    fn new() -> World {
        let origin = Origin { seed: 1, cases: 60, born: sandbox::clock()(), changes: Vec::new() };
        let here = SocketAddr::from(([127, 0, 0, 1], 0));
        let served = sandbox::serve(sandbox::world(origin), here, sandbox::clock()).unwrap();
        let home = TempDir::new().unwrap();
        let key = home.path().join("api.key");
        fs::write(&key, served.api_key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        let profile = format!(
            "[profile.local]\nprovider = \"nets\"\nenvironment = \"test\"\nbase = \"{}\"\nauth = \"api-key\"\n\
             api-key = {{ file = \"api.key\" }}\n",
            served.base
        );
        fs::write(home.path().join("config.toml"), profile).unwrap();
        World { served, home }
    }

    /// A casedesk with its first screen drawn; `more` stands behind the usual arguments.
    fn program(&self, more: &[&str]) -> Pty {
        let (config, store) = (self.home.path().join("config.toml"), self.home.path().join("store"));
        let mut args = vec!["--config", config.to_str().unwrap(), "--store", store.to_str().unwrap()];
        args.extend(more);
        let pty = Pty::start_with(Start { args: &args, ..Start::default() });
        fs::write(pty.home().join(LETTER), b"I did not buy this").unwrap();
        pty.sees("6000 Awaiting");
        pty
    }

    fn store(&self) -> Store {
        let dir = self.home.path().join("store");
        Store::open(&dir, &store::install_key(&dir).unwrap()).unwrap()
    }

    fn entries(&self) -> Vec<Entry> {
        self.store().entries(Moment(0)).unwrap()
    }

    fn drafts(&self) -> Vec<Draft> {
        self.store().drafts().unwrap().into_iter().map(|(draft, _)| draft).collect()
    }

    /// How often the provider did what was asked.
    fn effects(&self) -> usize {
        self.served.written().iter().filter(|written| !written.repeated).count()
    }

    /// How many copies came to the provider.
    fn copies(&self) -> usize {
        self.served.troubles.count("PUT ")
    }

    /// What holds wherever the program ended: of each case at most one effect, exactly one where "accepted" is said, and
    /// until then the analyst's text and file.
    #[track_caller]
    fn keeps_its_promises(&self) {
        let store = self.store();
        assert!(matches!(store.verify().unwrap(), Chain::Whole { .. }), "the journal");
        for entry in self.entries() {
            let number = entry.case().unwrap().number.exact();
            let written = self.served.written();
            let effects = written.iter().filter(|one| one.case == number && !one.repeated).count();
            match entry.life.state {
                State::Accepted => assert_eq!(effects, 1, "{entry:?}"),
                State::Unknown | State::Sending => assert!(effects <= 1, "{entry:?}"),
                state => assert_eq!(effects, 0, "{state:?}: {entry:?}"),
            }
            // What was frozen travels with the entry; as a draft it comes back only when the provider refuses it.
            assert!(store.draft(&entry.draft.id).unwrap().is_none(), "a draft beside its entry: {entry:?}");
            if entry.life.state != State::Accepted {
                self.is_whole(&entry.draft);
            }
        }
        self.drafts().iter().for_each(|draft| self.is_whole(draft));
    }

    /// A draft has its text, and its file's bytes are kept.
    #[track_caller]
    fn is_whole(&self, draft: &Draft) {
        assert_eq!(draft.values.text("notes"), NOTE);
        let files: Vec<_> = draft.values.all_files().collect();
        assert_eq!(files.len(), 1, "{draft:?}");
        assert_eq!(files[0].name.exact(), LETTER);
        let bytes = self.store().file(&files[0].sha256).unwrap();
        assert_eq!(bytes.as_deref(), Some(b"I did not buy this".as_slice()));
    }

    /// Waits until something holds of the world.
    #[track_caller]
    fn comes_to(&self, what: &str, pty: &Pty, holds: impl Fn(&World) -> bool) {
        let begun = std::time::Instant::now();
        while !holds(self) {
            assert!(begun.elapsed() < CEILING, "{what}: not within {CEILING:?}. The screen:\n{}", pty.text());
            pty.is_silent(Duration::from_millis(20));
        }
    }
}

/// How many cases of the world stand in queue 6000.
const WAITING: usize = 16;

/// Fills and reviews the action "submit" of the first of so many cases in queue 6000, and presses the key that sends it.
fn submits(pty: &mut Pty, waiting: usize) {
    // What is kept here is as the provider has it now.
    pty.sees(&format!("6000 Awaiting Dispute… {waiting}"));
    pty.type_keys("6g");
    pty.sees(&format!("6000 Awaiting Dispute Submission  1/{waiting}"));
    pty.type_keys("\r");
    pty.sees("Timeline");
    pty.type_keys("s");
    pty.sees("Submit 26004");
    pty.type_keys(NOTE);
    pty.sees(NOTE);
    pty.type_keys("\t");
    pty.sees(LETTER);
    pty.type_keys("letter");
    pty.sees("▶ letter.txt");
    pty.type_keys("\r");
    pty.sees("attached: letter.txt");
    sends(pty);
}

/// From a form through its review.
fn sends(pty: &mut Pty) {
    pty.type_keys("\x12");
    pty.sees("Review: Submit");
    // A review listens only once it could have been read.
    pty.settles(2 * READING);
    pty.type_keys("s");
}

fn opens_outbox(pty: &mut Pty) {
    pty.type_keys("B");
    pty.sees("─ Outbox");
}

/// What the next start makes of it.
#[derive(Clone, Copy, Debug)]
enum Then {
    /// The draft is there and nothing was queued.
    Draft,
    /// It is sent.
    Sent,
    /// Nobody knows; a look finds nothing, which proves nothing.
    Unknown,
    /// Nobody knows; a look finds it.
    Found,
    /// It was known already.
    Known,
}

fn then(point: Point) -> Then {
    match point {
        Point::Frozen | Point::Queueing => Then::Draft,
        Point::Queued | Point::Claiming => Then::Sent,
        Point::Claimed | Point::Gated => Then::Unknown,
        Point::Answered | Point::Recording => Then::Found,
        Point::Recorded => Then::Known,
    }
}

/// Dies at a place of a submission, starts again, and looks at what became of it.
fn dies_at(name: &str) {
    let point = Point::named(name).unwrap();
    let world = World::new();
    let mut ann = world.program(&["--die-at", name]);
    submits(&mut ann, WAITING);
    assert_eq!(ann.wait(), KILLED, "{}", ann.text());
    world.keeps_its_promises();

    // What lies on the disk.
    let states: Vec<_> = world.entries().iter().map(|entry| entry.life.state).collect();
    let (expected, copies): (&[State], _) = match then(point) {
        Then::Draft => (&[], 0),
        Then::Sent => (&[State::Queued], 0),
        Then::Unknown => (&[State::Sending], 0),
        Then::Found => (&[State::Sending], 1),
        Then::Known => (&[State::Accepted], 1),
    };
    assert_eq!((states.as_slice(), world.copies(), world.effects()), (expected, copies, copies));

    // What the next start makes of it. Half a minute need not pass: `L` looks at once.
    let mut ann = world.program(&[]);
    opens_outbox(&mut ann);
    match then(point) {
        Then::Draft => {
            ann.sees("Drafts (1)");
            assert_eq!((world.entries().len(), world.copies()), (0, 0));
            ann.type_keys("\r");
            ann.sees("letter.txt, text/plain, 18 bytes");
            sends(&mut ann);
            world.comes_to("accepted", &ann, |world| {
                world.entries().first().is_some_and(|entry| entry.life.state == State::Accepted)
            });
        }
        Then::Sent => ann.sees("Ended of late (1)"),
        Then::Unknown => {
            ann.sees("outcome unknown");
            ann.type_keys("L");
            ann.sees("read back without a trace");
            assert_eq!(world.entries()[0].life.state, State::Unknown);
            assert_eq!(world.copies(), 0, "it is never sent again by itself");
            return world.keeps_its_promises();
        }
        Then::Found => {
            ann.sees("outcome unknown");
            ann.type_keys("L");
            ann.sees("Ended of late (1)");
        }
        Then::Known => ann.sees("Ended of late (1)"),
    }
    assert_eq!(world.entries()[0].life.state, State::Accepted);
    assert_eq!((world.copies(), world.effects()), (1, 1));
    world.keeps_its_promises();
}

/// A test for each place, so that they run side by side.
macro_rules! dies_at {
    ($($name:ident)*) => {
        mod dies_at {
            $(#[test]
            fn $name() {
                super::dies_at(stringify!($name));
            })*
        }

        #[test]
        fn every_place_is_tried() {
            assert_eq!(Point::ALL.map(|(name, _)| name).as_slice(), [$(stringify!($name)),*]);
        }
    };
}

dies_at!(frozen queueing queued claiming claimed gated answered recording recorded);

#[test]
fn a_program_killed_while_the_provider_has_not_begun_leaves_an_unknown_outcome() {
    let world = World::new();
    world.served.troubles.next(1, "PUT ", Trouble::Hold);
    let mut ann = world.program(&[]);
    submits(&mut ann, WAITING);
    world.comes_to("a copy at the provider", &ann, |world| world.copies() == 1);
    ann.signal(Signal::KILL);
    assert_eq!(ann.wait(), KILLED);
    let mut ann = world.program(&[]);
    opens_outbox(&mut ann);
    ann.sees("outcome unknown");
    ann.type_keys("L");
    ann.sees("read back without a trace");
    assert_eq!((world.effects(), world.entries()[0].life.state), (0, State::Unknown));
    world.keeps_its_promises();
    // Whether the copy that is still held there arrives now or died with its connection: never twice.
    world.served.troubles.clear();
    ann.type_keys("L");
    world.comes_to("a second look", &ann, |world| world.entries()[0].looks.len() == 2);
    assert_eq!(world.copies(), 1);
    world.keeps_its_promises();
}

#[test]
fn a_program_killed_while_the_provider_is_done_and_says_nothing_finds_it_there() {
    let world = World::new();
    world.served.troubles.next(1, "PUT ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
    let mut ann = world.program(&[]);
    submits(&mut ann, WAITING);
    world.comes_to("the effect", &ann, |world| world.effects() == 1);
    ann.signal(Signal::KILL);
    assert_eq!(ann.wait(), KILLED);
    world.keeps_its_promises();
    let mut ann = world.program(&[]);
    opens_outbox(&mut ann);
    ann.sees("outcome unknown");
    ann.type_keys("L");
    ann.sees("Ended of late (1)");
    assert_eq!(world.entries()[0].life.state, State::Accepted);
    assert_eq!((world.copies(), world.effects()), (1, 1));
    world.keeps_its_promises();
}

#[test]
fn nobody_sends_for_a_stopped_program_until_it_is_dead() {
    let world = World::new();
    world.served.troubles.next(1, "PUT ", Trouble::AfterEffect(Box::new(Trouble::Hold)));
    let mut ann = world.program(&[]);
    submits(&mut ann, WAITING);
    world.comes_to("the effect", &ann, |world| world.effects() == 1);
    ann.signal(Signal::STOP);
    ann.stops();

    let mut bob = world.program(&[]);
    opens_outbox(&mut bob);
    bob.sees("another casedesk sends");
    bob.sees("sending");
    bob.type_keys("\x1b");
    bob.sees_that("no outbox", |screen| !screen.contents().contains("─ Outbox"));
    submits(&mut bob, WAITING - 1);
    world.comes_to("queued", &bob, |world| world.entries().len() == 2);
    opens_outbox(&mut bob);
    bob.sees("Under way (2)");
    // Not even when asked to.
    bob.type_keys("S");
    bob.sees("another casedesk has this store open and sends");
    let states = |world: &World| {
        let mut entries = world.entries();
        entries.sort_by(|one, two| one.id.cmp(&two.id));
        entries.iter().map(|entry| entry.life.state).collect::<Vec<_>>()
    };
    assert_eq!(states(&world), [State::Sending, State::Queued]);
    assert_eq!(world.copies(), 1);

    ann.signal(Signal::KILL);
    assert!(ann.is_gone_within(CEILING));
    bob.sees("outcome unknown");
    world.comes_to("the second sent", &bob, |world| states(world) == [State::Unknown, State::Accepted]);
    bob.sees("Ended of late (1)");
    bob.type_keys("gL");
    bob.sees("Ended of late (2)");
    assert_eq!(states(&world), [State::Accepted, State::Accepted]);
    assert_eq!((world.copies(), world.effects()), (2, 2));
    world.keeps_its_promises();
}
