//! The searchable text of all cases in one piece, so that a word is looked for in a single pass over memory.
//!
//! Each case's text is its number, group, ARN, last four digits and cardholder in lower case, a separator behind
//! each. The separator never occurs in a text that passed the text contract, so that no word is found across two.

use memchr::{memchr, memmem::Finder};

use super::{Facts, NOWHERE};
use crate::store::columns::last_four;

const SEPARATOR: u8 = 0x1F;
/// More of one text than this is not searched: a name of a kilobyte is an attack, not a name.
const LONGEST: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Number,
    Group,
    Arn,
    LastFour,
}

#[derive(Default)]
pub struct Arena {
    bytes: Vec<u8>,
    /// Where each text begins; it ends where the next begins.
    starts: Vec<u32>,
    /// The slot that each text belongs to; nowhere, where a slot got a new text.
    owners: Vec<u32>,
    dead: usize,
    draft: Vec<u8>,
}

impl Arena {
    pub fn reserve(&mut self, cases: usize) {
        self.bytes.reserve(cases * 64);
        self.starts.reserve_exact(cases);
        self.owners.reserve_exact(cases);
    }

    /// The number of a case's text: the one it has (`known`), where the text is the same, or a new one.
    pub fn put(&mut self, facts: &Facts<'_>, known: Option<u32>) -> u32 {
        let mut draft = std::mem::take(&mut self.draft);
        draft.clear();
        for text in [facts.num, facts.group, facts.arn, last_four(facts.card), facts.cardholder] {
            let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
            match text.is_ascii() {
                true => draft.extend(text.bytes().map(|byte| byte.to_ascii_lowercase())),
                false => draft.extend_from_slice(text.to_lowercase().as_bytes()),
            }
            draft.push(SEPARATOR);
        }
        let number = match known {
            Some(known) if self.text(known) == draft => known,
            known => {
                if let Some(owner) = known.and_then(|known| self.owners.get_mut(known as usize)) {
                    *owner = NOWHERE;
                    self.dead += draft.len();
                }
                // Beyond four gigabytes of text a case is listed, but not found by a word.
                let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
                if start.checked_add(draft.len() as u32).is_some() {
                    self.bytes.extend_from_slice(&draft);
                }
                self.starts.push(start);
                self.owners.push(NOWHERE);
                (self.starts.len() - 1) as u32
            }
        };
        self.draft = draft;
        number
    }

    pub fn own(&mut self, text: u32, slot: u32) {
        if let Some(owner) = self.owners.get_mut(text as usize) {
            *owner = slot;
        }
    }

    /// Whether it is worth writing the texts in use anew.
    pub fn is_wasteful(&self) -> bool {
        self.dead > (1 << 20) && self.dead > self.bytes.len() / 2
    }

    /// Drops the texts that no slot has any more. Returns the new number of every slot's text.
    pub fn compact(&mut self) -> Vec<(u32, u32)> {
        let (mut fresh, mut moved) = (Arena::default(), Vec::new());
        for (number, owner) in self.owners.iter().enumerate().filter(|(_, owner)| **owner != NOWHERE) {
            fresh.starts.push(fresh.bytes.len() as u32);
            fresh.owners.push(*owner);
            fresh.bytes.extend_from_slice(self.text(number as u32));
            moved.push((*owner, (fresh.starts.len() - 1) as u32));
        }
        *self = fresh;
        moved
    }

    pub fn text(&self, number: u32) -> &[u8] {
        let start = self.starts.get(number as usize).copied().unwrap_or(u32::MAX) as usize;
        let end = self.starts.get(number as usize + 1).map_or(self.bytes.len(), |end| *end as usize);
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The fields that have an order: number, group, ARN, last four digits.
    pub fn field(&self, number: u32, field: Field) -> &[u8] {
        let mut rest = self.text(number);
        for _ in 0..field as usize {
            rest = memchr(SEPARATOR, rest).and_then(|end| rest.get(end + 1..)).unwrap_or_default();
        }
        memchr(SEPARATOR, rest).and_then(|end| rest.get(..end)).unwrap_or(rest)
    }

    /// Tells of every slot whose text contains the word, once.
    pub fn sweep(&self, word: &[u8], mut hit: impl FnMut(u32)) {
        let finder = Finder::new(word);
        let (mut from, mut number) = (0, 0);
        while let Some(found) = self.bytes.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + found;
            number = self.containing(number, at);
            if let Some(owner) = self.owners.get(number).filter(|owner| **owner != NOWHERE) {
                hit(*owner);
            }
            // The rest of this text need not be looked at.
            number += 1;
            match self.starts.get(number) {
                Some(next) => from = *next as usize,
                None => return,
            }
        }
    }

    /// The text that contains a position, at or behind text `from`: near ones are tried first.
    fn containing(&self, from: usize, at: usize) -> usize {
        let begins_behind = |number: usize| self.starts.get(number).is_none_or(|start| *start as usize > at);
        let mut step = 1;
        while !begins_behind(from + step) {
            step *= 2;
        }
        let (mut low, mut high) = (from + step / 2, from + step);
        while low + 1 < high {
            let middle = low.midpoint(high);
            if begins_behind(middle) { high = middle } else { low = middle }
        }
        low
    }
}
