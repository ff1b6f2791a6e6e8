//! A stand-in for the Nets API: answers requests in raw JSON, refuses what the contract refuses, and keeps state. Pure:
//! no socket, no clock, no file. It must never name the code that reads answers, or both would share its mistakes.
//!
//! Members of answers are not public; those here are the first names of the table. Error bodies are those of the
//! sister API.

mod cases;
mod dice;
mod papers;
mod pdf;
mod trade;

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::{cases::Plan, dice::Dice};
use crate::{
    case::{Moment, moment::SECOND},
    http::Response,
    provider::asked::{Asked, form},
    text::segment,
};

/// Client credentials and key that the stand-in takes. They open nothing but invented cases.
pub const CLIENT_ID: &str = "sandbox-consumer-key";
pub const CLIENT_SECRET: &str = "sandbox-consumer-secret";
pub const API_KEY: &str = "sandbox-api-key";
/// Below the stand-in's address, like the provider's own test environment.
pub const BASE: &str = "/dispute-casemanagement-pp/v1";
pub const TOKEN: &str = "/token";
/// The API's own page: a token lives 3600 seconds.
pub const TOKEN_LIFE: i64 = 3600 * SECOND;

/// Everything a world is made from. Kept, it brings the same world back; what was written into it since is `changes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    pub seed: u64,
    pub cases: usize,
    /// Deadlines lie around it.
    pub born: Moment,
    #[serde(default)]
    pub changes: Vec<Change>,
}

/// Something written into the world after its birth. The API is only read from so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Change {}

/// The most cases that a world serves over HTTP.
pub const MOST_CASES: usize = 20_000;

pub struct World {
    origin: Origin,
    plans: Vec<Plan>,
    /// Opens a sealed card number (base64 of 256 bytes).
    open_card: fn(&str) -> Option<String>,
    tokens: HashMap<String, Moment>,
    tokens_given: u64,
}

impl World {
    pub fn new(origin: Origin, open_card: fn(&str) -> Option<String>) -> World {
        let plans = cases::plan(origin.seed, origin.cases.min(MOST_CASES));
        World { origin, plans, open_card, tokens: HashMap::new(), tokens_given: 0 }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// From now on every token given so far is refused.
    pub fn expire_tokens(&mut self) {
        self.tokens.clear();
    }

    /// The published test card numbers, clear, of which this world has cases.
    pub fn test_cards() -> impl Iterator<Item = &'static str> {
        trade::CARDS.iter().map(|(_, digits)| *digits)
    }

    /// The queue ids, the one that the API's text does not name last.
    pub fn queues() -> impl Iterator<Item = &'static str> {
        trade::QUEUES.iter().map(|queue| queue.id)
    }

    pub fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        let answer = if asked.path == TOKEN {
            self.token(asked, now)
        } else if let Some(path) = asked.path.strip_prefix(BASE) {
            self.authorised(asked, now).and_then(|()| self.route(path, asked))
        } else {
            Err(no_such_path())
        };
        answer.unwrap_or_else(|refusal| refusal)
    }

    fn authorised(&mut self, asked: &Asked, now: Moment) -> Result<(), Response> {
        self.tokens.retain(|_, until| *until > now);
        let header = asked.header("authorization").unwrap_or_default();
        let token = header.strip_prefix("Bearer ").is_some_and(|token| self.tokens.contains_key(token));
        if token || header == API_KEY { Ok(()) } else { Err(empty(401)) }
    }

    fn token(&mut self, asked: &Asked, now: Moment) -> Answer {
        method(asked, &["POST"])?;
        let basic = format!("Basic {}", STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}")));
        if asked.header("authorization") != Some(&basic) {
            return Err(said(401, json!({"error": "invalid_client"})));
        }
        let form = form(&String::from_utf8_lossy(&asked.body));
        match form.iter().find(|(name, _)| name == "grant_type") {
            Some((_, grant)) if grant == "client_credentials" => {}
            Some(_) => return Err(said(400, json!({"error": "unsupported_grant_type"}))),
            None => return Err(said(400, json!({"error": "invalid_request"}))),
        }
        self.tokens_given += 1;
        let mut dice = Dice::of(self.origin.seed ^ now.0.unsigned_abs(), "token", self.tokens_given);
        let token = format!("{:016x}{:016x}", dice.next(), dice.next());
        self.tokens.insert(token.clone(), now.plus(TOKEN_LIFE));
        let life = TOKEN_LIFE / SECOND;
        Ok(said(200, json!({"access_token": token, "token_type": "Bearer", "expires_in": life})))
    }

    fn route(&self, path: &str, asked: &Asked) -> Answer {
        match path {
            "/disputeQueue" => self.queue(asked),
            "/disputes" => self.disputes(asked),
            _ => match path.strip_prefix("/disputes/document/") {
                Some(id) if !id.is_empty() && !id.contains('/') => self.document(id, asked),
                _ => Err(no_such_path()),
            },
        }
    }

    fn queue(&self, asked: &Asked) -> Answer {
        method(asked, &["GET"])?;
        let id = only_key(&asked.query, &["queueId"], 400)?.1;
        match trade::QUEUES.iter().position(|queue| queue.id == id) {
            Some(queue) => Ok(self.cases(|plan| plan.queue as usize == queue)),
            None => Err(complaint(422, "queueId", "There is no such queue.")),
        }
    }

    /// By POST with a body, or by GET with a query, as the two texts of the API have it.
    fn disputes(&self, asked: &Asked) -> Answer {
        method(asked, &["GET", "POST"])?;
        let keys = ["caseGroupNumber", "caseNumber", "cardNumber"];
        let (key, wanted) = match asked.method.as_str() {
            "GET" => only_key(&asked.query, &keys, 400)?,
            _ => only_key(&body(asked)?, &keys, 422)?,
        };
        match key.as_str() {
            "caseNumber" => self.by_number(&wanted),
            "caseGroupNumber" => self.by_group(&wanted),
            _ if asked.method == "GET" => Err(complaint(400, &key, "A card number is taken in a body only.")),
            _ => self.by_card(&wanted),
        }
    }

    fn by_number(&self, number: &str) -> Answer {
        match cases::index(number, self.plans.len()) {
            Some(index) => Ok(self.listing(std::iter::once(index))),
            None => Err(not_there("There is no case with this number.")),
        }
    }

    fn by_group(&self, group: &str) -> Answer {
        let (first, last) = (self.plans.first(), self.plans.last());
        let groups = first.zip(last).map_or(0..0, |(first, last)| first.group..last.group + 1);
        match groups.into_iter().find(|number| cases::group(*number) == group) {
            Some(group) => Ok(self.cases(|plan| plan.group == group)),
            None => Err(not_there("There is no case group with this number.")),
        }
    }

    fn by_card(&self, sealed: &str) -> Answer {
        let bytes = STANDARD.decode(sealed).ok().filter(|bytes| bytes.len() == 256);
        let card = bytes.and_then(|_| (self.open_card)(sealed));
        let Some(card) = card else {
            return Err(complaint(422, "cardNumber", "Must be encrypted with the public key, in base64."));
        };
        let place = trade::CARDS.iter().position(|(_, digits)| *digits == card);
        Ok(self.cases(|plan| Some(plan.card as usize) == place))
    }

    fn cases(&self, of: impl Fn(&Plan) -> bool) -> Response {
        self.listing(self.plans.iter().enumerate().filter(|(_, plan)| of(plan)).map(|(index, _)| index))
    }

    fn listing(&self, indices: impl Iterator<Item = usize>) -> Response {
        let mut body = String::from("{\"cases\":[");
        for (place, index) in indices.enumerate() {
            if place > 0 {
                body.push(',');
            }
            cases::write(&mut body, &self.facts(index));
        }
        body.push_str("]}");
        typed(200, "application/json", body.into_bytes())
    }

    fn facts(&self, index: usize) -> cases::Facts {
        cases::facts(self.origin.seed, self.origin.born, index, self.plans[index])
    }

    /// Most documents come as they are; every fourth in base64 inside JSON: the API's text leaves both open.
    fn document(&self, id: &str, asked: &Asked) -> Answer {
        method(asked, &["GET"])?;
        if let Some((name, _)) = asked.query.first() {
            return Err(complaint(400, name, "There is no such parameter."));
        }
        let facts =
            id.get(..10).and_then(|number| cases::index(number, self.plans.len())).map(|at| self.facts(at));
        let listed = facts.as_ref().and_then(|facts| {
            Some((facts, facts.papers.iter().enumerate().find(|(_, paper)| paper.id == id)?))
        });
        let Some((facts, (place, paper))) = listed else {
            return Err(not_there("There is no document with this id."));
        };
        let bytes = papers::bytes(facts, paper);
        if (facts.index + place) % 4 == 3 {
            let (name, claimed) = (&paper.name, paper.kind.claimed());
            let content = STANDARD.encode(&bytes);
            return Ok(said(
                200,
                json!({"documentId": id, "fileName": name, "mimeType": claimed, "content": content}),
            ));
        }
        let mut answer = typed(200, paper.kind.claimed(), bytes);
        let plain: String = paper.name.chars().map(plain_letter).collect();
        let named = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", segment(&paper.name));
        answer.headers.push(("content-disposition".into(), named));
        Ok(answer)
    }
}

/// An answer, or a refusal that is one.
type Answer = Result<Response, Response>;

fn plain_letter(letter: char) -> char {
    if letter.is_ascii_graphic() && !matches!(letter, '"' | '\\') || letter == ' ' { letter } else { '_' }
}

fn method(asked: &Asked, allowed: &[&str]) -> Result<(), Response> {
    if allowed.contains(&asked.method.as_str()) {
        return Ok(());
    }
    let mut refusal = said(405, json!({"code": "405", "message": "Method not allowed"}));
    refusal.headers.push(("allow".into(), allowed.join(", ")));
    Err(refusal)
}

/// The members of a JSON body, all of them texts.
fn body(asked: &Asked) -> Result<Vec<(String, String)>, Response> {
    let media = asked.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(said(415, json!({"code": "415", "message": "Content-Type must be application/json"})));
    }
    let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&asked.body) else {
        return Err(said(400, json!({"code": "400", "message": "The body is not a JSON object"})));
    };
    let texts = members.into_iter().map(|(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        _ => Err(complaint(422, &name, "Must be a string.")),
    });
    texts.collect()
}

/// The one key that was given; none, several, unknown and empty ones are refused.
fn only_key(given: &[(String, String)], known: &[&str], status: u16) -> Result<(String, String), Response> {
    if let Some((name, _)) = given.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(complaint(status, name, "Unknown."));
    }
    match given {
        [(name, value)] if value.trim().is_empty() => Err(complaint(status, name, "Must not be empty.")),
        [pair] => Ok(pair.clone()),
        _ => Err(complaint(status, known[0], &format!("Exactly one of {} is required.", known.join(", ")))),
    }
}

fn complaint(status: u16, member: &str, text: &str) -> Response {
    let complaint = Map::from_iter([(member.to_owned(), json!([text]))]);
    said(status, json!({"errors": complaint}))
}

fn not_there(message: &str) -> Response {
    said(404, json!({"code": "404", "message": message}))
}

/// As this kind of gateway says it.
fn no_such_path() -> Response {
    let description = "No matching resource found for given API Request";
    said(404, json!({"fault": {"code": 900906, "message": "Not Found", "description": description}}))
}

fn said(status: u16, body: Value) -> Response {
    typed(status, "application/json", body.to_string().into_bytes())
}

fn typed(status: u16, media: &str, body: Vec<u8>) -> Response {
    Response { status, headers: vec![("content-type".into(), media.into())], body, date: None }
}

fn empty(status: u16) -> Response {
    Response { status, headers: Vec::new(), body: Vec::new(), date: None }
}
