//! Bodies held against the API's text, member by member: names, types, limits, and what is needed. Nothing unknown is let
//! through.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{dice::id, life::Paper};

/// What is wrong with a body, as the API's codes: "justification_invalid".
#[derive(Default)]
pub struct Codes(pub Vec<String>);

/// One object of a body, of which every member has to be asked for.
pub struct Body<'a> {
    /// "reason_change." or nothing.
    at: &'static str,
    left: Map<String, Value>,
    /// Tells the files of one request from those of another.
    salt: &'a str,
    codes: &'a mut Codes,
}

/// The network's reason codes that are of fraud.
const FRAUD: &[&str] = &["4837", "4840", "4849", "4852", "4857", "4858", "4862", "4863", "4870", "4871"];

const FRAUD_TYPES: &[&str] = &[
    "card_lost",
    "card_stolen",
    "card_never_received",
    "fraudulent_account",
    "counterfeit_card",
    "account_takeover",
    "card_not_present_fraud",
    "merchant_misrepresentation",
    "cardholder_manipulation",
    "incorrect_processing",
    "other",
];

/// What one file may have, and how many there may be; not public, and so a guess.
const LARGEST: usize = 10 << 20;
const FILES: usize = 10;
const LONGEST_NAME: usize = 255;

impl<'a> Body<'a> {
    /// The whole body, or nothing where it is no object.
    pub fn read(body: &[u8], salt: &'a str, codes: &'a mut Codes) -> Option<Body<'a>> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(left)) => Some(Body { at: "", left, salt, codes }),
            _ => {
                codes.0.push("request_body_malformed".into());
                None
            }
        }
    }

    fn say(&mut self, name: &str, what: &str) {
        let code = format!("{}{name}_{what}", self.at);
        self.codes.0.push(code);
    }

    fn take(&mut self, name: &str, needed: bool) -> Option<Value> {
        let value = self.left.remove(name);
        if value.is_none() && needed {
            self.say(name, "required");
        }
        value
    }

    /// A text of at most so many characters.
    pub fn text(&mut self, name: &str, most: usize, needed: bool) -> Option<String> {
        match self.take(name, needed)? {
            Value::String(text) if text.chars().count() <= most && !(needed && text.trim().is_empty()) => {
                Some(text)
            }
            _ => {
                self.say(name, "invalid");
                None
            }
        }
    }

    /// Four digits; whether the scheme knows them is not looked at.
    pub fn reason(&mut self, needed: bool) -> Option<String> {
        let reason = self.text("reason", 4, needed)?;
        let fits = reason.len() == 4 && reason.bytes().all(|byte| byte.is_ascii_digit());
        if !fits {
            self.say("reason", "invalid");
        }
        fits.then_some(reason)
    }

    pub fn id(&mut self, name: &str, beginning: &str, needed: bool) -> Option<String> {
        let text = self.text(name, 31, needed)?;
        if !is_id(&text, beginning) {
            self.say(name, "invalid");
            return None;
        }
        Some(text)
    }

    /// Whole minor units, more than none and at most `most`.
    pub fn amount(&mut self, most: i64) -> Option<i64> {
        let amount = self.take("amount", false)?.as_i64().filter(|amount| *amount > 0 && *amount <= most);
        if amount.is_none() {
            self.say("amount", "invalid");
        }
        amount
    }

    /// `[{name, content, description?}]`; each becomes a file with an id.
    pub fn evidence(&mut self, name: &'static str) -> Vec<Paper> {
        let files = match self.take(name, false) {
            None => return Vec::new(),
            Some(Value::Array(files)) if files.len() <= FILES => files,
            Some(_) => {
                self.say(name, "invalid");
                return Vec::new();
            }
        };
        let mut papers = Vec::new();
        for (at, file) in files.into_iter().enumerate() {
            match paper(file, &format!("{} {at}", self.salt)) {
                Ok(paper) => papers.push(paper),
                Err(what) => self.say(name, what),
            }
        }
        papers
    }

    /// `{fraud_type, description?}`; needed where the reason is one of fraud.
    pub fn fraud(&mut self, reason: Option<&str>) {
        let needed = reason.is_some_and(|reason| FRAUD.contains(&reason));
        let Some(details) = self.take("fraud_details", needed) else { return };
        let Value::Object(left) = details else { return self.say("fraud_details", "invalid") };
        let mut details = Body { at: "fraud_details.", left, salt: self.salt, codes: self.codes };
        if let Some(kind) = details.text("fraud_type", 40, true)
            && !FRAUD_TYPES.contains(&kind.as_str())
        {
            details.say("fraud_type", "invalid");
        }
        details.text("description", 1_000, false);
        details.end();
    }

    /// `{reason, justification}`.
    pub fn reason_change(&mut self) -> Option<(String, String)> {
        let Value::Object(left) = self.take("reason_change", false)? else {
            self.say("reason_change", "invalid");
            return None;
        };
        let mut change = Body { at: "reason_change.", left, salt: self.salt, codes: self.codes };
        let (reason, why) = (change.reason(true), change.text("justification", 13_000, true));
        change.end();
        reason.zip(why)
    }

    pub fn need(&mut self, name: &str) {
        self.say(name, "required");
    }

    /// Whatever was not asked for is unknown.
    pub fn end(mut self) {
        for name in std::mem::take(&mut self.left).into_iter().map(|(name, _)| name) {
            self.say(&name, "unknown");
        }
    }
}

fn paper(file: Value, salt: &str) -> Result<Paper, &'static str> {
    let Value::Object(mut file) = file else { return Err("invalid") };
    let mut text = |name: &str| match file.remove(name) {
        Some(Value::String(text)) => Ok(Some(text)),
        None => Ok(None),
        Some(_) => Err("invalid"),
    };
    let (name, content, description) = (text("name")?, text("content")?, text("description")?);
    if !file.is_empty() {
        return Err("unknown");
    }
    let (name, content) = (name.ok_or("name_required")?, content.ok_or("content_required")?);
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err("name_invalid");
    }
    let bytes = STANDARD.decode(&content).map_err(|_| "content_invalid")?;
    if bytes.is_empty() || bytes.len() > LARGEST {
        return Err("content_invalid");
    }
    let file_id = id("file_", &format!("{name} {salt}"));
    Ok(Paper { file_id, description: description.unwrap_or_default() })
}

pub fn is_id(text: &str, beginning: &str) -> bool {
    text.strip_prefix(beginning).is_some_and(|rest| {
        rest.len() == 26 && rest.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
    })
}

/// `^[A-Za-z0-9._-]+$`, 1 to 256 characters.
pub fn is_key(key: &str) -> bool {
    (1..=256).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}
