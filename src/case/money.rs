//! Money: a whole number of minor units with the currency's exponent, never a float.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text::Shown;

/// An amount as a provider gave it. `minor` counts the currency's smallest unit (cents for EUR, whole yen for JPY).
///
/// The currency may be missing: some providers send none. Then two decimals are assumed for showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Option<Currency>,
}

/// An ISO 4217 alphabetic code: three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three letters, in either case, blanks around them ignored. Anything else is `None`.
    pub fn parse(text: &str) -> Option<Currency> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters
            .iter()
            .all(u8::is_ascii_alphabetic)
            .then(|| Currency(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Whether it is money somewhere (ISO 4217, list one, without metals, funds and codes for testing). The list grows,
    /// so that what is not on it is doubtful and not wrong.
    pub fn is_known(&self) -> bool {
        KNOWN.split_ascii_whitespace().any(|code| code == self.code())
    }

    /// How many decimals the currency has (ISO 4217, list one): 2 unless it is one of the exceptions.
    pub fn exponent(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

const KNOWN: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP \
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR \
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT \
    MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD \
    SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES \
    VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";

impl TryFrom<String> for Currency {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Currency::parse(&text).ok_or("a currency is three letters")
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.code().to_owned()
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMoney {
    /// Not a plain decimal number (`-12`, `12.50`).
    NotANumber,
    /// More decimals than the currency has, other than zeros.
    TooFine,
    /// More than 64 bits of minor units.
    TooLarge,
}

impl Money {
    /// Reads a decimal text in major units ("1234.5"), as it stands in JSON or in a form. Exponents ("1e3") and
    /// grouping signs are refused: an amount that must be guessed is not an amount.
    pub fn from_major(text: &str, currency: Option<Currency>) -> Result<Money, NotMoney> {
        let exponent = exponent(currency) as usize;
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.ends_with('.') {
            return Err(NotMoney::NotANumber);
        }
        let (kept, rest) = fraction.split_at(fraction.len().min(exponent));
        if rest.bytes().any(|byte| byte != b'0') {
            return Err(NotMoney::TooFine);
        }
        let padded = format!("{whole}{kept:0<exponent$}");
        let minor: i64 = padded.parse().map_err(|_| NotMoney::TooLarge)?;
        Ok(Money { minor: if negative { -minor } else { minor }, currency })
    }

    /// Reads a whole number of minor units ("12350").
    pub fn from_minor(text: &str, currency: Option<Currency>) -> Result<Money, NotMoney> {
        let text = text.trim();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotMoney::NotANumber);
        }
        let minor = text.parse().map_err(|_| NotMoney::TooLarge)?;
        Ok(Money { minor, currency })
    }

    /// The amount in major units without grouping, as a wire or a filter wants it: "1234.50".
    pub fn major(&self) -> String {
        let exponent = exponent(self.currency) as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        if exponent == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

impl fmt::Display for Money {
    /// For people: "1,234.50 EUR".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let major = self.major();
        let (sign, digits) = major.strip_prefix('-').map_or(("", major.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, fr)| (w, Some(fr)));
        f.write_str(sign)?;
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{digit}")?;
        }
        if let Some(fraction) = fraction {
            write!(f, ".{fraction}")?;
        }
        match self.currency {
            Some(currency) => write!(f, " {}", currency.code()),
            None => Ok(()),
        }
    }
}

// Digits, signs and three checked letters.
impl Shown for Money {}

fn exponent(currency: Option<Currency>) -> u32 {
    currency.map_or(2, |currency| currency.exponent())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_in_major_units_becomes_minor_units_of_its_currency() {
        for (text, code, minor, shown) in [
            ("1234.5", "EUR", 123_450, "1,234.50 EUR"),
            ("0.07", "DKK", 7, "0.07 DKK"),
            ("5000", "JPY", 5000, "5,000 JPY"),
            ("1.234", "KWD", 1234, "1.234 KWD"),
            ("-12", "SEK", -1200, "-12.00 SEK"),
            ("10.500", "EUR", 1050, "10.50 EUR"),
            ("90071992547409.93", "EUR", 9_007_199_254_740_993, "90,071,992,547,409.93 EUR"),
        ] {
            let money = Money::from_major(text, Currency::parse(code)).unwrap();
            assert_eq!((money.minor, money.to_string().as_str()), (minor, shown));
            assert_eq!(Money::from_major(&money.major(), money.currency), Ok(money));
        }
    }

    #[test]
    fn a_currency_that_nobody_pays_with_is_not_known() {
        let known = |code| Currency::parse(code).unwrap().is_known();
        assert!(["EUR", "nok", "JPY", "KWD", "ZWG"].into_iter().all(known));
        assert!(!["XXX", "zzz", "XTS", "XAU"].into_iter().any(known));
    }

    #[test]
    fn what_must_be_guessed_is_not_an_amount() {
        let eur = Currency::parse("EUR");
        for text in ["", "-", "1,5", "1e3", "12.", ".5", "0x1", "1 000", "NaN", "--1"] {
            assert_eq!(Money::from_major(text, eur), Err(NotMoney::NotANumber), "{text}");
        }
        assert_eq!(Money::from_major("1.234", eur), Err(NotMoney::TooFine));
        assert_eq!(Money::from_major("92233720368547758.08", eur), Err(NotMoney::TooLarge));
    }
}
