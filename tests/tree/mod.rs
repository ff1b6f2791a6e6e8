//! The source tree as text, and the table of which module may name which. What is said about it stands in the tests
//! that use it (`shape`, `docs`).
#![allow(dead_code)]

pub mod code;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A top module of `src`.
pub struct Module {
    pub name: &'static str,
    /// What it is, in a few words.
    pub is: &'static str,
    pub may: &'static [&'static str],
}

const fn module(name: &'static str, is: &'static str, may: &'static [&'static str]) -> Module {
    Module { name, is, may }
}

/// Who may name whom. A module may always name itself; `lib.rs` declares the modules and names none; `main.rs` may
/// name all. Rows of modules that are not there yet say what they will be allowed, and the documents leave them out.
pub const MODULES: &[Module] = &[
    module("case", "NOUNS: what a dispute is, in our words", &["text"]),
    module("action", "VERBS: what may be done, as data", &["case", "text"]),
    module("text", "what a person may be shown; what must stay secret", &[]),
    module("seal", "cryptography: sealing, the journal's chain, card numbers", &["case", "text"]),
    module("http", "THE DOOR: the only way out", &["case", "text"]),
    module("provider", "THE WORLD: one folder a provider, no I/O", &["case", "action", "http", "text"]),
    module("document", "READING: the bytes of a document to what can be read", &["case", "text"]),
    module("graphics", "PIXELS: pictures to what terminals take of them", &["case", "text"]),
    module("store", "MEMORY: one SQLite file", &["case", "action", "seal", "text"]),
    module(
        "config",
        "the configuration file, and where secrets come from",
        &["case", "graphics", "http", "text"],
    ),
    module("desk", "MIND: everything on the screen, pure", &["case", "action", "text"]),
    module("view", "FACE: draws the desk, pure", &["case", "action", "text", "desk"]),
    module(
        "run",
        "HANDS: the loop, the threads, the terminal",
        &[
            "case", "action", "text", "seal", "http", "provider", "document", "graphics", "store", "config",
            "desk", "view",
        ],
    ),
    module(
        "cli",
        "the words of the command line",
        &[
            "case", "action", "text", "seal", "http", "provider", "document", "graphics", "store", "config",
            "desk", "view", "run",
        ],
    ),
    module("sandbox", "serves the providers' stand-ins on loopback", &["case", "http", "provider", "text"]),
];

pub fn named(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One file: its path below the root, with slashes, and its text (lossy where it is none).
pub struct Source {
    pub path: String,
    pub text: String,
}

/// Every file of the repository, in order: all of it but what was built and the folders that version control and
/// editors keep to themselves (hidden ones, except for `.ci`).
pub fn files() -> Vec<Source> {
    let mut found = Vec::new();
    gather(&root(), &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn gather(folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let below = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            let built = path.join("CACHEDIR.TAG").exists() || below == "target";
            if !built && (!below.starts_with('.') || below == ".ci") {
                gather(&path, found);
            }
        } else if below != ".git" {
            // In a second working tree that is a file, and not ours.
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push(Source { path: below, text });
        }
    }
}

/// The Rust files of `src`.
pub fn sources() -> Vec<Source> {
    files().into_iter().filter(|file| file.path.starts_with("src/") && file.path.ends_with(".rs")).collect()
}

/// The top modules that are there, from the tree: "case", "config" …, without `lib` and `main`.
pub fn present() -> BTreeSet<String> {
    let top = |file: Source| file.path.split('/').nth(1).unwrap().trim_end_matches(".rs").to_owned();
    sources().into_iter().map(top).filter(|name| name != "lib" && name != "main").collect()
}

/// The module table in Markdown, as README.md and the crate's documentation have it: only modules that are there.
pub fn table() -> Vec<String> {
    let present = present();
    let mut lines = vec!["| module | what it is | may name |".to_owned(), "|---|---|---|".to_owned()];
    for module in MODULES.iter().filter(|module| present.contains(module.name)) {
        let may: Vec<_> =
            module.may.iter().filter(|name| present.contains(**name)).map(|name| format!("`{name}`")).collect();
        let may = if may.is_empty() { "nothing of ours".to_owned() } else { may.join(" ") };
        lines.push(format!("| `{}` | {} | {may} |", module.name, module.is));
    }
    lines.push("| `main` | arguments and configuration, then the screen | anything |".to_owned());
    lines
}
