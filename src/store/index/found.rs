//! Answers to queries out of the index: the last one is kept, narrowed when more is typed, and forgotten when a row
//! or, for what depends on the time, the time changes.

use super::filter::{Bits, extends};
use super::{GONE, Index, OPEN, PARKED, Slot};
use crate::case::{Filter, Moment, Place, Query, Sort, Stage, View};
use crate::store::columns::NO_DEADLINE;

/// The last answer.
pub struct Found {
    query: Query,
    generation: u64,
    at: Moment,
    passed: Bits,
    slots: Vec<u32>,
}

impl Found {
    fn holds_at(&self, generation: u64, place: &Place, now: Moment) -> bool {
        let in_time = self.at == now || !self.query.is_timed();
        self.generation == generation && self.query.place == *place && in_time
    }
}

impl Index {
    /// The slots that a query asks for, in its order. `queue` is the database's number of a queue place.
    pub fn found(&mut self, query: &Query, queue: Option<i64>, now: Moment) -> &[u32] {
        let last = self.found.take().filter(|last| last.holds_at(self.generation, &query.place, now));
        let found = match last {
            Some(last) if last.query == *query => last,
            Some(last) if last.query.filter == query.filter => {
                let slots = self.in_order_of(query.sort, &last.passed);
                Found { query: query.clone(), slots, ..last }
            }
            // Narrowed, except where the time is part of it: what was not yet due a moment ago may be now.
            Some(last) if !query.filter.is_timed() && extends(&query.filter, &last.query.filter) => {
                self.find_among(last.passed, query, now)
            }
            _ => {
                let place = self.place(&query.place, queue, now);
                self.find_among(place, query, now)
            }
        };
        &self.found.insert(found).slots
    }

    fn find_among(&mut self, mut passed: Bits, query: &Query, now: Moment) -> Found {
        self.pass(&query.filter, now, &mut passed);
        let slots = self.in_order_of(query.sort, &passed);
        Found { query: query.clone(), generation: self.generation, at: now, passed, slots }
    }

    fn in_order_of(&mut self, sort: Sort, passed: &Bits) -> Vec<u32> {
        let mut slots = Vec::with_capacity(passed.count());
        slots.extend(self.order(sort).iter().filter(|slot| passed.has(**slot)));
        slots
    }

    pub fn position(&mut self, query: &Query, queue: Option<i64>, row: i64, now: Moment) -> Option<usize> {
        let slot = self.slot(row)?;
        self.found(query, queue, now).iter().position(|found| *found == slot)
    }

    fn place(&self, place: &Place, queue: Option<i64>, now: Moment) -> Bits {
        let mut slots = Bits::none(self.slots.len());
        let view = match (place, queue) {
            (Place::Queue(_), queue) => {
                let members = queue.and_then(|queue| self.members.get(&queue));
                members
                    .into_iter()
                    .flatten()
                    .filter_map(|id| self.slot(i64::from(*id)))
                    .for_each(|at| slots.set(at));
                return slots;
            }
            (Place::View(view), _) => view,
        };
        for (at, slot) in self.slots.iter().enumerate() {
            if within(slot, *view, now) {
                slots.set(at as u32);
            }
        }
        slots
    }

    /// How many cases a list holds, and the earliest deadline in it; for all cases, of those that can be worked.
    pub fn tally(&self, view: View, now: Moment) -> (usize, Option<i64>) {
        let counts = |slot: &&Slot| view != View::All || slot.flags & OPEN != 0;
        let next =
            self.slots.iter().filter(|slot| within(slot, view, now)).filter(counts).map(|slot| slot.due).min();
        (self.slots.iter().filter(|slot| within(slot, view, now)).count(), next)
    }

    /// The rows whose number, group, ARN or last four digits are the text, or begin with it.
    pub fn jump(&mut self, text: &str, most: usize) -> Vec<i64> {
        let everything =
            Query { place: Place::View(View::All), filter: Filter::default(), sort: Sort::default() };
        let mut ranks = vec![u8::MAX; self.slots.len()];
        if !text.is_empty() {
            self.text.sweep(text.as_bytes(), |at| {
                let rank = self.slots.get(at as usize).and_then(|slot| self.rank(slot.text, text.as_bytes()));
                if let (Some(place), Some(rank)) = (ranks.get_mut(at as usize), rank) {
                    *place = rank;
                }
            });
        }
        let order = self.order(everything.sort);
        let rank = |slot: &u32| ranks.get(*slot as usize).copied().unwrap_or(u8::MAX);
        let mut hits: Vec<u32> = order.iter().filter(|slot| rank(slot) != u8::MAX).copied().collect();
        hits.sort_by_key(rank);
        hits.truncate(most);
        self.ids(hits.iter())
    }

    fn rank(&self, text: u32, typed: &[u8]) -> Option<u8> {
        use super::arena::Field::{Arn, Group, LastFour, Number};
        let field = |field| self.text.field(text, field);
        let fields = [Number, Group, Arn, LastFour];
        let whole = fields.into_iter().position(|name| field(name) == typed);
        let begins = || fields.into_iter().position(|name| field(name).starts_with(typed)).map(|at| at + 4);
        whole.or_else(begins).and_then(|rank| u8::try_from(rank).ok())
    }
}

fn within(slot: &Slot, view: View, now: Moment) -> bool {
    let flag = |flag: u8| slot.flags & flag != 0;
    match view {
        View::All => true,
        View::Gone => flag(GONE),
        View::Parked => flag(PARKED),
        View::NeedsAnswer => slot.stage == Stage::NeedsAnswer && !flag(GONE),
        View::Overdue => flag(OPEN) && slot.due < now.0,
        View::DueToday => {
            flag(OPEN) && slot.due >= now.0 && slot.due <= now.end_of_day().0.min(NO_DEADLINE - 1)
        }
    }
}
