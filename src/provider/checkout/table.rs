//! The one visible table of paths, headers and words that a profile may correct. Each row is a default; nothing else in
//! this folder spells it a second time.

use crate::{
    case::Settings,
    provider::table::{
        self,
        Kind::{Name, Path, PathWith},
        Row,
        Source::{Confirmed, Inferred, Seed},
        row,
    },
};

const OF_CASE: table::Kind = PathWith(CASE);

/// Stands in a path for the dispute's id.
pub const CASE: &str = "{case}";

pub static TABLE: &[Row] = &[
    row(
        "account.prefix",
        "",
        "the first 8 characters of the client id without its \"cli_\"; the usual addresses begin with it",
        Confirmed,
        Name,
    ),
    row("path.create", "/issuing/disputes", "creates a dispute (POST)", Seed, Path),
    row("path.dispute", "/issuing/disputes/{case}", "reads a dispute (GET)", Seed, OF_CASE),
    row("path.amend", "/issuing/disputes/{case}/amend", "amends it (POST)", Seed, OF_CASE),
    row("path.cancel", "/issuing/disputes/{case}/cancel", "cancels it (POST)", Seed, OF_CASE),
    row("path.escalate", "/issuing/disputes/{case}/escalate", "escalates it (POST)", Seed, OF_CASE),
    row("path.submit", "/issuing/disputes/{case}/submit", "submits it, deprecated (POST)", Seed, OF_CASE),
    row("header.key", "Cko-Idempotency-Key", "the header of our key", Seed, Name),
    row("link.amend", "amend", "the link that offers to amend", Seed, Name),
    row("link.cancel", "cancel", "the link that offers to cancel", Inferred, Name),
    row("link.escalate", "escalate", "the link that offers to escalate", Inferred, Name),
    row("link.submit", "submit", "the link that offers to submit", Inferred, Name),
];

/// The value of a row for this profile.
pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}

/// One line for each override that cannot be meant.
pub fn check(settings: &Settings) -> Vec<String> {
    table::check(TABLE, settings)
}
