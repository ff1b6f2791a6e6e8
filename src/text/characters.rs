//! Classes of code points that the text contract speaks of. It must never know what is done with them.

use unicode_bidi::BidiClass;
use unicode_properties::{GeneralCategory as Category, UnicodeGeneralCategory};

/// What a code point is to the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Shown as it is.
    Plain,
    /// A blank other than U+0020 (category Zs).
    Blank,
    /// A combining mark (categories Mn, Me, Mc); `true` for one that takes no place of its own (Mn, Me).
    Mark(bool),
    /// Never shown as it is: formats, fillers, private use, unassigned, directional characters.
    Hidden,
    /// C0 and DEL.
    C0,
    /// C1, U+0080 to U+009F.
    C1,
    /// A picture that may begin an emoji sequence.
    Picture,
}

pub(super) fn class(c: char) -> Class {
    match c {
        ' '..='~' => Class::Plain,
        '\0'..='\u{1f}' | '\u{7f}' => Class::C0,
        '\u{80}'..='\u{9f}' => Class::C1,
        _ if plain_letter(c) => Class::Plain,
        _ if in_hidden_range(c) => Class::Hidden,
        _ => by_category(c),
    }
}

fn by_category(c: char) -> Class {
    match c.general_category() {
        Category::Format | Category::PrivateUse | Category::Unassigned | Category::Surrogate => Class::Hidden,
        _ if in_picture_range(c) => Class::Picture,
        Category::NonspacingMark | Category::EnclosingMark => Class::Mark(true),
        Category::SpacingMark => Class::Mark(false),
        Category::SpaceSeparator => Class::Blank,
        _ => Class::Plain,
    }
}

/// Wide stretches without a gap, a mark or a hidden character: spares most text the look into the tables.
/// A test compares them with the tables.
fn plain_letter(c: char) -> bool {
    matches!(c, '\u{c0}'..='\u{2af}' | '\u{400}'..='\u{482}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
        | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{fffd}')
}

/// The twelve characters with the Bidi_Control property (UAX 9).
pub(super) fn bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show nothing although their category says otherwise: the default-ignorable ones (UAX 44), the
/// blank braille pattern and the separators of lines and paragraphs.
fn in_hidden_range(c: char) -> bool {
    matches!(c, '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2028}' | '\u{2029}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        | '\u{e0000}'..='\u{e0fff}')
        || c as u32 & 0xfffe == 0xfffe
}

fn in_picture_range(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b50}' | '\u{2b55}' | '\u{231a}' | '\u{231b}')
}

/// One of the 26 letters that make up flags, as its Latin capital.
pub(super) fn flag_letter(c: char) -> Option<char> {
    let place = (c as u32).checked_sub(0x1f1e6).filter(|place| *place < 26)?;
    char::from_u32('A' as u32 + place)
}

/// A letter or digit that a terminal with bidirectional support may move (bidi classes R, AL, AN).
pub(super) fn right_to_left(c: char) -> bool {
    c >= '\u{590}'
        && matches!(unicode_bidi::bidi_class(c), BidiClass::R | BidiClass::AL | BidiClass::AN)
        && c.general_category() != Category::Unassigned
}

/// Part of a word: a letter, a number or an underscore, no mark.
pub(super) fn wordy(c: char) -> bool {
    c == '_' || (c.is_alphanumeric() && !matches!(class(c), Class::Mark(_)))
}

/// What people put between the groups of a card number. Every blank counts, since the contract shows it as a space,
/// every dash, the usual points and strokes with their fullwidth forms, and the sign for unreadable bytes.
pub(super) fn separator(c: char) -> bool {
    match c {
        ' ' | '\t' | '\n' | '\r' | '-' | '.' | '_' | '/' | ',' | ':' | '|' | '*' => true,
        _ if c < '\u{a0}' => false,
        '\u{a0}' | '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･' | '−' | '⁄' | '∕' | '｜' | '．' | '，' | '／'
        | '：' | '＊' | '＿' | '\u{fffd}' => true,
        _ if plain_letter(c) => false,
        _ => matches!(c.general_category(), Category::SpaceSeparator | Category::DashPunctuation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_cut_for_letters_agrees_with_the_tables() {
        for c in ('\u{a0}'..=char::MAX).filter(|c| plain_letter(*c)) {
            assert!(!in_hidden_range(c), "{c:?}");
            assert_eq!(by_category(c), Class::Plain, "{c:?}");
        }
    }

    #[test]
    fn each_of_the_twelve_directional_controls_is_hidden() {
        let all: Vec<char> = ('\0'..=char::MAX).filter(|c| bidi_control(*c)).collect();
        assert_eq!(all.len(), 12);
        assert!(all.iter().all(|c| class(*c) == Class::Hidden));
    }

    #[test]
    fn a_picture_that_unicode_does_not_know_is_hidden() {
        assert_eq!(class('\u{1f0ff}'), Class::Hidden);
        assert_eq!(class('\u{1f600}'), Class::Picture);
    }
}
