//! A failed conversation with a provider, answering three questions: may I ask again, when, and what do I tell the
//! analyst.

use serde::{Deserialize, Serialize};

use crate::text::{Raw, SafeText, say};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// The HTTP status, where an answer came that far.
    pub status: Option<u16>,
    /// The provider's or the network's own words. Never contains an address with a query, nor a secret.
    pub says: Raw,
    pub again: Again,
    /// The provider's complaints about single members: (member, words).
    pub members: Vec<(Raw, Raw)>,
    /// The provider's id for this conversation, to quote on the phone.
    pub request_id: Raw,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Refused on our side; nothing left the machine.
    Unprepared,
    /// No connection came about (refused, no route, TLS, name not found): proven not sent.
    Unreachable,
    /// The connection broke or time ran out after bytes had left.
    Lost,
    /// 401: the credentials were not accepted, even after one refresh.
    Unauthorised,
    /// 403.
    Forbidden,
    /// 404.
    NotThere,
    /// Another 4xx: the request was understood and refused.
    Refused,
    /// 429.
    TooFast,
    /// 5xx.
    Broken,
    /// An answer that is not what the API promises: redirects, HTML from a proxy, broken JSON, a missing member.
    Unreadable,
    /// More bytes than the limit for this kind of answer.
    TooLarge,
    /// The answer came and was understood, but this machine could not keep it.
    NotKept,
}

/// May the same be asked again?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Again {
    /// No: the same question gets the same answer.
    No,
    /// Yes, after a pause of our own choice.
    Later,
    /// Yes, but not before so many milliseconds have passed (the provider said so).
    After(u64),
}

impl Fault {
    pub fn new(kind: FaultKind, says: impl Into<Raw>) -> Fault {
        let again = match kind {
            FaultKind::Unreachable | FaultKind::Lost | FaultKind::TooFast | FaultKind::Broken => Again::Later,
            _ => Again::No,
        };
        Fault { kind, status: None, says: says.into(), again, members: Vec::new(), request_id: Raw::default() }
    }

    /// The fault that an HTTP status stands for, before the provider's own words are known.
    pub fn of_status(status: u16, says: impl Into<Raw>) -> Fault {
        let kind = match status {
            401 => FaultKind::Unauthorised,
            403 => FaultKind::Forbidden,
            404 => FaultKind::NotThere,
            429 => FaultKind::TooFast,
            400..=499 => FaultKind::Refused,
            500..=599 => FaultKind::Broken,
            _ => FaultKind::Unreadable,
        };
        Fault { status: Some(status), ..Fault::new(kind, says) }
    }

    /// The state of a profile whose newest question ended like this, in a word or two.
    pub fn headline(&self) -> SafeText {
        SafeText::own(match self.kind {
            FaultKind::Unreachable | FaultKind::Lost => "NOT REACHED",
            FaultKind::Unauthorised | FaultKind::Forbidden => "LOGIN REFUSED",
            FaultKind::TooFast => "TOLD TO SLOW DOWN",
            FaultKind::Unprepared => "NOT SENT",
            FaultKind::NotKept => "NOT KEPT",
            FaultKind::NotThere
            | FaultKind::Refused
            | FaultKind::Broken
            | FaultKind::Unreadable
            | FaultKind::TooLarge => "ERROR ANSWERS",
        })
    }

    /// One line for the analyst: what happened, in words, with the status and the provider's own text.
    pub fn tell(&self) -> SafeText {
        let what = SafeText::own(match self.kind {
            FaultKind::Unprepared => "nothing was sent",
            FaultKind::Unreachable => "no connection",
            FaultKind::Lost => "the connection broke before an answer",
            FaultKind::Unauthorised => "the credentials were not accepted",
            FaultKind::Forbidden => "these credentials may not do that",
            FaultKind::NotThere => "the provider does not know it",
            FaultKind::Refused => "the provider refused",
            FaultKind::TooFast => "the provider asks for a slower pace",
            FaultKind::Broken => "the provider has a fault of its own",
            FaultKind::Unreadable => "the answer could not be read",
            FaultKind::TooLarge => "the answer is larger than the limit",
            FaultKind::NotKept => "the answer could not be kept here",
        });
        let status = match self.status {
            Some(status) => say!(" ({})", status),
            None => SafeText::default(),
        };
        let mut line = say!("{}{}", what, status);
        if !self.says.is_empty() {
            line = say!("{}: {}", line, self.says.show());
        }
        for (member, words) in &self.members {
            line = say!("{}; {}: {}", line, member.show(), words.show());
        }
        if !self.request_id.is_empty() {
            line = say!("{} [request {}]", line, self.request_id.show());
        }
        line
    }
}
