//! Arguments, configuration, then the screen. The only file that knows every module.
#![forbid(unsafe_code)]

use std::{
    env,
    ffi::OsString,
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, Mutex, mpsc},
};

use anyhow::{Context, Result, anyhow, bail};
use casedesk::{
    case::{Case, CaseId, Moment, Settings, reason},
    cli::{
        self,
        counter::Counter,
        ends::{DONE, Stop, USAGE},
        lend::Way,
    },
    config::{Config, Given},
    desk::{self, Profile, Realm, Setup, Start},
    graphics::Surroundings,
    http::{Address, Auth, Door, Pace, Secret, Shown},
    provider::{self, Lists, Provider},
    run::{
        Hands, PanicAt, Teller, Workplace,
        author::{Process, author},
        clock::Clock,
        drafting::Declared,
        editor::Editor,
        guard::guard,
        in_use::{Alone, InUse},
        keyboard::Keyboard,
        memory::Memory,
        neighbours::Neighbours,
        network::{Network, Places},
        outbox::{
            points::{Point, Points},
            traffic::Traffic,
        },
        papers::{self, Papers},
        pictures::Pictures,
        source::{Opened, Source},
        terminal, watch,
    },
    sandbox::{self, Origin, Served},
    seal::card::{CardKey, Padding},
    store::{self, Chain, OpenProblem, Store},
    text::{Raw, own},
    view::style::{Look, Signs, Theme},
};
use clap::ArgMatches;

fn main() -> ExitCode {
    if env::args_os().nth(1).is_some_and(|first| first == papers::worker::ARGUMENT) {
        return ExitCode::from(papers::worker::work());
    }
    let arguments = match whole().try_get_matches() {
        Ok(arguments) => arguments,
        Err(refused) => return ExitCode::from(cli::answered(&refused)),
    };
    let outcome = match arguments.subcommand() {
        Some(("sandbox", given)) => serve_sandbox(given),
        Some(("journal", asked)) => journal(&arguments, asked),
        Some(("check", asked)) => check(&arguments, asked),
        Some(("init", asked)) => init(&arguments, asked),
        Some(("outbox", asked)) => outbox(&arguments, asked),
        Some(("doc", asked)) if asked.subcommand_name() == Some("show") => {
            ended(cli::doc::show(&papers::worker::this_program(), asked, &mut io::stdout()))
        }
        Some((name, asked)) => command(&arguments, name, asked),
        None => open_desk(&arguments),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            terminal::give_back();
            // Errors may quote file names and configuration: the same contract holds here.
            terminal::tell_error(format!("casedesk: {}", Raw::new(format!("{error:#}")).show()));
            ExitCode::from(USAGE)
        }
    }
}

// ---- the screen

/// Where the work is done: from arguments and configuration alone, before anything is opened.
struct Place {
    config: Config,
    on_sandbox: bool,
    /// Where the store would lie if nobody chose another directory.
    usual: PathBuf,
    dir: PathBuf,
}

/// Who asks for the place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Screen,
    Journal,
    Outbox,
    Command,
}

fn place(given: &ArgMatches, asks: Asks) -> Result<Place> {
    guard().context("the process could not be guarded")?;
    let vars = |name: &str| -> Option<OsString> { env::var_os(name) };
    let allow_env_secret = given.get_flag("allow-env-secret");
    let config =
        Config::load(&Given { file: given.get_one::<PathBuf>("config").cloned(), allow_env_secret }, &vars)
            .map_err(anyhow::Error::msg)?;
    if let Some(own) = config.own_reason_codes().map_err(anyhow::Error::msg)? {
        let file = config.reason_codes.as_deref().unwrap_or(Path::new("")).display();
        reason::take_over(&own).map_err(|why| anyhow!("{file}: {why}"))?;
    }
    let elsewhere = given.get_one::<PathBuf>("store").cloned();
    let on_sandbox = given.get_flag("sandbox") || falls_back(&config, asks, elsewhere.is_some())?;
    let usual = if on_sandbox { config.sandbox_store.clone() } else { config.store.clone() };
    let dir = elsewhere.unwrap_or_else(|| usual.clone());
    Ok(Place { config, on_sandbox, usual, dir })
}

/// Without a word about it only the screen opens on the sandbox, and only where nobody wrote a configuration: one that
/// is there was written to work with a provider. Whose journal is meant is never guessed.
fn falls_back(config: &Config, asks: Asks, store_named: bool) -> Result<bool> {
    if !config.profiles.is_empty() || asks == Asks::Journal && store_named {
        return Ok(false);
    }
    match (&config.file, asks) {
        (None, Asks::Screen) => Ok(true),
        (None, Asks::Journal) => bail!(
            "there is no configuration, and so no store of its profiles: name one (casedesk --store DIR journal verify), \
             or the sandbox's (casedesk --sandbox journal verify)"
        ),
        (None, Asks::Outbox) => bail!(
            "there is no configuration, and so nobody to send to: name a configuration with --config, or the sandbox with \
             --sandbox"
        ),
        (None, Asks::Command) => bail!(
            "there is no configuration, and so nobody to ask: name a configuration with --config, or the sandbox with \
             --sandbox"
        ),
        (Some(file), _) => bail!(
            "{} has no profile, and so there is nobody to work with: write a [profile.NAME], or start the sandbox with \
             --sandbox",
            file.display()
        ),
    }
}

/// What only looks begins nothing anew.
fn only_looks(given: &ArgMatches) -> Result<()> {
    match given.get_flag("fresh") || given.contains_id("cases") {
        true => bail!("--fresh and --cases begin a new sandbox, and this command does not work on its cases"),
        false => Ok(()),
    }
}

/// A number of cases makes a new world; one that is there keeps its own.
fn suits(cases: Option<u64>, on_sandbox: bool, dir: &Path) -> Result<()> {
    match (cases, on_sandbox) {
        (Some(_), false) => {
            bail!("--cases is for the sandbox (--sandbox); configured profiles have their own cases")
        }
        (Some(cases), true) => match sandbox::open(dir)? {
            Some(world) if world.cases as u64 != cases => bail!(
                "the sandbox in {} has {} cases; --fresh makes a new one with {cases}, and forgets this one",
                dir.display(),
                world.cases
            ),
            _ => Ok(()),
        },
        (None, _) => Ok(()),
    }
}

/// Everything that can be refused is refused before the terminal is touched.
fn open_desk(given: &ArgMatches) -> Result<u8> {
    let Place { config, on_sandbox, usual, dir } = place(given, Asks::Screen)?;
    let cases = given.get_one::<u64>("cases").map(|cases| *cases as usize);
    let around = Surroundings::of(config.images, config.images_in_tmux, &|name| env::var_os(name));
    let (profiles, sources) = all_profiles(config, on_sandbox, Some(&dir), cases, speed(given))?;
    if given.get_flag("fresh") {
        forget(&dir, on_sandbox, dir == usual, Asks::Screen)?;
    }
    suits(given.get_one::<u64>("cases").copied(), on_sandbox, &dir)?;

    // Makes the directory or looks at its guard, before anything is put there.
    drop(store::install_key(&dir)?);
    let _in_use = InUse::join(&dir).map_err(anyhow::Error::msg)?;
    // Read while nobody can forget it.
    let key = store::install_key(&dir)?;
    let mut store = Store::open(&dir, &key)?;
    claim(&mut store, &dir, on_sandbox)?;
    if on_sandbox {
        introduce(&mut store)?;
    }
    let known: Vec<&str> = profiles.iter().map(|profile| profile.name.as_str()).collect();
    store.retire(&known, Clock::default().now())?;
    let start = store.preference(desk::START)?.and_then(|kept| serde_json::from_str::<Start>(&kept).ok());
    let setup = Setup { profiles, start: start.unwrap_or_default() };
    let trials =
        Trials { panic_at: panic_at(given), die_at: die_at(given), picture: given.get_flag("try-picture") };
    work(setup, sources, store, dir, (look(given), around), trials)
}

/// The profiles to work with, and the way to each. `home`: where a sandbox keeps its world, if it does.
fn all_profiles(
    config: Config,
    on_sandbox: bool,
    home: Option<&Path>,
    cases: Option<usize>,
    speed: u32,
) -> Result<(Vec<Profile>, Vec<Source>)> {
    if on_sandbox {
        return sandbox(home, cases, speed);
    }
    let configured = config.profiles.into_iter().map(cli::profiles::configured).collect::<Result<Vec<_>>>()?;
    Ok(configured.into_iter().unzip())
}

/// The outbox without a screen.
fn outbox(given: &ArgMatches, asked: &ArgMatches) -> Result<u8> {
    only_looks(given)?;
    let Place { config, on_sandbox, dir, .. } = place(given, Asks::Outbox)?;
    let mut out = io::stdout();
    // What was never opened holds nothing.
    let is_there = store::database(&dir).exists();
    match asked.subcommand() {
        Some(("list", asked)) if !is_there => {
            if asked.get_flag("json") {
                writeln!(out, "[]")?;
            }
            return Ok(DONE);
        }
        Some(("send", _)) if !is_there => {
            cli::outbox::nothing_waits(&mut out)?;
            return Ok(DONE);
        }
        Some((name, asked)) if !matches!(name, "list" | "send") => {
            if !is_there {
                bail!("there is no outbox in {} yet, and so no entry", dir.display());
            }
            return ended(cli::settle::run(&counter(given, true)?, name, asked, &mut out));
        }
        _ => {}
    }
    let (profiles, sources) = all_profiles(config, on_sandbox, Some(&dir), None, speed(given))?;
    let _in_use = InUse::join(&dir).map_err(anyhow::Error::msg)?;
    let mut store = Store::open(&dir, &store::install_key(&dir)?)?;
    claim(&mut store, &dir, on_sandbox)?;
    if let Some(("list", asked)) = asked.subcommand() {
        return Ok(cli::outbox::list(&store, &sources, asked.get_flag("json"), &mut out)?);
    }
    let (channel, heard) = mpsc::channel();
    let teller = Teller { channel, clock: Clock::default() };
    let traffic = Traffic::default();
    let places = Places {
        sound: store.soundness(),
        saves: dir.clone(),
        papers: None,
        traffic: traffic.clone(),
        neighbours: Neighbours::join(&dir),
        points: Points::default(),
        store: dir,
    };
    let network = Network::start(sources, places, who(), teller);
    Ok(cli::outbox::send(&network, &heard, &store, (&profiles, &traffic), &mut out)?)
}

/// The desk's verbs without a screen.
fn command(given: &ArgMatches, name: &str, asked: &ArgMatches) -> Result<u8> {
    let words = cli::act::words_of(asked);
    if matches!(name, "act" | "create")
        && let Some(told) = cli::act::help(name, &words)
    {
        return ended(writeln!(io::stdout(), "{}", told.join("\n")).map(|()| DONE).map_err(Stop::from));
    }
    match name {
        "act" | "create" if words.is_empty() => {
            return ended(Err(Stop::usage(own(cli::act::takes(name)))));
        }
        "reason" => return ended(cli::reason::run(asked, &mut io::stdout())),
        "completions" => return ended(cli::shell::complete(whole(), asked, &mut io::stdout())),
        "man" => return ended(cli::shell::pages(whole(), asked, &mut io::stdout())),
        _ => {}
    }
    let sends = matches!(name, "act" | "create") && !cli::act::asks_for_help(&words);
    let mut counter = counter(given, sends)?;
    let mut out = io::stdout();
    let done = match name {
        "queue" => cli::queue::run(&mut counter, asked, &mut out),
        "case" => cli::case::run(&mut counter, asked, &mut out),
        "find" => cli::find::run(&mut counter, asked, &mut out),
        "track" => cli::track::run(&mut counter, asked, &mut out),
        "doc" => cli::doc::run(&mut counter, asked, &mut out),
        "report" => cli::report::run(&counter, asked, &mut out),
        "act" => cli::act::act(&mut counter, &words, &mut out),
        _ => cli::act::create(&mut counter, &words, &mut out),
    };
    ended(done)
}

fn whole() -> clap::Command {
    cli::arguments(sandbox::MOST_CASES)
}

fn ended(done: Result<u8, Stop>) -> Result<u8> {
    Ok(done.unwrap_or_else(|stop| {
        if !stop.says.is_empty() {
            terminal::tell_error(format!("casedesk: {}", stop.says));
        }
        stop.code
    }))
}

/// Tries the way to the providers. Nothing is made or changed: what is not there is not needed.
fn check(given: &ArgMatches, asked: &ArgMatches) -> Result<u8> {
    only_looks(given)?;
    let Place { config, on_sandbox, dir, .. } = place(given, Asks::Command)?;
    let home = sandbox::open(&dir)?.is_some().then_some(&*dir);
    let (_, sources) = all_profiles(config, on_sandbox, home, None, speed(given))?;
    let store = match store::database(&dir).exists() {
        true => Some(Store::open(&dir, &store::install_key(&dir)?)?),
        false => None,
    };
    let known = |source: &Source| {
        let queues = source.provider.manifest().queues.iter();
        let store = store.as_ref()?;
        let mut kept = queues.filter_map(|queue| store.registered(&source.name, &Raw::new(queue.id)).ok());
        kept.find_map(|cases| cases.into_iter().next()).map(|case| case.number)
    };
    ended(cli::check::run(sources, &known, asked, &mut io::stdout()))
}

fn init(given: &ArgMatches, asked: &ArgMatches) -> Result<u8> {
    let vars = |name: &str| -> Option<OsString> { env::var_os(name) };
    let file = given.get_one::<PathBuf>("config").cloned().or_else(|| Config::usual_file(&vars));
    ended(cli::init::run(file.as_deref(), asked, &mut io::stdout()))
}

/// The store and the way to the providers. `sends`: whether the outbox works meanwhile.
fn counter(given: &ArgMatches, sends: bool) -> Result<Counter> {
    let Place { config, on_sandbox, usual, dir } = place(given, Asks::Command)?;
    let cases = given.get_one::<u64>("cases").copied();
    let number = cases.map(|cases| cases as usize);
    let (profiles, sources) = all_profiles(config, on_sandbox, Some(&dir), number, speed(given))?;
    if given.get_flag("fresh") {
        forget(&dir, on_sandbox, dir == usual, Asks::Command)?;
    }
    suits(cases, on_sandbox, &dir)?;
    drop(store::install_key(&dir)?);
    let in_use = InUse::join(&dir).map_err(anyhow::Error::msg)?;
    let mut store = Store::open(&dir, &store::install_key(&dir)?)?;
    claim(&mut store, &dir, on_sandbox)?;
    if on_sandbox {
        introduce(&mut store)?;
    }
    let (channel, heard) = mpsc::channel();
    let clock = Clock::default();
    let teller = Teller { channel, clock: clock.clone() };
    let places = Places {
        sound: store.soundness(),
        saves: env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        papers: None,
        traffic: Traffic::default(),
        neighbours: Neighbours::join(&dir),
        points: Points::default(),
        store: dir,
    };
    let (who, providers) = (who(), sources.iter().map(|source| source.provider).collect());
    let start = if sends { Network::start } else { Network::asking };
    let network = start(sources, places, who.clone(), teller);
    Ok(Counter { profiles, providers, store, clock, who, network, heard, in_use })
}

/// The preference that says whose cases a store holds: a sandbox's or a provider's. They never share one.
const HOLDS: &str = "holds";
const INVENTED: &str = "invented cases";
const REAL: &str = "providers' cases";

/// A store belongs to whom it was first opened for.
fn claim(store: &mut Store, dir: &Path, on_sandbox: bool) -> Result<()> {
    let ours = if on_sandbox { INVENTED } else { REAL };
    match store.preference(HOLDS)? {
        Some(holds) if holds == ours => Ok(()),
        Some(holds) => {
            bail!(
                "the store in {} is for {holds}, and {ours} do not go into it; nothing was changed: \
                 leave out --store, or name another directory",
                dir.display()
            )
        }
        None => Ok(store.prefer(HOLDS, ours)?),
    }
}

/// The numbers of a stand-in's disputes, where they can be read by their number and in no other way.
fn unlisted(provider: &str, born: Moment) -> Vec<String> {
    let singly = cli::profiles::provider(provider).is_some_and(|own| own.manifest().lists == Lists::Singly);
    sandbox::stand_in(provider, born).filter(|_| singly).map_or(Vec::new(), |own| own.numbers())
}

/// The sandbox's disputes at providers that list none: somebody has to tell of them, as at a bank the system that made
/// them does.
fn introduce(store: &mut Store) -> Result<()> {
    let now = Clock::default().now();
    for (id, _) in sandbox::providers() {
        let cases: Vec<_> = unlisted(id, now)
            .into_iter()
            .map(|number| CaseId { profile: id.to_owned(), number: number.into() })
            .filter(|id| store.case(id).is_ok_and(|kept| kept.is_none()))
            .map(Case::bare)
            .collect();
        if !cases.is_empty() {
            store.keep_cases(cases, now)?;
        }
    }
    Ok(())
}

/// Reads the journal whole and prints it, or says in one line and by the exit code how it was found.
fn journal(given: &ArgMatches, asked: &ArgMatches) -> Result<u8> {
    only_looks(given)?;
    let Place { dir, .. } = place(given, Asks::Journal)?;
    let file = store::database(&dir);
    if !file.exists() {
        bail!("there is no store at {} yet, and so no journal", file.display());
    }
    let store = Store::open(&dir, &store::install_key(&dir)?)?;
    if let Some(("export", asked)) = asked.subcommand() {
        let exported = cli::journal::export(&store.journal()?, asked.get_flag("json"), &mut io::stdout());
        return ended(exported.map(|()| DONE).map_err(Stop::from));
    }
    match store.verify()? {
        Chain::Whole { records } => {
            let word = if records == 1 { "record" } else { "records" };
            println!("the journal is whole: {records} {word}");
            Ok(DONE)
        }
        Chain::Broken { first_bad } => {
            bail!(
                "the journal is not as it was written from record {first_bad} on: keep {} as evidence",
                file.display()
            )
        }
    }
}

/// What hidden flags ask for, for the tests.
struct Trials {
    panic_at: Option<PanicAt>,
    die_at: Option<Point>,
    picture: bool,
}

fn work(
    setup: Setup,
    sources: Vec<Source>,
    store: Store,
    dir: PathBuf,
    (look, around): (Look, Surroundings),
    trials: Trials,
) -> Result<u8> {
    let (channel, heard) = mpsc::channel();
    let teller = Teller { channel, clock: Clock::default() };
    let keyboard = Keyboard::default();
    watch::signals(teller.clone(), keyboard.clone())?;
    let screen = terminal::take()?;
    watch::hang_up(teller.clone())?;
    watch::keys(teller.clone(), keyboard.clone())?;
    let who = who();
    let saves = env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let (traffic, neighbours) = (Traffic::default(), Neighbours::join(&dir));
    watch::neighbours(teller.clone(), neighbours.clone())?;
    let papers = Papers::start(papers::worker::this_program(), teller.clone());
    let places = Places {
        store: dir.clone(),
        sound: store.soundness(),
        saves,
        papers: papers.bringer(),
        traffic: traffic.clone(),
        neighbours: neighbours.clone(),
        points: Points::die_at(trials.die_at),
    };
    let hands = Hands {
        memory: Memory::start(
            store,
            who.clone(),
            Declared::of(&setup.profiles),
            traffic,
            neighbours,
            teller.clone(),
        ),
        network: Network::start(sources, places, who, teller.clone()),
        papers,
        editor: Editor::of_environment(dir, keyboard.clone()),
        teller,
    };
    let pictures = Pictures::new(around, keyboard, std::process::id());
    let place = Workplace::open(setup, screen, look, hands, heard)?.panic_at(trials.panic_at);
    let mut place = place.with_pictures(pictures, trials.picture);
    let code = match place.work() {
        // The terminal is gone; its watch may not have said so yet.
        Err(error) if terminal::is_gone(&error) => watch::HUNG_UP,
        code => code?,
    };
    terminal::give_back();
    Ok(u8::try_from(code).unwrap_or(1))
}

/// What a sandbox's directory holds.
fn sandbox_files() -> Vec<String> {
    let store = ["casedesk.db", "casedesk.db-wal", "casedesk.db-shm", "key"].map(str::to_owned);
    sandbox::files().into_iter().chain(store).collect()
}

/// The sandbox's store and world go together. Nothing else is ever forgotten by a flag: where the directory is not the
/// sandbox's `usual` one, a database in it has to say of itself that its cases are invented. A key whose database was
/// moved away still opens that database.
fn forget(dir: &Path, on_sandbox: bool, usual: bool, asks: Asks) -> Result<()> {
    if !on_sandbox {
        bail!(
            "--fresh begins a new sandbox; the store of configured profiles is not touched by it (did you mean --sandbox?)"
        );
    }
    let there = |name: &String| dir.join(name).symlink_metadata().is_ok();
    if !sandbox_files().iter().any(there) {
        return Ok(());
    }
    if !is_sandbox(dir, usual)? {
        bail!(
            "--fresh forgets a sandbox and nothing else, and the store in {} is not known to be one; nothing was \
             changed: name another directory with --store",
            dir.display()
        );
    }
    let _alone = Alone::take(dir).map_err(anyhow::Error::msg)?;
    // Nothing is forgotten for a screen that cannot be opened.
    if asks == Asks::Screen {
        terminal::check()?;
    }
    for name in sandbox_files() {
        let file = dir.join(name);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} could not be removed", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether what lies here may be forgotten. A directory or key that others can reach is refused before anything else.
fn is_sandbox(dir: &Path, usual: bool) -> Result<bool> {
    if !usual && !store::database(dir).exists() {
        return Ok(false);
    }
    let holds = match store::install_key(dir) {
        Err(unsafe_place @ (OpenProblem::Unguarded { .. } | OpenProblem::Network { .. })) => {
            return Err(unsafe_place.into());
        }
        Err(_) => return Ok(usual),
        Ok(_) if !store::database(dir).exists() => return Ok(usual),
        Ok(key) => Store::open(dir, &key).and_then(|store| Ok(store.preference(HOLDS)?)),
    };
    // Not told, or not to be opened: only where the sandbox's store usually lies.
    Ok(holds.ok().flatten().map_or(usual, |holds| holds == INVENTED))
}

/// Who and where, for the journal.
fn who() -> Raw {
    let terminal = rustix::termios::ttyname(std::io::stdin(), Vec::new());
    let terminal = terminal.map(|name| name.to_string_lossy().trim_start_matches("/dev/").to_owned());
    let process = Process {
        uid: rustix::process::getuid().as_raw(),
        accounts: fs::read("/etc/passwd")
            .map(|text| String::from_utf8_lossy(&text).into_owned())
            .unwrap_or_default(),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        terminal: terminal.unwrap_or_default(),
    };
    author(&process, &|name| env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

/// Colours only where the terminal has them and nobody asked for none; signs that the locale can show.
fn look(given: &ArgMatches) -> Look {
    let var = |name: &str| env::var(name).unwrap_or_default();
    let plain = !var("NO_COLOR").is_empty()
        || matches!(var("TERM").as_str(), "" | "dumb" | "linux-m" | "vt100" | "vt220");
    let theme = match given.get_one::<String>("theme") {
        Some(name) => Theme::named(name).unwrap_or_default(),
        None if plain => Theme::Mono,
        None => Theme::Default,
    };
    // As setlocale decides: the first of these that is set.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(var).into_iter().find(|value| !value.is_empty());
    let utf8 = locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    Look { theme, signs: if utf8 { Signs::Unicode } else { Signs::Ascii } }
}

fn speed(given: &ArgMatches) -> u32 {
    given.get_one::<u32>("speed").copied().unwrap_or(1)
}

fn panic_at(given: &ArgMatches) -> Option<PanicAt> {
    given.get_one::<String>("panic-at").map(|point| match point.as_str() {
        "draw" => PanicAt::Draw,
        "hear" => PanicAt::Hear,
        _ => PanicAt::Task,
    })
}

fn die_at(given: &ArgMatches) -> Option<Point> {
    given.get_one::<String>("die-at").and_then(|point| Point::named(point))
}

// ---- the sandbox

const SANDBOX: &str = "sandbox";

/// One profile for each stand-in.
fn sandbox(home: Option<&Path>, cases: Option<usize>, speed: u32) -> Result<(Vec<Profile>, Vec<Source>)> {
    let clock = sandbox::hurried(speed);
    let stage = Arc::new(Stage { home: home.map(Path::to_owned), cases, clock, served: Mutex::new(None) });
    let nets = {
        let stage = stage.clone();
        let provider: &'static dyn Provider = &provider::nets::Nets;
        let source = Source::new(SANDBOX.to_owned(), provider, Settings::of(SANDBOX), move || stage.nets());
        (cli::profiles::profile(Settings::of(SANDBOX), provider, Realm::Sandbox), source)
    };
    let others = sandbox::providers().into_iter().map(|(id, table)| {
        let provider = cli::profiles::provider(id).with_context(|| format!("{id} is no provider"))?;
        let table = table.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let settings = Settings { profile: id.to_owned(), table };
        let (stage, own) = (stage.clone(), settings.clone());
        let source =
            Source::new(id.to_owned(), provider, settings.clone(), move || stage.other(provider, &own));
        Ok((cli::profiles::profile(settings, provider, Realm::Sandbox), source))
    });
    Ok([Ok(nets)].into_iter().chain(others).collect::<Result<Vec<_>>>()?.into_iter().unzip())
}

/// The stand-ins, served once one of them is asked: the first frame does not wait for them.
struct Stage {
    home: Option<PathBuf>,
    cases: Option<usize>,
    clock: sandbox::Clock,
    served: Mutex<Option<Served>>,
}

impl Stage {
    fn with<T>(&self, act: impl FnOnce(&Served) -> Result<T, String>) -> Result<T, String> {
        let mut served = self.served.lock().map_err(|_| "the sandbox failed before".to_owned())?;
        if served.is_none() {
            let (now, here) = (sandbox::clock()(), SocketAddr::from(([127, 0, 0, 1], 0)));
            let new = match &self.home {
                Some(home) => {
                    let origin = sandbox::found(home, self.cases, false, now).map_err(|why| why.to_string())?;
                    sandbox::serve_kept(home.clone(), origin, here, self.clock.clone())
                }
                None => sandbox::serve(sandbox::world(new_world(self.cases, now)), here, self.clock.clone()),
            };
            *served = Some(new.map_err(|error| format!("the sandbox did not start: {error}"))?);
        }
        served.as_ref().map_or_else(|| Err("the sandbox did not start".to_owned()), act)
    }

    fn nets(&self) -> Result<Opened, String> {
        self.with(|served| {
            let auth = Auth::ClientCredentials {
                token_url: Address::parse(&served.token)?,
                id: Secret::new(served.client_id),
                secret: Secret::new(served.client_secret),
                scope: String::new(),
                shown: Shown::Header,
            };
            let door = Door::new(Address::parse(&served.base)?, &auth, Pace::default())?;
            let card = CardKey::from_pem(served.card_key.as_bytes())?;
            Ok(Opened { door, card: Ok(Some((card, Padding::Pkcs1v15))) })
        })
    }

    fn other(&self, provider: &dyn Provider, settings: &Settings) -> Result<Opened, String> {
        let id = provider.manifest().id;
        let entrances = self.with(|served| Ok(served.entrances()))?;
        let entrance = entrances.iter().find(|entrance| entrance.provider == id);
        let entrance = entrance.ok_or_else(|| format!("the sandbox has no stand-in for {id}"))?;
        let access = provider.manifest().access.first().ok_or_else(|| format!("{id} has no way in"))?;
        let base = Address::parse(&entrance.base)?;
        let token = if entrance.token.is_empty() { base.clone() } else { Address::parse(&entrance.token)? };
        let secret = |name: &str| {
            let found = entrance.secrets.iter().find(|(own, _)| *own == name);
            found.map(|(_, secret)| Secret::new(*secret)).ok_or_else(|| format!("the sandbox has no {name}"))
        };
        let auth = cli::profiles::auth(access, token, settings, &secret)?;
        let door = Door::new(base, &auth, Pace::default())?.with_turns(provider.manifest().per_minute);
        Ok(Opened { door, card: Ok(None) })
    }
}

/// A world that nobody keeps.
fn new_world(cases: Option<usize>, born: Moment) -> Origin {
    Origin { seed: 1, cases: cases.unwrap_or(sandbox::CASES), born, changes: Vec::new() }
}

/// Serves the stand-in for other programs.
fn serve_sandbox(given: &ArgMatches) -> Result<u8> {
    let at = given.get_one::<SocketAddr>("listen").copied().context("where to listen is missing")?;
    if !at.ip().is_loopback() {
        bail!("the sandbox listens on loopback addresses only (127.0.0.1 or [::1]); {} is none", at.ip());
    }
    let into = given.get_one::<PathBuf>("into");
    if let Some(folder) = into
        && !cli::lend::is_free(folder)?
    {
        bail!("{} is there already and was left as it is: --into takes a new folder", folder.display());
    }
    let cases = given.get_one::<u64>("cases").map(|cases| *cases as usize);
    let now = sandbox::clock()();
    let served = sandbox::serve(sandbox::world(new_world(cases, now)), at, sandbox::hurried(speed(given)))
        .with_context(|| format!("the sandbox cannot listen on {at}"))?;
    // From here on: whoever reads the addresses may stop it at once.
    let mut signals =
        signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM])?;
    if let Some(folder) = into {
        lend(&served, folder, now)?;
    }
    tell(&served).context("the sandbox's addresses could not be printed")?;
    let _ = signals.forever().next();
    Ok(DONE)
}

/// Writes what another casedesk needs to use the stand-ins.
fn lend(served: &Served, folder: &Path, born: Moment) -> Result<()> {
    let secrets =
        [("client-id", served.client_id), ("client-secret", served.client_secret), ("api-key", served.api_key)];
    let nets = Way {
        provider: "nets",
        base: &served.base,
        token: &served.token,
        secrets: &secrets,
        table: &[],
        card_key: Some(served.card_key),
        numbers: Vec::new(),
    };
    let entrances = served.entrances();
    let others = entrances.iter().map(|entrance| Way {
        provider: entrance.provider,
        base: &entrance.base,
        token: &entrance.token,
        secrets: entrance.secrets,
        table: entrance.table,
        card_key: None,
        numbers: unlisted(entrance.provider, born),
    });
    let ways: Vec<_> = [nets].into_iter().chain(others).collect();
    cli::lend::write(folder, &ways).with_context(|| format!("{} could not be written", folder.display()))
}

/// What another program needs to use the stand-in.
fn tell(served: &Served) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (label, value) in [
        ("base address", served.base.as_str()),
        ("token address", &served.token),
        ("client id", served.client_id),
        ("client secret", served.client_secret),
        ("api key", served.api_key),
    ] {
        writeln!(out, "{label:14} {value}")?;
    }
    writeln!(out, "card key\n{}", served.card_key)?;
    for entrance in served.entrances() {
        writeln!(out, "\n{}", entrance.provider)?;
        let mut line = |label: &str, value: &str| writeln!(out, "{label:14} {value}");
        line("base address", &entrance.base)?;
        if !entrance.token.is_empty() {
            line("token address", &entrance.token)?;
        }
        for (name, value) in entrance.secrets.iter().chain(entrance.table) {
            line(name, value)?;
        }
    }
    out.flush()
}
