//! Identifiers whose digits are not a card number although they may look like one: UUIDs and valid IBANs. It must
//! never know what is masked elsewhere.

use std::ops::Range;

use super::characters::wordy;

/// The byte ranges of exempt identifiers, in order.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match uuid(bytes, at).or_else(|| iban(text, at)) {
            Some(end) => {
                found.push(at..end);
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// The end of a UUID that starts here and touches no further hexadecimal digit.
fn uuid(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start + 8) != Some(&b'-') || (start > 0 && bytes[start - 1].is_ascii_hexdigit()) {
        return None;
    }
    let mut at = start;
    for (place, len) in UUID.into_iter().enumerate() {
        if place > 0 {
            if bytes.get(at) != Some(&b'-') {
                return None;
            }
            at += 1;
        }
        if !bytes.get(at..at + len)?.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        at += len;
    }
    (!bytes.get(at).is_some_and(u8::is_ascii_hexdigit)).then_some(at)
}

/// The end of a valid IBAN that starts here: two capitals of a country, its length, check digits by ISO 7064
/// (mod 97). Single spaces may group it.
fn iban(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let [c1, c2, k1, k2] = bytes.get(start..start + 4)? else { return None };
    if !(c1.is_ascii_uppercase() && c2.is_ascii_uppercase() && k1.is_ascii_digit() && k2.is_ascii_digit()) {
        return None;
    }
    let length = iban_length(&bytes[start..start + 2])?;
    if text[..start].chars().next_back().is_some_and(wordy) {
        return None;
    }
    let mut signs = Vec::with_capacity(length);
    let mut at = start;
    while signs.len() < length {
        match *bytes.get(at)? {
            sign if sign.is_ascii_uppercase() || sign.is_ascii_digit() => signs.push(sign),
            b' ' if at > start + 3 && bytes[at - 1] != b' ' => {}
            _ => return None,
        }
        at += 1;
    }
    if text[at..].chars().next().is_some_and(wordy) {
        return None;
    }
    (remainder(&signs) == 1).then_some(at)
}

fn remainder(signs: &[u8]) -> u32 {
    let (head, rest) = signs.split_at(4);
    rest.iter().chain(head).fold(0, |sum, sign| match sign {
        b'0'..=b'9' => (sum * 10 + u32::from(sign - b'0')) % 97,
        _ => (sum * 100 + u32::from(sign - b'A') + 10) % 97,
    })
}

/// How long the IBANs of a country are (SWIFT IBAN registry).
fn iban_length(country: &[u8]) -> Option<usize> {
    Some(match country {
        b"NO" => 15,
        b"BE" => 16,
        b"DK" | b"FI" | b"FK" | b"FO" | b"GL" | b"NL" | b"SD" => 18,
        b"MK" | b"SI" => 19,
        b"AT" | b"BA" | b"EE" | b"KZ" | b"LT" | b"LU" | b"MN" | b"XK" => 20,
        b"CH" | b"HR" | b"LI" | b"LV" => 21,
        b"BG" | b"BH" | b"CR" | b"DE" | b"GB" | b"GE" | b"IE" | b"ME" | b"RS" | b"VA" => 22,
        b"AE" | b"GI" | b"IL" | b"IQ" | b"OM" | b"SO" | b"TL" => 23,
        b"AD" | b"CZ" | b"ES" | b"MD" | b"PK" | b"RO" | b"SA" | b"SE" | b"SK" | b"TN" | b"VG" => 24,
        b"LY" | b"PT" | b"ST" => 25,
        b"IS" | b"TR" => 26,
        b"BI" | b"DJ" | b"FR" | b"GR" | b"IT" | b"MC" | b"MR" | b"SM" => 27,
        b"AL" | b"AZ" | b"BY" | b"CY" | b"DO" | b"GT" | b"HN" | b"HU" | b"LB" | b"NI" | b"PL" | b"SV" => 28,
        b"BR" | b"EG" | b"PS" | b"QA" | b"UA" => 29,
        b"JO" | b"KW" | b"MU" | b"YE" => 30,
        b"MT" | b"SC" => 31,
        b"LC" => 32,
        b"RU" => 33,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<&str> {
        ranges(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn a_uuid_is_found_only_when_it_stands_alone() {
        let uuid = "7c1b9f96-4f2e-4b1a-bc2b-3d0f1a2e9f3a";
        assert_eq!(found(&format!("id {uuid}.")), [uuid]);
        assert_eq!(found(&format!("ü{}ü", uuid.to_uppercase())), [uuid.to_uppercase()]);
        assert!(found(&format!("a{uuid}")).is_empty());
        assert!(found(&format!("{uuid}0")).is_empty());
        assert!(found(&uuid.replace('-', "_")).is_empty());
    }

    #[test]
    fn an_iban_needs_its_countrys_length_and_its_check_digits() {
        for valid in [
            "DE89370400440532013000",
            "DE89 3704 0044 0532 0130 00",
            "DK5000400440116243",
            "NO9386011117947",
            "GB82WEST12345698765432",
            "SE45 5000 0000 0583 9825 7466",
            "FR1420041010050500013M02606",
            "MT84MALT011000012345MTLCAST001S",
        ] {
            assert_eq!(found(&format!("to {valid}, thanks")), [valid]);
            assert_eq!(found(&format!("{valid} AB 12")), [valid]);
            assert!(found(&format!("x{valid}")).is_empty());
            assert!(found(&format!("{valid}9")).is_empty());
        }
        assert!(found("DE88370400440532013000").is_empty());
        assert!(found("GB33 4111 1111 1111 1111").is_empty());
    }
}
