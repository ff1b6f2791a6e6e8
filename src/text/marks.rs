//! Marks: what an analyst must know about a text besides how it looks. It must never know a widget.

use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory};
use unicode_script::{Script, UnicodeScript};

use super::characters::{Class, bidi_control, class, right_to_left};
use super::contract::plain;

/// A small set of marks.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Marks(u8);

impl Marks {
    pub const NONE: Marks = Marks(0);
    /// Undecodable bytes were replaced.
    pub const BAD_BYTES: Marks = Marks(1);
    /// Directional controls.
    pub const BIDI: Marks = Marks(1 << 1);
    /// Control characters.
    pub const CONTROLS: Marks = Marks(1 << 2);
    /// Characters that would not have been seen.
    pub const HIDDEN: Marks = Marks(1 << 3);
    /// One word with letters of scripts that look alike (Latin, Cyrillic, Greek, Armenian, Cherokee).
    pub const MIXED_SCRIPT: Marks = Marks(1 << 4);
    /// A card number was masked.
    pub const PAN: Marks = Marks(1 << 5);
    /// Right-to-left letters.
    pub const RTL: Marks = Marks(1 << 6);

    const WORDS: [&'static str; 7] = ["bad-bytes", "bidi", "controls", "hidden", "mixed-script", "pan", "rtl"];

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
    pub fn contains(self, other: Marks) -> bool {
        self.0 & other.0 == other.0
    }
    pub fn with(self, other: Marks) -> Marks {
        Marks(self.0 | other.0)
    }
    /// The marks' own words, in alphabetical order: "bidi", "pan".
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Marks::WORDS
            .into_iter()
            .enumerate()
            .filter(move |(place, _)| self.0 >> place & 1 == 1)
            .map(|(_, word)| word)
    }
}

impl std::ops::BitOr for Marks {
    type Output = Marks;
    fn bitor(self, other: Marks) -> Marks {
        self.with(other)
    }
}

impl std::fmt::Debug for Marks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.words()).finish()
    }
}

/// Every mark but `PAN`. In a text of several lines the ends of lines and tabs are no controls.
pub(super) fn read(text: &str, several_lines: bool) -> Marks {
    if plain(text) {
        return Marks::NONE;
    }
    let mut marks = Marks::NONE;
    let mut word = 0;
    for c in text.chars() {
        if c.is_ascii() {
            if c.is_ascii_control() && !(several_lines && matches!(c, '\n' | '\t' | '\r')) {
                marks = marks | Marks::CONTROLS;
            }
            word = if c.is_ascii_alphabetic() { word | LATIN } else { 0 };
        } else {
            marks = marks | of_character(c);
            word = word_with(word, c);
        }
        if word.count_ones() > 1 {
            marks = marks | Marks::MIXED_SCRIPT;
        }
    }
    marks
}

fn of_character(c: char) -> Marks {
    let mut marks = match class(c) {
        Class::C0 | Class::C1 => Marks::CONTROLS,
        Class::Hidden if bidi_control(c) => Marks::BIDI,
        Class::Hidden => Marks::HIDDEN,
        _ if c == char::REPLACEMENT_CHARACTER => Marks::BAD_BYTES,
        _ => Marks::NONE,
    };
    if right_to_left(c) {
        marks = marks | Marks::RTL;
    }
    marks
}

const LATIN: u8 = 1;

/// The scripts of a word's letters so far. Marks and hidden characters do not end a word: they are the usual way to
/// hide where the script changes.
fn word_with(word: u8, c: char) -> u8 {
    match c.general_category_group() {
        Group::Letter => {
            word | match c.script() {
                Script::Latin => LATIN,
                Script::Cyrillic => 1 << 1,
                Script::Greek => 1 << 2,
                Script::Armenian => 1 << 3,
                Script::Cherokee => 1 << 4,
                _ => 0,
            }
        }
        Group::Mark | Group::Number => word,
        _ if class(c) == Class::Hidden => word,
        _ => 0,
    }
}
