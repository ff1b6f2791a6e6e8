//! A stand-in for Rebilly's disputes, files and attachments, written from the API's text: it answers in raw JSON, refuses
//! what the API would refuse, and keeps state. Pure: no socket, no clock, no file. It must never name the code that reads
//! answers, or both would share their mistakes.

mod born;
mod dice;
mod dispute;
mod list;
mod papers;
mod strict;
mod words;

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::{dispute::Dispute, list::Page, strict::Complaints};
use crate::{
    case::{Moment, moment::MINUTE},
    http::Response,
    provider::{Asked, StandIn, Written},
};

pub const ROOT: &str = "/rebilly";
pub const BASE: &str = "/rebilly/organizations/sandbox";
pub const API_KEY: &str = "sandbox-rebilly-key";
pub const ACCESS_TOKEN: &str = "sandbox.rebilly.token";
/// It lets in, but not to write.
pub const READING_KEY: &str = "sandbox-rebilly-reading-key";

/// How many disputes a world is born with.
const COUNT: usize = 72;
/// Writes in a window.
const WRITES: u32 = 3000;
const WINDOW: i64 = 10 * MINUTE;

pub struct World {
    origin: Origin,
    disputes: Vec<Dispute>,
    by_id: HashMap<String, usize>,
    files: Vec<File>,
    attachments: Vec<Value>,
    written: Vec<Written>,
    tokens_expired: bool,
    /// The window that counts now, and the writes in it.
    pace: (i64, u32),
}

/// What a world is made from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Origin {
    born: Moment,
    count: usize,
    #[serde(default)]
    writes: Vec<Write>,
}

/// A write that had an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    at: Moment,
    what: What,
    id: String,
    body: Map<String, Value>,
    body_sha256: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum What {
    Put,
    Post,
    File,
    Attachment,
}

struct File {
    id: String,
    name: String,
    description: Value,
    bytes: Vec<u8>,
    at: Moment,
}

type Answer = Result<Response, Response>;

impl World {
    pub fn new(born: Moment) -> World {
        World::with(born, COUNT)
    }

    pub fn with(born: Moment, count: usize) -> World {
        World::of(Origin { born, count, writes: Vec::new() })
    }

    fn of(origin: Origin) -> World {
        let disputes = born::disputes(origin.born, origin.count);
        let by_id = disputes.iter().map(|dispute| (dispute.id.clone(), dispute.number)).collect();
        let mut world = World {
            origin: Origin { writes: Vec::new(), ..origin },
            disputes,
            by_id,
            files: Vec::new(),
            attachments: Vec::new(),
            written: Vec::new(),
            tokens_expired: false,
            pace: (i64::MIN, 0),
        };
        (world.files, world.attachments) = papers::papers(&world.disputes);
        origin.writes.into_iter().for_each(|write| world.lay(write));
        world
    }

    fn routed(&mut self, asked: &Asked, now: Moment) -> Answer {
        let below =
            asked.path.strip_prefix(BASE).ok_or_else(|| problem(404, "Not Found", "Nothing is here."))?;
        let writes_allowed = self.enter(asked)?;
        let segments: Vec<_> = below.split('/').skip(1).collect();
        if asked.method != "GET" {
            if !writes_allowed {
                return Err(problem(403, "Forbidden", "This key may only read."));
            }
            self.count(now)?;
        }
        match (asked.method.as_str(), &segments[..]) {
            ("GET", ["disputes"]) => {
                let expand = expand(asked);
                let rows = self.disputes.iter().map(|dispute| dispute.standing(now).json(&expand)).collect();
                listed(list::page(asked, rows, DISPUTE_FIELDS))
            }
            ("GET", ["disputes", id]) => {
                let place = self.by_id.get(*id).ok_or_else(not_found)?;
                Ok(said(200, &self.disputes[*place].standing(now).json(&expand(asked))))
            }
            ("POST", ["disputes"]) => {
                let body = self.checked(asked, strict::dispute)?;
                let id = dice::id("dp", 1_000_000 + self.disputes.len());
                self.make(What::Post, id.clone(), body, asked, now);
                self.shown(&id, 201, now)
            }
            ("PUT", ["disputes", id]) => self.put(id, asked, now),
            ("POST", ["files"]) => {
                let body = self.checked(asked, strict::file)?;
                let id = dice::id("file", self.files.len());
                self.make(What::File, id.clone(), body, asked, now);
                let file = self.files.last().ok_or_else(not_found)?;
                Ok(with_location(said(201, &file.json()), &format!("files/{id}")))
            }
            ("GET", ["files", id]) => {
                let file = self.files.iter().find(|file| file.id == *id).ok_or_else(not_found)?;
                Ok(said(200, &file.json()))
            }
            ("GET", ["files", id, "download"]) => {
                let file = self.files.iter().find(|file| file.id == *id).ok_or_else(not_found)?;
                let headers = vec![("content-type".to_owned(), media(&file.bytes).to_owned())];
                Ok(Response { status: 200, headers, body: file.bytes.clone(), date: None })
            }
            ("GET", ["attachments"]) => {
                let rows = self.attachments.iter().map(|row| self.expanded(row, asked)).collect();
                listed(list::page(asked, rows, ATTACHMENT_FIELDS))
            }
            ("POST", ["attachments"]) => self.attach(asked, now),
            (_, ["disputes" | "files" | "attachments", ..]) => {
                Err(problem(405, "Method Not Allowed", "This cannot be done here."))
            }
            _ => Err(not_found()),
        }
    }

    /// Whether who asks may write.
    fn enter(&self, asked: &Asked) -> Result<bool, Response> {
        let bearer = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        match (asked.header("reb-apikey"), bearer) {
            (Some(API_KEY), _) => Ok(true),
            (Some(READING_KEY), _) => Ok(false),
            (None, Some(ACCESS_TOKEN)) if !self.tokens_expired => Ok(true),
            _ => Err(problem(401, "Unauthorized", "Your request was made with invalid credentials.")),
        }
    }

    fn count(&mut self, now: Moment) -> Result<(), Response> {
        let window = now.0.div_euclid(WINDOW);
        let count = if self.pace.0 == window { self.pace.1 + 1 } else { 1 };
        if count > WRITES {
            let reset = (window + 1) * WINDOW / 1000;
            let mut answer = problem(
                429,
                "Rate Limit Exceeded",
                "A request cannot be executed because the user has sent too many requests within a certain period of time",
            );
            answer.headers.push(("x-ratelimit-limit".into(), WRITES.to_string()));
            answer.headers.push(("x-ratelimit-remaining".into(), "0".into()));
            answer.headers.push(("x-ratelimit-retry-after".into(), reset.to_string()));
            return Err(answer);
        }
        self.pace = (window, count);
        Ok(())
    }

    fn checked(
        &self,
        asked: &Asked,
        check: fn(&Map<String, Value>) -> Complaints,
    ) -> Result<Map<String, Value>, Response> {
        if !asked.header("content-type").is_some_and(|media| media.starts_with("application/json")) {
            return Err(problem(415, "Unsupported Media Type", "The body must be JSON."));
        }
        if let Some((name, _)) = asked.query.iter().find(|(name, _)| name != "expand") {
            let mut complaints = Complaints::default();
            complaints.add(name, "There is no such parameter.");
            return Err(invalid(&complaints));
        }
        let Ok(Value::Object(body)) = serde_json::from_slice(&asked.body) else {
            return Err(problem(400, "Bad Request", "The body is no JSON object."));
        };
        let complaints = check(&body);
        if complaints.is_empty() { Ok(body) } else { Err(invalid(&complaints)) }
    }

    /// Makes a dispute with that id, or writes over the one that has it.
    fn put(&mut self, id: &str, asked: &Asked, now: Moment) -> Answer {
        if !strict::is_id(id) {
            return Err(not_found());
        }
        let body = self.checked(asked, strict::dispute)?;
        let Some(place) = self.by_id.get(id) else {
            self.make(What::Put, id.to_owned(), body, asked, now);
            return self.shown(id, 201, now);
        };
        let standing = self.disputes[*place].standing(now);
        if standing.written(body.clone(), now) == standing {
            let written = written(What::Put, id, &dice::sha256(&asked.body), true);
            self.written.push(written);
        } else {
            self.make(What::Put, id.to_owned(), body, asked, now);
        }
        self.shown(id, 200, now)
    }

    /// An attachment, with its file where that is asked for.
    fn expanded(&self, attachment: &Value, asked: &Asked) -> Value {
        let mut attachment = attachment.clone();
        let file = self.files.iter().find(|file| attachment["fileId"] == file.id);
        let with =
            |(name, wanted): &(String, String)| name == "expand" && wanted.split(',').any(|one| one == "file");
        if let Some(file) = file.filter(|_| asked.query.iter().any(with)) {
            attachment["_embedded"] = json!({"file": file.json()});
        }
        attachment
    }

    fn attach(&mut self, asked: &Asked, now: Moment) -> Answer {
        let body = self.checked(asked, strict::attachment)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let mut complaints = Complaints::default();
        if !self.files.iter().any(|file| file.id == text("fileId")) {
            complaints.add("fileId", "There is no such file.");
        }
        if !self.by_id.contains_key(text("relatedId")) {
            complaints.add("relatedId", "There is no such dispute.");
        }
        if !complaints.is_empty() {
            return Err(invalid(&complaints));
        }
        let same = |other: &Value| other["fileId"] == body["fileId"] && other["relatedId"] == body["relatedId"];
        if self.attachments.iter().any(same) {
            return Err(problem(409, "Conflict", "The file is attached there already."));
        }
        let id = dice::id("att", self.attachments.len());
        self.make(What::Attachment, id.clone(), body, asked, now);
        let attachment = self.attachments.last().ok_or_else(not_found)?;
        Ok(with_location(said(201, attachment), &format!("attachments/{id}")))
    }

    fn shown(&self, id: &str, status: u16, now: Moment) -> Answer {
        let place = self.by_id.get(id).ok_or_else(not_found)?;
        let answer = said(status, &self.disputes[*place].standing(now).json(&[]));
        let answer = if status == 201 { with_location(answer, &format!("disputes/{id}")) } else { answer };
        let left = WRITES - self.pace.1;
        let mut headers = answer.headers;
        headers.push(("x-ratelimit-limit".into(), WRITES.to_string()));
        headers.push(("x-ratelimit-remaining".into(), left.to_string()));
        Ok(Response { headers, ..answer })
    }

    fn make(&mut self, what: What, id: String, body: Map<String, Value>, asked: &Asked, at: Moment) {
        let body_sha256 = dice::sha256(&asked.body);
        self.lay(Write { at, what, id, body, body_sha256 });
    }

    /// Lets a write have its effect.
    fn lay(&mut self, write: Write) {
        let Write { at, what, id, body, body_sha256 } = write.clone();
        let case = match what {
            What::Attachment => body.get("relatedId").and_then(Value::as_str).unwrap_or_default().to_owned(),
            What::File => String::new(),
            What::Put | What::Post => id.clone(),
        };
        match what {
            What::Put | What::Post => match self.by_id.get(&id) {
                Some(place) => self.disputes[*place] = self.disputes[*place].standing(at).written(body, at),
                None => {
                    let number = self.disputes.len();
                    let resolved = dispute::resolved(&body, at);
                    let (created, updated, source, revision) = (at, at, "api", 1);
                    self.by_id.insert(id.clone(), number);
                    self.disputes.push(Dispute {
                        number,
                        id: id.clone(),
                        given: body,
                        source,
                        created,
                        updated,
                        resolved,
                        revision,
                    });
                }
            },
            What::File => {
                let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
                let bytes = STANDARD.decode(text("file")).unwrap_or_default();
                let description = body.get("description").cloned().unwrap_or_default();
                self.files.push(File { id: id.clone(), name: text("name").to_owned(), description, bytes, at });
            }
            What::Attachment => {
                let mut attachment = body;
                attachment.insert("id".into(), id.clone().into());
                for name in ["createdTime", "updatedTime"] {
                    attachment.insert(name.into(), at.rfc3339().into());
                }
                self.attachments.push(attachment.into());
            }
        }
        self.written.push(Written { case, ..written(what, &id, &body_sha256, false) });
        self.origin.writes.push(write);
    }
}

fn written(what: What, id: &str, body_sha256: &str, again: bool) -> Written {
    let what = match what {
        What::Put => format!("PUT /disputes/{id}"),
        What::Post => "POST /disputes".to_owned(),
        What::File => "POST /files".to_owned(),
        What::Attachment => "POST /attachments".to_owned(),
    };
    Written { what, case: id.to_owned(), key: None, body_sha256: body_sha256.to_owned(), again }
}

impl File {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "mime": media(&self.bytes),
            "size": self.bytes.len(),
            "createdTime": self.at.rfc3339(),
            "updatedTime": self.at.rfc3339(),
        })
    }
}

fn media(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, ..] => "image/jpeg",
        [b'G', b'I', b'F', ..] => "image/gif",
        [b'%', b'P', b'D', b'F', ..] => "application/pdf",
        _ => "application/octet-stream",
    }
}

impl StandIn for World {
    fn root(&self) -> &'static str {
        ROOT
    }

    fn places(&self) -> [&'static str; 2] {
        [BASE, ""]
    }

    fn secrets(&self) -> &'static [(&'static str, &'static str)] {
        &[("api-key", API_KEY), ("access-token", ACCESS_TOKEN)]
    }

    fn table(&self) -> &'static [(&'static str, &'static str)] {
        &[("organization.id", "sandbox")]
    }

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        self.routed(asked, now).unwrap_or_else(|refused| refused)
    }

    fn numbers(&self) -> Vec<String> {
        self.disputes.iter().map(|dispute| dispute.id.clone()).collect()
    }

    fn kept(&self) -> Value {
        json!(self.origin)
    }

    fn catch_up(&mut self, kept: Value) -> Result<(), String> {
        let origin: Origin = serde_json::from_value(kept)
            .map_err(|error| format!("this is not the state of a Rebilly stand-in: {error}"))?;
        // What was only answered again since it is served stays known.
        if origin != self.origin {
            *self = World { tokens_expired: self.tokens_expired, pace: self.pace, ..World::of(origin) };
        }
        Ok(())
    }

    fn written(&self) -> &[Written] {
        &self.written
    }

    fn expire_tokens(&mut self) {
        self.tokens_expired = true;
    }
}

const DISPUTE_FIELDS: &[&str] = &[
    "id",
    "customerId",
    "transactionId",
    "currency",
    "amount",
    "acquirerReferenceNumber",
    "caseId",
    "reasonCode",
    "category",
    "type",
    "status",
    "postedTime",
    "deadlineTime",
    "resolvedTime",
    "createdTime",
    "updatedTime",
];
const ATTACHMENT_FIELDS: &[&str] = &["id", "fileId", "relatedId", "relatedType", "name", "createdTime"];

fn expand(asked: &Asked) -> Vec<&str> {
    let wanted =
        asked.query.iter().filter(|(name, _)| name == "expand").flat_map(|(_, value)| value.split(','));
    wanted.filter(|name| ["transaction", "customer"].contains(name)).collect()
}

fn listed(page: Result<Page, Complaints>) -> Answer {
    let page = page.map_err(|complaints| invalid(&complaints))?;
    let mut answer = said(200, &page.rows.into());
    for (name, count) in
        [("pagination-total", page.total), ("pagination-limit", page.limit), ("pagination-offset", page.offset)]
    {
        answer.headers.push((name.into(), count.to_string()));
    }
    Ok(answer)
}

fn said(status: u16, body: &Value) -> Response {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Response { status, headers, body: body.to_string().into_bytes(), date: None }
}

fn with_location(mut answer: Response, below: &str) -> Response {
    answer.headers.push(("location".into(), format!("{BASE}/{below}")));
    answer
}

fn problem(status: u16, title: &str, detail: &str) -> Response {
    let body = json!({"status": status, "type": "about:blank", "title": title, "detail": detail});
    let headers = vec![("content-type".to_owned(), "application/problem+json".to_owned())];
    Response { headers, ..said(status, &body) }
}

fn invalid(complaints: &Complaints) -> Response {
    let body = json!({
        "status": 422,
        "type": "about:blank",
        "title": "Validation Failed",
        "detail": "Some fields are invalid.",
        "invalidFields": complaints.json(),
    });
    let headers = vec![("content-type".to_owned(), "application/problem+json".to_owned())];
    Response { headers, ..said(422, &body) }
}

fn not_found() -> Response {
    problem(404, "Not Found", "There is no such resource.")
}
