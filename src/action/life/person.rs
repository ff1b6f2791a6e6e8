//! A person's decision about a step that nothing else can settle: when it may be made, and what it does. It must never
//! know who the person is.

use super::{
    Barred, Earlier, GivenUp, LOOKS_APART, Late, Life, Looks, QUIET, Rule, Stamp, State, Terms,
    sending::remembered,
};
use crate::case::Moment;

/// What a person says about a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is there, with evidence that the caller keeps.
    There,
    /// It is not there: send it again, with the same key and bytes.
    SendAgain,
    /// It is not there, and it shall not be done.
    Close,
}

/// What a person relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grounds {
    /// They looked.
    Looked,
    /// The provider confirmed that it is not there and will not come; the confirmation is typed in and kept.
    Confirmed,
}

/// Whether a person may say that a step is not there. Moments are of the wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum May {
    Now,
    /// From this moment on: until then a copy may still arrive.
    From(Moment),
    /// After a read-back without a trace at this moment or later, and another one at least five minutes before it.
    AfterLook(Moment),
    /// From this moment on; but that is after the provider's deadline, so "send again" is allowed before it with the
    /// provider's confirmation, at the risk that the step is applied twice.
    Confirmed(Moment),
}

/// When a person may decide that a step is not there. `deadline` is the provider's own. "It is there" may be said at any
/// time.
pub fn person_may(life: Life, now: Stamp, deadline: Option<Moment>, terms: Terms) -> Result<May, Barred> {
    if life.state != State::Person {
        return Err(Barred::While(life.state));
    }
    if life.earlier == Earlier::Clear || !terms.hold(Rule::QuietFirst) {
        return Ok(May::Now);
    }
    let sent = life.last_send.unwrap_or(now);
    let quiet = now.when_passed(sent, QUIET);
    let looked = !terms.settling.reads() || looked_enough(life.looks, sent);
    if looked && quiet <= now.at {
        return Ok(May::Now);
    }
    let from = if looked {
        quiet
    } else {
        quiet.max(now.when_passed(life.looks.first_empty.unwrap_or(now), LOOKS_APART))
    };
    if deadline.is_some_and(|deadline| now.at <= deadline && deadline < from) {
        return Ok(May::Confirmed(from));
    }
    Ok(if looked { May::From(from) } else { May::AfterLook(from) })
}

/// What a person's word makes of a step. "Send again" is refused where the provider may have forgotten the key
/// (`KeyRanOut`): the caller closes the step and submits a new one.
pub fn person_says(
    life: Life,
    verdict: Verdict,
    grounds: Grounds,
    now: Stamp,
    deadline: Option<Moment>,
    terms: Terms,
) -> Result<Life, Barred> {
    let may = person_may(life, now, deadline, terms)?;
    if verdict == Verdict::There {
        let sent = life.earlier != Earlier::Clear;
        return if sent { Ok(Life { state: State::Accepted, ..life }) } else { Err(Barred::NothingSent) };
    }
    match may {
        May::Now => {}
        May::Confirmed(_) if verdict == Verdict::SendAgain && grounds == Grounds::Confirmed => {}
        May::Confirmed(from) if verdict == Verdict::SendAgain => return Err(Barred::ConfirmFirst(from)),
        May::From(from) | May::Confirmed(from) => return Err(Barred::StillArriving(from)),
        May::AfterLook(from) => return Err(Barred::LookFirst(from)),
    }
    if verdict == Verdict::Close {
        return Ok(Life { state: State::Cancelled, given_up: GivenUp::Decided, ..life });
    }
    remembered(life, now, terms)?;
    let clear = life.earlier == Earlier::Clear;
    let late = if deadline.is_some_and(|deadline| now.at > deadline) { Late::Send } else { life.late };
    Ok(Life {
        state: State::Queued,
        earlier: if clear { Earlier::Clear } else { Earlier::Again },
        not_before: None,
        looks: Looks::default(),
        late,
        ..life
    })
}

/// Two read-backs without a trace, far enough apart, the second when no copy could arrive any more.
fn looked_enough(looks: Looks, sent: Stamp) -> bool {
    let (Some(first), Some(last)) = (looks.first_empty, looks.last_empty) else { return false };
    last.surely_since(first) >= LOOKS_APART && last.surely_since(sent) >= QUIET
}

#[cfg(test)]
mod tests {
    use super::super::{Settling, not_found};
    use super::*;
    use crate::case::moment::{HOUR, MINUTE};

    const BEGIN: Moment = Moment(1_764_000_000_000);

    fn at(minutes: i64) -> Stamp {
        let passed = minutes * MINUTE;
        Stamp { at: BEGIN.plus(passed), boot: 1, up: HOUR + passed }
    }

    fn minute(minutes: i64) -> Moment {
        at(minutes).at
    }

    /// Sent at minute 0, and nobody knows.
    fn lost() -> Life {
        let sent = Some(at(0));
        Life {
            state: State::Person,
            attempts: 1,
            earlier: Earlier::Loose,
            first_send: sent,
            last_send: sent,
            ..Life::queued(Late::Ask)
        }
    }

    fn looked(minutes: &[i64]) -> Life {
        let terms = Terms::of(Settling::ReadBack);
        minutes.iter().fold(lost(), |life, minute| not_found(life, at(*minute), terms).unwrap())
    }

    fn may(life: Life, minutes: i64, settling: Settling) -> May {
        person_may(life, at(minutes), None, Terms::of(settling)).unwrap()
    }

    #[test]
    fn where_nothing_can_be_read_a_person_waits_for_the_quiet_time_only() {
        assert_eq!(may(lost(), 0, Settling::Nobody), May::From(minute(15)));
        assert_eq!(may(lost(), 14, Settling::Nobody), May::From(minute(15)));
        assert_eq!(may(lost(), 15, Settling::Nobody), May::Now);
    }

    #[test]
    fn where_it_can_be_read_two_looks_five_minutes_apart_are_needed_one_of_them_after_the_quiet_time() {
        for (looks, now, wanted) in [
            (&[] as &[i64], 3, May::AfterLook(minute(15))),
            (&[], 12, May::AfterLook(minute(17))),
            (&[], 60, May::AfterLook(minute(65))),
            (&[1, 8], 20, May::AfterLook(minute(20))),
            (&[16], 17, May::AfterLook(minute(21))),
            (&[16, 20], 20, May::AfterLook(minute(21))),
            (&[16, 21], 21, May::Now),
            (&[1, 15], 15, May::Now),
        ] {
            assert_eq!(may(looked(looks), now, Settling::ReadBack), wanted, "{looks:?} at {now}");
        }
    }

    #[test]
    fn what_was_never_sent_waits_for_nothing() {
        let held = Life { state: State::Person, ..Life::queued(Late::Ask) };
        assert_eq!(may(held, 0, Settling::Nobody), May::Now);
    }

    #[test]
    fn before_a_deadline_the_providers_word_allows_to_send_again_and_nothing_else() {
        let (terms, deadline) = (Terms::of(Settling::Nobody), Some(minute(10)));
        let says = |verdict, grounds, minutes| {
            person_says(lost(), verdict, grounds, at(minutes), deadline, terms).map(|life| life.state)
        };
        assert_eq!(person_may(lost(), at(2), deadline, terms), Ok(May::Confirmed(minute(15))));
        assert_eq!(says(Verdict::SendAgain, Grounds::Confirmed, 2), Ok(State::Queued));
        let missing = Err(Barred::ConfirmFirst(minute(15)));
        assert_eq!(says(Verdict::SendAgain, Grounds::Looked, 2), missing);
        let early = Err(Barred::StillArriving(minute(15)));
        assert_eq!(says(Verdict::Close, Grounds::Confirmed, 2), early);
        assert_eq!(says(Verdict::SendAgain, Grounds::Confirmed, 11), early, "the deadline is gone already");
    }

    #[test]
    fn a_deadline_after_the_quiet_time_hurries_nobody() {
        let (terms, deadline) = (Terms::of(Settling::Nobody), Some(minute(15)));
        assert_eq!(person_may(lost(), at(2), deadline, terms), Ok(May::From(minute(15))));
    }

    #[test]
    fn it_is_there_may_be_said_at_once_if_anything_was_sent() {
        let terms = Terms::of(Settling::ReadBack);
        let says = |life| {
            person_says(life, Verdict::There, Grounds::Looked, at(1), None, terms).map(|life| life.state)
        };
        assert_eq!(says(lost()), Ok(State::Accepted));
        let held = Life { state: State::Person, ..Life::queued(Late::Ask) };
        assert_eq!(says(held), Err(Barred::NothingSent));
    }

    #[test]
    fn a_key_that_ran_out_is_not_sent_again() {
        let terms = Terms::of(Settling::Key { window_ms: HOUR, reads: super::super::Reads::Cannot });
        let says = |minutes| {
            person_says(lost(), Verdict::SendAgain, Grounds::Looked, at(minutes), None, terms)
                .map(|life| (life.state, life.earlier))
        };
        assert_eq!(says(44), Ok((State::Queued, Earlier::Again)));
        assert_eq!(says(45), Err(Barred::KeyRanOut));
    }

    #[test]
    fn who_sends_again_after_the_deadline_is_not_asked_a_second_time() {
        let terms = Terms::of(Settling::Nobody);
        for (deadline, late) in [(minute(59), Late::Send), (minute(60), Late::Ask)] {
            let life = person_says(lost(), Verdict::SendAgain, Grounds::Looked, at(60), Some(deadline), terms)
                .unwrap();
            assert_eq!(life.late, late);
        }
    }

    #[test]
    fn nobody_decides_what_is_not_in_their_hands() {
        let terms = Terms::of(Settling::Nobody);
        for state in State::ALL.into_iter().filter(|state| *state != State::Person) {
            let life = Life { state, ..lost() };
            for verdict in [Verdict::There, Verdict::SendAgain, Verdict::Close] {
                let said = person_says(life, verdict, Grounds::Confirmed, at(99), None, terms);
                assert_eq!(said, Err(Barred::While(state)));
            }
        }
    }
}
