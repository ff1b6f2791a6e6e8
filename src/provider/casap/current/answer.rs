//! Where the disputes of an answer are, and that they are those that were asked for. An answer that is not what was asked
//! for is refused rather than read as "no disputes".

use serde_json::value::RawValue;

use super::{
    paging::{Place, number},
    table::value,
    wire::{self, member},
};
use crate::{
    action::field::is_uuid,
    case::{Case, Settings},
    http::Response,
    provider::{
        Want,
        json::{self, Kind, kind},
        numbering::numbered,
        object::{Object, parse},
        value::start,
    },
    text::Raw,
};

pub fn read(want: &Want, answer: &Response, settings: &Settings) -> Result<Vec<Case>, String> {
    match want {
        Want::Number(number) if is_uuid(number.exact()) => {
            let case = alone(answer, settings)?.ok_or("an answer without a dispute in it")?;
            // A UUID is the same in letters of either case.
            if !case.id.number.exact().eq_ignore_ascii_case(number.exact()) {
                let got = start(case.id.number.exact());
                return Err(format!("asked for dispute {}, got dispute {got}", number.exact()));
            }
            Ok(vec![case])
        }
        Want::Further { of, from } => listed(of, Place::parse(from), answer, settings),
        want => listed(want, None, answer, settings),
    }
}

/// The page that follows, where there is one.
pub fn further(want: &Want, answer: &Response, found: usize, settings: &Settings) -> Option<Want> {
    let (of, asked) = match want {
        Want::Further { of, from } => (of.as_ref(), Some(Place::parse(from)?)),
        Want::Number(number) if is_uuid(number.exact()) => return None,
        want => (want, None),
    };
    let parsed = parse(answer).ok()?;
    let size = value(settings, "page.size").parse().ok()?;
    let next = Place::after(asked, &parsed.object().ok()?, found as u64, size).filter(|_| found > 0)?;
    Some(Want::Further { of: Box::new(of.clone()), from: next.words() })
}

/// How many disputes the whole list has.
pub fn total(want: &Want, answer: &Response) -> Option<usize> {
    if matches!(want, Want::Number(number) if is_uuid(number.exact())) {
        return None;
    }
    let parsed = parse(answer).ok()?;
    usize::try_from(number(&parsed.object().ok()?, "totalItems")?).ok()
}

/// The one dispute of an answer, `{"dispute": {...}}` or bare.
pub fn alone(answer: &Response, settings: &Settings) -> Result<Option<Case>, String> {
    let parsed = parse(answer)?;
    let top = parsed.object()?;
    let piece = match top.piece("dispute") {
        Some(piece) => Some(piece),
        None => parsed.piece().filter(|_| top.has("uuid")),
    };
    let object = piece.filter(|piece| kind(piece) == Kind::Object);
    Ok(object.map(|piece| wire::case(piece, settings)).filter(|case| !case.id.number.is_empty()))
}

fn listed(
    want: &Want,
    asked: Option<Place>,
    answer: &Response,
    settings: &Settings,
) -> Result<Vec<Case>, String> {
    let parsed = parse(answer)?;
    let top = parsed.object()?;
    if let (Some(asked), Some(shown)) = (asked, number(&top, "currentPage"))
        && shown != asked.next
    {
        return Err(format!("asked for page {}, got page {shown}", asked.next));
    }
    let elements = elements(&top)?;
    let cases = numbered(elements.into_iter().map(|element| wire::case(element, settings)).collect(), "UUID");
    match want {
        Want::Group(customer) => {
            match cases.iter().find(|case| !case.group.is_empty() && case.group != *customer) {
                Some(other) => {
                    Err(format!("asked for customer {}, got {}", customer.exact(), start(other.group.exact())))
                }
                None => Ok(cases),
            }
        }
        Want::Number(short) => match cases.iter().find(|case| !is_short(case, short)) {
            Some(_) => Err(format!("asked for dispute {}, got another one", short.exact())),
            None => Ok(cases),
        },
        _ => Ok(cases),
    }
}

/// Whether a dispute goes by that short id, as far as it says.
fn is_short(case: &Case, short: &Raw) -> bool {
    let Ok(piece) = serde_json::from_str::<&RawValue>(case.raw.exact()) else { return true };
    let dispute = Object::of(piece);
    let own = dispute.text(&member(&dispute, "shortId"));
    own.is_empty() || own.exact().eq_ignore_ascii_case(short.exact().trim())
}

/// The elements of the list, all of them. An empty list may be left out on the wire, beside counts that say so.
fn elements<'a>(top: &Object<'a>) -> Result<Vec<&'a RawValue>, String> {
    let total = number(top, "totalItems").or_else(|| number(top, "totalInPage"));
    match top.piece("items") {
        Some(piece) if kind(piece) == Kind::Array => {
            let elements = json::elements(piece);
            match number(top, "totalInPage") {
                Some(count) if count > elements.len() as u64 => {
                    Err(format!("only a part came: {} of {count} disputes of the page", elements.len()))
                }
                _ => Ok(elements),
            }
        }
        Some(piece) => Err(format!("items is not a list: {}", start(piece.get()))),
        None if total == Some(0) => Ok(Vec::new()),
        None => Err("an answer without a list of disputes".into()),
    }
}
