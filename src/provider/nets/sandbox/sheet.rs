//! Everything the API tells of one case, whoever made it: the world's seed or a create. Written as JSON in the API's
//! words.

use std::borrow::Cow;

use super::{
    Action, cases,
    cases::Facts,
    change::{Addition, Change, File},
    json::Json,
    overlay::{Later, NewCase},
    strict::REASONS,
    trade::{self, Ground, Network, QueueWords},
};
use crate::case::Moment;

/// Who writes through the API, as the history names it.
const THROUGH_THE_API: &str = "issuer api";

pub struct Sheet<'a> {
    number: &'a str,
    group: &'a str,
    /// An archived case is in none.
    queue: Option<&'static QueueWords>,
    status: &'a str,
    network: Option<Network>,
    card: &'a str,
    holder: Option<&'a str>,
    blocked: Option<&'a str>,
    arn: Option<&'a str>,
    reasons: [Option<&'a str>; 3],
    shop: Option<&'a str>,
    city: Option<&'a str>,
    country: Option<&'a str>,
    category: Option<&'a str>,
    disputed: Option<String>,
    presented: Option<String>,
    currency: Option<&'a str>,
    bought: Option<Cow<'a, str>>,
    opened: Moment,
    updated: Moment,
    due: Option<&'a str>,
    /// Told only where a create gave it.
    expiry: Option<&'a str>,
    papers: Vec<Paper<'a>>,
    history: Vec<(Moment, &'a str, Cow<'a, str>)>,
}

struct Paper<'a> {
    id: Cow<'a, str>,
    name: &'a str,
    claimed: &'a str,
    issuer: bool,
    by: &'a str,
    at: Moment,
}

impl<'a> Sheet<'a> {
    /// A case of the world as it was born.
    pub fn born(facts: &'a Facts) -> Sheet<'a> {
        let reason = |ground| (facts.ground == ground).then_some(facts.reason);
        let papers = facts.papers.iter().map(|paper| Paper {
            id: Cow::Borrowed(&paper.id),
            name: &paper.name,
            claimed: paper.kind.claimed(),
            issuer: paper.issuer,
            by: if paper.issuer { "issuer portal" } else { "acquirer" },
            at: paper.at,
        });
        Sheet {
            number: &facts.number,
            group: &facts.group,
            queue: Some(facts.queue),
            status: facts.status,
            network: Some(facts.network),
            card: &facts.card,
            holder: Some(&facts.holder),
            blocked: Some(if facts.ground == Ground::Fraud { "Y" } else { "N" }),
            arn: Some(&facts.arn),
            reasons: [Ground::Dispute, Ground::Fraud, Ground::Retrieval].map(reason),
            shop: Some(&facts.shop_name),
            city: Some(facts.shop.city),
            country: Some(facts.shop.country),
            category: Some(facts.shop.mcc),
            disputed: Some(facts.disputed.major()),
            presented: Some(facts.presented.major()),
            currency: Some(facts.shop.currency),
            bought: Some(facts.bought.rfc3339().into()),
            opened: facts.opened,
            updated: facts.updated,
            due: facts.due.as_deref(),
            expiry: None,
            papers: papers.collect(),
            history: cases::history(facts).into_iter().map(|(at, who, what)| (at, who, what.into())).collect(),
        }
    }

    /// A case as its create gave it. All of the transaction is disputed: a create knows one amount only.
    pub fn created(case: &'a NewCase, change: &'a Change) -> Option<Sheet<'a>> {
        let Change::Created { at, dispute, .. } = change else { return None };
        let amount = dispute.transaction_amount.map(|amount| amount.major());
        Some(Sheet {
            number: &case.number,
            group: &case.group,
            queue: None,
            status: "",
            network: case.network,
            card: &case.masked,
            holder: dispute.card_holder_name.as_deref(),
            blocked: dispute.card_blocked.as_deref(),
            arn: dispute.acq_reference_data.as_deref(),
            reasons: dispute.reason_codes.each_ref().map(Option::as_deref),
            shop: dispute.merchant_name.as_deref(),
            city: None,
            country: None,
            category: None,
            disputed: amount.clone(),
            presented: amount,
            currency: dispute.transaction_currency.as_ref().map(|currency| currency.code()),
            bought: dispute.transaction_date.as_deref().map(Cow::Borrowed),
            opened: *at,
            updated: *at,
            due: None,
            expiry: dispute.card_expiry_date.as_deref(),
            papers: Vec::new(),
            history: Vec::new(),
        })
    }

    /// What was written since lies over it.
    pub fn lay(&mut self, later: &'a Later, changes: &'a [Change]) {
        self.queue = later.queue.and_then(|queue| trade::QUEUES.get(queue));
        self.status = later.status;
        self.updated = later.updated;
        self.due = later.due.as_deref();
        for change in later.changes.iter().filter_map(|place| changes.get(*place)) {
            let (at, who, what) = match change {
                Change::Created { at, dispute, .. } => {
                    let reason = dispute.reason_codes.iter().flatten().next();
                    let reason = reason.map_or("", String::as_str);
                    (*at, THROUGH_THE_API, format!("Case created: {reason}"))
                }
                Change::Updated { at, sent, action, .. } => {
                    let who = if sent.is_some() { THROUGH_THE_API } else { trade::ANALYSTS[0] };
                    (*at, who, told(*action))
                }
            };
            self.history.push((at, who, what.into()));
            self.add(change.addition(), at, who);
        }
    }

    fn add(&mut self, addition: &'a Addition, at: Moment, who: &'a str) {
        if let Some(notes) = &addition.notes {
            self.history.push((at, who, Cow::Borrowed(notes)));
        }
        if let Some(more) = &addition.additional_information {
            self.history.push((at, who, format!("Additional information: {more}").into()));
        }
        for File { name, media, .. } in &addition.documents {
            let id = paper_id(self.number, self.papers.len()).into();
            self.papers.push(Paper { id, name, claimed: media, issuer: true, by: who, at });
        }
    }

    pub fn write(&self, out: &mut String) {
        let mut json = Json::object(out);
        json.text("caseNumber", self.number);
        json.text("caseGroupNumber", self.group);
        json.maybe("queueId", self.queue.map(|queue| queue.id));
        json.maybe("queueName", self.queue.map(|queue| queue.name));
        json.text("status", self.status);
        json.maybe("cardScheme", self.network.map(Network::word));
        json.text("cardNumber", self.card);
        json.maybe("cardHolderName", self.holder);
        json.maybe("cardBlocked", self.blocked);
        if let Some(expiry) = self.expiry {
            json.text("cardExpiryDate", expiry);
        }
        json.maybe("acqReferenceData", self.arn);
        for (member, reason) in REASONS.into_iter().zip(self.reasons) {
            json.maybe(member, reason);
        }
        json.maybe("merchantName", self.shop);
        json.maybe("merchantCity", self.city);
        json.maybe("merchantCountry", self.country);
        json.maybe("merchantCategoryCode", self.category);
        json.plain("disputeAmount", self.disputed.as_deref().unwrap_or("null"));
        json.maybe("disputeCurrency", self.currency);
        json.plain("transactionAmount", self.presented.as_deref().unwrap_or("null"));
        json.maybe("transactionCurrency", self.currency);
        json.maybe("transactionDate", self.bought.as_deref());
        json.text("createdDate", &self.opened.rfc3339());
        json.text("updatedDate", &self.updated.rfc3339());
        json.maybe("dueDate", self.due);
        json.list("documents", &self.papers, |json, paper| {
            json.text("documentId", &paper.id);
            json.text("fileName", paper.name);
            json.text("mimeType", paper.claimed);
            json.text("source", if paper.issuer { "ISSUER" } else { "MERCHANT" });
            json.text("uploadedBy", paper.by);
            json.text("uploadedDate", &paper.at.rfc3339());
        });
        json.list("history", &self.history, |json, (at, who, what)| {
            json.text("date", &at.rfc3339());
            json.text("user", who);
            json.text("text", what);
        });
        json.end();
    }
}

fn told(action: Action) -> String {
    match action {
        Action::Submit => "Submitted".into(),
        Action::Close => "Closed by the issuer".into(),
        Action::Reject => "Rejected by the issuer".into(),
        Action::AcknowledgeClosure => "Closure acknowledged".into(),
    }
}

/// The id of a case's document, whose place among them is counted from 0.
pub fn paper_id(number: &str, place: usize) -> String {
    format!("{number}{:02}", place + 1)
}
