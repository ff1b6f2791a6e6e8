//! Whether a write arrived, read from the dispute: by words that only this write can have put there, or by where the
//! dispute went. In doubt the same write is sent again under its key, which is harmless; or a person looks.

use serde_json::Value;

use super::status::has_reason;
use crate::{
    action::Subject,
    case::{Case, moment::MINUTE},
    provider::{Found, Landed, Sent, Want},
    text::Raw,
};

/// How far the provider's clock may be behind ours.
const SLACK: i64 = 2 * MINUTE;

/// There is no question by which a new dispute could be found.
pub fn look(sent: &Sent<'_>) -> Option<Want> {
    match sent.action.subject {
        Subject::Case => Some(Want::Number(sent.entry.case()?.number.clone())),
        Subject::New { .. } => None,
    }
}

pub fn landed(sent: &Sent<'_>, found: &Found) -> Landed {
    let number = sent.entry.case().map(|case| &case.number);
    let case = match found {
        Found::Cases(cases) => cases.iter().find(|case| Some(&case.id.number) == number),
        _ => None,
    };
    let Some(case) = case else { return Landed::Unsure("the dispute is not in the answer".into()) };
    let Some(base) = sent.entry.draft.base.as_deref() else {
        return Landed::Unsure("how the dispute stood before is not known".into());
    };
    if let Some(says) = mark(sent, base, case) {
        return Landed::Yes { remote: case.id.number.clone(), says: says.into() };
    }
    if case.status == base.status
        && case.updated == base.updated
        && case.documents.len() == base.documents.len()
    {
        return Landed::No("the dispute is as it was".into());
    }
    Landed::Unsure(
        format!(
            "the dispute has moved ({} to {}), which this or somebody else may have done",
            shown(&base.status),
            shown(&case.status)
        )
        .into(),
    )
}

/// What only this write left in the dispute.
fn mark(sent: &Sent<'_>, base: &Case, case: &Case) -> Option<&'static str> {
    let since = case.updated.is_none_or(|at| at >= sent.first_send.plus(-SLACK));
    let new = |words: &str, at: &[&str]| {
        let has = |case: &Case| at.iter().any(|at| text(case, at).is_some_and(|text| is_same(&text, words)));
        !words.trim().is_empty() && since && has(case) && !has(base)
    };
    let entered = |field: &str| sent.entry.draft.values.text(field);
    match sent.action.id {
        "amend" if new(entered("action_response"), &["/action_details/last_action_response"]) => {
            Some("the dispute has the answer of this amendment")
        }
        "escalate"
            if new(
                entered("justification"),
                &["/pre_arbitration/justification", "/arbitration/justification"],
            ) =>
        {
            Some("the dispute has the justification of this escalation")
        }
        "cancel" if since && is_reversed(case) && !is_reversed(base) => {
            Some("the dispute is being canceled, or is, since then")
        }
        _ => None,
    }
}

fn is_reversed(case: &Case) -> bool {
    ["chargeback_reversal_pending", "chargeback_reversed"].iter().any(|reason| has_reason(case, reason))
}

fn text(case: &Case, at: &str) -> Option<String> {
    let told: Value = serde_json::from_str(case.raw.exact()).ok()?;
    told.pointer(at)?.as_str().map(str::to_owned)
}

/// Line ends and blanks around may have changed on the way.
fn is_same(one: &str, other: &str) -> bool {
    one.trim().lines().map(str::trim_end).eq(other.trim().lines().map(str::trim_end))
}

fn shown(text: &Raw) -> &str {
    if text.is_empty() { "no status" } else { text.exact() }
}
