//! Whether a write arrived, read from the dispute itself: it is there when the dispute changed since and is now as the
//! write has it. Where somebody else changed it meanwhile a person looks.

use serde_json::{Map, Value};

use super::actions::{MEMBERS, TRANSACTION};
use crate::{
    action::{Frozen, Method, Step},
    case::{Case, Moment, moment::MINUTE},
    http::Response,
    provider::{Doubt, Found, Landed, Sent, Want, numbering::is_made_up, object::parse, value::start},
    text::{Raw, beginning},
};

/// How far the provider's clock may be behind ours.
const SLACK: i64 = 2 * MINUTE;

/// By the request that left, whatever the profile says today.
pub fn look(sent: &Sent<'_>) -> Option<Want> {
    match sent.action.id {
        "attach" => None,
        "create" if sent.frozen.method == Method::Post => {
            Some(Want::Group(body(sent)?.get(TRANSACTION)?.as_str()?.into()))
        }
        "create" => Some(Want::Number(chosen_id(sent.frozen).into())),
        _ => Some(Want::Number(sent.entry.case()?.number.clone())),
    }
}

pub fn landed(sent: &Sent<'_>, found: &Found) -> Landed {
    let Found::Cases(cases) = found else {
        return Landed::Unsure("the answer is a document and no dispute".into());
    };
    let Some(wanted) = body(sent) else { return Landed::Unsure("what was sent cannot be read here".into()) };
    match (sent.action.makes_a_case(), sent.frozen.method) {
        (true, Method::Put) => chosen(sent, cases),
        (true, Method::Post) => created(sent, cases, &wanted),
        (false, _) => {
            let number = sent.entry.case().map(|case| &case.number);
            match cases.iter().find(|case| Some(&case.id.number) == number) {
                Some(case) => updated(sent, case, &wanted),
                None => Landed::Unsure("the dispute is not in the answer".into()),
            }
        }
    }
}

fn body(sent: &Sent<'_>) -> Option<Map<String, Value>> {
    serde_json::from_slice(&sent.frozen.body).ok()
}

/// A dispute that was put under an id of ours is answered under that id: another one is not ours.
pub fn doubt(step: &Step, sent: &Frozen, answer: &Response) -> Option<Doubt> {
    if step.id != "create" || sent.method != Method::Put {
        return None;
    }
    let told = parse(answer).ok()?;
    let id = told.object().ok()?.text("id");
    let named = start(id.exact());
    let says = format!("the answer names dispute {named}, and not the id that was chosen here");
    (id.exact() != chosen_id(sent)).then(|| Doubt::Unclear(says.into()))
}

fn chosen_id(sent: &Frozen) -> &str {
    sent.path.rsplit('/').next().unwrap_or_default()
}

/// Nobody else makes a dispute with an id of ours.
fn chosen(sent: &Sent<'_>, cases: &[Case]) -> Landed {
    let id = chosen_id(sent.frozen);
    match cases.iter().find(|case| case.id.number.exact() == id) {
        Some(case) => Landed::Yes {
            remote: case.id.number.clone(),
            says: "the dispute with the id that was chosen here is there".into(),
        },
        None => Landed::No("no dispute has the id that was chosen here".into()),
    }
}

/// Among the disputes of the transaction one that was made since and says the same.
fn created(sent: &Sent<'_>, cases: &[Case], wanted: &Map<String, Value>) -> Landed {
    let alike: Vec<_> = cases.iter().filter(|case| differs(wanted, case).is_empty()).collect();
    let since = |case: &&&Case| is_since(case.opened, sent.first_send);
    match alike.iter().filter(since).collect::<Vec<_>>()[..] {
        [case] if !is_made_up(&case.id.number) => Landed::Yes {
            remote: case.id.number.clone(),
            says: "a dispute of this transaction says the same, and was made since".into(),
        },
        [] if alike.iter().all(|case| case.opened.is_some()) => {
            Landed::No(format!("none of the transaction's {} disputes is this one", cases.len()).into())
        }
        [] => Landed::Unsure("a dispute that says the same does not tell when it was made".into()),
        [_] => Landed::Unsure("the dispute that says the same came without an id of its own".into()),
        _ => Landed::Unsure("several disputes of this transaction say the same and were made since".into()),
    }
}

fn updated(sent: &Sent<'_>, case: &Case, wanted: &Map<String, Value>) -> Landed {
    let base = sent.entry.draft.base.as_deref();
    let differs = differs(wanted, case);
    let moved = base.map(|base| base.revision != case.revision);
    let revisions = base.map_or(String::new(), |base| {
        let shown = |text: &Raw| if text.is_empty() { "none".into() } else { beginning(text.exact(), 20) };
        format!("revision {} to {}", shown(&base.revision), shown(&case.revision))
    });
    match (moved, differs.is_empty()) {
        (Some(true), true) if is_since(case.updated, sent.first_send) => Landed::Yes {
            remote: case.id.number.clone(),
            says: format!("the dispute is as this write has it, and changed since ({revisions})").into(),
        },
        (Some(false), _) => Landed::No("the dispute is as it was".into()),
        (_, true) => {
            Landed::Unsure("the dispute is as this write has it, which somebody else may have done".into())
        }
        (_, false) => Landed::Unsure(
            format!("the dispute changed ({revisions}), and is another in {}", differs.join(", ")).into(),
        ),
    }
}

fn is_since(at: Option<Moment>, first_send: Moment) -> bool {
    at.is_some_and(|at| at >= first_send.plus(-SLACK))
}

/// The members that a dispute has otherwise than they were sent.
fn differs(wanted: &Map<String, Value>, case: &Case) -> Vec<&'static str> {
    let now: Map<String, Value> = serde_json::from_str(case.raw.exact()).unwrap_or_default();
    let names = MEMBERS.iter().map(|(name, _)| *name);
    names.filter(|name| !is_same(wanted.get(*name), now.get(*name))).collect()
}

/// What is not there and what is null are the same; so are 12.5 and 12.50, and one moment in two ways to write it.
fn is_same(one: Option<&Value>, other: Option<&Value>) -> bool {
    match (one.unwrap_or(&Value::Null), other.unwrap_or(&Value::Null)) {
        (Value::Number(one), Value::Number(other)) => plain(&one.to_string()) == plain(&other.to_string()),
        (Value::String(one), Value::String(other)) => {
            let moments = || Some((Moment::parse(one)?, Moment::parse(other)?));
            one == other || moments().is_some_and(|(one, other)| one.0 / 1000 == other.0 / 1000)
        }
        (one, other) => one == other,
    }
}

/// A decimal number without zeros that say nothing.
fn plain(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}
