//! The words of the current API that its specification leaves open, and those that only a profile can know.

use crate::{
    case::Settings,
    provider::table::{
        self,
        Kind::{Link, OneOf, Path, PathWith, Uuid, Whole},
        Row,
        Source::{Confirmed, Inferred},
        needed, row,
    },
};

pub static TABLE: &[Row] = &[
    needed("user.uuid", "the UUID of the user (header x-user-uuid)", Uuid),
    needed("org.uuid", "the UUID of the organisation (member orgUuid of a new dispute)", Uuid),
    row("path.disputes", "/disputes", "lists disputes (GET) and creates one (POST)", Confirmed, Path),
    row("path.status", "/dispute/status/{uuid}", "reads a dispute (GET)", Confirmed, PathWith(UUID)),
    row("path.files", "/disputes/{case}/files", "takes a file (POST)", Confirmed, PathWith(CASE)),
    row("path.reopen", "/disputes/{case}/reopen", "opens a dispute again (POST)", Confirmed, PathWith(CASE)),
    row("page.size", "100", "how many disputes are asked for at once", Inferred, Whole(1, 1000)),
    row(
        "time.sent",
        "seconds",
        "how moments are counted in what is sent; what comes is told by its size",
        Inferred,
        OneOf(&["seconds", "milliseconds"]),
    ),
    row("page", "", "where the pages of disputes are; a dispute's UUID follows", Inferred, Link),
];

/// Stands in `path.status` for the dispute's UUID.
pub const UUID: &str = "{uuid}";
/// Stands in the path of a write for the case's number.
const CASE: &str = "{case}";

pub fn value<'a>(settings: &'a Settings, name: &str) -> &'a str {
    table::value(TABLE, settings, name)
}
