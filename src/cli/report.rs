//! `casedesk report`: what was done here, counted by day, action and outcome; from the outbox, and from the journal what
//! did not go through it.

use std::{collections::BTreeMap, io::Write};

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop},
    flag,
};
use crate::{
    action::State,
    case::{Entry, Moment},
    text::{Raw, SafeText, own, say},
};

pub fn command() -> Command {
    Command::new("report")
        .about("What was done here, by day, action and outcome.")
        .arg(
            Arg::new("since")
                .long("since")
                .value_name("DATE")
                .required(true)
                .help("a day such as 2026-11-01 (UTC)"),
        )
        .arg(flag("csv", "as CSV instead"))
        .arg(flag("json", "as JSON instead").conflicts_with("csv"))
}

/// Day, profile, what, outcome.
type Line = [SafeText; 4];

pub fn run(counter: &Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let since = asked.get_one::<String>("since").map_or("", String::as_str);
    let since = Moment::parse(since).filter(|_| Moment::is_bare_date(since));
    let since = since.ok_or_else(|| Stop::usage(own("--since takes a day such as 2026-11-01")))?;
    let mut counts: BTreeMap<Line, usize> = BTreeMap::new();
    for entry in counter.store.entries(since)?.iter().filter(|entry| entry.created_at >= since) {
        let profile = counter.profiles.iter().find(|profile| profile.name == entry.draft.profile);
        let title = entry.draft.title(profile.and_then(|profile| profile.action(&entry.draft.action)));
        let day = Raw::new(entry.created_at.day()).show();
        let line = [day, Raw::new(entry.draft.profile.clone()).show(), title, own(entry.life.words())];
        *counts.entry(line).or_default() += 1;
    }
    let own_line = |record: &&Entry| record.at >= since && !is_of_the_outbox(&record.event);
    for record in counter.store.journal()?.iter().filter(own_line) {
        let (day, event) = (Raw::new(record.at.day()).show(), Raw::new(record.event.clone()).cell());
        *counts.entry([day, own("-"), own("journal"), event]).or_default() += 1;
    }
    const HEADINGS: [&str; 5] = ["day", "profile", "what", "outcome", "count"];
    if asked.get_flag("json") {
        let of = |([day, profile, what, outcome], count): (&Line, &usize)| {
            json!({
                "day": day.as_str(),
                "profile": profile.as_str(),
                "what": what.as_str(),
                "outcome": outcome.as_str(),
                "count": count,
            })
        };
        data::json(&counts.iter().map(of).collect(), out)?;
        return Ok(DONE);
    }
    let cells = |(line, count): (&Line, &usize)| line.iter().cloned().chain([say!("{}", *count)]).collect();
    let rows: Vec<Vec<SafeText>> = counts.iter().map(cells).collect();
    if asked.get_flag("csv") {
        writeln!(out, "{}", HEADINGS.join(","))?;
        for row in rows {
            writeln!(out, "{}", row.iter().map(quoted).collect::<Vec<_>>().join(","))?;
        }
    } else {
        data::table(&HEADINGS, &rows, out)?;
    }
    Ok(DONE)
}

/// Whether the journal tells by that word what the outbox did, which is counted from the outbox itself.
fn is_of_the_outbox(event: &str) -> bool {
    const MOVES: [&str; 6] =
        ["decided", "handed to a person", "recovered", "stopped", "given up", "stopped, unsent"];
    MOVES.contains(&event) || State::ALL.iter().any(|state| state.words() == event)
}

/// A cell that no spreadsheet takes for a formula.
fn quoted(cell: &SafeText) -> String {
    let text = cell.as_str();
    let guard = if text != "-" && text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    if guard.is_empty() && !text.contains([',', '"']) {
        return text.to_owned();
    }
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}
