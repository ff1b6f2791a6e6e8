//! What an answer that is not a success says: the status in words, the API's own codes, and the fields that they are about.

use serde_json::Value;

use crate::{
    case::Fault,
    http::Response,
    provider::{
        json::depth,
        page::{is_html, page},
        value::{MOST_COMPLAINTS, sentence, start},
    },
    text::Raw,
};

/// How deep an error nests at most.
const DEPTH: usize = 16;

/// The statuses that the API's text has, which may come without a body.
const DOCUMENTED: [u16; 8] = [401, 403, 404, 406, 409, 415, 422, 429];

/// How a code begins that is about a field, and the field's address; the first that fits wins. The codes are not public:
/// this is how the API names those of its other parts.
const FIELDS: &[(&str, &str)] = &[
    ("transaction_id", "transaction_id"),
    ("presentment_message_id", "presentment_message_id"),
    ("reason_change_reason", "reason_change.reason"),
    ("reason_change_justification", "reason_change_justification"),
    ("reason_change.justification", "reason_change.justification"),
    ("reason_change.reason", "reason_change.reason"),
    ("reason_change", "reason_change"),
    ("reason", "reason"),
    ("additional_evidence", "additional_evidence"),
    ("evidence", "evidence"),
    ("amount", "amount"),
    ("fraud_details_fraud_type", "fraud_details.fraud_type"),
    ("fraud_details_description", "fraud_details.description"),
    ("fraud_details.fraud_type", "fraud_details.fraud_type"),
    ("fraud_details.description", "fraud_details.description"),
    ("fraud_details", "fraud_details.fraud_type"),
    ("fraud_type", "fraud_details.fraud_type"),
    ("justification", "justification"),
    ("action_response", "action_response"),
];

pub fn refusal(answer: &Response) -> Fault {
    let told = Told::of(&answer.body);
    let mut parts: Vec<String> = words(answer.status).map(str::to_owned).into_iter().collect();
    parts.extend(told.words());
    let members =
        told.codes.iter().filter_map(|code| Some((Raw::from(field(code)?), Raw::from(code.as_str()))));
    let members = members.collect();
    let mut fault = Fault { members, ..Fault::of_status(answer.status, sentence(&parts.join(": "))) };
    let header = answer.header("cko-request-id").unwrap_or_default();
    fault.request_id = start(if told.request_id.is_empty() { header } else { &told.request_id }).into();
    fault
}

/// Whether Checkout.com said this: an error in its form, an answer that it gave an id of its own, or one of the documented
/// statuses without a word.
pub fn is_own(answer: &Response) -> bool {
    if answer.body.is_empty() {
        return DOCUMENTED.contains(&answer.status);
    }
    if is_html(&String::from_utf8_lossy(&answer.body)) {
        return false;
    }
    let media = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
    answer.header("cko-request-id").is_some() || media.contains("json") && Told::of(&answer.body).is_error
}

fn words(status: u16) -> Option<&'static str> {
    Some(match status {
        401 => "unauthorised request",
        403 => "forbidden: the credentials lack a scope",
        404 => "no such dispute",
        406 => "not acceptable: no answer in the form that was asked for",
        409 => "the dispute is not in a state that takes this",
        415 => "unsupported media type",
        422 => "not eligible, or something is missing or invalid",
        429 => "too many requests",
        _ => return None,
    })
}

fn field(code: &str) -> Option<&'static str> {
    let begins = |start: &&(&str, &str)| {
        let rest = code.strip_prefix(start.0);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '.', ' ']))
    };
    FIELDS.iter().find(begins).map(|(_, address)| *address)
}

/// `{"request_id", "error_type", "error_codes": [...]}`; or the words of a body that is something else.
#[derive(Default)]
struct Told {
    is_error: bool,
    request_id: String,
    kind: String,
    codes: Vec<String>,
    /// Of a body in no such form.
    other: String,
}

impl Told {
    fn of(body: &[u8]) -> Told {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}').trim();
        if is_html(text) {
            return Told { other: page(text), ..Told::default() };
        }
        let value = (depth(text) <= DEPTH).then(|| serde_json::from_str::<Value>(text).ok()).flatten();
        let Some(Value::Object(top)) = value else {
            return Told { other: sentence(text), ..Told::default() };
        };
        let word = |name: &str| top.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let codes = match top.get("error_codes") {
            Some(Value::Array(codes)) => codes.iter().take(MOST_COMPLAINTS).map(code).collect(),
            Some(Value::Null) | None => Vec::new(),
            Some(other) => vec![code(other)],
        };
        let (request_id, kind) = (word("request_id"), word("error_type"));
        let is_error = !kind.is_empty() || !codes.is_empty() || !request_id.is_empty();
        // The token's address answers in the words of OAuth (RFC 6749, 5.2).
        let oauth = ["error", "error_description", "message", "title", "detail"].map(word);
        let other = match is_error {
            true => String::new(),
            false if oauth.iter().all(String::is_empty) => sentence(text),
            false => oauth.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(": "),
        };
        Told { is_error, request_id, kind, codes, other }
    }

    fn words(&self) -> Option<String> {
        let parts = [start(&self.kind), self.codes.join(", "), sentence(&self.other)];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(": "))
    }
}

fn code(value: &Value) -> String {
    value.as_str().map_or_else(|| start(&value.to_string()), start)
}
