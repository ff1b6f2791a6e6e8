//! How a command ends: its exit code, and the words where it did not do what it was asked.

use std::io;

use crate::{
    case::{Fault, FaultKind},
    store::StoreError,
    text::{Raw, SafeText},
};

/// Done. Of the outbox: nothing waits, and what became of everything is known.
pub const DONE: u8 = 0;
/// The arguments, the configuration or the store do not allow it.
pub const USAGE: u8 = 2;
/// The provider refused. Of the outbox: something of what was sent now, or it was stopped because its case moved.
pub const REFUSED: u8 = 3;
/// Nobody knows what became of something, or a person has to decide.
pub const UNKNOWN: u8 = 4;
/// Nothing was sent, or nobody was reached.
pub const NOTHING_SENT: u8 = 5;
/// Something still waits.
pub const QUEUED: u8 = 6;

/// The exit codes, for every help text that tells of them.
pub const HELP: &str = "\
Exit codes: 0 done; 2 the arguments, the form, the configuration or the store do not allow it;
3 the provider refused; 4 the outcome is unknown, or a person has to decide;
5 nothing was sent, or nobody was reached; 6 it is queued and waits.";

/// Why a command ends before it is done.
#[derive(Debug)]
pub struct Stop {
    pub code: u8,
    pub says: SafeText,
}

impl Stop {
    pub fn usage(says: SafeText) -> Stop {
        Stop { code: USAGE, says }
    }

    pub fn refused(says: SafeText) -> Stop {
        Stop { code: REFUSED, says }
    }

    pub fn unsent(says: SafeText) -> Stop {
        Stop { code: NOTHING_SENT, says }
    }
}

/// Whether the provider said no, or nothing came of it.
pub fn refused_or_unsent(fault: &Fault) -> u8 {
    match fault.kind {
        FaultKind::Unauthorised | FaultKind::Forbidden | FaultKind::NotThere | FaultKind::Refused => REFUSED,
        _ => NOTHING_SENT,
    }
}

impl From<io::Error> for Stop {
    /// Whoever reads may stop reading: that is no fault.
    fn from(error: io::Error) -> Stop {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Stop { code: DONE, says: SafeText::default() };
        }
        Stop::usage(Raw::new(error.to_string()).show())
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Stop {
        Stop::usage(Raw::new(error.to_string()).show())
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Stop {
        Stop::usage(Raw::new(error.to_string()).show())
    }
}
