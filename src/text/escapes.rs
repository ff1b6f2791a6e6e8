//! Where terminal escape sequences lie in a text, so that they do not hide a card number by standing inside it.
//! It must never know what a sequence does.

use std::ops::Range;

/// The byte ranges of escape sequences, in order: CSI, strings (OSC, DCS, APC, PM, SOS) that are ended, and the
/// short ones. Linear: where a string's end was sought in vain is remembered.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut unended = 0;
    let mut at = 0;
    while let Some(start) = next_start(text, at) {
        let end = end_of(text, start, &mut unended);
        at = end.unwrap_or(start + first_len(text, start));
        if let Some(end) = end {
            found.push(start..end);
        }
    }
    found
}

fn next_start(text: &str, from: usize) -> Option<usize> {
    let introducer =
        |c: char| matches!(c, '\u{1b}' | '\u{9b}' | '\u{9d}' | '\u{90}' | '\u{9f}' | '\u{9e}' | '\u{98}');
    text[from..].find(introducer).map(|place| from + place)
}

fn first_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

fn end_of(text: &str, start: usize, unended: &mut usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let after = start + first_len(text, start);
    let escape = bytes[start] == 0x1b;
    let kind = if escape { bytes.get(after).copied() } else { None };
    let csi = text[start..].starts_with('\u{9b}') || kind == Some(b'[');
    let string = if escape { matches!(kind, Some(b']' | b'P' | b'_' | b'^' | b'X')) } else { !csi };
    let inside = if escape && (csi || string) { after + 1 } else { after };
    let end = if csi {
        end_of_csi(bytes, inside)
    } else if string && start >= *unended {
        let end = end_of_string(text, inside);
        if let Err(stop) = end {
            *unended = stop;
        }
        end.ok()
    } else {
        None
    };
    end.or_else(|| if escape { end_of_short(bytes, after) } else { None })
}

fn end_of_csi(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = skip(bytes, from, 0x30..=0x3f);
    at = skip(bytes, at, 0x20..=0x2f);
    bytes.get(at).filter(|byte| (0x40..=0x7e).contains(*byte)).map(|_| at + 1)
}

fn end_of_short(bytes: &[u8], from: usize) -> Option<usize> {
    let at = skip(bytes, from, 0x20..=0x2f);
    bytes.get(at).filter(|byte| (0x30..=0x7e).contains(*byte)).map(|_| at + 1)
}

fn skip(bytes: &[u8], from: usize, kind: std::ops::RangeInclusive<u8>) -> usize {
    from + bytes.iter().skip(from).take_while(|byte| kind.contains(*byte)).count()
}

/// A string ends at BEL, at ESC \ or at the C1 terminator. `Err` is the place where its end can no longer come.
fn end_of_string(text: &str, from: usize) -> Result<usize, usize> {
    let Some(place) = text[from..].find(['\u{7}', '\u{1b}', '\u{9c}']) else { return Err(text.len()) };
    let at = from + place;
    match text.as_bytes()[at] {
        0x7 => Ok(at + 1),
        0x1b if text.as_bytes().get(at + 1) == Some(&b'\\') => Ok(at + 2),
        0x1b => Err(at),
        _ => Ok(at + '\u{9c}'.len_utf8()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_of_each_kind_are_found_whole() {
        for (text, parts) in [
            ("a\u{1b}[1;31mb", vec!["\u{1b}[1;31m"]),
            ("\u{9b}2Jx", vec!["\u{9b}2J"]),
            ("\u{1b}]0;t\u{7}x", vec!["\u{1b}]0;t\u{7}"]),
            ("\u{1b}]0;t\u{1b}\\x", vec!["\u{1b}]0;t\u{1b}\\"]),
            ("\u{9d}0;t\u{9c}x", vec!["\u{9d}0;t\u{9c}"]),
            ("\u{1b}(0x\u{1b}cy", vec!["\u{1b}(0", "\u{1b}c"]),
            ("\u{1b}]0;never ended", vec!["\u{1b}]"]),
            ("\u{9d}0;\u{9d}", vec![]),
            ("\u{1b}", vec![]),
            ("\u{1b}[", vec!["\u{1b}["]),
            ("\u{1b}ü", vec![]),
        ] {
            let found: Vec<&str> = ranges(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, parts, "{text:?}");
        }
    }
}
