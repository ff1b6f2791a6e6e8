//! Which rows a filter lets through. A word is tested once for each merchant and in one pass over the searchable
//! text, a field once for each of its values; only what is left is looked at row by row.

use memchr::memmem::Finder;

use super::arena::Field;
use super::{Index, NONE, Slot};
use crate::case::query::{Is, Term, Test};
use crate::case::{Column, Filter, Moment, Stage};
use crate::store::columns::NO_DEADLINE;

/// A set of slots.
#[derive(Clone, Default)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    pub fn none(slots: usize) -> Bits {
        Bits { words: vec![0; slots.div_ceil(64)] }
    }

    pub fn set(&mut self, slot: u32) {
        if let Some(word) = self.words.get_mut(slot as usize / 64) {
            *word |= 1 << (slot % 64);
        }
    }

    pub fn has(&self, slot: u32) -> bool {
        self.words.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Keeps the members for which `test` holds.
    fn retain(&mut self, mut test: impl FnMut(u32) -> bool) {
        for (at, word) in self.words.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !test(at as u32 * 64 + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }
}

/// A term made ready: everything that depends on a value and not on the row is known.
enum Probe<'a> {
    Word { finder: Box<Finder<'a>>, merchants: Vec<bool>, kinds: Vec<bool> },
    Kind(Vec<bool>),
    Merchant(Vec<bool>),
    Text(Field, Box<Finder<'a>>),
    Amount(Is, i128),
    Due(Is, i64, Moment),
    DueWithin(i64, i64, Moment),
    Opened(Is, Moment),
    Updated(Is, Moment),
    OpenedOn(Moment),
    UpdatedOn(Moment),
    Documents(Is, u32),
    Stages([bool; Stage::ALL.len()]),
}

/// Whether everything that passes `new` has passed `old`: each old term is still there, or a word that was typed on.
pub fn extends(new: &Filter, old: &Filter) -> bool {
    let implied = |old: &Term, new: &Term| match (&old.test, &new.test) {
        (Test::Word(old_word), Test::Word(word)) if !old.negated && !new.negated => {
            word.contains(old_word.as_str())
        }
        _ => old == new,
    };
    old.terms.iter().all(|old| new.terms.iter().any(|new| implied(old, new)))
}

impl Index {
    /// Keeps the slots that pass every term.
    pub(super) fn pass(&self, filter: &Filter, now: Moment, slots: &mut Bits) {
        for term in &filter.terms {
            let probe = self.probe(&term.test, now);
            // With few rows left, looking at each is cheaper than a pass over everything.
            let few = slots.count() < self.slots.len() / 16;
            match &probe {
                Probe::Word { finder, merchants, kinds } if !few => {
                    let mut hits = Bits::none(self.slots.len());
                    self.text.sweep(finder.needle(), |slot| hits.set(slot));
                    slots.retain(|at| {
                        let by_name = || {
                            self.slots.get(at as usize).is_some_and(|slot| {
                                holds_at(merchants, slot.merchant) || holds_at(kinds, slot.kind)
                            })
                        };
                        (hits.has(at) || by_name()) != term.negated
                    });
                }
                probe => slots.retain(|at| {
                    self.slots.get(at as usize).is_some_and(|slot| self.holds(probe, slot) != term.negated)
                }),
            }
        }
    }

    fn probe<'a>(&self, test: &'a Test, now: Moment) -> Probe<'a> {
        match test {
            Test::Word(word) => {
                let finder = Box::new(Finder::new(word.as_bytes()));
                let letters: Vec<char> = word.chars().filter(|letter| !letter.is_whitespace()).collect();
                let named = |name: &str| finder.find(name.as_bytes()).is_some() || in_order(&letters, name);
                let merchants = self.words.iter().map(|name| named(name)).collect();
                Probe::Word { merchants, kinds: self.kinds_named(&finder), finder }
            }
            Test::Contains(column, text) => self.contains(*column, text),
            Test::CurrencyIs(code) => {
                let is =
                    |kind: &super::Kind| kind.currency.is_some_and(|own| own.code().eq_ignore_ascii_case(code));
                Probe::Kind(self.kinds.iter().map(is).collect())
            }
            Test::Amount(is, amount) => Probe::Amount(*is, *amount),
            Test::Due(is, left) => Probe::Due(*is, *left, now),
            Test::DueWithin(least, most) => Probe::DueWithin(*least, *most, now),
            Test::OpenedOn(day) => Probe::OpenedOn(*day),
            Test::UpdatedOn(day) => Probe::UpdatedOn(*day),
            Test::Opened(is, at) => Probe::Opened(*is, *at),
            Test::Updated(is, at) => Probe::Updated(*is, *at),
            Test::Documents(is, count) => Probe::Documents(*is, *count),
            Test::StageIs(stage) => Probe::Stages(Stage::ALL.map(|known| known == *stage)),
        }
    }

    /// Which kinds of cases a word names by network, reason code or currency.
    fn kinds_named(&self, finder: &Finder<'_>) -> Vec<bool> {
        let found = |word: u32| finder.find(self.text_of(word).as_bytes()).is_some();
        let coded = |kind: &super::Kind| {
            kind.currency.is_some_and(|own| finder.find(own.code().to_lowercase().as_bytes()).is_some())
        };
        self.kinds.iter().map(|kind| found(kind.network) || found(kind.reason) || coded(kind)).collect()
    }

    fn contains<'a>(&self, column: Column, text: &'a str) -> Probe<'a> {
        let finder = Box::new(Finder::new(text.as_bytes()));
        let words: Vec<bool> = self.words.iter().map(|word| finder.find(word.as_bytes()).is_some()).collect();
        let kinds = |pick: fn(&super::Kind) -> u32| {
            Probe::Kind(self.kinds.iter().map(|kind| holds_at(&words, pick(kind))).collect())
        };
        match column {
            Column::Merchant => Probe::Merchant(words),
            Column::Reason => kinds(|kind| kind.reason),
            Column::Network => kinds(|kind| kind.network),
            Column::Status => kinds(|kind| kind.status),
            Column::Queue => kinds(|kind| kind.queue),
            Column::Profile => kinds(|kind| kind.profile),
            Column::Stage => Probe::Stages(Stage::ALL.map(|stage| stage.words().contains(text))),
            Column::Case => Probe::Text(Field::Number, finder),
            Column::Group => Probe::Text(Field::Group, finder),
            Column::Arn => Probe::Text(Field::Arn, finder),
            Column::Card => Probe::Text(Field::LastFour, finder),
            // These are compared, never searched in: such a term does not come out of a typed filter.
            Column::Due | Column::Amount | Column::Opened | Column::Updated | Column::Documents => {
                Probe::Stages([false; Stage::ALL.len()])
            }
        }
    }

    fn holds(&self, probe: &Probe<'_>, slot: &Slot) -> bool {
        match probe {
            Probe::Word { finder, merchants, kinds } => {
                holds_at(merchants, slot.merchant)
                    || holds_at(kinds, slot.kind)
                    || finder.find(self.text.text(slot.text)).is_some()
            }
            Probe::Kind(kinds) => holds_at(kinds, slot.kind),
            Probe::Merchant(merchants) => holds_at(merchants, slot.merchant),
            Probe::Text(field, finder) => finder.find(self.text.field(slot.text, *field)).is_some(),
            Probe::Amount(is, amount) => {
                self.money(slot).is_some_and(|money| is.holds(money.ten_thousandths(), *amount))
            }
            Probe::Due(is, left, now) => {
                slot.due != NO_DEADLINE && is.holds(Moment(slot.due).since(*now), *left)
            }
            Probe::DueWithin(least, most, now) => {
                slot.due != NO_DEADLINE && (*least..=*most).contains(&Moment(slot.due).since(*now))
            }
            Probe::OpenedOn(day) => slot.opened != NONE && Moment(slot.opened).start_of_day() == *day,
            Probe::UpdatedOn(day) => slot.updated != NONE && Moment(slot.updated).start_of_day() == *day,
            Probe::Opened(is, at) => slot.opened != NONE && is.holds(slot.opened, at.0),
            Probe::Updated(is, at) => slot.updated != NONE && is.holds(slot.updated, at.0),
            Probe::Documents(is, count) => is.holds(slot.documents, *count),
            Probe::Stages(stages) => holds_at(stages, slot.stage as u32),
        }
    }
}

fn holds_at(table: &[bool], at: u32) -> bool {
    table.get(at as usize).copied().unwrap_or(false)
}

/// How many letters of a name may stand between two that were typed.
const SKIPPED: usize = 2;

/// Whether the letters occur in the name in that order, with at most two others between neighbours: enough for a
/// hasty hand, too little for a name that merely happens to have them. A longer word never finds more.
fn in_order(letters: &[char], name: &str) -> bool {
    let Some((first, rest)) = letters.split_first() else { return true };
    let name: Vec<char> = name.chars().collect();
    let mut ends: Vec<usize> = (0..name.len()).filter(|at| name[*at] == *first).collect();
    for letter in rest {
        let mut next: Vec<usize> = ends
            .iter()
            .flat_map(|end| end + 1..(end + 2 + SKIPPED).min(name.len()))
            .filter(|at| name[*at] == *letter)
            .collect();
        next.sort_unstable();
        next.dedup();
        ends = next;
    }
    !ends.is_empty()
}
