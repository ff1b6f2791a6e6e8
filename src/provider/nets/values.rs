//! Single values as the provider writes them: text, money, dates. What cannot be understood is said, never guessed.

use serde_json::value::RawValue;

use super::{
    names::{Names, Pick, Seen},
    table,
};
use crate::{
    case::{Currency, Moment, Money, Settings},
    provider::{
        json::{self, Kind, kind},
        value::{In, date, epoch, money, start},
    },
    text::Raw,
};

/// Reads rows of one object and collects what could not be read.
pub struct Reading<'a> {
    pub seen: Seen<'a>,
    pub unread: Vec<Raw>,
}

/// How amounts are written, from the table.
pub struct Amounts {
    minor: bool,
    parts: Names,
}

impl Amounts {
    pub fn new(settings: &Settings) -> Amounts {
        Amounts {
            minor: table::value(settings, "unit.amount") == "minor",
            parts: Names::new(settings, &["money.amount", "money.currency"]),
        }
    }
}

impl<'a> Reading<'a> {
    pub fn new(seen: Seen<'a>) -> Reading<'a> {
        Reading { seen, unread: Vec::new() }
    }

    /// The winning member, torn ones being told and left out.
    pub fn piece(&mut self, row: usize) -> Option<(&'a str, &'a RawValue)> {
        match self.seen.pick(row) {
            Pick::Absent => None,
            Pick::Is(name, piece) => Some((name, piece)),
            Pick::Torn(name) => {
                self.unread.push(format!("{name}: twice, with different values").into());
                None
            }
        }
    }

    /// Text as received. A number counts as its own digits.
    pub fn text(&mut self, row: usize) -> Raw {
        let Some((name, piece)) = self.piece(row) else { return Raw::default() };
        match kind(piece) {
            Kind::Text(text) => text.into_owned().into(),
            Kind::Number(digits) => digits.into(),
            _ => {
                self.complain(name, "not text", piece);
                Raw::default()
            }
        }
    }

    /// A point in time, and whether only its day was given.
    pub fn date(&mut self, row: usize) -> Option<(Moment, bool)> {
        let (name, piece) = self.piece(row)?;
        let date = match kind(piece) {
            Kind::Text(text) => date(&text),
            Kind::Number(digits) => epoch(digits).map(|at| (at, false)),
            _ => None,
        };
        if date.is_none() {
            self.complain(name, "not a date", piece);
        }
        date
    }

    pub fn moment(&mut self, row: usize) -> Option<Moment> {
        self.date(row).map(|(at, _)| at)
    }

    /// An amount, a plain number, a text or an object with a currency of its own; the currency beside it otherwise.
    pub fn money(&mut self, amount: usize, currency: usize, how: &Amounts) -> Option<Money> {
        let beside = self.currency(currency);
        let (name, piece) = self.piece(amount)?;
        let read = match kind(piece) {
            Kind::Object => self.nested(piece, beside, how),
            _ => beside.and_then(|currency| number(piece, currency, how)),
        };
        match read {
            Ok(money) => Some(money),
            Err(why) => {
                self.complain(name, why, piece);
                None
            }
        }
    }

    fn nested(&mut self, piece: &RawValue, beside: ReadCurrency, how: &Amounts) -> Result<Money, &'static str> {
        let mut parts = Reading::new(how.parts.seen(json::members(piece)));
        let own = parts.currency(1)?;
        let currency = if own.is_some() { own } else { beside? };
        match parts.piece(0) {
            Some((_, amount)) => number(amount, currency, how),
            None => Err("an object without a clear amount"),
        }
    }

    /// `Ok(None)` where none is given. One that is there and unknown spoils the amount: its decimals are unknown too.
    fn currency(&mut self, row: usize) -> ReadCurrency {
        let (name, piece) = match self.seen.pick(row) {
            Pick::Absent => return Ok(None),
            Pick::Torn(_) => return Err("its currency stands there twice"),
            Pick::Is(name, piece) => (name, piece),
        };
        let code = match kind(piece) {
            Kind::Text(text) => text.trim().to_owned(),
            Kind::Number(digits) => format!("{digits:0>3}"),
            _ => String::new(),
        };
        match Currency::parse(&code).or_else(|| numeric(&code)) {
            Some(currency) => Ok(Some(currency)),
            None => {
                self.complain(name, "not a currency", piece);
                Err("its currency is unknown")
            }
        }
    }

    pub fn complain(&mut self, name: &str, why: &str, piece: &RawValue) {
        self.unread.push(format!("{name}: {why}: {}", start(piece.get())).into());
    }
}

type ReadCurrency = Result<Option<Currency>, &'static str>;

fn number(piece: &RawValue, currency: Option<Currency>, how: &Amounts) -> Result<Money, &'static str> {
    money(piece, currency, if how.minor { In::Minor } else { In::Major })
}

/// ISO 4217 numeric codes of the currencies that Nordic issuers meet most.
fn numeric(code: &str) -> Option<Currency> {
    let letters = match code {
        "978" => "EUR",
        "208" => "DKK",
        "752" => "SEK",
        "578" => "NOK",
        "352" => "ISK",
        "840" => "USD",
        "826" => "GBP",
        "756" => "CHF",
        "985" => "PLN",
        "392" => "JPY",
        "414" => "KWD",
        _ => return None,
    };
    Currency::parse(letters)
}
