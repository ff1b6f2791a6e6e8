//! Finding out what became of a step whose outcome is unknown: when to look, and what a look is worth. It must never
//! look itself.

use super::{Barred, Earlier, Life, Looks, PAUSES, Rule, Stamp, State, Terms, sending::remembered};
use crate::case::Moment;

/// What comes next for a step whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Read back, or send again where [`claim`](super::claim) allows it, at this moment of the wall clock.
    At(Moment),
    /// Nothing more can be found out: [`hand_over`].
    Person,
}

/// When to try next to settle it: half a minute after the last send or look, then 1, 2, 5 and 15 minutes, each with
/// `jitter` milliseconds on top; then a person decides.
pub fn next_look(life: Life, now: Stamp, jitter: u32, terms: Terms) -> Result<Next, Barred> {
    if life.state != State::Unknown {
        return Err(Barred::While(life.state));
    }
    let resendable = terms.settling.dedupes() && remembered(life, now, terms).is_ok();
    let pause = PAUSES.get(life.looks.tries as usize);
    let Some(pause) = pause.filter(|_| terms.settling.reads() || resendable) else { return Ok(Next::Person) };
    let last = life.last_send.map(|sent| sent.at).max(life.looks.last).unwrap_or(now.at);
    // A last try that lies ahead is a clock that was set back.
    let at = last.min(now.at).plus(*pause).plus(i64::from(jitter));
    Ok(Next::At(life.waits(now.at).map_or(at, |until| at.max(until))))
}

/// A read-back found the step applied, compared and told apart from anything else that looks like it.
pub fn found_there(life: Life) -> Result<Life, Barred> {
    match (life.state, life.earlier) {
        (State::Queued | State::Person, Earlier::Clear) => Err(Barred::NothingSent),
        (State::Queued | State::Unknown | State::Person, _) => Ok(Life { state: State::Accepted, ..life }),
        (state, _) => Err(Barred::While(state)),
    }
}

/// A read-back was answered and showed no trace of the step. That proves nothing: it may come late, or stand on another
/// page. It is remembered for the person who may have to decide.
pub fn not_found(life: Life, now: Stamp, terms: Terms) -> Result<Life, Barred> {
    let life = not_read(life, now, terms)?;
    if !terms.hold(Rule::AbsenceIsNothing) {
        return Ok(Life { state: State::Rejected, ..life });
    }
    let first_empty = life.looks.first_empty.or(Some(now));
    Ok(Life { looks: Looks { first_empty, last_empty: Some(now), ..life.looks }, ..life })
}

/// A read-back got no usable answer.
pub fn not_read(life: Life, now: Stamp, terms: Terms) -> Result<Life, Barred> {
    if !matches!(life.state, State::Unknown | State::Person) {
        return Err(Barred::While(life.state));
    }
    if life.earlier == Earlier::Clear {
        return Err(Barred::NothingSent);
    }
    if !terms.settling.reads() {
        return Err(Barred::CannotBeRead);
    }
    let looks = Looks { tries: life.looks.tries.saturating_add(1), last: Some(now.at), ..life.looks };
    Ok(Life { looks, ..life })
}

/// Gives a step to a person: because nothing more can be found out, because a person asks for it, or because a word to
/// send it again came to nothing (its key ran out while it waited).
pub fn hand_over(life: Life) -> Result<Life, Barred> {
    match (life.state, life.earlier) {
        (State::Unknown, _) | (State::Queued, Earlier::Again) => Ok(life.handed()),
        (state, _) => Err(Barred::While(state)),
    }
}
