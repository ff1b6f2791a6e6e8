//! One dispute of the stand-in: what was written to it, what time has made of it, and how an answer shows it.

use serde_json::{Map, Value, json};

use super::dice;
use crate::case::{Moment, moment::DAY};

pub struct Dispute {
    pub guid: String,
    opened: Moment,
    person: Value,
    pub account: Value,
    proxy: Value,
    /// Of the dispute itself, by member; the newest.
    said: Map<String, Value>,
    /// When its status was written last.
    status_at: Moment,
    documents: Vec<Value>,
    transactions: Vec<Transaction>,
}

struct Transaction {
    guid: String,
    said: Map<String, Value>,
    status_at: Moment,
    applied: Option<(Map<String, Value>, Moment)>,
    filed: Option<(Map<String, Value>, Moment)>,
}

/// How long a status that was written stands before the provider's own words take its place.
const STANDS: i64 = 2 * DAY;
/// When a chargeback is filed, and when a dispute is decided, counted from its beginning.
const FILED: i64 = 20 * DAY;
const DECIDED: i64 = 45 * DAY;

const DISPUTE: &[&str] = &["dispute_status", "dispute_type", "dispute_reason", "notes"];
const TRANSACTION: &[&str] = &[
    "transaction_dispute_status",
    "transaction_channel_dispute_status",
    "data_nav_case_number",
    "amount",
    "channel",
    "journal_entry",
];

impl Dispute {
    /// A body that was found to be right.
    pub fn new(guid: String, body: &Map<String, Value>, at: Moment) -> Dispute {
        let mut dispute = Dispute {
            guid,
            opened: at,
            person: Value::Null,
            account: Value::Null,
            proxy: Value::Null,
            said: Map::new(),
            status_at: at,
            documents: Vec::new(),
            transactions: Vec::new(),
        };
        dispute.write(body, at);
        dispute
    }

    pub fn write(&mut self, body: &Map<String, Value>, at: Moment) {
        let holders = [
            ("person_guid", &mut self.person),
            ("account_guid", &mut self.account),
            ("card_proxy", &mut self.proxy),
        ];
        for (name, held) in holders {
            if let Some(value) = given(body, name) {
                *held = value.clone();
            }
        }
        let Some(dispute) = given(body, "dispute").and_then(Value::as_object) else { return };
        take(&mut self.said, dispute, DISPUTE);
        if given(dispute, "dispute_status").is_some() {
            self.status_at = at;
        }
        self.documents.extend(list(dispute, "documents").cloned());
        for written in list(dispute, "transaction_details").filter_map(Value::as_object) {
            let guid = given(written, "transaction_guid").and_then(Value::as_str);
            let known = self.transactions.iter().position(|one| guid.is_some_and(|guid| one.is(guid)));
            let place = known.unwrap_or(self.transactions.len());
            if known.is_none() {
                let guid = guid.map_or_else(|| dice::guid(&self.guid, place as u64), str::to_owned);
                self.transactions.push(Transaction {
                    guid,
                    said: Map::new(),
                    status_at: at,
                    applied: None,
                    filed: None,
                });
            }
            self.transactions[place].write(written, at);
        }
    }

    /// The members of an answer, but for the request's code and the journal.
    pub fn shown(&self, now: Moment) -> Map<String, Value> {
        let age = now.since(self.opened);
        let status = match self.said.get("dispute_status") {
            Some(status) if now.since(self.status_at) < STANDS => status.clone(),
            _ if age < FILED => "OPEN".into(),
            _ if age < DECIDED => "IN_PROGRESS".into(),
            _ => "CLOSED".into(),
        };
        let said = |name: &str| self.said.get(name).cloned().unwrap_or_default();
        let transactions: Vec<_> = self.transactions.iter().map(|one| one.shown(self.opened, now)).collect();
        let members = json!({
            "dispute_guid": self.guid,
            "person_guid": self.person,
            "account_guid": self.account,
            "card_proxy": self.proxy,
            "dispute": {
                "dispute_date": self.opened.rfc3339(),
                "dispute_status": status,
                "dispute_type": said("dispute_type"),
                "dispute_reason": said("dispute_reason"),
                "notes": said("notes"),
                "documents": self.documents,
                "transaction_details": transactions,
            },
        });
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }

    /// What a write leaves in the journal.
    pub fn journal(&self, body: &Map<String, Value>, number: u64, at: Moment) -> Value {
        let first = given(body, "dispute").and_then(|dispute| dispute.pointer("/transaction_details/0"));
        let find = |pointers: &[&str]| {
            let found = first.and_then(|first| pointers.iter().find_map(|pointer| first.pointer(pointer)));
            found.cloned().unwrap_or_default()
        };
        let code = given(body, "request_code").and_then(Value::as_str).unwrap_or_default();
        let entry = match find(&["/journal_entry"]) {
            Value::Null => format!("{} taken", code).into(),
            entry => entry,
        };
        let case = self.transactions.first().map_or(Value::Null, Transaction::case_number);
        json!({
            "journal_guid": dice::guid("journal", number),
            "journal_date": at.rfc3339(),
            "reason_code": find(&["/apply_amount_details/reason_code", "/chargeback_log/reason_code"]),
            "journal_entry": entry,
            "journal_source": "API",
            "source_user_guid": given(body, "channel_user_guid"),
            "case_number": case,
        })
    }
}

impl Transaction {
    fn is(&self, guid: &str) -> bool {
        self.guid.eq_ignore_ascii_case(guid)
    }

    fn write(&mut self, written: &Map<String, Value>, at: Moment) {
        take(&mut self.said, written, TRANSACTION);
        if TRANSACTION[..2].iter().any(|status| given(written, status).is_some()) {
            self.status_at = at;
        }
        let object = |name| given(written, name).and_then(Value::as_object).cloned();
        if let Some(applied) = object("apply_amount_details") {
            self.applied = Some((applied, at));
        }
        if let Some(log) = object("chargeback_log") {
            self.filed = Some((log, at));
        }
    }

    fn case_number(&self) -> Value {
        let number = || format!("DN{:08}", dice::below(&self.guid, 1, 100_000_000));
        self.said.get("data_nav_case_number").cloned().unwrap_or_else(|| number().into())
    }

    fn shown(&self, opened: Moment, now: Moment) -> Value {
        let (age, stands) = (now.since(opened), now.since(self.status_at) < STANDS);
        let said = |name: &str| self.said.get(name).cloned().unwrap_or_default();
        let own = |name: &str, later: &str| match self.said.get(name) {
            Some(said) if stands => said.clone(),
            _ => later.into(),
        };
        let status = match age {
            ..STANDS => "RECEIVED",
            STANDS..FILED => "UNDER_REVIEW",
            FILED..DECIDED => "CHARGEBACK_FILED",
            _ if self.is_won() => "RESOLVED_CARDHOLDER",
            _ => "RESOLVED_MERCHANT",
        };
        let channel = match age {
            ..FILED => "PENDING",
            FILED..DECIDED => "IN_PROGRESS",
            _ => "CLOSED",
        };
        let applied = self.applied.as_ref().map(|(applied, at)| {
            json!({
                "entry_type": applied.get("entry_type"),
                "amount_date": at.rfc3339(),
                "amount": applied.get("amount"),
            })
        });
        json!({
            "transaction_guid": self.guid,
            "transaction_dispute_status": own("transaction_dispute_status", status),
            "transaction_channel_dispute_status": own("transaction_channel_dispute_status", channel),
            "data_nav_case_number": self.case_number(),
            "amount": said("amount"),
            "channel": said("channel"),
            "fee": self.fees(age),
            "apply_amount_details": applied,
            "chargeback_log": self.log(opened, age),
        })
    }

    fn is_won(&self) -> bool {
        dice::below(&self.guid, 2, 3) > 0
    }

    fn log(&self, opened: Moment, age: i64) -> Value {
        let filing = match age {
            ..FILED => None,
            FILED..DECIDED => Some("FILED"),
            _ => Some("CLOSED"),
        };
        match (&self.filed, filing) {
            (Some((log, at)), _) => json!({
                "chargeback_level": log.get("chargeback_level"),
                "reason_code": log.get("reason_code"),
                "chargeback_date": at.rfc3339(),
                "filing_status": filing.map(Value::from).or_else(|| log.get("filing_status").cloned()),
            }),
            (None, Some(filing)) => json!({
                "chargeback_level": "FIRST_CHARGEBACK",
                "reason_code": dice::pick(&self.guid, 3, &["10.4", "13.1", "4853", "4837", "AA"]),
                "chargeback_date": opened.plus(FILED).rfc3339(),
                "filing_status": filing,
            }),
            (None, None) => Value::Null,
        }
    }

    fn fees(&self, age: i64) -> Value {
        let fee = |amount: u32, description: &str| json!({"transaction_guid": self.guid, "amount": amount, "description": description});
        let mut fees = Vec::new();
        if self.filed.is_some() || age >= FILED {
            fees.push(fee(15, "Chargeback filing fee"));
        }
        if age >= DECIDED && !self.is_won() {
            fees.push(fee(25, "Representment handling fee"));
        }
        Value::Array(fees)
    }
}

/// A member that is there and not null.
fn given<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    members.get(name).filter(|value| !value.is_null())
}

fn list<'a>(members: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    given(members, name).and_then(Value::as_array).into_iter().flatten()
}

/// What was not written stays.
fn take(said: &mut Map<String, Value>, written: &Map<String, Value>, names: &[&str]) {
    for name in names {
        if let Some(value) = given(written, name) {
            said.insert((*name).to_owned(), value.clone());
        }
    }
}
