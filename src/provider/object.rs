//! One JSON object of an answer, read tolerantly: a member that is not what it should be is told and left out, and
//! nothing else is lost by it.

use std::{cell::RefCell, rc::Rc};

use serde_json::value::RawValue;

use super::{
    json::{self, Kind, kind},
    page,
    value::{self, In, start},
};
use crate::{
    case::{Currency, Moment, Money},
    http::Response,
    text::Raw,
};

/// An answer's text, known to be JSON of a bearable depth.
pub struct Parsed {
    text: String,
    /// Bytes that are no UTF-8 were replaced.
    damaged: bool,
}

/// Reads an answer's body as JSON, or says why it is none.
pub fn parse(answer: &Response) -> Result<Parsed, String> {
    let text = String::from_utf8_lossy(&answer.body);
    let damaged = matches!(text, std::borrow::Cow::Owned(_));
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err("the answer is empty".into());
    }
    if page::is_html(text) {
        return Err(page::page(text));
    }
    if json::depth(text) > json::DEPTH {
        return Err(format!("the answer nests deeper than {} levels", json::DEPTH));
    }
    serde_json::from_str::<&RawValue>(text).map_err(|error| format!("not JSON: {error}"))?;
    Ok(Parsed { text: text.to_owned(), damaged })
}

impl Parsed {
    /// The whole as one piece.
    pub fn piece(&self) -> Option<&RawValue> {
        serde_json::from_str(&self.text).ok()
    }

    /// The whole as an object.
    pub fn object(&self) -> Result<Object<'_>, String> {
        let piece = self.piece().filter(|piece| kind(piece) == Kind::Object);
        Ok(self.opened(piece.ok_or_else(|| format!("not an object: {}", start(&self.text)))?))
    }

    /// The elements of the whole, which is an array; those that are no objects have no members.
    pub fn objects(&self) -> Result<Vec<Object<'_>>, String> {
        let piece = self.piece().filter(|piece| kind(piece) == Kind::Array);
        let piece = piece.ok_or_else(|| format!("not a list: {}", start(&self.text)))?;
        let elements = json::elements(piece);
        if elements.len() > MOST_ELEMENTS {
            return Err(format!(
                "a list of {} elements, where at most {MOST_ELEMENTS} are read",
                elements.len()
            ));
        }
        Ok(elements.into_iter().map(|element| self.opened(element)).collect())
    }

    fn opened<'a>(&self, piece: &'a RawValue) -> Object<'a> {
        let object = Object::of(piece);
        if self.damaged {
            object.unread.borrow_mut().push("bytes that are no UTF-8 were replaced".into());
        }
        object
    }
}

/// How many complaints about one object are kept, those about what lies below it among them.
const MOST_UNREAD: usize = 100;
/// How many elements the list of an answer may have. A page has a thousand at most, so that this is another answer than
/// the one that was asked for; and every element takes its memory.
const MOST_ELEMENTS: usize = 100_000;

/// An object with its place below the one that was read first; all of them collect their complaints together.
#[derive(Clone)]
pub struct Object<'a> {
    /// "chargeback.amount." or nothing.
    at: String,
    piece: &'a RawValue,
    members: json::Members<'a>,
    unread: Rc<RefCell<Vec<Raw>>>,
}

impl<'a> Object<'a> {
    pub fn of(piece: &'a RawValue) -> Object<'a> {
        let object = Object { at: String::new(), piece, members: json::members(piece), unread: Rc::default() };
        if kind(piece) != Kind::Object {
            object.unread.borrow_mut().push(format!("not an object: {}", start(piece.get())).into());
        }
        object
    }

    /// The object's own bytes.
    pub fn raw(&self) -> Raw {
        self.piece.get().into()
    }

    /// Everything that could not be read so far, here and below.
    pub fn unread(&self) -> Vec<Raw> {
        self.unread.borrow().clone()
    }

    /// Whether the member is there, null or not.
    pub fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(own, _)| own == name)
    }

    /// The names of all members, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| name.as_ref())
    }

    /// The member, where it is there and not null. One that stands there twice with different values is told.
    pub fn piece(&self, name: &str) -> Option<&'a RawValue> {
        let mut found = self.members.iter().filter(|(own, _)| own == name).map(|(_, piece)| *piece);
        let first = found.next()?;
        if found.any(|other| other.get() != first.get()) {
            self.say(name, "twice, with different values");
            return None;
        }
        (kind(first) != Kind::Null).then_some(first)
    }

    /// The first of several names whose member is there and not null.
    pub fn first<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Option<(&'n str, &'a RawValue)> {
        names.into_iter().find_map(|name| Some((name, self.piece(name)?)))
    }

    /// Text as received. A number counts as its own digits, true and false as their words.
    pub fn text(&self, name: &str) -> Raw {
        let Some(piece) = self.piece(name) else { return Raw::default() };
        match kind(piece) {
            Kind::Text(text) => text.into_owned().into(),
            Kind::Number(_) | Kind::Bool => piece.get().into(),
            _ => {
                self.complain(name, "not text");
                Raw::default()
            }
        }
    }

    /// The digits of a number, or of a text that is one.
    pub fn digits(&self, name: &str) -> Option<String> {
        let piece = self.piece(name)?;
        let digits = match kind(piece) {
            Kind::Text(text) => text.trim().to_owned(),
            Kind::Number(digits) => digits.to_owned(),
            _ => String::new(),
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        if digits.is_empty() || !plain {
            self.complain(name, "not a number");
            return None;
        }
        Some(digits)
    }

    /// A moment as text (RFC 3339 with or without a zone, a bare day), or in seconds or milliseconds since 1970.
    pub fn moment(&self, name: &str) -> Option<Moment> {
        let piece = self.piece(name)?;
        let at = match kind(piece) {
            Kind::Text(text) if text.trim().is_empty() => return None,
            Kind::Text(text) => value::date(&text).map(|(at, _)| at),
            Kind::Number(digits) => value::epoch(digits),
            _ => None,
        };
        if at.is_none() {
            self.complain(name, "not a date");
        }
        at
    }

    pub fn money(&self, name: &str, currency: Option<Currency>, unit: In) -> Option<Money> {
        match value::money(self.piece(name)?, currency, unit) {
            Ok(money) => Some(money),
            Err(why) => {
                self.complain(name, why);
                None
            }
        }
    }

    /// A currency's three letters.
    pub fn currency(&self, name: &str) -> Option<Currency> {
        let text = self.text(name);
        let currency = Currency::parse(text.exact());
        if currency.is_none() && !text.exact().trim().is_empty() {
            self.complain(name, "not a currency");
        }
        currency
    }

    pub fn object(&self, name: &str) -> Option<Object<'a>> {
        let piece = self.piece(name)?;
        if kind(piece) != Kind::Object {
            self.complain(name, "not an object");
            return None;
        }
        Some(self.below(&format!("{name}."), piece))
    }

    /// The objects of a list; what is none of them is told.
    pub fn objects(&self, name: &str) -> Vec<Object<'a>> {
        let elements = self.elements(name).into_iter().enumerate();
        elements
            .filter_map(|(at, piece)| {
                let object = kind(piece) == Kind::Object;
                if !object {
                    self.say(name, &format!("element {at} is not an object: {}", start(piece.get())));
                }
                object.then(|| self.below(&format!("{name}.{at}."), piece))
            })
            .collect()
    }

    /// The texts and numbers of a list; what is neither is told.
    pub fn texts(&self, name: &str) -> Vec<Raw> {
        let read = |piece: &'a RawValue| match kind(piece) {
            Kind::Text(text) => Some(text.into_owned().into()),
            Kind::Number(digits) => Some(digits.into()),
            _ => {
                self.say(name, &format!("an element is not text: {}", start(piece.get())));
                None
            }
        };
        self.elements(name).into_iter().filter_map(read).collect()
    }

    /// Says of a member what is wrong with it; its beginning stands beside.
    pub fn complain(&self, name: &str, why: &str) {
        let found = self.members.iter().find(|(own, _)| own == name);
        let beginning = found.map_or(String::new(), |(_, piece)| format!(": {}", start(piece.get())));
        self.say(name, &format!("{why}{beginning}"));
    }

    fn say(&self, name: &str, why: &str) {
        let mut unread = self.unread.borrow_mut();
        if unread.len() > MOST_UNREAD {
            return;
        }
        let says = format!("{}{}: {why}", self.at, start(name)).into();
        // A member that is read twice is told once.
        if !unread.contains(&says) {
            let is_last = unread.len() == MOST_UNREAD;
            unread.push(if is_last { "more that could not be read is not told".into() } else { says });
        }
    }

    fn elements(&self, name: &str) -> Vec<&'a RawValue> {
        let Some(piece) = self.piece(name) else { return Vec::new() };
        if kind(piece) != Kind::Array {
            self.complain(name, "not a list");
        }
        json::elements(piece)
    }

    fn below(&self, name: &str, piece: &'a RawValue) -> Object<'a> {
        let (at, unread) = (format!("{}{name}", self.at), self.unread.clone());
        Object { at, piece, members: json::members(piece), unread }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Response {
        Response { status: 200, headers: Vec::new(), body: body.into(), date: None }
    }

    #[test]
    fn what_is_as_it_should_be_is_read_and_the_rest_is_told_in_its_place() {
        let parsed = parse(&answer(
            r#"{"id": 7, "at": "2026-11-22T10:00:00.1665936Z", "paid": {"amount": 1e400, "currency": "EUR"},
                "lines": [{"n": 1}, 5, {"n": []}], "words": ["a", 2, null], "id2": null, "x": 1, "x": 2}"#,
        ))
        .unwrap();
        let top = parsed.object().unwrap();
        assert_eq!((top.text("id").exact(), top.has("id2"), top.piece("id2").is_none()), ("7", true, true));
        assert_eq!(top.moment("at").unwrap().rfc3339(), "2026-11-22T10:00:00.166Z");
        let paid = top.object("paid").unwrap();
        assert_eq!(paid.money("amount", paid.currency("currency"), In::Minor), None);
        let lines: Vec<_> = top.objects("lines").iter().map(|line| line.text("n").exact().to_owned()).collect();
        assert_eq!(lines, ["1", ""]);
        assert_eq!(top.texts("words"), ["a".into(), "2".into()] as [Raw; 2]);
        assert!(top.text("x").is_empty() && top.object("words").is_none());
        let told: Vec<_> = top.unread().iter().map(|told| told.exact().to_owned()).collect();
        assert_eq!(
            told,
            [
                "paid.amount: not an amount: 1e400",
                "lines: element 1 is not an object: 5",
                "lines.2.n: not text: []",
                "words: an element is not text: null",
                "x: twice, with different values",
                "words: not an object: [\"a\", 2, null]",
            ]
        );
    }

    /// Each held against all before it, these would be 500,000,000,000 comparisons.
    #[test]
    fn of_a_great_many_complaints_the_first_are_kept() {
        let words = (0..1_000_000).map(|_| "null").collect::<Vec<_>>().join(",");
        let elements = (0..1_000_000).map(|at| at.to_string()).collect::<Vec<_>>().join(",");
        let parsed = parse(&answer(&format!(r#"{{"words": [{words}], "lines": [{elements}]}}"#))).unwrap();
        let top = parsed.object().unwrap();
        assert_eq!((top.texts("words").len(), top.objects("lines").len()), (0, 0));
        let told = top.unread();
        assert_eq!(told.len(), MOST_UNREAD + 1);
        assert_eq!(told[0].exact(), "words: an element is not text: null");
        assert_eq!(told[1].exact(), "lines: element 0 is not an object: 0");
        assert_eq!(told[MOST_UNREAD].exact(), "more that could not be read is not told");
    }

    #[test]
    fn a_list_of_more_elements_than_any_page_has_is_refused() {
        let list = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert_eq!(parse(&answer(&list(MOST_ELEMENTS))).unwrap().objects().unwrap().len(), MOST_ELEMENTS);
        let refused = parse(&answer(&list(MOST_ELEMENTS + 1))).unwrap().objects().err().unwrap();
        assert_eq!(refused, "a list of 100001 elements, where at most 100000 are read");
    }

    #[test]
    fn an_answer_that_is_no_json_is_told_and_never_read() {
        for (body, why) in [
            ("", "the answer is empty"),
            ("<html><title>Log in</title></html>", "a page titled \"Log in\""),
            ("{", "not JSON: EOF"),
            (&"[".repeat(200), "the answer nests deeper"),
        ] {
            let told = parse(&answer(body)).err().unwrap();
            assert!(told.starts_with(why), "{told}");
        }
        assert!(parse(&answer("[1]")).unwrap().object().is_err());
        assert_eq!(parse(&answer("[1]")).unwrap().objects().unwrap()[0].unread(), ["not an object: 1".into()]);
        let mut torn = answer("{}");
        torn.body = b"{\"a\":\"\xff\"}".to_vec();
        let parsed = parse(&torn).unwrap();
        assert_eq!(parsed.object().unwrap().unread().len(), 1);
    }
}
