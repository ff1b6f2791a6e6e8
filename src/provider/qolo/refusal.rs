//! What an answer that is not a success says. The API's text gives statuses and no bodies, so whatever a body says is shown,
//! in the forms that such APIs have.

use serde_json::value::RawValue;

use crate::{
    case::Fault,
    http::Response,
    provider::{
        json::{self, Kind, kind},
        object::{Object, parse},
        page::{is_html, page},
        value::{MOST_COMPLAINTS, sentence, start},
    },
    text::Raw,
};

/// The statuses of the API's text, with its words.
const DOCUMENTED: &[(u16, &str)] =
    &[(400, "Bad request"), (401, "Unauthorized"), (404, NO_ACCOUNT), (500, "Server Error")];
const NO_ACCOUNT: &str = "Account not found";

/// Headers and members in which a conversation is named.
const REQUEST_IDS: &[&str] = &["x-request-id", "x-correlation-id", "request-id", "x-trace-id"];
const TRACES: &[&str] = &["traceId", "trace_id", "request_id", "requestId", "correlation_id", "correlationId"];

/// Members that say what went wrong, and those that name it in a code.
const SAY: &[&str] = &[
    "message",
    "error_message",
    "errorMessage",
    "detail",
    "description",
    "error_description",
    "title",
    "error",
];
const CODES: &[&str] = &["code", "error_code", "errorCode", "status_code", "response_code"];

pub fn refusal(answer: &Response) -> Fault {
    let words = words(&answer.body);
    let says = match documented(answer.status) {
        Some(known) if words.says.is_empty() && words.members.is_empty() => known.to_owned(),
        _ => words.says,
    };
    let id = REQUEST_IDS.iter().find_map(|name| answer.header(name)).map(start);
    Fault {
        members: words.members,
        request_id: id.unwrap_or(words.trace).into(),
        ..Fault::of_status(answer.status, says)
    }
}

fn documented(status: u16) -> Option<&'static str> {
    DOCUMENTED.iter().find(|(known, _)| *known == status).map(|(_, words)| *words)
}

/// Whether Qolo said this: a JSON object that says in words what went wrong, the words of the API's text for this status,
/// or nothing at all, as that text shows no body. A status of its own fault (500) without JSON is nobody's word.
pub fn is_own(answer: &Response) -> bool {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return matches!(answer.status, 400 | 401 | 404);
    }
    let known = documented(answer.status).filter(|_| answer.status < 500);
    if known.is_some_and(|words| text.trim_matches('"').eq_ignore_ascii_case(words)) {
        return true;
    }
    let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let is_utf8 = std::str::from_utf8(&answer.body).is_ok();
    let Ok(parsed) = parse(answer) else { return false };
    let Ok(top) = parsed.object() else { return false };
    let words = words(&answer.body);
    let speaks = SAY.iter().chain(&["errors"]).any(|name| top.piece(name).is_some_and(says_words));
    media.contains("json") && is_utf8 && speaks && !(words.says.is_empty() && words.members.is_empty())
}

fn says_words(piece: &RawValue) -> bool {
    match kind(piece) {
        Kind::Text(text) => !text.trim().is_empty(),
        Kind::Object => !json::members(piece).is_empty(),
        Kind::Array => !json::elements(piece).is_empty(),
        _ => false,
    }
}

#[derive(Default)]
struct Words {
    says: String,
    members: Vec<(Raw, Raw)>,
    trace: String,
}

fn words(body: &[u8]) -> Words {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_html(text) {
        return Words { says: page(text), ..Words::default() };
    }
    let piece =
        (json::depth(text) <= json::DEPTH).then(|| serde_json::from_str::<&RawValue>(text).ok()).flatten();
    match piece {
        Some(piece) if kind(piece) == Kind::Object => object(piece),
        Some(piece) => Words { says: said(piece).unwrap_or_else(|| start(text)), ..Words::default() },
        None => Words { says: start(text), ..Words::default() },
    }
}

fn object(piece: &RawValue) -> Words {
    let top = Object::of(piece);
    let mut words = Words::default();
    let mut parts: Vec<String> = Vec::new();
    for name in SAY {
        match top.piece(name) {
            Some(inner) if kind(inner) == Kind::Object => {
                let inner = object(inner);
                parts.extend(Some(inner.says).filter(|says| !says.is_empty()));
                words.members.extend(inner.members);
            }
            Some(inner) => parts.extend(said(inner)),
            None => {}
        }
    }
    parts.extend(top.first(CODES.iter().copied()).and_then(|(_, piece)| said(piece)));
    if let Some(errors) = top.piece("errors") {
        complaints(errors, &mut words.members, &mut parts);
    }
    let mut told: Vec<String> = Vec::new();
    words.members.truncate(MOST_COMPLAINTS);
    parts.into_iter().take(MOST_COMPLAINTS).for_each(|part| {
        if !told.contains(&part) {
            told.push(part);
        }
    });
    if told.is_empty() && words.members.is_empty() && !json::members(piece).is_empty() {
        told.push(start(piece.get()));
    }
    words.says = sentence(&told.join(": "));
    words.trace = TRACES
        .iter()
        .map(|name| top.text(name))
        .find(|id| !id.is_empty())
        .map_or(String::new(), |id| start(id.exact()));
    words
}

/// `{"dispute.notes": ["Too long."]}`, `[{"field": "notes", "message": "Too long."}]` or `["Too long."]`.
fn complaints(errors: &RawValue, members: &mut Vec<(Raw, Raw)>, parts: &mut Vec<String>) {
    match kind(errors) {
        Kind::Object => {
            for (member, piece) in json::members(errors).into_iter().take(MOST_COMPLAINTS) {
                let texts = if kind(piece) == Kind::Array { json::elements(piece) } else { vec![piece] };
                let texts = texts.into_iter().take(MOST_COMPLAINTS).filter_map(said);
                members.extend(texts.map(|text| (address(&member).into(), text.into())));
            }
        }
        Kind::Array => {
            for piece in json::elements(errors).into_iter().take(MOST_COMPLAINTS) {
                let one = Object::of(piece);
                let named = ["field", "property", "propertyName", "path", "name", "pointer"];
                let member = named.iter().map(|name| one.text(name)).find(|member| !member.is_empty());
                let says = SAY.iter().filter_map(|name| said(one.piece(name)?)).next();
                match (kind(piece), member, says) {
                    (Kind::Object, Some(member), Some(says)) => {
                        members.push((address(member.exact()).into(), says.into()));
                    }
                    (Kind::Object, None, Some(says)) => parts.push(says),
                    _ => parts.extend(said(piece)),
                }
            }
        }
        _ => parts.extend(said(errors)),
    }
}

/// A member as the form has it, however it was written: "$.Dispute.TransactionDetails[0].Amount" and
/// "/dispute/transaction_details/0/amount" are "dispute.transaction_details.0.amount".
fn address(member: &str) -> String {
    let plain = start(member).replace(['[', '/'], ".").replace(']', "");
    let parts = plain.split('.').filter(|part| !part.is_empty() && *part != "$");
    parts.map(snake).collect::<Vec<_>>().join(".")
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// A text or a number, shortened.
fn said(piece: &RawValue) -> Option<String> {
    match kind(piece) {
        Kind::Text(text) if !text.trim().is_empty() => Some(sentence(text.trim())),
        Kind::Number(digits) => Some(start(digits)),
        _ => None,
    }
}
