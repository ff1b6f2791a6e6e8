//! The verbs of Rebilly. A write is always the whole dispute: what nobody entered stands as the case has it, read from the
//! provider's own bytes. The API lets any status follow any other, so the verbs keep the order of a dispute's life.

use serde_json::{Map, Value};

use super::{
    ask::is_id,
    codes::{REASONS, STATUSES, TYPES},
    standing::offer,
    table::value,
};
use crate::{
    action::{
        Action, Body, By, Field, Making, Method, Offers, Problem, Proof, Rule, Settling, Step, Subject, Word,
        body,
        field::{
            Choices, Clock, CurrencyOf, Instead, Kind, Others, Papers, Unit, amount, choice, currency, files,
            instant, lines, text,
        },
    },
    case::{Case, Currency, Money, Settings, money::NotMoney},
    text::{Raw, own, say},
};

pub static ACTIONS: &[Action] = &[REVIEW, FORFEIT, WON, LOST, RETURN, REOPEN, UPDATE, ATTACH, CREATE];

pub const TRANSACTION: &str = "transactionId";
pub const CURRENCY: &str = "currency";
pub const AMOUNT: &str = "amount";
pub const REASON: &str = "reasonCode";
pub const TYPE: &str = "type";
pub const STATUS: &str = "status";
pub const FILE: &str = "file";

/// The members of a write: the name, and whether it has to be there.
pub const MEMBERS: &[(&str, bool)] = &[
    (TRANSACTION, true),
    (CURRENCY, true),
    (AMOUNT, true),
    ("acquirerReferenceNumber", false),
    ("caseId", false),
    (REASON, true),
    (TYPE, true),
    (STATUS, true),
    ("postedTime", true),
    ("deadlineTime", false),
];

const REVIEW: Action = moving(
    "review",
    "Under review",
    "s",
    "the answer was given: under review",
    Offers::Made(|case| offer(case, "Under review", &["response-needed"], "waiting for a response")),
    &[Step { body: Body::Made(|making| whole(making, Some("under-review"))), ..PUT }],
);

const FORFEIT: Action = moving(
    "forfeit",
    "Forfeit",
    "x",
    "give the dispute up",
    Offers::Made(|case| offer(case, "Forfeit", &["response-needed"], "waiting for a response")),
    &[Step { body: Body::Made(|making| whole(making, Some("forfeited"))), ..PUT }],
);

const WON: Action = moving(
    "won",
    "Won",
    "",
    "the review ended for the merchant",
    Offers::Made(|case| offer(case, "Won", &["under-review"], "under review")),
    &[Step { body: Body::Made(|making| whole(making, Some("won"))), ..PUT }],
);

const LOST: Action = moving(
    "lost",
    "Lost",
    "",
    "the review ended against the merchant",
    Offers::Made(|case| offer(case, "Lost", &["under-review"], "under review")),
    &[Step { body: Body::Made(|making| whole(making, Some("lost"))), ..PUT }],
);

const RETURN: Action = moving(
    "return",
    "Back to response needed",
    "",
    "the review asks for another answer",
    Offers::Made(|case| offer(case, "Back to response needed", &["under-review"], "under review")),
    &[Step { body: Body::Made(|making| whole(making, Some("response-needed"))), ..PUT }],
);

const WHY: &str = "why";

/// What has ended goes on only by a person's word, which stays in the journal here.
const REOPEN: Action = Action {
    fields: &[
        Field {
            kind: Kind::Choice { of: Choices::These(OPEN), others: Others::Refused, most: 64 },
            ..choice(STATUS, "Status", STATUSES)
        }
        .required(),
        lines(WHY, "Why", 500).local().hint("stays in the journal, is not sent"),
    ],
    rules: &[Rule::AtLeastOne(&[WHY])],
    ..moving(
        "reopen",
        "Reopen",
        "",
        "take up again what has ended",
        Offers::Made(|case| offer(case, "Reopen", &["won", "lost", "forfeited"], "ended")),
        &[Step { body: Body::Made(|making| whole(making, None)), ..PUT }],
    )
};

const OPEN: &[(&str, &str)] =
    &[("response-needed", "the merchant has to answer"), ("under-review", "answered, being looked at")];

const UPDATE: Action = Action {
    id: "update",
    title: "Update",
    key: "m",
    says: "correct what the dispute says",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Always,
    fields: &[
        text(TRANSACTION, "Transaction", 50).required().or(Instead::OfCase(|case| had(case, TRANSACTION))),
        amount(AMOUNT, "Amount", CurrencyOf::BesideOrCase(CURRENCY), major)
            .required()
            .or(Instead::OfCase(|case| had(case, AMOUNT))),
        currency(CURRENCY, "Currency").required().or(Instead::OfCase(|case| had(case, CURRENCY))),
        REASON_CODE.required().or(Instead::OfCase(|case| had(case, REASON))),
        choice(TYPE, "Type", TYPES).required().or(Instead::OfCase(|case| had(case, TYPE))),
        instant("postedTime", "Posted", clock).required().or(Instead::OfCase(|case| had(case, "postedTime"))),
        text("acquirerReferenceNumber", "ARN", 255)
            .nullable()
            .or(Instead::OfCase(|case| had(case, "acquirerReferenceNumber"))),
        text("caseId", "Case id", 100).nullable().or(Instead::OfCase(|case| had(case, "caseId"))),
        instant("deadlineTime", "Deadline", clock)
            .nullable()
            .or(Instead::OfCase(|case| had(case, "deadlineTime"))),
    ],
    rules: &[],
    steps: &[Step { body: Body::Made(|making| whole(making, None)), ..PUT }],
    settling: |_| Settling::ReadBack,
};

/// A file, and then its place at the dispute.
const ATTACH: Action = Action {
    id: "attach",
    title: "Attach",
    key: "a",
    says: "put a file beside the dispute",
    subject: Subject::Case,
    is_final: false,
    offers: Offers::Always,
    fields: &[files(FILE, "File", &PAPERS).required(), text("description", "Description", 255)],
    rules: &[],
    steps: &[
        Step {
            id: "upload",
            method: By::Post,
            path: Word::Is("/files"),
            key: None,
            body: Body::Made(uploaded),
            proof: Proof::Makes(Word::Is("/id")),
        },
        Step {
            id: "attach",
            method: By::Post,
            path: Word::Is("/attachments"),
            key: None,
            body: Body::Made(attached),
            proof: Proof::Makes(Word::Is("/id")),
        },
    ],
    // Every copy makes another file or another place, and neither carries a word of ours.
    settling: |_| Settling::Nobody,
};

const CREATE: Action = Action {
    id: "create",
    title: "New dispute",
    key: "N",
    says: "create a dispute",
    subject: Subject::New { told_apart_by: &[TRANSACTION, AMOUNT, CURRENCY, REASON, TYPE] },
    is_final: false,
    offers: Offers::Always,
    fields: &[
        text(TRANSACTION, "Transaction", 50).required().hint("the id of the disputed transaction: txn_..."),
        amount(AMOUNT, "Amount", CurrencyOf::Beside(CURRENCY), major).required(),
        currency(CURRENCY, "Currency").required(),
        REASON_CODE.required(),
        choice(TYPE, "Type", TYPES).required(),
        choice(STATUS, "Status", STATUSES).required(),
        instant("postedTime", "Posted", clock).required().hint("2026-11-22 14:30 in UTC, a day, now"),
        text("acquirerReferenceNumber", "ARN", 255).nullable(),
        text("caseId", "Case id", 100).nullable(),
        instant("deadlineTime", "Deadline", clock).nullable().hint("by when the merchant must have answered"),
    ],
    rules: &[],
    steps: &[Step {
        id: "create",
        method: By::Set(|settings| if posts(settings) { Method::Post } else { Method::Put }),
        path: Word::Set(|settings| if posts(settings) { "/disputes" } else { "/disputes/{key}" }),
        key: None,
        body: Body::Fields,
        proof: Proof::Names(ID),
    }],
    // With an id of ours a second copy puts the same dispute in the same place.
    settling: |settings| if posts(settings) { Settling::ReadBack } else { Settling::Chosen },
};

const REASON_CODE: Field = Field {
    kind: Kind::Choice { of: Choices::Codes(REASONS), others: Others::Refused, most: 255 },
    ..choice(REASON, "Reason", STATUSES)
};

/// The kinds are the API's; the size is ours.
static PAPERS: Papers = Papers {
    most: 1,
    largest: 10 << 20,
    longest_name: 255,
    media: &["application/pdf", "image/jpeg", "image/png", "image/gif"],
    name: "name",
    content: FILE,
    media_type: None,
    description: None,
};

const ID: Word = Word::Is("/id");

const PUT: Step = Step {
    id: "put",
    method: By::Put,
    path: Word::Is("/disputes/{case}"),
    key: None,
    body: Body::Empty,
    proof: Proof::Names(ID),
};

const fn moving(
    id: &'static str,
    title: &'static str,
    key: &'static str,
    says: &'static str,
    offers: Offers,
    steps: &'static [Step],
) -> Action {
    Action {
        id,
        title,
        key,
        says,
        subject: Subject::Case,
        is_final: false,
        offers,
        fields: &[],
        rules: &[],
        steps,
        // A copy that is sent again could undo what a colleague did since.
        settling: |_| Settling::ReadBack,
    }
}

fn posts(settings: &Settings) -> bool {
    value(settings, "create") == "post"
}

fn major(_: &Settings) -> Unit {
    Unit::Major
}

fn clock(_: &Settings) -> Clock {
    Clock::Text
}

// ---- bodies

/// A member as the case has it, in words.
fn had(case: &Case, name: &str) -> Option<Raw> {
    match own_json(case)?.get(name)? {
        Value::String(text) if !text.is_empty() => Some(text.as_str().into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}

fn own_json(case: &Case) -> Option<Map<String, Value>> {
    serde_json::from_str(case.raw.exact()).ok()
}

/// The whole dispute: what was entered, and the rest as the case has it.
fn whole(making: &Making<'_>, status: Option<&str>) -> Result<Value, Problem> {
    let now = making.case.filter(|case| is_id(case.id.number.exact())).and_then(own_json);
    let mut now =
        now.ok_or_else(|| Problem::of_all(own("the dispute came without an id or without its own JSON")))?;
    let mut members = Map::new();
    for (name, needed) in MEMBERS {
        let given = match (*name, status) {
            (STATUS, Some(status)) => Some(status.into()),
            _ => entered(name, making)?,
        };
        let given = given.or_else(|| now.remove(*name).filter(|had| !had.is_null()));
        let fits = |given: &Value| given.is_null() || given.is_number() == (*name == AMOUNT);
        match given {
            Some(given) if fits(&given) && (given.is_string() || given.is_number() || given.is_null()) => {
                members.insert((*name).to_owned(), given);
            }
            None if !needed => {}
            _ => {
                return Err(Problem {
                    field: (*name).to_owned(),
                    says: own("is needed, and the dispute does not tell it: enter it with an update"),
                });
            }
        }
    }
    if making.values.get(CURRENCY).is_some() && making.values.get(AMOUNT).is_none() {
        fits_its_currency(&members)?;
    }
    Ok(Value::Object(members))
}

/// An amount that stays is counted in the currency that is sent with it.
fn fits_its_currency(members: &Map<String, Value>) -> Result<(), Problem> {
    let code = members.get(CURRENCY).and_then(Value::as_str).unwrap_or_default();
    let digits = members.get(AMOUNT).map(Value::to_string).unwrap_or_default();
    match Money::from_major(&digits, Currency::parse(code)) {
        Err(NotMoney::TooFine) => Err(Problem {
            field: AMOUNT.to_owned(),
            says: say!(
                "{} has more decimals than {} has: enter the amount, too",
                Raw::new(digits.clone()).show(),
                Raw::new(code).show()
            ),
        }),
        _ => Ok(()),
    }
}

/// A member that was entered; none where the case's own stands.
fn entered(name: &str, making: &Making<'_>) -> Result<Option<Value>, Problem> {
    if making.values.get(name).is_none() {
        return Ok(None);
    }
    let Some(field) = UPDATE.fields.iter().chain(REOPEN.fields).find(|field| field.name == name) else {
        return Ok(None);
    };
    body::value(field, name, making)
}

/// `{"file", "name", "description"?}`
fn uploaded(making: &Making<'_>) -> Result<Value, Problem> {
    let [field, description] = ATTACH.fields else { return Err(missing()) };
    if !making.case.is_some_and(|case| is_id(case.id.number.exact())) {
        return Err(Problem::of_all(own("the dispute came without an id, so nothing can be put beside it")));
    }
    let files = body::value(field, FILE, making)?;
    if making.values.files(FILE).len() > 1 {
        return Err(Problem { field: FILE.to_owned(), says: own("takes one file") });
    }
    let file = files.and_then(|files| Some(files.as_array()?.first()?.clone())).ok_or_else(missing)?;
    let Value::Object(mut members) = file else { return Err(missing()) };
    if let Some(given) = body::value(description, description.name, making)? {
        members.insert(description.name.to_owned(), given);
    }
    Ok(Value::Object(members))
}

fn missing() -> Problem {
    Problem { field: FILE.to_owned(), says: own("is needed") }
}

/// `{"fileId", "relatedId", "relatedType", "name", "description"?}`
fn attached(making: &Making<'_>) -> Result<Value, Problem> {
    // Whatever proves the upload names the file: a text, or a number.
    let file = making.answers.first().and_then(|answer| match answer.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    });
    let number = making.case.map(|case| case.id.number.exact());
    let (Some(file), Some(number)) = (file, number) else {
        return Err(Problem::of_all(own("the answer to the upload does not name the file")));
    };
    let mut members = Map::new();
    members.insert("fileId".to_owned(), file.into());
    members.insert("relatedId".to_owned(), number.into());
    members.insert("relatedType".to_owned(), "dispute".into());
    if let Some(file) = making.values.files(FILE).first() {
        members.insert("name".to_owned(), file.name.exact().into());
    }
    let description = making.values.text("description");
    if !description.is_empty() {
        members.insert("description".to_owned(), description.into());
    }
    Ok(Value::Object(members))
}
