//! A stand-in for Checkout.com's issuing disputes: answers in raw JSON, refuses what the API's text refuses, keeps state,
//! and lets disputes live on as time passes. Pure: no socket, no clock, no file. It must never name the code that reads
//! its answers, or both would share their mistakes.
//!
//! The codes of its complaints are not public; they are in the manner of the API's other parts.

mod dice;
mod gate;
mod life;
mod past;
mod sheet;
mod strict;
mod trade;
mod writes;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use self::{
    dice::Dice,
    gate::Gate,
    life::{Dispute, What},
};
use crate::{
    case::{Moment, moment::HOUR},
    http::Response,
    provider::{
        asked::Asked,
        stand_in::{StandIn, Written},
    },
};

const ROOT: &str = "/checkout";
const TOKEN: &str = "/checkout/connect/token";

/// What lets a program in. It opens nothing but invented disputes.
pub const CLIENT_ID: &str = "cli_sandboxcheckoutdesk";
pub const CLIENT_SECRET: &str = "sandbox-checkout-secret";
pub const API_KEY: &str = "sk_sbox_sandboxcheckoutkey";

const SECRETS: &[(&str, &str)] =
    &[("client-id", CLIENT_ID), ("client-secret", CLIENT_SECRET), ("api-key", API_KEY)];

/// As long as a key is remembered after a success.
const REMEMBERED: i64 = 24 * HOUR;

/// Everything that the state is made from: what was written, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    born: Moment,
    made: Vec<Made>,
    deeds: Vec<(String, life::Deed)>,
    /// Successes by path and key.
    answers: BTreeMap<String, Remembered>,
    written: Vec<Written>,
}

/// A dispute that was created here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Made {
    at: Moment,
    id: String,
    transaction: String,
    message: Option<String>,
    reason: String,
    amount: Option<i64>,
    justification: Option<String>,
    evidence: Vec<life::Paper>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remembered {
    at: Moment,
    status: u16,
    body: String,
    case: String,
}

pub struct World {
    kept: Kept,
    disputes: Vec<Dispute>,
    gate: Gate,
    /// Answers given, for the ids of conversations.
    answered: u64,
}

/// An answer, or the refusal that is one too.
type Answer = Result<Response, Response>;

impl World {
    pub fn new(born: Moment) -> World {
        let kept =
            Kept { born, made: Vec::new(), deeds: Vec::new(), answers: BTreeMap::new(), written: Vec::new() };
        World { disputes: past::disputes(born), kept, gate: Gate::default(), answered: 0 }
    }

    fn laid(&mut self, kept: Kept) {
        if kept.born != self.kept.born || !begins(&kept, &self.kept) {
            self.disputes = past::disputes(kept.born);
            self.kept = Kept { made: Vec::new(), deeds: Vec::new(), ..kept.clone() };
        }
        for made in &kept.made[self.kept.made.len()..] {
            self.disputes.push(writes::dispute_of(made));
        }
        for (case, deed) in &kept.deeds[self.kept.deeds.len()..] {
            if let Some(dispute) = self.disputes.iter_mut().find(|dispute| dispute.id == *case) {
                dispute.deeds.push(deed.clone());
            }
        }
        self.kept = kept;
    }

    fn route(&mut self, asked: &Asked, now: Moment) -> Answer {
        let below = asked.path.strip_prefix(ROOT).unwrap_or_default();
        if asked.path == TOKEN {
            return self.gate.token(asked, now);
        }
        let path: Vec<_> = below.split('/').skip(1).collect();
        let writes = asked.method == "POST";
        self.gate.lets_in(asked, writes, now)?;
        match (asked.method.as_str(), path.as_slice()) {
            ("POST", ["issuing", "disputes"]) => self.write(asked, now, "", "create"),
            ("GET", ["issuing", "disputes", id]) => self.get(asked, id, now),
            ("POST", ["issuing", "disputes", id, verb @ ("amend" | "cancel" | "escalate" | "submit")]) => {
                self.write(asked, now, id, verb)
            }
            _ => Err(bare(404)),
        }
    }

    fn get(&self, asked: &Asked, id: &str, now: Moment) -> Answer {
        if !asked.query.is_empty() {
            return Err(error(422, "request_invalid", &["query_unknown"]));
        }
        accepts_json(asked)?;
        let dispute = self.find(id)?;
        Ok(said(200, &sheet::sheet(dispute, &dispute.at(now), BASE)))
    }

    fn find(&self, id: &str) -> Result<&Dispute, Response> {
        self.disputes.iter().find(|dispute| dispute.id == id).ok_or_else(|| bare(404))
    }

    fn did(&mut self, case: &str, at: Moment, what: What) {
        let deed = life::Deed { at, what };
        if let Some(dispute) = self.disputes.iter_mut().find(|dispute| dispute.id == case) {
            dispute.deeds.push(deed.clone());
        }
        self.kept.deeds.push((case.to_owned(), deed));
    }
}

/// Below it the links of answers stand.
const BASE: &str = "https://sandboxc.api.sandbox.checkout.com";

/// Whether a state goes on from another one.
fn begins(kept: &Kept, from: &Kept) -> bool {
    kept.made.starts_with(&from.made) && kept.deeds.starts_with(&from.deeds)
}

impl StandIn for World {
    fn root(&self) -> &'static str {
        ROOT
    }

    fn places(&self) -> [&'static str; 2] {
        [ROOT, TOKEN]
    }

    fn secrets(&self) -> &'static [(&'static str, &'static str)] {
        SECRETS
    }

    fn table(&self) -> &'static [(&'static str, &'static str)] {
        &[("account.prefix", "sandboxc")]
    }

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        self.answered += 1;
        let mut answer = self.route(asked, now).unwrap_or_else(|refusal| refusal);
        let conversation = dice::uuid(&format!("{} {} {}", self.answered, now.0, asked.path));
        // The error's own id is that of the header.
        let body = String::from_utf8_lossy(&answer.body).replace(CONVERSATION, &conversation);
        answer.body = body.into_bytes();
        answer.headers.push(("cko-request-id".into(), conversation));
        answer.headers.push(("cko-version".into(), "1.1482.0".into()));
        answer
    }

    fn numbers(&self) -> Vec<String> {
        self.disputes.iter().map(|dispute| dispute.id.clone()).collect()
    }

    fn kept(&self) -> Value {
        serde_json::to_value(&self.kept).unwrap_or_default()
    }

    fn catch_up(&mut self, kept: Value) -> Result<(), String> {
        let kept = serde_json::from_value(kept).map_err(|error| error.to_string())?;
        self.laid(kept);
        Ok(())
    }

    fn written(&self) -> &[Written] {
        &self.kept.written
    }

    fn expire_tokens(&mut self) {
        self.gate.expire();
    }
}

/// Stands in a body for the conversation's id until that is known.
const CONVERSATION: &str = "{request_id}";

fn said(status: u16, body: &Value) -> Response {
    let headers = vec![("content-type".into(), "application/json; charset=utf-8".into())];
    Response { status, headers, body: body.to_string().into_bytes(), date: None }
}

fn bare(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: Vec::new(), date: None }
}

fn error(status: u16, kind: &str, codes: &[&str]) -> Response {
    said(status, &json!({"request_id": CONVERSATION, "error_type": kind, "error_codes": codes}))
}

fn accepts_json(asked: &Asked) -> Result<(), Response> {
    let accepted = asked.header("accept").unwrap_or("*/*");
    let fits = ["application/json", "application/*", "*/*"].iter().any(|media| accepted.contains(media));
    if fits { Ok(()) } else { Err(bare(406)) }
}

/// A transaction and what was bought, from its id.
fn transaction(id: &str, message: Option<&str>) -> life::Transaction {
    let mut dice = Dice::of(id);
    let shop = dice.pick(trade::SHOPS);
    let message = message.map_or_else(|| dice::id("msg_", id), str::to_owned);
    life::Transaction { id: id.to_owned(), message, amount: dice.between(3_000, 300_000), shop }
}
