//! The life of a dispute: what was planned for it when the world was born or when it was written, and where it stands at a
//! given moment. A pure function of its beginning and the time.

use serde_json::{Value, json};

use super::{
    people::{AGENTS, PEOPLE, REASONS, SHOPS},
    sha256, uuid,
};
use crate::case::{
    Moment,
    moment::{DAY, HOUR},
};

/// A dispute as it began, and every time that it was opened again.
#[derive(Clone)]
pub struct Dispute {
    pub uuid: String,
    pub short: String,
    pub customer: Value,
    pub reason: String,
    pub opened: Moment,
    pub transactions: Vec<Transaction>,
    pub files: Vec<(Moment, String)>,
}

#[derive(Clone)]
pub struct Transaction {
    pub uuid: String,
    pub merchant: Value,
    pub amount: Value,
    pub settled: Value,
    pub status: Value,
    /// When its investigation began anew.
    pub reopened: Option<Moment>,
    /// Decides how it fares.
    chance: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Open,
    Investigating,
    Chargeback,
    FinalDecision,
    Closed,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Step::Open => "DISPUTED_TRANSACTION_STATUS_OPEN",
            Step::Investigating => "DISPUTED_TRANSACTION_STATUS_INVESTIGATING",
            Step::Chargeback => "DISPUTED_TRANSACTION_STATUS_CHARGEBACK",
            Step::FinalDecision => "DISPUTED_TRANSACTION_STATUS_FINAL_DECISION",
            Step::Closed => "DISPUTED_TRANSACTION_STATUS_CLOSED",
        }
    }
}

impl Transaction {
    pub fn new(uuid: String, merchant: Value, amount: Value, settled: Value, status: Value) -> Transaction {
        let chance = number(&uuid);
        Transaction { uuid, merchant, amount, settled, status, reopened: None, chance }
    }

    /// When it comes to each step.
    fn steps(&self, opened: Moment) -> Vec<(Moment, Step)> {
        let mut steps = vec![(opened, Step::Open)];
        let (begun, wait) = match self.reopened {
            Some(at) => (at, 0),
            None => (opened, DAY + (self.chance % 24) as i64 * HOUR),
        };
        let mut at = begun.plus(wait);
        steps.push((at, Step::Investigating));
        at = at.plus_days(3 + (self.chance / 7 % 6) as i64);
        if !self.chance.is_multiple_of(3) {
            steps.push((at, Step::Chargeback));
            at = at.plus_days(12 + (self.chance / 11 % 9) as i64);
        }
        steps.push((at, Step::FinalDecision));
        steps.push((at.plus_days(4), Step::Closed));
        steps
    }

    pub fn step(&self, opened: Moment, now: Moment) -> Step {
        let reached = self.steps(opened).into_iter().filter(|(at, _)| *at <= now);
        reached.map(|(_, step)| step).max().unwrap_or(Step::Open)
    }

    fn decision(&self) -> &'static str {
        match self.chance / 13 % 5 {
            0 => "RECORD_FINAL_DECISION_TYPE_DENIED",
            1 => "RECORD_FINAL_DECISION_TYPE_CANCELED",
            _ => "RECORD_FINAL_DECISION_TYPE_ACCEPTED",
        }
    }

    fn is_credited(&self) -> bool {
        !self.chance.is_multiple_of(4)
    }

    fn summary(&self, opened: Moment, now: Moment) -> Value {
        let step = self.step(opened, now);
        let mut log = Vec::new();
        for (at, reached) in self.steps(opened).into_iter().filter(|(at, _)| *at <= now) {
            let mut entry = json!({
                "timestamp": seconds(at),
                "eventType": format!("TRANSACTION_{}", reached.word().trim_start_matches("DISPUTED_TRANSACTION_")),
                "agentEmail": agent(self.chance)["email"],
            });
            if reached == Step::Investigating && self.is_credited() {
                entry["eventType"] = "ISSUE_PROVISIONAL_CREDIT".into();
                entry["issueProvisionalCredit"] = json!({"amount": self.amount});
            }
            if reached == Step::Closed {
                entry["eventType"] = "RECORD_FINAL_DECISION".into();
                entry["recordFinalDecision"] = json!({"type": self.decision()});
            }
            log.push(entry);
        }
        let mut summary = json!({
            "uuid": self.uuid,
            "settledTimestamp": self.settled,
            "amount": self.amount,
            "merchant": self.merchant,
            "status": self.status,
            "transactionStatus": step.word(),
            "auditLog": log,
        });
        let nothing = json!({"amountInCents": 0, "currency": self.amount["currency"]});
        let credited = self.is_credited() && step >= Step::Investigating;
        summary["provisionalCreditAmount"] = if credited { self.amount.clone() } else { nothing.clone() };
        let is_closed = step == Step::Closed;
        let is_accepted = self.decision().ends_with("ACCEPTED");
        summary["finalCreditAmount"] =
            if is_closed && is_accepted { self.amount.clone() } else { nothing.clone() };
        let is_taken_back = is_closed && credited && !is_accepted;
        summary["reverseCreditAmount"] = if is_taken_back { self.amount.clone() } else { nothing };
        let last = if is_closed { self.decision() } else { "RECORD_FINAL_DECISION_TYPE_UNKNOWN" };
        summary["transactionFinalStatus"] = last.into();
        summary
    }
}

impl Dispute {
    /// One of those that the world begins with.
    pub fn invented(place: u64, born: Moment) -> Dispute {
        let uuid_of = |what: &str| uuid(&format!("casap {what}"), place);
        let chance = number(&uuid_of("chance"));
        // Some are new, most are under way, some ended long ago.
        let opened = born.plus(-(place as i64 * 31 % 47) * DAY - (chance % 20) as i64 * HOUR);
        let who = (chance % PEOPLE.len() as u64) as usize;
        let (name, email) = PEOPLE[who];
        let count = 1 + u64::from(place % 4 == 1) + u64::from(place % 12 == 5);
        let transactions = (0..count).map(|number| invented_transaction(place, number, opened)).collect();
        Dispute {
            uuid: uuid_of("dispute"),
            short: format!("D-{}", 1042 + place),
            customer: json!({
                "uuid": uuid("casap customer", who as u64),
                "name": name,
                "email": email,
                "phone": format!("+45 55 55 {:02} {:02}", who, who + 11),
                "accountUuid": uuid("casap account", who as u64),
            }),
            reason: REASONS[(chance / 5 % REASONS.len() as u64) as usize].to_owned(),
            opened,
            transactions,
            files: Vec::new(),
        }
    }

    pub fn is_closed(&self, now: Moment) -> bool {
        self.transactions.iter().all(|one| one.step(self.opened, now) == Step::Closed)
    }

    pub fn summary(&self, now: Moment) -> Value {
        let mut log = vec![self.entry(self.opened, "DISPUTE_CREATED")];
        log.extend(self.files.iter().map(|(at, name)| self.entry(*at, &format!("FILE_UPLOADED {name}"))));
        let mut again: Vec<_> = self.transactions.iter().filter_map(|one| one.reopened).collect();
        again.sort();
        again.dedup();
        log.extend(again.into_iter().map(|at| self.entry(at, "DISPUTE_REOPENED")));
        let transactions: Vec<_> = self.transactions.iter().map(|one| one.summary(self.opened, now)).collect();
        json!({
            "uuid": self.uuid,
            "shortId": self.short,
            "customer": self.customer,
            "resolutionDeadline": seconds(self.opened.plus_days(45)),
            "agent": agent(number(&self.uuid)),
            "status": if self.is_closed(now) { "DISPUTE_STATUS_CLOSED" } else { "DISPUTE_STATUS_OPEN" },
            "reason": self.reason,
            "transactions": transactions,
            "auditLog": log,
        })
    }

    fn entry(&self, at: Moment, event: &str) -> Value {
        json!({"timestamp": seconds(at), "eventType": event, "agentEmail": agent(number(&self.uuid))["email"]})
    }
}

fn invented_transaction(place: u64, at: u64, opened: Moment) -> Transaction {
    let uuid = uuid("casap transaction", place * 10 + at);
    let chance = number(&uuid);
    let (shop, _, currency) = SHOPS[(chance % SHOPS.len() as u64) as usize];
    let cents = 900 + chance / 3 % 240_000;
    let settled = opened.plus_days(-3 - (chance / 17 % 20) as i64);
    Transaction::new(
        uuid,
        shop.into(),
        json!({"amountInCents": cents, "currency": currency}),
        seconds(settled),
        "TRANSACTION_STATUS_SETTLED".into(),
    )
}

fn agent(chance: u64) -> Value {
    let place = chance % AGENTS.len() as u64;
    let (name, email) = AGENTS[place as usize];
    json!({"uuid": uuid("casap agent", place), "name": name, "email": email, "phone": ""})
}

/// As an int64 stands in JSON.
pub fn seconds(at: Moment) -> Value {
    at.0.div_euclid(1000).to_string().into()
}

/// A number that a text stands for, always the same.
fn number(text: &str) -> u64 {
    u64::from_str_radix(&sha256(text.as_bytes())[..15], 16).unwrap_or_default()
}
