//! What a profile says about its provider, without secrets: handed to every provider function.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One profile's provider options. Names and values are the profile's own; a provider's table gives the defaults
/// and documents each name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The profile's name, which every case id carries.
    pub profile: String,
    /// Overrides of the provider's path-and-token table: name to value, each checked against the table at start.
    pub table: BTreeMap<String, String>,
}

impl Settings {
    pub fn of(profile: &str) -> Settings {
        Settings { profile: profile.to_owned(), table: BTreeMap::new() }
    }
}
