//! `casedesk queue`: the queues with what is in them, or the cases of one.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop, refused_or_unsent},
    flag, profile, tell,
};
use crate::{
    case::{Place, Query, QueueId, QueueLine, Row},
    desk::words::{Effect, Errand, Event},
    provider::Lists,
    text::{Raw, own, say},
};

/// So many cases are read from the store at a time.
const STRETCH: usize = 1000;

pub fn command() -> Command {
    Command::new("queue")
        .about("The queues with count and deadlines, or the cases of one.")
        .arg(Arg::new("queue").value_name("QUEUE").help("the queue's id, such as 6000"))
        .arg(profile())
        .arg(flag("json", "as JSON instead"))
        .arg(flag("refresh", "read from the provider first (as it does anyway)").conflicts_with("kept"))
        .arg(flag("kept", "only what is kept here; nobody is asked"))
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let named = asked.get_one::<String>("profile");
    let profile = named.map(|name| counter.profile(name).map(|profile| profile.name.clone())).transpose()?;
    let profile = profile.as_deref();
    let queue = asked.get_one::<String>("queue").map(|queue| Raw::new(queue.clone()));
    let queues = queues(counter, profile, queue.as_ref())?;
    let code = if asked.get_flag("kept") { DONE } else { refresh(counter, &queues) };
    let as_json = asked.get_flag("json");
    match queue {
        None => list(counter, profile, as_json, out)?,
        Some(_) => {
            let mut rows = Vec::new();
            for queue in &queues {
                rows.extend(cases(counter, queue)?);
            }
            data::rows(&rows, as_json, out)?;
        }
    }
    Ok(code)
}

/// The queues that are meant. One that is not known is asked for where only one profile can have it.
fn queues(counter: &Counter, profile: Option<&str>, queue: Option<&Raw>) -> Result<Vec<QueueId>, Stop> {
    let known = counter.store.queues()?.into_iter().map(|line| line.id);
    let declared = counter.profiles.iter().flat_map(|profile| {
        let of = |(id, _): &(Raw, Raw)| QueueId { profile: profile.name.clone(), id: id.clone() };
        profile.queues.iter().map(of)
    });
    let mut all: Vec<_> = declared.chain(known).collect();
    let ours = |id: &QueueId| counter.profiles.iter().any(|profile| profile.name == id.profile);
    all.retain(|id| ours(id) && profile.is_none_or(|profile| profile == id.profile));
    all.sort();
    all.dedup();
    let Some(queue) = queue else { return Ok(all) };
    all.retain(|id| id.id == *queue);
    // Lists that are made here are all known here.
    let own_lists = |name: &&str| counter.provider(name).is_some_and(|it| it.manifest().lists != Lists::Queues);
    if let Some(name) = profile.filter(|_| all.is_empty()).filter(own_lists) {
        let (queue, name) = (queue.show(), Raw::new(name).show());
        return Err(Stop::usage(say!(
            "{} has no queue {}; casedesk queue --profile {} tells them",
            name,
            queue,
            name
        )));
    }
    match (all.is_empty(), profile, counter.profiles.as_slice()) {
        (false, ..) => Ok(all),
        (true, Some(profile), _) => Ok(vec![QueueId { profile: profile.to_owned(), id: queue.clone() }]),
        (true, None, [only]) => Ok(vec![QueueId { profile: only.name.clone(), id: queue.clone() }]),
        (true, None, _) => Err(Stop::usage(say!(
            "no profile is known to have a queue {}: name one with --profile",
            queue.show()
        ))),
    }
}

/// Reads them all. What cannot be read is told, and shown as it is kept.
fn refresh(counter: &Counter, queues: &[QueueId]) -> u8 {
    let ask = |queue: &QueueId| {
        Effect::Ask(Errand::Queue { profile: queue.profile.clone(), queue: queue.id.clone() })
    };
    let mut code = DONE;
    for event in counter.all(queues.iter().map(ask).collect()) {
        match event {
            Event::Asked { errand: Errand::Queue { profile, queue }, answer: Err(fault) } => {
                let profile = Raw::new(profile).show();
                tell(&say!("queue {} of {} was not read: {}", queue.show(), profile, fault.tell()));
                code = code.max(refused_or_unsent(&fault));
            }
            Event::Trouble(_, why) => {
                tell(&why);
                code = super::ends::NOTHING_SENT;
            }
            _ => {}
        }
    }
    code
}

fn list(counter: &Counter, profile: Option<&str>, as_json: bool, out: &mut dyn Write) -> Result<(), Stop> {
    let mut lines = counter.store.queues()?;
    let ours = |id: &QueueId| counter.profiles.iter().any(|profile| profile.name == id.profile);
    lines.retain(|line| ours(&line.id) && profile.is_none_or(|profile| profile == line.id.profile));
    // As the screen has them: the profiles in their order, in each the queues as its provider has them.
    let place = |line: &QueueLine| {
        let at = counter.profiles.iter().position(|profile| profile.name == line.id.profile);
        let queues = at.and_then(|at| counter.profiles.get(at)).map(|profile| &profile.queues);
        let queue = queues.and_then(|all| all.iter().position(|(id, _)| *id == line.id.id));
        (at, queue.unwrap_or(usize::MAX))
    };
    lines.sort_by_key(place);
    if as_json {
        data::json(&lines.iter().map(in_json).collect(), out)?;
        return Ok(());
    }
    let cells = |line: &QueueLine| {
        vec![
            Raw::new(line.id.profile.clone()).show(),
            line.id.id.cell(),
            line.name.cell(),
            say!("{}", line.count),
            data::day(line.next_deadline),
            data::day(line.oldest),
            line.read_at.map_or(own("never"), |at| say!("{}", crate::case::moment::Minute(at))),
        ]
    };
    let headings = ["profile", "queue", "name", "cases", "due", "oldest", "read"];
    Ok(data::table(&headings, &lines.iter().map(cells).collect::<Vec<_>>(), out)?)
}

fn in_json(line: &QueueLine) -> serde_json::Value {
    json!({
        "profile": line.id.profile,
        "queue": data::text(&line.id.id),
        "name": data::text(&line.name),
        "cases": line.count,
        "next_deadline": data::time(line.next_deadline),
        "oldest": data::time(line.oldest),
        "read_at": data::time(line.read_at),
    })
}

fn cases(counter: &mut Counter, queue: &QueueId) -> Result<Vec<Row>, Stop> {
    let (query, now) = (Query::at(Place::Queue(queue.clone())), counter.now());
    let mut rows = Vec::new();
    loop {
        let window = counter.store.window(&query, rows.len(), STRETCH, now)?;
        let more = window.rows.into_iter().skip(rows.len().saturating_sub(window.first));
        rows.extend(more);
        if rows.len() >= window.matched {
            return Ok(rows);
        }
    }
}
