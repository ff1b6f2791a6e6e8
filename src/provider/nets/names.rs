//! The members of one object, found by the table's names: which alias won, and whether a member stood there twice
//! with different values. Knows no values.

use std::collections::HashMap;

use serde_json::value::RawValue;

use super::table;
use crate::{
    case::Settings,
    provider::json::{Kind, Members, kind},
};

/// The names of some rows of the table, ready for looking up.
pub struct Names {
    /// By name: the slots it fills. One name may serve several rows.
    slots: HashMap<String, Vec<usize>>,
    /// By slot: its name.
    spelled: Vec<String>,
    /// By row: its slots, in order of preference.
    rows: Vec<std::ops::Range<usize>>,
}

impl Names {
    pub fn new(settings: &Settings, rows: &[&str]) -> Names {
        let (mut slots, mut spelled, mut ranges) = (HashMap::<_, Vec<_>>::new(), Vec::new(), Vec::new());
        for row in rows {
            let first = spelled.len();
            for name in table::names(settings, row) {
                slots.entry(name.to_owned()).or_default().push(spelled.len());
                spelled.push(name.to_owned());
            }
            ranges.push(first..spelled.len());
        }
        Names { slots, spelled, rows: ranges }
    }

    /// Whether any row has this name.
    pub fn knows(&self, name: &str) -> bool {
        self.slots.contains_key(name)
    }

    pub fn seen<'a>(&'a self, members: Members<'a>) -> Seen<'a> {
        let mut found = vec![Slot::Absent; self.spelled.len()];
        for (at, (name, piece)) in members.iter().enumerate() {
            for slot in self.slots.get(name.as_ref()).into_iter().flatten() {
                found[*slot] = match found[*slot] {
                    Slot::Absent => Slot::Once(at as u32),
                    Slot::Once(before) if members[before as usize].1.get() == piece.get() => Slot::Once(before),
                    _ => Slot::Torn,
                };
            }
        }
        Seen { names: self, members, found }
    }
}

/// What one object holds of the looked-for rows.
pub struct Seen<'a> {
    names: &'a Names,
    members: Members<'a>,
    found: Vec<Slot>,
}

/// Small on purpose: one is made for every name and object of an answer.
#[derive(Clone, Copy)]
enum Slot {
    Absent,
    /// The member's place. More members than 32 bits count do not fit into an answer.
    Once(u32),
    /// Several times, with different values: which one holds cannot be known.
    Torn,
}

/// The winner of a row.
pub enum Pick<'a> {
    Absent,
    Is(&'a str, &'a RawValue),
    Torn(&'a str),
}

impl<'a> Seen<'a> {
    /// Whether a member of the row is there, null or blank as it may be.
    pub fn names(&self, row: usize) -> bool {
        let mut slots = self.names.rows.get(row).cloned().unwrap_or_default();
        slots.any(|slot| !matches!(self.found[slot], Slot::Absent))
    }

    /// The first member of the row that is there and neither null nor blank.
    pub fn pick(&self, row: usize) -> Pick<'a> {
        for slot in self.names.rows.get(row).cloned().unwrap_or_default() {
            let name = self.names.spelled[slot].as_str();
            match self.found[slot] {
                Slot::Torn => return Pick::Torn(name),
                Slot::Once(at) if !is_blank(self.members[at as usize].1) => {
                    return Pick::Is(name, self.members[at as usize].1);
                }
                _ => {}
            }
        }
        Pick::Absent
    }
}

fn is_blank(piece: &RawValue) -> bool {
    match kind(piece) {
        Kind::Null => true,
        Kind::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}
