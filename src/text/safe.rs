//! Text that passed the contract, the only text a widget accepts. It must never know how the contract works.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::characters::right_to_left;
use super::contract::{Form, placeholder, shown as contract};

/// Text that may be shown. Its insides are private: it comes from [`Raw`](super::Raw), from the program's own words,
/// or from parts that are safe themselves ([`say!`](super::say)).
///
/// ```compile_fail,E0277
/// let outside = String::from("\u{1b}[2J");
/// let text: casedesk::text::SafeText = outside.into();
/// ```
/// ```compile_fail,E0451
/// let text = casedesk::text::SafeText { text: String::from("\u{1b}[2J") };
/// ```
/// ```compile_fail
/// let outside = String::from("\u{1b}[2J");
/// let text = casedesk::text::SafeText::own(&outside);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct SafeText {
    text: String,
}

impl SafeText {
    /// The program's own words.
    pub fn own(text: &'static str) -> SafeText {
        SafeText { text: text.to_owned() }
    }

    /// The texts one after another with the program's own words between them.
    pub fn join<'a>(parts: impl IntoIterator<Item = &'a SafeText>, between: &'static str) -> SafeText {
        let mut text = String::new();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                text.push_str(between);
            }
            text.push_str(&part.text);
        }
        SafeText { text }
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether a terminal with bidirectional support may move parts of a line that holds this text.
    pub fn turns(&self) -> bool {
        !self.text.is_ascii() && self.text.chars().any(right_to_left)
    }

    /// For a line that holds something else too: the text itself, or a placeholder where a terminal could move what
    /// stands beside it.
    pub fn beside(&self) -> SafeText {
        placeholder(&self.text).map_or_else(|| self.clone(), |text| SafeText { text })
    }

    pub fn into_string(self) -> String {
        self.text
    }

    /// For [`say!`](super::say) only.
    #[doc(hidden)]
    pub fn compose(parts: fmt::Arguments<'_>) -> SafeText {
        SafeText { text: parts.to_string() }
    }

    /// For text that this module just took through the contract.
    pub(super) fn passed(text: String) -> SafeText {
        SafeText { text }
    }
}

/// What was stored may have been altered since: it passes the contract again.
impl<'de> Deserialize<'de> for SafeText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        Ok(SafeText { text: contract(&text, Form::Line).0 })
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

/// What may be composed into a [`SafeText`]: types that only ever print characters of the program's own choosing.
/// A type that can hold text from outside must not implement this.
pub trait Shown: fmt::Display {}
impl Shown for SafeText {}
impl<T: Shown + ?Sized> Shown for &T {}

macro_rules! shown_numbers {
    ($($number:ty)*) => { $(impl Shown for $number {})* };
}
shown_numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

#[doc(hidden)]
pub fn shown<T: Shown + ?Sized>(part: &T) -> &T {
    part
}
