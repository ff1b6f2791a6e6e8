//! The one verb of the 2023 API: a dispute is created. Names, types and what is required are those of its text; it gives
//! no lengths, and those here are ours.

use serde_json::{Map, Value, json};

use super::table::{currency, is_referenced, value};
use crate::{
    action::{
        Action, Body, By, Field, Making, Offers, Problem, Proof, Settling, Step, Subject, Word, body,
        field::{
            Clock, CurrencyOf, Instead, Unit, amount, each, group, instant, is_uuid, lines, list, number_of,
            text, uuid, whole,
        },
    },
    case::Settings,
};

pub static ACTIONS: &[Action] = &[CREATE];

const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute",
    subject: Subject::New { told_apart_by: &["transactionDetails.0.transactionID", "customerInfo.accountId"] },
    is_final: false,
    offers: Offers::Always,
    fields: FIELDS,
    rules: &[],
    steps: &[Step {
        id: "create",
        method: By::Post,
        path: Word::Set(|settings| value(settings, "path.create")),
        key: None,
        body: Body::Made(created),
        proof: Proof::NamesLike(NUMBER, is_uuid),
    }],
    // Every copy makes a dispute, and nothing can be read.
    settling: |_| Settling::Nobody,
};

/// Where an answer names the dispute.
pub const NUMBER: Word = Word::Set(|settings| value(settings, "proof.uuid"));

pub const FIELDS: &[Field] = &[
    list(
        "transactionDetails",
        "Transactions",
        1,
        50,
        &[
            text("transactionID", "Transaction ID", 64).required(),
            text("merchant", "Merchant", 255).required(),
            amount("transactedAmount", "Authorised amount", CurrencyOf::Set(currency), cents).required(),
            // What was authorised and never taken was settled for nothing.
            amount("settledAmount", "Settled amount", CurrencyOf::Set(currency), cents).or_zero().required(),
            instant("transactionTimestamp", "Transaction time", seconds).required(),
            number_of("network", "Network", &[("1", "Visa"), ("2", "Mastercard"), ("3", "American Express")])
                .required(),
            number_of(
                "transactionType",
                "Type",
                &[("1", "debit"), ("2", "credit"), ("3", "ACH"), ("4", "ATM")],
            )
            .required(),
            text("thirdPartyTicketID", "Ticket ID", 255)
                .or(Instead::OurReference(is_referenced))
                .hint("of a ticket opened elsewhere, as in Zendesk"),
            text("thirdPartyTicketUrl", "Ticket URL", 2000),
        ],
    ),
    group(
        "customerInfo",
        "Customer",
        &[
            text("name", "Name", 255).required(),
            text("email", "E-mail", 255).required(),
            text("accountId", "Account ID", 64).required(),
            whole("risk", "Risk in per cent", 0, 100).hint("of the account, 0 to 100"),
        ],
    )
    .required(),
    group(
        "notes",
        "Note",
        &[
            lines("comment", "Comment", 10_000).required(),
            uuid("author", "Author").required().hint("the UUID of the user who wrote it"),
            instant("timestamp", "Written at", seconds).required(),
            each("fileUrls", "File URLs", 20, 2000).hint("one a line"),
        ],
    ),
];

fn seconds(_: &Settings) -> Clock {
    Clock::Seconds
}

fn cents(_: &Settings) -> Unit {
    Unit::Minor
}

/// `{"version": 1, "v1": {"orgUUID", "transactionDetails", "customerInfo", "notes"}}`.
fn created(making: &Making<'_>) -> Result<Value, Problem> {
    let mut inside = Map::new();
    inside.insert("orgUUID".to_owned(), value(making.settings, "org.uuid").into());
    if let Value::Object(fields) = body::body(FIELDS, making)? {
        inside.extend(fields);
    }
    Ok(json!({"version": 1, "v1": inside}))
}
