//! The value of every digit of Unicode. It must never know what the digits make up.

/// The value 0 to 9 of a digit in any script or style: decimal digits (category Nd) and the single ones among the
/// other numbers (superscript, circled, with a full stop; property Numeric_Type=Digit).
pub(super) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).map(|value| value as u8);
    }
    let code = c as u32;
    let after = TABLE.partition_point(|(first, ..)| *first <= code);
    let (first, count, value) = TABLE.get(after.checked_sub(1)?)?;
    let place = code - first;
    (place < u32::from(*count)).then(|| (*value + place as u8) % 10)
}

/// First code point, how many follow each other, value of the first; values run on modulo ten. Drawn from the
/// Unicode Character Database (UnicodeData.txt fields 6 and 7, version 14; decimal digits up to version 18).
#[rustfmt::skip]
const TABLE: [(u32, u8, u8); 92] = [
    (0xB2, 2, 2), (0xB9, 1, 1), (0x660, 10, 0), (0x6F0, 10, 0), (0x7C0, 10, 0), (0x966, 10, 0),
    (0x9E6, 10, 0), (0xA66, 10, 0), (0xAE6, 10, 0), (0xB66, 10, 0), (0xBE6, 10, 0), (0xC66, 10, 0),
    (0xCE6, 10, 0), (0xD66, 10, 0), (0xDE6, 10, 0), (0xE50, 10, 0), (0xED0, 10, 0), (0xF20, 10, 0),
    (0x1040, 10, 0), (0x1090, 10, 0), (0x1369, 9, 1), (0x17E0, 10, 0), (0x1810, 10, 0), (0x1946, 10, 0),
    (0x19D0, 10, 0), (0x19DA, 1, 1), (0x1A80, 10, 0), (0x1A90, 10, 0), (0x1B50, 10, 0), (0x1BB0, 10, 0),
    (0x1C40, 10, 0), (0x1C50, 10, 0), (0x2070, 1, 0), (0x2074, 6, 4), (0x2080, 10, 0), (0x2460, 9, 1),
    (0x2474, 9, 1), (0x2488, 9, 1), (0x24EA, 1, 0), (0x24F5, 9, 1), (0x24FF, 1, 0), (0x2776, 9, 1),
    (0x2780, 9, 1), (0x278A, 9, 1), (0xA620, 10, 0), (0xA8D0, 10, 0), (0xA900, 10, 0), (0xA9D0, 10, 0),
    (0xA9F0, 10, 0), (0xAA50, 10, 0), (0xABF0, 10, 0), (0xFF10, 10, 0), (0x104A0, 10, 0), (0x10A40, 4, 1),
    (0x10D30, 10, 0), (0x10D40, 10, 0), (0x10E60, 9, 1), (0x11052, 9, 1), (0x11066, 10, 0), (0x110F0, 10, 0),
    (0x11136, 10, 0), (0x111D0, 10, 0), (0x112F0, 10, 0), (0x11450, 10, 0), (0x114D0, 10, 0),
    (0x11650, 10, 0), (0x116C0, 10, 0), (0x116D0, 20, 0), (0x11730, 10, 0), (0x118E0, 10, 0),
    (0x11950, 10, 0), (0x11BF0, 10, 0), (0x11C50, 10, 0), (0x11D50, 10, 0), (0x11DA0, 10, 0),
    (0x11DE0, 10, 0), (0x11F50, 10, 0), (0x16130, 10, 0), (0x16A60, 10, 0), (0x16AC0, 10, 0), (0x16B50, 10, 0),
    (0x16D70, 10, 0), (0x1CCF0, 10, 0), (0x1D7CE, 50, 0), (0x1E140, 10, 0), (0x1E2F0, 10, 0),
    (0x1E4F0, 10, 0), (0x1E5F1, 10, 0), (0x1E950, 10, 0), (0x1F100, 1, 0), (0x1F101, 10, 0), (0x1FBF0, 10, 0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    #[test]
    fn the_table_is_in_order_and_does_not_overlap() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 + u32::from(pair[0].1) <= pair[1].0));
    }

    #[test]
    fn every_decimal_digit_of_unicode_has_a_value() {
        let missing: Vec<char> = ('\0'..=char::MAX)
            .filter(|c| c.general_category() == GeneralCategory::DecimalNumber && digit(*c).is_none())
            .collect();
        assert_eq!(missing, []);
    }

    #[test]
    fn what_has_a_value_is_a_number() {
        for c in ('\0'..=char::MAX).filter(|c| digit(*c).is_some()) {
            let category = c.general_category();
            assert!(matches!(category, GeneralCategory::DecimalNumber | GeneralCategory::OtherNumber), "{c:?}");
        }
    }

    #[test]
    fn digits_of_many_scripts_have_their_value() {
        for (text, value) in [("0٠०０𝟘⓪₀", 0), ("1١१１𝟏①¹⒈", 1), ("4٤४４𝟦④⁴⑷❹", 4), ("9٩९９𝟿⑨⁹", 9)]
        {
            for c in text.chars() {
                assert_eq!(digit(c), Some(value), "{c:?}");
            }
        }
        assert!("½Ⅳ四⑩Oo".chars().all(|c| digit(c).is_none()));
    }
}
