//! A dispute of an answer as a case, whatever is missing, unknown or wrong in it. Members are read in camel case and in
//! snake case: Casap's own pages show both.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{DISPUTES, table, words};
use crate::{
    case::{Case, CaseId, Deadline, Happening, Moment, Money, Part, Settings, Silent, Stage, Whose},
    provider::{
        json::{Kind, kind},
        object::Object,
        value::In,
    },
    text::Raw,
};

/// The name under which an object has a member: the given one, or the same in snake case.
pub fn member<'n>(object: &Object<'_>, camel: &'n str) -> Cow<'n, str> {
    if object.has(camel) {
        return Cow::Borrowed(camel);
    }
    let mut snake = String::with_capacity(camel.len() + 4);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    if object.has(&snake) { Cow::Owned(snake) } else { Cow::Borrowed(camel) }
}

fn text(object: &Object<'_>, name: &str) -> Raw {
    object.text(&member(object, name))
}

fn inner<'a>(object: &Object<'a>, name: &str) -> Option<Object<'a>> {
    object.object(&member(object, name))
}

fn inners<'a>(object: &Object<'a>, name: &str) -> Vec<Object<'a>> {
    object.objects(&member(object, name))
}

/// A moment; an int64 of zero is one that was never set.
fn moment(object: &Object<'_>, name: &str) -> Option<Moment> {
    let name = member(object, name);
    let piece = object.piece(&name)?;
    let is_unset = match kind(piece) {
        Kind::Text(text) => text.trim() == "0",
        Kind::Number(digits) => digits == "0",
        _ => false,
    };
    if is_unset { None } else { object.moment(&name) }
}

fn money(object: &Object<'_>, name: &str) -> Option<Money> {
    let amount = inner(object, name)?;
    amount.money(&member(&amount, "amountInCents"), amount.currency("currency"), In::Minor)
}

/// One element of a list, or the dispute of an answer. Without a readable UUID its number is empty.
pub fn case(piece: &RawValue, settings: &Settings) -> Case {
    let dispute = Object::of(piece);
    let mut case = Case::bare(CaseId { profile: settings.profile.clone(), number: text(&dispute, "uuid") });
    let transactions = inners(&dispute, "transactions");
    case.raw = dispute.raw();
    case.queue = DISPUTES.into();
    case.status = text(&dispute, "status");
    case.reason = words::bare(text(&dispute, "reason").exact(), "DISPUTE_REASON_").into();
    if let Some(customer) = inner(&dispute, "customer") {
        case.cardholder = text(&customer, "name");
        case.group = text(&customer, "uuid");
    }
    // What is closed is not waited for any more.
    let is_closed = words::status(case.status.exact()) == "CLOSED";
    case.deadline = moment(&dispute, "resolutionDeadline")
        .filter(|_| !is_closed)
        .map(|at| Deadline { at, whose: Whose::Provider });
    facts(&mut case, &transactions);
    history(&mut case, &dispute, &transactions);
    case.stage = stage(&case.status, &transactions);
    if !case.id.number.is_empty() {
        case.page = crate::provider::casap::page(table::TABLE, settings, case.id.number.exact());
    }
    case.silent = silent(&dispute, &case);
    case.unread = dispute.unread();
    case
}

/// The UUIDs of a dispute's transactions, from its own JSON.
pub fn transactions(case: &Case) -> Vec<(Raw, Raw)> {
    let Ok(piece) = serde_json::from_str::<&RawValue>(case.raw.exact()) else { return Vec::new() };
    let transactions = inners(&Object::of(piece), "transactions");
    transactions.iter().map(|one| (text(one, "uuid"), disputed(one))).collect()
}

fn facts(case: &mut Case, transactions: &[Object<'_>]) {
    let Some(first) = transactions.first() else { return };
    case.merchant = text(first, "merchant");
    case.merchant_place = text(first, "location");
    let network = text(first, "network");
    case.network = words::bare(network.exact(), "TRANSACTION_NETWORK_").into();
    case.arn = text(first, "arn");
    case.transaction_at = moment(first, "settledTimestamp").or_else(|| moment(first, "authorizedTimestamp"));
    let amounts: Vec<_> = transactions.iter().filter_map(|one| money(one, "amount")).collect();
    case.amount = sum(&amounts);
    case.transaction_amount = money(first, "transactionSettledAmount").or(case.amount);
}

/// In one currency; of several the first one's amount alone, as no sum of them means anything.
fn sum(amounts: &[Money]) -> Option<Money> {
    let first = *amounts.first()?;
    if amounts.iter().any(|one| one.currency != first.currency) {
        return Some(first);
    }
    let minor = amounts.iter().try_fold(0i64, |sum, one| sum.checked_add(one.minor))?;
    Some(Money { minor, currency: first.currency })
}

fn history(case: &mut Case, dispute: &Object<'_>, transactions: &[Object<'_>]) {
    let happenings = logged(dispute, None);
    let happenings: Vec<_> = happenings
        .into_iter()
        .chain(transactions.iter().flat_map(|one| logged(one, Some(text(one, "uuid")))))
        .collect();
    let dates = || happenings.iter().filter_map(|happening| happening.at);
    (case.opened, case.updated) = (dates().min(), dates().max());
    let short = text(dispute, "shortId");
    if !short.is_empty() {
        case.history.push(told(None, Raw::default(), format!("short id {}", short.exact())));
    }
    if let Some(agent) = inner(dispute, "agent") {
        let (name, email) = (text(&agent, "name"), text(&agent, "email"));
        let agent = if name.is_empty() { email } else { name };
        if !agent.is_empty() {
            case.history.push(told(None, Raw::default(), format!("agent {}", agent.exact())));
        }
    }
    case.history.extend(transactions.iter().map(line));
    case.history.extend(happenings);
}

/// A transaction in one line: what it is, where it stands, what was credited.
fn line(one: &Object<'_>) -> Happening {
    let mut parts = vec![text(one, "merchant").exact().to_owned()];
    parts.extend(money(one, "amount").map(|amount| amount.to_string()));
    parts.push(words::bare(disputed(one).exact(), DISPUTED).to_owned());
    for (name, says) in [
        ("provisionalCreditAmount", "provisional credit"),
        ("finalCreditAmount", "final credit"),
        ("reverseCreditAmount", "credit taken back"),
    ] {
        parts.extend(
            money(one, name).filter(|amount| amount.minor != 0).map(|amount| format!("{says} {amount}")),
        );
    }
    parts.extend(final_status(one));
    parts.retain(|part| !part.is_empty());
    let what = format!("transaction {}: {}", text(one, "uuid").exact(), parts.join(", "));
    told(moment(one, "settledTimestamp"), Raw::default(), what)
}

/// The audit log of a dispute, or of one of its transactions.
fn logged(object: &Object<'_>, transaction: Option<Raw>) -> Vec<Happening> {
    let of = transaction.map_or(String::new(), |uuid| format!("transaction {}: ", uuid.exact()));
    let entry = |entry: Object<'_>| {
        let mut what = format!("{of}{}", text(&entry, "eventType").exact());
        for name in ["issueProvisionalCredit", "recordFinalDecision"] {
            if let Some(details) = inner(&entry, name) {
                let pairs = pairs(&details);
                what.push_str(if pairs.is_empty() { "" } else { ", " });
                what.push_str(&pairs);
            }
        }
        told(moment(&entry, "timestamp"), text(&entry, "agentEmail"), what)
    };
    inners(object, "auditLog").into_iter().map(entry).collect()
}

/// More members than any details have.
const MOST_DETAILS: usize = 50;

/// The members of details whose names are not documented: texts, numbers and amounts.
fn pairs(details: &Object<'_>) -> String {
    let names: Vec<_> = details.names().take(MOST_DETAILS).map(str::to_owned).collect();
    let pair = |name: &String| {
        let piece = details.piece(name)?;
        let value = match kind(piece) {
            Kind::Object => money(details, name)?.to_string(),
            Kind::Text(_) | Kind::Number(_) | Kind::Bool => details.text(name).exact().to_owned(),
            _ => return None,
        };
        Some(format!("{name} {value}"))
    };
    names.iter().filter_map(pair).collect::<Vec<_>>().join(", ")
}

fn told(at: Option<Moment>, who: Raw, what: String) -> Happening {
    Happening { at, who, what: what.into() }
}

const DISPUTED: &str = "DISPUTED_TRANSACTION_STATUS_";

/// Where a transaction stands in its dispute: of its two statuses the one of that enumeration.
fn disputed(one: &Object<'_>) -> Raw {
    let (own, other) = (text(one, "transactionStatus"), text(one, "status"));
    let is_disputed = |word: &Raw| word.exact().starts_with(DISPUTED);
    if !is_disputed(&own) && is_disputed(&other) || own.is_empty() { other } else { own }
}

/// What the provider's words mean to the bank; inferred.
fn stage(status: &Raw, transactions: &[Object<'_>]) -> Stage {
    match words::status(status.exact()) {
        "CLOSED" => ended(transactions),
        "OPEN" => {
            let stages: Vec<_> = transactions.iter().map(|one| standing(&disputed(one))).collect();
            // What asks for somebody's work comes before what waits for others.
            let order = [Stage::NeedsAnswer, Stage::WithUs, Stage::Intake, Stage::Unknown, Stage::WithThem];
            order.into_iter().find(|stage| stages.contains(stage)).unwrap_or(Stage::Intake)
        }
        _ => Stage::Unknown,
    }
}

fn standing(word: &Raw) -> Stage {
    match words::bare(word.exact(), DISPUTED) {
        "OPEN" => Stage::Intake,
        "INVESTIGATING" => Stage::WithUs,
        "CHARGEBACK" => Stage::WithThem,
        "FINAL_DECISION" => Stage::NeedsAnswer,
        // Beside it others are open, or the dispute would be closed.
        "CLOSED" => Stage::WithThem,
        _ => Stage::Unknown,
    }
}

/// How a closed dispute ended: for the customer where any of its transactions did.
fn ended(transactions: &[Object<'_>]) -> Stage {
    let any = |word: &str| transactions.iter().any(|one| decision(one).contains(word));
    if any("ACCEPTED") {
        Stage::Won
    } else if any("DENIED") {
        Stage::Lost
    } else if any("CANCELED") {
        Stage::Withdrawn
    } else {
        Stage::Unknown
    }
}

/// The words of a transaction's final decision: its own, else those of the newest log entry that records one.
fn decision(one: &Object<'_>) -> String {
    if let Some(own) = final_status(one) {
        return own;
    }
    let recorded = inners(one, "auditLog").into_iter();
    let recorded = recorded.filter_map(|entry| {
        let words = inner(&entry, "recordFinalDecision").map(|details| pairs(&details))?;
        (!words.is_empty()).then_some((moment(&entry, "timestamp"), words))
    });
    recorded.max_by_key(|(at, _)| *at).map(|(_, words)| words).unwrap_or_default()
}

/// How it ended by its own word, where that says something.
fn final_status(one: &Object<'_>) -> Option<String> {
    let word = text(one, "transactionFinalStatus");
    let word = words::bare(word.exact(), "RECORD_FINAL_DECISION_TYPE_");
    (!word.is_empty() && word != "UNKNOWN").then(|| word.to_owned())
}

/// What the summary of a dispute has no member for, and what this one left out.
fn silent(dispute: &Object<'_>, case: &Case) -> Silent {
    let mut silent = Silent::default();
    let mut unless = |part: Part, told: bool| {
        if !told {
            silent.leave_out(part);
        }
    };
    let has = |name: &str| dispute.has(&member(dispute, name));
    let transactions = has("transactions");
    unless(Part::Group, has("customer"));
    unless(Part::Cardholder, has("customer"));
    unless(Part::Status, has("status"));
    unless(Part::Reason, has("reason"));
    unless(Part::Deadline, has("resolutionDeadline"));
    for part in [Part::Merchant, Part::Amount, Part::TransactionAmount, Part::TransactionAt, Part::History] {
        unless(part, transactions);
    }
    unless(Part::Opened, case.opened.is_some());
    unless(Part::Updated, case.updated.is_some());
    unless(Part::Network, !case.network.is_empty());
    unless(Part::Arn, !case.arn.is_empty());
    unless(Part::MerchantPlace, !case.merchant_place.is_empty());
    for part in [Part::Card, Part::MerchantCategory, Part::Documents] {
        unless(part, false);
    }
    silent
}
