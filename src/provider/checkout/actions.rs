//! The verbs of issuing disputes: one that makes a dispute, and four about one that is there. The dispute's own links say
//! which of them it takes; where it has none, its status does.

use super::{
    identity::{MESSAGE, TRANSACTION, is_id},
    status::{has_reason, is_escalated, is_known},
    table::value,
};
use crate::{
    action::{
        Action, Body, By, Field, Offers, Proof, Rule, Settling, Step, Subject, Word,
        field::{
            CurrencyOf, Papers, Unit, amount, choice, currency, files, group, lines, reason_code_of, text,
        },
        life::Reads,
        rule::Given,
    },
    case::{Case, Currency, Settings, moment::HOUR, reason::Network},
};

pub static ACTIONS: &[Action] = &[AMEND, ESCALATE, CANCEL, SUBMIT, CREATE];

/// The reason codes that count as fraud: with them `fraud_details` are needed. Mastercard's, replaced ones included.
pub const FRAUD: [&str; 10] = ["4837", "4840", "4849", "4852", "4857", "4858", "4862", "4863", "4870", "4871"];

const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute and send it to the card scheme",
    subject: Subject::New { told_apart_by: &["transaction_id", "presentment_message_id"] },
    is_final: false,
    offers: Offers::Always,
    fields: &[
        text("transaction_id", "Transaction", 30)
            .like(
                |text| is_id(text, TRANSACTION),
                "trx_ and 26 small letters or digits",
                "trx_aayhhfwbdyxwcaeyhhfwbd4xga",
            )
            .required()
            .hint("trx_...; it must be cleared and not refunded"),
        text("presentment_message_id", "Presentment", 30)
            .like(
                |text| is_id(text, MESSAGE),
                "msg_ and 26 small letters or digits",
                "msg_fa6psq242dcd6fdn5gifcq1491",
            )
            .hint("msg_...; needed where the transaction has several presentments"),
        REASON.required().hint("four digits; not validated there"),
        amount("amount", "Amount", CurrencyOf::Beside("currency"), minor)
            .hint("of the transaction's currency; none: the whole presentment"),
        currency("currency", "Currency of the amount")
            .local()
            .hint("the transaction's; not sent, it tells the decimals"),
        FRAUD_DETAILS,
        text("justification", "Justification", 100).hint("short; goes to the scheme"),
        files("evidence", "Evidence", &PAPERS).hint("PDF, JPEG, TIFF, or a ZIP of them"),
    ],
    rules: &[
        Rule::NeededWhen("currency", Given::Filled("amount"), "once there is an amount, to count its decimals"),
        Rule::NeededWhen("fraud_details.fraud_type", Given::Any(&IS_FRAUD), "for a fraud reason"),
    ],
    steps: &[Step { id: "create", path: Word::Set(|settings| value(settings, "path.create")), ..STEP }],
    // A second copy finds the dispute of its transaction there already, whatever became of its key.
    settling: |_| Settling::Key { window_ms: WINDOW, reads: Reads::Cannot },
};

const AMEND: Action = Action {
    id: "amend",
    title: "Amend",
    key: "m",
    says: "change what was asked to be changed, and go on",
    offers: Offers::Linked {
        word: "amend",
        statuses: &[
            "action_required/chargeback_change_requested",
            "action_required/chargeback_evidence_invalid_or_insufficient",
            "action_required/escalation_change_requested",
            "action_required/prearbitration_evidence_invalid_or_insufficient",
        ],
        known: is_known,
        says: "were sent back for a change",
    },
    fields: &[
        REASON.hint("none: as it is"),
        AMOUNT,
        files("evidence", "Evidence", &PAPERS).hint("changed or added; PDF, JPEG, TIFF, or a ZIP of them"),
        FRAUD_DETAILS,
        lines("reason_change_justification", "Why the reason changes", 13_000)
            .hint("goes to the reviewers, and may go to the scheme"),
        lines("action_response", "Answer to the request", 1_000).hint("explains the choices, or asks back"),
    ],
    rules: &[
        Rule::NeededWhen(
            "reason",
            Given::Of(|case| {
                case.is_some_and(|case| has_reason(case, "chargeback_fraudulent_reason_code_invalid"))
            }),
            "here: the scheme refused the fraud reason, and wants another one",
        ),
        Rule::OnlyWhen("amount", Given::Of(|case| case.is_none_or(knows_currency)), CURRENCY_KNOWN),
        Rule::NeededWhen("fraud_details.fraud_type", Given::Any(&IS_FRAUD), "for a fraud reason"),
        Rule::NeededWhen(
            "reason_change_justification",
            Given::All(&[
                Given::Changed("reason", |case| Some(case.reason.exact().to_owned())),
                Given::Of(|case| case.is_some_and(is_escalated)),
            ]),
            "when the reason changes after the chargeback",
        ),
    ],
    steps: &[Step { path: Word::Set(|settings| value(settings, "path.amend")), ..STEP }],
    ..OF_A_CASE
};

const ESCALATE: Action = Action {
    id: "escalate",
    title: "Escalate",
    key: "e",
    says: "go on to pre-arbitration, or from there to arbitration",
    offers: Offers::Linked {
        word: "escalate",
        statuses: &["action_required/chargeback_rejected", "action_required/prearbitration_rejected"],
        known: is_known,
        says: "the merchant rejected",
    },
    fields: &[
        lines("justification", "Justification", 13_000).required(),
        files("additional_evidence", "Additional evidence", &PAPERS)
            .hint("PDF, JPEG, TIFF, or a ZIP of them; the scheme ignores it in arbitration"),
        amount("amount", "Amount", CurrencyOf::Told(representment), minor)
            .hint("of the representment's currency; none: as it is"),
        group(
            "reason_change",
            "Change of the reason",
            &[REASON.required(), lines("justification", "Why", 13_000).required()],
        ),
        FRAUD_DETAILS,
    ],
    rules: &[
        Rule::OnlyWhen(
            "amount",
            Given::Of(|case| case.is_none_or(|case| representment(case).is_some())),
            "disputes whose representment names its currency",
        ),
        Rule::NeededWhen(
            "fraud_details.fraud_type",
            Given::Any(&[
                Given::Any(&BECOMES_FRAUD),
                Given::Of(|case| case.is_some_and(|case| FRAUD.contains(&case.reason.exact()))),
            ]),
            "for a fraud reason",
        ),
    ],
    steps: &[Step {
        path: Word::Set(|settings| value(settings, "path.escalate")),
        proof: Proof::Status(202),
        ..STEP
    }],
    ..OF_A_CASE
};

const CANCEL: Action = Action {
    id: "cancel",
    title: "Cancel",
    key: "X",
    says: "give the dispute up while the scheme has it",
    is_final: true,
    offers: Offers::Linked {
        word: "cancel",
        statuses: &["processing/chargeback_pending", "processing/chargeback_processed"],
        known: is_known,
        says: "the scheme has, before the merchant answered",
    },
    steps: &[Step {
        path: Word::Set(|settings| value(settings, "path.cancel")),
        body: Body::Empty,
        proof: Proof::Status(202),
        ..STEP
    }],
    ..OF_A_CASE
};

const SUBMIT: Action = Action {
    id: "submit",
    title: "Submit",
    key: "s",
    says: "deprecated, amend does it too: submit again after a rejection",
    offers: Offers::Linked {
        word: "submit",
        statuses: &[
            "action_required/chargeback_change_requested",
            "action_required/chargeback_evidence_invalid_or_insufficient",
            "action_required/chargeback_fraudulent_reason_code_invalid",
            "action_required/chargeback_rejected",
            "action_required/escalation_change_requested",
            "action_required/prearbitration_evidence_invalid_or_insufficient",
            "action_required/prearbitration_rejected",
        ],
        known: is_known,
        says: "wait for us",
    },
    fields: &[
        REASON.hint("none: as it is"),
        files("evidence", "Evidence", &PAPERS).hint("where it changed; PDF, JPEG, TIFF, or a ZIP of them"),
        amount("amount", "Amount", CurrencyOf::Told(in_hand), minor)
            .hint("of the transaction's currency, later of the representment's; none: as it is"),
    ],
    rules: &[Rule::OnlyWhen(
        "amount",
        Given::Of(|case| case.is_none_or(|case| in_hand(case).is_some())),
        CURRENCY_KNOWN,
    )],
    steps: &[Step { path: Word::Set(|settings| value(settings, "path.submit")), ..STEP }],
    ..OF_A_CASE
};

// ---- what they share

const OF_A_CASE: Action = Action {
    id: "",
    title: "",
    key: "",
    says: "",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Always,
    fields: &[],
    rules: &[],
    steps: &[],
    // Nothing can be done twice in one status, and what was done leaves it.
    settling: |_| Settling::Key { window_ms: WINDOW, reads: Reads::Can },
};

/// A key is remembered for 24 hours; an hour of it is left for clocks that differ.
const WINDOW: i64 = 23 * HOUR;

const STEP: Step = Step {
    id: "send",
    method: By::Post,
    path: Word::Is(""),
    key: Some(Word::Set(|settings| value(settings, "header.key"))),
    body: Body::Fields,
    proof: NAMES,
};

const NAMES: Proof = Proof::Names(Word::Is("/id"));

const REASON: Field = reason_code_of("reason", "Reason", 4, Network::Mastercard);

const AMOUNT: Field =
    amount("amount", "Amount", CurrencyOf::Case, minor).hint("of the transaction's currency; none: as it is");

const CURRENCY_KNOWN: &str = "disputes whose currency is known";

const FRAUD_DETAILS: Field = group(
    "fraud_details",
    "Fraud",
    &[
        choice(
            "fraud_type",
            "Fraud type",
            &[
                ("card_lost", "the card was lost"),
                ("card_stolen", "the card was stolen"),
                ("card_never_received", "the card never arrived"),
                ("fraudulent_account", "the account was opened by fraud"),
                ("counterfeit_card", "the card was counterfeited"),
                ("account_takeover", "somebody took the account over"),
                ("card_not_present_fraud", "the card was not present"),
                ("merchant_misrepresentation", "the merchant was not what it said"),
                ("cardholder_manipulation", "the cardholder was talked into it"),
                ("incorrect_processing", "it was processed wrongly"),
                ("other", "something else"),
            ],
        )
        .required(),
        lines("description", "Description", 1_000).hint("for reference; does not go to the scheme"),
    ],
);

/// The API's text limits neither number nor size nor names; these limits are ours.
static PAPERS: Papers = Papers {
    most: 10,
    largest: 10 << 20,
    longest_name: 255,
    media: &["application/pdf", "image/jpeg", "image/tiff", "application/zip"],
    name: "name",
    content: "content",
    media_type: None,
    description: Some("description"),
};

static IS_FRAUD: [Given; FRAUD.len()] = is_fraud("reason");
static BECOMES_FRAUD: [Given; FRAUD.len()] = is_fraud("reason_change.reason");

const fn is_fraud(address: &'static str) -> [Given; FRAUD.len()] {
    let mut given = [Given::Filled(address); FRAUD.len()];
    let mut at = 0;
    while at < FRAUD.len() {
        given[at] = Given::Is(address, FRAUD[at]);
        at += 1;
    }
    given
}

/// The API says "number"; its clients and its examples send whole minor units.
fn minor(_: &Settings) -> Unit {
    Unit::Minor
}

fn knows_currency(case: &Case) -> bool {
    case.amount.is_some_and(|amount| amount.currency.is_some())
}

/// The currency in which the merchant presented again.
fn representment(case: &Case) -> Option<Currency> {
    let told: serde_json::Value = serde_json::from_str(case.raw.exact()).ok()?;
    Currency::parse(told.pointer("/representment/amount/currency")?.as_str()?)
}

/// The currency of what is in dispute now: the transaction's, and after the merchant presented again the representment's.
fn in_hand(case: &Case) -> Option<Currency> {
    if is_escalated(case) || has_reason(case, "chargeback_rejected") {
        return representment(case);
    }
    case.amount?.currency
}
