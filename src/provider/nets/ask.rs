//! Phrases questions: the documented names, the table's names, and nothing else.

use serde_json::{Map, Value};

use super::{table, table::value};
use crate::{
    case::{Fault, FaultKind, Settings},
    http::{
        Body, Method, Request,
        request::{DOCUMENT_LIMIT, LONG, QUEUE_LIMIT},
    },
    provider::{Want, numbering::is_made_up},
    text::{Raw, segment},
};

pub fn ask(want: &Want, settings: &Settings) -> Result<Request, Fault> {
    match want {
        Want::Queue(id) => queue(id, settings),
        Want::Group(group) => disputes("request.group", group, settings),
        Want::Number(number) if is_made_up(number) => {
            Err(unprepared("the provider sent this case without a number, so it cannot be asked for"))
        }
        Want::Number(number) => disputes("request.number", number, settings),
        Want::Card(sealed) => card(sealed, settings),
        Want::Document(id) => document(id, settings),
        Want::Papers(_) => Err(unprepared("the answer about a case tells its documents")),
        Want::Further { .. } => Err(unprepared("this provider has no pages")),
    }
}

fn queue(id: &Raw, settings: &Settings) -> Result<Request, Fault> {
    let id = given(id, "the queue's id is empty")?;
    let mut request = read(Method::Get, value(settings, "path.queue"));
    request.query = vec![(value(settings, "query.queue").into(), id.into())];
    Ok(Request { limit: QUEUE_LIMIT, patience: LONG, ..request })
}

/// Exactly one key. A read whatever its method, so it may be repeated.
fn disputes(key: &str, wanted: &Raw, settings: &Settings) -> Result<Request, Fault> {
    let wanted = given(wanted, "the number to ask for is empty")?;
    let (path, key) = (value(settings, "path.disputes"), value(settings, key).to_owned());
    let mut request = match value(settings, "method.disputes") {
        "GET" => Request { query: vec![(key, wanted.into())], ..read(Method::Get, path) },
        "POST" => {
            let body = Map::from_iter([(key, Value::from(wanted))]);
            Request { body: Body::Json(Value::Object(body)), ..read(Method::Post, path) }
        }
        _ => return Err(unprepared("the profile's method.disputes is neither POST nor GET")),
    };
    request.limit = QUEUE_LIMIT;
    Ok(request)
}

/// Only a sealed number, and never in an address, where it would end up in logs.
fn card(sealed: &Raw, settings: &Settings) -> Result<Request, Fault> {
    if value(settings, "method.disputes") != "POST" {
        return Err(unprepared("a card number never goes into an address: set method.disputes to POST"));
    }
    if sealed.exact().len() < 64 {
        return Err(unprepared("the card number is not sealed for the provider"));
    }
    disputes("request.card", sealed, settings)
}

fn document(id: &Raw, settings: &Settings) -> Result<Request, Fault> {
    let id = given(id, "the document's id is empty")?;
    if matches!(id, "." | "..") {
        return Err(unprepared("the document's id would change the address"));
    }
    let path = value(settings, "path.document").replace(table::DOCUMENT, &segment(id));
    let headers = vec![("accept".into(), "*/*".into())];
    Ok(Request { headers, limit: DOCUMENT_LIMIT, patience: LONG, ..read(Method::Get, &path) })
}

fn read(method: Method, path: &str) -> Request {
    Request { headers: vec![("accept".into(), "application/json".into())], ..Request::read(method, path) }
}

fn given<'a>(text: &'a Raw, otherwise: &str) -> Result<&'a str, Fault> {
    if text.exact().trim().is_empty() { Err(unprepared(otherwise)) } else { Ok(text.exact()) }
}

fn unprepared(says: &str) -> Fault {
    Fault::new(FaultKind::Unprepared, says)
}
