//! JSON cut into pieces without losing a byte: duplicate members stay visible, numbers stay text, half a surrogate
//! pair spoils one value and not the answer. Knows nothing of disputes.

use std::{borrow::Cow, fmt, ops::Range};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// Deeper nesting is refused before anything follows it. The same bound as serde_json's own.
pub const DEPTH: usize = 128;

/// What a piece of JSON is.
#[derive(Debug, PartialEq)]
pub enum Kind<'a> {
    Null,
    Text(Cow<'a, str>),
    /// A string that is no Unicode text (half of a surrogate pair).
    NoText,
    /// The number's own digits: it may be larger than any machine number.
    Number(&'a str),
    Bool,
    Array,
    Object,
}

pub fn kind(piece: &RawValue) -> Kind<'_> {
    let text = piece.get();
    match text.as_bytes().first() {
        Some(b'"') => string(text),
        Some(b'{') => Kind::Object,
        Some(b'[') => Kind::Array,
        Some(b't' | b'f') => Kind::Bool,
        Some(b'-' | b'0'..=b'9') => Kind::Number(text),
        _ => Kind::Null,
    }
}

fn string(quoted: &str) -> Kind<'_> {
    match quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) if !inner.contains('\\') => Kind::Text(Cow::Borrowed(inner)),
        _ => serde_json::from_str(quoted).map_or(Kind::NoText, |text| Kind::Text(Cow::Owned(text))),
    }
}

/// The members of an object in their order, duplicates included. Empty for anything else.
pub fn members(piece: &RawValue) -> Members<'_> {
    serde_json::from_str::<Object>(piece.get()).map(|object| object.0).unwrap_or_default()
}

pub type Members<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

/// The elements of an array. Empty for anything else.
pub fn elements(piece: &RawValue) -> Vec<&RawValue> {
    serde_json::from_str(piece.get()).unwrap_or_default()
}

/// Where a piece stands in the text that it was cut from.
pub fn place(within: &RawValue, piece: &RawValue) -> Option<Range<usize>> {
    let (within, piece) = (within.get(), piece.get());
    let begin = (piece.as_ptr() as usize).checked_sub(within.as_ptr() as usize)?;
    let place = begin..begin.checked_add(piece.len())?;
    (within.get(place.clone()) == Some(piece)).then_some(place)
}

struct Object<'a>(Members<'a>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::with_capacity(8);
                while let Some(Name(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Object(members))
            }
        }
        from.deserialize_map(Pairs)
    }
}

/// A member's name. Read as bytes, because as a string half a surrogate pair in it would end the reading.
struct Name<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Name<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }
            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Name<'de>, E> {
                Ok(Name(String::from_utf8_lossy(bytes)))
            }
            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(String::from_utf8_lossy(bytes).into_owned())))
            }
        }
        from.deserialize_bytes(Bytes)
    }
}

/// The deepest nesting of arrays and objects, strings left out of the count. Needs no valid JSON.
pub fn depth(text: &str) -> usize {
    let (mut depth, mut deepest, mut quoted, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(text: &str) -> &RawValue {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn duplicate_members_and_half_surrogates_stay_visible() {
        let members = members(piece(r#"{"a":1,"a":2,"\ud800x":"\ud800","b":1e400}"#));
        let shown: Vec<_> = members.iter().map(|(name, piece)| (name.as_ref(), kind(piece))).collect();
        assert_eq!(shown[0], ("a", Kind::Number("1")));
        assert_eq!(shown[1], ("a", Kind::Number("2")));
        assert!(shown[2].0.ends_with('x'));
        assert_eq!(shown[2].1, Kind::NoText);
        assert_eq!(shown[3], ("b", Kind::Number("1e400")));
    }

    #[test]
    fn a_piece_knows_its_place_and_another_text_is_none() {
        let whole = piece(r#"{"a": "x", "b": {"a": "x"}}"#);
        let inner = members(members(whole)[1].1)[0].1;
        assert_eq!(place(whole, inner), Some(22..25));
        assert_eq!(place(inner, whole), None);
        let copy = whole.to_owned();
        assert_eq!(place(&copy, inner), None);
    }

    #[test]
    fn depth_counts_nesting_and_not_brackets_in_text() {
        assert_eq!(depth(r#"[{"a":"[[[[\"[["},[[]]]"#), 3);
        assert_eq!(depth("3"), 0);
    }
}
