//! A dispute: what was written, what the API adds, and how it moves on by itself as time passes.

use serde_json::{Map, Value, json};

use super::dice;
use crate::case::{Moment, moment::DAY};

/// How long a review takes at least, and how many days more at most.
const REVIEW: i64 = 12 * DAY;
const LONGER: u64 = 20;

#[derive(Clone, PartialEq)]
pub struct Dispute {
    pub number: usize,
    pub id: String,
    /// The members that a write has, by their names.
    pub given: Map<String, Value>,
    pub source: &'static str,
    pub created: Moment,
    pub updated: Moment,
    pub resolved: Option<Moment>,
    pub revision: u64,
}

impl Dispute {
    pub fn text(&self, name: &str) -> &str {
        self.given.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn moment(&self, name: &str) -> Option<Moment> {
        Moment::parse(self.text(name))
    }

    /// As it stands now: a deadline that passed without a response is lost, and a review comes to its end.
    pub fn standing(&self, now: Moment) -> Dispute {
        let (status, at) = match self.text("status") {
            "response-needed" => ("lost", self.moment("deadlineTime")),
            "under-review" => {
                let mut dice = dice::Dice::of(self.number + self.revision as usize);
                let ends = self.updated.plus(REVIEW + dice.below(LONGER) as i64 * DAY);
                (if dice.below(2) == 0 { "won" } else { "lost" }, Some(ends))
            }
            _ => return self.clone(),
        };
        match at.filter(|at| *at < now && *at > self.updated) {
            Some(at) => self.moved(status, at),
            None => self.clone(),
        }
    }

    fn moved(&self, status: &str, at: Moment) -> Dispute {
        let mut moved = self.clone();
        moved.given.insert("status".into(), status.into());
        Dispute { resolved: Some(at), updated: at, revision: self.revision + 1, ..moved }
    }

    /// With what was written over it. Nothing changes where it is the same.
    pub fn written(&self, given: Map<String, Value>, at: Moment) -> Dispute {
        if self.given == given {
            return self.clone();
        }
        let resolved = resolved(&given, at);
        Dispute { given, updated: at, revision: self.revision + 1, resolved, ..self.clone() }
    }

    pub fn json(&self, expand: &[&str]) -> Value {
        let mut members = Map::new();
        members.insert("id".into(), self.id.as_str().into());
        members.insert("customerId".into(), dice::id("cus", self.number).into());
        for name in OPTIONAL {
            members.insert((*name).into(), Value::Null);
        }
        members.extend(self.given.clone());
        let (category, description) = meaning(self.text("reasonCode"));
        members.insert("reasonDescription".into(), description.into());
        members.insert("category".into(), category.into());
        members.insert("rawResponse".into(), Value::Null);
        members.insert("resolvedTime".into(), self.resolved.map(Moment::rfc3339).into());
        members.insert("source".into(), self.source.into());
        members.insert("revision".into(), self.revision.into());
        members.insert("createdTime".into(), self.created.rfc3339().into());
        members.insert("updatedTime".into(), self.updated.rfc3339().into());
        let link = |rel: &str, href: String| json!({"rel": rel, "href": href});
        let links = [
            link("self", format!("/disputes/{}", self.id)),
            link("transaction", format!("/transactions/{}", self.text("transactionId"))),
            link("customer", format!("/customers/{}", dice::id("cus", self.number))),
            link("attachments", format!("/attachments?filter=relatedType:dispute;relatedId:{}", self.id)),
        ];
        members.insert("_links".into(), links.as_slice().into());
        if !expand.is_empty() {
            let mut embedded = Map::new();
            for name in expand {
                let id = match *name {
                    "transaction" => self.text("transactionId").to_owned(),
                    _ => dice::id("cus", self.number),
                };
                embedded.insert((*name).into(), json!({"id": id}));
            }
            members.insert("_embedded".into(), embedded.into());
        }
        Value::Object(members)
    }
}

/// Null where nobody wrote them.
const OPTIONAL: &[&str] = &["acquirerReferenceNumber", "caseId", "deadlineTime"];

/// When it was resolved, where it is.
pub fn resolved(given: &Map<String, Value>, at: Moment) -> Option<Moment> {
    matches!(given.get("status")?.as_str()?, "won" | "lost" | "forfeited").then_some(at)
}

fn meaning(code: &str) -> (&'static str, &'static str) {
    match code {
        "10.4" | "4837" | "fraudulent" | "F29" => ("fraud", "Fraud, card absent"),
        "11.3" | "4808" => ("authorization", "No authorization"),
        "12.6.1" | "4834" | "duplicate" | "P08" => ("processing-errors", "Duplicate processing"),
        "13.1" | "4853" | "product_not_received" | "C08" => ("consumer-disputes", "Goods not received"),
        "13.3" | "not_as_described" => ("consumer-disputes", "Not as described"),
        "R03" | "insufficient_funds" => ("bank-return", "Returned by the bank"),
        _ => ("uncategorized", "Another reason"),
    }
}
