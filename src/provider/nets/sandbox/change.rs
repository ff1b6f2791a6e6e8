//! What was written into a world after its birth: enough to make the world of now from the one of then. Kept as JSON,
//! so a file's bytes stand there in base64. A card number is kept as it came, sealed.

use std::fmt;

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Action;
use crate::case::{Currency, Moment, Money};

/// One effect, in the order in which they happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Change {
    Created {
        at: Moment,
        sent: Sent,
        dispute: Box<Dispute>,
    },
    Updated {
        at: Moment,
        /// `None` where somebody did it past the API.
        sent: Option<Sent>,
        /// The case's number.
        case: String,
        action: Action,
        addition: Addition,
    },
}

/// The request that a change came with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The value of its `Idempotency-Key`, if it had one.
    pub key: Option<String>,
    /// Of the body as it came: 64 lower-case hexadecimal digits.
    pub body_sha256: String,
}

/// What a create gives, by the API's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    /// Sealed: base64 of 256 bytes.
    pub card_number: String,
    pub acq_reference_data: Option<String>,
    /// "Y" or "N".
    pub card_blocked: Option<String>,
    /// YYYY-MM-DD, like every date here.
    pub card_expiry_date: Option<String>,
    pub card_holder_name: Option<String>,
    /// For a dispute, for fraud, for a retrieval request: at least one of the three.
    pub reason_codes: [Option<String>; 3],
    pub transaction_amount: Option<Money>,
    pub transaction_currency: Option<Currency>,
    pub transaction_date: Option<String>,
    pub merchant_name: Option<String>,
    pub addition: Addition,
}

/// What a create and an update can bring along.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addition {
    pub notes: Option<String>,
    pub additional_information: Option<String>,
    pub documents: Vec<File>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub name: String,
    pub media: String,
    #[serde(serialize_with = "in_base64", deserialize_with = "from_base64")]
    pub content: Vec<u8>,
}

impl Change {
    pub fn addition(&self) -> &Addition {
        match self {
            Change::Created { dispute, .. } => &dispute.addition,
            Change::Updated { addition, .. } => addition,
        }
    }
}

impl Sent {
    pub fn new(key: Option<&str>, body: &[u8]) -> Sent {
        let sum = digest::digest(&digest::SHA256, body);
        let body_sha256 = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        Sent { key: key.map(str::to_owned), body_sha256 }
    }
}

impl fmt::Debug for File {
    /// Not the bytes: there are millions of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "File({:?}, {:?}, {} bytes)", self.name, self.media, self.content.len())
    }
}

fn in_base64<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(from)?).map_err(de::Error::custom)
}
