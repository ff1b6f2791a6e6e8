//! The verbs of the current API. Names and types are those of its specification, which marks nothing as required and gives
//! no lengths: what is required and how long a text may be is ours.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    table::value,
    words::{self, CARD_TYPES, NETWORKS, REASONS, STATUSES, TYPES},
};
use crate::{
    action::{
        Action, Body, By, Field, Making, Offer, Offers, Problem, Proof, Settling, Step, Subject, Word, body,
        field::{
            Clock, CurrencyOf, Papers, Unit, amount, choice, currency, each, files, group, instant, lines,
            list, text,
        },
    },
    case::{Case, Settings},
    provider::numbering::is_made_up,
    text::{own, say},
};

pub static ACTIONS: &[Action] = &[UPLOAD, REOPEN, CREATE];

/// One file a request; the answer is an empty object, and no answer shows the files of a dispute.
const UPLOAD: Action = Action {
    id: "upload",
    title: "Upload a file",
    key: "s",
    says: "send one file to an open dispute",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Made(|case| offer(case, "OPEN", "sending a file is for open disputes")),
    fields: &[FILE],
    rules: &[],
    steps: &[Step {
        id: "upload",
        method: By::Post,
        path: Word::Set(|settings| value(settings, "path.files")),
        key: None,
        body: Body::Made(uploaded),
        proof: Proof::AnyJson,
    }],
    settling: |_| Settling::Nobody,
};

const REOPEN: Action = Action {
    id: "reopen",
    title: "Reopen",
    key: "e",
    says: "open a closed dispute again for some of its transactions",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Made(|case| offer(case, "CLOSED", "reopening is for closed disputes")),
    fields: &[each(REOPENED, "Transactions", 50, 64)
        .required()
        .hint("the UUIDs of the transactions, one a line; the timeline names them")],
    rules: &[],
    steps: &[Step {
        id: "reopen",
        method: By::Post,
        path: Word::Set(|settings| value(settings, "path.reopen")),
        key: None,
        body: Body::Made(reopened),
        proof: NAMES,
    }],
    settling: |_| Settling::ReadBack,
};

const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute",
    subject: Subject::New { told_apart_by: &[TRANSACTIONS, "customer.uuid"] },
    is_final: false,
    offers: Offers::Always,
    fields: FIELDS,
    rules: &[],
    steps: &[Step {
        id: "create",
        method: By::Post,
        path: Word::Set(|settings| value(settings, "path.disputes")),
        key: None,
        body: Body::Made(created),
        proof: NAMES,
    }],
    settling: |_| Settling::ReadBack,
};

const NAMES: Proof = Proof::Names(Word::Is("/dispute/uuid"));

pub const TRANSACTIONS: &str = "transactionDetails";
pub const REOPENED: &str = "transactionUuids";
const IDS: &str = "externalIds";

pub const FILE: Field = files("file", "File", &PAPERS).required();
/// What a file is made of on the wire.
pub const FILE_PARTS: &[&str] = &["filename", "fileContent", "contentType"];

/// The specification names no limits; these are ours.
static PAPERS: Papers = Papers {
    most: 1,
    largest: 10 << 20,
    longest_name: 255,
    media: &[],
    name: FILE_PARTS[0],
    content: FILE_PARTS[1],
    media_type: Some(FILE_PARTS[2]),
    description: None,
};

const FIELDS: &[Field] = &[
    list(
        TRANSACTIONS,
        "Transactions",
        1,
        50,
        &[
            text("uuid", "Transaction UUID", 64).required().hint("the transaction's id at the bank"),
            text("merchant", "Merchant", 255),
            group("amount", "Amount", MONEY).required(),
            instant("settledTimestamp", "Settled at", clock),
            instant("authorizedTimestamp", "Authorised at", clock),
            choice("status", "Status", STATUSES),
            choice("type", "Type", TYPES),
            choice("network", "Network", NETWORKS),
            text("arn", "ARN", 23).hint("the acquirer's reference number"),
            text("location", "Location", 255),
            text("cardId", "Card id", 64).hint("the card's id at the bank, not its number"),
            text("visaTransactionId", "Visa transaction id", 64),
            group("transactionSettledAmount", "Settled amount", SETTLED),
            text("typeCode", "Type code", 64),
            text("ica", "ICA", 64).hint("Mastercard's number of the bank"),
            choice("cardType", "Card type", CARD_TYPES),
        ],
    ),
    group(
        "customer",
        "Customer",
        &[
            text("uuid", "Customer UUID", 64)
                .required()
                .hint("also finds the dispute again if an answer is lost"),
            text("name", "Name", 255),
            text("email", "E-mail", 255),
            text("phone", "Telephone", 64),
            text("accountUuid", "Account UUID", 64),
            group(
                "address",
                "Address",
                &[
                    text("line1", "Line 1", 255),
                    text("line2", "Line 2", 255),
                    text("city", "City", 255),
                    text("state", "State", 64),
                    text("postalCode", "Postal code", 32),
                    text("country", "Country", 64),
                ],
            ),
            list(
                IDS,
                "External ids",
                0,
                20,
                &[text("name", "System", 64).required(), text("value", "Id there", 255).required()],
            ),
        ],
    )
    .required(),
    choice("reason", "Reason", REASONS).required(),
    list(
        "questionnaireAnswers",
        "Questionnaire",
        0,
        50,
        &[
            text("question", "Question", 1000),
            lines("answer", "Answer", 10_000),
            text("questionId", "Question id", 64),
        ],
    ),
];

const MONEY: &[Field] = &[CENTS.required(), currency("currency", "Currency").required()];
/// What was authorised and never taken was settled for nothing.
const SETTLED: &[Field] = &[CENTS.or_zero().required(), currency("currency", "Currency").required()];
const CENTS: Field = amount("amountInCents", "Amount", CurrencyOf::Beside("currency"), |_| Unit::Minor);

fn clock(settings: &Settings) -> Clock {
    if value(settings, "time.sent") == "milliseconds" { Clock::MillisecondsText } else { Clock::SecondsText }
}

/// By the dispute's status; one that is not known here leaves it to the provider.
fn offer(case: &Case, wanted: &'static str, otherwise: &'static str) -> Offer {
    match words::status(case.status.exact()) {
        _ if is_made_up(&case.id.number) => Offer::No(own(NAMELESS)),
        status if status == wanted => Offer::Fits,
        "OPEN" | "CLOSED" => Offer::No(say!("{}; this one is {}", own(otherwise), case.status.cell())),
        _ => Offer::Perhaps(own("the dispute's status is not one that is known here; the provider decides")),
    }
}

const NAMELESS: &str = "the provider sent this dispute without a UUID, so nothing can be written to it";

/// A number of ours is never sent.
fn named(making: &Making<'_>) -> Result<(), Problem> {
    match making.case {
        Some(case) if is_made_up(&case.id.number) => Err(Problem::of_all(own(NAMELESS))),
        _ => Ok(()),
    }
}

fn reopened(making: &Making<'_>) -> Result<Value, Problem> {
    named(making)?;
    body::body(REOPEN.fields, making)
}

/// `{"filename", "contentType", "fileContent"}`.
fn uploaded(making: &Making<'_>) -> Result<Value, Problem> {
    named(making)?;
    let wrong = |says| Problem { field: FILE.name.to_owned(), says: own(says) };
    let files = match body::value(&FILE, FILE.name, making)? {
        Some(Value::Array(files)) => files,
        _ => Vec::new(),
    };
    let [only] = <[Value; 1]>::try_from(files).map_err(|files| {
        wrong(if files.is_empty() {
            "is needed"
        } else {
            "takes one file; the others need requests of their own"
        })
    })?;
    Ok(only)
}

fn created(making: &Making<'_>) -> Result<Value, Problem> {
    let mut whole = Map::new();
    whole.insert("orgUuid".to_owned(), value(making.settings, "org.uuid").into());
    if let Value::Object(fields) = body::body(FIELDS, making)? {
        whole.extend(fields);
    }
    whole.get(TRANSACTIONS).map_or(Ok(()), bearable)?;
    if let Some(Value::Object(customer)) = whole.get_mut("customer")
        && let Some(ids) = customer.get_mut(IDS)
    {
        *ids = mapped(ids)?;
    }
    Ok(Value::Object(whole))
}

/// The API counts cents in 32 bits.
fn bearable(transactions: &Value) -> Result<(), Problem> {
    for (at, transaction) in transactions.as_array().into_iter().flatten().enumerate() {
        for name in ["amount", "transactionSettledAmount"] {
            let cents = transaction.get(name).and_then(|money| money.get("amountInCents")?.as_i64());
            if cents.is_some_and(|cents| cents > i64::from(i32::MAX)) {
                let field = format!("{TRANSACTIONS}.{at}.{name}.amountInCents");
                return Err(Problem {
                    field,
                    says: own("is too large: the API takes at most 2,147,483,647 cents"),
                });
            }
        }
    }
    Ok(())
}

/// A list of names and values as one object.
fn mapped(ids: &Value) -> Result<Value, Problem> {
    let (mut map, mut names) = (Map::new(), BTreeSet::new());
    for (at, id) in ids.as_array().into_iter().flatten().enumerate() {
        let name = id.get("name").and_then(Value::as_str).unwrap_or_default();
        if !names.insert(name) {
            let field = format!("customer.{IDS}.{at}.name");
            return Err(Problem { field, says: own("stands there twice") });
        }
        map.insert(name.to_owned(), id.get("value").cloned().unwrap_or_default());
    }
    Ok(Value::Object(map))
}
