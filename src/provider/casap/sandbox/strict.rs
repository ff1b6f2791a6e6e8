//! What a request may hold, as data: every member by its name, type and limits. Whatever is not declared is refused.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// What a value may be.
#[derive(Clone, Copy)]
pub enum Shape {
    /// Of at most so many characters, and not empty.
    Text(usize),
    /// As `Text`, and may be empty.
    Note(usize),
    Uuid,
    /// A whole number, both ends included.
    Int(i64, i64),
    /// Whole digits as a string, or a whole number, as JSON has an int64.
    Int64,
    OneOf(&'static [&'static str]),
    /// Three capital letters.
    Currency,
    /// So many bytes at most, in base64.
    Bytes(usize),
    /// So many texts at most, of so many characters.
    Texts(usize, usize),
    /// Names and texts, so many at most.
    Map(usize),
    Object(&'static [Member]),
    /// So many at least and at most.
    List(usize, usize, &'static [Member]),
}

#[derive(Clone, Copy)]
pub struct Member {
    pub name: &'static str,
    pub shape: Shape,
    pub required: bool,
}

pub const fn must(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: true }
}

pub const fn may(name: &'static str, shape: Shape) -> Member {
    Member { name, shape, required: false }
}

/// What is wrong with a member, by its path: ("v1.transactionDetails[0].merchant", "is required").
pub type Complaint = (String, String);

pub fn complaints(value: &Value, members: &[Member]) -> Vec<Complaint> {
    let mut told = Vec::new();
    match value {
        Value::Object(object) => of_object("", object, members, &mut told),
        _ => told.push((String::new(), "must be an object".into())),
    }
    told
}

fn of_object(at: &str, object: &Map<String, Value>, members: &[Member], told: &mut Vec<Complaint>) {
    let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    for name in object.keys().filter(|name| members.iter().all(|member| member.name != **name)) {
        told.push((path(name), "is not known".into()));
    }
    for member in members {
        match object.get(member.name) {
            Some(value) => of_value(&path(member.name), value, member.shape, told),
            None if member.required => told.push((path(member.name), "is required".into())),
            None => {}
        }
    }
}

fn of_value(at: &str, value: &Value, shape: Shape, told: &mut Vec<Complaint>) {
    let mut wrong = |says: String| told.push((at.to_owned(), says));
    match (shape, value) {
        (Shape::Text(_), Value::String(text)) if text.trim().is_empty() => wrong("must not be empty".into()),
        (Shape::Text(most) | Shape::Note(most), Value::String(text)) => {
            if text.chars().count() > most {
                wrong(format!("is longer than {most} characters"));
            }
        }
        (Shape::Uuid, Value::String(text)) if is_uuid(text) => {}
        (Shape::Uuid, _) => wrong("must be a UUID".into()),
        (Shape::Int(least, most), Value::Number(number)) => match number.to_string().parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => {}
            _ => wrong(format!("must be an integer from {least} to {most}")),
        },
        (Shape::Int64, Value::Number(number)) if number.to_string().parse::<i64>().is_ok() => {}
        (Shape::Int64, Value::String(text)) if text.parse::<i64>().is_ok() => {}
        (Shape::Int64, _) => wrong("must be an int64".into()),
        (Shape::OneOf(known), Value::String(text)) if known.contains(&text.as_str()) => {}
        (Shape::OneOf(_), _) => wrong("is none of the enumeration's values".into()),
        (Shape::Currency, Value::String(text))
            if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) => {}
        (Shape::Currency, _) => wrong("must be a currency code".into()),
        (Shape::Bytes(most), Value::String(text)) => match STANDARD.decode(text) {
            Ok(bytes) if bytes.is_empty() => wrong("must not be empty".into()),
            Ok(bytes) if bytes.len() > most => wrong(format!("is larger than {most} bytes")),
            Ok(_) => {}
            Err(_) => wrong("must be base64".into()),
        },
        (Shape::Texts(most, longest), Value::Array(texts)) => {
            if texts.len() > most {
                wrong(format!("has more than {most} elements"));
            }
            for (number, text) in texts.iter().enumerate() {
                of_value(&format!("{at}[{number}]"), text, Shape::Text(longest), told);
            }
        }
        (Shape::Map(most), Value::Object(pairs)) => {
            if pairs.len() > most {
                wrong(format!("has more than {most} members"));
            }
            for (name, text) in pairs {
                of_value(&format!("{at}.{name}"), text, Shape::Text(255), told);
            }
        }
        (Shape::Object(members), Value::Object(object)) => of_object(at, object, members, told),
        (Shape::List(least, most, members), Value::Array(elements)) => {
            if elements.len() < least || elements.len() > most {
                wrong(format!("must have {least} to {most} elements"));
            }
            for (number, element) in elements.iter().enumerate() {
                of_value(&format!("{at}[{number}]"), element, Shape::Object(members), told);
            }
        }
        _ => wrong(format!("must be {}", words(shape))),
    }
}

fn words(shape: Shape) -> &'static str {
    match shape {
        Shape::Int(..) => "an integer",
        Shape::Texts(..) | Shape::List(..) => "a list",
        Shape::Map(_) | Shape::Object(_) => "an object",
        _ => "a string",
    }
}

pub fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
