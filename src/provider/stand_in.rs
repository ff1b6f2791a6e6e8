//! What a provider's stand-in is to whoever serves it: a pure function from request and time to answer, with a state that
//! can be kept and brought back.

pub mod pdf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Asked;
use crate::{case::Moment, http::Response};

pub trait StandIn: Send {
    /// The first segment of all its paths, so that several are served from one address: "/checkout".
    fn root(&self) -> &'static str;

    /// Base and token address below the root: "/checkout/api" and "/checkout/connect/token". The latter is empty where
    /// there is none.
    fn places(&self) -> [&'static str; 2];

    /// What lets a program in, by the names that a configuration has for secrets: ("api-key", "sandbox-...").
    fn secrets(&self) -> &'static [(&'static str, &'static str)];

    /// What a profile's table needs to say: ("organization.id", "sandbox").
    fn table(&self) -> &'static [(&'static str, &'static str)];

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response;

    /// The ids of all disputes, oldest first: where a provider lists none, they have to be known from elsewhere.
    fn numbers(&self) -> Vec<String> {
        Vec::new()
    }

    /// Everything that its state is made from.
    fn kept(&self) -> Value;

    /// Takes up a state that was kept; an error says what is wrong with it.
    fn catch_up(&mut self, kept: Value) -> Result<(), String>;

    /// Every write that had an effect since the world was born, and those that were answered again since it is served
    /// because of their key or id, in order.
    fn written(&self) -> &[Written];

    /// All tokens given so far are refused from now on.
    fn expire_tokens(&mut self);
}

/// A write, as the stand-in took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// "POST /issuing/disputes": below the base, percent-escapes resolved.
    pub what: String,
    /// The dispute's id.
    pub case: String,
    /// The value of its idempotency header, if it had one.
    pub key: Option<String>,
    /// Of the body as it came: 64 lower-case hexadecimal digits.
    pub body_sha256: String,
    /// It was answered again and had no effect of its own.
    pub again: bool,
}
