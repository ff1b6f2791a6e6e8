//! What an answer that is not a success says, in the provider's own words; a page of HTML in its title.

use serde_json::value::RawValue;

use crate::{
    case::Fault,
    http::Response,
    provider::{
        json::{self, Kind, kind},
        page::{is_html, page},
        value::start,
    },
    text::{Raw, beginning},
};

/// Headers in which gateways name the conversation.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "x-correlation-id", "activityid", "request-id"];

pub fn refusal(answer: &Response) -> Fault {
    let (says, members) = words(&answer.body);
    let mut fault = Fault { members, ..Fault::of_status(answer.status, says) };
    let id = REQUEST_IDS.iter().find_map(|name| answer.header(name));
    fault.request_id = start(id.unwrap_or_default()).into();
    fault
}

/// Whether Nets or its gateway said this: JSON in one of the forms that [`words`] reads, or a 401 without a word, as the
/// sister API has it, or with an `error`, as OAuth has it (RFC 6749, 5.2). The forms are inferred; whatever is not one of them is taken for somebody else's.
pub fn is_own(answer: &Response) -> bool {
    if answer.body.is_empty() {
        return answer.status == 401;
    }
    let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let Ok(text) = std::str::from_utf8(&answer.body) else { return false };
    let text = text.trim_start_matches('\u{feff}').trim();
    if !media.contains("json") || json::depth(text) > json::DEPTH {
        return false;
    }
    let Ok(piece) = serde_json::from_str::<&RawValue>(text) else { return false };
    let top = json::members(piece);
    let named = |name: &str| top.iter().find(|(key, _)| key == name).map(|(_, piece)| *piece);
    let is_object = |piece: &RawValue| kind(piece) == Kind::Object && !json::members(piece).is_empty();
    let is_text = |piece: &RawValue| matches!(kind(piece), Kind::Text(text) if !text.trim().is_empty());
    named("errors").is_some_and(is_object)
        || named("fault").is_some_and(is_object)
        || named("message").is_some_and(is_text)
        || !complaints(piece).is_empty()
        || (answer.status == 401 && named("error").is_some_and(is_text))
}

/// The words of a body and its complaints about members. The forms are those of the sister API
/// (`{"errors": {member: [text]}}`, the bare map, `{code, message}`) and of the gateway (`{"fault": {…}}`), inferred.
pub fn words(body: &[u8]) -> (Raw, Vec<(Raw, Raw)>) {
    let text = String::from_utf8_lossy(body);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_html(text) {
        return (page(text).into(), Vec::new());
    }
    let piece =
        (json::depth(text) <= json::DEPTH).then(|| serde_json::from_str::<&RawValue>(text).ok()).flatten();
    match piece {
        Some(piece) if kind(piece) == Kind::Object => object(piece),
        Some(piece) => (said(piece).unwrap_or_else(|| start(text)).into(), Vec::new()),
        None => (start(text).into(), Vec::new()),
    }
}

/// Our words and a piece's own, its complaints about members included: "errors: backend timeout".
pub fn spoken(ours: &str, piece: &RawValue) -> String {
    let (says, members) = words(piece.get().as_bytes());
    let mut parts = vec![says.exact().to_owned()];
    parts.extend(members.iter().map(|(member, words)| format!("{}: {}", member.exact(), words.exact())));
    parts.retain(|part| !part.is_empty());
    format!("{ours}: {}", parts.join("; "))
}

fn object(piece: &RawValue) -> (Raw, Vec<(Raw, Raw)>) {
    let top = json::members(piece);
    let named = |name: &str| top.iter().find(|(key, _)| key == name).map(|(_, piece)| *piece);
    let members = match named("errors") {
        Some(errors) if kind(errors) == Kind::Object => complaints(errors),
        Some(_) => Vec::new(),
        None => complaints(piece),
    };
    if let Some(fault) = named("fault").filter(|fault| kind(fault) == Kind::Object) {
        return (object(fault).0, Vec::new());
    }
    const SAY: [&str; 8] =
        ["message", "description", "detail", "error_description", "error", "title", "errors", "code"];
    let mut parts: Vec<String> = Vec::new();
    for said in SAY.iter().filter_map(|name| said(named(name)?)) {
        // The code alone is worth showing only where nothing else was said; two texts are worth showing both.
        if parts.len() < 2 && !parts.contains(&said) {
            parts.push(said);
        }
    }
    match parts.is_empty() && members.is_empty() {
        true => (start(piece.get()).into(), members),
        false => (parts.join(": ").into(), members),
    }
}

/// Members whose value is a list of texts, as validation errors come.
fn complaints(errors: &RawValue) -> Vec<(Raw, Raw)> {
    let lists = json::members(errors).into_iter().filter(|(_, list)| kind(list) == Kind::Array);
    let mut complaints = Vec::new();
    for (member, list) in lists {
        for text in json::elements(list).into_iter().filter_map(said) {
            complaints.push((start(&member).into(), text.into()));
        }
    }
    complaints
}

/// A text or a number, shortened; the first text of a list.
fn said(piece: &RawValue) -> Option<String> {
    match kind(piece) {
        Kind::Text(text) if !text.trim().is_empty() => Some(long(text.trim())),
        Kind::Number(digits) => Some(start(digits)),
        Kind::Array => json::elements(piece).into_iter().find_map(|piece| match kind(piece) {
            Kind::Text(text) => Some(long(text.trim())),
            Kind::Object => Some(object(piece).0.exact().to_owned()),
            _ => None,
        }),
        _ => None,
    }
}

fn long(text: &str) -> String {
    beginning(text, 500)
}
