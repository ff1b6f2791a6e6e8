//! A stand-in for the Nets API: answers requests in raw JSON, refuses what the contract refuses, and keeps state. Pure:
//! no socket, no clock, no file. It must never name the code that reads answers, or both would share its mistakes.
//!
//! Members of answers are not public; those here are the first names of the table. Error bodies are those of the
//! sister API.

mod action;
mod cases;
mod change;
mod dice;
mod json;
mod overlay;
mod papers;
mod sheet;
mod strict;
mod trade;
mod writes;

use std::{collections::HashMap, io};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub use self::{
    action::Action,
    change::{Addition, Change, Dispute, File, Sent},
    overlay::Written,
};
use self::{
    cases::Plan,
    dice::Dice,
    overlay::{NewCase, Overlay},
    sheet::Sheet,
};
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

/// Keeps a world with its newest change, durably. Where it cannot, the change never was.
pub type Keep<'a> = dyn FnMut(&Origin) -> io::Result<()> + 'a;

/// The most cases that a world serves over HTTP.
pub const MOST_CASES: usize = 20_000;

pub struct World {
    origin: Origin,
    plans: Vec<Plan>,
    overlay: Overlay,
    /// Opens a sealed card number (base64 of 256 bytes).
    open_card: fn(&str) -> Option<String>,
    tokens: HashMap<String, Moment>,
    tokens_given: u64,
}

impl World {
    pub fn new(origin: Origin, open_card: fn(&str) -> Option<String>) -> World {
        let plans = cases::plan(origin.seed, origin.cases.min(MOST_CASES));
        let mut overlay = Overlay::default();
        for (place, change) in origin.changes.iter().enumerate() {
            overlay.lay(place, change, &plans, open_card);
        }
        World { origin, plans, overlay, open_card, tokens: HashMap::new(), tokens_given: 0 }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The same world as somebody else serves and keeps it: what was written there in the meantime is here too. Tokens
    /// stay as they are.
    pub fn catch_up(&mut self, mut origin: Origin) {
        let born = |origin: &Origin| (origin.seed, origin.cases, origin.born);
        let known = self.origin.changes.len();
        if born(&origin) != born(&self.origin) || origin.changes.len() < known {
            let renewed = World::new(origin, self.open_card);
            let tokens = std::mem::take(&mut self.tokens);
            *self = World { tokens, tokens_given: self.tokens_given, ..renewed };
            return;
        }
        for change in origin.changes.drain(known..) {
            self.overlay.lay(self.origin.changes.len(), &change, &self.plans, self.open_card);
            self.origin.changes.push(change);
        }
    }

    /// Every write that had an effect since the world was born, and those that were answered again since it is
    /// served, in order.
    pub fn written(&self) -> &[Written] {
        &self.overlay.written
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

    /// Answers, and keeps what was written nowhere but in memory.
    pub fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        self.answer_kept(asked, now, &mut |_| Ok(()))
    }

    /// As [`World::answer`], where a write is answered only once it is kept.
    pub fn answer_kept(&mut self, asked: &Asked, now: Moment, keep: &mut Keep) -> Response {
        let answer = if asked.path == TOKEN {
            self.token(asked, now)
        } else if let Some(path) = asked.path.strip_prefix(BASE) {
            self.authorised(asked, now).and_then(|()| self.route(path, asked, now, keep))
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

    fn route(&mut self, path: &str, asked: &Asked, now: Moment, keep: &mut Keep) -> Answer {
        match path {
            "/dispute" => self.dispute(asked, now, keep),
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
            Some(queue) => {
                let stands = |index: &usize| self.overlay.queue(*index, &self.plans) == Some(queue);
                Ok(self.listing((0..self.count()).filter(stands)))
            }
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
        match cases::index(number, self.count()) {
            Some(index) => Ok(self.listing(std::iter::once(index))),
            None => Err(not_there("There is no case with this number.")),
        }
    }

    fn by_group(&self, group: &str) -> Answer {
        let (first, last) = (self.plans.first(), self.plans.last());
        let groups = first.zip(last).map_or(0..0, |(first, last)| first.group..last.group + 1);
        let planned = groups.into_iter().find(|number| cases::group(*number) == group);
        let created = |case: &NewCase| case.group == group;
        if planned.is_none() && !self.overlay.created.iter().any(created) {
            return Err(not_there("There is no case group with this number."));
        }
        Ok(self.cases(|plan| Some(plan.group) == planned, created))
    }

    fn by_card(&self, sealed: &str) -> Answer {
        let Some(card) = strict::card(sealed, self.open_card) else {
            return Err(complaint(422, "cardNumber", strict::NOT_SEALED));
        };
        let place = trade::CARDS.iter().position(|(_, digits)| *digits == card);
        Ok(self.cases(|plan| Some(plan.card as usize) == place, |case| case.is_of(&card)))
    }

    /// How many cases there are, those that were created among them.
    fn count(&self) -> usize {
        self.plans.len() + self.overlay.created.len()
    }

    fn cases(&self, planned: impl Fn(&Plan) -> bool, created: impl Fn(&NewCase) -> bool) -> Response {
        let known = self.plans.iter().map(planned);
        let new = self.overlay.created.iter().map(created);
        self.listing(known.chain(new).enumerate().filter(|(_, wanted)| *wanted).map(|(index, _)| index))
    }

    fn listing(&self, indices: impl Iterator<Item = usize>) -> Response {
        let mut body = String::from("{\"cases\":[");
        for (place, index) in indices.enumerate() {
            if place > 0 {
                body.push(',');
            }
            self.write(&mut body, index);
        }
        body.push_str("]}");
        typed(200, "application/json", body.into_bytes())
    }

    /// Writes a case as it stands now.
    fn write(&self, out: &mut String, index: usize) {
        let changes = &self.origin.changes;
        let facts = self.facts(index);
        let sheet = match &facts {
            Some(facts) => Some(Sheet::born(facts)),
            None => self.new_case(index).and_then(|case| Sheet::created(case, changes.get(case.change)?)),
        };
        let Some(mut sheet) = sheet else { return };
        if let Some(later) = self.overlay.later(index) {
            sheet.lay(later, changes);
        }
        sheet.write(out);
    }

    fn new_case(&self, index: usize) -> Option<&NewCase> {
        self.overlay.created.get(index.checked_sub(self.plans.len())?)
    }

    /// `None` for a case that was created: what is known of it stands in its change.
    fn facts(&self, index: usize) -> Option<cases::Facts> {
        let plan = self.plans.get(index)?;
        Some(cases::facts(self.origin.seed, self.origin.born, index, *plan))
    }

    /// Most documents come as they are; every fourth in base64 inside JSON: the API's text leaves both open.
    fn document(&self, id: &str, asked: &Asked) -> Answer {
        method(asked, &["GET"])?;
        if let Some((name, _)) = asked.query.first() {
            return Err(complaint(400, name, "There is no such parameter."));
        }
        let index = id.get(..10).and_then(|number| cases::index(number, self.count()));
        let Some((turn, file)) = index.and_then(|index| self.paper(index, id)) else {
            return Err(not_there("There is no document with this id."));
        };
        if turn % 4 == 3 {
            let (name, claimed, content) = (file.name, file.media, STANDARD.encode(&file.content));
            return Ok(said(
                200,
                json!({"documentId": id, "fileName": name, "mimeType": claimed, "content": content}),
            ));
        }
        let mut answer = typed(200, &file.media, file.content);
        let plain: String = file.name.chars().map(plain_letter).collect();
        let named = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", segment(&file.name));
        answer.headers.push(("content-disposition".into(), named));
        Ok(answer)
    }

    /// A document of a case, and its turn among all that are fetched.
    fn paper(&self, index: usize, id: &str) -> Option<(usize, File)> {
        let facts = self.facts(index);
        let born = facts.as_ref().map_or(&[] as &[_], |facts| &facts.papers);
        if let (Some(facts), Some(place)) = (&facts, born.iter().position(|paper| paper.id == id)) {
            let paper = &born[place];
            let (name, media) = (paper.name.clone(), paper.kind.claimed().to_owned());
            return Some((index + place, File { name, media, content: papers::bytes(facts, paper) }));
        }
        let changes = self.overlay.later(index)?.changes.iter();
        let written = changes.filter_map(|place| self.origin.changes.get(*place));
        let mut files = written.flat_map(|change| &change.addition().documents).zip(born.len()..);
        let (file, place) = files.find(|(_, place)| sheet::paper_id(&cases::number(index), *place) == id)?;
        Some((index + place, file.clone()))
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

/// The members of a JSON body.
fn members(asked: &Asked) -> Result<Map<String, Value>, Response> {
    let media = asked.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media.eq_ignore_ascii_case("application/json") {
        return Err(said(415, json!({"code": "415", "message": "Content-Type must be application/json"})));
    }
    let members = serde_json::from_slice::<Map<String, Value>>(&asked.body);
    members.map_err(|_| said(400, json!({"code": "400", "message": "The body is not a JSON object"})))
}

/// The members of a JSON body, all of them texts.
fn body(asked: &Asked) -> Result<Vec<(String, String)>, Response> {
    let texts = members(asked)?.into_iter().map(|(name, value)| match value {
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
