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
    /// The provider gives it no case to look at, or has its own way.
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
        Offers::Queues { fits, others } => {
            let queue = &case.queue;
            let is = |known: &&str| queue.exact() == *known;
            if fits.iter().any(&is) {
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

fn queues(names: &[SafeText]) -> SafeText {
    let word = own(if names.len() == 1 { "queue" } else { "queues" });
    say!("{} {}", word, SafeText::join(names, ", "))
}
