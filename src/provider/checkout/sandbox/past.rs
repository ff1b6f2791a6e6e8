//! The disputes that are there when the world is born, in every place of their life, each with the past that leads there.

use super::{
    dice::{Dice, id},
    life::*,
    trade,
};
use crate::case::{
    Moment,
    moment::{DAY, HOUR},
};

/// So many disputes in one place.
struct Group {
    place: (&'static str, &'static str),
    count: i64,
    fate: Fate,
    /// How long the first has been there, in hours, and how much less the next.
    hours: i64,
    less: i64,
    /// That many of the last are of fraud and in money without two decimals.
    odd: i64,
}

const fn group(
    place: (&'static str, &'static str),
    count: i64,
    fate: Fate,
    hours: i64,
    less: i64,
    odd: i64,
) -> Group {
    Group { place, count, fate, hours, less, odd }
}

const CHANGED: Fate = Fate { review: Review::WantsChange, ..PASSES };
const EVIDENCED: Fate = Fate { review: Review::WantsEvidence, ..PASSES };
const PRE_CHANGED: Fate = Fate { second_review: Review::WantsChange, is_won: true, ..PASSES };
const PRE_EVIDENCED: Fate = Fate { second_review: Review::WantsEvidence, ..PASSES };
const BY_MERCHANT: Fate = Fate { merchant: Merchant::Accepts, ..PASSES };
const ACCEPTED_LATER: Fate = Fate { answer: Answer::Accepts, ..PASSES };
const TAKEN_BACK: Fate = Fate { answer: Answer::Withdrawn, ..PASSES };

static GROUPS: &[Group] = &[
    group(PENDING, 4, PASSES, 16, 3, 1),
    group(PROCESSED, 8, PASSES, 13 * 24, 30, 3),
    group(CHANGE, 9, CHANGED, 60 * 24, 48, 2),
    group(EVIDENCE, 7, EVIDENCED, 58 * 24, 60, 1),
    group(BAD_REASON, 2, FATES[5], 70, 24, 2),
    group(REJECTED, 14, PASSES, 40 * 24, 60, 3),
    group(REVERSING, 1, PASSES, 5, 0, 0),
    group(REVERSED, 2, PASSES, 400, 90, 0),
    group(ACCEPTED, 4, BY_MERCHANT, 900, 150, 2),
    group(REFUNDED, 2, FATES[6], 300, 50, 0),
    group(NEVER_SENT, 2, CHANGED, 200, 100, 0),
    group(EXPIRED, 3, PASSES, 500, 120, 1),
    group(PRE_PENDING, 3, PASSES, 18, 6, 1),
    group(PRE_CHANGE, 5, PRE_CHANGED, 12 * 24, 50, 1),
    group(PRE_EVIDENCE, 5, PRE_EVIDENCED, 11 * 24, 40, 1),
    group(PRE_PROCESSED, 4, PASSES, 25 * 24, 100, 1),
    group(PRE_REJECTED, 6, PASSES, 15 * 24, 40, 0),
    group(PRE_ACCEPTED, 3, ACCEPTED_LATER, 700, 100, 1),
    group(PRE_REVERSING, 1, TAKEN_BACK, 20, 0, 0),
    group(PRE_REVERSED, 1, TAKEN_BACK, 90, 0, 0),
    group(ARB_PENDING, 2, PASSES, 15, 5, 0),
    group(ARB_PROCESSED, 3, PASSES, 30 * 24, 150, 1),
    group(ARB_WON, 2, PRE_CHANGED, 400, 200, 0),
    group(ARB_LOST, 2, PASSES, 300, 100, 0),
];

/// Oldest first.
pub fn disputes(born: Moment) -> Vec<Dispute> {
    let mut disputes: Vec<_> = GROUPS
        .iter()
        .flat_map(|group| (0..group.count).map(move |number| dispute(group, number, born)))
        .collect();
    disputes.sort_by(|one, other| (one.created, &one.id).cmp(&(other.created, &other.id)));
    disputes
}

fn dispute(group: &Group, number: i64, born: Moment) -> Dispute {
    let name = format!("{} {} {number}", group.place.0, group.place.1);
    let mut dice = Dice::of(&name);
    let is_odd = number >= group.count - group.odd;
    let shops = if is_odd { trade::ODD_SHOPS } else { trade::SHOPS };
    let transaction = Transaction {
        id: id("trx_", &name),
        message: id("msg_", &name),
        amount: dice.between(4_000, 260_000),
        shop: dice.pick(shops),
    };
    let reasons = if is_odd { trade::FRAUD_REASONS } else { trade::REASONS };
    let amount = if dice.between(0, 4) == 0 { transaction.amount / 2 } else { transaction.amount };
    let mut dispute = Dispute {
        id: id("idsp_", &name),
        amount,
        transaction,
        reason: (*dice.pick(reasons)).to_owned(),
        justification: Some((*dice.pick(trade::JUSTIFICATIONS)).to_owned()),
        evidence: papers(&mut dice, trade::PAPERS),
        created: Moment(0),
        fate: group.fate,
        deeds: Vec::new(),
    };
    let there = live(&mut dispute, group.place, &mut dice);
    let age = (group.hours - group.less * number) * HOUR + dice.between(0, HOUR / 1000 - 1) * 1000;
    let shift = born.plus(-age).since(there);
    dispute.created = dispute.created.plus(shift);
    for deed in &mut dispute.deeds {
        deed.at = deed.at.plus(shift);
    }
    dispute
}

/// Lets the issuer do what leads to a place; when the dispute came there.
fn live(dispute: &mut Dispute, place: (&'static str, &'static str), dice: &mut Dice) -> Moment {
    let mut now = dispute.created;
    loop {
        let standing = dispute.at(now);
        if standing.place() == place {
            return standing.since;
        }
        let waits = [EXPIRED, NEVER_SENT].contains(&place);
        let what = match standing.place() {
            PROCESSED if place == REVERSING || place == REVERSED => Some(What::Canceled),
            _ if waits => None,
            CHANGE | EVIDENCE | BAD_REASON | PRE_CHANGE | PRE_EVIDENCE => Some(What::Amended {
                reason: None,
                amount: None,
                evidence: papers(dice, trade::PAPERS),
                answer: Some("Sent again as you asked.".into()),
            }),
            REJECTED | PRE_REJECTED => Some(What::Escalated {
                justification: (*dice.pick(trade::JUSTIFICATIONS)).to_owned(),
                evidence: papers(dice, trade::PAPERS),
                amount: None,
                change: None,
            }),
            _ => None,
        };
        match (what, standing.due(dispute)) {
            (Some(what), _) => {
                now = standing.since.plus(dice.between(1, 3) * DAY);
                dispute.deeds.push(Deed { at: now, what });
            }
            (None, Some((at, _))) => now = at,
            // No way leads there.
            (None, None) => return standing.since,
        }
    }
}
