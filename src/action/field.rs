//! What an action asks for: a field with its wire name, its kind, its limits. Data and its constructors; what somebody
//! entered is not known here.

use crate::{
    case::{Case, Currency, Settings, reason::Network},
    text::{Raw, SafeText, own, say},
};

/// One field. Its name is the provider's own, so that a complaint about a member lands under the right field.
#[derive(Clone, Copy)]
pub struct Field {
    /// The wire name: "notes". Within a group or list, below its name: "transaction_details.0.amount".
    pub name: &'static str,
    /// As in the form: "Notes".
    pub label: &'static str,
    pub kind: Kind,
    /// Of a group: what it needs inside is needed although nothing of it is filled.
    pub required: bool,
    /// Helps with the form and is not sent.
    pub local: bool,
    /// The API's text says that null is a value here.
    pub nullable: bool,
    /// What stands beside the field while it has the focus.
    pub hint: &'static str,
    /// What is sent where nobody entered anything.
    pub instead: Instead,
}

/// What stands in the place of a value that nobody entered.
#[derive(Clone, Copy)]
pub enum Instead {
    Nothing,
    /// The entry's own id, where the profile wants our reference there.
    OurReference(fn(&Settings) -> bool),
    /// What is known of the case.
    OfCase(fn(&Case) -> Option<Raw>),
    /// The same, unless the card number at that address was typed.
    OfCaseUnless(fn(&Case) -> Option<Raw>, &'static str),
}

impl Instead {
    /// What is known of it before the entry has its id.
    pub fn words(self, case: Option<&Case>, settings: &Settings) -> Option<SafeText> {
        match self {
            Instead::Nothing => None,
            Instead::OurReference(wanted) => {
                wanted(settings).then(|| own("our own reference, which it gets when it is queued"))
            }
            Instead::OfCase(_) | Instead::OfCaseUnless(..) => self.of_case(case),
        }
    }

    /// What the case has, where that is sent for what nobody entered.
    pub fn of_case(self, case: Option<&Case>) -> Option<SafeText> {
        match self {
            Instead::OfCase(of) | Instead::OfCaseUnless(of, _) => {
                case.and_then(of).map(|known| say!("{}, as the case has it", known.show()))
            }
            Instead::Nothing | Instead::OurReference(_) => None,
        }
    }
}

#[derive(Clone, Copy)]
pub enum Kind {
    /// One line of at most so many characters (Unicode scalar values).
    Text {
        most: usize,
        shape: Shape,
    },
    /// Several lines, line ends counted, of at most so many characters.
    Lines {
        most: usize,
    },
    Choice {
        of: Choices,
        others: Others,
        most: usize,
    },
    /// A day, typed and kept as 2026-11-22; also "today" and "yesterday". Sent as the same text.
    Date,
    /// A day and a time in UTC, typed as "2026-11-22 14:30" (or as RFC 3339 has it); a day alone is its beginning; also
    /// "now". How it is sent is the API's.
    Instant {
        sent: fn(&Settings) -> Clock,
    },
    /// Texts, one a line: at most so many, each of at most so many characters. Sent as a JSON array of them.
    Each {
        most: usize,
        longest: usize,
    },
    /// Typed in major units of a currency ("12.50"), sent as a JSON number. `zero`: whether nothing is an amount, too.
    Amount {
        currency: CurrencyOf,
        unit: fn(&Settings) -> Unit,
        zero: bool,
    },
    /// A whole JSON number from `least` to `most`.
    Whole {
        least: i64,
        most: i64,
    },
    Files(&'static Papers),
    /// A card number: typed unseen, kept nowhere but in the sealed bytes that are sent.
    Card(Leaves),
    Group(&'static [Field]),
    /// So many elements at least and at most, each with these fields.
    List {
        least: usize,
        most: usize,
        of: &'static [Field],
    },
}

/// What a line must look like.
#[derive(Clone, Copy)]
pub enum Shape {
    Any,
    /// Returns whether it fits; the words complete "must be ...".
    Like {
        fits: fn(&str) -> bool,
        words: &'static str,
        /// One that fits, of any length that does.
        example: &'static str,
    },
}

/// How a card number leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaves {
    /// Encrypted for the provider, as base64.
    Sealed,
    /// Its digits, where the API has no other way: over https, and nothing else protects them.
    Clear,
}

impl Leaves {
    /// For the review.
    pub fn words(self) -> &'static str {
        match self {
            Leaves::Sealed => "leave encrypted",
            Leaves::Clear => "leave in clear, over https",
        }
    }
}

/// How a moment stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// "2026-11-22T14:30:00Z" (RFC 3339).
    Text,
    /// Seconds since 1970 as a number, or as a text of digits.
    Seconds,
    SecondsText,
    /// Milliseconds since 1970 as a text of digits.
    MillisecondsText,
}

/// What can be chosen.
#[derive(Clone, Copy)]
pub enum Choices {
    /// Value and what it means.
    These(&'static [(&'static str, &'static str)]),
    /// As `These`, of whole numbers, which are sent as such.
    Numbers(&'static [(&'static str, &'static str)]),
    /// The reason codes that are known of the case's network, or of all networks.
    ReasonCodes,
    /// These reason codes, of whatever network, each with what it may mean.
    Codes(&'static [&'static str]),
    /// Those of one network, whatever the case.
    ReasonCodesOf(Network),
    /// ISO 4217 codes.
    Currencies,
}

/// Whether something else than the choices may be entered: providers add values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    Refused,
    Taken,
}

/// Where an amount's currency comes from.
#[derive(Clone, Copy)]
pub enum CurrencyOf {
    /// The disputed amount of the case in hand.
    Case,
    /// Another amount that the case in hand tells.
    Told(fn(&Case) -> Option<Currency>),
    /// Another field beside this one.
    Beside(&'static str),
    /// Another field beside this one, and where that is empty the disputed amount of the case in hand.
    BesideOrCase(&'static str),
    /// The API names none; what the profile says.
    Set(fn(&Settings) -> Option<Currency>),
}

/// The unit of an amount on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// 12.5 or 12.50 is twelve and a half.
    Major,
    /// 1250 is twelve and a half of a currency with two decimals.
    Minor,
}

/// What may be attached, and what its parts are called on the wire.
pub struct Papers {
    pub most: usize,
    /// Of one file, in bytes.
    pub largest: usize,
    /// The longest name, in characters.
    pub longest_name: usize,
    /// The media types that are taken; empty: any. Told by the bytes, not by the name.
    pub media: &'static [&'static str],
    pub name: &'static str,
    /// Base64.
    pub content: &'static str,
    /// Absent where the API takes none.
    pub media_type: Option<&'static str>,
    pub description: Option<&'static str>,
}

impl Papers {
    /// Whether an archive of several files is taken in their place.
    pub fn takes_archives(&self) -> bool {
        self.media.is_empty() || self.media.contains(&ARCHIVE)
    }
}

/// The media type of a ZIP archive, as registered with IANA.
pub const ARCHIVE: &str = "application/zip";

pub const fn text(name: &'static str, label: &'static str, most: usize) -> Field {
    field(name, label, Kind::Text { most, shape: Shape::Any })
}

pub const fn lines(name: &'static str, label: &'static str, most: usize) -> Field {
    field(name, label, Kind::Lines { most })
}

pub const fn choice(
    name: &'static str,
    label: &'static str,
    of: &'static [(&'static str, &'static str)],
) -> Field {
    field(name, label, Kind::Choice { of: Choices::These(of), others: Others::Refused, most: 64 })
}

/// A reason code: those that are known are offered, others are taken.
pub const fn reason_code(name: &'static str, label: &'static str, most: usize) -> Field {
    field(name, label, Kind::Choice { of: Choices::ReasonCodes, others: Others::Taken, most })
}

/// The same of one network.
pub const fn reason_code_of(name: &'static str, label: &'static str, most: usize, of: Network) -> Field {
    field(name, label, Kind::Choice { of: Choices::ReasonCodesOf(of), others: Others::Taken, most })
}

pub const fn currency(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Choice { of: Choices::Currencies, others: Others::Taken, most: 3 })
}

pub const fn date(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Date)
}

pub const fn instant(name: &'static str, label: &'static str, sent: fn(&Settings) -> Clock) -> Field {
    field(name, label, Kind::Instant { sent })
}

pub const fn each(name: &'static str, label: &'static str, most: usize, longest: usize) -> Field {
    field(name, label, Kind::Each { most, longest })
}

/// One of some whole numbers with a meaning.
pub const fn number_of(
    name: &'static str,
    label: &'static str,
    of: &'static [(&'static str, &'static str)],
) -> Field {
    field(name, label, Kind::Choice { of: Choices::Numbers(of), others: Others::Refused, most: 20 })
}

/// One of those known, or another text of at most so many characters.
pub const fn suggested(
    name: &'static str,
    label: &'static str,
    most: usize,
    of: &'static [(&'static str, &'static str)],
) -> Field {
    field(name, label, Kind::Choice { of: Choices::These(of), others: Others::Taken, most })
}

/// A universally unique identifier, in its usual form of 36 characters (RFC 9562, 4).
pub const fn uuid(name: &'static str, label: &'static str) -> Field {
    text(name, label, 36).like(
        is_uuid,
        "like 76851218-a1e8-418e-9151-8c2d61709521",
        "76851218-a1e8-418e-9151-8c2d61709521",
    )
}

/// Whether two numbers are one: written the same, or UUIDs that differ in the case of their letters (RFC 9562, 4).
pub fn is_same_number(one: &str, other: &str) -> bool {
    one == other || is_uuid(one) && is_uuid(other) && one.eq_ignore_ascii_case(other)
}

/// Whether a text is a UUID in its usual form, in letters of either case.
pub fn is_uuid(text: &str) -> bool {
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| if hyphen(at) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

pub const fn amount(
    name: &'static str,
    label: &'static str,
    currency: CurrencyOf,
    unit: fn(&Settings) -> Unit,
) -> Field {
    field(name, label, Kind::Amount { currency, unit, zero: false })
}

pub const fn whole(name: &'static str, label: &'static str, least: i64, most: i64) -> Field {
    field(name, label, Kind::Whole { least, most })
}

pub const fn files(name: &'static str, label: &'static str, papers: &'static Papers) -> Field {
    field(name, label, Kind::Files(papers))
}

/// A card number that leaves sealed.
pub const fn card(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Card(Leaves::Sealed))
}

/// A card number that the API takes in clear.
pub const fn clear_card(name: &'static str, label: &'static str) -> Field {
    field(name, label, Kind::Card(Leaves::Clear))
}

pub const fn group(name: &'static str, label: &'static str, of: &'static [Field]) -> Field {
    field(name, label, Kind::Group(of))
}

pub const fn list(
    name: &'static str,
    label: &'static str,
    least: usize,
    most: usize,
    of: &'static [Field],
) -> Field {
    field(name, label, Kind::List { least, most, of })
}

const fn field(name: &'static str, label: &'static str, kind: Kind) -> Field {
    Field {
        name,
        label,
        kind,
        required: false,
        local: false,
        nullable: false,
        hint: "",
        instead: Instead::Nothing,
    }
}

impl Field {
    pub const fn required(self) -> Field {
        Field { required: true, ..self }
    }

    pub const fn local(self) -> Field {
        Field { local: true, ..self }
    }

    pub const fn nullable(self) -> Field {
        Field { nullable: true, ..self }
    }

    /// For an amount: 0 is one.
    pub const fn or_zero(self) -> Field {
        match self.kind {
            Kind::Amount { currency, unit, .. } => {
                Field { kind: Kind::Amount { currency, unit, zero: true }, ..self }
            }
            _ => self,
        }
    }

    pub const fn hint(self, hint: &'static str) -> Field {
        Field { hint, ..self }
    }

    /// What is sent where nobody entered anything.
    pub const fn or(self, instead: Instead) -> Field {
        Field { instead, ..self }
    }

    /// For a line of text: what it must look like (the words complete "must be ..."), and one that does.
    pub const fn like(self, fits: fn(&str) -> bool, words: &'static str, example: &'static str) -> Field {
        match self.kind {
            Kind::Text { most, .. } => {
                Field { kind: Kind::Text { most, shape: Shape::Like { fits, words, example } }, ..self }
            }
            _ => self,
        }
    }

    /// Whether an empty text is a value here, and sent as one: not where a text has to look like something, or is one of
    /// some codes.
    pub fn takes_an_empty_text(&self) -> bool {
        matches!(self.kind, Kind::Text { shape: Shape::Any, .. } | Kind::Lines { .. })
    }

    /// The most characters, where the field has such a limit.
    pub fn most(&self) -> Option<usize> {
        match self.kind {
            Kind::Text { most, .. } | Kind::Lines { most } | Kind::Choice { most, .. } => Some(most),
            _ => None,
        }
    }
}
