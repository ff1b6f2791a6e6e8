//! `casedesk act` and `casedesk create`: a declared action filled from flags, checked and reviewed by the desk's own
//! form, and sent through the outbox.

use std::io::{self, IsTerminal, Write};

use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::json;

use super::{
    counter::Counter,
    data,
    ends::{Stop, UNKNOWN, USAGE},
    fields, grammar, outbox, tell, typed,
};
use crate::{
    action::{self, Action, Draft, Entered, Kind, Problem, Values, rows},
    desk::{
        Profile,
        dispute::LABEL,
        form::{Form, page, review},
        words::{Effect, Event, Force, Opened},
    },
    provider::{self, Provider},
    seal,
    text::{Raw, SafeText, own, say},
};

/// As wide as a review is laid out.
const WIDTH: usize = 110;

pub fn command(name: &'static str, about: &'static str, takes: &'static str) -> Command {
    Command::new(name).about(about).disable_help_flag(true).arg(
        Arg::new("words")
            .value_name(takes)
            .num_args(0..)
            .trailing_var_arg(true)
            .allow_hyphen_values(true)
            .action(ArgAction::Append),
    )
}

/// The words behind the command, where it is one of these two.
pub fn words_of(asked: &ArgMatches) -> Vec<String> {
    asked.try_get_many::<String>("words").ok().flatten().into_iter().flatten().cloned().collect()
}

pub const ACT: &str = "Does something with a case, and says what became of it.";
pub const CREATE: &str = "Creates a case, and says what became of it.";

/// What is said where nothing was said.
pub fn takes(name: &str) -> &'static str {
    if name == "act" {
        "casedesk act VERB CASE [--FIELD VALUE]...; casedesk act --help tells the verbs"
    } else {
        "casedesk create PROVIDER [--FIELD VALUE]...; casedesk create --help tells the providers"
    }
}

/// The help that needs neither configuration nor store: of what the providers declare. Nothing where a profile has to be
/// looked at for it.
pub fn help(name: &str, words: &[String]) -> Option<Vec<String>> {
    let first = words.iter().find(|word| !word.starts_with('-'));
    let (Some(first), true) = (first, asks_for_help(words)) else {
        let whole = if name == "act" { grammar::acting() } else { grammar::creating() };
        return asks_for_help(words).then(|| vec![whole.clone().render_help().to_string()]);
    };
    let told = if name == "act" {
        grammar::help(first, option(words, "profile"))
    } else {
        let provider = provider::ALL.iter().find(|provider| provider.manifest().id == first)?;
        let (action, rest) = creating(*provider, words.get(1..)?).ok()?;
        let mut command = fields::command(format!("casedesk create {first}"), action, rest);
        vec![command.render_help().to_string()]
    };
    (!told.is_empty()).then_some(told)
}

pub fn asks_for_help(words: &[String]) -> bool {
    words.iter().any(|word| word == "--help" || word == "-h")
}

/// `act VERB CASE …`
pub fn act(counter: &mut Counter, words: &[String], out: &mut dyn Write) -> Result<u8, Stop> {
    let Some((verb, rest)) = words.split_first().filter(|(verb, _)| !verb.starts_with('-')) else {
        return Err(Stop::usage(own(takes("act"))));
    };
    let named = option(rest, "profile");
    let case = rest.first().filter(|word| !word.starts_with('-'));
    let profile = match (named, case) {
        (Some(named), _) => counter.profile(named)?.name.clone(),
        (None, Some(case)) if !asks_for_help(rest) => counter.locate(case, None)?.profile,
        (None, _) => one_with(counter, verb)?,
    };
    let profile = counter.profile(&profile)?;
    let action = profile.action(verb).filter(|action| !action.makes_a_case()).ok_or_else(|| {
        let known = own("known are");
        Stop::usage(say!("there is no verb {}; {} {}", Raw::new(verb.clone()).show(), known, verbs(counter)))
    })?;
    let name = profile.name.clone();
    fill(counter, &name, action, format!("casedesk act {verb}"), rest, out)
}

/// `create PROVIDER_OR_PROFILE …`
pub fn create(counter: &mut Counter, words: &[String], out: &mut dyn Write) -> Result<u8, Stop> {
    let Some((name, rest)) = words.split_first().filter(|(name, _)| !name.starts_with('-')) else {
        return Err(Stop::usage(own(takes("create"))));
    };
    let profile = counter.profile(name)?.name.clone();
    let provider = counter.provider(&profile);
    let provider = provider.ok_or_else(|| Stop::usage(say!("there is no such profile")))?;
    let (action, rest) = creating(provider, rest)?;
    fill(counter, &profile, action, format!("casedesk create {name}"), rest, out)
}

/// The action that makes a case; by its name where there are several.
fn creating<'w>(provider: &dyn Provider, words: &'w [String]) -> Result<(&'static Action, &'w [String]), Stop> {
    let making: Vec<_> = provider.actions().iter().filter(|action| action.makes_a_case()).collect();
    if let Some((verb, rest)) = words.split_first()
        && let Some(action) = making.iter().find(|action| action.id == verb)
    {
        return Ok((action, rest));
    }
    match making.as_slice() {
        [only] => Ok((only, words)),
        [] => Err(Stop::usage(say!("{} takes no new cases", own(provider.manifest().title)))),
        several => {
            let names: Vec<_> = several.iter().map(|action| own(action.id)).collect();
            Err(Stop::usage(say!("say which: {}", SafeText::join(&names, ", "))))
        }
    }
}

/// The verbs of all profiles that are about a case.
fn verbs(counter: &Counter) -> SafeText {
    let actions = counter.profiles.iter().flat_map(|profile| profile.actions);
    let mut names: Vec<_> =
        actions.filter(|action| !action.makes_a_case()).map(|action| own(action.id)).collect();
    names.sort();
    names.dedup();
    SafeText::join(&names, ", ")
}

/// The profile whose verb is meant where no case says it.
fn one_with(counter: &Counter, verb: &str) -> Result<String, Stop> {
    let having: Vec<_> = counter.profiles.iter().filter(|profile| profile.action(verb).is_some()).collect();
    match having.as_slice() {
        [only] => Ok(only.name.clone()),
        [] => {
            Err(Stop::usage(say!("there is no verb {}; known are {}", Raw::new(verb).show(), verbs(counter))))
        }
        _ => Err(Stop::usage(say!("several profiles have {}: name one with --profile", Raw::new(verb).show()))),
    }
}

/// The value of an option, before the command that takes it is known.
fn option<'w>(words: &'w [String], name: &str) -> Option<&'w str> {
    let flag = format!("--{name}");
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.strip_prefix(&flag) {
            Some("") => return words.next().map(String::as_str),
            Some(rest) if rest.starts_with('=') => return rest.get(1..),
            _ => {}
        }
    }
    None
}

fn fill(
    counter: &mut Counter,
    profile: &str,
    action: &'static Action,
    words: String,
    rest: &[String],
    out: &mut dyn Write,
) -> Result<u8, Stop> {
    let asked = match fields::command(words, action, rest).try_get_matches_from(rest) {
        Ok(asked) => asked,
        Err(refused) => return Ok(super::answered(&refused)),
    };
    let given = fields::given(action, &asked, &fields::flags(action, rest))?;
    let reads =
        given.cards.len() + usize::from(asked.get_one::<String>("from").is_some_and(|from| from == "-"));
    if reads > 1 {
        return Err(Stop::usage(own("standard input is read for one thing only: a card number, or --from -")));
    }
    let as_json = asked.get_flag("json");
    let (mut form, mut problems) = form(counter, profile, action, &asked, given.values)?;
    problems.extend(given.problems);
    cards(counter, &mut form, &given.cards)?;
    form.settle_days(counter.now());
    problems.extend(form.problems().iter().cloned());
    if !problems.is_empty() {
        return wrong(action, &problems, as_json, out);
    }
    if let (action::Offer::No(why), Force::No) = (&form.offer, form.forced) {
        return Err(Stop::usage(say!("{}; --force sends it all the same", why)));
    }
    reviewed(counter, counter.profile(profile)?, &form);
    if !asked.get_flag("yes") {
        agreed(&form)?;
    }
    send(counter, &form, as_json, out)
}

/// The form with everything that was given, and what could not be attached.
fn form(
    counter: &Counter,
    profile: &str,
    action: &'static Action,
    asked: &ArgMatches,
    mut values: Values,
) -> Result<(Form, Vec<Problem>), Stop> {
    let case = asked.try_get_one::<String>("case").ok().flatten();
    let case = case.map(|number| counter.locate(number, Some(profile))).transpose()?;
    let file = match &case {
        None => None,
        Some(id) => {
            let (file, fault) = counter.read(id)?;
            if let Some(fault) = fault {
                tell(&say!("the case was not read now, and is taken as it is kept: {}", fault.tell()));
            }
            Some(file)
        }
    };
    let (settings, now) = (counter.profile(profile)?.settings.clone(), counter.now());
    let id = seal::new_id(now).map_err(|_| Stop::unsent(own("the system gave no random bytes")))?;
    let problems = attach(counter, action, &id, asked, &mut values)?;
    let draft = Draft {
        id,
        profile: profile.to_owned(),
        action: action.id.to_owned(),
        case,
        base: file.as_ref().map(|file| Box::new(file.case.clone())),
        values,
    };
    let opened = Opened { draft, version: 0, file, resumed: false, problems: Vec::new() };
    let forced = if asked.get_flag("force") { Force::Yes } else { Force::No };
    Ok((Form::open(action, settings, opened, forced, now).0, problems))
}

/// Copies the files into the store, and puts them where they belong.
fn attach(
    counter: &Counter,
    action: &'static Action,
    draft: &str,
    asked: &ArgMatches,
    values: &mut Values,
) -> Result<Vec<Problem>, Stop> {
    let mut problems = Vec::new();
    let several = |name| asked.try_get_many::<String>(name).ok().flatten().into_iter().flatten();
    let takes_files = |address: &str| {
        rows::field_at(action.fields, address).is_some_and(|field| matches!(field.kind, Kind::Files(_)))
    };
    let first = fields::first(action, |kind| matches!(kind, Kind::Files(_))).unwrap_or_default();
    for word in several("attach") {
        let (field, path) = match word.split_once('=') {
            Some((field, path)) if takes_files(field) => (field.to_owned(), path),
            _ => (first.clone(), word.as_str()),
        };
        let (name, folder) = (Raw::new(path), Raw::default());
        let effect = Effect::Attach { draft: draft.to_owned(), field: field.clone(), folder, name };
        match counter.one(effect)? {
            Event::Attached { answer: Ok(attachment), .. } => {
                let mut files = values.files(&field).to_vec();
                files.push(attachment);
                values.set(&field, Entered::Files(files));
            }
            Event::Attached { answer: Err(says), .. } => problems.push(Problem { field, says }),
            _ => {}
        }
    }
    for word in several("describe") {
        let (name, text) = word.split_once('=').unwrap_or((word, ""));
        if !describe(values, name, text) {
            let says = say!("no attached file is called {}", Raw::new(name).show());
            problems.push(Problem { field: first.clone(), says });
        }
    }
    Ok(problems)
}

fn describe(values: &mut Values, name: &str, text: &str) -> bool {
    let holding = |(_, entered): &(&str, &Entered)| matches!(entered, Entered::Files(files) if files.iter().any(|file| file.name.exact() == name));
    let Some(address) = values.iter().find(holding).map(|(address, _)| address.to_owned()) else {
        return false;
    };
    let mut files = values.files(&address).to_vec();
    files.iter_mut().filter(|file| file.name.exact() == name).for_each(|file| file.description = text.into());
    values.set(&address, Entered::Files(files));
    true
}

/// Reads the card numbers: those that were asked for, and on a terminal those that are needed.
fn cards(counter: &Counter, form: &mut Form, asked: &[String]) -> Result<(), Stop> {
    let mut wanted = asked.to_vec();
    if io::stdin().is_terminal() {
        let needed = |(address, field): (String, &'static action::Field)| {
            (field.required && matches!(field.kind, Kind::Card(_))).then_some(address)
        };
        wanted.extend(rows::leaves(form.action.fields, &form.draft.values).into_iter().filter_map(needed));
        wanted.sort();
        wanted.dedup();
    }
    for address in wanted {
        let label = action::check::label(form.action, &address);
        let number = typed::unseen(&say!("{}: ", label))?;
        form.focus(Some(address), counter.now());
        let Some(line) = form.focused_card() else { continue };
        line.insert(number.reveal().trim());
        if let Some(problem) = line.problem.take() {
            return Err(Stop::usage(say!("{}: {}", label, problem)));
        }
        form.touched(counter.now());
    }
    Ok(())
}

fn wrong(action: &Action, problems: &[Problem], as_json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
    let told = |problem: &Problem| json!({"field": Raw::new(problem.field.clone()).show().as_str(), "says": problem.says.as_str()});
    problems.iter().for_each(|problem| tell(&fields::told(action, problem)));
    if as_json {
        data::json(
            &json!({"state": "refused here", "problems": problems.iter().map(told).collect::<Vec<_>>()}),
            out,
        )?;
    }
    Ok(USAGE)
}

/// Everything that would leave, on standard error.
fn reviewed(counter: &Counter, profile: &Profile, form: &Form) {
    for line in review::lines(form, profile, None, counter.now(), WIDTH).lines {
        let label = if line.label.is_empty() && line.kind != page::Kind::More {
            line.text
        } else {
            SafeText::join(&[line.label.pad(LABEL + 8), line.text, line.right], " ")
        };
        eprintln!("{}", label.as_str().trim_end());
    }
}

/// Asks on a terminal. A final action wants its word.
fn agreed(form: &Form) -> Result<(), Stop> {
    let wanted = if form.action.is_final { review::word(form) } else { own("yes") };
    typed::confirmed(&wanted, own("nothing was sent"))
}

fn send(counter: &Counter, form: &Form, as_json: bool, out: &mut dyn Write) -> Result<u8, Stop> {
    let submission = Effect::Submit(Box::new(form.submission()));
    let entry = match counter.through(submission)? {
        Event::Queued { answer: Ok(entry), .. } => entry,
        Event::Queued { answer: Err(refused), .. } if refused.problems.is_empty() => {
            return Err(Stop::unsent(refused.says));
        }
        Event::Queued { answer: Err(refused), .. } => {
            return wrong(form.action, &refused.problems, as_json, out);
        }
        _ => return Err(Stop::unsent(own("it was not queued"))),
    };
    let Some(entry) = counter.store.entry(&entry)? else {
        return Err(Stop { code: UNKNOWN, says: own("the entry is not in the outbox any more") });
    };
    outbox::became(&entry, as_json, out)?;
    Ok(outbox::code(entry.life.state))
}
