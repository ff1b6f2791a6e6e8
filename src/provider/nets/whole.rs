//! Whether an answer is whole: one that tells of errors, counts more cases than it holds or names a next page must
//! never pass for all of a queue, because the cases it lacks would leave theirs. Knows no cases.

use std::{borrow::Cow, collections::HashSet};

use serde_json::value::RawValue;

use super::{refusal, table};
use crate::{
    case::Settings,
    http::Response,
    provider::json::{self, Kind, Members, kind},
};

/// How far down inside objects is looked, as far as for the cases themselves.
const LEVELS: usize = 3;

/// The table's names for what stands around the cases. Upper and lower case are the same in them.
pub struct Around {
    errors: HashSet<String>,
    remarks: HashSet<String>,
    counts: HashSet<String>,
    pages: HashSet<String>,
    next: HashSet<String>,
}

impl Around {
    pub fn new(settings: &Settings) -> Around {
        let names = |row| table::names(settings, row).map(str::to_lowercase).collect();
        Around {
            errors: names("answer.errors"),
            remarks: names("answer.remarks"),
            counts: names("answer.count"),
            pages: names("answer.pages"),
            next: names("answer.next"),
        }
    }

    /// Whether a member tells of the answer, so that no case is in it.
    pub fn tells(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.errors.contains(&name) || self.remarks.contains(&name)
    }

    /// Refuses an answer with so many `cases` that is not all there is. Objects that are cases are not looked into.
    pub fn is_whole(
        &self,
        top: &RawValue,
        cases: usize,
        is_case: &dyn Fn(&RawValue) -> bool,
    ) -> Result<(), String> {
        for (name, piece) in wrapping(top, 0, is_case) {
            let lower = name.to_lowercase();
            if self.errors.contains(&lower) && says_something(piece) {
                return Err(format!("the answer tells of {}", refusal::spoken(&name, piece)));
            }
            let more = |than: usize| number(piece).filter(|count| *count > than as u64);
            if self.counts.contains(&lower)
                && let Some(count) = more(cases)
            {
                return Err(format!("only a part came: {name} is {count}, and {cases} are in the answer"));
            }
            if self.pages.contains(&lower) && more(1).is_some() || self.next.contains(&lower) && goes_on(piece)
            {
                return Err(format!("only a part came: {}", refusal::spoken(&name, piece)));
            }
        }
        Ok(())
    }
}

/// By the status, or by a link to a next page (RFC 8288).
pub fn is_part(answer: &Response) -> Option<&'static str> {
    let follows = |link: &str| link.to_ascii_lowercase().replace(['"', ' '], "").contains("rel=next");
    match answer.status {
        206 => Some("only a part came, and the answer says so itself"),
        _ if answer.header("link").is_some_and(follows) => Some("only a part came: a link names the next page"),
        _ => None,
    }
}

/// The members of every object around the cases.
fn wrapping<'a>(piece: &'a RawValue, level: usize, is_case: &dyn Fn(&RawValue) -> bool) -> Members<'a> {
    if kind(piece) != Kind::Object || is_case(piece) {
        return Members::new();
    }
    let mut members = json::members(piece);
    if level < LEVELS {
        let inner: Vec<_> = members.iter().map(|(_, piece)| wrapping(piece, level + 1, is_case)).collect();
        members.extend(inner.into_iter().flatten());
    }
    members
}

fn says_something(piece: &RawValue) -> bool {
    match kind(piece) {
        Kind::Null => false,
        Kind::Bool => piece.get() == "true",
        Kind::Text(text) => !text.trim().is_empty(),
        Kind::NoText => true,
        Kind::Number(digits) => digits.bytes().any(|byte| matches!(byte, b'1'..=b'9')),
        Kind::Array => !json::elements(piece).is_empty(),
        Kind::Object => !json::members(piece).is_empty(),
    }
}

fn goes_on(piece: &RawValue) -> bool {
    says_something(piece)
        && !matches!(kind(piece), Kind::Text(text) if text.trim().eq_ignore_ascii_case("false"))
}

/// A count, also one that is written as text.
fn number(piece: &RawValue) -> Option<u64> {
    let digits = match kind(piece) {
        Kind::Number(digits) => Cow::Borrowed(digits),
        Kind::Text(text) => text,
        _ => return None,
    };
    let digits = digits.trim();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().unwrap_or(u64::MAX))
}
