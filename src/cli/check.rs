//! `casedesk check`: tries the way to a provider without changing anything: its credentials, and one harmless read.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use clap::{Arg, ArgMatches, Command};
use serde_json::json;
use tokio::runtime;

use super::{
    data,
    ends::{DONE, NOTHING_SENT, Stop},
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
        .about("Tries credentials and reachability of the profiles, without changing anything.")
        .arg(Arg::new("profile").value_name("PROFILE").help("only this one"))
        .arg(flag("json", "as JSON instead"))
}

/// How the way to a provider was found.
struct Found {
    profile: SafeText,
    address: SafeText,
    is_open: bool,
    says: SafeText,
    took: Duration,
}

/// `known`: the number of a case that each source has, where it has one.
pub fn run(
    sources: &[Source],
    known: &dyn Fn(&Source) -> Option<Raw>,
    asked: &ArgMatches,
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let named = asked.get_one::<String>("profile");
    let meant: Vec<_> = sources.iter().filter(|source| named.is_none_or(|name| *name == source.name)).collect();
    if meant.is_empty() {
        return Err(Stop::usage(own("there is no such profile")));
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut found = Vec::new();
    for source in meant {
        let begun = Instant::now();
        let (address, outcome) = runtime.block_on(tried(source, known(source)));
        let (is_open, says) = match outcome {
            Ok(says) => (true, says),
            Err(fault) => (false, fault.tell()),
        };
        let profile = Raw::new(source.name.clone()).show();
        found.push(Found { profile, address, is_open, says, took: begun.elapsed() });
    }
    // A secret's command may still hold a thread.
    runtime.shutdown_background();
    tell(&found, asked.get_flag("json"), out)?;
    Ok(if found.iter().all(|one| one.is_open) { DONE } else { NOTHING_SENT })
}

async fn tried(source: &Source, known: Option<Raw>) -> (SafeText, Result<SafeText, Fault>) {
    let address = match source.address().await {
        Ok(address) => Raw::new(address).show(),
        Err(fault) => return (own("-"), Err(fault)),
    };
    (address, asked(source, known).await)
}

/// The credentials become a token where they do; then one question, where the API answers any.
async fn asked(source: &Source, known: Option<Raw>) -> Result<SafeText, Fault> {
    drop(source.way_out().await?);
    let facts = source.provider.manifest();
    let want = match (source.lists(), facts.queues.first(), known) {
        (Lists::Queues, Some(queue), _) => Want::Queue(Raw::new(queue.id)),
        (Lists::Queues | Lists::Singly, _, Some(number)) => Want::Number(number),
        (Lists::Nothing, ..) => {
            return Ok(own(
                "the credentials were taken as far as that can be seen; this API answers no question",
            ));
        }
        _ => return Ok(own("the credentials were taken; no case is known here to ask for")),
    };
    match source.ask(&want).await {
        Ok(_) => Ok(own("it answers")),
        Err(fault) if fault.kind == FaultKind::NotThere => Ok(say!("it answers: {}", fault.tell())),
        Err(fault) => Err(fault),
    }
}

fn tell(found: &[Found], as_json: bool, out: &mut dyn Write) -> Result<(), Stop> {
    let milliseconds = |one: &Found| u64::try_from(one.took.as_millis()).unwrap_or(u64::MAX);
    if as_json {
        let of = |one: &Found| {
            json!({
                "profile": one.profile.as_str(),
                "address": one.address.as_str(),
                "open": one.is_open,
                "says": one.says.as_str(),
                "milliseconds": milliseconds(one),
            })
        };
        return Ok(data::json(&found.iter().map(of).collect(), out)?);
    }
    let cells = |one: &Found| {
        let word = own(if one.is_open { "open" } else { "NOT OPEN" });
        let took = say!("{} ms", milliseconds(one));
        vec![one.profile.clone(), word, took, one.address.clone(), one.says.clone()]
    };
    let headings = ["profile", "way", "took", "address", "outcome"];
    Ok(data::table(&headings, &found.iter().map(cells).collect::<Vec<_>>(), out)?)
}
