//! Every command with what all providers declare: for completions, for manual pages, and for help that needs no
//! configuration.

use std::collections::BTreeMap;

use clap::{Arg, Command, builder::PossibleValuesParser};

use super::{act, ends, fields};
use crate::{action::Action, provider};

/// An action and the id of the provider that declares it.
type Declared = (&'static str, &'static Action);

/// The whole command line, every verb and every provider a command of its own.
pub fn whole(arguments: Command) -> Command {
    let with_verbs = arguments.mut_subcommand("act", |_| acting());
    with_verbs.mut_subcommand("create", |_| creating()).bin_name("casedesk").disable_help_subcommand(true)
}

/// `casedesk act`, with the verbs of all providers.
pub fn acting() -> Command {
    let mut verbs: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    for (id, action) in declared().filter(|(_, action)| !action.makes_a_case()) {
        verbs.entry(action.id).or_default().push((id, action));
    }
    let more = "casedesk act VERB --help tells the fields of every provider that has it.\n";
    over("act", act::ACT, "VERB", "Verbs", more)
        .subcommands(verbs.into_iter().map(|(verb, all)| joined(verb, &all)))
}

/// `casedesk create`, with all providers.
pub fn creating() -> Command {
    let mut makers: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    for (id, action) in declared().filter(|(_, action)| action.makes_a_case()) {
        makers.entry(id).or_default().push((id, action));
    }
    let more = "A profile's own name does as well. casedesk create PROVIDER --help tells the fields.\n";
    let makers = makers.into_iter().map(|(provider, all)| joined(provider, &all));
    over("create", act::CREATE, "PROVIDER", "Providers", more).subcommands(makers)
}

/// What everybody who declares it says of a verb, one after another; nothing where nobody does.
pub fn help(verb: &str, only: Option<&str>) -> Vec<String> {
    let meant = |(id, action): &Declared| {
        action.id == verb && !action.makes_a_case() && only.is_none_or(|only| only == *id)
    };
    let told = |(id, action): Declared| {
        let mut command = fields::command(format!("casedesk act {verb}"), action, &[]);
        format!("{} ({id})\n{}", title(id), command.render_help())
    };
    declared().filter(meant).map(told).collect()
}

fn declared() -> impl Iterator<Item = Declared> {
    provider::ALL
        .iter()
        .flat_map(|provider| provider.actions().iter().map(|action| (provider.manifest().id, action)))
}

fn title(id: &str) -> &'static str {
    let found = provider::ALL.iter().find(|provider| provider.manifest().id == id);
    found.map_or("", |provider| provider.manifest().title)
}

fn over(
    name: &'static str,
    about: &'static str,
    value: &'static str,
    heading: &'static str,
    more: &str,
) -> Command {
    Command::new(name)
        .about(about)
        .bin_name(format!("casedesk {name}"))
        .subcommand_required(true)
        .subcommand_value_name(value)
        .subcommand_help_heading(heading)
        .disable_help_subcommand(true)
        .after_help(format!("{more}{}", ends::HELP))
}

/// One command for what several declare under one name: a field of some of them says whose it is.
fn joined(name: &'static str, all: &[Declared]) -> Command {
    let mut args: Vec<(Arg, Vec<&str>)> = Vec::new();
    for (id, action) in all {
        for arg in fields::args(action, &[]) {
            match args.iter_mut().find(|(known, _)| known.get_id() == arg.get_id()) {
                Some((_, whose)) => whose.push(id),
                None => args.push((offering(arg, action), vec![id])),
            }
        }
    }
    let args = args.into_iter().map(|(arg, whose)| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if whose.len() == all.len() { arg } else { arg.help(format!("{help} ({})", whose.join(", "))) }
    });
    let says = |(id, action): &Declared| match all {
        [_] => fields::about(action),
        _ => format!("{id}: {}", action.says),
    };
    Command::new(name).about(all.iter().map(says).collect::<Vec<_>>().join("; ")).args(args)
}

/// With the values that a shell may offer. What is no choice is still told by the form and not by the shell.
fn offering(arg: Arg, action: &Action) -> Arg {
    let address = arg.get_id().as_str().strip_prefix("field.");
    let values = address.map(|address| fields::values(action, address)).unwrap_or_default();
    if values.is_empty() {
        return arg;
    }
    arg.value_parser(PossibleValuesParser::new(values)).hide_possible_values(true)
}
