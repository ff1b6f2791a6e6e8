//! Numbers for cases that came without one, or with one that another case of the same answer has: no row may hide another.
//! It knows no provider.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use crate::{case::Case, text::Raw};

/// Begins a number that the provider did not give. It is shown and stored, and never sent.
const MADE_UP: &str = "no number ";

/// Gives every case of one answer a number of its own: one without a number, or with a number that another element of
/// different content has, gets a made-up one. The very same element twice counts once. `called`: what the provider calls
/// a number.
pub fn numbered(cases: Vec<Case>, called: &str) -> Vec<Case> {
    let mut by_number: HashMap<Raw, usize> = HashMap::with_capacity(cases.len());
    let mut made_up = MadeUp::default();
    let mut kept: Vec<Case> = Vec::with_capacity(cases.len());
    for mut case in cases {
        if case.id.number.is_empty() {
            case.unread.push(format!("no {called} that could be read; the one shown is made up").into());
        } else {
            match by_number.entry(case.id.number.clone()) {
                Entry::Vacant(place) => {
                    place.insert(kept.len());
                    kept.push(case);
                    continue;
                }
                Entry::Occupied(first) if kept[*first.get()].raw == case.raw => continue,
                Entry::Occupied(first) => {
                    let number = first.key().exact();
                    case.unread
                        .push(format!("{number} is also the {called} of another case in this answer").into());
                }
            }
        }
        case.id.number = made_up.number(&case.raw);
        kept.push(case);
    }
    kept
}

/// Whether a case's number is one of ours, for a case that came without.
pub fn is_made_up(number: &Raw) -> bool {
    let hash = number.exact().strip_prefix(MADE_UP);
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The numbers that were made up for one answer.
#[derive(Default)]
struct MadeUp {
    taken: HashSet<u64>,
    /// How often a content came, by its hash.
    times: HashMap<u64, u64>,
}

impl MadeUp {
    /// From the content, so that the same case gets the same number at the next reading; for the second of the same
    /// content from that and its place among them.
    fn number(&mut self, raw: &Raw) -> Raw {
        let of_content = fnv(FIRST, raw.exact().as_bytes());
        let times = self.times.entry(of_content).or_default();
        let mut hash = if *times == 0 { of_content } else { fnv(of_content, &times.to_le_bytes()) };
        *times += 1;
        // Two contents may have one hash.
        while !self.taken.insert(hash) {
            hash = hash.wrapping_add(1);
        }
        format!("{MADE_UP}{hash:016x}").into()
    }
}

const FIRST: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a, 64 bits: a name for content, no protection.
fn fnv(from: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(from, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::CaseId;

    fn case(number: &str, raw: &str) -> Case {
        let id = CaseId { profile: "p".into(), number: number.into() };
        Case { raw: raw.into(), ..Case::bare(id) }
    }

    fn numbers(cases: Vec<Case>) -> Vec<String> {
        numbered(cases, "id").iter().map(|case| case.id.number.exact().to_owned()).collect()
    }

    #[test]
    fn no_row_hides_another_and_the_same_content_has_the_same_number_the_next_time() {
        let rows = || {
            vec![case("", "a"), case("7", "b"), case("", "c"), case("7", "b"), case("7", "d"), case("", "a")]
        };
        let first = numbers(rows());
        assert_eq!(first.len(), 5, "the very same element counts once: {first:?}");
        assert_eq!(first.iter().collect::<HashSet<_>>().len(), 5, "{first:?}");
        assert_eq!(first, numbers(rows()));
        assert_eq!(first[1], "7");
        let alone = numbers(vec![case("7", "d"), case("", "a")]);
        assert_eq!((alone[0].as_str(), &alone[1]), ("7", &first[0]), "whatever stands beside it");
        assert_eq!(first.iter().filter(|number| is_made_up(&number.as_str().into())).count(), 4);
        for odd in ["", "7", "no number 1", "no number 00112233445566zz", "no number 00112233445566778"] {
            assert!(!is_made_up(&odd.into()), "{odd}");
        }
    }

    /// Counted up one by one, these would take 20,000,000,000 steps.
    #[test]
    fn a_great_many_rows_of_the_same_content_are_numbered_in_one_go() {
        let rows: Vec<_> = (0..200_000).map(|_| case("", "{}")).collect();
        let all = numbers(rows);
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), 200_000);
    }
}
