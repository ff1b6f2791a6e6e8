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
    if !life.state.is_unsettled() {
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

#[cfg(test)]
mod tests {
    use super::super::{Late, Outcome, Reads, Settling, claim, record};
    use super::*;
    use crate::case::moment::{HOUR, MINUTE, SECOND};

    fn at(milliseconds: i64) -> Stamp {
        Stamp { at: Moment(milliseconds), boot: 1, up: HOUR + milliseconds }
    }

    /// Sent at 0, and no answer came.
    fn unknown(terms: Terms) -> Life {
        let life = claim(Life::queued(Late::Ask), at(0), terms).unwrap();
        record(life, Outcome::Unclear, at(SECOND), terms).unwrap()
    }

    #[test]
    fn looks_come_at_half_a_minute_then_one_two_five_and_fifteen_and_then_a_person() {
        let terms = Terms::of(Settling::ReadBack);
        let mut life = unknown(terms);
        let mut now = 0;
        for pause in [30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE] {
            now += pause + 7;
            assert_eq!(next_look(life, at(now), 7, terms), Ok(Next::At(Moment(now))));
            life = not_found(life, at(now), terms).unwrap();
        }
        assert_eq!(next_look(life, at(now), 7, terms), Ok(Next::Person));
        assert_eq!(life.state, State::Unknown, "a look changes nothing");
    }

    #[test]
    fn sending_again_does_not_begin_the_pauses_anew() {
        let terms = Terms::of(Settling::Chosen);
        let mut life = unknown(terms);
        let mut tries = 0;
        while let Ok(Next::At(due)) = next_look(life, at(tries * HOUR), 0, terms) {
            let now = at(due.0.max(tries * HOUR));
            life = record(claim(life, now, terms).unwrap(), Outcome::Unclear, now, terms).unwrap();
            tries += 1;
        }
        assert_eq!(tries, 5);
    }

    #[test]
    fn a_look_says_nothing_about_a_later_copy() {
        let terms = Terms::of(Settling::Chosen);
        let life = not_found(unknown(terms), at(MINUTE), terms).unwrap();
        assert_eq!((life.looks.first_empty, life.looks.last_empty), (Some(at(MINUTE)), Some(at(MINUTE))));
        let life = claim(life, at(2 * MINUTE), terms).unwrap();
        assert_eq!((life.looks.first_empty, life.looks.last_empty), (None, None));
        assert_eq!(life.looks.tries, 1, "the pauses go on");
    }

    #[test]
    fn where_nothing_can_be_found_out_a_person_decides_at_once() {
        let terms = Terms::of(Settling::Nobody);
        assert_eq!(next_look(unknown(terms), at(MINUTE), 0, terms), Ok(Next::Person));
        let key = Terms::of(Settling::Key { window_ms: HOUR, reads: Reads::Cannot });
        let life = unknown(key);
        assert_eq!(next_look(life, at(MINUTE), 0, key), Ok(Next::At(Moment(30 * SECOND))));
        assert_eq!(next_look(life, at(45 * MINUTE), 0, key), Ok(Next::Person));
    }

    #[test]
    fn a_provider_that_asked_for_time_gets_it() {
        let terms = Terms::of(Settling::Chosen);
        let life = claim(unknown(terms), at(MINUTE), terms).unwrap();
        let until = Moment(10 * MINUTE);
        let life = record(life, Outcome::TooFast { until }, at(MINUTE), terms).unwrap();
        assert_eq!(next_look(life, at(2 * MINUTE), 0, terms), Ok(Next::At(until)));
    }

    #[test]
    fn a_wall_clock_that_is_set_back_does_not_put_a_look_off() {
        let terms = Terms::of(Settling::ReadBack);
        let now = Stamp { at: Moment(-24 * HOUR), ..at(MINUTE) };
        assert_eq!(next_look(unknown(terms), now, 0, terms), Ok(Next::At(now.at.plus(30 * SECOND))));
    }

    #[test]
    fn only_a_read_back_that_was_answered_is_evidence() {
        let terms = Terms::of(Settling::ReadBack);
        let life = not_read(unknown(terms), at(MINUTE), terms).unwrap();
        assert_eq!((life.looks.tries, life.looks.first_empty), (1, None));
        let nobody = Terms::of(Settling::Nobody);
        assert_eq!(not_found(unknown(nobody), at(MINUTE), nobody), Err(Barred::CannotBeRead));
    }

    #[test]
    fn what_is_found_before_anything_was_sent_is_somebody_elses() {
        let queued = Life::queued(Late::Ask);
        assert_eq!(found_there(queued), Err(Barred::NothingSent));
        let again = Life { earlier: Earlier::Again, ..queued };
        assert_eq!(found_there(again).map(|life| life.state), Ok(State::Accepted));
    }
}
