//! `casedesk track`: numbers of cases for the own register of a profile, typed or from a file, with a report of what was
//! taken and what was not, and why.

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
};

use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop, USAGE},
    flag,
};
use crate::{
    case::{Case, CaseId},
    desk::words::{Effect, Errand, Event},
    provider::{Lists, Provider, Want},
    store::Note,
    text::{Marks, Raw, SafeText, own, say},
};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 16 << 20;
/// No provider's number is longer, in characters.
const LONGEST: usize = 200;
/// The headings under which a file may have the numbers.
const HEADINGS: [&str; 3] = ["id", "number", "case"];

pub fn command() -> Command {
    Command::new("track")
        .about("Takes numbers of cases into the own register of a profile, and reads them where that can be.")
        .arg(Arg::new("profile").value_name("PROFILE").required(true).help("whose cases they are"))
        .arg(Arg::new("ids").value_name("ID").num_args(0..).help("numbers of cases"))
        .arg(
            Arg::new("import")
                .long("import")
                .value_name("FILE")
                .help("CSV with a column id, number or case, or one number a line; or a JSON array"),
        )
        .arg(flag("json", "the report as JSON"))
}

/// A number as it was given, and in which line or place.
struct Given {
    at: usize,
    number: String,
}

/// What became of one.
struct Told {
    at: usize,
    number: String,
    state: &'static str,
    why: SafeText,
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let name = asked.get_one::<String>("profile").map_or("", String::as_str);
    let profile = counter.profile(name)?.name.clone();
    let ids = asked.get_many::<String>("ids").into_iter().flatten().enumerate();
    let mut given: Vec<_> = ids.map(|(at, id)| Given { at: at + 1, number: id.trim().to_owned() }).collect();
    if let Some(file) = asked.get_one::<String>("import") {
        given.extend(imported(file)?);
    }
    if given.is_empty() {
        return Err(Stop::usage(own("no number was given: casedesk track PROFILE ID…, or --import FILE")));
    }
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for Given { at, number } in given {
        let (state, why) = match seen.insert(number.clone()) {
            false if !number.is_empty() => ("refused", own("it stands there twice")),
            _ => one(counter, &profile, &number)?,
        };
        told.push(Told { at, number, state, why });
    }
    report(&told, asked.get_flag("json"), out)?;
    Ok(if told.iter().any(|one| one.state == "refused") { USAGE } else { DONE })
}

fn one(counter: &mut Counter, profile: &str, number: &str) -> Result<(&'static str, SafeText), Stop> {
    let id = CaseId { profile: profile.to_owned(), number: Raw::new(number) };
    let Some(provider) = counter.provider(profile) else {
        return Ok(("refused", own("there is no such profile")));
    };
    if let Some(why) = objection(counter, provider, &id) {
        return Ok(("refused", why));
    }
    if counter.store.case(&id)?.is_some() {
        return Ok(("known", SafeText::default()));
    }
    let (now, lists) = (counter.now(), provider.manifest().lists);
    let case = vec![Case::bare(id.clone())];
    match lists {
        Lists::Queues => counter.store.keep_cases(case, now)?,
        Lists::Singly | Lists::Nothing => {
            let queues = counter.profile(profile)?.queues.clone();
            counter.store.keep_registered(case, &queues, now)?
        }
    };
    let (who, case, subject, detail) = (counter.who.clone(), Some(id.clone()), Raw::default(), Raw::default());
    counter.store.record(&Note { at: now, who, event: "tracked", case, subject, detail })?;
    if lists == Lists::Nothing {
        return Ok((
            "taken",
            own("its API tells nothing of a case; it is shown with the next answer to an action"),
        ));
    }
    let why = match counter.one(Effect::Ask(Errand::Case(id)))? {
        Event::Asked { answer: Err(fault), .. } => say!("not read: {}", fault.tell()),
        Event::Asked { answer: Ok(asked), .. } if asked.cases.is_empty() => {
            own("not read: the provider does not know it")
        }
        _ => own("read"),
    };
    Ok(("taken", why))
}

/// Why the provider could have no case of that number.
fn objection(counter: &Counter, provider: &dyn Provider, id: &CaseId) -> Option<SafeText> {
    let (number, settings) = (&id.number, &counter.profile(&id.profile).ok()?.settings);
    if number.is_empty() {
        return Some(own("it is empty"));
    }
    if number.exact().chars().count() > LONGEST {
        return Some(say!("it is longer than {} characters", LONGEST));
    }
    if number.id().as_str() != number.exact() && number.marks() != Marks::NONE {
        return Some(own("it is not what it seems: hidden characters, or digits of a card"));
    }
    // Of an API that answers no question none can be phrased.
    if provider.manifest().lists == Lists::Nothing {
        return None;
    }
    let phrased = provider.ask(&Want::Number(number.clone()), settings);
    phrased.err().map(|fault| fault.says.show())
}

fn report(told: &[Told], as_json: bool, out: &mut dyn Write) -> Result<(), Stop> {
    if as_json {
        let of = |one: &Told| {
            let number = Raw::new(one.number.clone());
            json!({"at": one.at, "number": data::id(&number), "state": one.state, "why": one.why.as_str()})
        };
        return Ok(data::json(&told.iter().map(of).collect(), out)?);
    }
    let cells = |one: &Told| {
        let number = Raw::new(one.number.clone()).id_cell();
        vec![say!("{}", one.at), own(one.state), number, one.why.clone()]
    };
    Ok(data::table(&["at", "state", "number", "why"], &told.iter().map(cells).collect::<Vec<_>>(), out)?)
}

fn imported(file: &str) -> Result<Vec<Given>, Stop> {
    let wrong = |why: String| Stop::usage(say!("{}: {}", Raw::new(file).show(), Raw::new(why).show()));
    let mut bytes = Vec::new();
    let opened = fs::File::open(file).map_err(|error| wrong(error.to_string()))?;
    opened.take(LARGEST).read_to_end(&mut bytes).map_err(|error| wrong(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8 text".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    if file.ends_with(".json") { of_json(text).map_err(wrong) } else { Ok(of_csv(text)) }
}

/// An array of numbers, or of objects that have one.
fn of_json(text: &str) -> Result<Vec<Given>, String> {
    let elements: Vec<Value> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let number = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let one = |(at, element): (usize, &Value)| {
        let named = HEADINGS.iter().find_map(|heading| element.get(heading));
        Given { at: at + 1, number: number(named.unwrap_or(element)) }
    };
    Ok(elements.iter().enumerate().map(one).collect())
}

/// With a heading that says in which column the numbers stand, or one a line. Empty lines at the end count for nothing.
fn of_csv(text: &str) -> Vec<Given> {
    let lines: Vec<Vec<String>> = text.trim_end().lines().map(cells).collect();
    let is_heading = |cell: &String| HEADINGS.contains(&cell.to_lowercase().as_str());
    let column = lines.first().and_then(|first| first.iter().position(is_heading));
    let skipped = usize::from(column.is_some());
    let one = |(at, line): (usize, &Vec<String>)| {
        let number = line.get(column.unwrap_or(0)).cloned().unwrap_or_default();
        Given { at: at + 1, number }
    };
    lines.iter().enumerate().skip(skipped).map(one).collect()
}

/// The cells of a line, between commas or semicolons; in quotes both may stand in a cell.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
            '"' => quoted = !quoted,
            ',' | ';' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            other => cell.push(other),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(given: Vec<Given>) -> Vec<(usize, String)> {
        given.into_iter().map(|one| (one.at, one.number)).collect()
    }

    #[test]
    fn numbers_stand_under_a_heading_or_one_a_line() {
        let headed = numbers(of_csv("merchant;Case;x\n\"A; \"\"B\"\"\";7;\n;;\nC;8\n"));
        assert_eq!(headed, [(2, "7".to_owned()), (3, String::new()), (4, "8".to_owned())]);
        assert_eq!(numbers(of_csv("7\n\n8\n\n")), [(1, "7".into()), (2, String::new()), (3, "8".into())]);
        let json = of_json(r#"["7", 8, {"case": "9"}, {"what": 1}]"#).map(numbers).unwrap();
        assert_eq!(json, [(1, "7".into()), (2, "8".into()), (3, "9".into()), (4, String::new())]);
        assert!(of_json("{}").is_err());
    }
}
