//! Every order in which things can happen to one step of the outbox: copies that arrive late, twice or never, answers
//! that are lost, crashes, a provider that forgets its key, a sender that fell asleep, a person who decides. Every move
//! on this side is one of the program's own functions; the world around them is made up here. With all rules no order
//! breaks a promise; without any one of them some order does.

mod tree;

use std::collections::{BTreeSet, HashMap, VecDeque};

use casedesk::{
    action::life::*,
    case::{
        Moment,
        moment::{MINUTE, SECOND},
    },
};

// ---- the world

/// Time passes in steps: two of them are longer than a copy lives, one is longer than the time between two looks.
const STEP: i64 = 8 * MINUTE;

/// A copy arrives or dies before it is so many steps old.
const DEAD: i64 = 2;

/// A key that may be relied on for two steps (16 minutes, and the margin), and is forgotten after four.
const WINDOW: i64 = FORGOTTEN * STEP;
const FORGOTTEN: i64 = 4;

/// No step is written more often. Each copy more would only repeat what three of them can do to each other.
const MOST: u8 = 3;

/// It is always now. As time passes, everything else moves into the past.
const NOW: Stamp = Stamp { at: Moment(1_800_000_000_000), boot: 1, up: 1_000_000_000 };

const KINDS: [Settling; 5] = [
    Settling::Key { window_ms: WINDOW, reads: Reads::Can },
    Settling::Key { window_ms: WINDOW, reads: Reads::Cannot },
    Settling::Chosen,
    Settling::ReadBack,
    Settling::Nobody,
];
const KEY: Settling = KINDS[0];
const BARE_KEY: Settling = KINDS[1];
const CHOSEN: Settling = KINDS[2];
const READ_BACK: Settling = KINDS[3];
const NOBODY: Settling = KINDS[4];

/// A request on its way to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Copy {
    /// Steps since it was written.
    age: i64,
    key: Key,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Frozen,
    Other,
}

/// How far the living sender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sender {
    Idle,
    /// Claimed, and not yet at the gate.
    Claimed,
    /// Through the gate and written; no answer yet.
    Written,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct World {
    /// What is on the disk.
    life: Life,
    sender: Sender,
    /// Another sender, through the gate and asleep: it may write a copy whenever it wakes up.
    asleep: bool,
    /// The provider's own deadline passed.
    overdue: bool,
    written: u8,
    on_the_way: [Option<Copy>; 4],
    /// How often the provider applied the step.
    applied: u8,
    /// Whether a read-back shows it.
    shown: bool,
    /// Steps since the frozen key was sent first, of those that the provider remembers.
    key: Option<i64>,
}

const BEGIN: World = World {
    life: Life::queued(Late::Ask),
    sender: Sender::Idle,
    asleep: false,
    overdue: false,
    written: 0,
    on_the_way: [None; 4],
    applied: 0,
    shown: false,
    key: None,
};

/// What is tried.
#[derive(Clone, Copy)]
struct Trial {
    terms: Terms,
    memory: Memory,
    grounds: Grounds,
}

/// What is assumed of a provider that applies copies with one key once.
#[derive(Clone, Copy, PartialEq)]
enum Memory {
    Keeps,
    /// It may apply a step, answer 5xx and forget the key.
    MayForget,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Promise {
    /// P1: applied at most once.
    Once,
    /// P2: accepted only with proof.
    Proof,
    /// P3: refused or taken back only where nothing was done nor can be done.
    NotDone,
    /// P4: no live state without a way to a final one.
    WayOut,
}

impl World {
    fn breaks(&self) -> Option<Promise> {
        match self.life.state {
            _ if self.applied > 1 => Some(Promise::Once),
            State::Accepted if self.applied == 0 => Some(Promise::Proof),
            State::Rejected | State::Cancelled if self.applied > 0 => Some(Promise::NotDone),
            _ => None,
        }
    }

    fn writes(self, key: Key) -> Option<World> {
        let mut next = World { written: self.written + 1, ..self };
        let free = next.on_the_way.iter_mut().find(|copy| copy.is_none())?;
        *free = Some(Copy { age: 0, key });
        Some(next)
    }

    fn without(self, place: usize) -> World {
        let mut next = self;
        next.on_the_way[place] = None;
        next
    }

    /// A copy arrives.
    fn applies(self, place: usize, settling: Settling) -> World {
        let Some(copy) = self.on_the_way[place] else { return self };
        let known = copy.key == Key::Frozen
            && match settling {
                Settling::Key { .. } => self.key.is_some_and(|age| age < FORGOTTEN),
                Settling::Chosen => self.key.is_some(),
                Settling::ReadBack | Settling::Nobody => false,
            };
        let mut next = self.without(place);
        if !known {
            next.applied = (next.applied + 1).min(2);
            if copy.key == Key::Frozen {
                next.key = Some(copy.age);
            }
        }
        next
    }

    /// A step of time passes.
    fn later(self) -> World {
        let mut next = self.aged(|age| age + 1);
        next.life.not_before = next.life.not_before.map(|until| until.plus(-STEP));
        next.on_the_way = next.on_the_way.map(|copy| copy.filter(|copy| copy.age < DEAD));
        next
    }

    /// The same world, written in the one way that stands for all worlds with the same future. What no rule reads is
    /// left out (the count of tries is for [`next_look`] only), and a time in which nothing happened is no longer than
    /// the longest that any rule asks for.
    fn tidy(mut self, settling: Settling) -> World {
        let life = &mut self.life;
        life.attempts = u32::from(self.written) + u32::from(self.sender == Sender::Claimed);
        life.looks = Looks { tries: 0, last: None, ..life.looks };
        life.not_before = life.waits(NOW.at);
        if !life.state.is_live() {
            *life = Life { first_send: None, last_send: None, looks: Looks::default(), ..*life };
        }
        self.on_the_way.sort_unstable_by(|one, other| other.cmp(one));
        let window = matches!(settling, Settling::Key { .. });
        if window {
            self.key = self.key.filter(|age| *age < FORGOTTEN);
        } else {
            self.key = self.key.map(|_| 0);
            self.life.first_send = self.life.last_send;
        }
        let mut ages = Vec::new();
        self.aged(|age| {
            ages.push(age);
            age
        });
        ages.sort_unstable();
        let longest = if window { FORGOTTEN } else { DEAD };
        self.aged(|age| {
            let before = [0].iter().chain(&ages).take_while(|other| **other <= age);
            let pairs: Vec<_> = before.collect();
            pairs.windows(2).map(|pair| (pair[1] - pair[0]).min(longest)).sum()
        })
    }

    /// The same world with every point in time moved; `to` takes and gives steps into the past.
    fn aged(mut self, mut to: impl FnMut(i64) -> i64) -> World {
        let looks = &mut self.life.looks;
        for stamp in
            [&mut self.life.first_send, &mut self.life.last_send, &mut looks.first_empty, &mut looks.last_empty]
                .into_iter()
                .flatten()
        {
            let ago = STEP * to((NOW.up - stamp.up) / STEP);
            *stamp = Stamp { at: NOW.at.plus(-ago), up: NOW.up - ago, ..NOW };
        }
        for copy in self.on_the_way.iter_mut().flatten() {
            copy.age = to(copy.age);
        }
        self.key = self.key.map(to);
        self
    }

    /// The provider's own deadline: behind, or right ahead.
    fn deadline(&self) -> Moment {
        NOW.at.plus(if self.overdue { -SECOND } else { SECOND })
    }
}

// ---- what can happen next

type Happening = (&'static str, World);

fn happenings(world: World, trial: Trial) -> Vec<Happening> {
    let terms = trial.terms;
    let mut found = around(world, trial);
    if world.life.state.is_live() {
        match world.sender {
            Sender::Idle => at_rest(world, trial, &mut found),
            Sender::Claimed => before_the_write(world, terms, &mut found),
            Sender::Written => after_the_write(world, terms, &mut found),
        }
    }
    found
}

/// The network, the provider, the clock.
fn around(world: World, trial: Trial) -> Vec<Happening> {
    let mut found = Vec::new();
    for place in (0..world.on_the_way.len()).filter(|place| world.on_the_way[*place].is_some()) {
        let arrived = world.applies(place, trial.terms.settling);
        found.push(("a copy arrives", arrived));
        found.push(("a copy is lost", world.without(place)));
        if trial.memory == Memory::MayForget && arrived.applied > world.applied {
            found.push(("a copy arrives and its key is forgotten", World { key: world.key, ..arrived }));
        }
    }
    if world.applied > 0 && !world.shown {
        found.push(("a read-back would show it", World { shown: true, ..world }));
    }
    if world.asleep {
        let awake = World { asleep: false, ..world };
        found.push(("the sleeping sender dies", awake));
        found.extend(awake.writes(Key::Frozen).map(|next| ("the sleeping sender wakes up and writes", next)));
    }
    if world.sender != Sender::Written {
        found.push(("time passes", world.later()));
    }
    if !world.overdue && world.life.state.is_live() {
        found.push(("the deadline passes", World { overdue: true, ..world }));
    }
    found
}

/// Nobody is sending.
fn at_rest(world: World, trial: Trial, found: &mut Vec<Happening>) {
    let (life, terms) = (world.life, trial.terms);
    let mut move_to = |name, life: Result<Life, Barred>| {
        found.extend(life.ok().map(|life| (name, World { life, ..world })));
    };
    if terms.settling.reads() && world.shown {
        move_to("a read-back finds it", found_there(life));
    } else {
        move_to("a read-back shows nothing", not_found(life, NOW, terms));
        move_to("a read-back fails", not_read(life, NOW, terms));
    }
    move_to("it goes to a person", hand_over(life));
    move_to("it is taken back", take_back(life));
    // A person who looks, looks well: they see what was applied, and cannot see what is on its way.
    let says = |verdict| person_says(life, verdict, trial.grounds, NOW, Some(world.deadline()), terms);
    if world.applied > 0 {
        move_to("a person finds it", says(Verdict::There));
    } else {
        move_to("a person says to send it again", says(Verdict::SendAgain));
        move_to("a person closes it", says(Verdict::Close));
    }
    if world.written < MOST {
        if let Ok(life) = claim(life, NOW, terms) {
            found.push(("it is claimed", World { life, sender: Sender::Claimed, ..world }));
        }
        if gate(life, NOW, facts(world, Bytes::AsFrozen), terms) == Ok(Gate::Send) {
            let forgotten = world.writes(Key::Other);
            found.extend(
                forgotten.map(|next| ("it is written before it is durable, and a crash forgets that", next)),
            );
        }
    }
}

fn facts(world: World, bytes: Bytes) -> Facts {
    Facts { lock: Lock::Ours, bytes, deadline: Some(world.deadline()) }
}

fn before_the_write(world: World, terms: Terms, found: &mut Vec<Happening>) {
    for (name, bytes, key) in [
        ("it is written", Bytes::AsFrozen, Key::Frozen),
        ("other bytes are to be written", Bytes::Changed, Key::Other),
    ] {
        match gate(world.life, NOW, facts(world, bytes), terms) {
            Ok(Gate::Send) => {
                let next = world.writes(key);
                found.extend(next.map(|next| (name, World { sender: Sender::Written, ..next })));
            }
            Ok(Gate::Release(life, _)) => {
                found.push(("the gate holds it", World { life, sender: Sender::Idle, ..world }));
            }
            Err(_) => {}
        }
    }
    ends(world, "there is no connection", record(world.life, Outcome::NotSent, NOW, terms), found);
    ends(world, "it crashes before the write", recover(world.life, Lock::Ours, terms), found);
    // The second instance sees a claim that is getting old, while its sender only sleeps, already through the gate.
    if gate(world.life, NOW, facts(world, Bytes::AsFrozen), terms) == Ok(Gate::Send) {
        let asleep = World { asleep: true, ..world };
        ends(asleep, "another takes over", recover(world.life, Lock::Elsewhere, terms), found);
    }
}

fn after_the_write(world: World, terms: Terms, found: &mut Vec<Happening>) {
    ends(world, "no answer comes", record(world.life, Outcome::Unclear, NOW, terms), found);
    ends(world, "it crashes after the write", recover(world.life, Lock::Ours, terms), found);
    // The newest copy is answered; one of the same age does as well.
    let newest = world.on_the_way.iter().position(|copy| copy.is_some_and(|copy| copy.age == 0));
    let Some(place) = newest else { return };
    let answered = |outcome| record(world.life, outcome, NOW, terms);
    let applied = world.applies(place, terms.settling);
    ends(applied, "it is answered with proof", answered(Outcome::Proven), found);
    let dead = world.without(place);
    ends(dead, "it is refused", answered(Outcome::Refused), found);
    ends(dead, "the login is refused", answered(Outcome::Unauthorised), found);
    let until = NOW.at.plus(30 * SECOND);
    ends(dead, "it is too fast", answered(Outcome::TooFast { until }), found);
    ends(dead, "something is in the way", answered(Outcome::Conflict), found);
}

/// The sender comes to an end and leaves this life.
fn ends(world: World, name: &'static str, life: Result<Life, Barred>, found: &mut Vec<Happening>) {
    found.extend(life.ok().map(|life| (name, World { life, sender: Sender::Idle, ..world })));
}

// ---- walking all of it

struct Walk {
    /// What happened, and where it led.
    seen: BTreeSet<&'static str>,
    states: BTreeSet<&'static str>,
    /// The first break of each promise, with the shortest way to it.
    broken: Vec<(Promise, Vec<&'static str>)>,
}

/// Everything that can be reached. Stops at the first break of `until`.
fn walk(trial: Trial, until: Option<Promise>) -> Walk {
    let begin = BEGIN.tidy(trial.terms.settling);
    let mut places = HashMap::from([(begin, 0)]);
    // For every world: from which one it was reached first, by what, and from which ones it can be reached.
    let mut came: Vec<(usize, &'static str)> = vec![(0, "")];
    let mut from: Vec<Vec<usize>> = vec![Vec::new()];
    let mut open = VecDeque::from([(begin, 0)]);
    let mut ended = Vec::new();
    let mut walk = Walk { seen: BTreeSet::new(), states: BTreeSet::new(), broken: Vec::new() };
    while let Some((world, here)) = open.pop_front() {
        walk.states.insert(world.life.state.code());
        if let Some(promise) = world.breaks() {
            if walk.broken.iter().all(|(other, _)| *other != promise) {
                walk.broken.push((promise, way(&came, here)));
            }
            if until == Some(promise) {
                return walk;
            }
            ended.push(here);
            continue;
        }
        if !world.life.state.is_live() {
            ended.push(here);
        }
        for (name, next) in happenings(world, trial) {
            walk.seen.insert(name);
            let next = next.tidy(trial.terms.settling);
            let there = *places.entry(next).or_insert_with(|| {
                came.push((here, name));
                from.push(Vec::new());
                open.push_back((next, came.len() - 1));
                came.len() - 1
            });
            from[there].push(here);
        }
    }
    let mut has_way_out = vec![false; came.len()];
    while let Some(here) = ended.pop() {
        if !std::mem::replace(&mut has_way_out[here], true) {
            ended.extend(&from[here]);
        }
    }
    if let Some(here) = has_way_out.iter().position(|has| !has) {
        walk.broken.push((Promise::WayOut, way(&came, here)));
    }
    walk
}

fn way(came: &[(usize, &'static str)], mut here: usize) -> Vec<&'static str> {
    let mut names = Vec::new();
    while here != 0 {
        names.push(came[here].1);
        here = came[here].0;
    }
    names.reverse();
    names
}

/// All rules, a provider that does what it says, a person who has nothing but their eyes.
fn usual(settling: Settling) -> Trial {
    Trial { terms: Terms::of(settling), memory: Memory::Keeps, grounds: Grounds::Looked }
}

#[track_caller]
fn holds(settling: Settling) {
    let walk = walk(usual(settling), None);
    assert!(walk.broken.is_empty(), "{settling:?}: {:#?}", walk.broken);
    let all = BTreeSet::from(State::ALL.map(State::code));
    assert_eq!(walk.states, all, "{settling:?}: not every state was reached");
}

#[track_caller]
fn breaks(trial: Trial, promise: Promise) {
    let walk = walk(trial, Some(promise));
    let found = walk.broken.iter().any(|(broken, _)| *broken == promise);
    assert!(found, "nothing breaks {promise:?} with {:?}", trial.terms);
}

/// Without this rule this promise breaks with each of these providers.
#[track_caller]
fn needed(rule: Rule, promise: Promise, with: &[Settling]) {
    for settling in with {
        let terms = Terms { settling: *settling, rules: Rules::without(rule) };
        breaks(Trial { terms, ..usual(*settling) }, promise);
    }
}

#[test]
fn with_all_rules_no_order_breaks_a_promise_where_a_key_is_remembered_for_a_time() {
    holds(KEY);
    holds(BARE_KEY);
}

#[test]
fn with_all_rules_no_order_breaks_a_promise_where_the_id_is_ours() {
    holds(CHOSEN);
}

#[test]
fn with_all_rules_no_order_breaks_a_promise_where_it_can_only_be_read_back() {
    holds(READ_BACK);
}

#[test]
fn with_all_rules_no_order_breaks_a_promise_where_nothing_helps() {
    holds(NOBODY);
}

#[test]
fn everything_that_the_model_knows_happens() {
    let seen = walk(usual(KEY), None).seen;
    for name in [
        "a copy arrives",
        "a copy is lost",
        "a person closes it",
        "a person finds it",
        "a person says to send it again",
        "a read-back fails",
        "a read-back finds it",
        "a read-back shows nothing",
        "a read-back would show it",
        "it crashes after the write",
        "it crashes before the write",
        "it goes to a person",
        "it is answered with proof",
        "it is claimed",
        "it is refused",
        "it is taken back",
        "it is too fast",
        "it is written",
        "no answer comes",
        "something is in the way",
        "the deadline passes",
        "the gate holds it",
        "the login is refused",
        "there is no connection",
        "time passes",
    ] {
        assert!(seen.contains(name), "never: {name}");
    }
    assert_eq!(seen.len(), 25, "{seen:?}");
}

#[test]
fn sent_again_by_itself_it_is_applied_twice() {
    needed(Rule::NoBlindResend, Promise::Once, &[READ_BACK, NOBODY]);
}

#[test]
fn refused_beside_another_copy_it_is_done_all_the_same() {
    needed(Rule::RefusedAlone, Promise::NotDone, &[KEY, BARE_KEY, CHOSEN]);
}

#[test]
fn sent_again_when_the_key_is_forgotten_it_is_applied_twice() {
    needed(Rule::InsideWindow, Promise::Once, &[KEY, BARE_KEY]);
}

#[test]
fn taken_over_from_a_sleeper_it_is_sent_when_he_wakes_up() {
    needed(Rule::HolderDead, Promise::Once, &[BARE_KEY, NOBODY]);
    needed(Rule::HolderDead, Promise::NotDone, &[KEY, BARE_KEY, CHOSEN, READ_BACK, NOBODY]);
}

#[test]
fn decided_too_early_it_arrives_after_all() {
    needed(Rule::QuietFirst, Promise::NotDone, &KINDS);
    needed(Rule::QuietFirst, Promise::Once, &[READ_BACK, NOBODY]);
}

#[test]
fn written_before_it_is_durable_it_is_forgotten_and_sent_anew() {
    needed(Rule::DurableFirst, Promise::Once, &KINDS);
    needed(Rule::DurableFirst, Promise::NotDone, &KINDS);
}

#[test]
fn sent_again_with_other_bytes_it_is_another_action() {
    needed(Rule::SameBytes, Promise::Once, &[KEY, BARE_KEY, CHOSEN]);
}

#[test]
fn not_found_it_is_there_all_the_same() {
    needed(Rule::AbsenceIsNothing, Promise::NotDone, &[KEY, CHOSEN, READ_BACK]);
}

/// What no rule of ours can mend: such a provider is not declared as one that remembers keys.
#[test]
fn a_provider_that_applies_and_forgets_the_key_applies_twice() {
    for settling in [KEY, BARE_KEY, CHOSEN] {
        breaks(Trial { memory: Memory::MayForget, ..usual(settling) }, Promise::Once);
    }
    let forgetful = Trial { memory: Memory::MayForget, ..usual(READ_BACK) };
    assert!(walk(forgetful, None).broken.is_empty(), "declared as read back, it does no harm");
}

/// The one risk that a person may take, in writing.
#[test]
fn sent_again_before_a_deadline_on_the_providers_word_it_may_be_applied_twice() {
    breaks(Trial { grounds: Grounds::Confirmed, ..usual(NOBODY) }, Promise::Once);
}

#[test]
fn the_program_switches_no_rule_off() {
    for file in tree::sources().iter().filter(|file| file.path != "src/action/life/terms.rs") {
        let bare = tree::code::bare(&file.text);
        assert!(!bare.contains("Rules::without"), "{} switches a rule off", file.path);
    }
}
