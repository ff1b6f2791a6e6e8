//! Single values as the provider writes them: text, money, dates. What cannot be understood is said, never guessed.

use serde_json::value::RawValue;

use super::{
    json::{self, Kind, kind},
    names::{Names, Pick, Seen},
    table,
};
use crate::{
    case::{Currency, Moment, Money, Settings, money::NotMoney},
    text::{Raw, beginning},
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

/// The first characters of a longer text, masked: they are for complaints, and those are for people.
pub fn start(text: &str) -> String {
    beginning(text, 80)
}

fn number(piece: &RawValue, currency: Option<Currency>, how: &Amounts) -> Result<Money, &'static str> {
    let text = match kind(piece) {
        Kind::Text(text) => text,
        Kind::Number(digits) => digits.into(),
        _ => return Err("not an amount"),
    };
    let read = if how.minor { Money::from_minor } else { Money::from_major };
    read(&text, currency).map_err(|why| match why {
        NotMoney::NotANumber => "not an amount",
        NotMoney::TooFine => "more decimals than the currency has",
        NotMoney::TooLarge => "too large an amount",
    })
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

/// RFC 3339, the same without a zone or with a blank, a bare date, 20261122 and 22.11.2026. Dates with slashes are
/// refused: whether the day or the month comes first cannot be known.
fn date(text: &str) -> Option<(Moment, bool)> {
    let text = text.trim();
    let dotted = || {
        let mut parts = text.splitn(3, '.');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |part: &str, count| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
        (digits(day, 2) && digits(month, 2) && digits(year, 4)).then(|| format!("{year}-{month}-{day}"))
    };
    let written = dotted();
    let text = written.as_deref().unwrap_or(text);
    let compact = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.bytes().all(|byte| byte.is_ascii_digit()) && !compact {
        return epoch(text).map(|at| (at, false));
    }
    Some((sensible(Moment::parse(text)?)?, compact || Moment::is_bare_date(text)))
}

/// Seconds since 1970, or milliseconds where the number is too large for seconds.
fn epoch(digits: &str) -> Option<Moment> {
    const MILLISECONDS_FROM: u64 = 100_000_000_000;
    let number: i64 = digits.parse().ok()?;
    sensible(if number.unsigned_abs() >= MILLISECONDS_FROM {
        Moment(number)
    } else {
        Moment::from_epoch_seconds(number)
    })
}

/// Within the years 1 to 9999, which can be shown.
fn sensible(at: Moment) -> Option<Moment> {
    const FIRST: i64 = -62_135_596_800_000;
    const LAST: i64 = 253_402_300_799_999;
    (FIRST..=LAST).contains(&at.0).then_some(at)
}
