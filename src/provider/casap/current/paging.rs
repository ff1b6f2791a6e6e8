//! How far a list was read. The specification does not say from where pages count, so the first answer tells.

use super::wire::member;
use crate::{provider::object::Object, text::Raw};

/// Pages are known by the number of the first one and of the one that comes next, kept as "1/2".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub first: u64,
    pub next: u64,
}

impl Place {
    pub fn parse(text: &Raw) -> Option<Place> {
        let (first, next) = text.exact().split_once('/')?;
        Some(Place { first: first.parse().ok()?, next: next.parse().ok()? })
    }

    pub fn words(self) -> Raw {
        format!("{}/{}", self.first, self.next).into()
    }

    /// What follows on an answer: it was asked for at `asked`, or was the first.
    /// `found` rows were on it, of at most `size`.
    pub fn after(asked: Option<Place>, answer: &Object<'_>, found: u64, size: u64) -> Option<Place> {
        let shown = number(answer, "currentPage");
        // A zero may be left out on the wire.
        let (first, now) =
            asked.map_or((shown.unwrap_or(0), shown.unwrap_or(0)), |asked| (asked.first, asked.next));
        let next = now.checked_add(1)?;
        let read = next.checked_sub(first)?;
        let is_whole = match (number(answer, "totalPages"), number(answer, "totalItems")) {
            (Some(pages), _) => read >= pages,
            // As many on each page as on this one.
            (None, Some(items)) => read.saturating_mul(found) >= items,
            // Nothing tells; the last page is one with room left.
            (None, None) => found < size,
        };
        (!is_whole).then_some(Place { first, next })
    }
}

/// A count of the answer, where it is one.
pub fn number(answer: &Object<'_>, name: &str) -> Option<u64> {
    answer.digits(&member(answer, name))?.parse().ok()
}
