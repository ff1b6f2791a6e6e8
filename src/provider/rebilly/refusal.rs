//! What an answer that is not a success says: problem details (RFC 9457), with Rebilly's complaints about single fields.

use super::actions::FILE;
use crate::{
    case::Fault,
    http::Response,
    provider::{
        object::{Object, parse},
        value::{MOST_COMPLAINTS, sentence, start},
    },
    text::Raw,
};

/// Headers in which the conversation is named.
const REQUEST_IDS: [&str; 4] = ["x-request-id", "request-id", "x-correlation-id", "cf-ray"];

pub fn refusal(answer: &Response) -> Fault {
    let parsed = parse(answer);
    let problem = parsed.as_ref().ok().and_then(|parsed| parsed.object().ok());
    let (says, members) = match (&problem, &parsed) {
        (Some(problem), _) => (words(problem), complaints(problem)),
        (None, Err(why)) if !answer.body.is_empty() => (why.clone(), Vec::new()),
        _ => (start(&String::from_utf8_lossy(&answer.body)), Vec::new()),
    };
    let says = match answer.header("x-ratelimit-limit") {
        Some(limit) if answer.status == 429 => format!("{says} (at most {} requests)", start(limit)),
        _ => says,
    };
    let mut fault = Fault { members, ..Fault::of_status(answer.status, says) };
    let id = REQUEST_IDS.iter().find_map(|name| answer.header(name));
    fault.request_id = start(id.unwrap_or_default()).into();
    fault
}

/// Whether Rebilly said this: JSON with what its problems have, or a 401 without a word.
pub fn is_own(answer: &Response) -> bool {
    if answer.body.is_empty() {
        return answer.status == 401;
    }
    let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    let Ok(parsed) = parse(answer) else { return false };
    let Ok(problem) = parsed.object() else { return false };
    let says = |name: &str| !problem.text(name).exact().trim().is_empty();
    let same = problem.digits("status").is_none_or(|status| status == answer.status.to_string());
    media.contains("json") && same && (says("title") || says("detail") || problem.has("invalidFields"))
}

/// "Title: detail (type, instance)": the first two are for people, the others where they say something.
fn words(problem: &Object<'_>) -> String {
    let text = |name: &str| sentence(problem.text(name).exact().trim());
    let mut says: Vec<_> =
        [text("title"), text("detail")].into_iter().filter(|part| !part.is_empty()).collect();
    says.dedup();
    let mut beside: Vec<_> =
        [text("type"), text("instance")].into_iter().filter(|part| !part.is_empty()).collect();
    beside.retain(|part| part != "about:blank");
    let says = if says.is_empty() { start(problem.raw().exact()) } else { says.join(": ") };
    if beside.is_empty() { says } else { format!("{says} ({})", beside.join(", ")) }
}

/// The complaints about fields, several for one as they came. A file's name is no field of its own.
fn complaints(problem: &Object<'_>) -> Vec<(Raw, Raw)> {
    let complaints = problem.objects("invalidFields").into_iter().take(MOST_COMPLAINTS);
    complaints
        .map(|complaint| {
            let field = complaint.text("field");
            let field = if field.exact() == "name" { FILE.into() } else { start(field.exact()).into() };
            (field, sentence(complaint.text("message").exact()).into())
        })
        .collect()
}
