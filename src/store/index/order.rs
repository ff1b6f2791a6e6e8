//! The orders of the list. Ties stand by case number, then by row; rows that lack the value come last, whichever way
//! the order runs. An order that was asked for is kept and mended when a few rows change.

use std::cmp::Ordering;

use super::arena::Field;
use super::{Index, NONE, Slot};
use crate::case::{Column, Sort};
use crate::store::columns::NO_DEADLINE;

/// How many orders are remembered, besides the one by number that every other is built on.
const KEPT: usize = 3;
const BY_NUMBER: Sort = Sort { column: Column::Case, descending: false };

#[derive(Default)]
pub struct Orders {
    /// The most recently asked for at the end.
    known: Vec<(Sort, Vec<u32>)>,
    /// Slots that changed since.
    moved: Vec<u32>,
}

impl Orders {
    pub fn note(&mut self, slot: u32) {
        if !self.known.is_empty() {
            self.moved.push(slot);
        }
    }

    fn get(&self, sort: Sort) -> Option<&Vec<u32>> {
        self.known.iter().find(|(known, _)| *known == sort).map(|(_, order)| order)
    }
}

/// A column's value as something that compares fast: equal keys are decided by the text, where there is one.
enum Keyed {
    Number(fn(&Index, &Slot) -> Option<u64>),
    Word(fn(&Index, &Slot) -> u32),
    Text(Field),
}

/// Of each slot's text, eight bytes behind what all of them begin with; none where the text is lacking.
struct Prefixes {
    keys: Vec<(Option<u64>, u32)>,
    /// Whether these bytes are all there is, so that no text need be looked at.
    decide: bool,
}

fn keyed(column: Column) -> Keyed {
    let kind = |pick: fn(&Index, &Slot) -> u32| Keyed::Word(pick);
    match column {
        Column::Due => Keyed::Number(|_, slot| (slot.due != NO_DEADLINE).then(|| ordered(slot.due))),
        Column::Opened => Keyed::Number(|_, slot| (slot.opened != NONE).then(|| ordered(slot.opened))),
        Column::Updated => Keyed::Number(|_, slot| (slot.updated != NONE).then(|| ordered(slot.updated))),
        Column::Documents => Keyed::Number(|_, slot| Some(u64::from(slot.documents))),
        Column::Stage => Keyed::Number(|_, slot| Some(slot.stage as u64)),
        // By major units whatever the currency, as the filter compares. Beyond 9 * 10^14 all are alike.
        Column::Amount => Keyed::Number(|index, slot| {
            let amount = index.money(slot)?.ten_thousandths();
            let clamped = amount.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
            Some(ordered(clamped as i64))
        }),
        Column::Merchant => Keyed::Word(|_, slot| slot.merchant),
        Column::Reason => kind(|index, slot| index.kind(slot).map_or(0, |kind| kind.reason)),
        Column::Network => kind(|index, slot| index.kind(slot).map_or(0, |kind| kind.network)),
        Column::Status => kind(|index, slot| index.kind(slot).map_or(0, |kind| kind.status)),
        Column::Queue => kind(|index, slot| index.kind(slot).map_or(0, |kind| kind.queue)),
        Column::Profile => kind(|index, slot| index.kind(slot).map_or(0, |kind| kind.profile)),
        Column::Case => Keyed::Text(Field::Number),
        Column::Group => Keyed::Text(Field::Group),
        Column::Arn => Keyed::Text(Field::Arn),
        Column::Card => Keyed::Text(Field::LastFour),
    }
}

/// Every case has a number, if an empty one.
fn lacks(field: Field, text: &[u8]) -> bool {
    text.is_empty() && field != Field::Number
}

fn ordered(number: i64) -> u64 {
    (number as u64) ^ (1 << 63)
}

impl Index {
    /// Makes the order that every other is built on, or else the usual one. Returns whether there was anything to do.
    pub(super) fn prepare_order(&mut self) -> bool {
        let missing = [BY_NUMBER, Sort::default()].into_iter().find(|sort| self.orders.get(*sort).is_none());
        missing.map(|sort| self.order(sort).len()).is_some()
    }

    /// All slots in an order.
    pub(super) fn order(&mut self, sort: Sort) -> &[u32] {
        self.mend();
        if self.orders.get(BY_NUMBER).is_none() {
            let order = self.by_number();
            self.orders.known.insert(0, (BY_NUMBER, order));
        }
        if self.orders.get(sort).is_none() {
            let order = self.sorted(sort);
            self.orders.known.push((sort, order));
            if self.orders.known.len() > KEPT + 1 {
                // Never the first, by number, and the usual one only when nothing else is left to forget.
                let usual = |(known, _): &(Sort, Vec<u32>)| *known == Sort::default();
                let oldest = if self.orders.known.get(1).is_some_and(usual) { 2 } else { 1 };
                self.orders.known.remove(oldest);
            }
        }
        self.orders.get(sort).map_or(&[], |order| order)
    }

    /// Which of two rows stands first. The meaning of every order; `sorted` only gets there faster.
    fn compare(&self, sort: Sort, a: &Slot, b: &Slot) -> Ordering {
        let way = |order: Ordering| if sort.descending { order.reverse() } else { order };
        let values = match keyed(sort.column) {
            Keyed::Number(key) => match (key(self, a), key(self, b)) {
                (Some(a), Some(b)) => way(a.cmp(&b)),
                (a, b) => a.is_none().cmp(&b.is_none()),
            },
            Keyed::Word(word) => {
                let (a, b) = (self.text_of(word(self, a)), self.text_of(word(self, b)));
                a.is_empty().cmp(&b.is_empty()).then_with(|| way(a.cmp(b)))
            }
            Keyed::Text(field) => {
                let (a, b) = (self.text.field(a.text, field), self.text.field(b.text, field));
                lacks(field, a).cmp(&lacks(field, b)).then_with(|| way(a.cmp(b)))
            }
        };
        values.then_with(|| self.number(a).cmp(self.number(b))).then(a.id.cmp(&b.id))
    }

    fn number(&self, slot: &Slot) -> &[u8] {
        self.text.field(slot.text, Field::Number)
    }

    fn by_number(&self) -> Vec<u32> {
        let Prefixes { mut keys, decide } = self.prefixes(Field::Number, 0..self.slots.len() as u32);
        keys.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| match (self.slots.get(a.1 as usize), self.slots.get(b.1 as usize)) {
                (Some(a), Some(b)) if decide => a.id.cmp(&b.id),
                (Some(a), Some(b)) => self.number(a).cmp(self.number(b)).then(a.id.cmp(&b.id)),
                (a, b) => a.is_some().cmp(&b.is_some()),
            })
        });
        keys.into_iter().map(|(_, slot)| slot).collect()
    }

    /// From the order by number, by stable sorting: so that ties keep it.
    fn sorted(&self, sort: Sort) -> Vec<u32> {
        let base = self.orders.get(BY_NUMBER).map_or(&[][..], |order| order);
        let slots = || base.iter().filter_map(|at| Some((*at, self.slots.get(*at as usize)?)));
        let (mut keys, mut missing) = (Vec::with_capacity(base.len()), Vec::new());
        let mut file = |at: u32, key: Option<u64>| match key {
            Some(key) => keys.push((if sort.descending { !key } else { key }, at)),
            None => missing.push(at),
        };
        match keyed(sort.column) {
            Keyed::Number(key) => slots().for_each(|(at, slot)| file(at, key(self, slot))),
            Keyed::Word(word) => {
                let ranks = self.word_ranks();
                slots()
                    .for_each(|(at, slot)| file(at, ranks.get(word(self, slot) as usize).copied().flatten()));
            }
            Keyed::Text(field) => {
                let Prefixes { keys: found, decide } = self.prefixes(field, base.iter().copied());
                found.into_iter().for_each(|(key, at)| file(at, key));
                if !decide {
                    let text =
                        |at: u32| self.slots.get(at as usize).map(|slot| self.text.field(slot.text, field));
                    keys.sort_by(|a: &(u64, u32), b| {
                        let (one, two) = if sort.descending { (b.1, a.1) } else { (a.1, b.1) };
                        a.0.cmp(&b.0).then_with(|| text(one).cmp(&text(two)))
                    });
                }
            }
        }
        // Stable, so that it changes nothing where the texts had to decide.
        keys.sort_by_key(|key| key.0);
        keys.into_iter().map(|(_, at)| at).chain(missing).collect()
    }

    /// The place of every word among all words; none for the empty one.
    fn word_ranks(&self) -> Vec<Option<u64>> {
        let mut words: Vec<(&str, usize)> =
            self.words.iter().enumerate().map(|(at, word)| (&**word, at)).collect();
        words.sort_unstable();
        let mut ranks = vec![None; words.len()];
        for (rank, (word, at)) in words.iter().enumerate() {
            if let Some(place) = ranks.get_mut(*at).filter(|_| !word.is_empty()) {
                *place = Some(rank as u64);
            }
        }
        ranks
    }

    fn prefixes(&self, field: Field, slots: impl Iterator<Item = u32>) -> Prefixes {
        let texts: Vec<(u32, &[u8])> = slots
            .map(|at| {
                (at, self.slots.get(at as usize).map_or(&[][..], |slot| self.text.field(slot.text, field)))
            })
            .collect();
        let mut present = texts.iter().map(|(_, text)| *text).filter(|text| !text.is_empty());
        let first = present.next().unwrap_or_default();
        let common = present.fold(first.len(), |common, text| {
            first.iter().zip(text).take(common).take_while(|(a, b)| a == b).count()
        });
        let mut decide = true;
        let key = |(at, text): (u32, &[u8])| {
            let (mut key, rest) = ([0; 8], text.get(common..).unwrap_or_default());
            key.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            decide &= rest.len() <= key.len() && rest.last() != Some(&0);
            ((!lacks(field, text)).then_some(u64::from_be_bytes(key)), at)
        };
        let keys = texts.into_iter().map(key).collect();
        Prefixes { keys, decide }
    }

    /// Brings the remembered orders up to date with the rows that changed.
    fn mend(&mut self) {
        let moved = std::mem::take(&mut self.orders.moved);
        if moved.is_empty() {
            return;
        }
        let mut known = std::mem::take(&mut self.orders.known);
        if moved.len() > self.slots.len() / 16 {
            return;
        }
        for (sort, order) in &mut known {
            *order = self.mended(*sort, order, &moved);
        }
        self.orders.known = known;
    }

    fn mended(&self, sort: Sort, order: &[u32], moved: &[u32]) -> Vec<u32> {
        let compare = |a: u32, b: u32| match (self.slots.get(a as usize), self.slots.get(b as usize)) {
            (Some(one), Some(two)) => self.compare(sort, one, two),
            (one, two) => one.is_some().cmp(&two.is_some()),
        };
        let mut moved = moved.to_vec();
        moved.sort_unstable_by(|a, b| compare(*a, *b));
        moved.dedup();
        let mut is_moved = vec![false; self.slots.len()];
        for slot in &moved {
            if let Some(mark) = is_moved.get_mut(*slot as usize) {
                *mark = true;
            }
        }
        let still = |slot: &&u32| !is_moved.get(**slot as usize).copied().unwrap_or(false);
        let rest: Vec<u32> = order.iter().filter(still).copied().collect();
        let (mut mended, mut taken) = (Vec::with_capacity(self.slots.len()), 0);
        for slot in moved {
            let tail = rest.get(taken..).unwrap_or_default();
            let up_to = taken + tail.partition_point(|other| compare(*other, slot).is_lt());
            mended.extend_from_slice(rest.get(taken..up_to).unwrap_or_default());
            mended.push(slot);
            taken = up_to;
        }
        mended.extend_from_slice(rest.get(taken..).unwrap_or_default());
        mended
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::filled;
    use super::*;

    fn both_ways() -> impl Iterator<Item = Sort> {
        Column::ALL.into_iter().flat_map(|column| [true, false].map(|descending| Sort { column, descending }))
    }

    fn slow(index: &Index, sort: Sort) -> Vec<u32> {
        let mut order: Vec<u32> = (0..index.slots.len() as u32).collect();
        order.sort_by(|a, b| index.compare(sort, &index.slots[*a as usize], &index.slots[*b as usize]));
        order
    }

    #[test]
    fn every_order_is_the_one_that_its_meaning_asks_for() {
        let mut index = filled(500, 0);
        for sort in both_ways() {
            let order = index.order(sort).to_vec();
            assert_eq!(order, slow(&index, sort), "{sort:?}");
        }
    }

    #[test]
    fn an_order_is_mended_when_cases_change_and_new_ones_come() {
        for sort in both_ways() {
            let mut index = filled(500, 0);
            index.order(sort);
            for id in [3, 77, 500, 501, 502] {
                super::super::tests::put(&mut index, id, 9);
            }
            assert!(index.orders.get(sort).is_some(), "kept, to be mended");
            let order = index.order(sort).to_vec();
            assert_eq!(order.len(), 502);
            assert_eq!(order, slow(&index, sort), "{sort:?}");
        }
    }
}
