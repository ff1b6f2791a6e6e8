//! `casedesk completions` and `casedesk man`: what a shell and `man` want to know, written from the same declarations as
//! the commands themselves.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint, value_parser};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{
    ends::{DONE, Stop},
    grammar,
};
use crate::text::{Raw, say};

pub fn completions() -> Command {
    Command::new("completions").about("Prints what a shell completes: commands, verbs, flags, choices.").arg(
        Arg::new("shell").value_name("SHELL").required(true).value_parser(["bash", "zsh", "fish"]).help(
            "whose; bash: casedesk completions bash > ~/.local/share/bash-completion/completions/casedesk",
        ),
    )
}

pub fn man() -> Command {
    Command::new("man")
        .about("Prints the manual page of casedesk or of a command, such as: man act submit.")
        .arg(Arg::new("command").value_name("COMMAND").num_args(0..).action(ArgAction::Append).help("which"))
        .arg(
            Arg::new("into")
                .long("into")
                .value_name("DIR")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::DirPath)
                .conflicts_with("command")
                .help("write all pages into this directory instead, such as ~/.local/share/man/man1"),
        )
}

/// `whole`: the command line as [`grammar::whole`] has it.
pub fn complete(whole: Command, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let shell = match asked.get_one::<String>("shell").map(String::as_str) {
        Some("zsh") => Shell::Zsh,
        Some("fish") => Shell::Fish,
        _ => Shell::Bash,
    };
    let (mut whole, mut script) = (grammar::whole(whole), Vec::new());
    clap_complete::generate(shell, &mut whole, "casedesk", &mut script);
    out.write_all(&script)?;
    Ok(DONE)
}

/// The same for manual pages.
pub fn pages(whole: Command, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let mut whole = grammar::whole(whole);
    if let Some(folder) = asked.get_one::<PathBuf>("into") {
        let named = |error: io::Error| {
            let folder = Raw::new(folder.display().to_string()).show();
            Stop::usage(say!("{}: {}", folder, Raw::new(error.to_string()).show()))
        };
        fs::create_dir_all(folder).map_err(named)?;
        clap_mangen::generate_to(whole, folder).map_err(named)?;
        return Ok(DONE);
    }
    whole.build();
    for name in asked.get_many::<String>("command").into_iter().flatten() {
        let found = whole.find_subcommand(name).cloned();
        whole =
            found.ok_or_else(|| Stop::usage(say!("there is no command {}", Raw::new(name.clone()).show())))?;
    }
    Man::new(whole).render(out)?;
    Ok(DONE)
}
