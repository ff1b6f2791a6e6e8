//! The outbox without a screen: what is in it, as lines or as JSON, and sending what waits. It never decides anything: what
//! nobody saw a person settles, see [`super::settle`].

use std::{
    io::{self, Write},
    sync::mpsc::Receiver,
};

use serde_json::json;

use super::{data, tell};
use crate::{
    action::{Entry, State},
    case::moment::{Minute, Second},
    desk::{
        Profile,
        words::{Effect, Event, Told, Undone},
    },
    run::{
        Heard,
        network::Network,
        outbox::traffic::Traffic,
        source::{self, Source},
    },
    store::{Store, StoreError},
    text::{Raw, SafeText, own, say},
};

pub use super::ends::{DONE, NOTHING_SENT, QUEUED, REFUSED, UNKNOWN};

/// Writes what is under way, one entry a line (or as one JSON array), and says by the code how it stands.
pub fn list(store: &Store, sources: &[Source], as_json: bool, out: &mut impl Write) -> io::Result<u8> {
    let entries = store.live_entries().map_err(|error| io::Error::other(error.to_string()))?;
    if as_json {
        let entries: Vec<_> = entries.iter().map(in_json).collect();
        writeln!(out, "{}", serde_json::to_string_pretty(&entries)?)?;
    } else {
        for entry in &entries {
            writeln!(out, "{}", line(entry, sources))?;
        }
        if entries.iter().any(|entry| entry.life.state.is_unsettled()) {
            tell(&own(
                "outbox retry ENTRY looks for what nobody saw; outbox settle ENTRY says what became of it",
            ));
        }
    }
    Ok(standing(&entries))
}

fn line(entry: &Entry, sources: &[Source]) -> SafeText {
    let case = entry.case().map_or(own("new"), |case| case.number.id());
    say!(
        "{}  {}  {}  {}  {}  since {}  {}",
        Raw::new(entry.id.clone()).id(),
        own(entry.life.words()),
        entry.draft.title(source::action_of(sources, &entry.draft)),
        case,
        Raw::new(entry.draft.profile.clone()).show(),
        Minute(entry.created_at),
        entry.why.show()
    )
}

/// What became of one, as one line or as one JSON object.
pub fn became(entry: &Entry, as_json: bool, out: &mut dyn Write) -> io::Result<()> {
    let number = entry.case().map_or(&entry.remote, |case| &case.number);
    if !as_json {
        let number = if number.is_empty() { own("-") } else { number.id() };
        let id = Raw::new(entry.id.clone()).id();
        return writeln!(
            out,
            "{}",
            say!("{}  {}  {}  {}", id, own(entry.life.words()), number, entry.why.show())
        );
    }
    let members = entry.tries.last().map(|last| last.members.clone()).unwrap_or_default();
    let complaint =
        |(member, words): &(Raw, Raw)| json!({"field": data::text(member), "says": data::text(words)});
    let told = json!({
        "entry": entry.id,
        "state": entry.life.state.code(),
        "says": data::text(&entry.why),
        "profile": entry.draft.profile,
        "action": entry.draft.action,
        "number": data::id(number),
        "problems": members.iter().map(complaint).collect::<Vec<_>>(),
    });
    data::json(&told, out)
}

/// The exit code for what became of one that was to be done.
pub fn code(state: State) -> u8 {
    match state {
        State::Accepted => DONE,
        State::Rejected => REFUSED,
        State::Cancelled => NOTHING_SENT,
        State::Queued => QUEUED,
        State::Sending | State::Unknown | State::Person => UNKNOWN,
    }
}

/// Texts in it have passed the text contract: it may be shown on a terminal.
fn in_json(entry: &Entry) -> serde_json::Value {
    json!({
        "id": entry.id,
        "profile": entry.draft.profile,
        "action": entry.draft.action,
        "case": entry.case().map(|case| case.number.id()),
        "state": entry.life.state.code(),
        "queued_at": entry.created_at.rfc3339(),
        "queued_by": entry.created_by.show(),
        "copies": entry.tries.len(),
        "why": entry.why.show(),
    })
}

fn standing(live: &[Entry]) -> u8 {
    let any = |state: fn(State) -> bool| live.iter().any(|entry| state(entry.life.state));
    if any(|state| matches!(state, State::Unknown | State::Person | State::Sending)) {
        UNKNOWN
    } else if any(|state| state == State::Queued) {
        QUEUED
    } else {
        DONE
    }
}

/// Sends what waits, tells what became of each and why the others still wait, and says by the code how everything stands
/// then.
pub fn send(
    network: &Network,
    heard: &Receiver<Heard>,
    store: &Store,
    (profiles, traffic): (&[Profile], &Traffic),
    out: &mut impl Write,
) -> io::Result<u8> {
    let live = || store.live_entries().map_err(|error: StoreError| io::Error::other(error.to_string()));
    if live()?.is_empty() {
        nothing_waits(out)?;
        return Ok(DONE);
    }
    network.take(Effect::SendNow);
    let (mut refused, mut ended) = (false, false);
    loop {
        match heard.recv() {
            Ok(Heard::Desk(Told { what: Event::OutboxMoved(moved), .. })) => {
                // Why it waits is told at the end.
                if !matches!(moved.state, State::Queued | State::Sending) {
                    writeln!(out, "{}", moved.says)?;
                    ended = true;
                }
                refused |= matches!(moved.state, State::Rejected | State::Cancelled);
            }
            Ok(Heard::Desk(Told { what: Event::SentNow, .. })) => break,
            Ok(Heard::Desk(Told { what: Event::Trouble(Undone::SendNow, why), .. })) => {
                writeln!(out, "{why}")?;
                break;
            }
            Ok(_) => {}
            Err(_) => break,
        }
    }
    let live = live()?;
    for entry in live.iter().filter(|entry| entry.life.state == State::Queued) {
        writeln!(out, "{}", waits(entry, profiles, traffic))?;
    }
    Ok(match standing(&live) {
        DONE if refused => REFUSED,
        QUEUED if !ended => NOTHING_SENT,
        code => code,
    })
}

pub fn nothing_waits(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "nothing waits to be sent")
}

/// "Submit of 2600410001 still waits: no connection".
fn waits(entry: &Entry, profiles: &[Profile], traffic: &Traffic) -> SafeText {
    let profile = profiles.iter().find(|profile| profile.name == entry.draft.profile);
    let title = entry.draft.title(profile.and_then(|profile| profile.action(&entry.draft.action)));
    let whose = entry.case().map_or(SafeText::default(), |case| say!(" of {}", case.number.id()));
    let (paused, resting) = (traffic.paused(), traffic.resting());
    let paused = paused.into_iter().find(|(profile, _)| *profile == entry.draft.profile);
    let resting = resting.into_iter().find(|(profile, ..)| *profile == entry.draft.profile);
    let why = match (paused, resting) {
        (Some((_, why)), _) => why,
        (None, Some((_, until, why))) => say!("{}; not tried before {}", why, Second(until)),
        (None, None) => entry.why.show(),
    };
    say!("{}{} still waits: {}", title, whose, why)
}
