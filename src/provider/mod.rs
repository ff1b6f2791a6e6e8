//! THE WORLD: what each provider can be asked, how, and how its answers read. One folder a provider; no I/O.

pub mod asked;
pub mod nets;
pub mod sent;
pub mod verdict;

pub use asked::Asked;
pub use sent::{Landed, Sent};
pub use verdict::{Verdict, verdict};

use crate::{
    action::Action,
    case::{Case, Fault, Paper, Settings, Stage},
    http::{Request, Response},
    text::Raw,
};

/// Every provider there is.
pub static ALL: &[&dyn Provider] = &[&nets::Nets];

/// What casedesk needs of a provider: facts, a way to phrase a question, a way to read the answer.
pub trait Provider: Sync {
    fn manifest(&self) -> &'static Manifest;

    /// What may be done there, in the order of the help.
    fn actions(&self) -> &'static [Action];

    /// Phrases a question. A fault here means that nothing may leave the machine.
    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault>;

    /// Reads a successful answer (2xx) to that question.
    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault>;

    /// Reads an answer that is not 2xx. When the same may be asked again is not read here: HTTP says so itself
    /// ([`Response::again`]).
    fn refusal(&self, answer: &Response) -> Fault;

    /// Whether an answer that is not 2xx is the provider's own word, by its media type and its shape, and not a page that
    /// something on the way put in its place. Only the provider's own word says that a write was not done.
    fn is_own(&self, answer: &Response) -> bool;

    /// What to ask to find out whether a write arrived. `None` where nothing that can be asked would tell.
    fn look(&self, sent: &Sent<'_>, settings: &Settings) -> Option<Want>;

    /// What the answer to that question says about the write.
    fn landed(&self, sent: &Sent<'_>, found: &Found, settings: &Settings) -> Landed;

    /// Checks the profile's overrides: unknown names and impossible values, one line each.
    fn check(&self, settings: &Settings) -> Vec<String>;
}

/// The facts about a provider that hold for every profile.
pub struct Manifest {
    /// As in the configuration: "nets".
    pub id: &'static str,
    pub title: &'static str,
    pub test: Addresses,
    pub live: Addresses,
    /// The queues that are known by name. Others may turn up.
    pub queues: &'static [QueueFacts],
    /// Whether card numbers must be sealed for this provider before they are put into a request.
    pub seals_cards: bool,
}

pub struct Addresses {
    pub base: &'static str,
    /// Where client credentials are exchanged for a token.
    pub token: &'static str,
}

pub struct QueueFacts {
    pub id: &'static str,
    pub name: &'static str,
    pub stage: Stage,
}

/// A question to a provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// All cases of one queue.
    Queue(Raw),
    /// All cases of one group.
    Group(Raw),
    /// One case by its number.
    Number(Raw),
    /// All cases of one card; the number already sealed for the provider (base64 of the RSA cipher text).
    Card(Raw),
    /// One document of a case by the document's id.
    Document(Raw),
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Cases(Vec<Case>),
    Document(Paper),
}
