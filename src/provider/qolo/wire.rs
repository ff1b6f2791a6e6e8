//! The answer to a write as a case. Every answer that names its dispute becomes one, whatever is missing, unknown or wrong in
//! it; what could not be understood is named in `unread`, and what the answer leaves out stays as it was known before.

use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::{
    REGISTER,
    history::{self, Line},
    table,
};
use crate::{
    action::field::is_same_number,
    case::{Case, CaseId, DocumentRef, Moment, Money, Part, Settings, Side},
    http::Response,
    provider::{
        json,
        object::{Object, parse},
    },
    text::{Marks, Raw},
};

/// Every part of a case that an answer may speak of.
const PARTS: &[Part] = &[
    Part::Group,
    Part::Queue,
    Part::Status,
    Part::Network,
    Part::Card,
    Part::Cardholder,
    Part::Arn,
    Part::Reason,
    Part::Merchant,
    Part::MerchantPlace,
    Part::MerchantCategory,
    Part::Amount,
    Part::TransactionAmount,
    Part::TransactionAt,
    Part::Opened,
    Part::Updated,
    Part::Deadline,
    Part::Documents,
    Part::Revision,
    Part::May,
    Part::Instructions,
];

/// How many lines of history one answer may bring. More than so many are no dispute's; each is held against all that are
/// known.
const MOST_LINES: usize = 1000;

/// The case as an answer shows it. `base`: as it was before the write. `None` where the answer names no dispute, or
/// another one.
pub fn told(base: Option<&Case>, answer: &Response, settings: &Settings, now: Moment) -> Option<Case> {
    let parsed = parse(answer).ok().filter(|_| answer.is_success())?;
    let top = parsed.object().ok()?;
    let number = top.text("dispute_guid");
    let is_other = |base: &Case| !is_same_number(base.id.number.exact(), number.exact());
    if number.exact().trim().is_empty() || base.is_some_and(is_other) {
        return None;
    }
    let number = base.map_or(number, |base| base.id.number.clone());
    let mut case = Case::bare(CaseId { profile: settings.profile.clone(), number });
    PARTS.iter().for_each(|part| case.silent.leave_out(*part));
    case.queue = REGISTER.into();
    case.silent.speak_of(Part::Queue);
    case.updated = Some(now);
    case.silent.speak_of(Part::Updated);
    if top.has("card_proxy") {
        case.card = top.text("card_proxy");
        case.silent.speak_of(Part::Card);
    }
    let mut lines = Vec::new();
    lines.extend(holders(&top));
    let mut left_out = Vec::new();
    if let Some(dispute) = top.object("dispute") {
        let transactions = dispute.objects("transaction_details");
        facts(&mut case, &dispute, &transactions);
        case.amount = amount(&dispute, &transactions, base, settings);
        if case.amount.is_some() {
            case.silent.speak_of(Part::Amount);
        }
        left_out = documents(&mut case, &dispute);
        lines.extend(history::dispute(&dispute));
        for (at, transaction) in transactions.iter().enumerate() {
            lines.extend(history::transaction(at, transaction, settings));
        }
    }
    lines.extend(top.object("journal_detail").and_then(|journal| history::journal(&journal)));
    let more = lines.len().saturating_sub(MOST_LINES);
    lines.truncate(MOST_LINES);
    case.history = history::joined(base.map_or(&[], |base| &base.history), lines, now);
    case.unread = top.unread();
    if more > 0 {
        case.unread.push(format!("{more} more lines of history than the {MOST_LINES} that are kept").into());
    }
    case.raw = without(parsed.piece()?, &left_out).into();
    Some(case)
}

/// The card's proxy, as the last answer that spoke of it named it.
pub fn proxy(case: &Case) -> Option<Raw> {
    let card = &case.card;
    let is_number = card.exact().contains('*') || card.marks().contains(Marks::PAN);
    (!card.exact().trim().is_empty() && !is_number).then(|| card.clone())
}

fn holders(top: &Object<'_>) -> Option<Line> {
    Line::current("held by", &[("customer", top.text("person_guid")), ("account", top.text("account_guid"))])
}

fn facts(case: &mut Case, dispute: &Object<'_>, transactions: &[Object<'_>]) {
    if dispute.has("dispute_status") {
        case.status = dispute.text("dispute_status");
        case.silent.speak_of(Part::Status);
    }
    if dispute.has("dispute_date") {
        case.opened = dispute.moment("dispute_date");
        case.silent.speak_of(Part::Opened);
    }
    let said = |text: &Raw| !text.exact().trim().is_empty();
    if let Some(network) = transactions.iter().map(|one| one.text("channel")).find(said) {
        case.network = network;
        case.silent.speak_of(Part::Network);
    }
    let codes = transactions.iter().filter_map(|one| one.object("chargeback_log"));
    let code = codes.map(|log| log.text("reason_code")).find(said);
    if let Some(reason) = code.or_else(|| Some(dispute.text("dispute_reason")).filter(said)) {
        case.reason = reason;
        case.silent.speak_of(Part::Reason);
    }
}

/// What is disputed, over all transactions; `None` where the answer does not tell of all of them.
fn amount(
    dispute: &Object<'_>,
    transactions: &[Object<'_>],
    base: Option<&Case>,
    settings: &Settings,
) -> Option<Money> {
    let before = base.map(|base| guids(base.raw.exact())).unwrap_or_default();
    let now: BTreeSet<_> = transactions.iter().map(guid).collect();
    if !dispute.has("transaction_details") || !before.is_subset(&now) {
        return None;
    }
    let (currency, unit) = (table::currency(settings), table::read_in(settings));
    let there = transactions.iter().filter(|one| one.piece("amount").is_some());
    let amounts: Option<Vec<_>> = there.map(|one| one.money("amount", currency, unit)).collect();
    let minor = amounts?
        .into_iter()
        .try_fold(None, |sum: Option<i64>, one| sum.unwrap_or(0).checked_add(one.minor).map(Some));
    minor.flatten().map(|minor| Money { minor, currency })
}

fn guid(transaction: &Object<'_>) -> String {
    transaction.text("transaction_guid").exact().to_ascii_lowercase()
}

/// The transactions that an earlier answer told of.
fn guids(raw: &str) -> BTreeSet<String> {
    let Ok(piece) = serde_json::from_str::<&RawValue>(raw) else { return BTreeSet::new() };
    let dispute = Object::of(piece).object("dispute");
    let transactions = dispute.map(|dispute| dispute.objects("transaction_details")).unwrap_or_default();
    transactions.iter().map(guid).filter(|guid| !guid.is_empty()).collect()
}

/// The papers by their names: no API gives them back. What an answer repeats of their bytes is returned, to be left out
/// of what is kept with the case.
fn documents<'a>(case: &mut Case, dispute: &Object<'a>) -> Vec<&'a RawValue> {
    const SHORT: usize = 100;
    if !dispute.has("documents") {
        return Vec::new();
    }
    case.silent.speak_of(Part::Documents);
    let mut contents = Vec::new();
    for (at, document) in dispute.objects("documents").iter().enumerate() {
        contents.extend(document.piece("content").filter(|content| content.get().len() > SHORT));
        case.documents.push(DocumentRef {
            id: format!("documents.{at}").into(),
            name: document.text("name"),
            claimed: Raw::default(),
            side: Side::Issuer,
            by: Raw::default(),
            at: None,
        });
    }
    contents
}

/// The whole text, with some of its pieces left out where they stand. They are in the order of the text.
fn without(whole: &RawValue, pieces: &[&RawValue]) -> String {
    let text = whole.get();
    let (mut kept, mut from) = (String::with_capacity(text.len().min(1 << 20)), 0);
    for place in pieces.iter().filter_map(|piece| json::place(whole, piece)) {
        kept.push_str(text.get(from..place.start).unwrap_or_default());
        kept.push_str(&format!("\"({} characters, left out here)\"", place.len().saturating_sub(2)));
        from = place.end;
    }
    kept.push_str(text.get(from..).unwrap_or_default());
    kept
}
