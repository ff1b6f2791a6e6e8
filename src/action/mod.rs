//! VERBS: what may be done to a dispute, as data. An [`Action`] is declared once, and the form, its checks, the review,
//! the footer, the help and the body of the request are all read from the declaration. It never knows a provider, a
//! screen, a socket or a clock.

pub mod body;
pub mod check;
pub mod draft;
pub mod entry;
pub mod field;
pub mod life;
pub mod naming;
pub mod offer;
pub mod pick;
pub mod rows;
pub mod rule;
#[cfg(test)]
mod sample;
pub mod scheme;
pub mod step;

pub use body::{Making, body};
pub use check::{Facts, Problem, check};
pub use draft::{Attachment, Draft, Entered, Meanwhile, Measured, Values};
pub use entry::{Entry, EntryId};
pub use field::{Field, Kind};
pub use life::{Life, Settling, Stamp, State};
pub use offer::{Offer, Offers, offer};
pub use rule::Rule;
pub use step::{Body, By, Frozen, Method, Proof, Step, Word};

/// One verb of one provider.
pub struct Action {
    /// As after `:` and in the journal: "submit". One word, lower case; unique within its provider.
    pub id: &'static str,
    /// As in headings: "Submit".
    pub title: &'static str,
    /// The key that begins it, as a key table writes it: "s". Empty: by name only.
    pub key: &'static str,
    /// What it does, for the help.
    pub says: &'static str,
    pub subject: Subject,
    /// Nothing takes it back at the provider: the review asks for a typed word.
    pub is_final: bool,
    pub offers: Offers,
    pub fields: &'static [Field],
    pub rules: &'static [Rule],
    /// In the order in which they are sent. There is at least one.
    pub steps: &'static [Step],
    /// How an outcome that nobody saw is settled, of steps that are made under these settings.
    pub settling: fn(&crate::case::Settings) -> Settling,
}

/// What an action is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A case that is there.
    Case,
    /// A dispute that it makes. The addresses name the fields that tell two of them apart: while one with the same
    /// values is under way, no second one leaves.
    New { told_apart_by: &'static [&'static str] },
}

impl Action {
    pub fn makes_a_case(&self) -> bool {
        matches!(self.subject, Subject::New { .. })
    }

    /// Whether a step (counted from nothing) makes something of which the steps after it speak, by the name that its answer
    /// gives it.
    pub fn hands_on(&self, step: usize) -> bool {
        step + 1 < self.steps.len() && self.steps.get(step).is_some_and(|step| step.proof.makes())
    }
}

impl PartialEq for Action {
    /// Declarations are told apart by their names.
    fn eq(&self, other: &Action) -> bool {
        std::ptr::eq(self, other) || (self.id, self.title) == (other.id, other.title)
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Action({})", self.id)
    }
}
