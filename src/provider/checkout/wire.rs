//! A dispute as a case. Every answer that is one becomes a case, whatever is missing, unknown or wrong in it; what could
//! not be understood is named in `unread`, and the provider's own bytes are kept beside it.

use std::collections::HashSet;

use super::{
    status::{both, stage},
    table::value,
};
use crate::{
    case::{Case, CaseId, DocumentRef, Happening, Moment, Money, Part, Settings, Side},
    http::Response,
    provider::{
        object::{Object, parse},
        value::start,
    },
    text::Raw,
};

/// What a dispute has. An object with none of these is none.
const MEMBERS: &[&str] =
    &["id", "status", "status_reason", "reason", "disputed_amount", "transaction_id", "created_on"];

/// Which members speak of which part of a case: without any of them the answer left it out.
const PARTS: &[(Part, &[&str])] = &[
    (Part::Group, &["transaction_id"]),
    (Part::Queue, &["status"]),
    (Part::Status, &["status"]),
    (Part::Reason, &["reason"]),
    (Part::Merchant, &["merchant"]),
    (Part::MerchantPlace, &["merchant"]),
    (Part::MerchantCategory, &["merchant"]),
    (Part::Amount, &["disputed_amount"]),
    (Part::Opened, &["created_on"]),
    (Part::Updated, &["modified_on"]),
    (Part::Documents, &["chargeback", "representment", "pre_arbitration", "arbitration", "merchant"]),
    (Part::History, &["chargeback", "representment", "pre_arbitration", "arbitration"]),
];

/// What this API never tells. What it asks for, and what it offers, is there as long as it holds: without it there is none.
const NEVER_TOLD: &[Part] = &[
    Part::Network,
    Part::Card,
    Part::Cardholder,
    Part::Arn,
    Part::TransactionAmount,
    Part::TransactionCurrency,
    Part::TransactionAt,
    Part::Deadline,
    Part::Revision,
];

/// Reads an answer as a dispute. `asked`: its id, where one was asked for.
pub fn case(answer: &Response, asked: Option<&Raw>, settings: &Settings) -> Result<Case, String> {
    let parsed = parse(answer)?;
    let top = parsed.object()?;
    if !MEMBERS.iter().any(|name| top.has(name)) {
        return Err(format!("no dispute: {}", start(top.raw().exact())));
    }
    let own = top.text("id");
    let number = match asked {
        Some(asked) if own.is_empty() => {
            top.complain("id", "without one; the one that was asked for is shown");
            asked.clone()
        }
        Some(asked) if own != *asked => {
            return Err(format!("asked for dispute {}, got {}", asked.exact(), start(own.exact())));
        }
        None if own.is_empty() => return Err("a dispute without an id".into()),
        _ => own,
    };
    let mut case = Case::bare(CaseId { profile: settings.profile.clone(), number });
    leave_out(&mut case, &top);
    facts(&mut case, &top, settings);
    let life = Life::of(&top);
    case.documents = life.documents;
    case.history = life.history;
    case.unread = top.unread();
    case.raw = top.raw();
    Ok(case)
}

fn leave_out(case: &mut Case, top: &Object<'_>) {
    for (part, members) in PARTS {
        if !members.iter().any(|name| top.has(name)) {
            case.silent.leave_out(*part);
        }
    }
    for part in NEVER_TOLD {
        case.silent.leave_out(*part);
    }
}

fn facts(case: &mut Case, top: &Object<'_>, settings: &Settings) {
    let (status, reason) = (top.text("status"), top.text("status_reason"));
    case.stage = stage(status.exact(), reason.exact());
    case.status = both(status.exact(), reason.exact()).into();
    case.queue = status;
    case.group = top.text("transaction_id");
    case.reason = top.text("reason");
    case.opened = top.moment("created_on");
    case.updated = top.moment("modified_on");
    if let Some(merchant) = top.object("merchant") {
        case.merchant = merchant.text("name");
        let place = ["city", "state", "country_code"].map(|name| merchant.text(name));
        let place: Vec<_> = place.iter().map(Raw::exact).filter(|part| !part.trim().is_empty()).collect();
        case.merchant_place = place.join(", ").into();
        case.merchant_category = merchant.text("category_code");
    }
    case.amount = money(top, "disputed_amount");
    if case.amount.is_some_and(|amount| amount.currency.is_none()) {
        case.silent.leave_out(Part::Currency);
    }
    if let Some(details) = top.object("action_details") {
        case.instructions = details.text("instructions");
    }
    case.may = top.object("_links").map(|links| {
        let words = links
            .names()
            .take(MOST_LINKS)
            .filter(|name| *name != "self" && links.piece(name).is_some())
            .map(|name| ours(name, settings));
        words.map(Raw::from).collect()
    });
}

/// More links than any dispute has.
const MOST_LINKS: usize = 100;

/// The word that an action is offered by, for a link's name.
fn ours<'a>(link: &'a str, settings: &Settings) -> &'a str {
    const LINKS: [(&str, &str); 4] = [
        ("link.amend", "amend"),
        ("link.cancel", "cancel"),
        ("link.escalate", "escalate"),
        ("link.submit", "submit"),
    ];
    LINKS.iter().find(|(row, _)| value(settings, row) == link).map_or(link, |(_, word)| word)
}

/// `{"amount": 1250, "currency": "EUR"}` in whole minor units. A currency that is there and unknown spoils the amount: its
/// decimals are unknown too.
pub fn money(within: &Object<'_>, name: &str) -> Option<Money> {
    let paid = within.object(name)?;
    let currency = paid.currency("currency");
    let unknown = currency.is_none() && !paid.text("currency").exact().trim().is_empty();
    let digits = paid.digits("amount")?;
    // A number that some writer gave decimals is whole all the same.
    let whole = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => &digits,
    };
    match Money::from_minor(whole, currency) {
        Ok(money) if !unknown => Some(money),
        Ok(_) => None,
        Err(_) => {
            paid.complain("amount", "not an amount in whole minor units");
            None
        }
    }
}

/// What happened to a dispute and the papers of it, section by section.
#[derive(Default)]
struct Life {
    history: Vec<Happening>,
    documents: Vec<DocumentRef>,
    files: HashSet<Raw>,
}

impl Life {
    fn of(top: &Object<'_>) -> Life {
        let mut life = Life::default();
        if let Some(section) = top.object("chargeback") {
            let at = section.moment("submitted_on");
            life.happened(
                at,
                "issuer",
                &["chargeback submitted", &amount(&section), &reason(&section)],
                &section,
            );
            life.evidence(&section, "evidence", Side::Issuer, "chargeback", at);
        }
        if let Some(section) = top.object("representment") {
            let at = section.moment("received_on");
            life.happened(at, "merchant", &["presented again", &amount(&section)], &section);
            life.evidence(&section, "evidence", Side::Merchant, "representment", at);
        }
        if let Some(section) = top.object("pre_arbitration") {
            life.pre_arbitration(&section);
        }
        if let Some(section) = top.object("arbitration") {
            let at = section.moment("submitted_on");
            life.happened(at, "issuer", &["arbitration asked for", &amount(&section)], &section);
            life.evidence(&section, "evidence", Side::Issuer, "arbitration", at);
            if let Some(at) = section.moment("decided_on") {
                life.line(Some(at), "card scheme", "arbitration decided".into());
            }
        }
        let answer = top.object("action_details").map(|details| details.text("last_action_response"));
        if let Some(answer) = answer.filter(|answer| !answer.is_empty()) {
            life.line(None, "issuer", format!("answered the request: {}", answer.exact()));
        }
        if let Some(merchant) = top.object("merchant") {
            for id in merchant.texts("evidence") {
                life.paper(id, Raw::default(), Side::Merchant, "merchant", None);
            }
        }
        life
    }

    fn pre_arbitration(&mut self, section: &Object<'_>) {
        let at = section.moment("submitted_on");
        self.happened(at, "issuer", &["pre-arbitration submitted", &amount(section)], section);
        if let Some(change) = section.object("reason_change") {
            let (to, why) = (change.text("reason"), change.text("justification"));
            self.line(at, "issuer", told(&[&format!("reason changed to {}", to.exact())], why.exact()));
        }
        self.evidence(section, "evidence", Side::Issuer, "pre-arbitration", at);
        let answered = section.moment("merchant_responded_on");
        if answered.is_some() {
            self.line(answered, "merchant", "answered the pre-arbitration".into());
        }
        self.evidence(section, "merchant_evidence", Side::Merchant, "pre-arbitration", answered);
    }

    /// A line of words that are there, and the section's justification.
    fn happened(&mut self, at: Option<Moment>, who: &str, words: &[&str], section: &Object<'_>) {
        self.line(at, who, told(words, section.text("justification").exact()));
    }

    fn line(&mut self, at: Option<Moment>, who: &str, what: String) {
        self.history.push(Happening { at, who: who.into(), what: what.into() });
    }

    /// `[{"file_id", "description"}]`, or the ids alone.
    fn evidence(&mut self, section: &Object<'_>, name: &str, side: Side, by: &str, at: Option<Moment>) {
        let Some(piece) = section.piece(name) else { return };
        if piece.get().starts_with("[\"") {
            for id in section.texts(name) {
                self.paper(id, Raw::default(), side, by, at);
            }
            return;
        }
        for file in section.objects(name) {
            self.paper(file.text("file_id"), file.text("description"), side, by, at);
        }
    }

    /// A file that stands in two sections is listed where it stood first.
    fn paper(&mut self, id: Raw, description: Raw, side: Side, by: &str, at: Option<Moment>) {
        if !id.is_empty() && !self.files.insert(id.clone()) {
            return;
        }
        let name = if description.is_empty() {
            id.clone()
        } else {
            format!("{} ({})", description.exact(), id.exact()).into()
        };
        self.documents.push(DocumentRef { id, name, claimed: Raw::default(), side, by: by.into(), at });
    }
}

fn amount(section: &Object<'_>) -> String {
    money(section, "amount").map_or(String::new(), |amount| amount.to_string())
}

fn reason(section: &Object<'_>) -> String {
    let reason = section.text("reason");
    if reason.is_empty() { String::new() } else { format!("reason {}", reason.exact()) }
}

/// "chargeback submitted, 12.50 EUR: the goods never came".
fn told(words: &[&str], justification: &str) -> String {
    let words: Vec<_> = words.iter().copied().filter(|word| !word.is_empty()).collect();
    let words = words.join(", ");
    if justification.is_empty() { words } else { format!("{words}: {justification}") }
}
