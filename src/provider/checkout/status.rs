//! The statuses and reasons that are known, and what each pair means for the analyst. Both sets are open: another word is
//! shown as it is, and what can be done is left to the provider.

use crate::{
    case::{Case, Stage},
    provider::QueueFacts,
};

/// The statuses, which are the lists. A dispute that was created and not sent yet is waited for.
pub const STATUSES: &[QueueFacts] = &[
    QueueFacts { id: "created", name: "Created", stage: Stage::WithThem },
    QueueFacts { id: "processing", name: "Processing", stage: Stage::WithThem },
    QueueFacts { id: "action_required", name: "Action required", stage: Stage::NeedsAnswer },
    QueueFacts { id: "won", name: "Won", stage: Stage::Won },
    QueueFacts { id: "lost", name: "Lost", stage: Stage::Lost },
    QueueFacts { id: "canceled", name: "Canceled", stage: Stage::Withdrawn },
];

/// Those of the API's clients, and three that only its text has.
pub const REASONS: &[&str] = &[
    "expired",
    "chargeback_pending",
    "chargeback_evidence_invalid_or_insufficient",
    "chargeback_processed",
    "chargeback_rejected",
    "chargeback_reversal_pending",
    "chargeback_reversed",
    "chargeback_response_accepted",
    "prearbitration_pending",
    "prearbitration_evidence_invalid_or_insufficient",
    "prearbitration_processed",
    "prearbitration_rejected",
    "prearbitration_reversal_pending",
    "prearbitration_reversed",
    "prearbitration_response_accepted",
    "arbitration_pending",
    "arbitration_processed",
    "presentment_reversed",
    "chargeback_change_requested",
    "chargeback_fraudulent_reason_code_invalid",
    "escalation_change_requested",
];

pub fn stage(status: &str, reason: &str) -> Stage {
    let known = STATUSES.iter().find(|known| known.id == status);
    match (known.map_or(Stage::Unknown, |known| known.stage), status) {
        (_, "processing") if reason.starts_with("prearbitration_") => Stage::PreArbitration,
        (_, "processing") if reason.starts_with("arbitration_") => Stage::Arbitration,
        (stage, _) => stage,
    }
}

/// Status and reason as one word, by which actions are offered.
pub fn both(status: &str, reason: &str) -> String {
    match (status, reason) {
        (status, "") => status.to_owned(),
        ("", reason) => reason.to_owned(),
        (status, reason) => format!("{status}/{reason}"),
    }
}

fn parts(case: &Case) -> (&str, &str) {
    case.status.exact().split_once('/').unwrap_or((case.status.exact(), ""))
}

/// Whether it is clear what can be done: the status ends it or has to be waited out, or its reason is known.
pub fn is_known(case: &Case) -> bool {
    match parts(case) {
        ("created" | "won" | "lost" | "canceled", _) => true,
        ("processing" | "action_required", reason) => REASONS.contains(&reason),
        _ => false,
    }
}

/// Whether it is past the chargeback: in pre-arbitration or arbitration, or on its way there.
pub fn is_escalated(case: &Case) -> bool {
    let (_, reason) = parts(case);
    ["escalation_", "prearbitration_", "arbitration_"].iter().any(|start| reason.starts_with(start))
}

pub fn has_reason(case: &Case, wanted: &str) -> bool {
    parts(case).1 == wanted
}
