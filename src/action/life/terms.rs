//! Under which terms a step is sent: how its provider lets an unknown outcome be settled, and the rules of the outbox.

use serde::{Deserialize, Serialize};

/// How a provider lets an unknown outcome of this step be settled. A fact about the step, from the provider's
/// documentation; where that says nothing, `Nobody` is right. Kept with the bytes of the step: a profile that is changed
/// later makes other requests, and none of those that are under way another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Settling {
    /// Copies with one key are applied once, for so many milliseconds after the first. This takes a provider that never
    /// applies a step and forgets its key: where that is not sure, `ReadBack` is right.
    Key { window_ms: i64, reads: Reads },
    /// The step carries an id that we chose, and copies with one id are applied once, for ever. It can be read.
    Chosen,
    /// Every copy is applied; that one was can be read.
    ReadBack,
    /// Every copy is applied, and nothing can be read.
    #[default]
    Nobody,
}

/// Whether it can be read that a step was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    Can,
    Cannot,
}

impl Settling {
    /// Whether a second copy is harmless, at least for a time.
    pub fn dedupes(self) -> bool {
        matches!(self, Settling::Key { .. } | Settling::Chosen)
    }

    /// Whether it can be read that the step was applied.
    pub fn reads(self) -> bool {
        match self {
            Settling::Key { reads, .. } => reads == Reads::Can,
            Settling::Chosen | Settling::ReadBack => true,
            Settling::Nobody => false,
        }
    }
}

/// The rules of the outbox. Each one is needed: without it some order of events breaks a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// R1: nothing is sent again by itself unless the provider applies copies once.
    NoBlindResend,
    /// R2: a refusal is final only where no other copy was ever sent.
    RefusedAlone,
    /// R3: a key is relied on only well inside its window, asked again right before the write.
    InsideWindow,
    /// R4: nobody takes over while the holder of the outbox lives: a sleeping holder wakes up and sends.
    HolderDead,
    /// R5: a person sends again or closes only when no copy can still arrive.
    QuietFirst,
    /// R6: the claim is durable before the first byte leaves.
    DurableFirst,
    /// R7: every copy has the same key and the same bytes.
    SameBytes,
    /// R8: a read-back that finds the action is proof, one that does not is nothing.
    AbsenceIsNothing,
}

impl Rule {
    pub const ALL: [Rule; 8] = [
        Rule::NoBlindResend,
        Rule::RefusedAlone,
        Rule::InsideWindow,
        Rule::HolderDead,
        Rule::QuietFirst,
        Rule::DurableFirst,
        Rule::SameBytes,
        Rule::AbsenceIsNothing,
    ];
}

/// Which rules hold: all of them, but in the test that shows what each is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    off: Option<Rule>,
}

impl Rules {
    pub const ALL: Rules = Rules { off: None };

    /// For tests only.
    #[doc(hidden)]
    pub fn without(rule: Rule) -> Rules {
        Rules { off: Some(rule) }
    }

    pub fn hold(self, rule: Rule) -> bool {
        self.off != Some(rule)
    }
}

/// What every move is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    pub settling: Settling,
    pub rules: Rules,
}

impl Terms {
    /// The terms of a provider, with all rules.
    pub fn of(settling: Settling) -> Terms {
        Terms { settling, rules: Rules::ALL }
    }

    pub(super) fn hold(self, rule: Rule) -> bool {
        self.rules.hold(rule)
    }
}
