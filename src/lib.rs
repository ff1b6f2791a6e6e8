//! casedesk, a workstation in the terminal for people who work payment disputes: its parts, for the program `casedesk`
//! and for tests. README.md tells how it is used; this page tells how it is put together.
//!
//! # Who may name whom
//!
//! Modules point one way; `tests/shape.rs` holds them to it. `main.rs` puts everything together, and this file only
//! declares.
//!
//! | module | what it is | may name |
//! |---|---|---|
//! | `case` | NOUNS: what a dispute is, in our words | `text` |
//! | `action` | VERBS: what may be done, as data | `case` `text` |
//! | `text` | what a person may be shown; what must stay secret | nothing of ours |
//! | `seal` | cryptography: sealing, the journal's chain, card numbers | `case` `text` |
//! | `http` | THE DOOR: the only way out | `case` `text` |
//! | `provider` | THE WORLD: one folder a provider, no I/O | `case` `action` `http` `text` |
//! | `document` | READING: the bytes of a document to what can be read | `case` `text` |
//! | `graphics` | PIXELS: pictures to what terminals take of them | `case` `text` |
//! | `store` | MEMORY: one SQLite file | `case` `action` `seal` `text` |
//! | `config` | the configuration file, and where secrets come from | `case` `graphics` `http` `text` |
//! | `desk` | MIND: everything on the screen, pure | `case` `action` `text` |
//! | `view` | FACE: draws the desk, pure | `case` `action` `text` `desk` |
//! | `run` | HANDS: the loop, the threads, the terminal | `case` `action` `text` `seal` `http` `provider` `document` `graphics` `store` `config` `desk` `view` |
//! | `cli` | the words of the command line | `case` `action` `text` `seal` `http` `provider` `document` `graphics` `store` `config` `desk` `view` `run` |
//! | `sandbox` | serves the providers' stand-ins on loopback | `case` `http` `provider` `text` |
//! | `main` | arguments and configuration, then the screen | anything |
//!
//! # The life of a keystroke
//!
//! ```text
//! key    run/watch ─> channel ─> desk::keys: a Command ─> Desk::ask ─> Effects
//! effect run ─> memory thread (store) or network thread (provider phrases, http asks, provider reads, store keeps)
//! answer one Event for each Effect ─> channel ─> Desk::hear ─> changed? ─> view::draw ─> cells
//! ```
//!
//! Four things hold everywhere. Time is an argument ([`case::Moment`]). Money is a whole number of minor units
//! ([`case::Money`]). Text from outside is a [`text::Raw`], and only the text contract makes a [`text::SafeText`] of it,
//! the one kind of text that the screen takes. What happens is plain data ([`desk::words`]).
#![forbid(unsafe_code)]

pub mod action;
pub mod case;
pub mod cli;
pub mod config;
pub mod desk;
pub mod document;
pub mod graphics;
pub mod http;
pub mod provider;
pub mod run;
pub mod sandbox;
pub mod seal;
pub mod store;
pub mod text;
pub mod view;
