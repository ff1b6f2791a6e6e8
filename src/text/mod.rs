//! What a person may be shown. Text from outside is [`Raw`]: kept exactly, never displayable. Only the text
//! contract turns it into [`SafeText`], the one type that widgets accept. This module must never know where a
//! text came from or what it means.
//!
//! The contract, in short:
//! 1. bytes are read as UTF-8, each maximal bad part becomes U+FFFD;
//! 2. card verification values and track data are removed, card numbers keep their first six and last four digits;
//! 3. control characters appear in caret form (`^[`), C1 controls, hidden, unassigned and directional characters as
//!    `<U+202E>`, four or more in a row as `<5 hidden>`;
//! 4. at most four combining marks stay on a base, emoji sequences are reduced to their first picture;
//! 5. every blank becomes an ordinary space; a long field is cut and says so;
//! 6. a table cell with right-to-left letters shows a placeholder.

mod characters;
mod contract;
mod cut;
mod digits;
mod escapes;
mod exempt;
mod find;
mod marks;
mod mask;
mod pans;
mod raw;
mod safe;
mod secret;
mod segment;
mod skeleton;
mod verification;
mod wrap;

pub use cut::{before_a_half_number, beginning};
pub use marks::Marks;
pub use mask::mask;
pub use pans::check_digit;
pub use raw::{CELL_LIMIT, FIELD_LIMIT, Raw};
pub use safe::{SafeText, Shown, shown};
pub use secret::Secret;
pub use segment::segment;

/// `format!`, for arguments that are safe to show: [`SafeText`], whole numbers, and the program's own types that
/// implement [`Shown`]. The words are a literal, and nothing is captured from around it.
///
/// ```
/// use casedesk::text::{Raw, say};
/// let line = say!("{} of {}: {}", 1u16, 20usize, Raw::new("A\u{1b}[2J").show());
/// assert_eq!(line.as_str(), "1 of 20: A^[[2J");
/// ```
/// Text that did not pass the contract is refused:
/// ```compile_fail,E0277
/// # use casedesk::text::say;
/// let outside = String::from("x");
/// say!("{}", outside);
/// ```
/// ```compile_fail,E0277
/// # use casedesk::text::{Raw, say};
/// say!("{}", Raw::new("x"));
/// ```
/// and so is a captured name:
/// ```compile_fail,E0425
/// # use casedesk::text::say;
/// let outside = String::from("x");
/// say!("{outside}");
/// ```
#[macro_export]
macro_rules! say {
    // `concat!` keeps the words from capturing names, which would go around `Shown`.
    ($words:literal $(, $part:expr)* $(,)?) => {
        $crate::text::SafeText::compose(format_args!(concat!($words) $(, $crate::text::shown(&$part))*))
    };
}
pub use say;

/// The program's own words, as [`SafeText::own`].
pub fn own(words: &'static str) -> SafeText {
    SafeText::own(words)
}
