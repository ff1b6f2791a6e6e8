//! Whether an action fits a case, and if not, why not: one function for keys, footer, help and review. What a provider
//! answers wins; this only saves a useless question.

use super::Action;
use crate::{
    case::Case,
    text::{SafeText, own, say},
};

/// When an action fits.
#[derive(Clone, Copy)]
pub enum Offers {
    /// Whatever the case.
    Always,
    /// In these queues; not in the `others`. A queue that is in neither is not known here, and the provider decides.
    Queues { fits: &'static [&'static str], others: &'static [&'static str] },
    /// Where the case says itself what can be done with it ([`Case::may`]): if this word is among it. Where it does not
    /// say, in these statuses; the words complete "... is for cases that ...". About a case whose status is not `known`
    /// the provider decides.
    Linked {
        word: &'static str,
        statuses: &'static [&'static str],
        known: fn(&Case) -> bool,
        says: &'static str,
    },
    /// In these statuses, as the provider writes them; the words complete "... is for cases that ...".
    Statuses { fits: &'static [&'static str], says: &'static str },
    /// The provider has its own way.
    Made(fn(&Case) -> Offer),
}

/// How an action stands to a case.
#[derive(Clone, Debug, PartialEq)]
pub enum Offer {
    Fits,
    /// It may fit; what speaks against it.
    Perhaps(SafeText),
    /// It does not, and why. An analyst who knows better can force it, which the journal tells.
    No(SafeText),
}

impl Offer {
    /// Whether it is begun without being forced.
    pub fn is_open(&self) -> bool {
        !matches!(self, Offer::No(_))
    }
}

/// How an action stands to the case in hand. `None`: there is no case.
pub fn offer(action: &Action, case: Option<&Case>) -> Offer {
    if action.makes_a_case() {
        return Offer::Fits;
    }
    let Some(case) = case else { return Offer::No(own("there is no case in hand")) };
    match action.offers {
        Offers::Always => Offer::Fits,
        Offers::Made(made) => made(case),
        Offers::Linked { word, statuses, known, says } => match &case.may {
            Some(may) if may.iter().any(|one| one.exact() == word) => Offer::Fits,
            Some(_) => Offer::No(say!(
                "the provider does not offer {} now ({}); it is for cases that {}",
                own(action.title),
                case.status.cell(),
                own(says)
            )),
            None if !case.status.is_empty() && !known(case) => Offer::Perhaps(say!(
                "status {} is not one of the known ones; the provider decides",
                case.status.cell()
            )),
            None => by_status(action, case, statuses, says),
        },
        Offers::Statuses { fits, says } => by_status(action, case, fits, says),
        Offers::Queues { fits, others } => {
            let queue = &case.queue;
            let is = |known: &&str| queue.exact() == *known;
            if fits.iter().any(is) {
                Offer::Fits
            } else if others.iter().any(is) {
                let names: Vec<_> = fits.iter().copied().map(own).collect();
                Offer::No(say!(
                    "{} is for cases in {}; this one is in {}",
                    own(action.title),
                    queues(&names),
                    queue.cell()
                ))
            } else if queue.is_empty() {
                Offer::Perhaps(own("the case is in no queue that is known here; the provider decides"))
            } else {
                Offer::Perhaps(say!(
                    "queue {} is not one of the known ones; the provider decides",
                    queue.cell()
                ))
            }
        }
    }
}

fn by_status(action: &Action, case: &Case, fits: &[&str], says: &'static str) -> Offer {
    if case.status.is_empty() {
        return Offer::Perhaps(own("the case has no status that is known here; the provider decides"));
    }
    if fits.contains(&case.status.exact()) {
        return Offer::Fits;
    }
    let (title, status) = (own(action.title), case.status.cell());
    Offer::No(say!("{} is for cases that {}; this one is {}", title, own(says), status))
}

fn queues(names: &[SafeText]) -> SafeText {
    let word = own(if names.len() == 1 { "queue" } else { "queues" });
    say!("{} {}", word, SafeText::join(names, ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{action::sample::SAMPLE, case::CaseId};

    fn told(queue: &str) -> Offer {
        let id = CaseId { profile: "p".into(), number: "1".into() };
        offer(&SAMPLE, Some(&Case { queue: queue.into(), ..Case::bare(id) }))
    }

    #[test]
    fn a_queue_decides_and_an_unknown_one_leaves_it_to_the_provider() {
        assert_eq!(told("1000"), Offer::Fits);
        let no = Offer::No(own("Sample is for cases in queues 1000, 5000; this one is in 2000"));
        assert_eq!((told("2000"), told("2000").is_open()), (no, false));
        let perhaps = Offer::Perhaps(own("queue 8000 is not one of the known ones; the provider decides"));
        assert_eq!((told("8000"), told("8000").is_open()), (perhaps, true));
        assert!(matches!(told(""), Offer::Perhaps(_)));
        assert_eq!(offer(&SAMPLE, None), Offer::No(own("there is no case in hand")));
    }
    #[test]
    fn what_the_provider_says_can_be_done_wins_over_the_status() {
        const LINKED: crate::action::Action = crate::action::Action {
            offers: Offers::Linked {
                word: "sample",
                statuses: &["open"],
                known: |case| ["open", "shut"].contains(&case.status.exact()),
                says: "are open",
            },
            ..SAMPLE
        };
        let told = |status: &str, may: Option<&[&str]>| {
            let may = may.map(|words| words.iter().map(|word| (*word).into()).collect());
            let id = CaseId { profile: "p".into(), number: "1".into() };
            offer(&LINKED, Some(&Case { status: status.into(), may, ..Case::bare(id) }))
        };
        assert_eq!(told("shut", Some(&["sample"])), Offer::Fits);
        let no = "the provider does not offer Sample now (open); it is for cases that are open";
        assert_eq!(told("open", Some(&[])), Offer::No(own(no)));
        assert_eq!(told("open", None), Offer::Fits);
        assert_eq!(told("shut", None), Offer::No(own("Sample is for cases that are open; this one is shut")));
        let perhaps = "status ajar is not one of the known ones; the provider decides";
        assert_eq!(told("ajar", None), Offer::Perhaps(own(perhaps)));
        assert!(matches!(told("", None), Offer::Perhaps(_)));
    }
}
