//! A stand-in for Qolo's API: answers requests in raw JSON, refuses what the contract refuses, and keeps state. Pure: no
//! socket, no clock, no file. It must never name the code that reads answers, or both would share its mistakes.
//!
//! The API's text shows the body of a success and of no refusal; the form of the latter, and of the answer to a login, is
//! inferred. Card numbers are exchanged for proxies at once and kept nowhere.

mod born;
mod dice;
mod dispute;
mod strict;

use std::collections::HashMap;

use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::dispute::Dispute;
use crate::{
    case::{Moment, moment::HOUR},
    http::Response,
    provider::{Asked, StandIn, Written},
};

const ROOT: &str = "/qolo";
const LOGIN: &str = "/qolo/api/v1/auth/login";
const DISPUTES: &str = "/qolo/api/v1/disputes/dispute-chargeback";

/// They open nothing but invented disputes.
const LOGIN_ID: &str = "sandbox-login";
const API_KEY: &str = "sandbox-qolo-key";
/// For who brings a token along: it has no end.
const ACCESS_TOKEN: &str = "sandbox-qolo-token";
/// The API's own pages.
const TOKEN_LIFE: i64 = 12 * HOUR;

pub struct World {
    kept: Kept,
    disputes: Vec<Dispute>,
    written: Vec<Written>,
    tokens: HashMap<String, Moment>,
    tokens_given: u64,
}

/// Everything that a world is made from.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    born: Moment,
    changes: Vec<Change>,
}

/// A write that was taken; its card number is not in it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    at: Moment,
    dispute: String,
    body: Map<String, Value>,
    body_sha256: String,
}

impl World {
    pub fn new(born: Moment) -> World {
        World::of(Kept { born, changes: Vec::new() })
    }

    fn of(kept: Kept) -> World {
        let (born, changes) = (kept.born, kept.changes);
        let mut world = World {
            kept: Kept { born, changes: Vec::new() },
            disputes: born::disputes(born),
            written: Vec::new(),
            tokens: HashMap::new(),
            tokens_given: 0,
        };
        changes.into_iter().for_each(|change| world.lay(change));
        world
    }

    /// Lets a change have its effect.
    fn lay(&mut self, change: Change) {
        match self.disputes.iter_mut().find(|dispute| dispute.guid == change.dispute) {
            Some(dispute) => dispute.write(&change.body, change.at),
            None => self.disputes.push(Dispute::new(change.dispute.clone(), &change.body, change.at)),
        }
        self.written.push(Written {
            what: "POST /api/v1/disputes/dispute-chargeback".to_owned(),
            case: change.dispute.clone(),
            key: None,
            body_sha256: change.body_sha256.clone(),
            again: false,
        });
        self.kept.changes.push(change);
    }

    fn login(&mut self, asked: &Asked, now: Moment) -> Answer {
        let members = members(asked)?;
        let wanted = [("loginid", LOGIN_ID), ("apikey", API_KEY)];
        let right = |(name, value): &(&str, &str)| members.get(*name).and_then(Value::as_str) == Some(*value);
        if members.len() != wanted.len() || !wanted.iter().all(right) {
            return Err(said(401, "Unauthorized"));
        }
        self.tokens_given += 1;
        let token = dice::hex(&dice::bytes("token", self.tokens_given ^ now.0.unsigned_abs()));
        self.tokens.insert(token.clone(), now.plus(TOKEN_LIFE));
        Ok(json(200, json!({"access_token": token, "token_type": "Bearer"})))
    }

    fn is_let_in(&self, asked: &Asked, now: Moment) -> bool {
        let token = asked.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
        let lives = |token: &str| self.tokens.get(token).is_some_and(|until| *until > now);
        token.is_some_and(|token| token == ACCESS_TOKEN || lives(token))
    }

    fn write(&mut self, asked: &Asked, now: Moment) -> Answer {
        if !self.is_let_in(asked, now) {
            return Err(said(401, "Unauthorized"));
        }
        if let Some((name, _)) = asked.query.first() {
            return Err(said(400, &format!("There is no parameter {name}.")));
        }
        let mut body = members(asked)?;
        let mut complaints = strict::complaints(&body);
        let given = body.get("dispute_guid").and_then(Value::as_str).map(str::to_ascii_lowercase);
        let known = given.and_then(|guid| self.disputes.iter().find(|dispute| dispute.guid == guid));
        let is_new = body.get("request_code").and_then(Value::as_str) == Some(strict::NEW);
        if complaints.is_empty() && !is_new && known.is_none() {
            complaints.add("dispute_guid", "There is no such dispute.");
        }
        if !complaints.is_empty() {
            return Err(refused(complaints));
        }
        let account = body.get("account_guid").and_then(Value::as_str).unwrap_or_default();
        let other = |held: &str| !account.is_empty() && !held.eq_ignore_ascii_case(account);
        let is_other = known.and_then(|known| known.account.as_str()).is_some_and(other);
        if account == NO_ACCOUNT || is_other {
            return Err(said(404, "Account not found"));
        }
        let dispute = match known {
            Some(known) => known.guid.clone(),
            None => dice::guid("made", now.0.unsigned_abs() ^ self.kept.changes.len() as u64),
        };
        proxied(&mut body);
        let sum = digest::digest(&digest::SHA256, &asked.body);
        let number = self.kept.changes.len() as u64;
        self.lay(Change {
            at: now,
            dispute: dispute.clone(),
            body: body.clone(),
            body_sha256: dice::hex(sum.as_ref()),
        });
        let made = self.disputes.iter().find(|known| known.guid == dispute);
        let mut shown = made.map(|made| made.shown(now)).unwrap_or_default();
        let told = shown.remove("dispute").unwrap_or_default();
        shown.insert("request_code".to_owned(), body.get("request_code").cloned().unwrap_or_default());
        shown.insert("dispute".to_owned(), told);
        let journal = made.map(|made| made.journal(&body, number, now)).unwrap_or_default();
        shown.insert("journal_detail".to_owned(), journal);
        Ok(json(200, Value::Object(shown)))
    }
}

/// Nobody has this account.
const NO_ACCOUNT: &str = "00000000-0000-0000-0000-000000000000";

/// Puts a card's proxy in the place of its number.
fn proxied(body: &mut Map<String, Value>) {
    let Some(number) = body.remove("card_number") else { return };
    let has_proxy =
        body.get("card_proxy").and_then(Value::as_str).is_some_and(|proxy| !proxy.trim().is_empty());
    if let (Some(number), false) = (number.as_str(), has_proxy) {
        let proxy = 900_000_000_000 + dice::below(number, 0, 99_999_999);
        body.insert("card_proxy".to_owned(), proxy.to_string().into());
    }
}

impl StandIn for World {
    fn root(&self) -> &'static str {
        ROOT
    }

    fn places(&self) -> [&'static str; 2] {
        [ROOT, LOGIN]
    }

    fn secrets(&self) -> &'static [(&'static str, &'static str)] {
        &[("login-id", LOGIN_ID), ("api-key", API_KEY), ("access-token", ACCESS_TOKEN)]
    }

    fn table(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        let answer = match asked.path.as_str() {
            LOGIN | DISPUTES if asked.method != "POST" => Err(said(405, "Method not allowed")),
            LOGIN => self.login(asked, now),
            DISPUTES => self.write(asked, now),
            _ => Err(said(404, "There is no such path")),
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    fn numbers(&self) -> Vec<String> {
        self.disputes.iter().map(|dispute| dispute.guid.clone()).collect()
    }

    fn kept(&self) -> Value {
        serde_json::to_value(&self.kept).unwrap_or_default()
    }

    fn catch_up(&mut self, kept: Value) -> Result<(), String> {
        let kept = serde_json::from_value(kept).map_err(|why| why.to_string())?;
        let tokens = std::mem::take(&mut self.tokens);
        *self = World { tokens, tokens_given: self.tokens_given, ..World::of(kept) };
        Ok(())
    }

    fn written(&self) -> &[Written] {
        &self.written
    }

    fn expire_tokens(&mut self) {
        self.tokens.clear();
    }
}

/// An answer, or a refusal that is one.
type Answer = Result<Response, Response>;

/// The members of a JSON body.
fn members(asked: &Asked) -> Result<Map<String, Value>, Response> {
    let media = asked.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(said(415, "Content-Type must be application/json"));
    }
    serde_json::from_slice(&asked.body).map_err(|_| said(400, "The body is not a JSON object"))
}

fn refused(complaints: strict::Complaints) -> Response {
    json(400, json!({"title": "Bad request", "status": 400, "errors": complaints.told()}))
}

fn said(status: u16, message: &str) -> Response {
    json(status, json!({"status": status, "message": message}))
}

fn json(status: u16, body: Value) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: body.to_string().into_bytes(), date: None }
}
