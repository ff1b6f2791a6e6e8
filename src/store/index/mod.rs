//! The list in memory: one compact row for each case (56 bytes and its searchable text), so that a hundred thousand
//! of them are filtered and sorted between two key presses. Holds nothing that the database does not hold in the
//! clear, and never reads a file.

mod arena;
mod filter;
mod found;
mod load;
mod order;
mod pool;

use std::collections::{BTreeMap, BTreeSet};

use arena::Arena;
use pool::Pool;

use crate::case::{Currency, Money, Stage};

/// A value that a case does not have, among moments.
const NONE: i64 = i64::MIN;
/// No row.
const NOWHERE: u32 = u32::MAX;

#[derive(Default)]
pub struct Index {
    slots: Vec<Slot>,
    /// From the database's row number to the slot.
    slot_of: Vec<u32>,
    text: Arena,
    words: Pool<std::sync::Arc<str>>,
    kinds: Pool<Kind>,
    /// The rows of each queue, by the database's numbers.
    members: BTreeMap<i64, Vec<u32>>,
    state: State,
    orders: order::Orders,
    found: Option<found::Found>,
    /// Counts the changes to anything above.
    generation: u64,
}

/// How far the index agrees with the database.
#[derive(Default)]
struct State {
    started: bool,
    /// All rows up to this number were read.
    read_to: i64,
    all_read: bool,
    /// The last change that is accounted for, here or in `stale`.
    rev: i64,
    stale: BTreeSet<i64>,
    stale_queues: BTreeSet<i64>,
}

/// One case. The columns that take few different values are numbered together, as a kind.
#[derive(Clone, Copy)]
struct Slot {
    due: i64,
    opened: i64,
    updated: i64,
    minor: i64,
    id: u32,
    text: u32,
    merchant: u32,
    kind: u32,
    documents: u32,
    stage: Stage,
    flags: u8,
}

const HAS_AMOUNT: u8 = 1;
const OPEN: u8 = 2;
const GONE: u8 = 4;
const PARKED: u8 = 8;

/// Numbers into the words, all in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Kind {
    profile: u32,
    queue: u32,
    status: u32,
    network: u32,
    reason: u32,
    currency: Option<Currency>,
}

/// A case as it comes from the database. Texts in the case they are stored in.
struct Facts<'a> {
    id: i64,
    profile: &'a str,
    num: &'a str,
    group: &'a str,
    queue: &'a str,
    stage: Stage,
    status: &'a str,
    network: &'a str,
    card: &'a str,
    cardholder: &'a str,
    arn: &'a str,
    reason: &'a str,
    merchant: &'a str,
    minor: Option<i64>,
    currency: Option<Currency>,
    opened: Option<i64>,
    updated: Option<i64>,
    due: i64,
    documents: i64,
    open: bool,
    gone: bool,
    parked: bool,
}

impl Index {
    /// Whether it knows everything that the database knows, as of the last look.
    pub fn is_current(&self) -> bool {
        self.state.all_read && self.state.stale.is_empty() && self.state.stale_queues.is_empty()
    }

    /// The database's row numbers of slots.
    pub fn ids<'a>(&self, slots: impl Iterator<Item = &'a u32>) -> Vec<i64> {
        slots.filter_map(|slot| self.slots.get(*slot as usize)).map(|slot| i64::from(slot.id)).collect()
    }

    fn reserve(&mut self, cases: usize) {
        self.slots.reserve_exact(cases);
        self.slot_of.reserve_exact(cases + 1);
        self.text.reserve(cases);
    }

    fn put(&mut self, facts: &Facts<'_>) {
        // Row numbers are handed out from 1 on, so that four thousand million of them are never reached.
        let Ok(id) = u32::try_from(facts.id) else { return };
        let known = self.slot(facts.id);
        let text = self.text.put(facts, known.and_then(|at| self.slots.get(at as usize)).map(|slot| slot.text));
        let kind = Kind {
            profile: self.word(facts.profile),
            queue: self.word(facts.queue),
            status: self.word(facts.status),
            network: self.word(facts.network),
            reason: self.word(facts.reason),
            currency: facts.currency,
        };
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let slot = Slot {
            due: facts.due,
            opened: facts.opened.unwrap_or(NONE),
            updated: facts.updated.unwrap_or(NONE),
            minor: facts.minor.unwrap_or(0),
            id,
            text,
            merchant: self.word(facts.merchant),
            kind: self.kinds.number(&kind, |kind| *kind),
            documents: u32::try_from(facts.documents).unwrap_or(u32::MAX),
            stage: facts.stage,
            flags: flag(facts.minor.is_some(), HAS_AMOUNT)
                | flag(facts.open, OPEN)
                | flag(facts.gone, GONE)
                | flag(facts.parked, PARKED),
        };
        let at = match known {
            Some(at) => {
                if let Some(place) = self.slots.get_mut(at as usize) {
                    *place = slot;
                }
                at
            }
            None => {
                self.slots.push(slot);
                let at = (self.slots.len() - 1) as u32;
                let id = id as usize;
                if self.slot_of.len() <= id {
                    self.slot_of.resize(id + 1, NOWHERE);
                }
                if let Some(place) = self.slot_of.get_mut(id) {
                    *place = at;
                }
                at
            }
        };
        self.text.own(text, at);
        self.orders.note(at);
        self.generation += 1;
    }

    fn word(&mut self, text: &str) -> u32 {
        match text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
            true => self.words.number(text.to_lowercase().as_str(), |text| text.into()),
            false => self.words.number(text, |text| text.into()),
        }
    }

    fn slot(&self, id: i64) -> Option<u32> {
        self.slot_of.get(usize::try_from(id).ok()?).copied().filter(|slot| *slot != NOWHERE)
    }

    fn text_of(&self, word: u32) -> &str {
        self.words.get(word).map_or("", |word| word)
    }

    fn kind(&self, slot: &Slot) -> Option<&Kind> {
        self.kinds.get(slot.kind)
    }

    fn money(&self, slot: &Slot) -> Option<Money> {
        let currency = self.kind(slot).and_then(|kind| kind.currency);
        (slot.flags & HAS_AMOUNT != 0).then_some(Money { minor: slot.minor, currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn filled(cases: i64, turn: i64) -> Index {
        let mut index = Index::default();
        (1..=cases).for_each(|id| put(&mut index, id, turn));
        index
    }

    /// A case whose values follow from its number and the turn, with gaps and ties in every column.
    pub fn put(index: &mut Index, id: i64, turn: i64) {
        let mix = (id + 31 * turn).wrapping_mul(2_654_435_761).rem_euclid(1 << 31);
        let word = |of: i64, words: &[&'static str]| words[(of % words.len() as i64) as usize];
        let (num, group) = (format!("cb-{:03}", mix % 300), format!("G{}", mix % 7));
        index.put(&Facts {
            id,
            profile: word(mix, &["nets-live", "nets-test"]),
            num: &num,
            group: if mix % 5 == 0 { "" } else { &group },
            queue: word(mix / 3, &["1000", "2000", ""]),
            stage: Stage::ALL[(mix % 10) as usize],
            status: word(mix / 7, &["Open", "closed", "ÅTERKALLAD", ""]),
            network: word(mix / 11, &["Visa", "Mastercard"]),
            card: word(mix / 13, &["411111******1111", "", "555555******4444"]),
            cardholder: word(mix / 17, &["A Nielsen", "B Ödegård"]),
            arn: word(mix / 19, &["74567890123456789012345", "", "24567890123456789012345"]),
            reason: word(mix / 23, &["10.4", "13.1", "4853"]),
            merchant: word(mix / 29, &["Luftfart AB", "shell oil", "Zoo", ""]),
            minor: (mix % 4 != 0).then_some(mix % 90),
            currency: Currency::parse(word(mix / 31, &["EUR", "JPY", "x"])),
            opened: (mix % 6 != 0).then_some(mix % 50),
            updated: (mix % 8 != 0).then_some(mix % 40),
            due: if mix % 9 == 0 { crate::store::columns::NO_DEADLINE } else { mix % 20 },
            documents: mix % 3,
            open: mix % 2 == 0,
            gone: mix % 21 == 0,
            parked: mix % 12 == 0,
        });
    }
}
