//! The one visible table of words that a profile may correct. Each row is a default; nothing else in this folder spells it
//! a second time.

use crate::{
    case::Settings,
    provider::table::{
        self,
        Kind::{Name, OneOf, Whole},
        Row,
        Source::{Confirmed, Inferred, Seed},
        row,
    },
};

pub static TABLE: &[Row] = &[
    row("organization.id", "", "the organization's id; the usual addresses end with it", Confirmed, Name),
    row(
        "create",
        "put",
        "how a dispute is created: put (with an id of ours, safe to repeat) or post (as the seed has it)",
        Seed,
        OneOf(&["put", "post"]),
    ),
    row("page.size", "100", "how many disputes a page of a list has", Confirmed, Whole(1, 1000)),
    row("query.sort", "createdTime", "by what a list is sorted", Confirmed, Name),
    row("filter.created", "createdTime", "by what a list is narrowed past its offset 1000", Confirmed, Name),
    row(
        "filter.transaction",
        "transactionId",
        "by what the disputes of a transaction are found",
        Inferred,
        Name,
    ),
];

/// The value of a row for this profile.
pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}

/// One line for each override that cannot be meant.
pub fn check(settings: &Settings) -> Vec<String> {
    table::check(TABLE, settings)
}
