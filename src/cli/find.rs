//! `casedesk find`: cases by a reference, by their group, or by a card number that is read unseen.

use std::io::Write;

use clap::{Arg, ArgGroup, ArgMatches, Command};

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop, refused_or_unsent},
    flag, profile, tell, typed,
};
use crate::{
    case::{CaseId, Row},
    desk::words::{Effect, Errand, Event},
    provider::Want,
    text::{Marks, Raw, Secret, own, say},
};

pub fn command() -> Command {
    Command::new("find")
        .about("Cases by number, group, ARN or last four digits, by group, or by card.")
        .arg(Arg::new("text").value_name("TEXT").help("looked for here first, then at the providers"))
        .arg(
            Arg::new("group")
                .long("group")
                .value_name("GROUP")
                .help("all cases of a group, asked from the provider"),
        )
        .arg(
            Arg::new("card")
                .long("card")
                .value_name("-")
                .allow_hyphen_values(true)
                .help("all cases of a card; its number is read from standard input and leaves sealed"),
        )
        .group(ArgGroup::new("what").args(["text", "group", "card"]).required(true))
        .arg(profile())
        .arg(flag("json", "as JSON instead"))
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let profile = asked.get_one::<String>("profile").map(String::as_str);
    let profiles: Vec<String> = match profile {
        Some(profile) => vec![counter.profile(profile)?.name.clone()],
        None => counter.profiles.iter().map(|profile| profile.name.clone()).collect(),
    };
    let word = |name: &str| asked.get_one::<String>(name);
    let mut code = DONE;
    let rows = match (word("text"), word("group"), word("card")) {
        (Some(text), ..) => by_text(counter, text, &profiles, &mut code)?,
        (_, Some(group), _) => {
            let group = Raw::new(group.clone());
            asked_of(counter, &profiles, |profile| Errand::Group { profile, group: group.clone() })?
        }
        (.., Some(card)) if card == "-" => {
            let typed = typed::unseen(&own("card number: "))?;
            let number = Secret::new(typed.reveal().trim());
            asked_of(counter, &profiles, |profile| Errand::Card { profile, number: number.clone() })?
        }
        _ => return Err(Stop::usage(own("a card number never stands among the arguments: --card -"))),
    };
    data::rows(&rows, asked.get_flag("json"), out)?;
    Ok(if rows.is_empty() { code } else { DONE })
}

/// `code`: how it ends where nothing is found and somebody who might know it did not answer.
fn by_text(counter: &mut Counter, text: &str, profiles: &[String], code: &mut u8) -> Result<Vec<Row>, Stop> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Stop::usage(own("there is nothing to look for")));
    }
    let words = Raw::new(text);
    // Exactly 23 digits are an acquirer reference number.
    if words.id().as_str() != text && words.marks().contains(Marks::PAN) {
        return Err(Stop::usage(own(
            "that may be a card number, which never stands among the arguments: --card -",
        )));
    }
    let mut rows = counter.store.find(text)?;
    if rows.is_empty() {
        match counter.one(Effect::Find(words.clone()))? {
            Event::Found { rows: found, faults, .. } => {
                for (profile, fault) in faults {
                    if !profiles.contains(&profile) || !can_be_asked(counter, &profile, &words) {
                        continue;
                    }
                    *code = refused_or_unsent(&fault);
                    tell(&say!("{}: {}", Raw::new(profile).show(), fault.tell()));
                }
                rows = found;
            }
            _ => return Ok(rows),
        }
    }
    rows.retain(|row| profiles.contains(&row.id.profile));
    Ok(rows)
}

/// Whether the words may be a number of that provider, whose API answers questions.
fn can_be_asked(counter: &Counter, profile: &str, words: &Raw) -> bool {
    let want = Want::Number(words.clone());
    let settings = counter.profile(profile).map(|profile| &profile.settings);
    let provider = counter.provider(profile).zip(settings.ok());
    provider.is_some_and(|(provider, settings)| provider.ask(&want, settings).is_ok())
}

/// Asks all of them. Who cannot be asked so is told; only where nobody answered is nothing found.
fn asked_of(
    counter: &Counter,
    profiles: &[String],
    errand: impl Fn(String) -> Errand,
) -> Result<Vec<Row>, Stop> {
    let (mut found, mut answered, mut last): (Vec<CaseId>, _, _) = (Vec::new(), false, None);
    for profile in profiles {
        match counter.ask(errand(profile.clone())) {
            Ok(cases) => {
                found.extend(cases);
                answered = true;
            }
            Err(stop) => {
                let says = say!("{}: {}", Raw::new(profile.clone()).show(), stop.says);
                last = Some(Stop { says, ..stop });
            }
        }
    }
    match last {
        Some(stop) if !answered => Err(stop),
        _ => Ok(counter.store.rows_of(&found)?),
    }
}
