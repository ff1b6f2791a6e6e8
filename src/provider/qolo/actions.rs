//! The verbs of Qolo: one endpoint, and a request code that says which of the three it is. Names and nesting are those of
//! the API's text; it gives no limits, so the limits are ours.

use serde_json::{Map, Value};

use super::{
    table::{VERSION, currency, is_referenced, unit, value},
    wire,
};
use crate::{
    action::{
        Action, Body, By, Field, Making, Offer, Offers, Problem, Proof, Rule, Settling, Step, Subject, Word,
        body,
        field::{
            CurrencyOf, Instead, Papers, amount, clear_card, files, group, is_uuid, lines, list, reason_code,
            suggested, text, uuid,
        },
    },
    case::Case,
    text::{own, say},
};

pub static ACTIONS: &[Action] = &[UPDATE, AMOUNT, CREATE];

const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute and chargeback",
    subject: Subject::New { told_apart_by: &[CARD, PROXY, "account_guid", "dispute.transaction_details"] },
    is_final: false,
    offers: Offers::Always,
    fields: &[
        REFERENCE.or(Instead::OurReference(is_referenced)).hint("left empty: our own reference"),
        USER,
        PERSON,
        ACCOUNT,
        NUMBER,
        text(PROXY, "Card proxy", WORDS)
            .nullable()
            .hint("Qolo's id of the card; this or the card number is needed"),
        group(DISPUTE, "Dispute", INSIDE),
    ],
    rules: &[EITHER],
    steps: &[Step { body: Body::Made(|making| made("NT-DISP_NEW", making)), ..STEP }],
    settling: |_| Settling::Nobody,
};

const UPDATE: Action = Action {
    id: "update",
    title: "Update",
    key: "m",
    says: "update what the dispute says, or add documents and transactions",
    rules: &[
        EITHER,
        Rule::AtLeastOne(&[
            "dispute.dispute_status",
            "dispute.dispute_type",
            "dispute.dispute_reason",
            "dispute.notes",
            "dispute.documents",
            "dispute.transaction_details",
        ]),
    ],
    steps: &[Step { body: Body::Made(|making| made("NT-DISP_UPD", making)), ..STEP }],
    ..LATER
};

const AMOUNT: Action = Action {
    id: "amount",
    title: "Update amount",
    key: "s",
    says: "update an amount, or apply one to the account",
    rules: &[
        EITHER,
        Rule::AtLeastOne(&[
            "dispute.transaction_details.*.amount",
            "dispute.transaction_details.*.apply_amount_details.amount",
        ]),
    ],
    steps: &[Step { body: Body::Made(|making| made("NT-DISP_UPD_AMT", making)), ..STEP }],
    fields: &[REFERENCE, USER, PERSON, ACCOUNT, NUMBER, KNOWN_PROXY, group(DISPUTE, "Dispute", WITH_AMOUNT)],
    ..LATER
};

/// What is written to a dispute that is there.
const LATER: Action = Action {
    id: "",
    title: "",
    key: "",
    says: "",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Made(offered),
    fields: &[REFERENCE, USER, PERSON, ACCOUNT, NUMBER, KNOWN_PROXY, group(DISPUTE, "Dispute", INSIDE)],
    rules: &[],
    steps: &[],
    settling: |_| Settling::Nobody,
};

const CARD: &str = "card_number";
const PROXY: &str = "card_proxy";
const DISPUTE: &str = "dispute";

/// The API's text: either of the two must be provided.
const EITHER: Rule = Rule::AtLeastOne(&[PROXY, CARD]);

// "string or null" is what the API's text says of these, and of nothing else.
const REFERENCE: Field = text("channel_dispute_id", "Channel dispute id", WORDS).nullable();
const USER: Field =
    uuid("channel_user_guid", "Channel user").nullable().hint("the service provider's user who asks");
const PERSON: Field = uuid("person_guid", "Customer").nullable();
const ACCOUNT: Field = uuid("account_guid", "Account").nullable();
const NUMBER: Field = clear_card(CARD, "Card number")
    .nullable()
    .hint("typed unseen; Qolo takes it as it is, over https: prefer the proxy");
const KNOWN_PROXY: Field = text(PROXY, "Card proxy", WORDS)
    .nullable()
    .or(Instead::OfCaseUnless(wire::proxy, CARD))
    .hint("left empty: the one that the last answer named, unless a card number is typed");

const INSIDE: &[Field] =
    &[STATUS, TYPE, REASON, NOTES, DOCUMENTS, list(TRANSACTIONS, "Transactions", 0, MOST, TRANSACTION)];
const WITH_AMOUNT: &[Field] =
    &[STATUS, TYPE, REASON, NOTES, DOCUMENTS, list(TRANSACTIONS, "Transactions", 1, MOST, TRANSACTION)];

const STATUS: Field = text("dispute_status", "Status", WORDS);
const TYPE: Field = text("dispute_type", "Type", WORDS);
const REASON: Field = text("dispute_reason", "Reason", WORDS);
const NOTES: Field = lines("notes", "Notes", 4000);
const DOCUMENTS: Field = files("documents", "Documents", &PAPERS);

static PAPERS: Papers = Papers {
    most: 10,
    largest: 10 << 20,
    longest_name: 100,
    media: &[],
    name: "name",
    content: "content",
    media_type: None,
    description: None,
};

const TRANSACTIONS: &str = "transaction_details";
/// The most transactions of one request.
const MOST: usize = 20;
/// The longest text of one line.
const WORDS: usize = 200;

/// Where the API's text shows a value of its own for a text ("DISCOVER", "PROVISIONAL", "CREDIT"), it is taken for the
/// first of several; the others are guessed, and anything may be typed.
const TRANSACTION: &[Field] = &[
    uuid("transaction_guid", "Transaction"),
    text("transaction_dispute_status", "Status", WORDS),
    text("transaction_channel_dispute_status", "Status at the channel", WORDS),
    text("data_nav_case_number", "DataNav case number", WORDS),
    amount("amount", "Amount", CurrencyOf::Set(currency), unit).or_zero(),
    suggested(
        "channel",
        "Channel",
        WORDS,
        &[("DISCOVER", "Discover"), ("MASTERCARD", "Mastercard"), ("VISA", "Visa")],
    ),
    text("journal_entry", "Journal entry", WORDS),
    group(
        "apply_amount_details",
        "Apply an amount",
        &[
            suggested(
                "entry_type",
                "Entry type",
                WORDS,
                &[
                    ("PROVISIONAL", "until the dispute is decided"),
                    ("PERMANENT", "for good"),
                    ("FINAL", "for good, as some call it"),
                ],
            ),
            suggested(
                "txn_type",
                "Credit or debit",
                WORDS,
                &[("CREDIT", "to the customer"), ("DEBIT", "from the customer")],
            ),
            amount("amount", "Amount to apply", CurrencyOf::Set(currency), unit),
            text("reason_code", "Reason code", WORDS),
        ],
    ),
    group(
        "chargeback_log",
        "Chargeback",
        &[
            text("filing_status", "Filing status", WORDS),
            text("chargeback_level", "Level", WORDS),
            reason_code("reason_code", "Chargeback reason code", WORDS),
        ],
    ),
];

const STEP: Step = Step {
    id: "send",
    method: By::Post,
    path: Word::With {
        text: |settings| value(settings, "path.dispute"),
        name: VERSION,
        word: |settings| value(settings, "version"),
    },
    // The API's text knows no key.
    key: None,
    body: Body::Empty,
    proof: Proof::Names(Word::Set(|settings| value(settings, "proof.number"))),
};

/// Statuses are the provider's free text: only whether there is a dispute to update decides.
fn offered(case: &Case) -> Offer {
    if is_uuid(case.id.number.exact()) {
        return Offer::Fits;
    }
    Offer::No(say!("{} is no dispute_guid, and an update needs one", case.id.number.id()))
}

/// The members in the order of the API's text.
fn made(code: &str, making: &Making<'_>) -> Result<Value, Problem> {
    let (fields, mut members) = (if making.case.is_some() { LATER.fields } else { CREATE.fields }, Map::new());
    if let Some(case) = making.case {
        let number = case.id.number.exact();
        if !is_uuid(number) {
            return Err(Problem::of_all(own("the case has no dispute_guid, so it cannot be updated")));
        }
        members.insert("dispute_guid".to_owned(), number.into());
    }
    for field in fields {
        let value = body::value(field, field.name, making)?;
        if field.name == DISPUTE {
            members.insert("request_code".to_owned(), code.into());
            members.insert(DISPUTE.to_owned(), value.unwrap_or_else(|| Value::Object(Map::new())));
        } else if let Some(value) = value {
            members.insert(field.name.to_owned(), value);
        }
    }
    Ok(Value::Object(members))
}
