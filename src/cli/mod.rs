//! What can be asked on the command line, and the desk's verbs without a screen; `main` opens what they work with.

pub mod act;
pub mod case;
pub mod check;
pub mod counter;
pub mod data;
pub mod doc;
pub mod ends;
pub mod fields;
pub mod find;
pub mod grammar;
pub mod init;
pub mod journal;
pub mod lend;
pub mod outbox;
pub mod profiles;
pub mod queue;
pub mod reason;
pub mod report;
pub mod settle;
pub mod shell;
pub mod track;
mod typed;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Arg, ArgAction, Command, value_parser};
use ends::{DONE, USAGE};

use crate::{
    run::outbox::points::Point,
    text::{Raw, SafeText},
    view::style::Theme,
};

/// `most_cases` is how many cases a sandbox world may have.
pub fn arguments(most_cases: usize) -> Command {
    let cases = Arg::new("cases")
        .long("cases")
        .value_name("N")
        .value_parser(value_parser!(u64).range(1..=most_cases as u64))
        .help("how many cases a new sandbox world has (up to 20000)");
    let speed = Arg::new("speed")
        .long("speed")
        .value_name("N")
        .default_value("1")
        .value_parser(value_parser!(u32).range(1..=3600))
        .help("how many times faster than here the sandbox's time goes: its disputes move on sooner");
    Command::new("casedesk")
        .version(env!("CARGO_PKG_VERSION"))
        .about("A case-handling workstation in the terminal for people who work payment disputes.")
        .after_help(format!(
            "Without a configuration the screen opens on the built-in sandbox.\n\n{}",
            ends::HELP
        ))
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("read this configuration instead of ~/.config/casedesk/config.toml"),
        )
        .arg(
            Arg::new("sandbox")
                .long("sandbox")
                .action(ArgAction::SetTrue)
                .help("open on the built-in sandbox although there is a configuration"),
        )
        .arg(
            Arg::new("fresh")
                .long("fresh")
                .action(ArgAction::SetTrue)
                .help("forget the sandbox's world and its store, and begin anew"),
        )
        .arg(cases.clone())
        .arg(speed.clone())
        .arg(
            Arg::new("store")
                .long("store")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .help("keep the store in this directory"),
        )
        .arg(
            Arg::new("theme")
                .long("theme")
                .value_name("NAME")
                .value_parser(Theme::ALL.map(|(name, _)| name))
                .help("colours of the screen"),
        )
        .arg(
            Arg::new("allow-env-secret")
                .long("allow-env-secret")
                .action(ArgAction::SetTrue)
                .help("let the configuration take secrets from environment variables"),
        )
        .arg(Arg::new("panic-at").long("panic-at").hide(true).value_parser(["draw", "hear", "task"]))
        .arg(Arg::new("try-picture").long("try-picture").hide(true).action(ArgAction::SetTrue))
        .arg(
            Arg::new("die-at")
                .long("die-at")
                .hide(true)
                .value_parser(Point::ALL.map(|(name, _)| name).to_vec()),
        )
        .subcommand(queue::command())
        .subcommand(case::command())
        .subcommand(act::command("act", act::ACT, "VERB CASE [--FIELD VALUE]..."))
        .subcommand(act::command("create", act::CREATE, "PROVIDER [--FIELD VALUE]..."))
        .subcommand(find::command())
        .subcommand(track::command())
        .subcommand(doc::command())
        .subcommand(report::command())
        .subcommand(reason::command())
        .subcommand(check::command())
        .subcommand(init::command())
        .subcommand(shell::completions())
        .subcommand(shell::man())
        .subcommand(
            Command::new("journal")
                .about("Looks at the journal of what was done with casedesk.")
                .subcommand_required(true)
                .subcommand(Command::new("verify").about("says whether every record is as it was written"))
                .subcommand(
                    Command::new("export")
                        .about("every record, oldest first")
                        .arg(flag("json", "as one JSON array instead")),
                ),
        )
        .subcommand(
            Command::new("outbox")
                .about("What waits to be sent, and sending it, without a screen.")
                .subcommand_required(true)
                .subcommand(Command::new("list").about("what is under way, one entry a line").arg(
                    Arg::new("json").long("json").action(ArgAction::SetTrue).help("as one JSON array instead"),
                ))
                .subcommand(Command::new("send").about("sends what waits, and says what became of it"))
                .subcommands(settle::commands())
                .after_help(ends::HELP),
        )
        .subcommand(
            Command::new("sandbox")
                .about(
                    "Serves the stand-ins on a loopback address, for other programs, until it is interrupted.",
                )
                .arg(
                    Arg::new("listen")
                        .long("listen")
                        .value_name("ADDRESS:PORT")
                        .default_value("127.0.0.1:0")
                        .value_parser(value_parser!(SocketAddr))
                        .help("where to listen; port 0 takes a free one"),
                )
                .arg(
                    Arg::new("into")
                        .long("into")
                        .value_name("DIR")
                        .value_parser(value_parser!(PathBuf))
                        .help("write a configuration that leads there into this new folder, with its secrets"),
                )
                .arg(cases)
                .arg(speed),
        )
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn profile() -> Arg {
    Arg::new("profile").long("profile").value_name("PROFILE").help("the profile that is meant")
}

/// Prints a help text, or why the arguments make no sense. They may hold anything, a card number too.
pub fn answered(refused: &clap::Error) -> u8 {
    if !refused.use_stderr() {
        // Who stops reading a help text has read enough.
        let _ = refused.print();
        return DONE;
    }
    for line in Raw::new(refused.to_string().trim_end()).lines() {
        eprintln!("{line}");
    }
    USAGE
}

/// What went wrong, or is worth knowing beside the data.
fn tell(text: &SafeText) {
    eprintln!("casedesk: {text}");
}
