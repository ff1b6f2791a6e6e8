//! A dispute as the API shows it: raw JSON, with what there is of it and nothing empty.

use serde_json::{Map, Value, json};

use super::life::{Dispute, Paper, Section, Standing};
use crate::case::Moment;

/// `base`: the address below which the links stand.
pub fn sheet(dispute: &Dispute, standing: &Standing, base: &str) -> Value {
    let currency = dispute.transaction.shop.currency;
    let mut sheet = Map::new();
    let mut put = |name: &str, value: Value| {
        sheet.insert(name.to_owned(), value);
    };
    put("id", json!(dispute.id));
    put("reason", json!(standing.dispute_reason));
    put("disputed_amount", json!({"amount": standing.amount, "currency": currency}));
    put("status", json!(standing.status));
    if !standing.reason.is_empty() {
        put("status_reason", json!(standing.reason));
    }
    put("transaction_id", json!(dispute.transaction.id));
    put("presentment_message_id", json!(dispute.transaction.message));
    put("merchant", merchant(dispute, standing));
    put("created_on", json!(stamp(dispute.created)));
    put("modified_on", json!(stamp(standing.since)));
    let mut details = Map::new();
    if let Some(instructions) = standing.instructions {
        details.insert("instructions".into(), json!(instructions));
    }
    if let Some(answer) = &standing.last_answer {
        details.insert("last_action_response".into(), json!(answer));
    }
    if !details.is_empty() {
        put("action_details", details.into());
    }
    if standing.chargeback.at.is_some() {
        put("chargeback", chargeback(&standing.chargeback, currency));
    }
    if let Some(section) = &standing.representment {
        put("representment", representment(section, currency));
    }
    if let Some(section) = &standing.pre_arbitration {
        put("pre_arbitration", pre_arbitration(section, currency));
    }
    if let Some(section) = &standing.arbitration {
        put("arbitration", arbitration(section, currency));
    }
    put("_links", links(dispute, standing, base));
    Value::Object(sheet)
}

fn merchant(dispute: &Dispute, standing: &Standing) -> Value {
    let shop = dispute.transaction.shop;
    let sections = [&standing.representment, &standing.pre_arbitration];
    let files: Vec<_> = sections
        .into_iter()
        .flatten()
        .enumerate()
        .flat_map(|(at, section)| if at == 0 { &section.evidence } else { &section.answer })
        .map(|paper| &paper.file_id)
        .collect();
    json!({
        "id": format!("(*){}", dispute.transaction.amount * 7 + 100_000_000),
        "name": shop.name,
        "city": shop.city,
        "state": if shop.country == "US" { "TX" } else { "" },
        "country_code": shop.country,
        "category_code": shop.category,
        "evidence": files,
    })
}

fn chargeback(section: &Section, currency: &str) -> Value {
    let mut told = json!({
        "submitted_on": section.at.map(stamp),
        "reason": section.reason,
        "amount": {"amount": section.amount, "currency": currency},
        "evidence": evidence(&section.evidence),
    });
    if let Some(justification) = &section.justification {
        told["justification"] = json!(justification);
    }
    told
}

fn representment(section: &Section, currency: &str) -> Value {
    json!({
        "received_on": section.at.map(stamp),
        "amount": {"amount": section.amount, "currency": currency},
        "evidence": evidence(&section.evidence),
    })
}

fn pre_arbitration(section: &Section, currency: &str) -> Value {
    let mut told = json!({
        "submitted_on": section.at.map(stamp),
        "evidence": evidence(&section.evidence),
        "amount": {"amount": section.amount, "currency": currency},
        "justification": section.justification,
    });
    if let Some((reason, justification)) = &section.change {
        told["reason_change"] = json!({"reason": reason, "justification": justification});
    }
    if let Some(at) = section.answered {
        told["merchant_responded_on"] = json!(stamp(at));
        told["merchant_evidence"] = evidence(&section.answer);
    }
    told
}

fn arbitration(section: &Section, currency: &str) -> Value {
    let mut told = json!({
        "submitted_on": section.at.map(stamp),
        "amount": {"amount": section.amount, "currency": currency},
        "justification": section.justification,
    });
    if let Some(at) = section.answered {
        told["decided_on"] = json!(zoneless(at));
    }
    told
}

fn evidence(papers: &[Paper]) -> Value {
    let paper = |paper: &Paper| match paper.description.as_str() {
        "" => json!({"file_id": paper.file_id}),
        description => json!({"file_id": paper.file_id, "description": description}),
    };
    papers.iter().map(paper).collect()
}

fn links(dispute: &Dispute, standing: &Standing, base: &str) -> Value {
    let own = format!("{base}/issuing/disputes/{}", dispute.id);
    let mut links = Map::new();
    links.insert("self".into(), json!({"href": own}));
    for link in standing.links() {
        links.insert((*link).into(), json!({"href": format!("{own}/{link}")}));
    }
    links.into()
}

/// With seven digits behind the second, as the API writes most of its times.
fn stamp(at: Moment) -> String {
    at.rfc3339().replace('Z', "6480Z")
}

/// Without a zone, as the API writes some of them.
fn zoneless(at: Moment) -> String {
    at.rfc3339().replace('Z', "")
}
