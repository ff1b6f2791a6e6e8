//! Casap's API of 2023, as the text that we were given has it: one verb, and nothing that can be asked. A dispute is what
//! the answer to its creation said, with a link to its page.

mod actions;
pub mod table;
mod told;

use super::refusal;
use crate::{
    action::Action,
    case::{Case, Fault, FaultKind, Moment, Settings, Stage},
    http::{Request, Response},
    provider::{
        Access, Addresses, Found, Given, Header, Landed, Lists, Manifest, Provider, QueueFacts, Sent, Want,
        table as rows,
    },
};

pub use actions::FIELDS;

pub struct Casap;

/// The list of all that was created here: there is no other.
const CREATED: &str = "created";

const fn header(name: &'static str, value: Given) -> Header {
    Header { name, before: "", value }
}

static MANIFEST: Manifest = Manifest {
    id: "casap",
    title: "Casap (2023 API)",
    // Inferred from the address of the disputes' pages; the text names no address of the API.
    test: Addresses { base: "https://disputes-sandbox.casaphq.com", token: "" },
    live: Addresses { base: "", token: "" },
    access: &[Access::Headers {
        auth: "key-and-secret",
        headers: &[
            header("x-api-key", Given::Secret("api-key")),
            header("x-api-secret", Given::Secret("api-secret")),
            header("x-user-uuid", Given::Set(|settings| table::value(settings, "user.uuid"))),
            header("x-org-uuid", Given::Set(|settings| table::value(settings, "org.uuid"))),
        ],
    }],
    lists: Lists::Nothing,
    per_minute: Some(5),
    queues: &[QueueFacts { id: CREATED, name: "Created here", stage: Stage::WithThem }],
    seals_cards: false,
};

impl Provider for Casap {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        actions::ACTIONS
    }

    fn ask(&self, _: &Want, _: &Settings) -> Result<Request, Fault> {
        Err(Fault::new(FaultKind::Unprepared, "Casap's 2023 API cannot be asked about disputes"))
    }

    fn read(&self, _: &Want, answer: &Response, _: &Settings) -> Result<Found, Fault> {
        let fault = Fault::new(FaultKind::Unreadable, "Casap's 2023 API answers no questions");
        Err(Fault { status: Some(answer.status), ..fault })
    }

    fn told(&self, sent: &Sent<'_>, answer: &Response, settings: &Settings, now: Moment) -> Option<Case> {
        told::told(sent, answer, settings, now)
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::older(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_older(answer)
    }

    fn look(&self, _: &Sent<'_>, _: &Settings) -> Option<Want> {
        None
    }

    fn landed(&self, _: &Sent<'_>, _: &Found, _: &Settings) -> Landed {
        Landed::Unsure("Casap's 2023 API cannot be asked about disputes; look at Casap's own list".into())
    }

    fn check(&self, settings: &Settings) -> Vec<String> {
        rows::check(table::TABLE, settings)
    }
}
