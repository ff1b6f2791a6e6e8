//! What a dispute's status means here, and which verbs it takes. The API itself lets any status follow any other.

use crate::{
    action::Offer,
    case::{Case, Stage},
    provider::QueueFacts,
    text::{own, say},
};

pub const QUEUES: &[QueueFacts] = &[
    queue("response-needed", "Response needed", Stage::NeedsAnswer),
    queue("under-review", "Under review", Stage::WithThem),
    queue("forfeited", "Forfeited", Stage::Lost),
    queue("won", "Won", Stage::Won),
    queue("lost", "Lost", Stage::Lost),
    queue("unknown", "Unknown", Stage::Unknown),
];

const fn queue(id: &'static str, name: &'static str, stage: Stage) -> QueueFacts {
    QueueFacts { id, name, stage }
}

/// The set of statuses is open: another one is unknown, and so workable.
pub fn stage(status: &str) -> Stage {
    QUEUES.iter().find(|queue| queue.id == status).map_or(Stage::Unknown, |queue| queue.stage)
}

/// How a verb stands to a case: it is for these statuses, and not for the others that are known. `says` completes "...
/// is for disputes that are ...".
pub fn offer(case: &Case, title: &'static str, fits: &[&str], says: &'static str) -> Offer {
    let status = case.status.exact();
    let is_known = QUEUES.iter().any(|queue| queue.id == status) && status != "unknown";
    if fits.contains(&status) {
        Offer::Fits
    } else if status.is_empty() {
        Offer::Perhaps(own("the dispute has no status; the provider decides"))
    } else if !is_known {
        Offer::Perhaps(say!("status {} says too little; the provider decides", case.status.cell()))
    } else {
        let (title, says) = (own(title), own(says));
        Offer::No(say!("{} is for disputes that are {}; this one is {}", title, says, case.status.cell()))
    }
}
