//! What a body may hold, as strictly as the API's text has it: names, types and nesting, what is needed, and no member beside.
//! The limits and the form of the complaints are inferred.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// The longest text, and the longest of several lines, in characters.
const TEXT: usize = 200;
const PROSE: usize = 4000;
/// The most documents; the longest name of one, in characters; the largest, in bytes.
const DOCUMENTS: usize = 10;
const NAME: usize = 100;
const FILE: usize = 10 << 20;
/// The most transactions.
const TRANSACTIONS: usize = 20;

pub const NEW: &str = "NT-DISP_NEW";
pub const UPDATE: &str = "NT-DISP_UPD";
pub const AMOUNT: &str = "NT-DISP_UPD_AMT";

/// All complaints of one body: member ("dispute.transaction_details[0].amount") and words.
#[derive(Default)]
pub struct Complaints(Map<String, Value>);

impl Complaints {
    pub fn add(&mut self, member: &str, words: &str) {
        let list = self.0.entry(member).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(list) = list {
            list.push(words.into());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn told(self) -> Value {
        Value::Object(self.0)
    }
}

/// Everything that is wrong with a body.
pub fn complaints(body: &Map<String, Value>) -> Complaints {
    let mut complaints = Complaints::default();
    let mut members = Members { inside: String::new(), members: body, complaints: &mut complaints };
    members.only(&[
        "dispute_guid",
        "channel_dispute_id",
        "channel_user_guid",
        "person_guid",
        "account_guid",
        "card_number",
        "card_proxy",
        "request_code",
        "dispute",
    ]);
    for name in ["dispute_guid", "channel_user_guid", "person_guid", "account_guid"] {
        members.guid(name);
    }
    members.text("channel_dispute_id", TEXT);
    members.text("card_proxy", TEXT);
    members.card("card_number");
    if !["card_number", "card_proxy"].iter().any(|name| members.words(name).is_some()) {
        members.complain("card_proxy", "Either card_number or card_proxy must be provided.");
    }
    let code = members.code();
    let has_guid = members.get("dispute_guid").is_some();
    match code.as_deref() {
        Some(NEW) if has_guid => members.complain("dispute_guid", "Must not be given for a new dispute."),
        Some(UPDATE | AMOUNT) if !has_guid => {
            members.complain("dispute_guid", "Is mandatory if the dispute is already created.");
        }
        _ => {}
    }
    members.dispute(code.as_deref());
    complaints
}

struct Members<'a> {
    /// "dispute." or nothing.
    inside: String,
    members: &'a Map<String, Value>,
    complaints: &'a mut Complaints,
}

impl<'a> Members<'a> {
    /// A member that is there and not null.
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn words(&self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn complain(&mut self, name: &str, words: &str) {
        let member = format!("{}{name}", self.inside);
        self.complaints.add(&member, words);
    }

    fn only(&mut self, known: &[&str]) {
        let members = self.members;
        for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
            self.complain(name, "Unknown.");
        }
    }

    fn text(&mut self, name: &str, most: usize) {
        match self.get(name) {
            None => {}
            Some(Value::String(text)) if text.chars().count() <= most => {}
            Some(Value::String(_)) => self.complain(name, &format!("Must have at most {most} characters.")),
            Some(_) => self.complain(name, "Must be a string."),
        }
    }

    fn guid(&mut self, name: &str) {
        let is_guid = |text: &str| {
            let lengths: Vec<_> = text.split('-').map(str::len).collect();
            lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
        };
        match self.get(name) {
            None => {}
            Some(Value::String(text)) if is_guid(text) => {}
            Some(_) => self.complain(name, "Must be a UUID."),
        }
    }

    fn card(&mut self, name: &str) {
        let is_card =
            |text: &str| (12..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        match self.get(name) {
            None => {}
            Some(Value::String(text)) if is_card(text) => {}
            Some(_) => self.complain(name, "Must be the digits of a card number."),
        }
    }

    fn code(&mut self) -> Option<String> {
        const CODE: &str = "request_code";
        match self.words(CODE) {
            Some(code) if [NEW, UPDATE, AMOUNT].contains(&code) => return Some(code.to_owned()),
            Some(_) => self.complain(CODE, "Must be NT-DISP_NEW, NT-DISP_UPD_AMT or NT-DISP_UPD."),
            None => self.complain(CODE, "Is required."),
        }
        None
    }

    fn amount(&mut self, name: &str) {
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match self.get(name) {
            None => {}
            Some(Value::Number(number)) if is_plain(&number.to_string()) => {}
            Some(Value::Number(_)) => self.complain(name, "Must not be negative, nor have an exponent."),
            Some(_) => self.complain(name, "Must be a number."),
        }
    }

    /// The object of a member, for another look.
    fn object(&mut self, name: &str, look: impl FnOnce(&mut Members<'_>)) {
        match self.get(name) {
            None => {}
            Some(Value::Object(members)) => {
                let inside = format!("{}{name}.", self.inside);
                look(&mut Members { inside, members, complaints: self.complaints });
            }
            Some(_) => self.complain(name, "Must be an object."),
        }
    }

    fn list(&mut self, name: &str, most: usize, look: impl Fn(&mut Members<'_>)) {
        let list = match self.get(name) {
            None => return,
            Some(Value::Array(list)) => list,
            Some(_) => return self.complain(name, "Must be an array."),
        };
        if list.len() > most {
            self.complain(name, &format!("Must have at most {most} elements."));
        }
        for (place, element) in list.iter().enumerate() {
            match element {
                Value::Object(members) => {
                    let inside = format!("{}{name}[{place}].", self.inside);
                    look(&mut Members { inside, members, complaints: self.complaints });
                }
                _ => self.complain(&format!("{name}[{place}]"), "Must be an object."),
            }
        }
    }

    fn dispute(&mut self, code: Option<&str>) {
        if self.get("dispute").is_none() {
            return self.complain("dispute", "Is required.");
        }
        self.object("dispute", |dispute| {
            let texts = ["dispute_status", "dispute_type", "dispute_reason"];
            dispute.only(&[&texts[..], &["notes", "documents", "transaction_details"]].concat());
            texts.iter().for_each(|name| dispute.text(name, TEXT));
            dispute.text("notes", PROSE);
            dispute.list("documents", DOCUMENTS, |one| one.document());
            dispute.list("transaction_details", TRANSACTIONS, |one| one.transaction());
            if code == Some(AMOUNT) && !dispute.has_an_amount() {
                dispute.complain("transaction_details[0].amount", "An amount is required.");
            }
        });
    }

    fn has_an_amount(&self) -> bool {
        let transactions = self.get("transaction_details").and_then(Value::as_array);
        transactions.into_iter().flatten().any(|one| {
            ["/amount", "/apply_amount_details/amount"]
                .iter()
                .any(|at| one.pointer(at).is_some_and(Value::is_number))
        })
    }

    fn document(&mut self) {
        self.only(&["name", "content"]);
        self.text("name", NAME);
        if self.words("name").is_none() && !matches!(self.get("name"), Some(other) if !other.is_string()) {
            self.complain("name", "Is required.");
        }
        let content = self.words("content").map(|text| STANDARD.decode(text));
        match content {
            Some(Ok(bytes)) if bytes.len() <= FILE => {}
            Some(Ok(_)) => self.complain("content", &format!("Must have at most {FILE} bytes.")),
            Some(Err(_)) => self.complain("content", "Must be in base64."),
            None => self.complain("content", "Is required, in base64."),
        }
    }

    fn transaction(&mut self) {
        let texts = [
            "transaction_dispute_status",
            "transaction_channel_dispute_status",
            "data_nav_case_number",
            "channel",
            "journal_entry",
        ];
        let others = ["transaction_guid", "amount", "apply_amount_details", "chargeback_log"];
        self.only(&[&texts[..], &others].concat());
        texts.iter().for_each(|name| self.text(name, TEXT));
        self.guid("transaction_guid");
        self.amount("amount");
        self.object("apply_amount_details", |applied| {
            let texts = ["entry_type", "txn_type", "reason_code"];
            applied.only(&[&texts[..], &["amount"]].concat());
            texts.iter().for_each(|name| applied.text(name, TEXT));
            applied.amount("amount");
        });
        self.object("chargeback_log", |log| {
            let texts = ["filing_status", "chargeback_level", "reason_code"];
            log.only(&texts);
            texts.iter().for_each(|name| log.text(name, TEXT));
        });
    }
}
