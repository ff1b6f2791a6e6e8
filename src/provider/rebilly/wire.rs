//! A dispute as a case. Every element of an answer becomes a case, whatever is missing, unknown or wrong in it; what could
//! not be understood is named in `unread`, and the provider's own bytes are kept beside it.

use super::standing::stage;
use crate::{
    case::{Case, CaseId, Deadline, Happening, Part, Settings, Stage, Whose},
    http::Response,
    provider::{
        numbering::numbered,
        object::{Object, parse},
        value::{In, start},
    },
    text::Raw,
};

/// What a dispute has. An object with none of these is none.
const MEMBERS: &[&str] = &["id", "transactionId", "status", "amount", "reasonCode", "type", "postedTime"];

/// Which member speaks of which part of a case: without it the answer left it out.
const PARTS: &[(Part, &str)] = &[
    (Part::Group, "transactionId"),
    (Part::Queue, "status"),
    (Part::Status, "status"),
    (Part::Arn, "acquirerReferenceNumber"),
    (Part::Reason, "reasonCode"),
    (Part::Amount, "amount"),
    (Part::Currency, "currency"),
    (Part::Opened, "createdTime"),
    (Part::Updated, "updatedTime"),
    (Part::Deadline, "deadlineTime"),
    (Part::Revision, "revision"),
];

/// What this API never tells of a dispute.
const NEVER_TOLD: &[Part] = &[
    Part::Network,
    Part::Card,
    Part::Cardholder,
    Part::Merchant,
    Part::MerchantPlace,
    Part::MerchantCategory,
    Part::TransactionAmount,
    Part::TransactionCurrency,
    Part::TransactionAt,
    Part::Documents,
];

/// Reads an answer as one dispute. `asked`: its id, where one was asked for.
pub fn one(answer: &Response, asked: Option<&Raw>, settings: &Settings) -> Result<Case, String> {
    let parsed = parse(answer)?;
    let top = parsed.object()?;
    if !MEMBERS.iter().any(|name| top.has(name)) {
        return Err(format!("no dispute: {}", start(top.raw().exact())));
    }
    let mut case = case(&top, settings);
    match (asked, case.id.number.is_empty()) {
        (Some(asked), true) => {
            case.unread.push("id: none; the one that was asked for is shown".into());
            case.id.number = asked.clone();
        }
        (Some(asked), false) if case.id.number != *asked => {
            let own = start(case.id.number.exact());
            return Err(format!("asked for dispute {}, got {own}", asked.exact()));
        }
        (None, true) => return Err("a dispute without an id".into()),
        _ => {}
    }
    Ok(case)
}

/// Reads an answer as a list. `queue`: the status that was asked for.
pub fn several(answer: &Response, queue: Option<&Raw>, settings: &Settings) -> Result<Vec<Case>, String> {
    let parsed = parse(answer)?;
    let elements = parsed.objects()?;
    let one = |element: &Object<'_>| {
        let mut case = case(element, settings);
        if let Some(queue) = queue {
            in_queue(&mut case, queue);
        }
        case
    };
    Ok(numbered(elements.iter().map(one).collect(), "id"))
}

/// The dispute's own status is the newer word; without one the list's counts.
fn in_queue(case: &mut Case, queue: &Raw) {
    if case.queue.is_empty() {
        case.queue = queue.clone();
        case.stage = stage(queue.exact());
        case.silent.speak_of(Part::Queue);
        if has_ended(case.stage) {
            case.deadline = None;
        }
    } else if case.queue != *queue {
        let own = start(case.queue.exact());
        case.unread.push(format!("listed as {}, but its status is {own}", queue.exact()).into());
    }
}

fn case(top: &Object<'_>, settings: &Settings) -> Case {
    let mut case = Case::bare(CaseId { profile: settings.profile.clone(), number: top.text("id") });
    for (part, member) in PARTS {
        if !top.has(member) {
            case.silent.leave_out(*part);
        }
    }
    if has_ended(stage(top.text("status").exact())) {
        case.silent.speak_of(Part::Deadline);
    }
    NEVER_TOLD.iter().for_each(|part| case.silent.leave_out(*part));
    case.group = top.text("transactionId");
    case.status = top.text("status");
    case.queue = case.status.clone();
    case.stage = stage(case.status.exact());
    case.arn = top.text("acquirerReferenceNumber");
    case.reason = top.text("reasonCode");
    let has_currency = top.piece("currency").is_some();
    let currency = top.currency("currency");
    if has_currency && currency.is_none() {
        top.complain("amount", "its currency is unknown");
    } else {
        case.amount = top.money("amount", currency, In::Major);
    }
    case.opened = top.moment("createdTime");
    case.updated = top.moment("updatedTime");
    // What has ended is not waited for any more.
    let ended = has_ended(case.stage);
    case.deadline =
        top.moment("deadlineTime").filter(|_| !ended).map(|at| Deadline { at, whose: Whose::Merchant });
    case.revision = top.text("revision");
    case.history = history(top);
    case.unread = top.unread();
    case.raw = top.raw();
    case
}

/// Forfeited counts as lost.
fn has_ended(stage: Stage) -> bool {
    matches!(stage, Stage::Won | Stage::Lost)
}

/// What the dispute tells of its own past.
fn history(top: &Object<'_>) -> Vec<Happening> {
    let (kind, category) = (top.text("type"), top.text("category"));
    let described = top.text("reasonDescription");
    let source = top.text("source");
    let posted: Vec<_> = [&kind, &category, &described].into_iter().map(Raw::exact).collect();
    let posted: Vec<_> = posted.into_iter().filter(|words| !words.is_empty()).collect();
    let mut history = Vec::new();
    if let Some(at) = top.moment("postedTime") {
        let what = format!("posted: {}", posted.join(", ")).into();
        history.push(Happening { at: Some(at), who: source, what });
    }
    if let Some(at) = top.moment("resolvedTime") {
        let what = format!("resolved: {}", top.text("status").exact()).into();
        history.push(Happening { at: Some(at), who: Raw::default(), what });
    }
    history
}
