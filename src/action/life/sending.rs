//! The way of one copy: claimed, let through the gate, answered or lost. It must never write or read one itself.

use super::{
    Barred, Earlier, GivenUp, JUMP, LONGEST_PAUSE, Late, Life, Looks, PAUSES, Rule, Settling, Stamp, State,
    Terms,
};
use crate::case::Moment;

/// Takes a step for sending. Kept (durably) before [`gate`] is asked.
///
/// From queued, or from unknown where the provider applies copies once and still remembers the key. `KeyRanOut` is for
/// good: the step then goes to a person ([`hand_over`](super::hand_over)).
pub fn claim(life: Life, now: Stamp, terms: Terms) -> Result<Life, Barred> {
    if !matches!(life.state, State::Queued | State::Unknown) {
        return Err(Barred::While(life.state));
    }
    if life.earlier == Earlier::Loose && terms.hold(Rule::NoBlindResend) && !terms.settling.dedupes() {
        return Err(Barred::WouldDouble);
    }
    if let Some(until) = life.waits(now.at) {
        return Err(Barred::NotBefore(until));
    }
    remembered(life, now, terms)?;
    Ok(Life {
        state: State::Sending,
        attempts: life.attempts.saturating_add(1),
        first_send: if life.earlier == Earlier::Clear { Some(now) } else { life.first_send },
        last_send: Some(now),
        not_before: None,
        // What was not there before this copy says nothing about it.
        looks: Looks { first_empty: None, last_empty: None, ..life.looks },
        ..life
    })
}

/// Who holds the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lock {
    Ours,
    Elsewhere,
}

/// What is about to be written, compared with what was made durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bytes {
    AsFrozen,
    /// Other bytes, another key, or a seal that cannot be opened.
    Changed,
}

/// What the gate has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Facts {
    pub lock: Lock,
    pub bytes: Bytes,
    /// The provider's own deadline for the case; never one that we counted.
    pub deadline: Option<Moment>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Write it now, once.
    Send,
    /// Write nothing; the claim is given back as this life, for this reason.
    Release(Life, Barred),
}

/// The last question before the first byte leaves, asked of the life that the claim left on the disk. An error means
/// that this process has no business with it and leaves it as it is.
pub fn gate(life: Life, now: Stamp, facts: Facts, terms: Terms) -> Result<Gate, Barred> {
    if life.state != State::Sending && terms.hold(Rule::DurableFirst) {
        return Err(Barred::While(life.state));
    }
    if facts.lock != Lock::Ours && terms.hold(Rule::HolderDead) {
        return Err(Barred::NotHolder);
    }
    if facts.bytes != Bytes::AsFrozen && terms.hold(Rule::SameBytes) {
        return Ok(Gate::Release(to_person(life), Barred::Changed));
    }
    if let Err(barred) = remembered(life, now, terms) {
        return Ok(Gate::Release(to_person(life), barred));
    }
    if let Some(deadline) = facts.deadline.filter(|deadline| now.at > *deadline && life.late == Late::Ask) {
        return Ok(Gate::Release(to_person(life), Barred::Late(deadline)));
    }
    if life.last_send.is_some_and(|claimed| !now.close_to(claimed, JUMP)) {
        return Ok(Gate::Release(life.undone(), Barred::Jumped));
    }
    Ok(Gate::Send)
}

/// How a try ended, as seen from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// No byte left: no connection came about, or the sender thought better of it.
    NotSent,
    /// The answer has the proof that the step declares.
    Proven,
    /// A refusal in the provider's own shape that says "not done": 400, 404, 406, 413, 415, 422. Anything less sure is
    /// `Unclear`.
    Refused,
    /// 401 or 403 in the provider's own shape. The caller pauses the profile.
    Unauthorised,
    /// 429 in the provider's own shape, with the moment (wall clock) from which it may be tried again.
    TooFast { until: Moment },
    /// 409: something is in the way, perhaps our own earlier copy. Where a provider says what it means by it, the caller
    /// gives that instead.
    Conflict,
    /// Everything else: no answer, half an answer, 5xx, a redirect, a page from a proxy.
    Unclear,
}

/// What a try made of a claimed step.
pub fn record(life: Life, outcome: Outcome, now: Stamp, terms: Terms) -> Result<Life, Barred> {
    if life.state != State::Sending {
        return Err(Barred::While(life.state));
    }
    let alone = life.earlier == Earlier::Clear;
    Ok(match outcome {
        Outcome::NotSent => Life { not_before: Some(now.at.plus(pause_after(life.attempts))), ..life.undone() },
        Outcome::Proven => Life { state: State::Accepted, ..life },
        Outcome::Refused if alone || !terms.hold(Rule::RefusedAlone) => Life { state: State::Rejected, ..life },
        Outcome::Unauthorised => life.undone(),
        Outcome::TooFast { until } => {
            let until = Some(until.min(now.at.plus(LONGEST_PAUSE)));
            // "Too fast" may also mean that an earlier copy is still being worked on.
            Life { not_before: until, ..if alone { life.undone() } else { life.lost() } }
        }
        Outcome::Conflict => life.lost().handed(),
        Outcome::Refused | Outcome::Unclear => life.lost(),
    })
}

/// Start-up, by whoever holds the outbox: what was claimed by a process that is dead may have been sent. Never queued.
pub fn recover(life: Life, lock: Lock, terms: Terms) -> Result<Life, Barred> {
    if life.state != State::Sending {
        return Err(Barred::While(life.state));
    }
    if lock != Lock::Ours && terms.hold(Rule::HolderDead) {
        return Err(Barred::NotHolder);
    }
    Ok(life.lost())
}

/// A queued step that waits after a try that sent nothing waits no longer: a person wants it tried now.
pub fn hurry(life: Life) -> Result<Life, Barred> {
    match (life.state, life.not_before) {
        (State::Queued, Some(_)) => Ok(Life { not_before: None, ..life }),
        (state, _) => Err(Barred::While(state)),
    }
}

/// A queued step whose bytes cannot be made yet waits as long again as it has waited since `from`: half a minute at
/// least, and never longer than any other pause.
pub fn put_off(life: Life, from: Moment, now: Moment) -> Result<Life, Barred> {
    match life.state {
        State::Queued => {
            let pause = now.since(from).clamp(pause_after(1), LONGEST_PAUSE);
            Ok(Life { not_before: Some(now.plus(pause)), ..life })
        }
        state => Err(Barred::While(state)),
    }
}

/// The analyst no longer wants it. What was never sent is taken back; a word to send again is withdrawn.
pub fn take_back(life: Life) -> Result<Life, Barred> {
    match (life.state, life.earlier) {
        (State::Queued | State::Person, Earlier::Clear) => Ok(Life { state: State::Cancelled, ..life }),
        (State::Queued, _) => Ok(life.handed()),
        (state, _) => Err(Barred::While(state)),
    }
}

/// It is not to be sent as it stands: its case moved. Only of what was never sent.
pub fn stop(life: Life) -> Result<Life, Barred> {
    match (life.state, life.earlier) {
        (State::Queued, Earlier::Clear) => {
            Ok(Life { state: State::Cancelled, given_up: GivenUp::BySelf, ..life })
        }
        (state, _) => Err(Barred::While(state)),
    }
}

/// Whether the provider surely remembers the key of the copies before this one.
pub(super) fn remembered(life: Life, now: Stamp, terms: Terms) -> Result<(), Barred> {
    match terms.settling {
        Settling::Key { window_ms, .. } if life.earlier != Earlier::Clear && terms.hold(Rule::InsideWindow) => {
            let inside = life.first_send.is_some_and(|first| now.inside(first, window_ms));
            if inside { Ok(()) } else { Err(Barred::KeyRanOut) }
        }
        _ => Ok(()),
    }
}

/// A claim that did not pass the gate, in a person's hands.
fn to_person(life: Life) -> Life {
    life.undone().handed()
}

fn pause_after(attempts: u32) -> i64 {
    let place = attempts.saturating_sub(1) as usize;
    PAUSES.get(place).copied().unwrap_or(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::super::{Reads, next_look};
    use super::*;
    use crate::case::moment::{HOUR, MINUTE, SECOND};

    const KEY: Terms = Terms {
        settling: Settling::Key { window_ms: HOUR, reads: Reads::Can },
        rules: super::super::Rules::ALL,
    };

    fn at(milliseconds: i64) -> Stamp {
        Stamp { at: Moment(milliseconds), boot: 1, up: HOUR + milliseconds }
    }

    fn claimed() -> Life {
        claim(Life::queued(Late::Ask), at(0), KEY).unwrap()
    }

    /// Claimed a second time, while the first copy may be anywhere.
    fn again(milliseconds: i64) -> Life {
        let unknown = record(claimed(), Outcome::Unclear, at(SECOND), KEY).unwrap();
        claim(unknown, at(milliseconds), KEY).unwrap()
    }

    fn facts() -> Facts {
        Facts { lock: Lock::Ours, bytes: Bytes::AsFrozen, deadline: None }
    }

    #[track_caller]
    fn released(gate: Result<Gate, Barred>) -> (State, Barred) {
        match gate {
            Ok(Gate::Release(life, barred)) => (life.state, barred),
            other => panic!("not released: {other:?}"),
        }
    }

    #[test]
    fn only_what_is_queued_or_unknown_is_claimed() {
        for state in State::ALL {
            let life = Life { state, ..Life::queued(Late::Ask) };
            let allowed = matches!(state, State::Queued | State::Unknown);
            assert_eq!(claim(life, at(0), KEY).err(), (!allowed).then_some(Barred::While(state)));
        }
    }

    #[test]
    fn a_step_that_cannot_be_made_waits_as_long_again_as_it_has_waited() {
        let queued = Life::queued(Late::Ask);
        for (waited, pause) in [
            (-HOUR, 30 * SECOND),
            (0, 30 * SECOND),
            (MINUTE, MINUTE),
            (4 * MINUTE, 4 * MINUTE),
            (HOUR, LONGEST_PAUSE),
        ] {
            let life = put_off(queued, Moment(0), Moment(waited)).unwrap();
            assert_eq!(life, Life { not_before: Some(Moment(waited + pause)), ..queued }, "{waited}");
        }
        for state in State::ALL.into_iter().filter(|state| *state != State::Queued) {
            let life = Life { state, ..queued };
            assert_eq!(put_off(life, Moment(0), Moment(0)), Err(Barred::While(state)));
        }
    }

    #[test]
    fn a_claim_that_grew_old_writes_nothing() {
        assert_eq!(gate(claimed(), at(JUMP - 1), facts(), KEY), Ok(Gate::Send));
        let restarted = Stamp { boot: 2, ..at(1) };
        let set_back = Stamp { at: Moment(-HOUR), ..at(1) };
        let set_forward = Stamp { at: Moment(HOUR), ..at(1) };
        for now in [at(JUMP), at(-1), restarted, set_back, set_forward] {
            assert_eq!(
                released(gate(claimed(), now, facts(), KEY)),
                (State::Queued, Barred::Jumped),
                "{now:?}"
            );
        }
        let second = gate(again(MINUTE), at(MINUTE + JUMP), facts(), KEY);
        assert_eq!(released(second), (State::Unknown, Barred::Jumped));
    }

    #[test]
    fn the_window_is_asked_again_at_the_gate() {
        let last = 45 * MINUTE - 1;
        assert_eq!(gate(again(last), at(last), facts(), KEY), Ok(Gate::Send));
        let late = gate(again(last), at(last + 1), facts(), KEY);
        assert_eq!(released(late), (State::Person, Barred::KeyRanOut));
        let unknown = record(claimed(), Outcome::Unclear, at(SECOND), KEY).unwrap();
        assert_eq!(claim(unknown, at(last + 1), KEY), Err(Barred::KeyRanOut));
    }

    #[test]
    fn past_the_providers_deadline_a_person_is_asked_unless_one_was() {
        let deadline = Moment(0);
        let facts = Facts { deadline: Some(deadline), ..facts() };
        assert_eq!(gate(claimed(), at(0), facts, KEY), Ok(Gate::Send), "the last moment is in time");
        assert_eq!(released(gate(claimed(), at(1), facts, KEY)), (State::Person, Barred::Late(deadline)));
        let allowed = Life { late: Late::Send, ..claimed() };
        assert_eq!(gate(allowed, at(1), facts, KEY), Ok(Gate::Send));
    }

    #[test]
    fn only_the_holder_writes_and_only_what_was_made_durable() {
        let elsewhere = Facts { lock: Lock::Elsewhere, ..facts() };
        assert_eq!(gate(claimed(), at(0), elsewhere, KEY), Err(Barred::NotHolder));
        let changed = Facts { bytes: Bytes::Changed, ..facts() };
        assert_eq!(released(gate(claimed(), at(0), changed, KEY)), (State::Person, Barred::Changed));
        assert_eq!(gate(Life::queued(Late::Ask), at(0), facts(), KEY), Err(Barred::While(State::Queued)));
    }

    #[test]
    fn every_outcome_leads_where_the_protocol_says_alone_and_beside_another_copy() {
        let until = Moment(2 * MINUTE);
        for (outcome, alone, beside) in [
            (Outcome::NotSent, State::Queued, State::Unknown),
            (Outcome::Proven, State::Accepted, State::Accepted),
            (Outcome::Refused, State::Rejected, State::Unknown),
            (Outcome::Unauthorised, State::Queued, State::Unknown),
            (Outcome::TooFast { until }, State::Queued, State::Unknown),
            (Outcome::Conflict, State::Person, State::Person),
            (Outcome::Unclear, State::Unknown, State::Unknown),
        ] {
            let state = |life| record(life, outcome, at(MINUTE), KEY).unwrap().state;
            assert_eq!((state(claimed()), state(again(MINUTE))), (alone, beside), "{outcome:?}");
            for other in State::ALL.into_iter().filter(|other| *other != State::Sending) {
                let life = Life { state: other, ..claimed() };
                assert_eq!(record(life, outcome, at(MINUTE), KEY), Err(Barred::While(other)));
            }
        }
    }

    #[test]
    fn a_persons_word_outlives_a_try_that_did_nothing_and_no_other() {
        let word = Life { earlier: Earlier::Again, ..again(MINUTE) };
        for (outcome, wanted) in [
            (Outcome::NotSent, (State::Queued, Earlier::Again)),
            (Outcome::Unauthorised, (State::Queued, Earlier::Again)),
            (Outcome::Refused, (State::Unknown, Earlier::Loose)),
            (Outcome::TooFast { until: Moment(0) }, (State::Unknown, Earlier::Loose)),
            (Outcome::Unclear, (State::Unknown, Earlier::Loose)),
        ] {
            let life = record(word, outcome, at(MINUTE), KEY).unwrap();
            assert_eq!((life.state, life.earlier), wanted, "{outcome:?}");
        }
    }

    #[test]
    fn what_could_not_be_sent_waits_longer_each_time() {
        let mut life = Life::queued(Late::Ask);
        let mut now = at(0);
        for pause in [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 15 * MINUTE] {
            life = record(claim(life, now, KEY).unwrap(), Outcome::NotSent, now, KEY).unwrap();
            let until = now.at.plus(pause);
            assert_eq!(claim(life, now, KEY), Err(Barred::NotBefore(until)));
            now = at(until.0);
        }
        assert_eq!((life.first_send, life.last_send), (None, None), "nothing ever left");
    }

    #[test]
    fn a_pause_is_over_when_the_wall_clock_was_set_back() {
        let life = record(claimed(), Outcome::TooFast { until: Moment(HOUR) }, at(0), KEY).unwrap();
        assert_eq!(life.not_before, Some(Moment(LONGEST_PAUSE)), "no provider puts a step off for longer");
        let set_back = Stamp { at: Moment(-1), ..at(1) };
        assert!(claim(life, set_back, KEY).is_ok());
    }

    #[test]
    fn only_what_was_never_sent_is_stopped_and_it_is_not_called_taken_back() {
        let queued = Life::queued(Late::Ask);
        assert_eq!(stop(queued).map(Life::words), Ok("stopped, unsent"));
        assert_eq!(take_back(queued).map(Life::words), Ok("taken back"));
        let again = Life { earlier: Earlier::Again, ..queued };
        assert_eq!(stop(again), Err(Barred::While(State::Queued)));
        assert_eq!(stop(claimed()), Err(Barred::While(State::Sending)));
    }

    #[test]
    fn at_start_up_a_claimed_step_is_unknown_and_only_the_holder_says_so() {
        assert_eq!(recover(claimed(), Lock::Elsewhere, KEY), Err(Barred::NotHolder));
        let life = recover(claimed(), Lock::Ours, KEY).unwrap();
        assert_eq!((life.state, life.earlier), (State::Unknown, Earlier::Loose));
        assert!(next_look(life, at(0), 0, KEY).is_ok());
    }

    #[test]
    fn only_what_was_never_sent_is_taken_back() {
        let queued = Life::queued(Late::Ask);
        assert_eq!(take_back(queued).map(|life| life.state), Ok(State::Cancelled));
        let word = Life { earlier: Earlier::Again, ..queued };
        let withdrawn = take_back(word).unwrap();
        assert_eq!((withdrawn.state, withdrawn.earlier), (State::Person, Earlier::Loose));
        assert_eq!(take_back(claimed()), Err(Barred::While(State::Sending)));
    }
}
