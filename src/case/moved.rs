//! How a case moved between two readings, in words for the person who is about to write to it. It never decides
//! whether that matters.

use super::{Case, Moment, Money, moment::Minute};
use crate::text::{Raw, SafeText, own, say};

/// One fact that is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub label: &'static str,
    pub before: SafeText,
    pub after: SafeText,
}

impl Change {
    /// "queue 6000 -> 7000".
    pub fn words(&self) -> SafeText {
        say!("{} {} -> {}", own(self.label), self.before, self.after)
    }
}

/// The facts that an action rests on and that differ, in the order of the case pane. What the provider adds of
/// itself (raw bytes, unread members) is no such fact.
pub fn moved(before: &Case, now: &Case) -> Vec<Change> {
    let mut changes = Vec::new();
    for (label, before, now) in [
        ("status", &before.status, &now.status),
        ("queue", &before.queue, &now.queue),
        ("reason", &before.reason, &now.reason),
        ("revision", &before.revision, &now.revision),
        ("instructions", &before.instructions, &now.instructions),
    ] {
        // Two texts that only look alike are two texts.
        if before != now {
            changes.push(Change { label, before: shown(before), after: shown(now) });
        }
    }
    let mut differ = |label, before: SafeText, after: SafeText| {
        if before != after {
            changes.push(Change { label, before, after });
        }
    };
    differ("stage", own(before.stage.words()), own(now.stage.words()));
    differ("amount", money(before.amount), money(now.amount));
    let due = |case: &Case| case.deadline.as_ref().map(|deadline| deadline.at);
    for (label, before, now) in [("deadline", due(before), due(now)), ("updated", before.updated, now.updated)]
    {
        let (before, now) = moments(before, now);
        differ(label, before, now);
    }
    differ("documents", say!("{}", before.documents.len()), say!("{}", now.documents.len()));
    differ("lines of history", say!("{}", before.history.len()), say!("{}", now.history.len()));
    changes
}

fn shown(text: &Raw) -> SafeText {
    if text.is_empty() { own("none") } else { text.cell() }
}

fn money(amount: Option<Money>) -> SafeText {
    amount.map_or(own("none"), |amount| say!("{}", amount))
}

/// To the minute; where that does not tell two moments apart, to the millisecond.
fn moments(before: Option<Moment>, now: Option<Moment>) -> (SafeText, SafeText) {
    let minute = |at: Option<Moment>| at.map_or(own("none"), |at| say!("{}", Minute(at)));
    let exact = |at: Option<Moment>| at.map_or(own("none"), |at| Raw::new(at.rfc3339()).show());
    let (short, long) = ((minute(before), minute(now)), (exact(before), exact(now)));
    if before != now && short.0 == short.1 { long } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseId, Currency, Deadline, Happening, Stage, Whose};

    fn case() -> Case {
        let id = CaseId { profile: "nets".to_owned(), number: Raw::new("2600410001") };
        Case { queue: Raw::new("6000"), stage: Stage::WithUs, ..Case::bare(id) }
    }

    fn words(before: &Case, now: &Case) -> Vec<String> {
        moved(before, now).iter().map(|change| change.words().into_string()).collect()
    }

    #[test]
    fn a_case_that_stayed_has_not_moved_whatever_its_bytes() {
        let now = Case { raw: Raw::new("{}"), unread: vec![Raw::new("x")], ..case() };
        assert_eq!(moved(&case(), &now), []);
    }

    #[test]
    fn every_fact_that_moved_is_named_with_both_its_values() {
        let at = Moment::parse("2026-11-25T10:00:00Z").unwrap();
        let amount = Money::from_major("12.50", Currency::parse("EUR")).ok();
        let now = Case {
            status: Raw::new("Issuer Disputes"),
            queue: Raw::new("7000"),
            reason: Raw::new("13.1"),
            stage: Stage::WithThem,
            amount,
            deadline: Some(Deadline { at, whose: Whose::Provider }),
            updated: Some(at),
            history: vec![Happening { at: None, who: Raw::default(), what: Raw::new("moved") }],
            ..case()
        };
        assert_eq!(
            words(&case(), &now),
            [
                "status none -> Issuer Disputes",
                "queue 6000 -> 7000",
                "reason none -> 13.1",
                "stage with us -> with them",
                "amount none -> 12.50 EUR",
                "deadline none -> 2026-11-25 10:00",
                "updated none -> 2026-11-25 10:00",
                "lines of history 0 -> 1",
            ]
        );
    }

    #[test]
    fn a_change_within_one_minute_is_a_change_and_its_seconds_are_shown() {
        let at = |text| Moment::parse(text);
        let before = Case { updated: at("2026-11-25T10:00:05Z"), ..case() };
        let now = Case { updated: at("2026-11-25T10:00:59Z"), ..case() };
        assert_eq!(words(&before, &now), ["updated 2026-11-25T10:00:05.000Z -> 2026-11-25T10:00:59.000Z"]);
        assert_eq!(moved(&before, &before), []);
    }

    #[test]
    fn values_that_look_alike_but_are_not_the_same_have_moved() {
        let now = Case { queue: Raw::new("6000\u{200b}"), ..case() };
        assert_eq!(words(&case(), &now), ["queue 6000 -> 6000<U+200B>"]);
    }
}
