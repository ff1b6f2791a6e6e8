//! A person's decision about a step that nothing else can settle: when it may be made, and what it does. It must never
//! know who the person is.

use super::{
    Barred, Earlier, LOOKS_APART, Late, Life, Looks, QUIET, Rule, Stamp, State, Terms, sending::remembered,
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
    let quiet = now.quiet_from(sent);
    let looked = !terms.settling.reads() || looked_enough(life.looks, sent);
    if looked && quiet <= now.at {
        return Ok(May::Now);
    }
    let from =
        if looked { quiet } else { quiet.max(now.from(life.looks.first_empty.unwrap_or(now), LOOKS_APART)) };
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
        return Ok(Life { state: State::Cancelled, ..life });
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
