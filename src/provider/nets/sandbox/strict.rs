//! Reads the body of a write as a strict validator does: known members only, each of its type and within its limits,
//! and every complaint at once. The limits are inferred; the API's text gives none.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use super::{
    Action,
    change::{Addition, Dispute, File},
};
use crate::case::{Currency, Moment, Money, money::NotMoney};

/// Characters, but for the last two: documents of one request, and bytes of one of them.
pub const ARN: usize = 23;
pub const REASON: usize = 10;
pub const NAME: usize = 80;
pub const PROSE: usize = 2000;
pub const FILE_NAME: usize = 100;
pub const MEDIA: usize = 100;
pub const KEY: usize = 64;
pub const DOCUMENTS: usize = 10;
pub const FILE: usize = 10 << 20;

/// In the order of the API's text.
pub const REASONS: [&str; 3] =
    ["cardSchemeDisputeReasonCode", "cardSchemeFraudReasonCode", "cardSchemeRetrvRequestReasonCode"];

/// What is wrong with a request: texts by member, nested ones as `documents.0.fileName`.
#[derive(Default)]
pub struct Complaints(Map<String, Value>);

impl Complaints {
    pub fn add(&mut self, member: &str, text: &str) {
        match self.0.get_mut(member) {
            Some(Value::Array(texts)) => texts.push(text.into()),
            _ => drop(self.0.insert(member.to_owned(), json!([text]))),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members with their texts.
    pub fn told(self) -> Value {
        Value::Object(self.0)
    }
}

/// What an update asks for.
pub struct Update {
    pub case: String,
    pub action: Action,
    pub addition: Addition,
}

/// The body of a create. `None` where there are complaints about it.
pub fn dispute(
    body: Map<String, Value>,
    open_card: fn(&str) -> Option<String>,
    complaints: &mut Complaints,
) -> Option<Dispute> {
    let mut from = Members::of(body, String::new(), complaints);
    let card_number = from.card(open_card);
    let acq_reference_data = from.text("acqReferenceData", ARN);
    let card_blocked = from.one_of("cardBlocked", &["Y", "N"]);
    let card_expiry_date = from.date("cardExpiryDate");
    let card_holder_name = from.text("cardHolderName", NAME);
    if !REASONS.iter().any(|name| from.has(name)) {
        from.complain(REASONS[0], &format!("One of {} is required.", REASONS.join(", ")));
    }
    let reason_codes = REASONS.map(|name| from.text(name, REASON));
    let transaction_currency = from.currency("transactionCurrency");
    let transaction_amount = from.amount("transactionAmount", transaction_currency);
    let transaction_date = from.date("transactionDate");
    let merchant_name = from.text("merchantName", NAME);
    let addition = from.addition();
    from.end();
    Some(Dispute {
        card_number: card_number?,
        acq_reference_data,
        card_blocked,
        card_expiry_date,
        card_holder_name,
        reason_codes,
        transaction_amount,
        transaction_currency,
        transaction_date,
        merchant_name,
        addition,
    })
    .filter(|_| complaints.is_empty())
}

/// The body of an update. `None` where there are complaints about it.
pub fn update(body: Map<String, Value>, complaints: &mut Complaints) -> Option<Update> {
    let mut from = Members::of(body, String::new(), complaints);
    let case = from.required("caseNumber", NAME);
    let tokens: Vec<_> = Action::ALL.iter().map(|action| action.token()).collect();
    let action = from.need("action").one_of("action", &tokens).as_deref().and_then(Action::parse);
    let addition = from.addition();
    from.end();
    Some(Update { case: case?, action: action?, addition }).filter(|_| complaints.is_empty())
}

/// Whether a text can be an idempotency key.
pub fn is_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=KEY).contains(&text.len()) && text.bytes().all(plain)
}

/// The members of one object that were not read yet. Reading one takes it away; what is left at the end is unknown.
struct Members<'a> {
    left: Map<String, Value>,
    /// Before the names in complaints: "" or "documents.0.".
    inside: String,
    complaints: &'a mut Complaints,
}

impl Members<'_> {
    fn of(left: Map<String, Value>, inside: String, complaints: &mut Complaints) -> Members<'_> {
        Members { left, inside, complaints }
    }

    fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Complains where a member is not there.
    fn need(&mut self, name: &str) -> &mut Self {
        if !self.has(name) {
            self.complain(name, "Is required.");
        }
        self
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.left.shift_remove(name)
    }

    fn complain(&mut self, name: &str, text: &str) {
        self.complaints.add(&format!("{}{name}", self.inside), text);
    }

    fn end(mut self) {
        for (name, _) in std::mem::take(&mut self.left) {
            self.complain(&name, "Unknown.");
        }
    }

    /// A text that says something.
    fn words(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) if text.trim().is_empty() => self.complain(name, "Must not be empty."),
            Value::String(text) => return Some(text),
            _ => self.complain(name, "Must be a string."),
        }
        None
    }

    fn text(&mut self, name: &str, most: usize) -> Option<String> {
        let text = self.words(name)?;
        if text.chars().count() > most {
            self.complain(name, &format!("Must have at most {most} characters."));
            return None;
        }
        Some(text)
    }

    fn required(&mut self, name: &str, most: usize) -> Option<String> {
        self.need(name).text(name, most)
    }

    fn one_of(&mut self, name: &str, known: &[&str]) -> Option<String> {
        let text = self.words(name)?;
        if !known.contains(&text.as_str()) {
            self.complain(name, &format!("Must be one of {}.", known.join(", ")));
            return None;
        }
        Some(text)
    }

    fn date(&mut self, name: &str) -> Option<String> {
        let text = self.words(name)?;
        if Moment::parse(&text).is_none_or(|at| at.day() != text) {
            self.complain(name, "Must be a date, YYYY-MM-DD.");
            return None;
        }
        Some(text)
    }

    fn card(&mut self, open_card: fn(&str) -> Option<String>) -> Option<String> {
        const NAME: &str = "cardNumber";
        let sealed = self.need(NAME).words(NAME)?;
        if card(&sealed, open_card).is_none() {
            self.complain(NAME, NOT_SEALED);
            return None;
        }
        Some(sealed)
    }

    fn currency(&mut self, name: &str) -> Option<Currency> {
        let text = self.words(name)?;
        let currency = Currency::parse(&text).filter(|_| text.len() == 3);
        if currency.is_none() {
            self.complain(name, "Must be three letters.");
        }
        currency
    }

    /// A number in major units. Without a currency it may have two decimals.
    fn amount(&mut self, name: &str, currency: Option<Currency>) -> Option<Money> {
        let Value::Number(number) = self.take(name)? else {
            self.complain(name, "Must be a number.");
            return None;
        };
        let text = match Money::from_major(&number.to_string(), currency) {
            Ok(money) if money.minor > 0 => return Some(money),
            Ok(_) => "Must be more than 0.",
            Err(NotMoney::NotANumber) => "Must be written without an exponent.",
            Err(NotMoney::TooFine) => "Has more decimals than its currency.",
            Err(NotMoney::TooLarge) => "Is too large.",
        };
        self.complain(name, text);
        None
    }

    fn addition(&mut self) -> Addition {
        Addition {
            notes: self.text("notes", PROSE),
            additional_information: self.text("additionalInformation", PROSE),
            documents: self.documents(),
        }
    }

    fn documents(&mut self) -> Vec<File> {
        const NAME: &str = "documents";
        let list = match self.take(NAME) {
            None => return Vec::new(),
            Some(Value::Array(list)) => list,
            Some(_) => {
                self.complain(NAME, "Must be an array.");
                return Vec::new();
            }
        };
        if list.len() > DOCUMENTS {
            self.complain(NAME, &format!("Must have at most {DOCUMENTS} elements."));
        }
        let files = list.into_iter().enumerate().filter_map(|(place, element)| match element {
            Value::Object(members) => {
                let inside = format!("{}{NAME}.{place}.", self.inside);
                Members::of(members, inside, self.complaints).file()
            }
            _ => {
                self.complain(&format!("{NAME}.{place}"), "Must be an object.");
                None
            }
        });
        files.collect()
    }

    fn file(mut self) -> Option<File> {
        let name = self.required("fileName", FILE_NAME);
        let media = self.media();
        let content = self.content();
        self.end();
        Some(File { name: name?, media: media?, content: content? })
    }

    /// As in a Content-Type header, in which it is sent back.
    fn media(&mut self) -> Option<String> {
        const NAME: &str = "mimeType";
        let media = self.required(NAME, MEDIA)?;
        let plain = media.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        let halves = media.split_once('/').is_some_and(|(one, other)| !one.is_empty() && !other.is_empty());
        if !plain || !halves {
            self.complain(NAME, "Must be a media type, such as application/pdf.");
            return None;
        }
        Some(media)
    }

    fn content(&mut self) -> Option<Vec<u8>> {
        const NAME: &str = "content";
        let text = match STANDARD.decode(self.need(NAME).words(NAME)?) {
            Ok(bytes) if bytes.len() <= FILE => return Some(bytes),
            Ok(_) => format!("Must have at most {FILE} bytes."),
            Err(_) => "Must be in base64.".to_owned(),
        };
        self.complain(NAME, &text);
        None
    }
}

pub const NOT_SEALED: &str = "Must be encrypted with the public key, in base64.";

/// The digits of a sealed card number: base64 of 256 bytes.
pub fn card(sealed: &str, open_card: fn(&str) -> Option<String>) -> Option<String> {
    STANDARD.decode(sealed).ok().filter(|bytes| bytes.len() == 256)?;
    open_card(sealed)
}
