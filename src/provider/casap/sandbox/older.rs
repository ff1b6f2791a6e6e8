//! The API of 2023: one path that makes a dispute, strictly, and no more than five requests a minute.

use serde_json::{Value, json};

use super::{
    ORGANISATION, Origin, USER, Write, json as answered, said, sha256,
    strict::{Complaint, Member, Shape, complaints, may, must},
    taken_up, uuid,
};
use crate::{
    case::{Moment, moment::MINUTE},
    http::Response,
    provider::{Asked, StandIn, Written},
};

const ROOT: &str = "/casap";
const KEY: &str = "sandbox-casap-key";
const SECRET: &str = "sandbox-casap-secret";
/// How many requests are answered within a minute.
const A_MINUTE: usize = 5;

pub struct World {
    origin: Origin,
    written: Vec<Written>,
    /// When the requests of the last minute came.
    asked: Vec<Moment>,
}

impl World {
    pub fn new(born: Moment) -> World {
        World::of(Origin { born, writes: Vec::new() })
    }

    fn of(origin: Origin) -> World {
        let written = origin.writes.iter().map(written).collect();
        World { origin, written, asked: Vec::new() }
    }

    fn create(&mut self, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let Ok(body) = serde_json::from_slice::<Value>(&asked.body) else {
            return Err(bad("Missing or Invalid JSON Payload"));
        };
        let wrong = complaints(&body, REQUEST);
        if !wrong.is_empty() {
            let words: Vec<_> = wrong.iter().map(|(path, says): &Complaint| format!("{path} {says}")).collect();
            return Err(bad(&words.join("; ")));
        }
        if body["v1"]["orgUUID"] != ORGANISATION {
            return Err(bad("orgUUID is not the organisation of this user"));
        }
        let uuid = uuid("casap 2023", self.origin.writes.len() as u64);
        let write = Write {
            at: now,
            what: format!("POST {}", below(asked)),
            case: uuid.clone(),
            body_sha256: sha256(&asked.body),
            body,
        };
        self.written.push(written(&write));
        self.origin.writes.push(write);
        Ok(answered(200, &json!({"disputeUUID": uuid})))
    }

    fn authorised(&self, asked: &Asked) -> Result<(), Response> {
        if asked.header("x-api-key") != Some(KEY) || asked.header("x-api-secret") != Some(SECRET) {
            return Err(sentence(401, "Unauthorized"));
        }
        for (name, title, known) in
            [("x-user-uuid", "X-User-UUID", USER), ("x-org-uuid", "X-Org-UUID", ORGANISATION)]
        {
            match asked.header(name) {
                None | Some("") => return Err(bad(&format!("Missing {title} header"))),
                Some(own) if own != known => return Err(sentence(401, "Unauthorized")),
                Some(_) => {}
            }
        }
        Ok(())
    }

    fn within_pace(&mut self, now: Moment) -> Result<(), Response> {
        self.asked.retain(|at| now.since(*at) < MINUTE);
        if self.asked.len() < A_MINUTE {
            self.asked.push(now);
            return Ok(());
        }
        let mut answer = sentence(429, "RateLimited");
        answer.headers.push(("retry-after".into(), "60".into()));
        answer.headers.push(("x-ratelimit-limit".into(), A_MINUTE.to_string()));
        Err(answer)
    }
}

impl StandIn for World {
    fn root(&self) -> &'static str {
        ROOT
    }

    fn places(&self) -> [&'static str; 2] {
        [ROOT, ""]
    }

    fn secrets(&self) -> &'static [(&'static str, &'static str)] {
        &[("api-key", KEY), ("api-secret", SECRET)]
    }

    fn table(&self) -> &'static [(&'static str, &'static str)] {
        &[("user.uuid", USER), ("org.uuid", ORGANISATION)]
    }

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        if below(asked) != "/api/dispute" {
            return sentence(404, "404 page not found");
        }
        if asked.method != "POST" {
            return sentence(405, "Method Not Allowed");
        }
        let answer =
            self.within_pace(now).and_then(|()| self.authorised(asked)).and_then(|()| self.create(asked, now));
        answer.unwrap_or_else(|refusal| refusal)
    }

    fn kept(&self) -> Value {
        json!(self.origin)
    }

    fn catch_up(&mut self, kept: Value) -> Result<(), String> {
        let asked = std::mem::take(&mut self.asked);
        *self = World { asked, ..World::of(taken_up(kept)?) };
        Ok(())
    }

    fn written(&self) -> &[Written] {
        &self.written
    }

    /// There are none.
    fn expire_tokens(&mut self) {}
}

fn below(asked: &Asked) -> &str {
    asked.path.strip_prefix(ROOT).unwrap_or_default()
}

fn written(write: &Write) -> Written {
    Written {
        what: write.what.clone(),
        case: write.case.clone(),
        key: None,
        body_sha256: write.body_sha256.clone(),
        again: false,
    }
}

fn bad(says: &str) -> Response {
    sentence(400, says)
}

fn sentence(status: u16, says: &str) -> Response {
    said(status, "text/plain; charset=utf-8", says.to_owned())
}

// ---- what a request holds. Names, types and what is required come from the API's text, lengths do not.

const REQUEST: &[Member] = &[must("version", Shape::Int(1, 1)), must("v1", Shape::Object(V1))];

const V1: &[Member] = &[
    must("orgUUID", Shape::Uuid),
    must("transactionDetails", Shape::List(1, 50, TRANSACTION)),
    must("customerInfo", Shape::Object(CUSTOMER)),
    may("notes", Shape::Object(NOTE)),
];

const CENTS: Shape = Shape::Int(0, i64::MAX);
const EPOCH: Shape = Shape::Int(0, 99_999_999_999);

const TRANSACTION: &[Member] = &[
    must("transactionID", Shape::Text(64)),
    must("merchant", Shape::Text(255)),
    must("transactedAmount", CENTS),
    must("settledAmount", CENTS),
    must("transactionTimestamp", EPOCH),
    must("network", Shape::Int(1, 3)),
    must("transactionType", Shape::Int(1, 4)),
    may("thirdPartyTicketID", Shape::Text(255)),
    may("thirdPartyTicketUrl", Shape::Text(2000)),
];

const CUSTOMER: &[Member] = &[
    must("name", Shape::Text(255)),
    must("email", Shape::Text(255)),
    must("accountId", Shape::Text(64)),
    may("risk", Shape::Int(0, 100)),
];

const NOTE: &[Member] = &[
    must("comment", Shape::Text(10_000)),
    must("author", Shape::Uuid),
    must("timestamp", EPOCH),
    may("fileUrls", Shape::Texts(20, 2000)),
];
