//! The one visible table of what the public text of the API leaves open. Each row is a default that a profile may
//! override.

use crate::{
    action::field::Unit,
    case::{Currency, Settings},
    provider::{
        table::{
            self,
            Kind::{Currency as ThreeLetters, Name, OneOf, PathWith, Pointers},
            Row,
            Source::{Confirmed, Inferred, Seed},
            row,
        },
        value::In,
    },
};

pub static TABLE: &[Row] = &[
    row(
        "path.dispute",
        "/api/{version}/disputes/dispute-chargeback",
        "makes and updates a dispute (POST)",
        Seed,
        PathWith(VERSION),
    ),
    row("version", "v1", "stands in the path in the place of {version}", Confirmed, Name),
    row(
        "amount.unit",
        "major",
        "whether 12.50 or 1250 is twelve and a half; the API's text does not say",
        Inferred,
        OneOf(&["major", "minor"]),
    ),
    row("amount.currency", "", "the currency of all amounts; the API names none", Inferred, ThreeLetters),
    row(
        "reference.own",
        "on",
        "whether a new dispute without a channel_dispute_id gets our own reference there",
        Inferred,
        OneOf(&["on", "off"]),
    ),
    row("proof.number", "/dispute_guid", "where the answer names the dispute (JSON pointers)", Seed, Pointers),
];

/// Stands in `path.dispute` for the version.
pub const VERSION: &str = "{version}";

/// The value of a row for this profile.
pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}

/// One line for each override that cannot be meant.
pub fn check(settings: &Settings) -> Vec<String> {
    table::check(TABLE, settings)
}

pub fn currency(settings: &Settings) -> Option<Currency> {
    Currency::parse(value(settings, "amount.currency"))
}

/// How amounts are sent.
pub fn unit(settings: &Settings) -> Unit {
    if is_minor(settings) { Unit::Minor } else { Unit::Major }
}

/// How amounts are read.
pub fn read_in(settings: &Settings) -> In {
    if is_minor(settings) { In::Minor } else { In::Major }
}

fn is_minor(settings: &Settings) -> bool {
    value(settings, "amount.unit") == "minor"
}

pub fn is_referenced(settings: &Settings) -> bool {
    value(settings, "reference.own") == "on"
}
