//! One step of the outbox under whatever happens to it, in any order, by any clock: it never ends the program, never
//! forgets, and is never called accepted without proof. `outbox_model` says what that is worth at the provider.

use casedesk::{
    action::life::*,
    case::{
        Moment,
        moment::{HOUR, MINUTE, SECOND},
    },
};
use proptest::prelude::*;

#[derive(Clone, Copy, Debug)]
enum Event {
    Claim,
    Gate(Facts),
    Record(Outcome),
    Recover(Lock),
    Found,
    NotFound,
    NotRead,
    HandOver,
    Says(Verdict, Grounds),
    TakeBack,
    Stop,
    Hurry,
    PutOff(i64),
    Passes(i64),
    WallSet(i64),
    Restart,
}

const BEGIN: Moment = Moment(1_764_000_000_000);

fn moments() -> impl Strategy<Value = Moment> {
    prop_oneof![
        4 => (-2 * HOUR..2 * HOUR).prop_map(|passed| BEGIN.plus(passed)),
        1 => any::<i64>().prop_map(Moment),
    ]
}

fn facts() -> impl Strategy<Value = Facts> {
    let lock = prop_oneof![4 => Just(Lock::Ours), 1 => Just(Lock::Elsewhere)];
    let bytes = prop_oneof![4 => Just(Bytes::AsFrozen), 1 => Just(Bytes::Changed)];
    (lock, bytes, proptest::option::of(moments())).prop_map(|(lock, bytes, deadline)| Facts {
        lock,
        bytes,
        deadline,
    })
}

fn outcomes() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        1 => Just(Outcome::NotSent),
        1 => Just(Outcome::Proven),
        1 => Just(Outcome::Refused),
        1 => Just(Outcome::Unauthorised),
        1 => moments().prop_map(|until| Outcome::TooFast { until }),
        1 => Just(Outcome::Conflict),
        3 => Just(Outcome::Unclear),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let verdict = prop_oneof![Just(Verdict::There), Just(Verdict::SendAgain), Just(Verdict::Close)];
    let grounds = prop_oneof![Just(Grounds::Looked), Just(Grounds::Confirmed)];
    let passed = prop_oneof![Just(SECOND), Just(6 * MINUTE), Just(16 * MINUTE), 0..HOUR];
    prop_oneof![
        4 => Just(Event::Claim),
        2 => facts().prop_map(Event::Gate),
        4 => outcomes().prop_map(Event::Record),
        1 => prop_oneof![Just(Lock::Ours), Just(Lock::Elsewhere)].prop_map(Event::Recover),
        1 => Just(Event::Found),
        2 => Just(Event::NotFound),
        1 => Just(Event::NotRead),
        2 => Just(Event::HandOver),
        3 => (verdict, grounds).prop_map(|(verdict, grounds)| Event::Says(verdict, grounds)),
        1 => Just(Event::TakeBack),
        1 => Just(Event::Stop),
        1 => Just(Event::Hurry),
        1 => (-HOUR..24 * HOUR).prop_map(Event::PutOff),
        4 => passed.prop_map(Event::Passes),
        1 => prop_oneof![4 => -24 * HOUR..24 * HOUR, 1 => any::<i64>()].prop_map(Event::WallSet),
        1 => Just(Event::Restart),
    ]
}

fn kinds() -> impl Strategy<Value = Settling> {
    let reads = prop_oneof![Just(Reads::Can), Just(Reads::Cannot)];
    prop_oneof![
        (0..2 * HOUR, reads).prop_map(|(window_ms, reads)| Settling::Key { window_ms, reads }),
        Just(Settling::Chosen),
        Just(Settling::ReadBack),
        Just(Settling::Nobody),
    ]
}

/// The life after an event, where the event is allowed.
fn after(life: Life, event: Event, now: Stamp, deadline: Option<Moment>, terms: Terms) -> Result<Life, Barred> {
    match event {
        Event::Claim => claim(life, now, terms),
        Event::Gate(facts) => gate(life, now, facts, terms).map(|gate| match gate {
            Gate::Send => life,
            Gate::Release(life, _) => life,
        }),
        Event::Record(outcome) => record(life, outcome, now, terms),
        Event::Recover(lock) => recover(life, lock, terms),
        Event::Found => found_there(life),
        Event::NotFound => not_found(life, now, terms),
        Event::NotRead => not_read(life, now, terms),
        Event::HandOver => hand_over(life),
        Event::Says(verdict, grounds) => person_says(life, verdict, grounds, now, deadline, terms),
        Event::TakeBack => take_back(life),
        Event::Stop => stop(life),
        Event::Hurry => hurry(life),
        Event::PutOff(waited) => put_off(life, now.at.plus(-waited), now.at),
        Event::Passes(_) | Event::WallSet(_) | Event::Restart => Ok(life),
    }
}

fn moved(now: Stamp, event: Event) -> Stamp {
    match event {
        Event::Passes(passed) => Stamp { at: now.at.plus(passed), up: now.up.saturating_add(passed), ..now },
        Event::WallSet(by) => Stamp { at: now.at.plus(by), ..now },
        Event::Restart => Stamp { boot: now.boot + 1, up: 0, ..now },
        _ => now,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_a_step_keeps_its_word(
        settling in kinds(),
        deadline in proptest::option::of(moments()),
        events in proptest::collection::vec(events(), 0..60),
    ) {
        let terms = Terms::of(settling);
        let mut now = Stamp { at: BEGIN, boot: 1, up: HOUR };
        let mut life = Life::queued(Late::Ask);
        for event in events {
            now = moved(now, event);
            let done = after(life, event, now, deadline, terms);
            let next = match done {
                Ok(next) => next,
                Err(barred) => {
                    prop_assert!(!barred.words().is_empty());
                    life
                }
            };
            prop_assert!(next.attempts >= life.attempts, "{event:?} forgets an attempt");
            if !life.state.is_live() {
                prop_assert_eq!(next, life, "{:?} leaves a final state", event);
            }
            if next.state == State::Accepted && life.state != State::Accepted {
                let proof = matches!(
                    event,
                    Event::Record(Outcome::Proven) | Event::Found | Event::Says(Verdict::There, _)
                );
                prop_assert!(proof, "{event:?} is no proof");
                prop_assert!(life.attempts > 0, "accepted before anything was sent");
            }
            if life.state == State::Sending && next.state == State::Queued {
                let undone = matches!(
                    event,
                    Event::Gate(_)
                        | Event::Record(Outcome::NotSent | Outcome::Unauthorised | Outcome::TooFast { .. })
                );
                prop_assert!(undone, "{event:?} queues what may have been sent");
            }
            // What the rules read belongs together.
            let sent = next.earlier != Earlier::Clear || next.state == State::Sending;
            prop_assert!(!sent || next.first_send.is_some() && next.last_send.is_some(), "{next:?}");
            prop_assert!(next.state != State::Unknown || next.earlier == Earlier::Loose, "{next:?}");
            prop_assert!(next.state != State::Queued || next.earlier != Earlier::Loose, "{next:?}");
            // A question is answered or refused, in any state.
            prop_assert_eq!(next_look(next, now, 0, terms).is_ok(), next.state == State::Unknown);
            prop_assert_eq!(person_may(next, now, deadline, terms).is_ok(), next.state == State::Person);
            life = next;
        }
    }
}
