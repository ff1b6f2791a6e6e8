//! `casedesk case`: one case, read from its provider.

use std::io::Write;

use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::{
    counter::Counter,
    data,
    ends::{DONE, Stop, refused_or_unsent},
    flag, profile, tell,
};
use crate::{
    case::{Case, DocumentRef, Entry, Happening, Whose},
    desk::{
        dispute::{self, Kind, LABEL},
        indent::indented,
        words::CaseFile,
    },
    text::{Raw, SafeText, say},
};

/// As wide as a case is laid out.
const WIDTH: usize = 110;

pub fn command() -> Command {
    Command::new("case")
        .about("One case: its facts, documents, and what was done.")
        .arg(Arg::new("case").value_name("ID").required(true).help("the case's number"))
        .arg(profile())
        .arg(flag("json", "as JSON instead"))
        .arg(flag("raw", "the provider's own JSON, card numbers masked").conflicts_with("json"))
        .arg(flag("kept", "only what is kept here; nobody is asked"))
}

pub fn run(counter: &mut Counter, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let number = asked.get_one::<String>("case").map_or("", String::as_str);
    let profile = asked.get_one::<String>("profile").map(String::as_str);
    let id = counter.locate(number, profile)?;
    let (file, fault) = if asked.get_flag("kept") {
        let kept = counter.kept(&id)?;
        (kept.ok_or_else(|| Stop::unsent(say!("case {} is not kept here", id.number.id())))?, None)
    } else {
        counter.read(&id)?
    };
    if asked.get_flag("json") {
        data::json(&in_json(&file), out)?;
    } else if asked.get_flag("raw") {
        for line in Raw::new(indented(file.case.raw.exact())).lines() {
            writeln!(out, "{line}")?;
        }
    } else {
        let odd = dispute::odd(&file.case);
        writeln!(out, "{}", say!("case {} of {}", file.case.id.number.id(), Raw::new(id.profile).show()))?;
        for line in dispute::lines(&file, counter.clock.now(), WIDTH, &odd, None) {
            let line = match line.kind {
                Kind::Heading | Kind::Blank => line.text,
                Kind::Document { begins: true, .. } => say!("  {}", line.text),
                Kind::Document { .. } => say!("    {}", line.text),
                _ => SafeText::join(&[line.label.pad(LABEL), line.text], " "),
            };
            writeln!(out, "{}", line.as_str().trim_end())?;
        }
    }
    Ok(fault.map_or(DONE, |fault| {
        tell(&say!("it was not read now, and is shown as it is kept: {}", fault.tell()));
        refused_or_unsent(&fault)
    }))
}

fn in_json(file: &CaseFile) -> Value {
    let case: &Case = &file.case;
    let deadline = case.deadline.as_ref().map(|deadline| {
        let by = if deadline.whose == Whose::Provider { "provider" } else { "rule" };
        json!({"at": deadline.at.rfc3339(), "set_by": by})
    });
    let document = |document: &DocumentRef| {
        json!({
            "id": data::id(&document.id),
            "name": data::text(&document.name),
            "claimed_type": data::text(&document.claimed),
            "side": document.side.words(),
            "by": data::text(&document.by),
            "at": data::time(document.at),
        })
    };
    let happening = |happening: &Happening| {
        json!({
            "at": data::time(happening.at),
            "who": data::text(&happening.who),
            "what": data::text(&happening.what),
        })
    };
    let entry = |entry: &Entry| {
        json!({
            "at": entry.at.rfc3339(),
            "who": data::text(&entry.who),
            "event": Raw::new(entry.event.clone()).show().as_str(),
            "detail": data::text(&entry.detail),
        })
    };
    let parked = file.parked.as_ref();
    json!({
        "profile": case.id.profile,
        "number": data::id(&case.id.number),
        "group": data::text(&case.group),
        "queue": data::text(&case.queue),
        "stage": case.stage.words(),
        "status": data::text(&case.status),
        "network": data::text(&case.network),
        "card": data::text(&case.card),
        "cardholder": data::text(&case.cardholder),
        "arn": data::id(&case.arn),
        "reason": data::text(&case.reason),
        "merchant": data::text(&case.merchant),
        "merchant_place": data::text(&case.merchant_place),
        "merchant_category": data::text(&case.merchant_category),
        "amount": data::money(case.amount),
        "transaction_amount": data::money(case.transaction_amount),
        "transaction_at": data::time(case.transaction_at),
        "opened": data::time(case.opened),
        "updated": data::time(case.updated),
        "deadline": deadline,
        "offered": case.may.as_ref().map(|may| may.iter().map(data::text).collect::<Vec<_>>()),
        "instructions": data::text(&case.instructions),
        "documents": case.documents.iter().map(document).collect::<Vec<_>>(),
        "history": case.history.iter().map(happening).collect::<Vec<_>>(),
        "page": data::text(&case.page),
        "journal": file.journal.iter().map(entry).collect::<Vec<_>>(),
        "not_understood": case.unread.iter().map(data::text).collect::<Vec<_>>(),
        "parked": parked.map(|parked| json!({"at": parked.at.rfc3339(), "why": data::text(&parked.why)})),
        "read_at": file.read_at.rfc3339(),
    })
}
