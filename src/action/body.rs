//! The JSON of a request from what was entered: the documented names and types and nothing else. A field that nobody
//! touched is not there; what is there is exact.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{
    check::{self, Problem},
    draft::{Attachment, Entered, Values, below},
    field::{Choices, Clock, CurrencyOf, Field, Instead, Kind, Papers, Unit},
};
use crate::{
    case::{Case, Currency, Moment, Money, Settings},
    text::own,
};

/// Everything that a body may be made of. No clock, no file.
pub struct Making<'a> {
    pub case: Option<&'a Case>,
    pub values: &'a Values,
    pub settings: &'a Settings,
    pub now: Moment,
    /// The attached bytes by their SHA-256.
    pub files: &'a BTreeMap<String, Vec<u8>>,
    /// Card numbers by address, as they leave.
    pub sealed: &'a BTreeMap<String, String>,
    /// What the steps before this one were answered.
    pub answers: &'a [Value],
    /// The entry's own id, which is also its idempotency key.
    pub key: &'a str,
}

/// What bytes are that show no media type (RFC 2046, 4.5.1).
const UNKNOWN_MEDIA: &str = "application/octet-stream";

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
        Kind::Card(_) => Ok(match (making.sealed.get(address), making.values.get(address)) {
            (Some(sealed), _) => Some(Value::String(sealed.clone())),
            (None, Some(Entered::Null)) => Some(Value::Null),
            (None, _) => None,
        }),
        _ => match making.values.get(address) {
            None => Ok(instead(field, making)),
            Some(Entered::Null) => Ok(Some(Value::Null)),
            Some(Entered::Files(files)) => match field.kind {
                Kind::Files(papers) => sent(files, papers, address, making),
                _ => Ok(None),
            },
            Some(Entered::Text(_)) if matches!(field.kind, Kind::Files(_)) => Ok(None),
            Some(Entered::Text(text)) => leaf(field, address, text.exact(), making),
        },
    }
}

fn instead(field: &Field, making: &Making<'_>) -> Option<Value> {
    match field.instead {
        Instead::Nothing => None,
        Instead::OurReference(wanted) => wanted(making.settings).then(|| making.key.into()),
        Instead::OfCaseUnless(_, card) if making.sealed.contains_key(card) => None,
        Instead::OfCase(of) | Instead::OfCaseUnless(of, _) => {
            making.case.and_then(of).map(|known| known.exact().into())
        }
    }
}

fn leaf(field: &Field, address: &str, text: &str, making: &Making<'_>) -> Result<Option<Value>, Problem> {
    if text.is_empty() {
        return Ok(field.takes_an_empty_text().then(|| Value::String(String::new())));
    }
    let wrong = |says| Problem { field: address.to_owned(), says };
    match field.kind {
        Kind::Date => {
            let day = check::day(text, making.now).ok_or_else(|| wrong(own("is no day like 2026-11-22")))?;
            Ok(Some(Value::String(day)))
        }
        Kind::Amount { currency, unit, .. } => {
            let currency = currency_of(currency, address, making.values, making.case, making.settings);
            let money = Money::from_major(text, currency)
                .map_err(|why| wrong(check::not_money(why, text, currency)))?;
            let digits = match unit(making.settings) {
                Unit::Major => money.major(),
                Unit::Minor => money.minor.to_string(),
            };
            number(&digits).map(Some).ok_or_else(|| wrong(own("is no number")))
        }
        Kind::Whole { .. } => {
            let whole: i64 = text.trim().parse().map_err(|_| wrong(own("is no whole number")))?;
            Ok(Some(whole.into()))
        }
        Kind::Instant { sent } => {
            let at = check::instant(text, making.now)
                .ok_or_else(|| wrong(own("is no time like 2026-11-22 14:30")))?;
            Ok(Some(match sent(making.settings) {
                Clock::Text => at.rfc3339().into(),
                Clock::Seconds => at.0.div_euclid(1000).into(),
                Clock::SecondsText => at.0.div_euclid(1000).to_string().into(),
                Clock::MillisecondsText => at.0.to_string().into(),
            }))
        }
        Kind::Each { .. } => {
            let each: Vec<Value> = check::each(text).map(Value::from).collect();
            Ok((!each.is_empty()).then_some(Value::Array(each)))
        }
        Kind::Choice { of: Choices::Numbers(_), .. } => {
            let whole: i64 = text.trim().parse().map_err(|_| wrong(own("is no whole number")))?;
            Ok(Some(whole.into()))
        }
        Kind::Choice { of: Choices::Currencies, .. } => {
            let currency = Currency::parse(text).ok_or_else(|| wrong(own("is no currency")))?;
            Ok(Some(currency.code().into()))
        }
        _ => Ok(Some(Value::String(text.to_owned()))),
    }
}

/// A JSON number with just these digits.
fn number(digits: &str) -> Option<Value> {
    serde_json::from_str::<serde_json::Number>(digits).ok().map(Value::Number)
}

/// The currency of an amount at an address, where it is known.
pub fn currency_of(
    of: CurrencyOf,
    address: &str,
    values: &Values,
    case: Option<&Case>,
    settings: &Settings,
) -> Option<Currency> {
    let beside = |name: &str| {
        let above = address.rsplit_once('.').map_or("", |(above, _)| above);
        Currency::parse(values.text(&below(above, name)))
    };
    match of {
        CurrencyOf::Case => case?.amount?.currency,
        CurrencyOf::Told(told) => case.and_then(told),
        CurrencyOf::Beside(name) => beside(name),
        CurrencyOf::BesideOrCase(name) => beside(name).or_else(|| case?.amount?.currency),
        CurrencyOf::Set(set) => set(settings),
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
        if let Some(media) = papers.media_type {
            let shown = if file.media.is_empty() { UNKNOWN_MEDIA } else { file.media.as_str() };
            members.insert(media.to_owned(), shown.into());
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{action::sample::SAMPLE, case::CaseId};

    fn case() -> Case {
        let amount = Some(Money { minor: 9900, currency: Currency::parse("KWD") });
        Case { amount, ..Case::bare(CaseId { profile: "p".into(), number: "7".into() }) }
    }

    fn made(values: &Values) -> Result<String, Problem> {
        let (case, settings) = (case(), Settings::of("p"));
        let making = Making {
            case: Some(&case),
            values,
            settings: &settings,
            now: Moment::parse("2026-11-22T09:00:00Z").unwrap(),
            files: &BTreeMap::from([("f".repeat(64), b"%PDF".to_vec())]),
            sealed: &BTreeMap::from([("card".to_owned(), "U0VBTEVE".to_owned())]),
            answers: &[],
            key: "key-1",
        };
        body(SAMPLE.fields, &making).map(|body| body.to_string())
    }

    fn entered(pairs: &[(&str, &str)]) -> Values {
        let mut values = Values::default();
        for (address, text) in pairs {
            values.set_text(address, *text);
        }
        values
    }

    fn paper(sha256: &str, description: &str) -> Attachment {
        Attachment {
            name: "a.pdf".into(),
            sha256: sha256.to_owned(),
            size: 4,
            media: "application/pdf".into(),
            description: description.into(),
            measured: Default::default(),
        }
    }

    #[test]
    fn every_kind_of_field_has_its_exact_json() {
        let mut values = entered(&[
            ("word", "AB"),
            ("story", "one\ntwo \"x\" "),
            ("arn", "74550206280123456789013"),
            ("blocked", "Y"),
            ("reason", "10.4"),
            ("bought", "yesterday"),
            ("price", "5000"),
            ("currency", "jpy"),
            ("part", "1.5"),
            ("count", "+07"),
            ("customer.name", "Åse"),
            ("items.0.id", "A"),
            ("items.1.pieces", "0"),
            ("shown", "never sent"),
            ("known", "eur"),
        ]);
        values
            .set("papers", Entered::Files(vec![paper(&"f".repeat(64), "letter"), paper(&"f".repeat(64), "")]));
        let expected = json!({
            "word": "AB",
            "story": "one\ntwo \"x\" ",
            "arn": "74550206280123456789013",
            "blocked": "Y",
            "reason": "10.4",
            "bought": "2026-11-21",
            "price": 5000,
            "currency": "JPY",
            "part": "X",
            "count": 7,
            "papers": [
                {"fileName": "a.pdf", "mimeType": "application/pdf", "content": "JVBERg==", "about": "letter"},
                {"fileName": "a.pdf", "mimeType": "application/pdf", "content": "JVBERg=="},
            ],
            "card": "U0VBTEVE",
            "customer": {"name": "Åse"},
            "items": [{"id": "A"}, {"pieces": 0}],
            "known": "EUR",
        });
        // The digits of an amount stand as they are: three decimals of a dinar.
        assert_eq!(made(&values).unwrap(), expected.to_string().replace(r#""X""#, "1.500"));
    }

    #[test]
    fn what_is_unset_is_not_sent_an_empty_text_is_one_and_null_is_null() {
        let mut values = entered(&[("arn", ""), ("word", ""), ("reason", ""), ("price", ""), ("items.0", "")]);
        values.set("story", Entered::Null);
        values.set("papers", Entered::Files(Vec::new()));
        // An element of a list that was only begun is there; a price that is no number is not, nor a code that is none.
        assert_eq!(made(&values).unwrap(), r#"{"story":null,"arn":"","card":"U0VBTEVE","items":[{}]}"#);
        let values = entered(&[("papers", "no file")]);
        assert_eq!(made(&values).unwrap(), r#"{"card":"U0VBTEVE"}"#);
    }

    #[test]
    fn what_stands_instead_is_sent_only_where_nothing_was_entered_and_something_is_known() {
        let field = |name: &str| SAMPLE.fields.iter().find(|field| field.name == name).unwrap();
        let (mut known, mut settings) = (case(), Settings::of("p"));
        let sent = |case: &Case, settings: &Settings, values: &Values, name: &str| {
            let (files, sealed) = (BTreeMap::new(), BTreeMap::new());
            let (now, case, answers) = (Moment(0), Some(case), &[]);
            let making =
                Making { case, values, settings, now, files: &files, sealed: &sealed, answers, key: "key-1" };
            value(field(name), name, &making).unwrap()
        };
        let nothing = Values::default();
        assert_eq!(sent(&known, &settings, &nothing, "reference"), None);
        assert_eq!(sent(&known, &settings, &nothing, "agreement"), None);
        settings.table.insert("ours".into(), "yes".into());
        known.arn = "A-1".into();
        assert_eq!(sent(&known, &settings, &nothing, "reference"), Some("key-1".into()));
        assert_eq!(sent(&known, &settings, &nothing, "agreement"), Some("A-1".into()));
        let words = field("agreement").instead.words(Some(&known), &settings).unwrap();
        assert_eq!(words.as_str(), "A-1, as the case has it");
        let own = entered(&[("reference", "mine"), ("agreement", "")]);
        assert_eq!(sent(&known, &settings, &own, "reference"), Some("mine".into()));
        assert_eq!(sent(&known, &settings, &own, "agreement"), Some("".into()));
        assert!(field("word").instead.words(Some(&known), &settings).is_none());
    }

    #[test]
    fn minor_units_count_by_the_decimals_of_the_currency_beside() {
        for (price, currency, sent) in
            [("12.5", "EUR", "1250"), ("5000", "JPY", "5000"), ("1.234", "KWD", "1234")]
        {
            let sent = format!(r#"{{"price":{sent},"currency":"{currency}","card":"U0VBTEVE"}}"#);
            assert_eq!(made(&entered(&[("price", price), ("currency", currency)])).unwrap(), sent);
        }
    }

    #[test]
    fn another_amount_of_the_case_may_lend_its_currency() {
        let told = CurrencyOf::Told(|case| case.transaction_amount?.currency);
        let of = |case: Option<&Case>| currency_of(told, "price", &Values::default(), case, &Settings::of("p"));
        let yen = Money { minor: 1, currency: Currency::parse("JPY") };
        assert_eq!(of(Some(&Case { transaction_amount: Some(yen), ..case() })), yen.currency);
        assert_eq!((of(Some(&case())), of(None)), (None, None));
    }

    #[test]
    fn what_cannot_be_written_stands_under_its_field() {
        for (address, text) in [
            ("bought", "22.11.2026"),
            ("price", "12,50"),
            ("part", "1.2345"),
            ("count", "1.5"),
            ("currency", "euro"),
            ("items.0.pieces", "x"),
        ] {
            assert_eq!(made(&entered(&[(address, text)])).unwrap_err().field, address);
        }
        let mut values = Values::default();
        values.set("papers", Entered::Files(vec![paper("gone", "")]));
        assert_eq!(made(&values).unwrap_err().field, "papers");
    }
}
