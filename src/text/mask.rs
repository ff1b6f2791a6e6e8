//! Masks card numbers in a text and removes what must not be kept beside them. It must never know where the text is
//! shown. Linear in the text: long texts go through in stretches that end where no rule reaches across.

use std::borrow::Cow;
use std::ops::Range;

use super::characters::{Class, class, separator};
use super::digits::digit;
use super::skeleton::{self, Sign};
use super::verification::{Track, name_possible, tracks, values};
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
    let escapes = escapes::ranges(text);
    let mut out = String::with_capacity(text.len());
    let mut cards = 0;
    for stretch in stretches(text, &escapes) {
        cards += mask_stretch(&text[stretch.clone()], &shifted(&escapes, &stretch), &mut out);
    }
    (Cow::Owned(out), cards)
}

/// Too few digits for a card number, and no name of a verification value.
fn nothing_to_mask(text: &str) -> bool {
    let mut digits = text.bytes().map(|byte| usize::from(byte.is_ascii_digit())).sum::<usize>();
    if text.is_ascii() {
        return digits < 3 || (digits < 13 && !name_possible(text));
    }
    digits += text.chars().filter(|c| !c.is_ascii() && digit(*c).is_some()).count();
    digits < 3
}

const STRETCH: usize = 64 * 1024;

/// Parts of a text, each ending at a line whose last character can neither belong to a number, nor to what separates
/// its groups, nor to an escape sequence. A text without such a line is one part.
fn stretches(text: &str, escapes: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while text.len() - start > STRETCH {
        let from = start + STRETCH;
        let mut ends = text.as_bytes()[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        let Some(end) = ends.find_map(|(place, _)| safe_end(text, from + place, escapes)) else { break };
        parts.push(start..end);
        start = end;
    }
    parts.push(start..text.len());
    parts
}

fn safe_end(text: &str, end: usize, escapes: &[Range<usize>]) -> Option<usize> {
    let last = text[..end].chars().next_back()?;
    let after = escapes.partition_point(|range| range.end < end);
    let escaped = escapes.get(after).is_some_and(|range| range.start < end);
    let letter = last.is_alphabetic() && class(last) == Class::Plain && !separator(last);
    (letter && !escaped).then_some(end)
}

/// The ranges inside a stretch, counted from its start.
fn shifted(ranges: &[Range<usize>], stretch: &Range<usize>) -> Vec<Range<usize>> {
    let first = ranges.partition_point(|range| range.start < stretch.start);
    let inside = ranges[first..].iter().take_while(|range| range.end <= stretch.end);
    inside.map(|range| range.start - stretch.start..range.end - stretch.start).collect()
}

/// What was decided about the character that starts at a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Free,
    Star,
    Removed,
}

fn mask_stretch(text: &str, escapes: &[Range<usize>], out: &mut String) -> usize {
    let exempt = exempt::ranges(text);
    // Once with the escape sequences skipped, for numbers around them; once with them, for numbers inside.
    let mut layers = vec![skeleton::of(text, escapes, &exempt)];
    if !escapes.is_empty() {
        layers.push(skeleton::of(text, &[], &exempt));
    }
    let mut fates = vec![Fate::Free; text.len()];
    let tracks = all_tracks(&layers);
    for track in &tracks {
        fates[track.whole.clone()].fill(Fate::Removed);
    }
    let mut cards: usize = layers.iter().map(|signs| pans::find(signs, &mut fates)).sum();
    // What stands behind the name of a verification value may be the first digits of a card number, or touch the card
    // number behind it: so card numbers are sought before the values are hidden and once more after.
    if hide_values(&layers, &mut fates) {
        cards += layers.iter().map(|signs| pans::find(signs, &mut fates)).sum::<usize>();
    }
    write(text, &fates, &tracks, out);
    cards
}

/// The stripe data of all layers, in order, without overlap.
fn all_tracks(layers: &[Vec<Sign>]) -> Vec<Track> {
    let mut all: Vec<Track> = layers.iter().flat_map(|signs| tracks(signs)).collect();
    all.sort_by_key(|track| (track.whole.start, std::cmp::Reverse(track.whole.end)));
    let mut end = 0;
    all.retain(|track| {
        let free = track.whole.start >= end;
        end = if free { track.whole.end } else { end };
        free
    });
    all
}

fn hide_values(layers: &[Vec<Sign>], fates: &mut [Fate]) -> bool {
    let mut any = false;
    for sign in layers.iter().flat_map(|signs| values(signs)) {
        if fates[sign.at] == Fate::Free {
            fates[sign.at] = Fate::Star;
        }
        any = true;
    }
    any
}

fn write(text: &str, fates: &[Fate], tracks: &[Track], out: &mut String) {
    let mut tracks = tracks.iter();
    let mut at = 0;
    while at < text.len() {
        match fates[at] {
            Fate::Free => {
                let run = fates[at..].iter().position(|fate| *fate != Fate::Free).unwrap_or(text.len() - at);
                out.push_str(&text[at..at + run]);
                at += run;
            }
            Fate::Star => {
                out.push('*');
                at += text[at..].chars().next().map_or(1, char::len_utf8);
            }
            Fate::Removed => {
                let Some(track) = tracks.next() else { return };
                for (place, sign) in track.number.iter().enumerate() {
                    let open = place < 6 || place + 4 >= track.number.len();
                    out.push_str(if open { &text[sign.at..sign.end()] } else { "*" });
                }
                out.push_str("<track data removed>");
                at = track.whole.end;
            }
        }
    }
}
