//! What the answer to a write means for the outbox: done, not done, or nobody knows. One table for all providers; what is
//! a provider's own word is asked of the provider. In doubt nobody knows.

use super::Provider;
use crate::{
    action::{
        Step,
        life::Outcome,
        step::{Shows, proven},
    },
    case::{Again, Fault, FaultKind, Moment, Settings},
    http::Response,
    text::Raw,
};

/// How one copy of a step ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// The HTTP status, where an answer came that far.
    pub status: Option<u16>,
    /// The words of the refusal, or why nobody knows; empty where it is done.
    pub says: Raw,
    /// The subject's number, as the proof names it; empty where it is not done.
    pub remote: Raw,
    /// Complaints about single fields: (member, words).
    pub members: Vec<(Raw, Raw)>,
    /// The provider's id for the conversation.
    pub request_id: Raw,
}

/// Reads the outcome of one copy of `step`. `number`: the case's own, where the step is about a case. `now`: when the
/// answer was there; a pause that the provider asks for counts from it.
///
/// A 401 and a 403 are both `Unauthorised`; the status tells them apart. So is a token that could not be had, in which
/// case nothing was sent.
pub fn verdict(
    provider: &dyn Provider,
    step: &Step,
    answer: &Result<Response, Fault>,
    number: Option<&Raw>,
    settings: &Settings,
    now: Moment,
) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return Verdict::told(unanswered(fault.kind), fault.clone()),
    };
    match proven(step.proof, answer.status, &answer.body, number, settings) {
        Shows::Done(remote) => Verdict {
            outcome: Outcome::Proven,
            status: Some(answer.status),
            says: Raw::default(),
            remote: remote.unwrap_or_default(),
            members: Vec::new(),
            request_id: provider.refusal(answer).request_id,
        },
        Shows::Unclear(why) if answer.is_success() => {
            let told = provider.refusal(answer);
            Verdict::told(Outcome::Unclear, Fault { says: said(why, &told.says), ..told })
        }
        Shows::Unclear(_) if provider.is_own(answer) => {
            Verdict::told(refused(answer, now), provider.refusal(answer))
        }
        Shows::Unclear(_) => Verdict::told(Outcome::Unclear, provider.refusal(answer)),
    }
}

/// Without a whole answer: only where no connection came about, or nothing was to be sent, is it certain that nothing
/// arrived.
fn unanswered(kind: FaultKind) -> Outcome {
    match kind {
        FaultKind::Unreachable | FaultKind::Unprepared => Outcome::NotSent,
        FaultKind::Unauthorised => Outcome::Unauthorised,
        _ => Outcome::Unclear,
    }
}

/// What the provider itself says with a status that is no success.
fn refused(answer: &Response, now: Moment) -> Outcome {
    match answer.status {
        400 | 404 | 406 | 413 | 415 | 422 => Outcome::Refused,
        401 | 403 => Outcome::Unauthorised,
        409 => Outcome::Conflict,
        429 => match answer.again() {
            Again::After(pause) => {
                Outcome::TooFast { until: now.plus(i64::try_from(pause).unwrap_or(i64::MAX)) }
            }
            Again::Later | Again::No => Outcome::TooFast { until: now },
        },
        _ => Outcome::Unclear,
    }
}

fn said(why: &str, says: &Raw) -> Raw {
    if says.is_empty() { why.into() } else { format!("{why}: {}", says.exact()).into() }
}

impl Verdict {
    fn told(outcome: Outcome, fault: Fault) -> Verdict {
        let Fault { status, says, members, request_id, .. } = fault;
        Verdict { outcome, status, says, remote: Raw::default(), members, request_id }
    }
}
