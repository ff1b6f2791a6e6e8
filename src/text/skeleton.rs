//! The skeleton of a text: what is left to search for card data once hidden characters, combining marks, controls
//! and escape sequences are skipped and every digit is read as 0 to 9. It must never know what is searched.

use std::ops::Range;

use super::characters::{Class, class, separator};
use super::digits::digit;

/// One character of the skeleton.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    /// Byte offset in the text.
    pub at: usize,
    /// Length in bytes.
    pub len: u8,
    /// Nothing was skipped between the sign before and this one.
    pub adjoins: bool,
    /// Part of an identifier that is no card number.
    pub exempt: bool,
    /// Between the groups of a number.
    pub separates: bool,
    /// The character, digits of all kinds as ASCII.
    pub face: char,
}

impl Sign {
    pub fn digit(&self) -> Option<u8> {
        self.face.to_digit(10).map(|value| value as u8)
    }
    pub fn end(&self) -> usize {
        self.at + usize::from(self.len)
    }
}

/// The skeleton of a text without its `skipped` ranges; `exempt` ranges are flagged. Both are in order.
pub(super) fn of(text: &str, skipped: &[Range<usize>], exempt: &[Range<usize>]) -> Vec<Sign> {
    let mut skipped = Within::new(skipped);
    let mut exempt = Within::new(exempt);
    let mut signs: Vec<Sign> = Vec::with_capacity(text.len());
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let value = digit(c);
        if skipped.has(at) || (value.is_none() && passed_over(c)) {
            continue;
        }
        let face = value.map_or(c, |value| char::from(b'0' + value));
        let separates = value.is_none() && separator(c);
        signs.push(Sign {
            at,
            len: c.len_utf8() as u8,
            adjoins: at == end,
            exempt: exempt.has(at),
            separates,
            face,
        });
        end = at + c.len_utf8();
    }
    signs
}

/// What does not interrupt a number for a reader: hidden characters, marks drawn over a digit, controls other than
/// tab and line ends.
fn passed_over(c: char) -> bool {
    match class(c) {
        Class::Plain | Class::Blank | Class::Picture | Class::Mark(false) => false,
        Class::C0 => !matches!(c, '\t' | '\n' | '\r'),
        Class::Hidden | Class::Mark(true) | Class::C1 => true,
    }
}

/// Answers "is this offset in one of the ranges" for offsets that only grow.
struct Within<'a> {
    ranges: &'a [Range<usize>],
    next: usize,
}

impl<'a> Within<'a> {
    fn new(ranges: &'a [Range<usize>]) -> Self {
        Within { ranges, next: 0 }
    }
    fn has(&mut self, at: usize) -> bool {
        while self.ranges.get(self.next).is_some_and(|range| range.end <= at) {
            self.next += 1;
        }
        self.ranges.get(self.next).is_some_and(|range| range.contains(&at))
    }
}
