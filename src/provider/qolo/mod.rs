//! KeyBank & Qolo dispute-chargeback: how a dispute is written, and how an answer and a fault read. Pure: it never sees a
//! socket, a clock or the screen.
//!
//! The API has one endpoint and it only writes: what is known of a dispute is what the last answer to a write said. Texts
//! of statuses, types and reasons are free; they are shown and nothing depends on them.

mod actions;
mod ask;
mod history;
mod refusal;
pub mod sandbox;
pub mod table;
mod wire;

use std::time::Duration;

use super::{
    Access, Addresses, Found, Given, Header, Landed, Lists, Manifest, Provider, QueueFacts, Sent, Want,
};
use crate::{
    action::Action,
    case::{Case, Fault, Moment, Settings, Stage},
    http::{Request, Response},
    text::Raw,
};

pub struct Qolo;

/// The hosts of tests are those of the API's own pages (KeyBank's; Qolo's own is devapi.qolopay.com); live ones are not
/// public. So are the way in and the twelve hours that a token lives; where the answer names the token is inferred.
static MANIFEST: Manifest = Manifest {
    id: "qolo",
    title: "Qolo (KeyBank) disputes",
    test: Addresses { base: "https://qvapikeybank.qolopay.com", token: LOGIN },
    live: Addresses { base: "", token: LOGIN },
    access: &[
        Access::Login {
            auth: "login",
            members: &[
                Header { name: "loginid", before: "", value: Given::Secret("login-id") },
                Header { name: "apikey", before: "", value: Given::Secret("api-key") },
            ],
            token_at: &["/access_token", "/token", "/accessToken", "/data/token"],
            lives: Duration::from_secs(12 * 3600),
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
    lists: Lists::Nothing,
    per_minute: None,
    queues: &[QueueFacts { id: REGISTER, name: "Own register", stage: Stage::Unknown }],
    // The API's text knows no key to seal with.
    seals_cards: false,
};

const LOGIN: &str = "/api/v1/auth/login";
/// The one list there is: what was made or entered here.
const REGISTER: &str = "register";

impl Provider for Qolo {
    fn manifest(&self) -> &'static Manifest {
        &MANIFEST
    }

    fn actions(&self) -> &'static [Action] {
        actions::ACTIONS
    }

    fn ask(&self, want: &Want, _settings: &Settings) -> Result<Request, Fault> {
        Err(ask::ask(want))
    }

    fn read(&self, want: &Want, _answer: &Response, _settings: &Settings) -> Result<Found, Fault> {
        Err(ask::ask(want))
    }

    fn told(&self, sent: &Sent<'_>, answer: &Response, settings: &Settings, now: Moment) -> Option<Case> {
        wire::told(sent.entry.draft.base.as_deref(), answer, settings, now)
    }

    fn refusal(&self, answer: &Response) -> Fault {
        refusal::refusal(answer)
    }

    fn is_own(&self, answer: &Response) -> bool {
        refusal::is_own(answer)
    }

    fn look(&self, _sent: &Sent<'_>, _settings: &Settings) -> Option<Want> {
        None
    }

    fn landed(&self, _sent: &Sent<'_>, _found: &Found, _settings: &Settings) -> Landed {
        Landed::No(Raw::new("Qolo cannot be asked"))
    }

    fn check(&self, settings: &Settings) -> Vec<String> {
        table::check(settings)
    }
}
