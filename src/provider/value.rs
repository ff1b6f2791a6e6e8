//! Single values as providers write them: moments, amounts, the beginning of a text for a complaint. What cannot be
//! understood is said, never guessed.

use serde_json::value::RawValue;

use super::json::{Kind, kind};
use crate::{
    case::{Currency, Moment, Money, money::NotMoney},
    text::beginning,
};

/// The unit that a provider counts amounts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum In {
    /// 12.5 is twelve and a half.
    Major,
    /// 1250 is twelve and a half of a currency with two decimals.
    Minor,
}

/// An amount from a number or a text of digits.
pub fn money(piece: &RawValue, currency: Option<Currency>, unit: In) -> Result<Money, &'static str> {
    let text = match kind(piece) {
        Kind::Text(text) => text,
        Kind::Number(digits) => digits.into(),
        _ => return Err("not an amount"),
    };
    let read = match unit {
        In::Minor => Money::from_minor,
        In::Major => Money::from_major,
    };
    read(&text, currency).map_err(|why| match why {
        NotMoney::NotANumber => "not an amount",
        NotMoney::TooFine => "more decimals than the currency has",
        NotMoney::TooLarge => "too large an amount",
    })
}

/// The first characters of a longer text, masked: they are for complaints, and those are for people.
pub fn start(text: &str) -> String {
    beginning(text, 80)
}

/// The most complaints about single members of one refusal that are told.
pub const MOST_COMPLAINTS: usize = 50;

/// As much of a provider's own words as is told.
pub fn sentence(text: &str) -> String {
    beginning(text, 500)
}

/// RFC 3339, the same without a zone or with a blank, a bare date, 20261122 and 22.11.2026. Dates with slashes are
/// refused: whether the day or the month comes first cannot be known.
pub fn date(text: &str) -> Option<(Moment, bool)> {
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
pub fn epoch(digits: &str) -> Option<Moment> {
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
