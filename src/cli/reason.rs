//! `casedesk reason`: what is known of a reason code. Where the bare code is several networks', all of them.

use std::io::{self, Write};

use clap::{Arg, ArgMatches, Command};
use serde_json::{Value, json};

use super::{
    data,
    ends::{DONE, REFUSED, Stop},
    flag,
};
use crate::{
    case::reason::{self, Code, Status},
    text::{Raw, SafeText, own, say},
};

pub fn command() -> Command {
    Command::new("reason")
        .about("What a reason code means, how long there is, and what to bring.")
        .arg(Arg::new("code").value_name("CODE").required(true).help("as the case has it, such as 13.1"))
        .arg(Arg::new("network").long("network").value_name("NETWORK").help("such as visa or mastercard"))
        .arg(flag("json", "as JSON instead"))
}

pub fn run(asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let code = asked.get_one::<String>("code").map_or("", String::as_str);
    let network = asked.get_one::<String>("network").map(String::as_str);
    if let Some(name) = network.filter(|name| reason::Network::named(name).is_none()) {
        return Err(Stop::usage(say!("{} is no network that is known here", Raw::new(name).show())));
    }
    let found = reason::book().find(network, code);
    if asked.get_flag("json") {
        data::json(&found.iter().map(|code| in_json(code)).collect(), out)?;
    } else {
        for (at, code) in found.iter().enumerate() {
            if at > 0 {
                writeln!(out)?;
            }
            in_words(code, out)?;
        }
        if !found.is_empty() {
            writeln!(out, "\n{}", reason::book().disclaimer())?;
        }
    }
    if found.is_empty() {
        return Err(Stop {
            code: REFUSED,
            says: say!("{} is a code unknown to casedesk", Raw::new(code).show()),
        });
    }
    Ok(DONE)
}

fn in_words(code: &'static Code, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", code.name(), code.title())?;
    let mut line = |label: &'static str, text: SafeText| writeln!(out, "  {} {text}", own(label).pad(20));
    line("category", code.category())?;
    line("status", own(status(code.status)))?;
    for text in code.meaning().into_iter().chain(code.notes()) {
        line("", text)?;
    }
    if let Some(days) = code.time_limit_days {
        let from = code.counts_from().map_or(SafeText::default(), |from| say!(" from {}", from));
        line("time limit", say!("{} {}{}", days, own(code.unit.words()), from))?;
    }
    for paper in code.issuer_evidence() {
        line("bring", paper)?;
    }
    for paper in code.merchant_evidence() {
        line("expect", paper)?;
    }
    if let Some(other) = code.replaced_by() {
        line("replaced by", other.name())?;
    }
    line("how sure", own(code.confidence.words()))
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Legacy => "legacy",
        Status::Unknown => "unknown",
    }
}

fn in_json(code: &'static Code) -> Value {
    let texts = |texts: Vec<SafeText>| texts.into_iter().map(SafeText::into_string).collect::<Vec<_>>();
    json!({
        "network": code.network.words(),
        "code": code.code,
        "title": code.title().as_str(),
        "category": code.category().as_str(),
        "status": status(code.status),
        "meaning": code.meaning().map(SafeText::into_string),
        "notes": texts(code.notes()),
        "time_limit_days": code.time_limit_days,
        "time_limit_unit": code.unit.words(),
        "time_limit_from": code.counts_from().map(SafeText::into_string),
        "wait_days": code.wait_days,
        "response_days": code.response_days,
        "issuer_evidence": texts(code.issuer_evidence()),
        "merchant_evidence": texts(code.merchant_evidence()),
        "aliases": code.aliases,
        "replaced_by": code.replaced_by().map(|other| other.name().into_string()),
        "confidence": code.confidence.words(),
        "sources": code.sources().iter().map(|source| source.place().into_string()).collect::<Vec<_>>(),
    })
}
