//! What README.md says is what the program does: the map, the tables, the keys, the flags, the configuration. Where a
//! table differs, the failure prints the text to paste.

mod tree;

use std::{collections::BTreeSet, ffi::OsString, fs, os::unix::fs::PermissionsExt, process::Command};

use casedesk::{
    action::{Action, Offers},
    case::{Column, Filter},
    config::{Config, Given},
    desk::keys::{Bind, Context, KEYS},
    provider::{self, Lists},
    view::style::Theme,
};
use tree::{root, sources};

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The lines between a heading and the next heading of the same rank or a higher one.
#[track_caller]
fn section(heading: &str) -> Vec<String> {
    let rank = heading.split(' ').next().unwrap().len();
    let text = readme();
    let mut fenced = false;
    let mut lines = text.lines().skip_while(|line| *line != heading);
    assert!(lines.next().is_some(), "README.md has no heading {heading:?}");
    lines
        .take_while(|line| {
            fenced ^= line.starts_with("```");
            let hashes = line.bytes().take_while(|byte| *byte == b'#').count();
            fenced || hashes == 0 || hashes > rank
        })
        .map(str::to_owned)
        .collect()
}

/// The text of the first fenced block of a kind in a section.
fn block(heading: &str, kind: &str) -> String {
    let lines = section(heading);
    let inside = lines.iter().skip_while(|line| **line != format!("```{kind}")).skip(1);
    inside.take_while(|line| !line.starts_with("```")).map(|line| format!("{line}\n")).collect()
}

fn rows(lines: &[String]) -> Vec<&str> {
    lines.iter().map(String::as_str).filter(|line| line.starts_with('|')).collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[track_caller]
fn same(place: &str, found: &[&str], wanted: &[String]) {
    // Blank lines, which Markdown wants around headings, are only for pasting.
    let text = wanted.join("\n");
    let wanted: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    assert!(found == wanted, "{place} should read:\n\n{text}\n");
}

#[test]
fn the_first_screen_has_the_two_commands() {
    let first: Vec<_> = readme().lines().take(40).map(str::to_owned).collect();
    for command in ["cargo run --release", "cargo test"] {
        assert!(first.iter().any(|line| line.trim() == command), "{command} is not in the first 40 lines");
    }
}

#[test]
fn the_map_is_the_tree() {
    let map = block("## The map", "text");
    let inside = map.lines().skip_while(|line| !line.starts_with("src/")).skip(1);
    let mut found = Vec::new();
    for line in inside.take_while(|line| line.starts_with("  ")) {
        let name = line.trim_start().split([' ', '/']).next().unwrap().trim_end_matches(".rs");
        if line.starts_with("  ") && !line.starts_with("   ") {
            found.push(name.to_owned());
        }
    }
    let once: BTreeSet<_> = found.iter().cloned().collect();
    assert_eq!(once.len(), found.len(), "the map names a module twice: {found:?}");
    let mut present = tree::present();
    present.extend(["lib".to_owned(), "main".to_owned()]);
    assert_eq!(once, present, "the map of README.md (left) and the tree (right) differ");
}

#[test]
fn every_path_in_the_map_exists() {
    let map = block("## The map", "text");
    for line in map.lines().filter(|line| !line.starts_with(' ')) {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(root().join(name).exists(), "the map names {name}, which is not there");
    }
}

#[test]
fn the_module_table_is_the_one_that_is_tested() {
    let wanted = tree::table();
    same("the module table of README.md", &rows(&section("### Who may name whom")), &wanted);
    let docs = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let found: Vec<_> = docs
        .lines()
        .filter_map(|line| line.strip_prefix("//! "))
        .filter(|line| line.starts_with('|'))
        .collect();
    same("the module table of src/lib.rs (each line after `//! `)", &found, &wanted);
}

#[test]
fn the_key_tables_are_the_programs_own() {
    let lines = section("## Keys");
    let found: Vec<_> = lines.iter().map(String::as_str).filter(|line| line.starts_with(['|', '#'])).collect();
    same("the key tables of README.md", &found, &key_tables());
}

fn key_tables() -> Vec<String> {
    let mut lines = Vec::new();
    for context in Context::ALL {
        lines.push(format!("\n### {}\n", context.words()));
        lines.push("| key | command | what it does |".to_owned());
        lines.push("|---|---|---|".to_owned());
        lines.extend(KEYS.iter().filter(|bind| bind.context == context).map(key_row));
    }
    lines
}

#[test]
fn the_table_of_providers_is_the_declared_one() {
    let lines = section("## Providers");
    let found: Vec<_> = lines.iter().map(String::as_str).filter(|line| line.starts_with("| `")).collect();
    let found: Vec<_> = found.into_iter().filter(|line| !line.starts_with("| `provider`")).collect();
    same("the table of providers of README.md", &found, &provider_rows());
}

fn provider_rows() -> Vec<String> {
    let row = |provider: &&dyn provider::Provider| {
        let manifest = provider.manifest();
        let ways: Vec<_> = manifest.access.iter().map(|way| format!("`{}`", way.auth())).collect();
        let lists = match manifest.lists {
            Lists::Queues => "listed by the provider",
            Lists::Singly => "read one by one",
            Lists::Nothing => "as the last answer said",
        };
        format!("| `{}` | {} | {} | {lists} |", manifest.id, manifest.title, ways.join(" "))
    };
    provider::ALL.iter().map(row).collect()
}

#[test]
fn the_tables_of_actions_are_the_declared_ones() {
    let lines = section("## Actions");
    let found: Vec<_> = lines.iter().map(String::as_str).filter(|line| line.starts_with(['|', '#'])).collect();
    same("the tables of actions of README.md", &found, &action_tables());
}

fn action_tables() -> Vec<String> {
    let mut lines = Vec::new();
    for provider in provider::ALL {
        lines.push(format!("\n### {}\n", provider.manifest().title));
        lines.push("| key | command | what it does | fits |".to_owned());
        lines.push("|---|---|---|---|".to_owned());
        lines.extend(provider.actions().iter().map(action_row));
    }
    lines
}

fn action_row(action: &Action) -> String {
    let fits = match (action.makes_a_case(), action.offers) {
        (true, _) => "without a case".to_owned(),
        (false, Offers::Always) => "every case".to_owned(),
        (false, Offers::Made(_)) => "what the provider says of the case".to_owned(),
        (false, Offers::Linked { says, .. } | Offers::Statuses { says, .. }) => format!("cases that {says}"),
        (false, Offers::Queues { fits: [queue], .. }) => format!("queue {queue}"),
        (false, Offers::Queues { fits, .. }) => format!("queues {}", fits.join(", ")),
    };
    let key = if action.key.is_empty() { String::new() } else { format!("`{}` ", action.key) };
    format!("| {key}| `:{}` | {} | {fits} |", action.id, action.says)
}

/// An action's key is heard before those that work everywhere, and its name before those of the table: neither may hide
/// one. A pane's own keys come first, so that an action can be hidden there, but not in the list, where cases are chosen.
#[test]
fn no_key_and_no_name_of_an_action_hides_another() {
    for provider in provider::ALL {
        let mut seen = BTreeSet::new();
        for action in provider.actions() {
            let free = |bind: &&Bind| matches!(bind.context, Context::Desk | Context::List | Context::Case);
            let taken = |bind: &Bind| bind.keys.contains(&action.key);
            assert!(!KEYS.iter().filter(free).any(taken), "{} of {} is taken", action.key, action.id);
            assert!(KEYS.iter().all(|bind| bind.name != action.id), "the name {} is taken", action.id);
            assert!(seen.insert(action.id), "two actions are called {}", action.id);
            assert!(
                action.key.is_empty() || seen.insert(action.key),
                "two actions have the key {}",
                action.key
            );
        }
    }
}

fn key_row(bind: &Bind) -> String {
    let keys: Vec<_> = bind.keys.iter().map(|key| format!("`{key}`")).collect();
    let name = match (bind.name, bind.takes) {
        ("", _) => String::new(),
        (name, "") => format!("`:{name}`"),
        (name, takes) => format!("`:{name} {takes}`"),
    };
    format!("| {} | {name} | {} |", keys.join(" "), bind.says.replace('|', "\\|"))
        .replace("|  |", "| |")
        .replace("|  |", "| |")
}

#[test]
fn every_command_is_documented_and_every_documented_command_exists() {
    let text = readme();
    let named: BTreeSet<_> = quoted(&text)
        .into_iter()
        .filter_map(|quote| quote.strip_prefix(':'))
        .map(|line| line.split(' ').next().unwrap())
        .filter(|name| !name.is_empty())
        .collect();
    let actions = provider::ALL.iter().flat_map(|provider| provider.actions()).map(|action| action.id);
    let known: BTreeSet<_> =
        KEYS.iter().map(|bind| bind.name).chain(actions).filter(|name| !name.is_empty()).collect();
    assert_eq!(named, known, "the commands of README.md (left) and of the program (right) differ");
}

#[test]
fn the_filter_examples_are_understood() {
    let lines = section("## The filter");
    let mut tried = 0;
    for row in rows(&lines).into_iter().skip(2) {
        for example in quoted(row.split('|').nth(1).unwrap()) {
            let (filter, bad) = Filter::parse(example);
            assert!(bad.is_empty() && !filter.is_empty(), "{example:?}: {bad:?}");
            tried += 1;
        }
    }
    assert!(tried >= 10, "only {tried} examples");
    for column in Column::ALL {
        let name = column.name();
        let found = lines.iter().any(|line| quoted(line).contains(&name));
        assert!(found, "the filter's field {name:?} is not named");
    }
}

/// The words of a help text that begin with two dashes.
fn flags(arguments: &[&str]) -> BTreeSet<String> {
    let told = Command::new(env!("CARGO_BIN_EXE_casedesk")).args(arguments).output().unwrap();
    assert!(told.status.success(), "{arguments:?}: {told:?}");
    dashed(&String::from_utf8(told.stdout).unwrap())
}

fn dashed(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    let flags = words.filter(|word| word.starts_with("--") && word.len() > 3 && !word.starts_with("---"));
    flags.map(str::to_owned).collect()
}

#[test]
fn every_flag_is_documented_and_every_documented_flag_exists() {
    let mut known = flags(&["--help"]);
    known.extend(flags(&["sandbox", "--help"]));
    for command in [
        ["outbox", "list"],
        ["queue", ""],
        ["case", ""],
        ["find", ""],
        ["track", ""],
        ["report", ""],
        ["reason", ""],
        ["init", ""],
        ["doc", "get"],
        ["doc", "show"],
        ["create", "nets"],
        ["check", ""],
        ["outbox", "settle"],
        ["completions", ""],
        ["man", ""],
    ] {
        let words: Vec<_> = command.into_iter().filter(|word| !word.is_empty()).chain(["--help"]).collect();
        // A field's own flags are read from its declaration and told by the program.
        known.extend(flags(&words).into_iter().filter(|flag| !flag.contains(char::is_uppercase)));
    }
    let own = |flag: &String| casedesk::cli::fields::OWN.contains(&flag.trim_start_matches('-'));
    known.extend(flags(&["create", "checkout", "--help"]).into_iter().filter(own));
    assert!(known.contains("--listen") && known.contains("--fresh"), "{known:?}");
    let documented = dashed(&readme());
    let missing: Vec<_> = known.difference(&documented).collect();
    assert!(missing.is_empty(), "README.md does not name {missing:?}");
    // Flags of cargo and a word of the command line on the screen, which the README names too.
    let cargo: BTreeSet<_> =
        ["--force", "--release", "--test", "--bench", "--check", "--all-targets", "--profile", "--lib"]
            .map(str::to_owned)
            .into();
    let invented: Vec<_> =
        documented.iter().filter(|flag| !known.contains(*flag) && !cargo.contains(*flag)).collect();
    assert!(invented.is_empty(), "README.md names {invented:?}, which the program does not know");
}

#[test]
fn every_theme_is_documented() {
    let text = readme();
    for (name, _) in Theme::ALL {
        assert!(quoted(&text).contains(&name), "README.md does not name the theme {name}");
    }
}

#[test]
fn the_example_configuration_is_accepted_and_shows_every_key() {
    let example = block("## Configuration", "toml");
    let config = load(&example).unwrap();
    assert!(!config.profiles.is_empty());
    for profile in &config.profiles {
        let known = provider::ALL.iter().find(|provider| provider.manifest().id == profile.provider);
        let complaints = known.expect("the example's provider").check(&profile.settings);
        assert!(complaints.is_empty(), "{complaints:?}");
    }
    let text = section("## Configuration").join("\n");
    let whole = load("surely-no-key = 1\n").unwrap_err();
    let profile =
        load("[profile.x]\nprovider = \"nets\"\nenvironment = \"test\"\nsurely-no-key = 1\n").unwrap_err();
    for refusal in [whole, profile] {
        let expected = refusal.split_once("expected").unwrap_or_else(|| panic!("{refusal}")).1;
        let keys = quoted(expected);
        assert!(!keys.is_empty(), "{refusal}");
        for key in keys {
            assert!(quoted(&text).contains(&key), "the section on the configuration does not explain `{key}`");
        }
    }
}

fn load(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let vars = |name: &str| (name == "HOME").then(|| OsString::from("/home/ann"));
    Config::load(&Given { file: Some(file), allow_env_secret: true }, &vars)
}

#[test]
fn the_minimum_rust_version_is_the_manifests() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let version = manifest.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap();
    let version = format!("Rust {}", version.trim_matches('"'));
    assert!(readme().contains(&version), "README.md does not say {version}");
}

#[test]
fn every_file_and_folder_that_the_readme_names_exists() {
    let text = readme();
    let places = ["src/", "tests/", "benches/", "assets/", ".ci/"];
    for quote in quoted(&text) {
        // A name in capitals is to be chosen ("src/provider/NAME").
        if places.iter().any(|place| quote.starts_with(place)) && !quote.contains("NAME") {
            assert!(root().join(quote).exists(), "README.md names {quote}, which is not there");
        }
    }
    assert!(sources().len() > 50);
}
