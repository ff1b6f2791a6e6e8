//! Nets Dispute Case Management: what to ask, and how an answer and a fault read. Pure: it never sees a socket, a clock
//! or the screen.
//!
//! The public text names five functions and seven queues and no response member at all, so everything inferred stands
//! in [`table`], reading is tolerant (a case is never lost over a member), and questions are exact.

mod actions;
mod ask;
mod envelope;
mod landed;
mod names;
mod paper;
mod refusal;
pub mod sandbox;
pub mod table;
mod values;
mod whole;
mod wire;

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::{
    Access, Addresses, Found, Given, Header, Landed, Lists, Manifest, Provider, QueueFacts, Sent, Want, json,
    numbering::{is_made_up, numbered},
    page, value,
};
use crate::{
    action::Action,
    case::{Case, Fault, FaultKind, Part, Settings, Stage},
    http::{Request, Response, Shown},
    text::Raw,
};

pub struct Nets;

/// The queues of the API's own text, which calls them examples: the set may be open. What each means for the analyst
/// is inferred from its name.
const NETS_QUEUES: &[QueueFacts] = &[
    QueueFacts { id: "1000", name: "1st Line Issuer", stage: Stage::WithUs },
    QueueFacts { id: "2000", name: "1st Line NETS", stage: Stage::WithThem },
    QueueFacts { id: "3000", name: "Case Handling Not Possible", stage: Stage::NeedsAnswer },
    QueueFacts { id: "4000", name: "Closed Supercase", stage: Stage::WithUs },
    QueueFacts { id: "5000", name: "Awaiting Issuer Feedback", stage: Stage::NeedsAnswer },
    QueueFacts { id: "6000", name: "Awaiting Dispute Submission", stage: Stage::WithUs },
    QueueFacts { id: "7000", name: "Issuer Disputes", stage: Stage::WithThem },
];

/// The addresses are those of the API's own pages.
static MANIFEST: Manifest = Manifest {
    id: "nets",
    title: "Nets Dispute Case Management",
    test: Addresses {
        base: "https://api-gateway2.nets.eu/dispute-casemanagement-pp/v1",
        token: "https://api-gateway-pp.nets.eu/token",
    },
    live: Addresses {
        base: "https://api-gateway2.nets.eu/dispute-casemanagement/v1",
        token: "https://api-gateway.nets.eu/token",
    },
    access: &[
        Access::OAuth { scope: "", shown: Shown::Header },
        Access::Headers {
            auth: "api-key",
            headers: &[Header { name: "authorization", before: "", value: Given::Secret("api-key") }],
        },
    ],
    lists: Lists::Queues,
    per_minute: None,
    queues: NETS_QUEUES,
    seals_cards: true,
};

impl Provider for Nets {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        actions::ACTIONS
    }

    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault> {
        ask::ask(want, settings)
    }

    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault> {
        let read = match want {
            _ if let Some(why) = whole::is_part(answer) => Err(why.to_owned()),
            Want::Document(id) => paper::read(id, answer, settings).map(Found::Document),
            _ => cases(answer, settings).and_then(|cases| fitting(want, cases)).map(Found::Cases),
        };
        let found = read.map_err(|why| unreadable(answer, why))?;
        match (want, &found) {
            (Want::Number(number), Found::Cases(cases)) if cases.is_empty() => {
                Err(Fault { status: Some(answer.status), ..Fault::new(FaultKind::NotThere, number.clone()) })
            }
            _ => Ok(found),
        }
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::refusal(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_own(answer)
    }

    fn look(&self, sent: &Sent<'_>, settings: &Settings) -> Option<Want> {
        landed::look(sent, settings)
    }

    fn landed(&self, sent: &Sent<'_>, found: &Found, settings: &Settings) -> Landed {
        landed::landed(sent, found, settings)
    }

    fn check(&self, settings: &Settings) -> Vec<String> {
        table::check(settings)
    }
}

fn unreadable(answer: &Response, why: String) -> Fault {
    Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, why) }
}

/// All cases of an answer, in its order.
fn cases(answer: &Response, settings: &Settings) -> Result<Vec<Case>, String> {
    // 204 is a statement ("nothing to tell"); an empty 200 is what a broken proxy sends.
    if answer.status == 204 && answer.body.is_empty() {
        return Ok(Vec::new());
    }
    let (text, damaged) = decoded(&answer.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("the answer is empty".into());
    }
    if page::is_html(text) {
        return Err(page::page(text));
    }
    if json::depth(text) > json::DEPTH {
        return Err(format!("the answer nests deeper than {} levels", json::DEPTH));
    }
    let top: &RawValue = serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    let elements = envelope::Envelope::new(settings).elements(top)?;
    let wire = wire::Wire::new(settings);
    let mut cases: Vec<_> = elements.into_iter().map(|element| wire.case(element)).collect();
    if damaged {
        cases.iter_mut().for_each(tell_damage);
    }
    Ok(numbered(cases, "number"))
}

/// The text, and whether bytes that are not UTF-8 had to be replaced.
fn decoded(body: &[u8]) -> (Cow<'_, str>, bool) {
    let text = String::from_utf8_lossy(body);
    let damaged = matches!(text, Cow::Owned(_));
    (text, damaged)
}

fn tell_damage(case: &mut Case) {
    if case.raw.exact().contains('\u{fffd}') {
        case.unread.push("bytes that are not UTF-8 were replaced by U+FFFD".into());
        if case.id.number.exact().contains('\u{fffd}') {
            case.id.number = Raw::default();
        }
    }
}

/// The answer must fit the question: an answer to another question is refused whole.
fn fitting(want: &Want, mut cases: Vec<Case>) -> Result<Vec<Case>, String> {
    match want {
        Want::Number(number) => match cases.iter().find(|case| case.id.number != *number) {
            Some(other) if is_made_up(&other.id.number) => {
                Err(format!("asked for case {}, got a case without a clear number", number.exact()))
            }
            Some(other) => Err(mismatch("case", number, &other.id.number)),
            None => Ok(cases),
        },
        Want::Group(group) => match cases.iter().find(|case| !case.group.is_empty() && case.group != *group) {
            Some(other) => Err(mismatch("group", group, &other.group)),
            None => Ok(cases),
        },
        Want::Queue(queue) => {
            let names_another = |case: &Case| is_queue_id(&case.queue) && case.queue != *queue;
            match cases.iter().find(|case| is_queue_id(&case.queue)) {
                Some(first) if cases.iter().filter(|case| is_queue_id(&case.queue)).all(names_another) => {
                    Err(mismatch("queue", queue, &first.queue))
                }
                _ => {
                    cases.iter_mut().for_each(|case| listed_in(queue, case));
                    Ok(cases)
                }
            }
        }
        Want::Card(_) | Want::Document(_) | Want::Papers(_) | Want::Further { .. } => Ok(cases),
    }
}

/// Names of queues are not compared: only ids are certain to mean the same.
fn is_queue_id(queue: &Raw) -> bool {
    !queue.is_empty() && queue.exact().bytes().all(|byte| byte.is_ascii_digit())
}

/// The queue that lists a case is the one it is in, whatever the case itself says.
fn listed_in(queue: &Raw, case: &mut Case) {
    if is_queue_id(&case.queue) && case.queue != *queue {
        let says = format!("listed in queue {}, but names queue {}", queue.exact(), case.queue.exact());
        case.unread.push(says.into());
    }
    case.queue = queue.clone();
    case.silent.speak_of(Part::Queue);
    case.stage = wire::stage(queue);
}

fn mismatch(what: &str, asked: &Raw, got: &Raw) -> String {
    format!("asked for {what} {}, got {what} {}", asked.exact(), value::start(got.exact()))
}
