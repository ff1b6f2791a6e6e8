//! What a body may hold. Every complaint names the member, as the API's `invalidFields` do.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::words::{REASONS, STATUSES, TYPES};
use crate::case::Moment;

/// Of a file, in bytes. The API's text names none.
const LARGEST: usize = 10 << 20;

#[derive(Default)]
pub struct Complaints(Vec<(String, String)>);

impl Complaints {
    pub fn add(&mut self, field: &str, message: &str) {
        self.0.push((field.to_owned(), message.to_owned()));
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn json(&self) -> Value {
        let told =
            |(field, message): &(String, String)| serde_json::json!({"field": field, "message": message});
        self.0.iter().map(told).collect()
    }
}

/// What a member must be.
enum Is {
    Text(usize),
    Words(&'static [&'static str]),
    Currency,
    Amount,
    Time,
    Texts,
    Flag,
}

struct Member {
    name: &'static str,
    is: Is,
    needed: bool,
    nullable: bool,
}

const fn needed(name: &'static str, is: Is) -> Member {
    Member { name, is, needed: true, nullable: false }
}

const fn nullable(name: &'static str, is: Is) -> Member {
    Member { name, is, needed: false, nullable: true }
}

const fn optional(name: &'static str, is: Is) -> Member {
    Member { name, is, needed: false, nullable: false }
}

const DISPUTE: &[Member] = &[
    needed("transactionId", Is::Text(50)),
    needed("currency", Is::Currency),
    needed("amount", Is::Amount),
    nullable("acquirerReferenceNumber", Is::Text(255)),
    nullable("caseId", Is::Text(100)),
    needed("reasonCode", Is::Words(REASONS)),
    needed("type", Is::Words(TYPES)),
    needed("status", Is::Words(STATUSES)),
    needed("postedTime", Is::Time),
    nullable("deadlineTime", Is::Time),
];

const FILE: &[Member] = &[
    needed("file", Is::Text(usize::MAX)),
    optional("name", Is::Text(255)),
    optional("description", Is::Text(255)),
    optional("isPublic", Is::Flag),
    optional("sourceType", Is::Text(255)),
    optional("tags", Is::Texts),
];

const ATTACHMENT: &[Member] = &[
    needed("fileId", Is::Text(50)),
    needed("relatedId", Is::Text(50)),
    needed("relatedType", Is::Words(&["dispute"])),
    optional("name", Is::Text(255)),
    optional("description", Is::Text(255)),
];

pub fn dispute(body: &Map<String, Value>) -> Complaints {
    members(body, DISPUTE)
}

pub fn attachment(body: &Map<String, Value>) -> Complaints {
    members(body, ATTACHMENT)
}

pub fn file(body: &Map<String, Value>) -> Complaints {
    let mut complaints = members(body, FILE);
    if let Some(text) = body.get("file").and_then(Value::as_str) {
        match STANDARD.decode(text) {
            Err(_) => complaints.add("file", "file is not base64."),
            Ok(bytes) if bytes.is_empty() => complaints.add("file", "file is empty."),
            Ok(bytes) if bytes.len() > LARGEST => complaints.add("file", "file is too large."),
            Ok(_) => {}
        }
    }
    let name = body.get("name").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    if let Some((_, extension)) = name.rsplit_once('.')
        && !["jpg", "jpeg", "png", "gif", "pdf"].contains(&extension)
    {
        complaints.add("name", "Allowed are .jpg, .png, .gif and .pdf.");
    }
    complaints
}

fn members(body: &Map<String, Value>, known: &[Member]) -> Complaints {
    let mut complaints = Complaints::default();
    for name in body.keys().filter(|name| known.iter().all(|member| member.name != *name)) {
        complaints.add(name, &format!("{name} is not allowed."));
    }
    for Member { name, is, needed, nullable } in known {
        match body.get(*name) {
            None if *needed => complaints.add(name, &format!("{name} is required.")),
            None => {}
            Some(Value::Null) if *nullable => {}
            Some(value) => {
                if let Some(why) = wrong(value, is) {
                    complaints.add(name, &format!("{name} {why}."));
                }
            }
        }
    }
    complaints
}

fn wrong(value: &Value, is: &Is) -> Option<&'static str> {
    match (is, value) {
        (Is::Amount, Value::Number(number)) => {
            let fits = number.as_f64().is_some_and(|amount| amount.is_finite() && amount >= 0.0);
            (!fits).then_some("is no amount")
        }
        (Is::Amount, _) => Some("must be a number"),
        (Is::Flag, Value::Bool(_)) => None,
        (Is::Texts, Value::Array(texts)) if texts.iter().all(Value::is_string) => None,
        (Is::Flag | Is::Texts, _) => Some("has the wrong type"),
        (_, Value::String(text)) => match is {
            Is::Text(most) if text.chars().count() > *most => Some("is too long"),
            Is::Text(_) if text.is_empty() => Some("is empty"),
            Is::Words(words) if !words.contains(&text.as_str()) => Some("is none of the allowed values"),
            Is::Currency if text.len() != 3 || !text.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Some("must be a code of ISO 4217")
            }
            Is::Time if !is_time(text) => Some("must be a date-time of RFC 3339"),
            _ => None,
        },
        _ => Some("must be a string"),
    }
}

/// A day, a time and a zone.
fn is_time(text: &str) -> bool {
    let (day, time) = text.split_once('T').unwrap_or((text, ""));
    let zoned = time.ends_with('Z') || time.contains(['+', '-']);
    day.len() == 10 && time.len() > 8 && zoned && Moment::parse(text).is_some()
}

/// What the API takes for an id.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"@~-._".contains(&byte);
    (1..=50).contains(&text.len()) && text.bytes().all(fits)
}
