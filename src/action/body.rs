//! The JSON of a request from what was entered: the documented names and types and nothing else. A field that nobody
//! touched is not there; what is there is exact.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{
    check::{self, Problem},
    draft::{Attachment, Entered, Values, below},
    field::{CurrencyOf, Field, Kind, Papers, Unit},
};
use crate::{
    case::{Case, Currency, Moment, Money, Settings},
    text::own,
};

/// Everything that a body may be made of. No clock, no file, no clear card number.
pub struct Making<'a> {
    pub case: Option<&'a Case>,
    pub values: &'a Values,
    pub settings: &'a Settings,
    pub now: Moment,
    /// The attached bytes by their SHA-256.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// Card numbers by address, sealed for the provider.
    pub sealed: &'a BTreeMap<String, String>,
    /// What the steps before this one were answered.
    pub answers: &'a [Value],
    /// The entry's own id, which is also its idempotency key.
    pub key: &'a str,
}

/// The fields as one JSON object.
pub fn body(fields: &[Field], making: &Making<'_>) -> Result<Value, Problem> {
    object("", fields, making).map(Value::Object)
}

fn object(above: &str, fields: &[Field], making: &Making<'_>) -> Result<Map<String, Value>, Problem> {
    let mut members = Map::new();
    for field in fields.iter().filter(|field| !field.local) {
        let address = below(above, field.name);
        if let Some(value) = value(field, &address, making)? {
            members.insert(field.name.to_owned(), value);
        }
    }
    Ok(members)
}

/// One field's value; `None` where it is not sent.
pub fn value(field: &Field, address: &str, making: &Making<'_>) -> Result<Option<Value>, Problem> {
    match field.kind {
        Kind::Group(inside) => {
            let members = object(address, inside, making)?;
            Ok((!members.is_empty()).then_some(Value::Object(members)))
        }
        Kind::List { least, of, .. } => {
            let count = making.values.elements(address).max(least);
            let element = |number: usize| object(&below(address, &number.to_string()), of, making);
            let elements =
                (0..count).map(|number| element(number).map(Value::Object)).collect::<Result<Vec<_>, _>>()?;
            Ok((!elements.is_empty()).then_some(Value::Array(elements)))
        }
        Kind::Card => Ok(making.sealed.get(address).cloned().map(Value::String)),
        _ => match making.values.get(address) {
            None => Ok(None),
            Some(Entered::Null) => Ok(Some(Value::Null)),
            Some(Entered::Files(files)) => match field.kind {
                Kind::Files(papers) => sent(files, papers, address, making),
                _ => Ok(None),
            },
            Some(Entered::Text(text)) => leaf(field, address, text.exact(), making),
        },
    }
}

fn leaf(field: &Field, address: &str, text: &str, making: &Making<'_>) -> Result<Option<Value>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = |says| Problem { field: address.to_owned(), says };
    match field.kind {
        Kind::Date => {
            let day = check::day(text, making.now).ok_or_else(|| wrong(own("is no day like 2026-11-22")))?;
            Ok(Some(Value::String(day)))
        }
        Kind::Amount { currency, unit } => {
            let currency = currency_of(currency, address, making.values, making.case);
            let money = Money::from_major(text, currency).map_err(|why| wrong(check::not_money(why)))?;
            let digits = match unit(making.settings) {
                Unit::Major => money.major(),
                Unit::Minor => money.minor.to_string(),
            };
            number(&digits).map(Some).ok_or_else(|| wrong(own("is no number")))
        }
        Kind::Whole { .. } => number(text).map(Some).ok_or_else(|| wrong(own("is no whole number"))),
        _ => Ok(Some(Value::String(text.to_owned()))),
    }
}

/// A JSON number with just these digits.
fn number(digits: &str) -> Option<Value> {
    serde_json::from_str::<serde_json::Number>(digits).ok().map(Value::Number)
}

/// The currency of an amount at an address, where it is known.
pub fn currency_of(of: CurrencyOf, address: &str, values: &Values, case: Option<&Case>) -> Option<Currency> {
    match of {
        CurrencyOf::Case => case?.amount?.currency,
        CurrencyOf::Beside(name) => {
            let above = address.rsplit_once('.').map_or("", |(above, _)| above);
            Currency::parse(values.text(&below(above, name)))
        }
    }
}

fn sent(
    files: &[Attachment],
    papers: &Papers,
    address: &str,
    making: &Making<'_>,
) -> Result<Option<Value>, Problem> {
    let file = |file: &Attachment| {
        let bytes = making.files.get(&file.sha256).ok_or_else(|| Problem {
            field: address.to_owned(),
            says: own("the bytes of an attached file are not here any more; attach it again"),
        })?;
        let mut members = Map::new();
        members.insert(papers.name.to_owned(), file.name.exact().into());
        if let Some(media) = papers.media_type.filter(|_| !file.media.is_empty()) {
            members.insert(media.to_owned(), file.media.clone().into());
        }
        members.insert(papers.content.to_owned(), STANDARD.encode(bytes).into());
        if let Some(description) = papers.description.filter(|_| !file.description.is_empty()) {
            members.insert(description.to_owned(), file.description.exact().into());
        }
        Ok(Value::Object(members))
    };
    let sent = files.iter().map(file).collect::<Result<Vec<_>, _>>()?;
    Ok((!sent.is_empty()).then_some(Value::Array(sent)))
}
