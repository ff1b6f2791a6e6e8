//! One request of an action: where it goes, what it carries, and what proves that it arrived. Data; the bytes are made
//! once, when it is frozen, and never again.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    body::{self, Making},
    check::Problem,
    field::is_same_number,
};
use crate::{
    case::Settings,
    text::{Raw, own, segment},
};

pub struct Step {
    /// Within its action: "send", "upload".
    pub id: &'static str,
    pub method: By,
    /// Below the profile's base address. `{case}` stands for the case's number, percent-encoded; `{key}` for our key.
    pub path: Word,
    /// The header that carries our key, where the provider takes one.
    pub key: Option<Word>,
    pub body: Body,
    pub proof: Proof,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    Post,
    Put,
}

impl Method {
    pub fn words(self) -> &'static str {
        match self {
            Method::Post => "POST",
            Method::Put => "PUT",
        }
    }
}

/// A method: settled by the API's text, or one that a profile chooses.
#[derive(Clone, Copy)]
pub enum By {
    Post,
    Put,
    Set(fn(&Settings) -> Method),
}

impl By {
    pub fn of(self, settings: &Settings) -> Method {
        match self {
            By::Post => Method::Post,
            By::Put => Method::Put,
            By::Set(set) => set(settings),
        }
    }
}

/// A word of the API: settled by its text, or one that a profile can correct.
#[derive(Clone, Copy)]
pub enum Word {
    Is(&'static str),
    Set(fn(&Settings) -> &str),
    /// A text in which a name in braces stands for another word: "{version}".
    With {
        text: fn(&Settings) -> &str,
        name: &'static str,
        word: fn(&Settings) -> &str,
    },
}

impl Word {
    pub fn of(self, settings: &Settings) -> Cow<'_, str> {
        match self {
            Word::Is(word) => word.into(),
            Word::Set(word) => word(settings).into(),
            Word::With { text, name, word } => text(settings).replace(name, &segment(word(settings))).into(),
        }
    }
}

pub enum Body {
    Empty,
    /// A JSON object of the action's fields, each under its own name.
    Fields,
    /// Where no declaration can say it.
    Made(fn(&Making<'_>) -> Result<Value, Problem>),
}

/// What an answer must show for the step to count as done. Anything else leaves the outcome unknown.
#[derive(Clone, Copy)]
pub enum Proof {
    /// This status, whatever the body.
    Status(u16),
    /// A 2xx whose JSON names the subject at one of these pointers (comma-separated, as in RFC 6901): the case's own
    /// number, or for a new case any number.
    Names(Word),
    /// As `Names`, where what stands at a pointer counts only if it looks like a number of that provider; text that is
    /// no JSON stands for itself, at the empty pointer.
    NamesLike(Word, fn(&str) -> bool),
    /// A 2xx whose JSON names what it made at one of these pointers, which is not the case but something for it.
    Makes(Word),
    /// A 2xx with any JSON.
    AnyJson,
}

impl Proof {
    /// Whether an answer names something that was made for the case.
    pub fn makes(self) -> bool {
        matches!(self, Proof::Makes(_))
    }

    /// What stands for an answer that nobody saw, where a person knows the name of what the step made: the name at the
    /// first place where the proof looks for it. Null where it looks for none.
    pub fn naming(self, name: &Raw, settings: &Settings) -> Value {
        let Proof::Makes(pointers) = self else { return Value::Null };
        let pointers = pointers.of(settings);
        let first = pointers.split(',').next().unwrap_or_default().trim();
        first.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().fold(
            name.exact().into(),
            |inner, key| {
                Value::Object([(key.replace("~1", "/").replace("~0", "~"), inner)].into_iter().collect())
            },
        )
    }
}

/// A request whose bytes are made. It is kept sealed, and every copy that is sent is this one.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    pub method: Method,
    pub path: String,
    /// Beside those that the door adds.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl std::fmt::Debug for Frozen {
    /// Neither headers nor body: they may hold card data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frozen({} {}, {} bytes)", self.method.words(), self.path, self.body.len())
    }
}

impl Frozen {
    /// All that matters of it, each part with its length, for a keyed hash.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.body.len() + 256);
        let mut put = |part: &[u8]| {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        };
        put(self.method.words().as_bytes());
        put(self.path.as_bytes());
        for (name, value) in &self.headers {
            put(name.as_bytes());
            put(value.as_bytes());
        }
        put(&self.body);
        bytes
    }
}

/// Makes the bytes of a step, once.
pub fn freeze(step: &Step, fields: &[super::Field], making: &Making<'_>) -> Result<Frozen, Problem> {
    let settings = making.settings;
    let number = making.case.map_or("", |case| case.id.number.exact());
    let path =
        step.path.of(settings).replace("{case}", &segment(number)).replace("{key}", &segment(making.key));
    let body = match step.body {
        Body::Empty => Vec::new(),
        Body::Fields => written(&body::body(fields, making)?)?,
        Body::Made(made) => written(&made(making)?)?,
    };
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    headers.extend(step.key.map(|name| (name.of(settings).to_ascii_lowercase(), making.key.to_owned())));
    Ok(Frozen { method: step.method.of(settings), path, headers, body })
}

fn written(value: &Value) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|_| Problem::of_all(own("the body cannot be written as JSON")))
}

/// What an answer shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Shows {
    /// It is done; the subject's number at the provider, where the answer names it.
    Done(Option<Raw>),
    /// Not what was declared, and what is missing.
    Unclear(&'static str),
}

/// Holds an answer against a step's proof. `number`: the case's, where there is one.
pub fn proven(proof: Proof, status: u16, answer: &[u8], number: Option<&Raw>, settings: &Settings) -> Shows {
    let success = (200..300).contains(&status);
    match proof {
        Proof::Status(wanted) if status == wanted => Shows::Done(number.cloned()),
        Proof::Status(_) => Shows::Unclear("the answer has another status than the one that means done"),
        _ if !success => Shows::Unclear("the answer is no success"),
        Proof::AnyJson => match serde_json::from_slice::<Value>(answer) {
            Ok(_) => Shows::Done(number.cloned()),
            Err(_) => Shows::Unclear("the answer is not JSON"),
        },
        Proof::Makes(pointers) => {
            let answer = serde_json::from_slice::<Value>(answer).unwrap_or_default();
            match named(&answer, &pointers.of(settings), |_| true) {
                Some(_) => Shows::Done(number.cloned()),
                None => Shows::Unclear("the answer does not name what it made"),
            }
        }
        Proof::Names(pointers) => match serde_json::from_slice::<Value>(answer) {
            Ok(answer) => shown(named(&answer, &pointers.of(settings), |_| true), number),
            Err(_) => Shows::Unclear("the answer is not JSON"),
        },
        Proof::NamesLike(pointers, fits) => {
            let answer = serde_json::from_slice::<Value>(answer)
                .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(answer).trim().to_owned()));
            shown(named(&answer, &pointers.of(settings), fits), number)
        }
    }
}

/// What stands at the first of the pointers (comma-separated) that names something that fits.
pub fn named(answer: &Value, pointers: &str, fits: fn(&str) -> bool) -> Option<Raw> {
    let text = |pointer: &str| match answer.pointer(pointer.trim())? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let fitting = |text: &String| !text.trim().is_empty() && fits(text.trim());
    pointers.split(',').filter_map(text).find(fitting).map(Raw::new)
}

fn shown(named: Option<Raw>, number: Option<&Raw>) -> Shows {
    match (named, number) {
        (None, _) => Shows::Unclear("the answer names no case"),
        (Some(named), Some(number)) if !is_same_number(named.exact(), number.exact()) => {
            Shows::Unclear("the answer names another case")
        }
        (Some(_), Some(number)) => Shows::Done(Some(number.clone())),
        (Some(named), None) => Shows::Done(Some(named)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        action::{Values, sample::SAMPLE},
        case::{Case, CaseId, Moment},
    };

    const NAMES: Proof = SAMPLE.steps[0].proof;

    fn shows(proof: Proof, status: u16, answer: &str, number: Option<&str>) -> Shows {
        proven(proof, status, answer.as_bytes(), number.map(Raw::from).as_ref(), &Settings::of("p"))
    }

    #[test]
    fn only_the_declared_proof_says_that_it_is_done() {
        let done = |number: &str| Shows::Done(Some(number.into()));
        for (proof, status, answer, number, expected) in [
            (NAMES, 200, r#"{"caseNumber":"7"}"#, Some("7"), Some(done("7"))),
            (NAMES, 202, r#"{"caseNumber":7}"#, Some("7"), Some(done("7"))),
            (NAMES, 201, r#"{"case":{"number":"8"}}"#, None, Some(done("8"))),
            (NAMES, 201, r#"{"caseNumber":" ","case":{"number":"8"}}"#, None, Some(done("8"))),
            (NAMES, 200, r#"{"caseNumber":"70"}"#, Some("7"), None),
            (NAMES, 200, r#"{"caseNumber":""}"#, Some("7"), None),
            (NAMES, 200, r#"{"caseNumber":null}"#, None, None),
            (NAMES, 200, "{}", None, None),
            (NAMES, 200, "", Some("7"), None),
            (NAMES, 200, "<html>", Some("7"), None),
            (NAMES, 500, r#"{"caseNumber":"7"}"#, Some("7"), None),
            (Proof::Status(202), 202, "", Some("7"), Some(done("7"))),
            (Proof::Status(202), 202, "", None, Some(Shows::Done(None))),
            (Proof::Status(202), 200, "", Some("7"), None),
            (Proof::Makes(Word::Is("/id")), 201, r#"{"id":"f-1"}"#, Some("7"), Some(done("7"))),
            (Proof::Makes(Word::Is("/id")), 201, "{}", Some("7"), None),
            (Proof::Makes(Word::Is("/id")), 500, r#"{"id":"f-1"}"#, Some("7"), None),
            (Proof::AnyJson, 200, "{}", Some("7"), Some(done("7"))),
            (Proof::AnyJson, 200, "", Some("7"), None),
            (Proof::AnyJson, 404, "{}", Some("7"), None),
        ] {
            match (shows(proof, status, answer, number), expected) {
                (shown, Some(expected)) => assert_eq!(shown, expected, "{status} {answer}"),
                (Shows::Unclear(why), None) => assert!(!why.is_empty()),
                (shown, None) => panic!("{status} {answer}: {shown:?}"),
            }
        }
    }

    #[test]
    fn what_a_person_names_stands_where_the_proof_looks_for_it() {
        for (pointers, answer) in [("/id", r#"{"id":"f-1"}"#), ("/made/0~1x, /id", r#"{"made":{"0/x":"f-1"}}"#)]
        {
            let proof = Proof::Makes(Word::Is(pointers));
            let named = proof.naming(&"f-1".into(), &Settings::of("p"));
            assert_eq!(named.to_string(), answer);
            assert_eq!(shows(proof, 200, answer, Some("7")), Shows::Done(Some("7".into())));
        }
        assert_eq!(NAMES.naming(&"f-1".into(), &Settings::of("p")), Value::Null);
    }

    #[test]
    fn a_number_that_has_to_look_like_one_is_found_wherever_it_stands() {
        let like = Proof::NamesLike(Word::Is("/id,/dispute/uuid,"), |text| text.starts_with("d-"));
        for (answer, named) in [
            (r#"{"id":"d-1","dispute":{"uuid":"d-2"}}"#, Some("d-1")),
            (r#"{"id":"ok","dispute":{"uuid":"d-2"}}"#, Some("d-2")),
            (r#"{"id":7}"#, None),
            (r#""d-3""#, Some("d-3")),
            (r#""ok""#, None),
            ("d-4\n", Some("d-4")),
            ("fine", None),
            ("", None),
        ] {
            let shown = shows(like, 200, answer, None);
            assert_eq!(matches!(&shown, Shows::Done(_)), named.is_some(), "{answer}: {shown:?}");
            assert_eq!(named.map(|named| Shows::Done(Some(named.into()))).unwrap_or(shown.clone()), shown);
        }
        assert!(matches!(shows(like, 400, "d-4", None), Shows::Unclear(_)));
    }

    #[test]
    fn a_frozen_step_says_where_it_goes_and_no_debug_output_shows_what_it_carries() {
        let id = CaseId { profile: "p".into(), number: "7/8".into() };
        let (case, settings, mut values) = (Case::bare(id), Settings::of("p"), Values::default());
        values.set_text("word", "SESAME");
        let making = Making {
            case: Some(&case),
            values: &values,
            settings: &settings,
            now: Moment(0),
            files: &BTreeMap::new(),
            sealed: &BTreeMap::new(),
            answers: &[],
            key: "key-1",
        };
        let frozen = freeze(&SAMPLE.steps[0], SAMPLE.fields, &making).unwrap();
        assert_eq!((frozen.method, frozen.path.as_str()), (Method::Put, "/cases/7%2F8/sample"));
        assert_eq!(frozen.body, br#"{"word":"SESAME"}"#);
        assert!(frozen.headers.contains(&("x-key".to_owned(), "key-1".to_owned())));
        let shown = format!("{frozen:?}");
        assert!(!shown.contains("SESAME") && !shown.contains("key-1"), "{shown}");
    }

    #[test]
    fn a_word_may_stand_within_another_and_never_adds_a_segment() {
        let mut settings = Settings::of("p");
        let path = Word::With {
            text: |_| "/api/{version}/cases",
            name: "{version}",
            word: |settings| settings.table.get("version").map_or("v1", String::as_str),
        };
        assert_eq!(path.of(&settings), "/api/v1/cases");
        settings.table.insert("version".into(), "v2/../x".into());
        assert_eq!(path.of(&settings), "/api/v2%2F..%2Fx/cases");
    }

    #[test]
    fn every_part_of_a_frozen_step_counts_and_none_runs_into_the_next() {
        let frozen = |path: &str, header: (&str, &str), body: &str| {
            let headers = vec![(header.0.to_owned(), header.1.to_owned())];
            Frozen { method: Method::Post, path: path.into(), headers, body: body.into() }.bytes()
        };
        let one = frozen("/a", ("b", "c"), "d");
        for other in [
            frozen("/ab", ("", "c"), "d"),
            frozen("/a", ("bc", ""), "d"),
            frozen("/a", ("b", ""), "cd"),
            frozen("/a", ("b", "c"), "e"),
        ] {
            assert_ne!(one, other);
        }
    }
}
