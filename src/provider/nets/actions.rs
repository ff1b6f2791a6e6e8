//! The verbs of Nets: one that makes a dispute, and the four by which its text has a case updated. Which of them a queue
//! takes is inferred from the queues' names; the provider's answer wins.

use serde_json::{Map, Value};

use super::table::value;
use crate::{
    action::{
        Action, Body, By, Field, Making, Offers, Problem, Proof, Rule, Settling, Step, Subject, Word, body,
        field::{
            CurrencyOf, Papers, Unit, amount, card, choice, currency, date, files, lines, reason_code, text,
        },
    },
    case::Settings,
    provider::numbering::is_made_up,
    text::own,
};

pub static ACTIONS: &[Action] = &[SUBMIT, CLOSE, REJECT, ACKNOWLEDGE, CREATE];

/// Every queue that the API's text names.
const NAMED: &[&str] = &["1000", "2000", "3000", "4000", "5000", "6000", "7000"];

const SUBMIT: Action = update(
    "submit",
    "Submit",
    "s",
    "submit the dispute; in queue 5000: answer",
    &["1000", "3000", "5000", "6000"],
    &[Step { body: Body::Made(|making| updated("token.submit", making)), ..UPDATE }],
);

const CLOSE: Action = update(
    "close",
    "Close",
    "c",
    "close the case without going on",
    &["1000", "3000", "5000", "6000", "7000"],
    &[Step { body: Body::Made(|making| updated("token.close", making)), ..UPDATE }],
);

const REJECT: Action = update(
    "reject",
    "Reject",
    "x",
    "reject what Nets or the merchant answered",
    &["5000"],
    &[Step { body: Body::Made(|making| updated("token.reject", making)), ..UPDATE }],
);

const ACKNOWLEDGE: Action = update(
    "acknowledge",
    "Acknowledge closure",
    "a",
    "acknowledge that the case is closed",
    &["4000"],
    &[Step { body: Body::Made(|making| updated("token.acknowledge", making)), ..UPDATE }],
);

/// The members that the API's reference names, and the transaction's details that its text asks for; the names of the
/// latter are inferred.
const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute",
    subject: Subject::New { told_apart_by: &[CARD, ARN, AMOUNT, CURRENCY, DATE] },
    is_final: false,
    offers: Offers::Always,
    fields: &[
        card(CARD, "Card number").required().hint("typed unseen, leaves encrypted"),
        text(ARN, "ARN or ARD", 23).hint("the acquirer's reference: ARN for Visa, ARD for Mastercard"),
        amount(AMOUNT, "Amount", CurrencyOf::Beside(CURRENCY), unit).required(),
        currency(CURRENCY, "Currency").required(),
        date(DATE, "Transaction date").required(),
        text("merchantName", "Merchant", 80),
        reason_code("cardSchemeDisputeReasonCode", "Dispute reason", 10),
        reason_code("cardSchemeFraudReasonCode", "Fraud reason", 10),
        reason_code("cardSchemeRetrvRequestReasonCode", "Retrieval reason", 10),
        text("cardHolderName", "Cardholder", 80),
        date("cardExpiryDate", "Card expires"),
        choice("cardBlocked", "Card blocked", &[("Y", "yes"), ("N", "no")]),
        NOTES,
        INFORMATION,
        DOCUMENTS,
    ],
    rules: &[Rule::AtLeastOne(&[
        "cardSchemeDisputeReasonCode",
        "cardSchemeFraudReasonCode",
        "cardSchemeRetrvRequestReasonCode",
    ])],
    steps: &[Step {
        id: "create",
        method: By::Post,
        path: Word::Set(|settings| value(settings, "path.create")),
        key: Some(Word::Set(|settings| value(settings, "header.key"))),
        body: Body::Fields,
        proof: Proof::Names(NUMBER),
    }],
    settling,
};

/// By these a dispute is told apart from others, and found again.
pub const CARD: &str = "cardNumber";
pub const ARN: &str = "acqReferenceData";
pub const AMOUNT: &str = "transactionAmount";
pub const CURRENCY: &str = "transactionCurrency";
pub const DATE: &str = "transactionDate";

pub const NOTES: Field = lines("notes", "Notes", 2000).hint("goes into the case's history at the provider");
const INFORMATION: Field = lines("additionalInformation", "Additional information", 2000);
pub const DOCUMENTS: Field = files("documents", "Documents", &PAPERS);

/// The API's text names no limits; these are ours.
static PAPERS: Papers = Papers {
    most: 10,
    largest: 10 << 20,
    longest_name: 100,
    media: &[],
    name: "fileName",
    content: "content",
    media_type: Some("mimeType"),
    description: None,
};

const UPDATE: Step = Step {
    id: "update",
    method: By::Put,
    path: Word::Set(|settings| value(settings, "path.update")),
    // The API's text speaks of keys for POST only.
    key: None,
    body: Body::Empty,
    proof: Proof::Names(NUMBER),
};

const NUMBER: Word = Word::Set(|settings| value(settings, "proof.number"));

const fn update(
    id: &'static str,
    title: &'static str,
    key: &'static str,
    says: &'static str,
    fits: &'static [&'static str],
    steps: &'static [Step],
) -> Action {
    Action {
        id,
        title,
        key,
        says,
        subject: Subject::Case,
        is_final: false,
        offers: Offers::Queues { fits, others: NAMED },
        fields: &[NOTES, DOCUMENTS, INFORMATION],
        rules: &[],
        steps,
        settling,
    }
}

/// What the API's text says of keys is too little to lean on: a write that may have arrived is looked for, never sent
/// again by itself.
fn settling(_: &Settings) -> Settling {
    Settling::ReadBack
}

/// `{"caseNumber", "action", "notes", "documents", "additionalInformation"}`, with the profile's own names.
fn updated(token: &str, making: &Making<'_>) -> Result<Value, Problem> {
    let settings = making.settings;
    let number = match making.case {
        Some(case) if !is_made_up(&case.id.number) => case.id.number.exact(),
        _ => {
            return Err(Problem::of_all(own(
                "the provider sent this case without a number, so it cannot be written to",
            )));
        }
    };
    let mut members = Map::new();
    members.insert(value(settings, "request.number").to_owned(), number.into());
    members.insert(value(settings, "request.action").to_owned(), value(settings, token).into());
    for field in [NOTES, DOCUMENTS, INFORMATION] {
        if let Some(given) = body::value(&field, field.name, making)? {
            members.insert(field.name.to_owned(), given);
        }
    }
    Ok(Value::Object(members))
}

pub fn unit(settings: &Settings) -> Unit {
    if value(settings, "unit.amount") == "minor" { Unit::Minor } else { Unit::Major }
}
