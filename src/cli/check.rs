//! `casedesk check`: tries the way to a provider without changing anything, and says what exactly was tried: its address,
//! its login, and one harmless read.

use std::{
    io::Write,
    rc::Rc,
    time::{Duration, Instant},
};

use clap::{Arg, ArgMatches, Command};
use serde_json::json;
use tokio::{runtime, task};

use super::{
    data,
    ends::{DONE, Stop, refused_or_unsent},
    flag,
};
use crate::{
    case::{Fault, FaultKind},
    provider::{Lists, Want},
    run::source::Source,
    text::{Raw, SafeText, own, say},
};

pub fn command() -> Command {
    Command::new("check")
        .about("Tries address, login and one read of the profiles, without changing anything, here or there.")
        .arg(Arg::new("profile").value_name("PROFILE").help("only this one"))
        .arg(flag("json", "as JSON instead"))
}

/// How a part of the way was found, or why it was not tried.
enum Part {
    Works(SafeText),
    Untried(SafeText),
    Fails(SafeText),
}

impl Part {
    fn words(&self) -> SafeText {
        match self {
            Part::Works(says) | Part::Fails(says) => says.clone(),
            Part::Untried(why) => say!("not tried: {}", why),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Part::Works(_) => "works",
            Part::Untried(_) => "not tried",
            Part::Fails(_) => "fails",
        }
    }
}

/// How the way to a provider was found.
struct Found {
    profile: SafeText,
    provider: &'static str,
    address: SafeText,
    login: Part,
    read: Part,
    /// What to do, where something fails.
    next: Option<&'static str>,
    code: u8,
    took: Duration,
}

impl Found {
    /// Only what the provider answered is proven.
    fn way(&self) -> &'static str {
        match (&self.login, &self.read) {
            (Part::Fails(_), _) | (_, Part::Fails(_)) => "NOT OPEN",
            (Part::Works(_), _) | (_, Part::Works(_)) => "open",
            _ => "not proven",
        }
    }
}

/// `known`: the number of a case that a source has here, where it has one.
pub fn run(
    sources: Vec<Source>,
    known: &dyn Fn(&Source) -> Option<Raw>,
    asked: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let named = asked.get_one::<String>("profile");
    let all: Vec<_> = sources.iter().map(|source| Raw::new(source.name.clone()).show()).collect();
    let meant: Vec<_> =
        sources.into_iter().filter(|source| named.is_none_or(|name| *name == source.name)).collect();
    if meant.is_empty() {
        return Err(Stop::usage(say!("there is no such profile; known are {}", SafeText::join(&all, ", "))));
    }
    let meant: Vec<_> = meant.into_iter().map(|source| (known(&source), Rc::new(source))).collect();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    // All at once: of several that cannot be reached none waits for the others.
    let found = task::LocalSet::new().block_on(&runtime, async {
        let tried = |(known, source): (Option<Raw>, Rc<Source>)| {
            task::spawn_local(async move { tried(&source, known).await })
        };
        let tasks: Vec<_> = meant.into_iter().map(tried).collect();
        let mut found = Vec::new();
        for task in tasks {
            found.extend(task.await.ok());
        }
        found
    });
    // A secret's command may still hold a thread.
    runtime.shutdown_background();
    tell(&found, asked.get_flag("json"), out)?;
    Ok(found.iter().map(|one| one.code).max().unwrap_or(DONE))
}

async fn tried(source: &Source, known: Option<Raw>) -> Found {
    let begun = Instant::now();
    let mut found = Found {
        profile: Raw::new(source.name.clone()).show(),
        provider: source.provider.manifest().id,
        address: own("-"),
        login: Part::Untried(own("the profile is not ready")),
        read: Part::Untried(own("what comes before it failed")),
        next: None,
        code: DONE,
        took: Duration::ZERO,
    };
    if let Err(fault) = parts(source, known, &mut found).await {
        found.next = Some(next(&fault));
        found.code = refused_or_unsent(&fault);
    }
    found.took = begun.elapsed();
    found
}

/// One part after the other, until one fails.
async fn parts(source: &Source, known: Option<Raw>, found: &mut Found) -> Result<(), Fault> {
    let failing = |fault: Fault, part: &mut Part| {
        *part = Part::Fails(fault.tell());
        fault
    };
    let address = source.address().await.map_err(|fault| failing(fault, &mut found.login))?;
    found.address = Raw::new(address).show();
    found.login = match source.log_in().await.map_err(|fault| failing(fault, &mut found.login))? {
        true => Part::Works(own("a token was given for the credentials")),
        false => Part::Untried(own("there is none; the credentials go along with each request")),
    };
    let read = read(source, known).await;
    found.read = read.map_err(|fault| failing(fault, &mut found.read))?;
    Ok(())
}

/// One harmless question.
async fn read(source: &Source, known: Option<Raw>) -> Result<Part, Fault> {
    let facts = source.provider.manifest();
    let nobody = source.provider.nobody().map(Raw::new);
    let (want, says) = match (source.lists(), facts.queues.first(), known.or(nobody)) {
        (Lists::Queues, Some(queue), _) => {
            (Want::Queue(Raw::new(queue.id)), say!("queue {} was read", own(queue.id)))
        }
        (Lists::Queues | Lists::Singly, _, Some(number)) => {
            let says = say!("it was asked for case {}, and answered", number.id());
            (Want::Number(number), says)
        }
        _ => return knock(source).await,
    };
    match source.try_out(&want).await {
        Ok(()) => Ok(Part::Works(says)),
        // That a case is not there is an answer; that a queue is not there is a wrong address.
        Err(fault) if fault.kind == FaultKind::NotThere && matches!(want, Want::Number(_)) => {
            Ok(Part::Works(says))
        }
        Err(fault) => Err(fault),
    }
}

/// Where the API answers no question it can at least be seen whether anybody is there.
async fn knock(source: &Source) -> Result<Part, Fault> {
    match source.knock().await? {
        status @ (401 | 403) => Err(Fault::of_status(status, "")),
        status => Ok(Part::Untried(say!(
            "this API answers no question; something answers at its address ({})",
            status
        ))),
    }
}

/// What to do about a fault.
fn next(fault: &Fault) -> &'static str {
    let says = fault.says.exact();
    match fault.kind {
        FaultKind::Unprepared if fault.status.is_none() => "mend the profile in the configuration",
        FaultKind::Unreachable | FaultKind::Lost if says.contains("certificate") => {
            "the certificate there is not trusted: compare base and token with the provider's addresses; where an \
             authority of your own is needed, add it to the operating system's certificates"
        }
        FaultKind::Unreachable | FaultKind::Lost if says.contains("InvalidContentType") => {
            "what answers there speaks no TLS: compare base and token with the provider's addresses, the port too"
        }
        FaultKind::Unreachable if says.contains("refused") => {
            "nobody listens there: compare base and token with the provider's addresses, the port too"
        }
        FaultKind::Unreachable if says.contains("dns error") => {
            "the name is not known: compare base and token with the provider's addresses, and see whether there is a \
             network"
        }
        FaultKind::Unreachable | FaultKind::Lost => {
            "see whether there is a network and whether a firewall lets this machine through; compare base and token \
             with the provider's addresses"
        }
        FaultKind::Unauthorised => {
            "compare the profile's secrets with what the provider gave you for this environment; a key of the test \
             environment opens nothing live"
        }
        FaultKind::Forbidden => "the credentials are known and may not read: ask the provider to allow it",
        FaultKind::Unprepared
        | FaultKind::NotThere
        | FaultKind::Refused
        | FaultKind::Unreadable
        | FaultKind::TooLarge => {
            "what answers there is not what this provider's API says: compare provider, base and token with its \
             documents"
        }
        FaultKind::TooFast | FaultKind::Broken => "it is reached, and not well now: try again later",
        FaultKind::NotKept => "try again",
    }
}

fn tell(found: &[Found], as_json: bool, out: &mut dyn Write) -> Result<(), Stop> {
    let milliseconds = |one: &Found| u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX);
    if as_json {
        let part = |part: &Part| json!({"state": part.code(), "says": part.words().as_str()});
        let of = |one: &Found| {
            json!({
                "profile": one.profile.as_str(),
                "provider": one.provider,
                "way": one.way().to_lowercase(),
                "address": one.address.as_str(),
                "login": part(&one.login),
                "read": part(&one.read),
                "next": one.next,
                "milliseconds": milliseconds(one),
            })
        };
        return Ok(data::json(&found.iter().map(of).collect(), out)?);
    }
    for one in found {
        writeln!(out, "{}", say!("{}: {}, {} ms", one.profile, own(one.way()), milliseconds(one)))?;
        writeln!(out, "  address  {}", one.address)?;
        writeln!(out, "  login    {}", one.login.words())?;
        writeln!(out, "  read     {}", one.read.words())?;
        if let Some(next) = one.next {
            writeln!(out, "  next     {next}")?;
        }
    }
    Ok(())
}
