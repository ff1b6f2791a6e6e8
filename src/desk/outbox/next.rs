//! What an analyst has to do about an entry, in one sentence.

use super::{Outbox, looks_needed, title};
use crate::{
    action::{
        Entry, State,
        life::{Earlier, GivenUp, May, take_back},
    },
    case::{
        Moment,
        moment::{Minute, Second},
    },
    desk::Setup,
    text::{Raw, SafeText, own, say},
};

/// One sentence for the state that an entry is in.
pub fn next(outbox: &Outbox, setup: &Setup, entry: &Entry, now: Moment) -> SafeText {
    match entry.life.state {
        State::Queued => queued(outbox, entry, now),
        State::Sending => own("nothing to do: it is being sent"),
        State::Unknown => match outbox.standing(&entry.id).and_then(|standing| standing.next_look) {
            Some(at) => {
                say!("nothing to do: it is read back at {}; L looks now, D says what became of it", Minute(at))
            }
            None => by_a_person(outbox, setup, entry, now),
        },
        State::Person => by_a_person(outbox, setup, entry, now),
        State::Accepted => own(match proof(entry) {
            Proof::Answer => "nothing to do: the provider's answer proved that it arrived",
            Proof::ReadBack => "nothing to do: reading back proved that it arrived",
            Proof::Word => "nothing to do: a person said that it arrived",
        }),
        State::Rejected => own("read what the provider says; the draft is kept and can be corrected"),
        State::Cancelled if entry.life.given_up == GivenUp::BySelf => {
            own("open the draft: it shows what moved; a second review sends it")
        }
        State::Cancelled => own("nothing to do: it was not sent, or is known not to have arrived"),
    }
}

/// What an accepted entry rests on.
enum Proof {
    Answer,
    ReadBack,
    Word,
}

fn proof(entry: &Entry) -> Proof {
    let ended = entry.tries.last().and_then(|tried| tried.ended_at);
    let looked = entry.looks.last().map(|look| look.at);
    match entry.tries.last() {
        // The words of a copy that the answer proved.
        Some(tried) if tried.status.is_some_and(|status| (200..300).contains(&status)) && looked < ended => {
            Proof::Answer
        }
        _ if !entry.decided_why.is_empty() => Proof::Word,
        _ => Proof::ReadBack,
    }
}

fn queued(outbox: &Outbox, entry: &Entry, now: Moment) -> SafeText {
    let back = own(match take_back(entry.life) {
        Ok(life) if life.state == State::Cancelled => "; z takes it back",
        Ok(_) => "; z keeps it from being sent again",
        Err(_) => "",
    });
    let paused = outbox.kept.paused.iter().find(|(profile, _)| *profile == entry.draft.profile);
    if let (None, false, Some((until, why))) = (paused, outbox.kept.sent_elsewhere, outbox.rest_of(entry, now))
    {
        return say!("nothing to do: {}; it is tried again at {}{}", why.beside(), Second(until), back);
    }
    match (paused, entry.life.not_before.filter(|until| *until > now)) {
        (Some((profile, why)), _) => {
            let profile = Raw::new(profile.clone()).show().beside();
            say!("nothing is sent to {} ({}); S tries again{}", profile, why.beside(), back)
        }
        _ if outbox.kept.sent_elsewhere => say!("nothing to do: another casedesk sends it{}", back),
        (None, Some(until)) => {
            say!("nothing to do: it is tried again at {}; S tries now{}", Minute(until), back)
        }
        (None, None) => say!("nothing to do: it is sent when the provider is reached{}", back),
    }
}

fn by_a_person(outbox: &Outbox, setup: &Setup, entry: &Entry, now: Moment) -> SafeText {
    if entry.life.earlier == Earlier::Clear {
        return own("no copy was sent: D sends it after all, or gives it up");
    }
    let title = title(setup, &entry.draft);
    let whose = match entry.case() {
        Some(case) => say!(" for case {}", case.number.id().beside()),
        None => SafeText::default(),
    };
    let hands_on = setup.action_of(&entry.draft).is_some_and(|action| action.hands_on(entry.step));
    let part = match entry.steps {
        0 | 1 => SafeText::default(),
        steps => say!("step {} of {} of ", entry.step + 1, steps),
    };
    let id = own(if hands_on { ", and under which id" } else { "" });
    let ask = say!("call the provider and ask whether {}\"{}\"{} arrived{}", part, title, whose, id);
    let standing = outbox.standing(&entry.id);
    match standing.map(|standing| standing.may) {
        Some(May::From(from) | May::Confirmed(from)) if from <= now => say!("{}, then D", ask),
        Some(May::Now) => say!("{}, then D", ask),
        Some(May::From(from)) => {
            say!("{}, then D; that it is not there can be said from {} on", ask, Minute(from))
        }
        Some(May::AfterLook(from)) => {
            say!("{}, then D; that it is not there can be said after {} (L)", ask, looks_needed(entry, from))
        }
        Some(May::Confirmed(from)) => say!(
            "{}, then D: the deadline ends before {}, so it is sent again earlier only with the provider's confirmation",
            ask,
            Minute(from)
        ),
        None => say!("{}, then D", ask),
    }
}
