//! Whether a write arrived, read from the disputes of its customer, or from its dispute. Only what hardly anybody else can
//! have done is proof; in doubt a person looks.

use serde_json::Value;

use super::{
    DISPUTES,
    actions::{REOPENED, TRANSACTIONS},
    wire::transactions,
    words,
};
use crate::{
    case::{Case, moment::MINUTE},
    provider::{Found, Landed, Sent, Want, numbering::is_made_up},
    text::Raw,
};

/// How far the provider's clock may be behind ours.
const SLACK: i64 = 2 * MINUTE;

pub fn look(sent: &Sent<'_>) -> Option<Want> {
    match sent.action.id {
        "create" => Some(match customer(sent) {
            Some(customer) => Want::Group(customer),
            None => Want::Queue(DISPUTES.into()),
        }),
        "reopen" => Some(Want::Number(sent.entry.case()?.number.clone())).filter(is_askable),
        // No answer shows the files of a dispute.
        _ => None,
    }
}

fn is_askable(want: &Want) -> bool {
    !matches!(want, Want::Number(number) if is_made_up(number))
}

pub fn landed(sent: &Sent<'_>, found: &Found) -> Landed {
    let Found::Cases(cases) = found else {
        return Landed::Unsure("the answer is a document and no dispute".into());
    };
    match sent.action.id {
        "create" => created(sent, cases),
        "reopen" => {
            let number = sent.entry.case().map(|case| &case.number);
            match cases.iter().find(|case| Some(&case.id.number) == number) {
                Some(case) => reopened(sent, case),
                None => Landed::Unsure("the dispute is not in the answer".into()),
            }
        }
        _ => Landed::Unsure("no answer of this API shows the files of a dispute".into()),
    }
}

fn customer(sent: &Sent<'_>) -> Option<Raw> {
    let body: Value = serde_json::from_slice(&sent.frozen.body).ok()?;
    let uuid = body.get("customer")?.get("uuid")?.as_str()?.to_owned();
    (!uuid.trim().is_empty()).then(|| uuid.into())
}

/// A dispute with the same transactions that was opened since is ours: a transaction is disputed once.
fn created(sent: &Sent<'_>, cases: &[Case]) -> Landed {
    let wanted = texts(&sent.frozen.body, TRANSACTIONS, |one| one.get("uuid"));
    if wanted.is_empty() {
        return Landed::Unsure("what was sent names no transaction".into());
    }
    let from = sent.first_send.plus(-SLACK);
    let holds = |case: &&Case| {
        let has = transactions(case);
        wanted.iter().all(|uuid| has.iter().any(|(own, _)| own == uuid))
    };
    let same: Vec<_> = cases.iter().filter(holds).collect();
    let since: Vec<_> = same.iter().filter(|case| case.opened.is_some_and(|at| at >= from)).collect();
    let undated = same.iter().any(|case| case.opened.is_none());
    match since[..] {
        [case] if !undated && !is_made_up(&case.id.number) => Landed::Yes {
            remote: case.id.number.clone(),
            says: "a dispute of the same transactions was opened since".into(),
        },
        [] if !undated => Landed::No(
            format!("none of the {} disputes has these transactions and was opened since", cases.len()).into(),
        ),
        _ => {
            let numbers: Vec<_> = same.iter().map(|case| case.id.number.exact()).collect();
            Landed::Unsure(format!("this may be it: {}", numbers.join(", ")).into())
        }
    }
}

/// Whoever opened it again, it is open; that it was us cannot be told.
fn reopened(sent: &Sent<'_>, case: &Case) -> Landed {
    let wanted = texts(&sent.frozen.body, REOPENED, |one| Some(one));
    let has = transactions(case);
    let is_closed = |uuid: &Raw| {
        has.iter().any(|(own, status)| {
            own == uuid && words::bare(status.exact(), "DISPUTED_TRANSACTION_STATUS_") == "CLOSED"
        })
    };
    if words::status(case.status.exact()) == "CLOSED" {
        return Landed::No("the dispute is closed".into());
    }
    if wanted.iter().any(is_closed) {
        return Landed::Unsure("the dispute is open, but not all of the transactions are".into());
    }
    Landed::Unsure("the dispute is open again; who opened it is not told".into())
}

fn texts(body: &[u8], name: &str, of: fn(&Value) -> Option<&Value>) -> Vec<Raw> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return Vec::new() };
    let elements = body.get(name).and_then(Value::as_array);
    elements.into_iter().flatten().filter_map(|one| of(one)?.as_str().map(Raw::from)).collect()
}
