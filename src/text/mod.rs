//! What a person may be shown. Text from outside is [`Raw`]: kept exactly, never displayable. Only the text
//! contract turns it into [`SafeText`], the one type that widgets accept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text from outside, exactly as received. It has no `Display`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Raw(String);

impl Raw {
    pub fn new(text: impl Into<String>) -> Raw {
        Raw(text.into())
    }
    pub fn exact(&self) -> &str {
        &self.0
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn show(&self) -> SafeText {
        SafeText { text: self.0.clone() }
    }
    pub fn cell(&self) -> SafeText {
        self.show()
    }
    pub fn id(&self) -> SafeText {
        self.show()
    }
    pub fn lines(&self) -> Vec<SafeText> {
        self.0.lines().map(|line| SafeText { text: line.to_owned() }).collect()
    }
}

impl From<&str> for Raw {
    fn from(text: &str) -> Raw {
        Raw::new(text)
    }
}
impl From<String> for Raw {
    fn from(text: String) -> Raw {
        Raw::new(text)
    }
}
impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.show().as_str())
    }
}

/// Text that passed the contract.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SafeText {
    text: String,
}

impl SafeText {
    pub fn own(text: &'static str) -> SafeText {
        SafeText { text: text.to_owned() }
    }
    pub fn as_str(&self) -> &str {
        &self.text
    }
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
    pub fn width(&self) -> usize {
        self.text.chars().count()
    }
    pub fn cut(&self, width: usize) -> SafeText {
        SafeText { text: self.text.chars().take(width).collect() }
    }
    pub fn tail(&self, width: usize) -> SafeText {
        let letters: Vec<char> = self.text.chars().collect();
        SafeText { text: letters[letters.len().saturating_sub(width)..].iter().collect() }
    }
    pub fn slice(&self, range: std::ops::Range<usize>) -> Option<SafeText> {
        Some(SafeText { text: self.text.get(range)?.to_owned() })
    }
    pub fn wrap(&self, width: usize) -> Vec<SafeText> {
        let letters: Vec<char> = self.text.chars().collect();
        letters.chunks(width.max(1)).map(|part| SafeText { text: part.iter().collect() }).collect()
    }
    pub fn find(&self, words: &str) -> Vec<std::ops::Range<usize>> {
        self.text.match_indices(words).map(|(at, hit)| at..at + hit.len()).collect()
    }
    pub fn join(parts: impl IntoIterator<Item = SafeText>, between: &'static str) -> SafeText {
        let parts: Vec<_> = parts.into_iter().map(|part| part.text).collect();
        SafeText { text: parts.join(between) }
    }
    #[doc(hidden)]
    pub fn compose(parts: fmt::Arguments<'_>) -> SafeText {
        SafeText { text: parts.to_string() }
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What may be composed into a [`SafeText`].
pub trait Shown: fmt::Display {}
impl Shown for SafeText {}
impl Shown for u16 {}
impl Shown for usize {}
impl Shown for u32 {}
impl<T: Shown + ?Sized> Shown for &T {}

/// `format!`, for arguments that are safe to show.
#[macro_export]
macro_rules! say {
    ($words:literal $(, $part:expr)* $(,)?) => {
        $crate::text::SafeText::compose(format_args!($words $(, $crate::text::shown(&$part))*))
    };
}
pub use say;

#[doc(hidden)]
pub fn shown<T: Shown + ?Sized>(part: &T) -> &T {
    part
}

pub fn own(text: &'static str) -> SafeText {
    SafeText::own(text)
}
