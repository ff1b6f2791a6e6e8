//! The life of a dispute: where it stands at a moment, from what was written about it and from the fate that it was born
//! with. Reviewers, scheme and merchant act by themselves as time passes.

use serde::{Deserialize, Serialize};

use super::{
    dice::{Dice, id},
    trade,
};
use crate::case::{
    Moment,
    moment::{DAY, HOUR, MINUTE},
};

/// What was bought.
#[derive(Clone, Debug)]
pub struct Transaction {
    pub id: String,
    pub message: String,
    pub amount: i64,
    pub shop: &'static trade::Shop,
}

/// A file as the provider keeps it: an id and what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    pub file_id: String,
    pub description: String,
}

/// What was written about a dispute, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    pub at: Moment,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// Also what the deprecated submission does.
    Amended {
        reason: Option<String>,
        amount: Option<i64>,
        evidence: Vec<Paper>,
        answer: Option<String>,
    },
    Escalated {
        justification: String,
        evidence: Vec<Paper>,
        amount: Option<i64>,
        /// The new reason and why.
        change: Option<(String, String)>,
    },
    Canceled,
}

/// How others will act.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fate {
    pub review: Review,
    pub merchant: Merchant,
    pub second_review: Review,
    pub answer: Answer,
    pub is_won: bool,
}

/// What is said of a submission before it goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Review {
    Passes,
    WantsChange,
    WantsEvidence,
    RefusesReason,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Merchant {
    Accepts,
    /// Never answers.
    Sleeps,
    PresentsAgain,
    /// The money is on its way back already.
    Reverses,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    Accepts,
    Rejects,
    /// The issuer's processor takes it back.
    Withdrawn,
}

pub const PASSES: Fate = Fate {
    review: Review::Passes,
    merchant: Merchant::PresentsAgain,
    second_review: Review::Passes,
    answer: Answer::Rejects,
    is_won: false,
};

/// By the last letter of the transaction's id: 0 or "a" goes all the way, through every request, and is won.
pub static FATES: [Fate; 10] = [
    Fate { review: Review::WantsChange, second_review: Review::WantsEvidence, is_won: true, ..PASSES },
    Fate { merchant: Merchant::Accepts, ..PASSES },
    Fate { merchant: Merchant::Sleeps, ..PASSES },
    Fate { review: Review::WantsEvidence, answer: Answer::Accepts, ..PASSES },
    PASSES,
    Fate { review: Review::RefusesReason, merchant: Merchant::Accepts, ..PASSES },
    Fate { merchant: Merchant::Reverses, ..PASSES },
    Fate { second_review: Review::WantsChange, is_won: true, ..PASSES },
    Fate { review: Review::WantsChange, merchant: Merchant::Accepts, ..PASSES },
    Fate { answer: Answer::Withdrawn, ..PASSES },
];

pub fn fate_of(transaction: &str) -> Fate {
    let last = transaction.chars().last().and_then(|last| last.to_digit(36)).unwrap_or_default();
    FATES[last as usize % FATES.len()]
}

/// A dispute with all that was written about it.
#[derive(Clone, Debug)]
pub struct Dispute {
    pub id: String,
    pub transaction: Transaction,
    pub reason: String,
    pub amount: i64,
    pub justification: Option<String>,
    pub evidence: Vec<Paper>,
    pub created: Moment,
    pub fate: Fate,
    pub deeds: Vec<Deed>,
}

/// A chargeback, a representment, a pre-arbitration or an arbitration.
#[derive(Clone, Debug, Default)]
pub struct Section {
    pub at: Option<Moment>,
    pub reason: String,
    pub amount: i64,
    pub evidence: Vec<Paper>,
    pub justification: Option<String>,
    pub change: Option<(String, String)>,
    /// When the other side answered, or the scheme decided.
    pub answered: Option<Moment>,
    pub answer: Vec<Paper>,
}

/// Where a dispute stands.
#[derive(Clone, Debug)]
pub struct Standing {
    pub status: &'static str,
    pub reason: &'static str,
    pub since: Moment,
    pub dispute_reason: String,
    pub amount: i64,
    pub instructions: Option<&'static str>,
    pub last_answer: Option<String>,
    pub chargeback: Section,
    pub representment: Option<Section>,
    pub pre_arbitration: Option<Section>,
    pub arbitration: Option<Section>,
    reviewed: bool,
    reviewed_again: bool,
}

impl Dispute {
    pub fn at(&self, now: Moment) -> Standing {
        let mut standing = Standing::new(self);
        let mut deeds = self.deeds.iter().filter(|deed| deed.at <= now).peekable();
        loop {
            let due = standing.due(self).filter(|(at, _)| *at <= now);
            match (deeds.peek(), due) {
                (Some(deed), due) if due.is_none_or(|(at, _)| deed.at < at) => {
                    standing.take(deed);
                    deeds.next();
                }
                (_, Some((at, to))) => standing.go(self, at, to),
                (_, None) => return standing,
            }
        }
    }
}

type Place = (&'static str, &'static str);

pub const CREATED: Place = ("created", "");
pub const PENDING: Place = ("processing", "chargeback_pending");
pub const PROCESSED: Place = ("processing", "chargeback_processed");
pub const CHANGE: Place = ("action_required", "chargeback_change_requested");
pub const EVIDENCE: Place = ("action_required", "chargeback_evidence_invalid_or_insufficient");
pub const BAD_REASON: Place = ("action_required", "chargeback_fraudulent_reason_code_invalid");
pub const REJECTED: Place = ("action_required", "chargeback_rejected");
pub const REVERSING: Place = ("processing", "chargeback_reversal_pending");
pub const REVERSED: Place = ("canceled", "chargeback_reversed");
pub const ACCEPTED: Place = ("won", "chargeback_response_accepted");
pub const REFUNDED: Place = ("canceled", "presentment_reversed");
pub const NEVER_SENT: Place = ("canceled", "expired");
pub const EXPIRED: Place = ("lost", "expired");
pub const PRE_PENDING: Place = ("processing", "prearbitration_pending");
pub const PRE_PROCESSED: Place = ("processing", "prearbitration_processed");
pub const PRE_CHANGE: Place = ("action_required", "escalation_change_requested");
pub const PRE_EVIDENCE: Place = ("action_required", "prearbitration_evidence_invalid_or_insufficient");
pub const PRE_REJECTED: Place = ("action_required", "prearbitration_rejected");
pub const PRE_ACCEPTED: Place = ("won", "prearbitration_response_accepted");
pub const PRE_REVERSING: Place = ("processing", "prearbitration_reversal_pending");
pub const PRE_REVERSED: Place = ("canceled", "prearbitration_reversed");
pub const ARB_PENDING: Place = ("processing", "arbitration_pending");
pub const ARB_PROCESSED: Place = ("processing", "arbitration_processed");
pub const ARB_WON: Place = ("won", "arbitration_processed");
pub const ARB_LOST: Place = ("lost", "arbitration_processed");

impl Standing {
    fn new(dispute: &Dispute) -> Standing {
        let chargeback = Section {
            reason: dispute.reason.clone(),
            amount: dispute.amount,
            evidence: dispute.evidence.clone(),
            justification: dispute.justification.clone(),
            ..Section::default()
        };
        Standing {
            status: CREATED.0,
            reason: CREATED.1,
            since: dispute.created,
            dispute_reason: dispute.reason.clone(),
            amount: dispute.amount,
            instructions: None,
            last_answer: None,
            chargeback,
            representment: None,
            pre_arbitration: None,
            arbitration: None,
            reviewed: false,
            reviewed_again: false,
        }
    }

    pub fn place(&self) -> Place {
        (self.status, self.reason)
    }

    /// What can be done with it.
    pub fn links(&self) -> &'static [&'static str] {
        match self.place() {
            PENDING | PROCESSED => &["cancel"],
            CHANGE | EVIDENCE | BAD_REASON | PRE_CHANGE | PRE_EVIDENCE => &["amend", "submit"],
            REJECTED | PRE_REJECTED => &["escalate"],
            _ => &[],
        }
    }

    pub fn is_escalated(&self) -> bool {
        self.pre_arbitration.is_some()
    }

    /// Only a reason of fraud can be refused as one.
    fn review(&self, fate: Fate) -> Review {
        match fate.review {
            Review::RefusesReason if !trade::FRAUD_REASONS.contains(&self.dispute_reason.as_str()) => {
                Review::Passes
            }
            review => review,
        }
    }

    /// What happens next by itself, and when.
    pub fn due(&self, dispute: &Dispute) -> Option<(Moment, Place)> {
        let fate = dispute.fate;
        let (pause, to) = match self.place() {
            CREATED => (10 * MINUTE, PENDING),
            PENDING => (
                DAY,
                sent_back(self.review(fate), self.reviewed, [CHANGE, EVIDENCE, BAD_REASON])
                    .unwrap_or(PROCESSED),
            ),
            PROCESSED => match fate.merchant {
                Merchant::Accepts => (12 * DAY, ACCEPTED),
                Merchant::Sleeps => (45 * DAY, ACCEPTED),
                Merchant::PresentsAgain => (14 * DAY, REJECTED),
                Merchant::Reverses => (3 * DAY, REFUNDED),
            },
            CHANGE | EVIDENCE | BAD_REASON => (90 * DAY, NEVER_SENT),
            REJECTED => (45 * DAY, EXPIRED),
            REVERSING => (DAY, REVERSED),
            PRE_PENDING => {
                let back = [PRE_CHANGE, PRE_EVIDENCE, PRE_EVIDENCE];
                (DAY, sent_back(fate.second_review, self.reviewed_again, back).unwrap_or(PRE_PROCESSED))
            }
            PRE_CHANGE | PRE_EVIDENCE => (20 * DAY, EXPIRED),
            PRE_PROCESSED => match fate.answer {
                Answer::Accepts => (20 * DAY, PRE_ACCEPTED),
                Answer::Rejects => (30 * DAY, PRE_REJECTED),
                Answer::Withdrawn => (5 * DAY, PRE_REVERSING),
            },
            PRE_REJECTED => (20 * DAY, EXPIRED),
            PRE_REVERSING => (2 * DAY, PRE_REVERSED),
            ARB_PENDING => (DAY, ARB_PROCESSED),
            ARB_PROCESSED => (40 * DAY, if fate.is_won { ARB_WON } else { ARB_LOST }),
            _ => return None,
        };
        Some((self.since.plus(pause), to))
    }

    pub fn go(&mut self, dispute: &Dispute, at: Moment, to: Place) {
        (self.status, self.reason) = to;
        self.since = at;
        self.instructions = None;
        let mut dice = Dice::of(&format!("{} {}", dispute.id, to.1));
        match to {
            PENDING => self.chargeback.at = Some(at),
            CHANGE | PRE_CHANGE => self.instructions = Some(*dice.pick(trade::ASKED_CHANGES)),
            EVIDENCE | PRE_EVIDENCE => self.instructions = Some(*dice.pick(trade::ASKED_EVIDENCE)),
            BAD_REASON => {
                self.instructions =
                    Some("The scheme refused the fraud reason. Send it again with another reason.")
            }
            REJECTED => {
                // A representment may ask for less.
                let amount = if dice.between(0, 3) == 0 { self.amount * 3 / 4 } else { self.amount };
                let evidence = papers(&mut dice, trade::MERCHANT_PAPERS);
                self.representment = Some(Section { at: Some(at), amount, evidence, ..Section::default() });
            }
            PRE_REJECTED | PRE_ACCEPTED => {
                if let Some(section) = &mut self.pre_arbitration {
                    section.answered = Some(at.plus(-HOUR));
                    section.answer = papers(&mut dice, trade::MERCHANT_PAPERS);
                }
            }
            ARB_WON | ARB_LOST => {
                if let Some(section) = &mut self.arbitration {
                    section.answered = Some(at);
                }
            }
            _ => {}
        }
        match to {
            CHANGE | EVIDENCE | BAD_REASON => self.reviewed = true,
            PRE_CHANGE | PRE_EVIDENCE => self.reviewed_again = true,
            _ => {}
        }
    }

    /// Takes what was written. It was allowed when it was.
    fn take(&mut self, deed: &Deed) {
        let escalated = self.is_escalated();
        self.instructions = None;
        let to = match &deed.what {
            What::Canceled => REVERSING,
            What::Amended { reason, amount, evidence, answer } => {
                let section = match &mut self.pre_arbitration {
                    Some(section) => section,
                    None => &mut self.chargeback,
                };
                if let Some(reason) = reason {
                    self.dispute_reason = reason.clone();
                    section.reason = reason.clone();
                }
                if let Some(amount) = amount {
                    self.amount = *amount;
                    section.amount = *amount;
                }
                section.evidence.extend(evidence.iter().cloned());
                if answer.is_some() {
                    self.last_answer = answer.clone();
                }
                if escalated { PRE_PENDING } else { PENDING }
            }
            What::Escalated { justification, evidence, amount, change } => {
                self.amount = amount.unwrap_or(self.amount);
                if let Some((reason, _)) = change {
                    self.dispute_reason = reason.clone();
                }
                let section = Section {
                    at: Some(deed.at),
                    reason: self.dispute_reason.clone(),
                    amount: self.amount,
                    evidence: evidence.clone(),
                    justification: Some(justification.clone()),
                    change: change.clone(),
                    ..Section::default()
                };
                if escalated {
                    // The scheme ignores evidence here.
                    self.arbitration = Some(Section { evidence: Vec::new(), ..section });
                    ARB_PENDING
                } else {
                    self.pre_arbitration = Some(section);
                    PRE_PENDING
                }
            }
        };
        (self.status, self.reason) = to;
        self.since = deed.at;
    }
}

fn sent_back(review: Review, before: bool, to: [Place; 3]) -> Option<Place> {
    match review {
        _ if before => None,
        Review::Passes => None,
        Review::WantsChange => Some(to[0]),
        Review::WantsEvidence => Some(to[1]),
        Review::RefusesReason => Some(to[2]),
    }
}

pub fn papers(dice: &mut Dice, of: &[&str]) -> Vec<Paper> {
    let count = dice.between(1, 2);
    (0..count)
        .map(|_| {
            let description = (*dice.pick(of)).to_owned();
            Paper { file_id: id("file_", &dice.next().to_string()), description }
        })
        .collect()
}
