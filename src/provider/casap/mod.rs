//! Casap, in the two generations of its API: the one of 2023, of which there is a text, and the current one, of which
//! there is a specification. A profile chooses one by its provider. Pure: no socket, no clock, no screen.

pub mod current;
pub mod older;
mod refusal;
pub mod sandbox;

pub use current::CasapCurrent;
pub use older::Casap;

use crate::{
    case::Settings,
    provider::table::{self, Row},
    text::{Raw, segment},
};

/// The dispute's own page at Casap, where the profile's table says where those are.
fn page(table: &'static [Row], settings: &Settings, uuid: &str) -> Raw {
    match table::value(table, settings, "page") {
        "" => Raw::default(),
        base => format!("{}/{}", base.trim_end_matches('/'), segment(uuid)).into(),
    }
}
