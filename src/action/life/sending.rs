//! The way of one copy: claimed, let through the gate, answered or lost. It must never write or read one itself.

use super::{
    Barred, Earlier, JUMP, LONGEST_PAUSE, Late, Life, Looks, PAUSES, Rule, Settling, Stamp, State, Terms,
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

/// The analyst no longer wants it. What was never sent is taken back; a word to send again is withdrawn.
pub fn take_back(life: Life) -> Result<Life, Barred> {
    match (life.state, life.earlier) {
        (State::Queued | State::Person, Earlier::Clear) => Ok(Life { state: State::Cancelled, ..life }),
        (State::Queued, _) => Ok(life.handed()),
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
