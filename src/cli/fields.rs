//! A declared action as a command: a flag for each field, and what the flags, a file or standard input say as the form's
//! values. Everything about the fields is read from the declaration.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Read},
};

use clap::{Arg, ArgAction, ArgMatches, Command, ValueHint};
use serde_json::Value;

use super::{
    ends::{self, Stop},
    flag,
};
use crate::{
    action::{
        Action, Entered, Field, Kind, Problem, Rule, Values, check,
        check::size,
        draft::below,
        field::{Choices, Others, Papers},
        pick,
        rows::field_at,
    },
    text::{Raw, SafeText, own, say},
};

/// Flags that are no fields.
pub const OWN: [&str; 11] =
    ["profile", "from", "attach", "describe", "null", "force", "yes", "json", "card", "help", "kept"];
/// So many choices are listed in a help text; of more only that there are more.
const LISTED: usize = 40;
/// The largest `--from` that is read, in bytes.
const LARGEST: u64 = 16 << 20;

/// The command of an action. `typed`: the arguments, for the elements of lists that they name.
pub fn command(words: String, action: &'static Action, typed: &[String]) -> Command {
    Command::new(action.id)
        .bin_name(words)
        .about(about(action))
        .after_help(format!("{}{}", notes(action), ends::HELP))
        .no_binary_name(true)
        .args(args(action, typed))
}

/// What an action does, in a line.
pub fn about(action: &Action) -> String {
    let is_final = if action.is_final { " (final: nothing takes it back)" } else { "" };
    format!("{}: {}{is_final}", action.title, action.says)
}

/// Everything that can be given to an action: its case, a flag for each field, and the flags that all actions have.
pub fn args(action: &'static Action, typed: &[String]) -> Vec<Arg> {
    let mut args = Vec::new();
    if !action.makes_a_case() {
        args.push(Arg::new("case").value_name("CASE").required(true).help("the case's number"));
    }
    for address in addresses(action.fields, typed) {
        let Some(field) = field_at(action.fields, &address) else { continue };
        let help = help(action, &address, field).into_string();
        let name = if matches!(field.kind, Kind::Card(_)) { "-" } else { "VALUE" };
        let several = if matches!(field.kind, Kind::Each { .. }) { ArgAction::Append } else { ArgAction::Set };
        let arg = Arg::new(format!("field.{address}")).long(address).value_name(name).help(help);
        args.push(arg.action(several).allow_hyphen_values(true));
    }
    let value = |id: &'static str, name: &'static str, help: &'static str| {
        Arg::new(id).long(id).value_name(name).help(help)
    };
    let several = |id, name, help| value(id, name, help).action(ArgAction::Append);
    args.extend([
        super::profile(),
        value("from", "FILE", "the fields as one JSON object; - reads standard input")
            .value_hint(ValueHint::FilePath),
        several("null", "FIELD", "send null in this field, where the API takes it"),
        flag("force", "although it does not fit the case; the journal tells"),
        flag("yes", "send without asking; needed where there is no terminal to ask on"),
        flag("json", "what became of it as JSON"),
    ]);
    let papers = papers(action);
    if !papers.is_empty() {
        let attach = several("attach", "FILE", "a file into the first field of files, or FIELD=FILE");
        args.push(attach.value_hint(ValueHint::FilePath));
    }
    if papers.iter().any(|papers| papers.description.is_some()) {
        args.push(several("describe", "NAME=TEXT", "the description of an attached file"));
    }
    if first(action, |kind| matches!(kind, Kind::Card(_))).is_some() {
        let arg = value("card", "-", "the card number from standard input, on a terminal unseen");
        args.push(arg.allow_hyphen_values(true));
    }
    args
}

/// What may be attached, of every field that takes files.
fn papers(action: &Action) -> Vec<&'static Papers> {
    let mut all = Vec::new();
    lay("", action.fields, &mut all);
    let of = |address: &String| match field_at(action.fields, address)?.kind {
        Kind::Files(papers) => Some(papers),
        _ => None,
    };
    all.iter().filter_map(of).collect()
}

/// The values that a flag of an action may have, where they can be counted up.
pub fn values(action: &Action, address: &str) -> Vec<&'static str> {
    match field_at(action.fields, address).map(|field| field.kind) {
        Some(Kind::Choice { of, .. }) => pick::values(of, None).collect(),
        _ => Vec::new(),
    }
}

/// The address of the first field of a kind; of a list's, in its first element.
pub fn first(action: &Action, is: fn(&Kind) -> bool) -> Option<String> {
    let mut all = Vec::new();
    lay("", action.fields, &mut all);
    all.into_iter().find(|address| field_at(action.fields, address).is_some_and(|field| is(&field.kind)))
}

/// Every field that takes a flag, the first element of each list, and those elements that were typed.
fn addresses(fields: &[Field], typed: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    lay("", fields, &mut all);
    let mut known: BTreeSet<String> = all.iter().cloned().collect();
    for word in typed {
        let address = word.strip_prefix("--").map(|flag| flag.split('=').next().unwrap_or(flag));
        let Some(address) = address.filter(|address| address.contains('.')) else { continue };
        let leaf = |field: &Field| !matches!(field.kind, Kind::Group(_) | Kind::List { .. });
        if field_at(fields, address).is_some_and(leaf) && known.insert(address.to_owned()) {
            all.push(address.to_owned());
        }
    }
    let flagged = |address: &String| {
        let is_file = field_at(fields, address).is_some_and(|field| matches!(field.kind, Kind::Files(_)));
        !is_file && !OWN.contains(&address.as_str())
    };
    all.into_iter().filter(flagged).collect()
}

fn lay(above: &str, fields: &[Field], all: &mut Vec<String>) {
    for field in fields {
        let address = below(above, field.name);
        match field.kind {
            Kind::Group(inside) => lay(&address, inside, all),
            Kind::List { of, .. } => lay(&below(&address, "0"), of, all),
            _ => all.push(address),
        }
    }
}

/// Label, whether it is needed, limit, choices and hint.
fn help(action: &Action, address: &str, field: &Field) -> SafeText {
    let mut parts = vec![own(field.label)];
    parts.extend(field.required.then(|| needed(action, address)));
    parts.extend(limit(field));
    parts.extend(field.nullable.then(|| own("may be null")));
    if let Kind::Choice { of, others, .. } = field.kind
        && !matches!(of, Choices::ReasonCodes | Choices::ReasonCodesOf(_))
    {
        let also = own(if others == Others::Taken { ", or another" } else { "" });
        parts.push(say!("one of {}{}", listed(of), also));
    }
    parts.extend((!field.hint.is_empty()).then(|| own(field.hint)));
    parts.extend((field.local && !field.hint.contains("not sent")).then(|| own("not sent")));
    SafeText::join(&parts, "; ")
}

/// A field of a group or an element that may be left out as a whole is needed only with the rest of it.
fn needed(action: &Action, address: &str) -> SafeText {
    let ends = address.match_indices('.').map(|(at, _)| at);
    let mut above = ends.filter_map(|end| Some((address.get(..end)?, end)));
    let may_miss = |(above, _): &(&str, usize)| match field_at(action.fields, above) {
        Some(Field { kind: Kind::Group(_), required, .. }) => !required,
        Some(Field { kind: Kind::List { least, .. }, .. }) => *least == 0,
        _ => false,
    };
    match above.rfind(may_miss) {
        Some((above, _)) => {
            say!("required once there is any {}", Raw::new(above.trim_end_matches(".0")).show())
        }
        None => own("required"),
    }
}

/// The choices; of numbers also what they mean.
fn listed(of: Choices) -> SafeText {
    let choices = pick::choices(of, None);
    let word = |choice: &pick::Choice| match of {
        Choices::Numbers(_) => say!("{} ({})", own(choice.value), choice.says),
        _ => own(choice.value),
    };
    let words: Vec<_> = choices.iter().take(LISTED).map(word).collect();
    let words = SafeText::join(&words, ", ");
    if choices.len() > LISTED { say!("{} and {} more", words, choices.len() - LISTED) } else { words }
}

fn limit(field: &Field) -> Option<SafeText> {
    Some(match field.kind {
        Kind::Text { most, .. } => say!("up to {} characters", most),
        Kind::Lines { most } => say!("up to {} characters, several lines", most),
        Kind::Choice { of: Choices::ReasonCodes | Choices::ReasonCodesOf(_), most, .. } => {
            say!("a reason code of up to {} characters (casedesk reason CODE)", most)
        }
        Kind::Choice { .. } => return None,
        Kind::Date => own("a day like 2026-11-22, today or yesterday"),
        Kind::Instant { .. } => own("a time like 2026-11-22T14:30 (UTC), or now"),
        Kind::Each { most, longest } => {
            say!("may be given up to {} times, each up to {} characters", most, longest)
        }
        Kind::Amount { .. } => own("an amount like 12.50"),
        Kind::Whole { least, most } => say!("a whole number from {} to {}", least, most),
        Kind::Files(papers) => match papers.most {
            1 => say!("one file of up to {}", size(papers.largest)),
            most => say!("up to {} files of up to {} each", most, size(papers.largest)),
        },
        Kind::Card(_) => own("only \"-\": read from standard input"),
        Kind::Group(_) | Kind::List { .. } => return None,
    })
}

/// What holds between the fields, and which fields take files.
fn notes(action: &Action) -> String {
    let labels = |several: &[&str]| several.iter().map(|one| format!("--{one}")).collect::<Vec<_>>().join(", ");
    let mut lines: Vec<String> = action
        .rules
        .iter()
        .map(|rule| match rule {
            Rule::AtLeastOne([one]) => format!("--{one} is needed."),
            Rule::AtLeastOne(several) => format!("At least one of {}.", labels(several)),
            Rule::AtMostOne(several) => format!("Only one of {}.", labels(several)),
            Rule::Together(several) => format!("Only together: {}.", labels(several)),
            Rule::NeededWhen(address, _, words) => format!("--{address} is needed {words}."),
            Rule::OnlyWhen(address, _, words) => format!("--{address} is for {words}."),
        })
        .collect();
    let mut all = Vec::new();
    lay("", action.fields, &mut all);
    let has_lists = all.iter().any(|address| address.contains(".0."));
    for address in all {
        if let Some(field) = field_at(action.fields, &address).filter(|it| matches!(it.kind, Kind::Files(_))) {
            lines.push(format!("Files go into {address}: {}.", help(action, &address, field)));
        }
    }
    if has_lists {
        lines.push("The elements of a list are counted from 0; any number can stand in an address.".to_owned());
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What was given: values by address, the addresses whose card number is read from standard input, and what makes no
/// sense.
pub struct Given {
    pub values: Values,
    pub cards: Vec<String>,
    pub problems: Vec<Problem>,
}

pub fn given(action: &'static Action, typed: &ArgMatches, addresses: &[String]) -> Result<Given, Stop> {
    let mut given = Given { values: Values::default(), cards: Vec::new(), problems: Vec::new() };
    if let Some(from) = typed.get_one::<String>("from") {
        let whole: Value = serde_json::from_slice(&read(from)?)
            .map_err(|error| Stop::usage(say!("--from is not JSON: {}", Raw::new(error.to_string()).show())))?;
        let Value::Object(members) = whole else {
            return Err(Stop::usage(own("--from is no JSON object of the action's fields")));
        };
        members.iter().for_each(|(name, value)| given.take(action, name, value));
    }
    for address in addresses {
        let Ok(Some(words)) = typed.try_get_many::<String>(&format!("field.{address}")) else { continue };
        let text = words.map(String::as_str).collect::<Vec<_>>().join("\n");
        given.flag(action, address, text)?;
    }
    for address in typed.get_many::<String>("null").into_iter().flatten() {
        given.set(action, address, Entered::Null);
    }
    if let Ok(Some(card)) = typed.try_get_one::<String>("card")
        && let Some(address) = first(action, |kind| matches!(kind, Kind::Card(_)))
    {
        given.flag(action, &address, card.clone())?;
    }
    Ok(given)
}

/// The addresses that the command of an action has flags for.
pub fn flags(action: &Action, typed: &[String]) -> Vec<String> {
    addresses(action.fields, typed)
}

fn read(from: &str) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    if from == "-" {
        io::stdin().take(LARGEST).read_to_end(&mut bytes)?;
    } else {
        let named = |error: io::Error| {
            Stop::usage(say!("{}: {}", Raw::new(from).show(), Raw::new(error.to_string()).show()))
        };
        fs::File::open(from).map_err(named)?.take(LARGEST).read_to_end(&mut bytes).map_err(named)?;
    }
    Ok(bytes)
}

impl Given {
    fn flag(&mut self, action: &Action, address: &str, text: String) -> Result<(), Stop> {
        let is_card = field_at(action.fields, address).is_some_and(|field| matches!(field.kind, Kind::Card(_)));
        match (is_card, text.as_str()) {
            (false, _) => self.values.set_text(address, text),
            (true, "-") => self.cards.push(address.to_owned()),
            (true, _) => {
                return Err(Stop::usage(say!(
                    "--{}: a card number never stands among the arguments, where others can read it; write - and \
                     give it on standard input",
                    Raw::new(address).show()
                )));
            }
        }
        Ok(())
    }

    fn set(&mut self, action: &Action, address: &str, entered: Entered) {
        if field_at(action.fields, address).is_some() {
            self.values.set(address, entered);
        } else {
            self.wrong(address, own("is no field of this action"));
        }
    }

    fn wrong(&mut self, address: &str, says: SafeText) {
        self.problems.push(Problem { field: address.to_owned(), says });
    }

    /// A JSON value, as it would be typed into the form.
    fn take(&mut self, action: &Action, address: &str, value: &Value) {
        let field = field_at(action.fields, address);
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.take(action, &below(address, name), value));
            }
            Value::Array(elements) if field.is_some_and(|it| matches!(it.kind, Kind::Each { .. })) => {
                let lines: Vec<_> = elements.iter().map(plain).collect();
                self.set(action, address, Entered::Text(lines.join("\n").into()));
            }
            Value::Array(elements) => {
                let each = elements.iter().enumerate();
                each.for_each(|(at, value)| self.take(action, &below(address, &at.to_string()), value));
            }
            Value::Null => self.set(action, address, Entered::Null),
            other => self.set(action, address, Entered::Text(plain(other).into())),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// "notes: is needed", by the field's label and its address.
pub fn told(action: &Action, problem: &Problem) -> SafeText {
    if problem.field.is_empty() {
        return problem.says.clone();
    }
    let (address, label) = (Raw::new(problem.field.clone()).show(), check::label(action, &problem.field));
    if address == label {
        say!("{}: {}", address, problem.says)
    } else {
        say!("{} ({}): {}", address, label, problem.says)
    }
}
