//! The shape of the source: who may name whom, which words occur where, what files are called. Each rule is a function
//! over one file, so that every one of them is also tried on a violation made for it (the last tests).

mod tree;

use std::fs;

use tree::{MODULES, Source, code, files, named, root, sources};

/// A rule says what is wrong with one file: each line begins with the line number, or 0 for the whole file.
type Rule = fn(&Source) -> Vec<(usize, String)>;

/// Modules that see no world: no clock, no file, no socket, no database.
const PURE: &[&str] = &["case", "action", "provider", "text", "graphics", "desk", "view"];

/// Something that a rule forbids and that stands there all the same, for a reason.
struct Excused {
    path: &'static str,
    /// A part of the line.
    line: &'static str,
    why: &'static str,
}

const fn excused(path: &'static str, line: &'static str, why: &'static str) -> Excused {
    Excused { path, line, why }
}

const EXACT: &[Excused] = &[
    excused("src/desk/answers.rs", "group.exact()", "becomes a filter, which is shown through the contract"),
    excused(
        "src/desk/answers.rs",
        "case.raw.exact()",
        "the raw view lays it out and shows it through the contract",
    ),
    excused("src/desk/decide.rs", "line.insert(text.exact())", "the line takes it through the contract"),
    excused("src/desk/mod.rs", "text.exact().len()", "only its length"),
    excused("src/desk/mod.rs", "line.insert(text.exact())", "the line takes it through the contract"),
    excused(
        "src/desk/mod.rs",
        "card.insert(text.exact())",
        "only digits of it are taken, and they are never shown",
    ),
];

const ENDINGS: &[Excused] = &[
    excused("src/run/network.rs", "asked to fail in a task", "--panic-at tries the way out on purpose"),
    excused("src/run/mod.rs", "asked to fail while hearing", "--panic-at tries the way out on purpose"),
    excused("src/run/mod.rs", "asked to fail while drawing", "--panic-at tries the way out on purpose"),
];

const NAPS: &[Excused] = &[
    excused("src/run/watch.rs", "thread::sleep", "the terminal is gone, and the loop gets a moment to save"),
    excused(
        "src/config/secret_source.rs",
        "thread::sleep",
        "the command closed its output and ends within moments",
    ),
];

// ---- the tree obeys

#[test]
fn every_module_names_only_those_it_may() {
    obeys(may_name);
}

#[test]
fn a_provider_knows_no_other_and_its_stand_in_knows_none_of_its_reading() {
    obeys(providers_apart);
}

#[test]
fn pure_modules_see_no_world() {
    obeys(pure);
}

#[test]
fn text_from_outside_is_shown_through_the_contract_only() {
    obeys(contract_kept);
}

#[test]
fn no_file_is_named_after_nothing() {
    obeys(telling_name);
}

#[test]
fn nothing_ends_the_program_but_main() {
    obeys(no_endings);
}

#[test]
fn only_main_and_the_command_line_print() {
    obeys(no_prints);
}

#[test]
fn no_thread_naps() {
    obeys(no_naps);
}

#[test]
fn unsafe_code_is_forbidden() {
    obeys(unsafe_forbidden);
}

#[test]
fn the_top_of_the_repository_holds_only_what_belongs_there() {
    obeys(belongs_on_top);
}

#[test]
fn every_module_begins_by_saying_what_it_is() {
    obeys(says_what_it_is);
}

#[test]
fn no_path_of_anybodys_machine_stands_anywhere() {
    obeys(no_machine_paths);
}

#[test]
fn every_top_module_has_a_row_in_the_table() {
    for name in tree::present() {
        assert!(named(&name).is_some(), "src/{name} has no row in MODULES (tests/tree/mod.rs)");
    }
}

#[test]
fn the_table_points_one_way() {
    for (at, module) in MODULES.iter().enumerate() {
        for may in module.may {
            assert!(named(may).is_some(), "{} may name {may}, which has no row", module.name);
            assert!(!reaches(may, module.name, MODULES.len()), "{} and {may} may name each other", module.name);
        }
        assert!(MODULES[..at].iter().all(|other| other.name != module.name), "{} has two rows", module.name);
    }
}

fn reaches(from: &str, to: &str, steps: usize) -> bool {
    let may = named(from).map_or(&[] as &[&str], |module| module.may);
    from == to || steps > 0 && may.iter().any(|next| reaches(next, to, steps - 1))
}

#[test]
fn every_excuse_is_still_needed() {
    for excuse in EXACT.iter().chain(ENDINGS).chain(NAPS) {
        let text = fs::read_to_string(root().join(excuse.path)).unwrap_or_default();
        let found = text.lines().any(|line| line.contains(excuse.line));
        assert!(found, "{} no longer has {:?} (excused: {})", excuse.path, excuse.line, excuse.why);
    }
}

fn obeys(rule: Rule) {
    let wrong: Vec<_> = files().iter().flat_map(|file| told(file, rule)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn told(file: &Source, rule: Rule) -> Vec<String> {
    rule(file).into_iter().map(|(line, says)| format!("{}:{line}: {says}", file.path)).collect()
}

// ---- the rules

/// The top module that a file of `src` belongs to ("lib" and "main" for those two).
fn top(file: &Source) -> Option<&str> {
    let below = file.path.strip_prefix("src/")?.strip_suffix(".rs")?;
    below.split('/').next()
}

fn may_name(file: &Source) -> Vec<(usize, String)> {
    let Some(own) = top(file).filter(|top| *top != "main") else { return Vec::new() };
    let may = named(own).map_or(&[] as &[&str], |module| module.may);
    code::named(&file.path, &code::bare(&file.text), &[])
        .into_iter()
        .filter_map(|found| {
            let name = found.path.first()?;
            let allowed = name == own || may.contains(&name.as_str());
            (!allowed).then(|| (found.line, format!("names {name}; {own} may name: {}", may.join(" "))))
        })
        .collect()
}

/// `provider/x` never names `provider/y`; a stand-in and the code that reads its answers never name each other, or
/// they would share their mistakes.
fn providers_apart(file: &Source) -> Vec<(usize, String)> {
    /// What all providers share, as the stand-ins may name it.
    const SHARED: &[&str] = &["asked", "Asked", "stand_in", "StandIn", "Written"];
    let Some(below) = file.path.strip_prefix("src/provider/") else { return Vec::new() };
    let Some((own, inside)) = below.split_once('/') else { return Vec::new() };
    let in_sandbox = inside == "sandbox.rs" || inside.starts_with("sandbox/");
    let bare = code::without_tests(&code::bare(&file.text));
    code::named(&file.path, &bare, &[])
        .into_iter()
        .filter(|found| found.path.first().is_some_and(|name| name == "provider"))
        .filter_map(|found| {
            let name = found.path.get(1).map_or("*", String::as_str);
            let inside = found.path.get(2).map_or("", String::as_str);
            // What all of them share is a file, a provider is a folder.
            let is_shared = root().join(format!("src/provider/{name}.rs")).is_file();
            let is_provider = name.starts_with(char::is_lowercase) && !is_shared;
            let says = if in_sandbox && !SHARED.contains(&name) && (name, inside) != (own, "sandbox") {
                format!("a stand-in names {}, which reads its answers", found.path.join("::"))
            } else if !in_sandbox && (name, inside) == (own, "sandbox") {
                format!("{own} names its own stand-in")
            } else if is_provider && name != own {
                format!("{own} names the provider {name}")
            } else {
                return None;
            };
            Some((found.line, says))
        })
        .collect()
}

fn pure(file: &Source) -> Vec<(usize, String)> {
    const WORDS: &[&str] = &["async", "await", "tokio", "reqwest", "rusqlite"];
    const WORLD: &[&[&str]] = &[
        &["std", "fs"],
        &["std", "env"],
        &["std", "net"],
        &["std", "process"],
        &["std", "thread"],
        &["std", "time", "Instant"],
        &["std", "time", "SystemTime"],
    ];
    let Some(own) = top(file).filter(|top| PURE.contains(top)) else { return Vec::new() };
    let bare = code::bare(&file.text);
    let tokens = code::tokens(&bare);
    let mut wrong = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if WORDS.contains(&token.word) {
            wrong.push((token.line, format!("{own} is pure and says `{}`", token.word)));
        }
        let word = |at: usize| tokens.get(at).map_or("", |token| token.word);
        let asked = word(at + 1) == "(" && (word(at + 2) == ")" || at > 0 && word(at - 1) == "::");
        if token.word == "now" && asked && (at == 0 || word(at - 1) != "fn") {
            wrong.push((token.line, format!("{own} asks what time it is; time is an argument")));
        }
    }
    for found in code::named(&file.path, &bare, &["std"]) {
        if WORLD
            .iter()
            .any(|world| found.path.iter().map(String::as_str).take(world.len()).eq(world.iter().copied()))
        {
            wrong.push((found.line, format!("{own} is pure and names {}", found.path.join("::"))));
        }
    }
    wrong
}

fn contract_kept(file: &Source) -> Vec<(usize, String)> {
    if !matches!(top(file), Some("desk" | "view")) {
        return Vec::new();
    }
    calls(file, EXACT, "takes text from outside past the text contract", |before, word, after| {
        matches!(before, "." | "::") && word == "exact" && after == "("
    })
}

fn telling_name(file: &Source) -> Vec<(usize, String)> {
    const EMPTY: &[&str] = &[
        "utils", "util", "helpers", "helper", "common", "types", "manager", "handler", "handlers", "service",
        "services", "context", "misc",
    ];
    let named = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let files = named.filter(|part| EMPTY.contains(part)).map(|part| (0, part.to_owned()));
    let bare = code::bare(&file.text);
    let tokens = if file.path.ends_with(".rs") { code::tokens(&bare) } else { Vec::new() };
    let modules = tokens
        .windows(2)
        .filter(|pair| pair[0].word == "mod" && EMPTY.contains(&pair[1].word))
        .map(|pair| (pair[1].line, pair[1].word.to_owned()));
    let wrong = files.chain(modules);
    wrong.map(|(line, name)| (line, format!("`{name}` names nothing; say what is in it"))).collect()
}

fn no_endings(file: &Source) -> Vec<(usize, String)> {
    const CALLS: &[&str] = &["unwrap", "expect", "unwrap_err", "expect_err"];
    const MACROS: &[&str] = &["panic", "todo", "unimplemented", "dbg", "unreachable"];
    calls(file, ENDINGS, "ends the program", |before, word, after| {
        matches!(before, "." | "::") && CALLS.contains(&word) && after != "_"
            || MACROS.contains(&word) && after == "!"
    })
}

fn no_prints(file: &Source) -> Vec<(usize, String)> {
    if matches!(top(file), Some("main" | "cli")) {
        return Vec::new();
    }
    calls(file, &[], "prints", |_, word, after| matches!(word, "print" | "println") && after == "!")
}

fn no_naps(file: &Source) -> Vec<(usize, String)> {
    calls(file, NAPS, "waits for nothing in particular", |before, word, after| {
        before == "::" && word == "sleep" && after == "("
    })
    .into_iter()
    .filter(|(line, _)| !file.text.lines().nth(line - 1).unwrap_or_default().contains("tokio::time::sleep"))
    .collect()
}

/// Walks the tokens of a file of `src`, tests left out. `wrong` sees the word before, the word and the word after.
fn calls(
    file: &Source,
    excuses: &[Excused],
    what: &str,
    wrong: impl Fn(&str, &str, &str) -> bool,
) -> Vec<(usize, String)> {
    if top(file).is_none() {
        return Vec::new();
    }
    let bare = code::without_tests(&code::bare(&file.text));
    let tokens = code::tokens(&bare);
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.word);
    let lines: Vec<_> = file.text.lines().collect();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let line = lines[token.line - 1];
        let fine = || excuses.iter().any(|excuse| excuse.path == file.path && line.contains(excuse.line));
        if wrong(word(at.checked_sub(1)), token.word, word(Some(at + 1))) && !fine() {
            found.push((token.line, format!("`{}` {what}", token.word)));
        }
    }
    found
}

fn unsafe_forbidden(file: &Source) -> Vec<(usize, String)> {
    let root = matches!(file.path.as_str(), "src/lib.rs" | "src/main.rs");
    let wrong = root && !code::bare(&file.text).contains("#![forbid(unsafe_code)]");
    if wrong { vec![(0, "#![forbid(unsafe_code)] is missing".to_owned())] } else { Vec::new() }
}

fn belongs_on_top(file: &Source) -> Vec<(usize, String)> {
    const FOLDERS: &[&str] = &["src", "assets", "tests", "benches"];
    const FILES: &[&str] = &["Cargo.toml", "Cargo.lock", "README.md", "LICENSE-MIT", "LICENSE-APACHE"];
    let fine = match file.path.split_once('/') {
        Some((folder, _)) => FOLDERS.contains(&folder) || folder.starts_with('.'),
        None => FILES.contains(&file.path.as_str()) || file.path.starts_with('.'),
    };
    if fine { Vec::new() } else { vec![(0, "does not belong at the top of the repository".to_owned())] }
}

fn says_what_it_is(file: &Source) -> Vec<(usize, String)> {
    let source = file.path.ends_with(".rs");
    let first = file.text.lines().next().unwrap_or_default();
    let sentence = first.strip_prefix("//! ").is_some_and(|words| words.split_whitespace().count() > 1);
    let wrong = source && !sentence;
    if wrong { vec![(1, "begins without a sentence (`//! …`) on what it is".to_owned())] } else { Vec::new() }
}

/// Home folders of people who are invented for tests are fine.
fn no_machine_paths(file: &Source) -> Vec<(usize, String)> {
    const INVENTED: &[&str] = &["ann", "annabel", "bob", "u"];
    // A repository right below the root of the file system has too short a path to be looked for.
    let own = Some(root()).filter(|root| root.components().count() > 3);
    let own = own.map(|root| format!("{}/", root.display()));
    let work = ["", "work", ""].join("/");
    let [linux, mac, admin] = ["home", "Users", "root"].map(|name| ["", name, ""].join("/"));
    let goes_on = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_' | '-' | '~' | '}');
    let mut wrong = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for start in own.iter().chain([&work, &linux, &mac, &admin]) {
            let found = line.match_indices(start.as_str()).any(|(at, _)| {
                let name = line[at + start.len()..].split(|letter: char| !letter.is_alphanumeric()).next();
                let invented = *start == linux && name.is_some_and(|name| INVENTED.contains(&name));
                !line[..at].ends_with(goes_on) && !invented
            });
            if found {
                wrong.push((number + 1, format!("holds a path of a machine ({start}…)")));
            }
        }
    }
    wrong
}

// ---- the rules themselves

/// Runs a rule over a made-up file and wants it to tell of exactly these lines.
#[track_caller]
fn tells(rule: Rule, path: &str, text: &str, lines: &[usize]) {
    let file = Source { path: path.to_owned(), text: text.to_owned() };
    let told = rule(&file);
    assert_eq!(told.iter().map(|(line, _)| *line).collect::<Vec<_>>(), lines, "{path}\n{text}\n{told:?}");
}

#[test]
fn a_module_that_names_one_above_it_is_found() {
    tells(may_name, "src/view/list.rs", "//! x\nuse crate::store::Store;\n", &[2]);
    tells(may_name, "src/view/list.rs", "use crate::{\n    text::Raw,\n    store::{self, Store},\n};", &[3, 3]);
    tells(may_name, "src/view/list.rs", "fn f() { crate::run::out() }", &[1]);
    tells(may_name, "src/view/list.rs", "use super::super::provider;", &[1]);
    tells(may_name, "src/view/mod.rs", "use super::{provider as text};", &[1]);
    tells(may_name, "src/text/mod.rs", "mod inner {\n use super::super::case::Case;\n}", &[2]);
    tells(may_name, "src/http/mod.rs", "macro_rules! m { () => { $crate::store::open() } }", &[1]);
    tells(may_name, "src/desk/mod.rs", "fn f(x: &'static str) -> casedesk::http::Door {}", &[1]);
    tells(may_name, "src/desk/mod.rs", "use crate::*;", &[1]);
    tells(may_name, "src/case/mod.rs", "#[cfg(test)]\nmod tests { use crate::store::Store; }", &[2]);
    tells(may_name, "src/store/mod.rs", "use crate::{case::{Case, row::{self, Row}}, seal, text};", &[]);
    tells(may_name, "src/view/list.rs", "// use crate::store;\n/* crate::store /* crate::store */ */", &[]);
    tells(
        may_name,
        "src/view/list.rs",
        r##"const S: &str = "crate::store"; const R: &str = r#" " crate::store "#;"##,
        &[],
    );
    tells(may_name, "src/view/list.rs", "const C: [char; 2] = ['\"', '\\'']; use crate::store;", &[1]);
    tells(may_name, "src/main.rs", "use casedesk::store::Store;", &[]);
    tells(may_name, "src/lib.rs", "use crate::store::Store;", &[1]);
}

#[test]
fn a_provider_that_knows_another_or_a_stand_in_that_knows_the_reader_is_found() {
    tells(providers_apart, "src/provider/nets/ask.rs", "use crate::provider::qolo::wire;", &[1]);
    tells(providers_apart, "src/provider/nets/ask.rs", "use super::super::qolo;", &[1]);
    tells(providers_apart, "src/provider/nets/wire.rs", "use super::sandbox::CLIENT_ID;", &[1]);
    tells(providers_apart, "src/provider/nets/sandbox/cases.rs", "use super::super::wire;", &[1]);
    tells(providers_apart, "src/provider/nets/sandbox/mod.rs", "use super::{table, names};", &[1, 1]);
    tells(providers_apart, "src/provider/nets/sandbox.rs", "use super::wire;", &[1]);
    tells(
        providers_apart,
        "src/provider/nets/sandbox/mod.rs",
        "use crate::provider::{Provider, asked::Asked};",
        &[1],
    );
    tells(
        providers_apart,
        "src/provider/nets/sandbox/mod.rs",
        "use self::{dice::Dice}; use super::super::*;",
        &[1],
    );
    tells(providers_apart, "src/provider/nets/sandbox/cases.rs", "use super::{dice::Dice, trade};", &[]);
    tells(
        providers_apart,
        "src/provider/nets/ask.rs",
        "use super::super::{Want, Found, asked::Asked}; use super::table;",
        &[],
    );
}

#[test]
fn a_pure_module_that_sees_the_world_is_found() {
    tells(pure, "src/case/mod.rs", "async fn f() { g().await }", &[1, 1]);
    tells(pure, "src/desk/mod.rs", "use tokio::sync::mpsc;\nuse reqwest as r;\nuse rusqlite::Row;", &[1, 2, 3]);
    tells(pure, "src/view/mod.rs", "use std::{fmt, fs::File, env};", &[1, 1]);
    tells(pure, "src/text/mod.rs", "fn f() { std::fs::read(p) }", &[1]);
    tells(
        pure,
        "src/desk/mod.rs",
        "let at = Timestamp::now();\nlet at = clock.now();\nlet at = Zoned::now(tz);",
        &[1, 2, 3],
    );
    tells(pure, "src/provider/x.rs", "use std::time::{Duration, Instant};", &[1]);
    tells(pure, "src/desk/mod.rs", "fn hear(now: Moment) { g(now); h(now, self.now) } // std::fs tokio", &[]);
    tells(pure, "src/run/mod.rs", "use tokio::x; use std::fs;", &[]);
}

#[test]
fn text_taken_past_the_contract_is_found() {
    tells(contract_kept, "src/view/list.rs", "let shown = raw.exact();", &[1]);
    tells(contract_kept, "src/desk/list.rs", "raws.map(Raw::exact(x))", &[1]);
    tells(contract_kept, "src/desk/mod.rs", "let long = text.exact().len();\nlet other = name.exact();", &[2]);
    tells(contract_kept, "src/store/keep.rs", "raw.exact()", &[]);
    tells(contract_kept, "src/view/list.rs", "#[cfg(test)]\nmod tests { fn f() { x.exact() } }", &[]);
}

#[test]
fn a_name_that_says_nothing_is_found() {
    tells(telling_name, "src/case/utils.rs", "", &[0]);
    tells(telling_name, "tests/common/mod.rs", "", &[0]);
    tells(telling_name, "src/case/mod.rs", "mod helpers;", &[1]);
    tells(telling_name, "src/case/mod.rs", "//! common types\nmod handling;", &[]);
}

#[test]
fn what_ends_the_program_is_found() {
    tells(no_endings, "src/case/mod.rs", "x.unwrap();\ny.expect(\"\");\nz.map(Option::unwrap)", &[1, 2, 3]);
    tells(
        no_endings,
        "src/case/mod.rs",
        "panic!();\ntodo!()\nunimplemented!()\ndbg!(x)\nunreachable!()",
        &[1, 2, 3, 4, 5],
    );
    tells(no_endings, "src/run/mod.rs", "panic!(\"asked to fail while drawing\");\npanic!(\"other\")", &[2]);
    tells(no_endings, "src/case/mod.rs", "x.unwrap_or(1); x.unwrap_or_default(); use std::panic;", &[]);
    tells(
        no_endings,
        "src/case/mod.rs",
        "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }\nfn g() { x.unwrap() }",
        &[3],
    );
    tells(no_endings, "tests/store.rs", "x.unwrap()", &[]);
}

#[test]
fn what_prints_or_naps_is_found() {
    tells(no_prints, "src/run/mod.rs", "println!(\"x\");\nprint!(\"x\");", &[1, 2]);
    tells(no_prints, "src/main.rs", "println!(\"x\");", &[]);
    tells(no_prints, "src/run/mod.rs", "eprintln!(\"x\"); // println!", &[]);
    tells(no_naps, "src/run/mod.rs", "std::thread::sleep(second);", &[1]);
    tells(no_naps, "src/run/mod.rs", "tokio::time::sleep(wait).await;", &[]);
    tells(no_naps, "src/run/watch.rs", "thread::sleep(x);", &[]);
}

#[test]
fn what_is_wrong_with_a_whole_file_is_found() {
    tells(unsafe_forbidden, "src/lib.rs", "//! x\n// #![forbid(unsafe_code)]", &[0]);
    tells(unsafe_forbidden, "src/main.rs", "#![forbid(unsafe_code)]", &[]);
    tells(belongs_on_top, "notes.md", "", &[0]);
    tells(belongs_on_top, "docs/plan.md", "", &[0]);
    tells(belongs_on_top, ".gitignore", "", &[]);
    tells(belongs_on_top, "src/notes.md", "", &[]);
    tells(says_what_it_is, "src/case/mod.rs", "use x;", &[1]);
    tells(says_what_it_is, "src/case/mod.rs", "//! casedesk", &[1]);
    tells(says_what_it_is, "src/case/mod.rs", "//! What a dispute is.", &[]);
    let (work, home) = (["", "work", "x"].join("/"), ["", "home", "carol"].join("/"));
    tells(no_machine_paths, "assets/a.toml", &format!("x\npath = \"{work}\""), &[2]);
    tells(no_machine_paths, ".ci/run", &format!("cd {home}/src"), &[1]);
    tells(no_machine_paths, "README.md", "see src/work/mod.rs and /home/ann/x", &[]);
}

#[test]
fn the_rules_see_the_whole_tree() {
    let seen = sources();
    for path in ["src/main.rs", "src/lib.rs", "src/desk/words.rs", "src/provider/nets/sandbox/mod.rs"] {
        assert!(seen.iter().any(|file| file.path == path), "{path} was not looked at");
    }
}
