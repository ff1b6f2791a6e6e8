//! What an answer that is not a success says, in Casap's words: a plain text or `{"error"}` in the API of 2023, a
//! google.rpc.Status in the current one. Complaints about members are put under the fields that they name.

use serde_json::Value;

use super::{current, older};
use crate::{
    action::{Field, rows::field_at},
    case::Fault,
    http::Response,
    provider::{
        json::{DEPTH, depth},
        object::{Object, parse},
        page::{is_html, page},
        value::{MOST_COMPLAINTS, sentence as sentence_of, start},
    },
    text::Raw,
};

/// Headers in which gateways name the conversation.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "x-correlation-id", "request-id", "cf-ray"];

/// The longest text that is taken for a sentence of the API and not for a page of something else.
const SENTENCE: usize = 500;

/// The codes of google.rpc.Status (google/rpc/code.proto).
const CODES: &[(&str, &str)] = &[
    ("1", "cancelled"),
    ("2", "unknown error"),
    ("3", "invalid argument"),
    ("4", "deadline exceeded"),
    ("5", "not found"),
    ("6", "already exists"),
    ("7", "permission denied"),
    ("8", "resource exhausted"),
    ("9", "failed precondition"),
    ("10", "aborted"),
    ("11", "out of range"),
    ("12", "unimplemented"),
    ("13", "internal error"),
    ("14", "unavailable"),
    ("15", "data loss"),
    ("16", "unauthenticated"),
];

// ---- the API of 2023

pub fn older(answer: &Response) -> Fault {
    let says = sentence(answer);
    let members = named_in(&says, older::FIELDS);
    let says = match answer.header("x-ratelimit-limit") {
        Some(limit) if answer.status == 429 => format!("{says} (at most {} requests a minute)", start(limit)),
        _ => says,
    };
    finished(Fault { members, ..Fault::of_status(answer.status, says) }, answer)
}

/// Whether Casap itself said this: `{"error"}` or `{"message"}` whatever the status; a bare sentence with the statuses
/// for which the API's text has sentences, where nothing calls it a page.
pub fn is_older(answer: &Response) -> bool {
    let Some(text) = body(answer) else { return false };
    if answer.header("content-type").is_some_and(|media| media.to_ascii_lowercase().contains("html")) {
        return false;
    }
    match json(text) {
        Some(Value::Object(members)) => {
            ["error", "message"].iter().any(|name| members.get(*name).is_some_and(says_something))
        }
        Some(Value::String(text)) => is_documented(answer.status) && is_sentence(&text),
        Some(_) => false,
        None => is_documented(answer.status) && is_sentence(text) && !text.starts_with(['{', '[', '"']),
    }
}

fn is_documented(status: u16) -> bool {
    matches!(status, 400 | 401 | 429 | 500)
}

fn is_sentence(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().count() <= SENTENCE && !text.contains('<')
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.trim().is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => false,
    }
}

/// The words of a body in any of its forms.
fn sentence(answer: &Response) -> String {
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_html(text) {
        return page(text);
    }
    let said = json(text).and_then(|value| said(&value));
    sentence_of(said.as_deref().unwrap_or(text))
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Object(members) => {
            ["error", "message", "detail", "title"].iter().find_map(|name| said(members.get(*name)?))
        }
        _ => None,
    }
}

/// The fields that a sentence names by their address ("v1.customerInfo.email"), each with its clause.
fn named_in(says: &str, fields: &[Field]) -> Vec<(Raw, Raw)> {
    let clauses = says.split(';').map(str::trim);
    let named = clauses.filter_map(|clause| {
        let mut words = clause.split(|letter: char| letter.is_whitespace() || "\"',:()`".contains(letter));
        let word = |word: &str| field_of(word.trim_end_matches('.'), fields);
        // A bare name may be a word of the sentence.
        let address = words
            .find_map(|one| word(one).filter(|address| one.starts_with("v1.") || address.contains('.')))?;
        Some((address.into(), clause.into()))
    });
    named.take(MOST_COMPLAINTS).collect()
}

/// The field that a member's path means, or that it lies in: "v1.transactionDetails[0].merchant" is the field
/// "transactionDetails.0.merchant".
fn field_of(path: &str, fields: &[Field]) -> Option<String> {
    let path = path.trim_start_matches("$.");
    let path = path.strip_prefix("v1.").unwrap_or(path).replace('[', ".").replace(']', "");
    let mut address = path.split('.').map(camel).collect::<Vec<_>>().join(".");
    while field_at(fields, &address).is_none() {
        address.truncate(address.rfind('.')?);
    }
    Some(address)
}

/// "amount_in_cents" is "amountInCents".
fn camel(name: &str) -> String {
    let mut parts = name.split('_').filter(|part| !part.is_empty());
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

// ---- the current API

pub fn current(answer: &Response) -> Fault {
    let parsed = parse(answer);
    let status = parsed.as_ref().ok().and_then(|parsed| parsed.object().ok());
    let fault = match status.filter(is_status) {
        Some(status) => {
            let code = status.text("code");
            let known = CODES.iter().find(|(number, _)| *number == code.exact());
            let code = known.map_or(format!("code {}", start(code.exact())), |(_, words)| (*words).to_owned());
            let message = sentence_of(status.text("message").exact().trim());
            let says = if message.is_empty() { code } else { format!("{message} ({code})") };
            let members = violations(&status);
            Fault { members, ..Fault::of_status(answer.status, says) }
        }
        None => Fault::of_status(answer.status, sentence(answer)),
    };
    finished(fault, answer)
}

/// Whether Casap's gateway said this: JSON in the form of google.rpc.Status, with one of its codes. Other gateways put the
/// HTTP status there.
pub fn is_current(answer: &Response) -> bool {
    let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let Ok(parsed) = parse(answer) else { return false };
    let Ok(status) = parsed.object() else { return false };
    let code = status.text("code");
    media.contains("json") && is_status(&status) && CODES.iter().any(|(known, _)| *known == code.exact())
}

/// A code and a message or details. A message may be empty, and what is empty may be left out on the wire.
fn is_status(status: &Object<'_>) -> bool {
    status.digits("code").is_some() && (status.has("message") || status.has("details"))
}

/// The field violations of a google.rpc.BadRequest among the details.
fn violations(status: &Object<'_>) -> Vec<(Raw, Raw)> {
    let details = status.objects("details");
    let violations = details.iter().flat_map(|detail| {
        let name = if detail.has("fieldViolations") { "fieldViolations" } else { "field_violations" };
        detail.objects(name)
    });
    violations
        .take(MOST_COMPLAINTS)
        .map(|violation| {
            let (path, words) = (violation.text("field"), violation.text("description"));
            let path = Raw::from(start(path.exact()));
            let field = current::ACTIONS.iter().find_map(|action| field_of(path.exact(), action.fields));
            // The parts of a file are no fields of their own.
            let file = current::FILE_PARTS
                .contains(&camel(path.exact()).as_str())
                .then(|| current::FILE.name.to_owned());
            (field.or(file).map_or(path, Raw::from), sentence_of(words.exact()).into())
        })
        .collect()
}

// ---- both

fn finished(mut fault: Fault, answer: &Response) -> Fault {
    let id = REQUEST_IDS.iter().find_map(|name| answer.header(name));
    fault.request_id = start(id.unwrap_or_default()).into();
    fault
}

fn body(answer: &Response) -> Option<&str> {
    let text = std::str::from_utf8(&answer.body).ok()?.trim_start_matches('\u{feff}').trim();
    (!text.is_empty() && !is_html(text)).then_some(text)
}

fn json(text: &str) -> Option<Value> {
    (depth(text) <= DEPTH).then(|| serde_json::from_str(text).ok()).flatten()
}
