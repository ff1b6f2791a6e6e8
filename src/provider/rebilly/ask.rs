//! Phrases questions: one dispute, the disputes of a status page by page, those of a transaction, a file. What is no id is
//! not asked for.

use super::{standing::QUEUES, table::value};
use crate::{
    case::{Case, Fault, FaultKind, Settings},
    http::{
        Method, Request, Response,
        request::{DOCUMENT_LIMIT, LONG, QUEUE_LIMIT},
    },
    provider::{Want, numbering::is_made_up},
    text::{Raw, segment},
};

/// The API takes no offset beyond it.
const LAST_OFFSET: usize = 1000;

pub fn ask(want: &Want, settings: &Settings) -> Result<Request, Fault> {
    match want {
        Want::Number(number) if is_made_up(number) => {
            Err(unprepared("the provider sent this dispute without an id, so it cannot be asked for"))
        }
        Want::Number(number) if !is_id(number.exact()) => {
            Err(Fault::new(FaultKind::NotThere, "no id of a dispute: at most 50 letters, digits and @ ~ - . _"))
        }
        Want::Number(number) => Ok(read(&format!("/disputes/{}", segment(number.exact())))),
        Want::Document(id) if !is_id(id.exact()) => Err(unprepared("that is no id of a file")),
        Want::Document(id) => {
            let headers = vec![("accept".into(), "*/*".into())];
            let request = read(&format!("/files/{}/download", segment(id.exact())));
            Ok(Request { headers, limit: DOCUMENT_LIMIT, patience: LONG, ..request })
        }
        Want::Papers(dispute) if !is_id(dispute.exact()) => Err(unprepared("that is no id of a dispute")),
        Want::Papers(dispute) => Ok(papers(dispute)),
        Want::Queue(_) | Want::Group(_) => list(want, &Place::default(), settings),
        Want::Further { of, from } => match Place::read(from) {
            Some(place) => list(of, &place, settings),
            None if from.exact() == STUCK => Err(unprepared(
                "more disputes have the same created time than the API can list; their list is not whole",
            )),
            None => Err(unprepared("how far the list was read is not known")),
        },
        Want::Card(_) => Err(unprepared("this API does not find disputes by their card")),
    }
}

/// What the API takes for an id. A dot or two alone would change the address.
pub fn is_id(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"@~-._".contains(&byte);
    (1..=50).contains(&text.len()) && text.bytes().all(fits) && text != "." && text != ".."
}

fn list(of: &Want, place: &Place, settings: &Settings) -> Result<Request, Fault> {
    let mut filter = match of {
        Want::Queue(status) if QUEUES.iter().any(|queue| queue.id == status.exact()) => {
            format!("status:{}", status.exact())
        }
        Want::Group(transaction) if is_id(transaction.exact()) => {
            format!("{}:{}", value(settings, "filter.transaction"), transaction.exact())
        }
        Want::Queue(_) => return Err(unprepared("that is no status of this API")),
        _ => return Err(unprepared("that is no id of a transaction")),
    };
    if let Some(since) = &place.since {
        filter += &format!(";{}:{since}..", value(settings, "filter.created"));
    }
    let query = [
        ("filter", filter),
        ("limit", value(settings, "page.size").to_owned()),
        ("offset", place.offset.to_string()),
        ("sort", value(settings, "query.sort").to_owned()),
    ];
    let query = query.map(|(name, value)| (name.to_owned(), value)).into();
    Ok(Request { query, limit: QUEUE_LIMIT, patience: LONG, ..read("/disputes") })
}

/// What is attached to a dispute, with the files themselves. An id holds none of the signs that separate filters.
fn papers(dispute: &Raw) -> Request {
    let query = [
        ("filter", format!("relatedType:dispute;relatedId:{}", dispute.exact())),
        ("limit", "1000".to_owned()),
        ("expand", "file".to_owned()),
    ];
    Request { query: query.map(|(name, value)| (name.to_owned(), value)).into(), ..read("/attachments") }
}

fn read(path: &str) -> Request {
    Request { headers: vec![("accept".into(), "application/json".into())], ..Request::read(Method::Get, path) }
}

fn unprepared(says: &str) -> Fault {
    Fault::new(FaultKind::Unprepared, says)
}

// ---- pages

/// How far a list was read: since which created time, and how many rows from there.
#[derive(Clone, Debug, Default, PartialEq)]
struct Place {
    since: Option<String>,
    offset: usize,
}

/// Where the list cannot be read on.
const STUCK: &str = "stuck";

impl Place {
    fn read(from: &Raw) -> Option<Place> {
        let (offset, since) = from.exact().split_once(' ').unwrap_or((from.exact(), ""));
        Some(Place { offset: offset.parse().ok()?, since: (!since.is_empty()).then(|| since.to_owned()) })
    }

    fn told(&self) -> Raw {
        match &self.since {
            Some(since) => format!("{} {since}", self.offset).into(),
            None => self.offset.to_string().into(),
        }
    }
}

/// How many rows the list has that a page is of.
pub fn total(answer: &Response) -> Option<usize> {
    answer.header("pagination-total")?.trim().parse().ok()
}

/// Whether a page is of the list as it was asked for, and not of what was narrowed to go on past the last offset.
pub fn is_of_the_whole(want: &Want) -> bool {
    let place = match want {
        Want::Further { from, .. } => Place::read(from),
        _ => None,
    };
    place.is_none_or(|place| place.since.is_none())
}

/// What follows on a page of a list. Past the last offset the list goes on from the newest created time so far, which is
/// asked for again: a case that comes twice counts once.
pub fn further(want: &Want, answer: &Response, cases: &[Case], settings: &Settings) -> Option<Want> {
    let (of, place) = match want {
        Want::Further { of, from } => ((**of).clone(), Place::read(from)?),
        Want::Queue(_) | Want::Group(_) => (want.clone(), Place::default()),
        _ => return None,
    };
    let size: usize = value(settings, "page.size").parse().ok()?;
    let read = place.offset.saturating_add(cases.len());
    let is_whole = match total(answer) {
        Some(total) => read >= total,
        None => cases.len() < size,
    };
    if cases.is_empty() || is_whole {
        return None;
    }
    let from = if read <= LAST_OFFSET {
        Place { offset: read, ..place }.told()
    } else {
        let newest = cases.iter().filter_map(|case| case.opened).max().map(crate::case::Moment::rfc3339);
        match newest {
            Some(newest) if place.since.as_ref() != Some(&newest) => {
                Place { since: Some(newest), offset: 0 }.told()
            }
            _ => STUCK.into(),
        }
    };
    Some(Want::Further { of: Box::new(of), from })
}
