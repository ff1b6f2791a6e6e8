//! `casedesk outbox retry`, `settle` and `take-back`: what a person does about an entry, by the rules of the desk's outbox
//! and with its words. What is allowed is decided in [`crate::desk::decide`] and in [`crate::action::life`].

use std::io::Write;

use clap::{Arg, ArgGroup, ArgMatches, Command};

use super::{
    counter::Counter,
    ends::{DONE, Stop},
    flag, outbox, tell, typed,
};
use crate::{
    action::{Entry, State, life::May},
    desk::{
        decide::{Allowed, Choice, FEWEST, allowed, letters, said},
        outbox::looks_needed,
        words::{Effect, Event, Standing},
    },
    run::{drafting, outbox::traffic::Traffic},
    text::{Raw, own, say},
};

fn entry() -> Arg {
    Arg::new("entry").value_name("ENTRY").required(true).help("its id, as outbox list tells it")
}

fn json() -> Arg {
    flag("json", "what became of it as JSON")
}

pub fn commands() -> [Command; 3] {
    let text = |id: &'static str, help: &'static str| Arg::new(id).long(id).value_name("TEXT").help(help);
    let settle = Command::new("settle")
        .about("says what became of an entry whose outcome nobody saw")
        .arg(entry())
        .arg(
            Arg::new("there")
                .long("there")
                .value_name("NUMBER")
                .num_args(0..=1)
                .default_missing_value("")
                .help("it is there; of a new case with the number that the provider gave it"),
        )
        .arg(flag("again", "it is not there: send it again"))
        .arg(flag("give-up", "it is not there, and it shall not be done"))
        .group(ArgGroup::new("what").args(["there", "again", "give-up"]).required(true))
        .arg(text("why", "who says so, and how they know").required(true))
        .arg(
            text(
                "confirmation",
                "the provider's own words that it is not there: with --again, where a deadline is near",
            )
            .requires("again"),
        )
        .arg(flag("yes", "without asking; needed where there is no terminal to ask on"))
        .arg(json());
    let retry = Command::new("retry")
        .about(
            "tries now what is queued; looks at the provider for what nobody saw, and never sends that again",
        )
        .arg(entry())
        .arg(json());
    let back = Command::new("take-back").about("takes back what has not left").arg(entry()).arg(json());
    [retry, settle, back]
}

/// One of these three, by its name.
pub fn run(counter: &Counter, name: &str, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let id = asked.get_one::<String>("entry").map_or("", String::as_str);
    let entry = find(counter, id)?;
    let done = match name {
        "retry" => retry(counter, &entry)?,
        "settle" => settle(counter, &entry, asked)?,
        _ => counter.through(Effect::TakeBack(entry.id.clone())).map_err(|stop| Stop::usage(stop.says))?,
    };
    if let Event::News(says) = done {
        tell(&say!("{}", says));
    }
    let entry = find(counter, id)?;
    outbox::became(&entry, asked.get_flag("json"), out)?;
    // That it ends so was wanted.
    let given_up = name != "retry" && entry.life.state == State::Cancelled;
    Ok(if given_up { DONE } else { outbox::code(entry.life.state) })
}

fn find(counter: &Counter, id: &str) -> Result<Entry, Stop> {
    let found = counter.store.entry(id)?;
    found.ok_or_else(|| {
        Stop::usage(say!("there is no entry {} in the outbox; outbox list tells them", Raw::new(id).id()))
    })
}

/// How the rules stand to it now.
fn standing(counter: &Counter, entry: &Entry) -> Result<Option<Standing>, Stop> {
    let declared = drafting::Declared::of(&counter.profiles);
    let whole = drafting::outbox(&counter.store, &declared, &Traffic::default(), counter.clock.stamp())?;
    Ok(whole.standing.into_iter().find(|standing| standing.entry == entry.id))
}

fn retry(counter: &Counter, entry: &Entry) -> Result<Event, Stop> {
    match entry.life.state {
        State::Queued => counter.through(Effect::SendNow),
        State::Unknown | State::Person => match standing(counter, entry)? {
            Some(standing) if !standing.can_be_read => Err(Stop::usage(own(
                "the provider cannot be asked what became of it: call them, then casedesk outbox settle",
            ))),
            _ => counter.through(Effect::LookAgain(entry.id.clone())),
        },
        state => Err(Stop::usage(say!("there is nothing to be tried: it is {}", own(state.words())))),
    }
}

fn settle(counter: &Counter, entry: &Entry, asked: &ArgMatches) -> Result<Event, Stop> {
    let word = |name: &str| asked.get_one::<String>(name).map(|word| word.trim());
    if !entry.life.state.is_unsettled() {
        let state = own(entry.life.words());
        return Err(Stop::usage(say!("there is nothing to be said of it: it is {}", state)));
    }
    let choice = match (word("there"), asked.get_flag("again")) {
        (Some(_), _) => Choice::There,
        (None, true) => Choice::SendAgain,
        (None, false) => Choice::Close,
    };
    let (number, why, confirmation) =
        (word("there").unwrap_or_default(), word("why").unwrap_or_default(), word("confirmation"));
    suits(entry, choice, number)?;
    for (name, text) in [("--why", Some(why)), ("--confirmation", confirmation)] {
        if text.is_some_and(|text| text.chars().count() < FEWEST) {
            return Err(Stop::usage(say!(
                "{}: a few words are needed, at least {} letters",
                own(name),
                FEWEST
            )));
        }
    }
    may(counter, entry, choice, confirmation.is_some())?;
    tell(&say!("{}: {}", entry.draft.title(None), own(choice.words())));
    if !asked.get_flag("yes") {
        typed::confirmed(&letters(entry), own("nothing was decided"))?;
    }
    let done = counter.through(said(entry.id.clone(), choice, number, why, confirmation));
    // What the rules refuse now they allowed a moment ago.
    done.map_err(|stop| Stop::usage(stop.says))
}

/// A number is what tells which case was made, and nothing else.
fn suits(entry: &Entry, choice: Choice, number: &str) -> Result<(), Stop> {
    let says = match entry.case() {
        _ if Raw::new(number).id().as_str() != number => own("--there: that number is not what it seems"),
        Some(case) if !number.is_empty() && case.number.exact() != number => {
            say!("it is about case {}, which has its number", case.number.id())
        }
        None if choice == Choice::There && number.is_empty() => {
            own("--there needs the number that the provider gave the case")
        }
        _ => return Ok(()),
    };
    Err(Stop::usage(says))
}

fn may(counter: &Counter, entry: &Entry, choice: Choice, is_confirmed: bool) -> Result<(), Stop> {
    let standing = standing(counter, entry)?;
    let says = match (allowed(choice, entry, standing.as_ref(), counter.now()), standing.map(|it| it.may)) {
        (Allowed::Yes, _) => return Ok(()),
        (Allowed::Confirmed(_), _) if is_confirmed => return Ok(()),
        (Allowed::Confirmed(_), _) => own(
            "a copy may still arrive, and the deadline comes before that is over: only with the provider's confirmation \
             (--confirmation)",
        ),
        (Allowed::No(_), Some(May::AfterLook(from))) if choice != Choice::There => {
            say!("it needs {}: casedesk outbox retry looks", looks_needed(entry, from))
        }
        (Allowed::No(why), _) => why,
    };
    Err(Stop::usage(say!("this cannot be said yet: {}", says)))
}
