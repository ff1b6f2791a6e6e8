//! What the answer to a write means for the outbox: done, not done, or nobody knows. One table for all providers; what is
//! a provider's own word is asked of the provider. In doubt nobody knows.

use super::{Doubt, Provider};
use crate::{
    action::{
        Frozen, Step,
        life::Outcome,
        step::{Shows, proven},
    },
    case::{Again, Fault, FaultKind, Moment, Settings, moment::SECOND},
    http::Response,
    text::Raw,
};

/// How one copy of a step ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub outcome: Outcome,
    /// The HTTP status, where an answer came that far.
    pub status: Option<u16>,
    /// The words of the refusal, or why nobody knows; where it is done, what there is to say beyond that.
    pub says: Raw,
    /// The subject's number, as the proof names it; empty where it is not done.
    pub remote: Raw,
    /// Complaints about single fields: (member, words).
    pub members: Vec<(Raw, Raw)>,
    /// The provider's id for the conversation.
    pub request_id: Raw,
}

/// Reads the outcome of one copy of `step`, which was `sent`. `number`: the case's own, where the step is about a case. `now`: when the
/// answer was there; a pause that the provider asks for counts from it.
///
/// A 401 and a 403 are both `Unauthorised`; the status tells them apart. So is a token that could not be had, in which
/// case nothing was sent.
pub fn verdict(
    provider: &dyn Provider,
    step: &Step,
    sent: &Frozen,
    answer: &Result<Response, Fault>,
    number: Option<&Raw>,
    settings: &Settings,
    now: Moment,
) -> Verdict {
    let answer = match answer {
        Ok(answer) => answer,
        Err(fault) => return Verdict::told(unanswered(fault.kind), fault.clone()),
    };
    let told = provider.refusal(answer);
    match proven(step.proof, answer.status, &answer.body, number, settings) {
        Shows::Done(remote) => match provider.doubt(step, sent, answer) {
            Some(Doubt::Unclear(says)) => Verdict::told(Outcome::Unclear, Fault { says, ..told }),
            Some(Doubt::InTheWay { says, members }) => {
                Verdict::told(Outcome::Conflict, Fault { says, members, ..told })
            }
            None => Verdict {
                outcome: Outcome::Proven,
                status: Some(answer.status),
                says: provider.done(step, answer),
                remote: remote.unwrap_or_default(),
                members: Vec::new(),
                request_id: told.request_id,
            },
        },
        Shows::Unclear(why) if answer.is_success() => {
            Verdict::told(Outcome::Unclear, Fault { says: said(why, &told.says), ..told })
        }
        Shows::Unclear(_) if provider.is_own(answer) => match refused(answer, now) {
            Outcome::Conflict if provider.refuses_by_conflict() => Verdict::told(Outcome::Refused, told),
            outcome => Verdict::told(outcome, told),
        },
        Shows::Unclear(_) => Verdict::told(Outcome::Unclear, told),
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
        429 => match answer.again_by(Some(now)) {
            Again::After(pause) => {
                // "At once" would be a loop.
                Outcome::TooFast { until: now.plus(i64::try_from(pause).unwrap_or(i64::MAX).max(SECOND)) }
            }
            Again::Later | Again::No => Outcome::TooFast { until: now.plus(SECOND) },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{action::Method, provider::ALL};

    const NOW: Moment = Moment(1_795_330_000_000);
    const OWN: &str = r#"{"code":"1","message":"words"}"#;
    const PAGE: &str = "<html><title>Guest network</title></html>";

    fn of(answer: Result<Response, Fault>) -> Verdict {
        let nets = ALL.iter().find(|provider| provider.manifest().id == "nets").unwrap();
        let close = nets.actions().iter().find(|action| action.id == "close").unwrap();
        let sent = Frozen { method: Method::Put, path: "/".into(), headers: Vec::new(), body: Vec::new() };
        verdict(*nets, &close.steps[0], &sent, &answer, Some(&"7".into()), &Settings::of("p"), NOW)
    }

    fn answered(status: u16, body: &str, headers: &[(&str, &str)]) -> Verdict {
        let media = if body.starts_with('<') { "text/html" } else { "application/json" };
        let mut headers: Vec<_> = headers.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        headers.push(("content-type".into(), media.into()));
        of(Ok(Response { status, headers, body: body.into(), date: None }))
    }

    #[test]
    fn what_every_answer_means() {
        let later = |seconds: i64| Outcome::TooFast { until: NOW.plus(seconds * 1000) };
        let named = r#"{"caseNumber":"7"}"#;
        for (status, body, outcome) in [
            (200, named, Outcome::Proven),
            (201, named, Outcome::Proven),
            (202, named, Outcome::Proven),
            (200, r#"{"caseNumber":"8"}"#, Outcome::Unclear),
            (200, "{}", Outcome::Unclear),
            (200, "", Outcome::Unclear),
            (204, "", Outcome::Unclear),
            (200, PAGE, Outcome::Unclear),
            (302, OWN, Outcome::Unclear),
            (304, "", Outcome::Unclear),
            (400, OWN, Outcome::Refused),
            (401, OWN, Outcome::Unauthorised),
            (401, "", Outcome::Unauthorised),
            (401, r#"{"error":"unauthorized"}"#, Outcome::Unauthorised),
            (401, r#"{"error":"invalid_token","error_description":"x"}"#, Outcome::Unauthorised),
            (401, r#"{"error":""}"#, Outcome::Unclear),
            (401, r#"{"reason":"unauthorized"}"#, Outcome::Unclear),
            (401, PAGE, Outcome::Unclear),
            (403, r#"{"error":"forbidden"}"#, Outcome::Unclear),
            (422, r#"{"error":"x"}"#, Outcome::Unclear),
            (402, OWN, Outcome::Unclear),
            (403, OWN, Outcome::Unauthorised),
            (403, "", Outcome::Unclear),
            (404, OWN, Outcome::Refused),
            (405, OWN, Outcome::Unclear),
            (406, OWN, Outcome::Refused),
            (408, OWN, Outcome::Unclear),
            (409, OWN, Outcome::Conflict),
            (410, OWN, Outcome::Unclear),
            (413, OWN, Outcome::Refused),
            (415, OWN, Outcome::Refused),
            (422, OWN, Outcome::Refused),
            (425, OWN, Outcome::Unclear),
            (429, OWN, later(60)),
            (500, OWN, Outcome::Unclear),
            (502, OWN, Outcome::Unclear),
            (503, OWN, Outcome::Unclear),
            (504, "", Outcome::Unclear),
            (599, OWN, Outcome::Unclear),
        ] {
            let verdict = answered(status, body, &[]);
            assert_eq!((verdict.outcome, verdict.status), (outcome, Some(status)), "{status} {body}");
        }
        assert_eq!(answered(429, OWN, &[("retry-after", "7")]).outcome, later(7));
        assert_eq!(answered(429, OWN, &[("retry-after", "0")]).outcome, later(1), "never at once");
        // Without the provider's own clock its moment is held against ours.
        let reset = (NOW.0 / 1000 + 90).to_string();
        assert_eq!(answered(429, OWN, &[("x-ratelimit-retry-after", &reset)]).outcome, later(90));
    }

    #[test]
    fn a_page_from_a_proxy_never_means_not_done() {
        for status in 300..600 {
            for body in [PAGE, r#"["x"]"#, r#""x""#, r#"{"status":"x"}"#, "x", "{"] {
                assert_eq!(answered(status, body, &[]).outcome, Outcome::Unclear, "{status} {body}");
            }
        }
        let mislabelled = Response {
            status: 422,
            headers: vec![("content-type".into(), "text/plain".into())],
            body: OWN.into(),
            date: None,
        };
        assert_eq!(of(Ok(mislabelled)).outcome, Outcome::Unclear);
    }

    #[test]
    fn without_an_answer_only_a_missing_connection_is_certain() {
        for (kind, outcome) in [
            (FaultKind::Unprepared, Outcome::NotSent),
            (FaultKind::Unreachable, Outcome::NotSent),
            (FaultKind::Unauthorised, Outcome::Unauthorised),
            (FaultKind::Lost, Outcome::Unclear),
            (FaultKind::Unreadable, Outcome::Unclear),
            (FaultKind::TooLarge, Outcome::Unclear),
            (FaultKind::Broken, Outcome::Unclear),
            (FaultKind::TooFast, Outcome::Unclear),
        ] {
            let verdict = of(Err(Fault { status: Some(200), ..Fault::new(kind, "why") }));
            assert_eq!((verdict.outcome, verdict.status), (outcome, Some(200)), "{kind:?}");
            assert_eq!(verdict.says.exact(), "why");
        }
    }

    #[test]
    fn the_words_of_the_provider_come_along() {
        let proven = answered(200, r#"{"caseNumber":7}"#, &[("x-request-id", "r-1")]);
        assert_eq!((proven.remote.exact(), proven.request_id.exact(), proven.says.exact()), ("7", "r-1", ""));
        let refused = answered(422, r#"{"errors":{"notes":["Too long."]}}"#, &[("x-request-id", "r-2")]);
        assert_eq!(refused.members, [("notes".into(), "Too long.".into())]);
        assert_eq!((refused.remote.exact(), refused.request_id.exact()), ("", "r-2"));
        let unclear = answered(200, PAGE, &[]);
        assert_eq!(unclear.says.exact(), "the answer is not JSON: a page titled \"Guest network\"");
    }
}
