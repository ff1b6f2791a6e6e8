//! Stand-ins for both generations of Casap's API, written from their texts: they answer in raw JSON, refuse what the APIs
//! would refuse, and keep state. Pure: no socket, no clock, no file. They must never name the code that reads answers,
//! or both would share its mistakes.

pub mod current;
pub mod older;
mod people;
mod plan;
mod strict;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{case::Moment, http::Response};

/// The user and the organisation that the stand-ins know.
pub const USER: &str = "70720526-3cb5-418e-9f9d-a1d07a056061";
pub const ORGANISATION: &str = "76851218-a1e8-418e-9151-8c2d61709521";

/// A write that had an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    at: Moment,
    what: String,
    case: String,
    body: Value,
    body_sha256: String,
}

/// What a world is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    born: Moment,
    #[serde(default)]
    writes: Vec<Write>,
}

fn taken_up<T: DeserializeOwned>(kept: Value) -> Result<T, String> {
    serde_json::from_value(kept).map_err(|error| format!("this is not the state of a Casap stand-in: {error}"))
}

fn sha256(body: &[u8]) -> String {
    digest::digest(&digest::SHA256, body).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(status: u16, media: &str, body: String) -> Response {
    let headers = vec![("content-type".to_owned(), media.to_owned())];
    Response { status, headers, body: body.into_bytes(), date: None }
}

fn json(status: u16, body: &Value) -> Response {
    said(status, "application/json", body.to_string())
}

/// A UUID that depends on its subject and number and on nothing else.
fn uuid(subject: &str, number: u64) -> String {
    let whole = sha256(format!("{subject} {number}").as_bytes());
    format!("{}-{}-4{}-8{}-{}", &whole[..8], &whole[8..12], &whole[13..16], &whole[17..20], &whole[20..32])
}
