//! The members of one object, found by the table's names: which alias won, and whether a member stood there twice
//! with different values. Knows no values.

use std::{borrow::Cow, collections::HashMap};

use serde_json::value::RawValue;

use super::{
    json::{Kind, kind},
    table,
};
use crate::case::Settings;

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

    pub fn seen<'a>(&'a self, members: &[(Cow<'a, str>, &'a RawValue)]) -> Seen<'a> {
        let mut found = vec![Slot::Absent; self.spelled.len()];
        for (name, piece) in members {
            for slot in self.slots.get(name.as_ref()).into_iter().flatten() {
                found[*slot] = match found[*slot] {
                    Slot::Absent => Slot::Once(piece),
                    Slot::Once(before) if before.get() == piece.get() => Slot::Once(before),
                    _ => Slot::Torn,
                };
            }
        }
        Seen { names: self, found }
    }
}

/// What one object holds of the looked-for rows.
pub struct Seen<'a> {
    names: &'a Names,
    found: Vec<Slot<'a>>,
}

#[derive(Clone, Copy)]
enum Slot<'a> {
    Absent,
    Once(&'a RawValue),
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
    /// The first member of the row that is there and neither null nor blank.
    pub fn pick(&self, row: usize) -> Pick<'a> {
        for slot in self.names.rows.get(row).cloned().unwrap_or_default() {
            let name = self.names.spelled[slot].as_str();
            match self.found[slot] {
                Slot::Torn => return Pick::Torn(name),
                Slot::Once(piece) if !is_blank(piece) => return Pick::Is(name, piece),
                _ => {}
            }
        }
        Pick::Absent
    }

    pub fn is_empty(&self) -> bool {
        self.found.iter().all(|slot| matches!(slot, Slot::Absent))
    }
}

fn is_blank(piece: &RawValue) -> bool {
    match kind(piece) {
        Kind::Null => true,
        Kind::Text(text) => text.trim().is_empty(),
        _ => false,
    }
}
