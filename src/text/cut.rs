//! Cutting a long text, so that no card number is cut in half: half of one is not recognised as one, and would stand
//! there in clear. It must never know why the text is cut.

use super::mask;

/// A card number has at most 19 digits (ISO/IEC 7812-1).
const CARD_DIGITS: usize = 19;
/// No card number is written with so much between two of its digits (our own choice).
const CARD_GAP: usize = 200;
/// So much behind the cut is masked with what stands before it: more than any card number takes.
const BEHIND: usize = CARD_DIGITS * CARD_GAP;

/// The first `most` characters of a longer text and "…", card numbers masked before the cut. Takes no more work than
/// those need, however long the text is.
pub fn beginning(text: &str, most: usize) -> String {
    let (part, cut) = match text.char_indices().nth(most + BEHIND) {
        Some((at, _)) => (before_a_half_number(&text[..at]), true),
        None => (text, false),
    };
    let (mut masked, _) = mask(part);
    match masked.char_indices().nth(most).map(|(at, _)| at) {
        Some(at) => masked.truncate(at),
        None if !cut => return masked,
        None => {}
    }
    masked.push('…');
    masked
}

/// A text that was cut off, without the digits at its end, as far as any of them can belong to a number that went on.
pub fn before_a_half_number(text: &str) -> &str {
    let (mut end, mut digits, mut gap) = (text.len(), 0, 0);
    for (at, c) in text.char_indices().rev() {
        if c.is_numeric() {
            (end, digits, gap) = (at, digits + 1, 0);
        } else {
            gap += 1;
        }
        if digits == CARD_DIGITS || gap == CARD_GAP {
            break;
        }
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_across_the_cut_is_masked_like_any_other() {
        for number in ["4111111111111111", "4111 1111 1111 1111", "4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1"] {
            for before in 0..120 {
                let text = format!("{}{number} and more", "x".repeat(before));
                let whole = mask(&text).0;
                let cut = beginning(&text, 80);
                let rest = cut.strip_suffix('…').unwrap_or(&cut);
                assert!(whole.starts_with(rest) && cut.chars().count() <= 81, "{cut}");
                assert!(rest.bytes().filter(u8::is_ascii_digit).count() <= 10, "{cut}");
            }
        }
        assert_eq!(
            (beginning("short", 80), beginning("four", 4), beginning("five!", 4)),
            ("short".into(), "four".into(), "five…".into())
        );
    }

    #[test]
    fn nothing_far_behind_the_cut_is_left_in_half() {
        // Track data is masked to much less than it took, which moves what stands behind it before the cut.
        let long = format!("{}4111111111111111", "%B4111111111111111^A/B^25121010000000000000?".repeat(200));
        for most in 0..60 {
            for end in 0..45 {
                let text = &long[..long.len() - end];
                let cut = beginning(text, most);
                assert!(!cut.contains("4111111"), "{most} {end}: {cut}");
            }
        }
    }
}
