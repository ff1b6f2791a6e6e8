//! The words of the 2023 API that its text leaves open, and those that only a profile can know.

use crate::{
    case::{Currency, Settings},
    provider::table::{
        self,
        Kind::{Currency as ThreeLetters, Link, OneOf, Path, Pointers, Uuid},
        Row,
        Source::{Inferred, Seed},
        needed, row,
    },
};

pub static TABLE: &[Row] = &[
    needed("user.uuid", "the UUID of the user who creates disputes (header x-user-uuid)", Uuid),
    needed("org.uuid", "the UUID of the organisation (header x-org-uuid and member orgUUID)", Uuid),
    row("path.create", "/api/dispute", "creates a dispute (POST)", Seed, Path),
    row(
        "proof.uuid",
        "/disputeUUID,/disputeUuid,/uuid,/id,/dispute/uuid,",
        "where the answer names the new dispute: the first UUID at these pointers; the empty one is the whole answer",
        Inferred,
        Pointers,
    ),
    row(
        "reference.own",
        "off",
        "whether a transaction without a thirdPartyTicketID gets our own reference there",
        Inferred,
        OneOf(&["on", "off"]),
    ),
    row(
        "page",
        "https://disputes-sandbox.casaphq.com/dispute",
        "where the pages of disputes are; a dispute's UUID follows",
        Seed,
        Link,
    ),
    row(
        "currency",
        "",
        "the currency of all amounts; the API names none and counts cents",
        Inferred,
        ThreeLetters,
    ),
];

pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}

/// Whether our own reference stands in for a ticket's.
pub fn is_referenced(settings: &Settings) -> bool {
    value(settings, "reference.own") == "on"
}

/// In which the API's cents are counted, where the profile says so.
pub fn currency(settings: &Settings) -> Option<Currency> {
    Currency::parse(value(settings, "currency"))
}
