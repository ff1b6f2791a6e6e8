//! Finds what must not be kept at all beside a card number: verification values and magnetic-stripe data. It must
//! never know how they are hidden.

use std::ops::Range;

use super::characters::wordy;
use super::pans::is_card;
use super::skeleton::Sign;

/// Names of the card verification value, longest first where one begins another. `true`: an underscore or a digit
/// may touch the name, as in "card_cvv" and "CVV123". A skeleton has no combining marks: there a decomposed ü is a u.
const NAMES: [(&str, bool); 17] = [
    ("cvv2", true),
    ("cvv", true),
    ("cvc2", true),
    ("cvc", true),
    ("cid", false),
    ("csc", true),
    ("cav2", true),
    ("cav", false),
    ("security code", true),
    ("security_code", true),
    ("security-code", true),
    ("securitycode", true),
    ("sikkerhedskode", true),
    ("kontrolcifre", true),
    ("prüfziffer", true),
    ("pruefziffer", true),
    ("prufziffer", true),
];

/// The most characters between the name and the value.
const REACH: usize = 12;

/// Whether a plain text could hold a verification value's name: a cheap look before the skeleton is made.
pub(super) fn name_possible(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        matches!(byte | 0x20, b'c' | b's' | b'k' | b'p')
            && NAMES.iter().any(|(name, _)| {
                bytes.get(at..at + name.len()).is_some_and(|part| part.eq_ignore_ascii_case(name.as_bytes()))
            })
    })
}

/// The digits of verification values: three or four that stand alone, at most twelve characters after a name.
pub(super) fn values(signs: &[Sign]) -> Vec<Sign> {
    let mut found = Vec::new();
    for start in 0..signs.len() {
        if !matches!(signs[start].face, 'c' | 'C' | 's' | 'S' | 'k' | 'K' | 'p' | 'P' | 'ſ' | '\u{212a}') {
            continue;
        }
        let before = found.len();
        for (name, loose) in NAMES {
            if let Some(end) = name_end(signs, start, name, loose)
                && found.len() == before
            {
                found.extend(values_after(signs, end).flat_map(|value| &signs[value]));
            }
        }
    }
    found
}

fn name_end(signs: &[Sign], start: usize, name: &str, loose: bool) -> Option<usize> {
    let touches = |c: char| wordy(c) && !(c == '_' && loose);
    if start > 0 && signs[start].adjoins && touches(signs[start - 1].face) {
        return None;
    }
    let mut end = start;
    for letter in name.chars() {
        signs.get(end).filter(|sign| folded(sign.face) == letter && (sign.adjoins || letter != '2'))?;
        end += 1;
    }
    let stands = signs
        .get(end)
        .is_none_or(|next| !next.adjoins || !touches(next.face) || (loose && next.face.is_ascii_digit()));
    stands.then_some(end)
}

fn folded(c: char) -> char {
    match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        _ => c.to_lowercase().next().unwrap_or(c),
    }
}

/// Where a value may stand behind a name. An ordinary digit or a line end stops the search; digits of other scripts
/// do not, they are words to some.
fn values_after(signs: &[Sign], from: usize) -> impl Iterator<Item = Range<usize>> {
    let stops = |sign: &Sign| sign.face == '\n' || (sign.face.is_ascii_digit() && sign.len == 1);
    let reach = signs[from..].iter().take(REACH).position(stops).unwrap_or(REACH);
    (from..=from + reach).filter_map(move |start| {
        let touches_name = start == from && signs.get(start).is_some_and(|sign| sign.adjoins);
        value_at(signs, start, touches_name)
    })
}

/// Three or four digits that nothing but digits before may touch.
fn value_at(signs: &[Sign], start: usize, touches_name: bool) -> Option<Range<usize>> {
    let touches = |next: &Sign| next.adjoins && wordy(next.face);
    // A digit that touches the name may belong to it ("cvc2"), unless the value goes on at once.
    let whole = |digits: &[Sign]| !touches_name || digits.iter().all(|digit| digit.adjoins);
    [4, 3].into_iter().map(|len| start..start + len).find(|value| {
        signs
            .get(value.clone())
            .is_some_and(|digits| digits.iter().all(|digit| digit.face.is_ascii_digit()) && whole(digits))
            && !signs.get(value.end).is_some_and(touches)
    })
}

/// Magnetic-stripe data: the bytes it takes, sentinel included, and the digits of the card number.
pub(super) struct Track {
    pub whole: Range<usize>,
    pub number: Vec<Sign>,
}

/// The most characters removed behind the number.
const TRACK_REACH: usize = 80;

/// Stripe data, in order: a card number directly followed by `=` or `^`.
pub(super) fn tracks(signs: &[Sign]) -> Vec<Track> {
    let mut found: Vec<Track> = Vec::new();
    let mut taken = 0;
    let mut digits = 0;
    for (at, sign) in signs.iter().enumerate() {
        if sign.face.is_ascii_digit() && !sign.exempt {
            digits += 1;
            continue;
        }
        let number = at - digits.min(19)..at;
        digits = 0;
        let follows = matches!(sign.face, '=' | '^') && taken <= number.start && number.len() >= 13;
        if !follows || !is_card(&signs[number.clone()]) {
            continue;
        }
        let mut start = number.start;
        if start > taken && signs[start - 1].face == 'B' {
            start -= 1;
        }
        if start > taken && matches!(signs[start - 1].face, '%' | ';') {
            start -= 1;
        }
        taken = track_end(signs, at + 1);
        found.push(Track { whole: signs[start].at..signs[taken - 1].end(), number: signs[number].to_vec() });
    }
    found
}

fn track_end(signs: &[Sign], from: usize) -> usize {
    let data =
        signs[from..].iter().take(TRACK_REACH).take_while(|sign| !matches!(sign.face, '\n' | '?')).count();
    let end = from + data;
    if signs.get(end).is_some_and(|sign| sign.face == '?') { end + 1 } else { end }
}
