//! `casedesk doc`: the documents of a case, and bringing one into a file.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use serde_json::json;

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop},
    flag, profile, tell,
};
use crate::{
    case::{CaseId, DocumentRef},
    desk::words::{Effect, Event},
    text::{own, say},
};

pub fn command() -> Command {
    let case = || Arg::new("case").value_name("CASE").required(true).help("the case's number");
    Command::new("doc")
        .about("The documents of a case.")
        .subcommand_required(true)
        .subcommand(
            Command::new("list")
                .about("what the case has")
                .arg(case())
                .arg(profile())
                .arg(flag("json", "as JSON instead")),
        )
        .subcommand(
            Command::new("get")
                .about("writes one into a new file that only you can read")
                .arg(case())
                .arg(Arg::new("document").value_name("DOCUMENT").required(true).help("its id or its name"))
                .arg(
                    Arg::new("output")
                        .short('o')
                        .long("output")
                        .value_name("FILE")
                        .default_value("")
                        .help("the file, or a folder; here under its own name where nothing is said"),
                )
                .arg(profile()),
        )
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let Some((what, asked)) = asked.subcommand() else { return Err(Stop::usage(own("doc list, or doc get"))) };
    let word = |name: &str| asked.get_one::<String>(name).map(String::as_str);
    let id = counter.locate(word("case").unwrap_or_default(), word("profile"))?;
    let documents = counter.read(&id)?.0.case.documents;
    if what == "get" {
        let (wanted, to) = (word("document").unwrap_or_default(), word("output").unwrap_or_default());
        return get(counter, id, &documents, wanted, to);
    }
    if asked.get_flag("json") {
        let of = |document: &DocumentRef| {
            json!({
                "id": data::id(&document.id),
                "name": data::text(&document.name),
                "claimed_type": data::text(&document.claimed),
                "side": document.side.words(),
                "by": data::text(&document.by),
                "at": data::time(document.at),
            })
        };
        data::json(&documents.iter().map(of).collect(), out)?;
    } else {
        let cells = |document: &DocumentRef| {
            let (id, name) = (document.id.id_cell(), document.name.cell());
            vec![id, data::day(document.at), own(document.side.words()), name]
        };
        let cells: Vec<_> = documents.iter().map(cells).collect();
        data::table(&["document", "day", "side", "name"], &cells, out)?;
    }
    Ok(DONE)
}

fn get(counter: &Counter, case: CaseId, all: &[DocumentRef], wanted: &str, to: &str) -> Result<u8, Stop> {
    if to == "-" {
        return Err(Stop::usage(own("a document goes into a file of its own that only you can read: -o FILE")));
    }
    let named: Vec<_> = all.iter().filter(|it| it.id.exact() == wanted || it.name.exact() == wanted).collect();
    let document = match named.as_slice() {
        [one] => one.id.clone(),
        [] => {
            return Err(Stop::usage(own("the case has no such document: casedesk doc list CASE tells which")));
        }
        _ => return Err(Stop::usage(own("several documents are called so: say the id"))),
    };
    match counter.one(Effect::Save { case, document, to: to.to_owned() })? {
        Event::News(saved) => tell(&say!("{}", saved)),
        _ => return Err(Stop::unsent(own("it was not saved"))),
    }
    Ok(DONE)
}
