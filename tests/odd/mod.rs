//! Answers that are not as they should be, made from one that is: members of other types, extremes, missing, added, doubled,
//! deep.
#![allow(dead_code)]

use proptest::prelude::*;
use serde_json::{Value, json};

/// What is done to one place of an answer.
#[derive(Clone, Debug)]
pub enum Change {
    /// This text stands there instead.
    Becomes(String),
    Goes,
    /// A member is added to the object there, or beside it.
    Gains(String),
}

/// A few changes, each at some place.
pub fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Change)>> {
    let change = prop_oneof![
        4 => value().prop_map(Change::Becomes),
        2 => Just(Change::Goes),
        1 => value().prop_map(Change::Gains),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), change), 1..5)
}

/// JSON texts that no API promises.
pub fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1.8e308".to_owned()),
        Just("1e400".to_owned()),
        Just("-0".to_owned()),
        Just("9223372036854775808".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("\"\"".to_owned()),
        Just("\"\\ud800\"".to_owned()),
        Just("\"2026-13-45T99:99:99Z\"".to_owned()),
        Just(format!("{}{}", "[".repeat(100), "]".repeat(100))),
        Just("{\"amount\":1,\"amount\":2}".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        "\\PC{0,40}".prop_map(|text| Value::String(text).to_string()),
    ]
}

/// The text of an answer with changes made to it, but at the places that are kept and above them.
pub fn changed(whole: &Value, kept: &[&str], changes: Vec<(prop::sample::Index, Change)>) -> String {
    const MARK: &str = "THE PLACE OF THE ODD VALUE ";
    let (mut changing, mut odd) = (whole.clone(), Vec::new());
    for (pick, change) in changes {
        let mut all = Vec::new();
        places(&changing, "", &mut all);
        let is_kept = |at: &str| kept.iter().any(|kept| *kept == at || kept.starts_with(&format!("{at}/")));
        all.retain(|at| !at.is_empty() && !is_kept(at));
        if all.is_empty() {
            continue;
        }
        let at = pick.get(&all);
        let (above, name) = at.rsplit_once('/').unwrap();
        let mark = |odd: &mut Vec<String>, text: String| {
            odd.push(text);
            json!(format!("{MARK}{}.", odd.len() - 1))
        };
        match (changing.pointer_mut(above), change) {
            (Some(Value::Object(members)), Change::Goes) => {
                members.remove(name);
            }
            (Some(Value::Object(members)), Change::Gains(text)) => {
                members.insert(format!("stranger {}", odd.len()), mark(&mut odd, text));
            }
            (_, Change::Becomes(text) | Change::Gains(text)) => {
                *changing.pointer_mut(at).unwrap() = mark(&mut odd, text);
            }
            (_, Change::Goes) => {}
        }
    }
    let mut text = changing.to_string();
    for (number, value) in odd.iter().enumerate() {
        text = text.replace(&format!("\"{MARK}{number}.\""), value);
    }
    text
}

/// Every place in a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| places(inner, &format!("{at}/{name}"), found))
        }
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .for_each(|(number, inner)| places(inner, &format!("{at}/{number}"), found)),
        _ => {}
    }
}
