//! Checkout.com Issuing disputes: what to ask, and how an answer and a fault read. Pure: it never sees a socket, a clock or
//! the screen.
//!
//! A dispute is asked for by its id and in no other way. Its status and its links say what can be done with it; evidence is
//! sent, and never read back.

mod actions;
mod ask;
mod existing;
mod identity;
mod landed;
mod refusal;
pub mod sandbox;
mod status;
pub mod table;
mod wire;

pub use actions::FRAUD;
pub use status::{REASONS, STATUSES};

use super::{
    Access, Addresses, Doubt, Found, Given, Header, Landed, Lists, Manifest, Provider, Sent, Want,
    object::parse,
};
use crate::{
    action::{Action, Frozen, Step},
    case::{Case, Fault, FaultKind, Moment, Settings},
    http::{Request, Response, Shown},
    text::Raw,
};

use wire::money;

pub struct Checkout;

static MANIFEST: Manifest = Manifest {
    id: "checkout",
    title: "Checkout.com Issuing disputes",
    test: Addresses {
        base: "https://{account.prefix}.api.sandbox.checkout.com",
        token: "https://{account.prefix}.access.sandbox.checkout.com/connect/token",
    },
    live: Addresses {
        base: "https://{account.prefix}.api.checkout.com",
        token: "https://{account.prefix}.access.checkout.com/connect/token",
    },
    access: &[
        Access::OAuth { scope: "issuing:disputes-read issuing:disputes-write", shown: Shown::Body },
        Access::Headers {
            auth: "api-key",
            headers: &[Header { name: "authorization", before: "Bearer ", value: Given::Secret("api-key") }],
        },
    ],
    lists: Lists::Singly,
    // 100 a second for reading and as many for writing, less in the sandbox.
    per_minute: None,
    queues: STATUSES,
    seals_cards: false,
};

impl Provider for Checkout {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        actions::ACTIONS
    }

    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault> {
        ask::ask(want, settings)
    }

    fn nobody(&self) -> Option<&'static str> {
        Some("idsp_00000000000000000000000000")
    }

    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault> {
        let Want::Number(number) = want else {
            return Err(unreadable(answer, "this API tells disputes by their ids and nothing else".into()));
        };
        let case = wire::case(answer, Some(number), settings).map_err(|why| unreadable(answer, why))?;
        Ok(Found::Cases(vec![case]))
    }

    fn told(&self, _sent: &Sent<'_>, answer: &Response, settings: &Settings, _now: Moment) -> Option<Case> {
        wire::case(answer, None, settings).ok()
    }

    fn doubt(&self, step: &Step, sent: &Frozen, answer: &Response) -> Option<Doubt> {
        existing::doubt(step, sent, answer)
    }

    fn done(&self, step: &Step, answer: &Response) -> Raw {
        match answer.status {
            200 if step.id == "create" => {
                "the dispute was there already, as it was asked for, and no second one was made; justification, fraud \
                 details and evidence were not compared"
                    .into()
            }
            201 => match parse(answer).ok().and_then(|told| money(&told.object().ok()?, "disputed_amount")) {
                Some(amount) => format!("a new dispute over {amount}, in the transaction's currency").into(),
                None => "a new dispute".into(),
            },
            202 => "asked for; where it went is read again".into(),
            _ => Raw::default(),
        }
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::refusal(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_own(answer)
    }

    /// The API's text: "not in a state that accepts corrections", "cannot be canceled", "cannot be escalated", "cannot be
    /// submitted".
    fn refuses_by_conflict(&self) -> bool {
        true
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

fn unreadable(answer: &Response, why: String) -> Fault {
    Fault { status: Some(answer.status), ..Fault::new(FaultKind::Unreadable, why) }
}
