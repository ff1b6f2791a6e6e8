//! Casap's current API, as its specification has it: disputes are listed, read, created, opened again, and given files.

mod actions;
mod answer;
mod ask;
mod landed;
mod paging;
pub mod table;
mod wire;
pub mod words;

use super::refusal;
use crate::{
    action::Action,
    case::{Case, Fault, FaultKind, Moment, Settings, Stage},
    http::{Request, Response},
    provider::{
        Access, Addresses, Found, Given, Header, Landed, Lists, Manifest, Provider, QueueFacts, Sent, Want,
        table as rows,
    },
    text::Raw,
};

pub use actions::{ACTIONS, FILE, FILE_PARTS};

pub struct CasapCurrent;

/// The one list.
pub const DISPUTES: &str = "disputes";

static MANIFEST: Manifest = Manifest {
    id: "casap-current",
    title: "Casap (current API)",
    // The one public address is that of real disputes: a test must not begin there because nobody named another.
    test: Addresses { base: "", token: "" },
    live: Addresses { base: "https://api.casaphq.com/v1", token: "" },
    access: &[
        Access::Headers {
            auth: "api-key",
            headers: &[Header { name: "authorization", before: "", value: Given::Secret("api-key") }, USER],
        },
        Access::Headers {
            auth: "bearer",
            headers: &[
                Header { name: "authorization", before: "Bearer ", value: Given::Secret("access-token") },
                USER,
            ],
        },
    ],
    lists: Lists::Queues,
    per_minute: None,
    queues: &[QueueFacts { id: DISPUTES, name: "All disputes", stage: Stage::Unknown }],
    seals_cards: false,
};

/// The specification has it beside the authorisation, whichever that is.
const USER: Header = Header {
    name: "x-user-uuid",
    before: "",
    value: Given::Set(|settings| table::value(settings, "user.uuid")),
};

impl Provider for CasapCurrent {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        ACTIONS
    }

    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault> {
        ask::ask(want, settings)
    }

    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault> {
        let fault = |kind, why: Raw| Fault { status: Some(answer.status), ..Fault::new(kind, why) };
        let cases =
            answer::read(want, answer, settings).map_err(|why| fault(FaultKind::Unreadable, why.into()))?;
        match want {
            Want::Number(number) if cases.is_empty() => Err(fault(FaultKind::NotThere, number.clone())),
            _ => Ok(Found::Cases(cases)),
        }
    }

    fn further(&self, want: &Want, answer: &Response, found: &Found, settings: &Settings) -> Option<Want> {
        match found {
            Found::Cases(cases) => answer::further(want, answer, cases.len(), settings),
            _ => None,
        }
    }

    fn total(&self, want: &Want, answer: &Response) -> Option<usize> {
        answer::total(want, answer)
    }

    fn told(&self, _: &Sent<'_>, answer: &Response, settings: &Settings, _: Moment) -> Option<Case> {
        answer::alone(answer, settings).ok().flatten()
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::current(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_current(answer)
    }

    fn look(&self, sent: &Sent<'_>, _: &Settings) -> Option<Want> {
        landed::look(sent)
    }

    fn landed(&self, sent: &Sent<'_>, found: &Found, _: &Settings) -> Landed {
        landed::landed(sent, found)
    }

    fn check(&self, settings: &Settings) -> Vec<String> {
        rows::check(table::TABLE, settings)
    }
}
