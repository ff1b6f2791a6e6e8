//! Masks card numbers in a text and removes what must not be kept beside them. It must never know where the text is
//! shown. Linear in the text: long texts go through in stretches that end where no rule reaches across.

use std::borrow::Cow;
use std::ops::Range;

use super::characters::{Class, class, separator};
use super::digits::digit;
use super::secrets::{Track, hide_values, name_possible, tracks};
use super::skeleton::{self, Sign};
use super::{escapes, exempt, pans};

/// The text with card numbers masked (first six and last four digits stay, separators too), verification values as
/// stars and track data removed; and how many card numbers were masked.
///
/// ```
/// let (text, cards) = casedesk::text::mask("card 4111 1111 1111 1111, CVV 123");
/// assert_eq!((text.as_str(), cards), ("card 4111 11** **** 1111, CVV ***", 1));
/// ```
pub fn mask(text: &str) -> (String, usize) {
    let (masked, cards) = masked(text);
    (masked.into_owned(), cards)
}

pub(super) fn masked(text: &str) -> (Cow<'_, str>, usize) {
    if nothing_to_mask(text) {
        return (Cow::Borrowed(text), 0);
    }
    if escapes::possible(text) {
        // Once with the escape sequences skipped, for numbers around them; once more for numbers inside them.
        let (around, cards) = pass(text, &escapes::ranges(text));
        let (inside, more) = pass(&around, &[]);
        return (Cow::Owned(inside), cards + more);
    }
    let mut out = String::with_capacity(text.len());
    let mut cards = 0;
    for stretch in stretches(text) {
        let (masked, more) = pass(stretch, &[]);
        out.push_str(&masked);
        cards += more;
    }
    (Cow::Owned(out), cards)
}

/// Too few digits for a card number, and no name of a verification value.
fn nothing_to_mask(text: &str) -> bool {
    let mut digits = text.bytes().map(|byte| u32::from(byte.is_ascii_digit())).sum::<u32>();
    if text.is_ascii() {
        return digits < 3 || (digits < 13 && !name_possible(text));
    }
    digits += text.chars().filter(|c| !c.is_ascii() && digit(*c).is_some()).count() as u32;
    digits < 3
}

const STRETCH: usize = 64 * 1024;

/// Parts of a text, each ending at a line whose last character can neither belong to a number nor to what separates
/// its groups.
fn stretches(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.len() > STRETCH {
        let breaks = rest.as_bytes()[STRETCH..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let safe = breaks.map(|(place, _)| STRETCH + place).find(|at| {
            rest[..*at]
                .chars()
                .next_back()
                .is_some_and(|c| c.is_alphabetic() && class(c) == Class::Plain && !separator(c))
        });
        let Some(at) = safe else { break };
        let (part, after) = rest.split_at(at);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    parts
}

fn pass(text: &str, skipped: &[Range<usize>]) -> (String, usize) {
    let signs = skeleton::of(text, skipped, &exempt::ranges(text));
    let mut hide = vec![false; signs.len()];
    let tracks = tracks(&signs);
    let mut cards = find_between(&tracks, &signs, &mut hide);
    // A value may be the first digits of a card number behind a misleading name, or touch the card number behind it:
    // so card numbers are sought with the values in place and once more without them.
    if hide_values(&signs, &mut hide) {
        cards += find_between(&tracks, &signs, &mut hide);
    }
    (written(text, &signs, &hide, &tracks), cards)
}

fn find_between(tracks: &[Track], signs: &[Sign], hide: &mut [bool]) -> usize {
    let mut cards = 0;
    let mut from = 0;
    for track in tracks {
        cards += pans::find(&signs[from..track.whole.start], &mut hide[from..track.whole.start]);
        hide[track.number.start + 6..track.number.end - 4].fill(true);
        from = track.whole.end;
    }
    cards + pans::find(&signs[from..], &mut hide[from..])
}

fn written(text: &str, signs: &[Sign], hide: &[bool], tracks: &[Track]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    let mut tracks = tracks.iter().peekable();
    while at < signs.len() {
        if let Some(track) = tracks.next_if(|track| track.whole.start == at) {
            out.push_str(&text[copied..signs[at].at]);
            for index in track.number.clone() {
                out.push_str(if hide[index] { "*" } else { &text[signs[index].at..signs[index].end()] });
            }
            out.push_str("<track data removed>");
            copied = signs[track.whole.end - 1].end();
            at = track.whole.end;
            continue;
        }
        if hide[at] {
            out.push_str(&text[copied..signs[at].at]);
            out.push('*');
            copied = signs[at].end();
        }
        at += 1;
    }
    out.push_str(&text[copied..]);
    out
}
