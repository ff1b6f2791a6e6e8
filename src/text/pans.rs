//! Finds card numbers in a skeleton: groups of digits with at most three separators between them, together a length
//! and a beginning that a card scheme uses, with a correct check digit. It must never know how they are hidden.
//!
//! A number begins and ends at the edge of a group, except that one unbroken group of 20 to 26 digits may be a card
//! number with its expiry or more glued on. A number has 13 to 19 digits, so each group edge begins at most seven
//! candidates and the search is linear in the digits, however many stand in a row.

use super::mask::Fate;
use super::skeleton::Sign;

/// One digit of a run.
#[derive(Clone, Copy)]
struct Place {
    value: u8,
    /// Byte offset in the text.
    at: usize,
    /// A group starts here.
    starts: bool,
}

/// The most separators between two groups of one number.
const WIDEST_GAP: usize = 3;

/// Decides which digits become stars, and returns how many card numbers do not overlap each other. Digits that
/// something else was decided about are no longer there.
pub(super) fn find(signs: &[Sign], fates: &mut [Fate]) -> usize {
    let mut run: Vec<Place> = Vec::new();
    let mut gap = 0;
    let mut found = 0;
    for sign in signs {
        let free = !sign.exempt && fates[sign.at] == Fate::Free;
        match sign.digit().filter(|_| free) {
            Some(value) => {
                if gap > WIDEST_GAP {
                    found += search(&run, fates);
                    run.clear();
                }
                run.push(Place { value, at: sign.at, starts: run.is_empty() || gap > 0 });
                gap = 0;
            }
            None if free && sign.separates => gap += usize::from(!run.is_empty()),
            None => {
                found += search(&run, fates);
                run.clear();
                gap = 0;
            }
        }
    }
    found + search(&run, fates)
}

/// Searches one run: longest first, then from the left.
fn search(run: &[Place], fates: &mut [Fate]) -> usize {
    if run.len() < 13 {
        return 0;
    }
    let mut owner: Vec<u32> = vec![0; run.len()];
    let mut found = glued(run, &mut owner, fates);
    for len in (13..=19usize).rev() {
        for start in 0..=run.len().saturating_sub(len) {
            let Some(digits) = run.get(start..start + len) else { break };
            let whole = digits[0].starts && run.get(start + len).is_none_or(|next| next.starts);
            if !whole || !card(digits) || digits.iter().all(|digit| digit.value == digits[0].value) {
                continue;
            }
            let owners = &mut owner[start..start + len];
            let first = owners[0];
            if first != 0 && owners.iter().all(|owner| *owner == first) {
                continue; // Inside a number already found: what shows of it is no more than of that one.
            }
            if owners.iter().all(|owner| *owner == 0) {
                found += 1;
                owners.fill(found as u32);
            }
            // One that overlaps another by part is not counted but hidden all the same: it may be the true one.
            hide_middle(digits, fates);
        }
    }
    found
}

/// Card numbers at the beginning of unbroken groups of 20 to 26 digits; everything behind the number is hidden.
fn glued(run: &[Place], owner: &mut [u32], fates: &mut [Fate]) -> usize {
    let mut found = 0;
    let mut start = 0;
    for end in 1..=run.len() {
        if end < run.len() && !run[end].starts {
            continue;
        }
        let group = &run[start..end];
        if let Some(len) = glued_length(group) {
            found += 1;
            owner[start..end].fill(found as u32);
            hide_middle(&group[..len], fates);
            for place in &group[len..] {
                fates[place.at] = Fate::Star;
            }
        }
        start = end;
    }
    found
}

fn glued_length(group: &[Place]) -> Option<usize> {
    if !(20..=26).contains(&group.len()) {
        return None;
    }
    [16, 15, 19, 14, 13].into_iter().find(|len| {
        let (number, tail) = group.split_at(*len);
        let month = |at: usize| {
            tail.get(at..at + 2).is_some_and(|pair| (1..=12).contains(&(pair[0].value * 10 + pair[1].value)))
        };
        let expiry = matches!(tail.len(), 4 | 7 | 8) && (month(0) || month(2));
        (matches!(number[0].value, 3..=6) || expiry) && card(number)
    })
}

fn hide_middle(digits: &[Place], fates: &mut [Fate]) {
    for place in &digits[6..digits.len() - 4] {
        fates[place.at] = Fate::Star;
    }
}

fn card(digits: &[Place]) -> bool {
    let value = |place: &Place| place.value;
    scheme(digits.len(), digits.iter().take(4).map(value)) && check_digit(digits.iter().rev().map(value))
}

/// Whether these signs are all digits and make up a card number.
pub(super) fn is_card(signs: &[Sign]) -> bool {
    let digits = || signs.iter().filter_map(Sign::digit);
    digits().count() == signs.len() && scheme(signs.len(), digits().take(4)) && check_digit(digits().rev())
}

/// Whether a card scheme issues numbers of this length with these first four digits (ISO/IEC 7812 ranges as the
/// schemes publish them).
fn scheme(len: usize, first: impl Iterator<Item = u8>) -> bool {
    let four = first.fold(0u32, |sum, digit| sum * 10 + u32::from(digit));
    let long = (16..=19).contains(&len);
    let any = (13..=19).contains(&len);
    match four {
        4000..=4999 => matches!(len, 13 | 16 | 18 | 19),
        // Mastercard.
        5100..=5599 | 2221..=2720 => len == 16,
        // American Express.
        3400..=3499 | 3700..=3799 => len == 15,
        // JCB.
        3500..=3599 => long,
        // Diners Club.
        3600..=3699 | 3800..=3999 | 3000..=3059 | 3095 => (14..=19).contains(&len),
        // Mir.
        2200..=2204 => long,
        // Dankort.
        5019 => len == 16,
        // Discover, UnionPay, Maestro, RuPay.
        6000..=6999 | 5000..=5099 | 5600..=5999 => any,
        // RuPay.
        8100..=8299 => matches!(len, 16 | 19),
        // Troy.
        9792 => len == 16,
        _ => false,
    }
}

/// Whether the last digit is right by ISO/IEC 7812-1 annex B; the values of the digits from the last to the first.
pub fn check_digit(digits: impl Iterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(digit)) {
            (0, digit) => digit,
            (_, digit) if digit > 4 => digit * 2 - 9,
            (_, digit) => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}
