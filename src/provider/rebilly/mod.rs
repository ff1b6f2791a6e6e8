//! Rebilly's disputes: what to ask, and how an answer and a fault read. Rebilly is the merchants' side, so a status and a
//! deadline are the merchant's. Pure: no socket, no clock, no screen.

mod actions;
mod ask;
mod codes;
mod landed;
mod papers;
mod refusal;
pub mod sandbox;
mod standing;
pub mod table;
mod wire;

use super::{Access, Addresses, Doubt, Found, Given, Header, Landed, Lists, Manifest, Provider, Sent, Want};
use crate::{
    action::{Action, Frozen, Step},
    case::{Case, Fault, FaultKind, Moment, Paper, Settings},
    http::{Request, Response},
    text::Raw,
};

pub struct Rebilly;

static MANIFEST: Manifest = Manifest {
    id: "rebilly",
    title: "Rebilly disputes",
    test: Addresses { base: "https://api-sandbox.rebilly.com/organizations/{organization.id}", token: "" },
    live: Addresses { base: "https://api.rebilly.com/organizations/{organization.id}", token: "" },
    access: &[
        Access::Headers {
            auth: "api-key",
            headers: &[Header { name: "REB-APIKEY", before: "", value: Given::Secret("api-key") }],
        },
        Access::Headers {
            auth: "bearer",
            headers: &[Header {
                name: "authorization",
                before: "Bearer ",
                value: Given::Secret("access-token"),
            }],
        },
    ],
    lists: Lists::Queues,
    // 3000 writes in ten minutes in the sandbox; reading has no limit that its text tells.
    per_minute: None,
    queues: standing::QUEUES,
    seals_cards: false,
};

impl Provider for Rebilly {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        actions::ACTIONS
    }

    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault> {
        ask::ask(want, settings)
    }

    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault> {
        let listed = match want {
            Want::Further { of, .. } => of,
            want => want,
        };
        let read = match listed {
            Want::Document(_) => Ok(Found::Document(paper(answer))),
            Want::Papers(dispute) => papers::papers(answer, dispute),
            Want::Number(number) => {
                wire::one(answer, Some(number), settings).map(|case| Found::Cases(vec![case]))
            }
            Want::Queue(status) => wire::several(answer, Some(status), settings).map(Found::Cases),
            _ => wire::several(answer, None, settings).map(Found::Cases),
        };
        read.map_err(|why| Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, why) })
    }

    fn further(&self, want: &Want, answer: &Response, found: &Found, settings: &Settings) -> Option<Want> {
        match found {
            Found::Cases(cases) => ask::further(want, answer, cases, settings),
            _ => None,
        }
    }

    fn total(&self, want: &Want, answer: &Response) -> Option<usize> {
        ask::total(answer).filter(|_| ask::is_of_the_whole(want))
    }

    fn overlaps(&self, want: &Want) -> bool {
        !ask::is_of_the_whole(want)
    }

    fn papers(&self, case: &Case, _settings: &Settings) -> Option<Want> {
        ask::is_id(case.id.number.exact()).then(|| Want::Papers(case.id.number.clone()))
    }

    fn told(&self, sent: &Sent<'_>, answer: &Response, settings: &Settings, _now: Moment) -> Option<Case> {
        let is_dispute = sent.action.id != "attach" && answer.is_success();
        is_dispute.then(|| wire::one(answer, None, settings).ok()).flatten()
    }

    fn doubt(&self, step: &Step, sent: &Frozen, answer: &Response) -> Option<Doubt> {
        landed::doubt(step, sent, answer)
    }

    fn done(&self, step: &Step, answer: &Response) -> Raw {
        match (step.id, answer.status) {
            ("create", 200) => "the dispute was there already, and is now as it was sent".into(),
            ("create", 201) => "a new dispute".into(),
            ("put", 201) => "the dispute was not there any more, and was made anew".into(),
            _ => Raw::default(),
        }
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::refusal(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_own(answer)
    }

    fn look(&self, sent: &Sent<'_>, _settings: &Settings) -> Option<Want> {
        landed::look(sent)
    }

    fn landed(&self, sent: &Sent<'_>, found: &Found, _settings: &Settings) -> Landed {
        landed::landed(sent, found)
    }

    fn check(&self, settings: &Settings) -> Vec<String> {
        table::check(settings)
    }
}

/// A file's bytes are the whole answer.
fn paper(answer: &Response) -> Paper {
    let claimed = answer.header("content-type").unwrap_or_default().into();
    Paper { name: Raw::default(), claimed, bytes: answer.body.clone() }
}
