//! The current API: disputes that are listed in pages, read, created, opened again and given files, and that move on with
//! the clock. Refusals have the form of google.rpc.Status.

use serde_json::{Value, json};

use super::{
    ORGANISATION, Origin, USER, Write, json as answered,
    plan::{Dispute, Transaction},
    sha256,
    strict::{Complaint, Member, Shape, complaints, is_uuid, may, must},
    taken_up, uuid,
};
use crate::{
    case::Moment,
    http::Response,
    provider::{Asked, StandIn, Written},
};

const ROOT: &str = "/casap-current";
const BASE: &str = "/casap-current/v1";
const KEY: &str = "sandbox-casap-current-key";
const TOKEN: &str = "sandbox-casap-current-token";
/// How many disputes the world begins with.
const INVENTED: u64 = 48;
/// The most disputes of a page, and how many there are unless it is said.
const PAGE_AT_MOST: usize = 100;
const PAGE: usize = 20;

pub struct World {
    origin: Origin,
    disputes: Vec<Dispute>,
    written: Vec<Written>,
}

impl World {
    pub fn new(born: Moment) -> World {
        World::of(Origin { born, writes: Vec::new() })
    }

    fn of(origin: Origin) -> World {
        let disputes = (0..INVENTED).map(|place| Dispute::invented(place, origin.born)).collect();
        let mut world =
            World { disputes, written: Vec::new(), origin: Origin { writes: Vec::new(), ..origin } };
        for write in origin.writes {
            world.lay(write);
        }
        world
    }

    /// A write takes effect.
    fn lay(&mut self, write: Write) {
        let dispute = self.disputes.iter_mut().find(|dispute| dispute.uuid == write.case);
        match (dispute, write.what.rsplit('/').next()) {
            (None, _) => self.disputes.push(created(&write, self.disputes.len())),
            // A UUID that is none of the dispute's is passed over: the specification does not say that it is refused.
            (Some(dispute), Some("reopen")) => {
                let named = |uuid: &str| {
                    let uuids = write.body["transactionUuids"].as_array();
                    uuids.is_some_and(|uuids| uuids.iter().any(|one| one == uuid))
                };
                for one in dispute.transactions.iter_mut().filter(|one| named(&one.uuid)) {
                    one.reopened = Some(write.at);
                }
            }
            (Some(dispute), _) => {
                let name = write.body["filename"].as_str().unwrap_or_default().to_owned();
                dispute.files.push((write.at, name));
            }
        }
        self.written.push(Written {
            what: write.what.clone(),
            case: write.case.clone(),
            key: None,
            body_sha256: write.body_sha256.clone(),
            again: false,
        });
        self.origin.writes.push(write);
    }

    fn route(&mut self, path: &str, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let parts: Vec<_> = path.split('/').skip(1).collect();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["disputes"]) => self.listed(asked, now),
            ("POST", ["disputes"]) => self.create(asked, now),
            ("GET", ["dispute", "status", uuid]) => {
                no_query(asked)?;
                Ok(answered(200, &json!({"dispute": self.dispute(uuid)?.summary(now)})))
            }
            ("POST", ["disputes", uuid, "files"]) => self.upload(uuid, asked, now),
            ("POST", ["disputes", uuid, "reopen"]) => self.reopen(uuid, asked, now),
            (_, ["disputes"] | ["dispute", "status", _] | ["disputes", _, "files" | "reopen"]) => {
                Err(status(501, 12, "Method Not Allowed", &[]))
            }
            _ => Err(status(404, 5, "Not Found", &[])),
        }
    }

    fn dispute(&self, uuid: &str) -> Result<&Dispute, Response> {
        if !is_uuid(uuid) {
            return Err(status(400, 3, "invalid dispute uuid", &[]));
        }
        let found = self.disputes.iter().find(|dispute| dispute.uuid == uuid);
        found.ok_or_else(|| status(404, 5, "dispute not found", &[]))
    }

    fn listed(&self, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let (mut size, mut page, mut customer, mut short) = (PAGE, 1, None, None);
        for (name, value) in &asked.query {
            let count = || match value.parse::<usize>() {
                Ok(count) if count > 0 => Ok(count),
                _ => Err(status(400, 3, &format!("invalid {name}"), &[])),
            };
            match name.as_str() {
                "size" => size = count()?.min(PAGE_AT_MOST),
                "page" => page = count()?,
                "customerUuid" => customer = Some(value.as_str()),
                "shortId" => short = Some(value.as_str()),
                _ => return Err(status(400, 3, &format!("unknown query parameter {name}"), &[])),
            }
        }
        let wanted = |dispute: &&Dispute| {
            customer.is_none_or(|uuid| dispute.customer["uuid"] == uuid)
                && short.is_none_or(|short| dispute.short == short)
        };
        let all: Vec<_> = self.disputes.iter().filter(wanted).collect();
        let items: Vec<_> =
            all.iter().skip((page - 1).saturating_mul(size)).take(size).map(|one| one.summary(now)).collect();
        Ok(answered(
            200,
            &json!({
                "totalItems": all.len(),
                "totalPages": all.len().div_ceil(size),
                "totalInPage": items.len(),
                "currentPage": page,
                "items": items,
            }),
        ))
    }

    fn create(&mut self, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let body = body(asked, REQUEST)?;
        if body["orgUuid"] != ORGANISATION {
            return Err(status(403, 7, "the user does not belong to this organization", &[]));
        }
        let uuid = uuid("casap created", self.disputes.len() as u64);
        self.lay(write(asked, body, &uuid, now));
        Ok(answered(200, &json!({"dispute": self.dispute(&uuid)?.summary(now)})))
    }

    fn upload(&mut self, uuid: &str, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let dispute = self.dispute(uuid)?;
        let body = body(asked, FILE)?;
        if dispute.is_closed(now) {
            return Err(status(400, 9, "dispute is closed", &[]));
        }
        self.lay(write(asked, json!({"filename": body["filename"]}), uuid, now));
        Ok(answered(200, &json!({})))
    }

    fn reopen(&mut self, uuid: &str, asked: &Asked, now: Moment) -> Result<Response, Response> {
        let dispute = self.dispute(uuid)?;
        let body = body(asked, REOPEN)?;
        if !dispute.is_closed(now) {
            return Err(status(400, 9, "dispute is not closed", &[]));
        }
        self.lay(write(asked, body, uuid, now));
        Ok(answered(200, &json!({"dispute": self.dispute(uuid)?.summary(now)})))
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
        &[("api-key", KEY), ("access-token", TOKEN)]
    }

    fn table(&self) -> &'static [(&'static str, &'static str)] {
        &[("user.uuid", USER), ("org.uuid", ORGANISATION)]
    }

    fn answer(&mut self, asked: &Asked, now: Moment) -> Response {
        let Some(path) = asked.path.strip_prefix(BASE) else { return status(404, 5, "Not Found", &[]) };
        if let Err(refusal) = authorised(asked) {
            return refusal;
        }
        self.route(path, asked, now).unwrap_or_else(|refusal| refusal)
    }

    fn kept(&self) -> Value {
        json!(self.origin)
    }

    fn catch_up(&mut self, kept: Value) -> Result<(), String> {
        *self = World::of(taken_up(kept)?);
        Ok(())
    }

    fn written(&self) -> &[Written] {
        &self.written
    }

    /// Keys and tokens are given by people and do not run out.
    fn expire_tokens(&mut self) {}
}

/// A key with the user beside it, or a token that knows its user.
fn authorised(asked: &Asked) -> Result<(), Response> {
    let header = asked.header("authorization").unwrap_or_default();
    if header.strip_prefix("Bearer ") == Some(TOKEN) {
        return Ok(());
    }
    match asked.header("x-user-uuid") {
        _ if header != KEY => Err(status(401, 16, "invalid credentials", &[])),
        Some(USER) => Ok(()),
        None | Some("") => Err(status(401, 16, "missing x-user-uuid header", &[])),
        Some(_) => Err(status(403, 7, "unknown user", &[])),
    }
}

fn write(asked: &Asked, body: Value, case: &str, at: Moment) -> Write {
    let path = asked.path.strip_prefix(BASE).unwrap_or_default();
    Write { at, what: format!("POST {path}"), case: case.to_owned(), body, body_sha256: sha256(&asked.body) }
}

fn created(write: &Write, place: usize) -> Dispute {
    let given = |value: &Value| if value.is_null() { "".into() } else { value.clone() };
    let transaction = |(at, one): (usize, &Value)| {
        let made_up = || uuid(&format!("casap transaction of {}", write.case), at as u64);
        let uuid = one["uuid"].as_str().map_or_else(made_up, str::to_owned);
        let settled =
            if one["settledTimestamp"].is_null() { "0".into() } else { one["settledTimestamp"].clone() };
        let status =
            if one["status"].is_null() { "TRANSACTION_STATUS_UNKNOWN".into() } else { one["status"].clone() };
        Transaction::new(uuid, given(&one["merchant"]), one["amount"].clone(), settled, status)
    };
    let transactions = write.body["transactionDetails"].as_array().into_iter().flatten();
    let mut customer = write.body["customer"].clone();
    if let Some(customer) = customer.as_object_mut() {
        customer.retain(|name, _| matches!(name.as_str(), "uuid" | "name" | "email" | "phone" | "accountUuid"));
    }
    Dispute {
        uuid: write.case.clone(),
        short: format!("D-{}", 1042 + place),
        customer,
        reason: write.body["reason"].as_str().unwrap_or("DISPUTE_REASON_UNKNOWN").to_owned(),
        opened: write.at,
        transactions: transactions.enumerate().map(transaction).collect(),
        files: Vec::new(),
    }
}

fn no_query(asked: &Asked) -> Result<(), Response> {
    match asked.query.first() {
        Some((name, _)) => Err(status(400, 3, &format!("unknown query parameter {name}"), &[])),
        None => Ok(()),
    }
}

fn body(asked: &Asked, members: &[Member]) -> Result<Value, Response> {
    no_query(asked)?;
    let Ok(body) = serde_json::from_slice::<Value>(&asked.body) else {
        return Err(status(400, 3, "invalid JSON", &[]));
    };
    let wrong = complaints(&body, members);
    if wrong.is_empty() { Ok(body) } else { Err(invalid(&wrong)) }
}

fn invalid(wrong: &[Complaint]) -> Response {
    status(400, 3, "invalid request", wrong)
}

/// google.rpc.Status, with a google.rpc.BadRequest where members are wrong.
fn status(http: u16, code: u8, message: &str, wrong: &[Complaint]) -> Response {
    let violation = |(field, says): &Complaint| json!({"field": field, "description": says});
    let details = match wrong {
        [] => json!([]),
        wrong => json!([{
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": wrong.iter().map(violation).collect::<Vec<_>>(),
        }]),
    };
    answered(http, &json!({"code": code, "message": message, "details": details}))
}

// ---- what a request holds. Names and types come from the specification, which requires nothing and limits no length.

const REQUEST: &[Member] = &[
    must("orgUuid", Shape::Uuid),
    may("transactionDetails", Shape::List(1, 50, TRANSACTION)),
    may("customer", Shape::Object(CUSTOMER)),
    may("reason", Shape::OneOf(REASONS)),
    may("questionnaireAnswers", Shape::List(0, 50, ANSWER)),
];

const TRANSACTION: &[Member] = &[
    may("uuid", Shape::Note(64)),
    may("settledTimestamp", Shape::Int64),
    may("authorizedTimestamp", Shape::Int64),
    may("amount", Shape::Object(AMOUNT)),
    may("merchant", Shape::Note(255)),
    may(
        "status",
        Shape::OneOf(&[
            "TRANSACTION_STATUS_UNKNOWN",
            "TRANSACTION_STATUS_PENDING",
            "TRANSACTION_STATUS_SETTLED",
        ]),
    ),
    may("type", Shape::OneOf(TYPES)),
    may("network", Shape::OneOf(NETWORKS)),
    may("arn", Shape::Note(23)),
    may("location", Shape::Note(255)),
    may("cardId", Shape::Note(64)),
    may("visaTransactionId", Shape::Note(64)),
    may("transactionSettledAmount", Shape::Object(AMOUNT)),
    may("typeCode", Shape::Note(64)),
    may("ica", Shape::Note(64)),
    may("cardType", Shape::OneOf(&["CARD_TYPE_UNKNOWN", "CARD_TYPE_PHYSICAL", "CARD_TYPE_VIRTUAL"])),
];

const AMOUNT: &[Member] =
    &[may("amountInCents", Shape::Int(i32::MIN as i64, i32::MAX as i64)), may("currency", Shape::Currency)];

const CUSTOMER: &[Member] = &[
    may("uuid", Shape::Note(64)),
    may("name", Shape::Note(255)),
    may("email", Shape::Note(255)),
    may("phone", Shape::Note(64)),
    may("accountUuid", Shape::Note(64)),
    may("address", Shape::Object(ADDRESS)),
    may("externalIds", Shape::Map(20)),
];

const ADDRESS: &[Member] = &[
    may("line1", Shape::Note(255)),
    may("line2", Shape::Note(255)),
    may("city", Shape::Note(255)),
    may("state", Shape::Note(64)),
    may("postalCode", Shape::Note(32)),
    may("country", Shape::Note(64)),
];

const ANSWER: &[Member] = &[
    may("question", Shape::Note(1000)),
    may("answer", Shape::Note(10_000)),
    may("questionId", Shape::Note(64)),
];

const FILE: &[Member] = &[
    must("fileContent", Shape::Bytes(10 << 20)),
    must("filename", Shape::Text(255)),
    may("contentType", Shape::Text(255)),
];

const REOPEN: &[Member] = &[must("transactionUuids", Shape::Texts(50, 64))];

const TYPES: &[&str] = &[
    "TRANSACTION_TYPE_UNKNOWN",
    "TRANSACTION_TYPE_DEBIT_CARD",
    "TRANSACTION_TYPE_CREDIT_CARD",
    "TRANSACTION_TYPE_ATM",
    "TRANSACTION_TYPE_ACH",
    "TRANSACTION_TYPE_TRANSFER",
    "TRANSACTION_TYPE_CREDIT_ATM",
    "TRANSACTION_TYPE_CREDIT_ACH",
    "TRANSACTION_TYPE_CREDIT_TRANSFER",
];

const NETWORKS: &[&str] = &[
    "TRANSACTION_NETWORK_UNKNOWN",
    "TRANSACTION_NETWORK_VISA",
    "TRANSACTION_NETWORK_MASTERCARD",
    "TRANSACTION_NETWORK_AMEX",
];

const REASONS: &[&str] = &[
    "DISPUTE_REASON_UNKNOWN",
    "DISPUTE_REASON_UNAUTH",
    "DISPUTE_REASON_MERCHANT_ISSUE",
    "DISPUTE_REASON_ATM_ISSUE",
    "DISPUTE_REASON_ACH_ISSUE",
    "DISPUTE_REASON_TRANSFER_ISSUE",
    "DISPUTE_REASON_ATM_ISSUE_CASH_NOT_DISPENSED",
    "DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_RECEIVED",
    "DISPUTE_REASON_MERCHANT_ISSUE_GOODS_OR_SERVICES_NOT_AS_DESCRIBED",
    "DISPUTE_REASON_MERCHANT_ISSUE_RETURNED",
    "DISPUTE_REASON_MERCHANT_ISSUE_CANCELED_SUBSCRIPTION",
    "DISPUTE_REASON_MERCHANT_ISSUE_REFUND_NOT_RECEIVED",
    "DISPUTE_REASON_MERCHANT_ISSUE_CHARGED_INCORRECT_AMOUNT",
    "DISPUTE_REASON_MERCHANT_ISSUE_PAID_BY_OTHER_MEANS",
    "DISPUTE_REASON_MERCHANT_ISSUE_DUPLICATE_CHARGE",
    "DISPUTE_REASON_TRANSFER_ISSUE_NOT_RECEIVED",
    "DISPUTE_REASON_TRANSFER_ISSUE_INCORRECT_RECIPIENT",
    "DISPUTE_REASON_TRANSFER_ISSUE_INCORRECT_AMOUNT",
    "DISPUTE_REASON_TRANSFER_ISSUE_DUPLICATE_CHARGE",
    "DISPUTE_REASON_TRANSFER_ISSUE_FAILED_CANCELLATION",
    "DISPUTE_REASON_ATM_ISSUE_PARTIAL_CASH",
    "DISPUTE_REASON_ATM_ISSUE_CASH_NOT_DEPOSITED",
];
