//! Why a move is not allowed, as a value and in words.

use super::State;
use crate::case::Moment;
use crate::case::moment::Minute;
use crate::text::{SafeText, say};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// Not from this state.
    While(State),
    /// A pause is not over.
    NotBefore(Moment),
    /// The provider would apply a second copy too.
    WouldDouble,
    /// The provider may have forgotten the key, so that a second copy would be applied.
    KeyRanOut,
    /// The machine slept, or a clock was set, between the claim and the write.
    Jumped,
    /// The provider's own deadline passed.
    Late(Moment),
    /// Key or bytes are not the ones that were made durable, or they cannot be unsealed.
    Changed,
    /// Another process holds the outbox.
    NotHolder,
    /// A copy may still arrive until then.
    StillArriving(Moment),
    /// Too few read-backs without a trace: one is needed then or later, and one at least five minutes before it.
    LookFirst(Moment),
    /// The quiet time ends after the provider's deadline: before it, a person needs the provider's confirmation.
    ConfirmFirst(Moment),
    /// No copy was ever sent, so whatever is there is not this step.
    NothingSent,
    /// The provider has no way to be asked.
    CannotBeRead,
}

impl Barred {
    /// One line for the analyst.
    pub fn words(self) -> SafeText {
        match self {
            Barred::While(state) => say!("not possible while it stands at: {}", SafeText::own(state.words())),
            Barred::NotBefore(until) => say!("not before {}", Minute(until)),
            Barred::WouldDouble => SafeText::own("the provider would do it twice"),
            Barred::KeyRanOut => {
                SafeText::own("the provider may have forgotten its key: give it up and submit it as a new one")
            }
            Barred::Jumped => SafeText::own("the machine slept or its clock was set before the send"),
            Barred::Late(deadline) => say!("the provider's deadline passed at {}", Minute(deadline)),
            Barred::Changed => SafeText::own("what would be sent is not what was submitted"),
            Barred::NotHolder => SafeText::own("another casedesk holds the outbox"),
            Barred::StillArriving(until) => say!("a copy may still arrive until {}", Minute(until)),
            Barred::LookFirst(from) => {
                say!(
                    "to be read back first, twice without a trace, the second time at {} or later",
                    Minute(from)
                )
            }
            Barred::ConfirmFirst(from) => say!(
                "a copy may still arrive: sent again before {} only with the provider's confirmation, or it may be done twice",
                Minute(from)
            ),
            Barred::NothingSent => SafeText::own("nothing was sent yet"),
            Barred::CannotBeRead => SafeText::own("the provider cannot be asked whether it is there"),
        }
    }
}
