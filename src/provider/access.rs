//! How a profile may show who it is to a provider, declared. Where its secrets come from is not known here.

use std::time::Duration;

use crate::{case::Settings, http::Shown};

/// One way in, by the name that a profile's `auth` has for it.
#[derive(Clone, Copy)]
pub enum Access {
    /// "oauth": a client id and a client secret become a token (RFC 6749, 4.4). `scope`: separated by blanks; may be empty.
    OAuth { scope: &'static str, shown: Shown },
    /// Headers that go with every request.
    Headers { auth: &'static str, headers: &'static [Header] },
    /// A JSON object of these members is posted to the token address; the answer names a token, at the first of these
    /// pointers (RFC 6901) that is there, which goes along as Bearer and lives that long.
    Login { auth: &'static str, members: &'static [Header], token_at: &'static [&'static str], lives: Duration },
}

impl Access {
    /// As in the configuration.
    pub fn auth(&self) -> &'static str {
        match self {
            Access::OAuth { .. } => "oauth",
            Access::Headers { auth, .. } | Access::Login { auth, .. } => auth,
        }
    }
}

/// A header or member and what it holds.
#[derive(Clone, Copy)]
pub struct Header {
    pub name: &'static str,
    /// What stands before the value: "Bearer ".
    pub before: &'static str,
    pub value: Given,
}

/// Where a value comes from.
#[derive(Clone, Copy)]
pub enum Given {
    /// The profile's secret of that name: "api-key".
    Secret(&'static str),
    /// A word of the profile's table.
    Set(fn(&Settings) -> &str),
}
