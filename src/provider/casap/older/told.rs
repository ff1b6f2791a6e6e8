//! The dispute as the answer to its creation shows it: of Casap's the UUID, of ours what was sent. There will never be
//! another answer about it.

use super::{CREATED, actions::NUMBER, table};
use crate::{
    action::{field::is_uuid, step::named},
    case::{Case, CaseId, Currency, Happening, Moment, Money, Settings, Stage},
    http::Response,
    provider::{
        Sent,
        object::{Object, parse},
        value::In,
    },
    text::Raw,
};

pub fn told(sent: &Sent<'_>, answer: &Response, settings: &Settings, now: Moment) -> Option<Case> {
    let uuid = uuid(answer, settings)?;
    let mut case = Case::bare(CaseId { profile: settings.profile.clone(), number: uuid.clone() });
    case.queue = CREATED.into();
    case.stage = Stage::WithThem;
    // The API has no word of its own.
    case.status = "created".into();
    case.opened = Some(now);
    case.updated = Some(now);
    case.page = crate::provider::casap::page(table::TABLE, settings, uuid.exact());
    case.raw = Raw::from_bytes(&answer.body);
    let body = Response { status: 200, headers: Vec::new(), body: sent.frozen.body.clone(), date: None };
    if let Ok(body) = parse(&body)
        && let Ok(body) = body.object()
        && let Some(entered) = body.object("v1")
    {
        facts(&mut case, &entered, table::currency(settings));
    }
    case.history.push(happening(
        Some(now),
        Raw::default(),
        "created here; the API cannot be asked about it again",
    ));
    Some(case)
}

/// The first UUID that the answer names, which may be no JSON at all.
fn uuid(answer: &Response, settings: &Settings) -> Option<Raw> {
    let text = String::from_utf8_lossy(&answer.body);
    let json = serde_json::from_str(&text).unwrap_or_else(|_| text.trim().into());
    named(&json, &NUMBER.of(settings), is_uuid)
}

fn facts(case: &mut Case, entered: &Object<'_>, currency: Option<Currency>) {
    let transactions = entered.objects("transactionDetails");
    let sum = |name: &str| {
        let amounts = transactions.iter().map(|one| one.money(name, currency, In::Minor));
        let minor =
            amounts.map(|one| one.map(|one| one.minor)).try_fold(0i64, |sum, one| sum.checked_add(one?));
        minor.map(|minor| Money { minor, currency })
    };
    case.amount = sum("settledAmount");
    case.transaction_amount = sum("transactedAmount");
    if let Some(first) = transactions.first() {
        case.merchant = first.text("merchant");
        case.network = network(first.text("network"));
        case.transaction_at = first.moment("transactionTimestamp");
    }
    for one in &transactions {
        let amount =
            one.money("settledAmount", currency, In::Minor).map_or(String::new(), |one| format!(", {one}"));
        let ticket = Some(one.text("thirdPartyTicketID")).filter(|ticket| !ticket.is_empty());
        let ticket = ticket.map_or(String::new(), |ticket| format!(", ticket {}", ticket.exact()));
        let (id, merchant) = (one.text("transactionID"), one.text("merchant"));
        let what = format!("transaction {}: {}{amount}{ticket}", id.exact(), merchant.exact());
        case.history.push(happening(one.moment("transactionTimestamp"), Raw::default(), &what));
    }
    if let Some(customer) = entered.object("customerInfo") {
        case.cardholder = customer.text("name");
        case.group = customer.text("accountId");
    }
    if let Some(note) = entered.object("notes") {
        let what = note.text("comment");
        case.history.push(happening(note.moment("timestamp"), note.text("author"), what.exact()));
    }
}

fn network(number: Raw) -> Raw {
    match number.exact() {
        "1" => "VISA".into(),
        "2" => "MASTERCARD".into(),
        "3" => "AMEX".into(),
        _ => number,
    }
}

fn happening(at: Option<Moment>, who: Raw, what: &str) -> Happening {
    Happening { at, who, what: what.into() }
}
