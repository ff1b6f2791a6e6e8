//! What an answer did not speak of. Providers answer one question more fully than another, and what is not said of a
//! case is no statement that there is none: it stays as it was last known.

use super::{Case, Money};
use crate::text::Raw;

/// The parts of a case that an answer may leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Group,
    /// With it goes the stage.
    Queue,
    Status,
    Network,
    Card,
    Cardholder,
    Arn,
    Reason,
    Merchant,
    MerchantPlace,
    MerchantCategory,
    Amount,
    /// The currency of what is disputed, where the amount itself is there.
    Currency,
    TransactionAmount,
    TransactionCurrency,
    TransactionAt,
    Opened,
    Updated,
    Deadline,
    Documents,
    History,
    Revision,
    /// What the provider says can be done.
    May,
    Instructions,
}

/// The parts of a case that its answer left out; a member that is null or an empty list is not left out. None where
/// nothing is said about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Silent(u32);

impl Silent {
    pub fn about(self, part: Part) -> bool {
        self.0 & 1 << part as u32 != 0
    }

    pub fn leave_out(&mut self, part: Part) {
        self.0 |= 1 << part as u32;
    }

    pub fn speak_of(&mut self, part: Part) {
        self.0 &= !(1 << part as u32);
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl Case {
    /// Takes what this answer did not speak of from the case as it was known before. The provider's own bytes and
    /// what could not be understood of them stay those of this answer.
    pub fn fill_from(&mut self, known: Case) {
        let silent = self.silent;
        let texts: [(Part, &mut Raw, Raw); 13] = [
            (Part::Group, &mut self.group, known.group),
            (Part::Queue, &mut self.queue, known.queue),
            (Part::Status, &mut self.status, known.status),
            (Part::Network, &mut self.network, known.network),
            (Part::Card, &mut self.card, known.card),
            (Part::Cardholder, &mut self.cardholder, known.cardholder),
            (Part::Arn, &mut self.arn, known.arn),
            (Part::Reason, &mut self.reason, known.reason),
            (Part::Merchant, &mut self.merchant, known.merchant),
            (Part::MerchantPlace, &mut self.merchant_place, known.merchant_place),
            (Part::MerchantCategory, &mut self.merchant_category, known.merchant_category),
            (Part::Revision, &mut self.revision, known.revision),
            (Part::Instructions, &mut self.instructions, known.instructions),
        ];
        for (part, now, before) in texts {
            fill(silent, part, now, before);
        }
        fill(silent, Part::Queue, &mut self.stage, known.stage);
        fill(silent, Part::Amount, &mut self.amount, known.amount);
        fill(silent, Part::TransactionAmount, &mut self.transaction_amount, known.transaction_amount);
        fill(silent, Part::TransactionAt, &mut self.transaction_at, known.transaction_at);
        fill(silent, Part::Opened, &mut self.opened, known.opened);
        fill(silent, Part::Updated, &mut self.updated, known.updated);
        fill(silent, Part::Deadline, &mut self.deadline, known.deadline);
        fill(silent, Part::Documents, &mut self.documents, known.documents);
        fill(silent, Part::History, &mut self.history, known.history);
        fill(silent, Part::May, &mut self.may, known.may);
        for (part, now, before) in [
            (Part::Currency, &mut self.amount, known.amount),
            (Part::TransactionCurrency, &mut self.transaction_amount, known.transaction_amount),
        ] {
            if silent.about(part) {
                *now = now.map(|now| in_known_currency(now, before));
            }
        }
    }
}

fn fill<T>(silent: Silent, part: Part, now: &mut T, before: T) {
    if silent.about(part) {
        *now = before;
    }
}

/// A number without a currency was read with two decimals: it goes into the known currency where that has two as well.
/// For any other it would have to be guessed how the number was meant.
fn in_known_currency(now: Money, before: Option<Money>) -> Money {
    let known = before.and_then(|before| before.currency).filter(|currency| currency.exponent() == 2);
    Money { currency: now.currency.or(known), ..now }
}
