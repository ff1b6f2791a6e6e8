//! Phrases questions: a page of the list, a dispute by its UUID or its short id, the disputes of a customer.

use super::{
    DISPUTES,
    paging::Place,
    table::{UUID, value},
};
use crate::{
    action::field::is_uuid,
    case::{Fault, FaultKind, Settings},
    http::{Method, Request, request::QUEUE_LIMIT},
    provider::{Want, numbering::is_made_up},
    text::{Raw, segment},
};

pub fn ask(want: &Want, settings: &Settings) -> Result<Request, Fault> {
    match want {
        Want::Number(number) if is_made_up(number) => {
            Err(unprepared("the provider sent this dispute without a UUID, so it cannot be asked for"))
        }
        Want::Number(number) if is_uuid(number.exact()) => {
            Ok(read(&value(settings, "path.status").replace(UUID, &segment(number.exact()))))
        }
        Want::Further { of, from } => match Place::parse(from) {
            Some(place) => {
                let mut request = listed(of, settings)?;
                request.query.push(("page".into(), place.next.to_string()));
                Ok(request)
            }
            None => Err(unprepared("there is no such page")),
        },
        want => listed(want, settings),
    }
}

/// The first page is asked for without its number: whether pages count from 0 or from 1 is what the answer tells.
fn listed(want: &Want, settings: &Settings) -> Result<Request, Fault> {
    let by = match want {
        Want::Queue(id) if id.exact() == DISPUTES => None,
        Want::Queue(_) => return Err(unprepared("Casap has one list, disputes")),
        Want::Number(short) => Some(("shortId", given(short)?)),
        Want::Group(customer) => Some(("customerUuid", given(customer)?)),
        Want::Card(_) => return Err(unprepared("Casap's disputes cannot be asked for by card")),
        Want::Document(_) | Want::Papers(_) => {
            return Err(unprepared("the files of a dispute cannot be read through this API"));
        }
        Want::Further { .. } => return Err(unprepared("there is no such page")),
    };
    let mut request = Request { limit: QUEUE_LIMIT, ..read(value(settings, "path.disputes")) };
    request.query = vec![("size".into(), value(settings, "page.size").into())];
    request.query.extend(by.map(|(name, wanted)| (name.into(), wanted.into())));
    Ok(request)
}

fn read(path: &str) -> Request {
    Request { headers: vec![("accept".into(), "application/json".into())], ..Request::read(Method::Get, path) }
}

fn given(text: &Raw) -> Result<&str, Fault> {
    if text.exact().trim().is_empty() { Err(unprepared("what to ask for is empty")) } else { Ok(text.exact()) }
}

fn unprepared(says: &str) -> Fault {
    Fault::new(FaultKind::Unprepared, says)
}
