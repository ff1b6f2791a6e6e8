//! THE WORLD: what each provider can be asked, how, and how its answers read. One folder a provider; no I/O.

pub mod access;
pub mod asked;
pub mod casap;
pub mod checkout;
pub mod json;
pub mod nets;
pub mod numbering;
pub mod object;
pub mod page;
pub mod qolo;
pub mod rebilly;
pub mod sent;
pub mod stand_in;
pub mod table;
pub mod value;
pub mod verdict;

pub use access::{Access, Given, Header};
pub use asked::Asked;
pub use sent::{Doubt, Landed, Sent};
pub use stand_in::{StandIn, Written};
pub use verdict::{Verdict, verdict};

use crate::{
    action::{Action, Frozen, Step},
    case::{Case, DocumentRef, Fault, Moment, Paper, Settings, Stage},
    http::{Request, Response},
    text::Raw,
};

/// Every provider there is.
pub static ALL: &[&dyn Provider] =
    &[&nets::Nets, &checkout::Checkout, &qolo::Qolo, &casap::Casap, &casap::CasapCurrent, &rebilly::Rebilly];

/// What casedesk needs of a provider: facts, a way to phrase a question, a way to read the answer.
pub trait Provider: Sync {
    fn manifest(&self) -> &'static Manifest;

    /// What may be done there, in the order of the help.
    fn actions(&self) -> &'static [Action];

    /// Phrases a question. A fault here means that nothing may leave the machine.
    fn ask(&self, want: &Want, settings: &Settings) -> Result<Request, Fault>;

    /// A number that may be asked for although no case has it, where cases are read by their number and in no other way.
    fn nobody(&self) -> Option<&'static str> {
        None
    }

    /// Reads a successful answer (2xx) to that question.
    fn read(&self, want: &Want, answer: &Response, settings: &Settings) -> Result<Found, Fault>;

    /// The question for what follows on an answer: the next page, where there is one. What is found with it belongs to
    /// the same whole.
    fn further(&self, _want: &Want, _answer: &Response, _found: &Found, _settings: &Settings) -> Option<Want> {
        None
    }

    /// How many cases a page says that the whole list has, where it says so.
    fn total(&self, _want: &Want, _answer: &Response) -> Option<usize> {
        None
    }

    /// Whether a page may hold nothing but what came before, and others follow it all the same.
    fn overlaps(&self, _want: &Want) -> bool {
        false
    }

    /// What to ask for the documents of a case that was asked for by itself, where its answer does not tell them.
    fn papers(&self, _case: &Case, _settings: &Settings) -> Option<Want> {
        None
    }

    /// The case as the answer to a write shows it, where the answer shows one. `now`: when the answer was there.
    fn told(&self, _sent: &Sent<'_>, _answer: &Response, _settings: &Settings, _now: Moment) -> Option<Case> {
        None
    }

    /// What speaks against an answer that has the proof of its step: it may name another thing than was sent.
    fn doubt(&self, _step: &Step, _sent: &Frozen, _answer: &Response) -> Option<Doubt> {
        None
    }

    /// What a proven answer says beyond "done", for the analyst; empty where that is all.
    fn done(&self, _step: &Step, _answer: &Response) -> Raw {
        Raw::default()
    }

    /// Reads an answer that is not 2xx. When the same may be asked again is not read here: HTTP says so itself
    /// ([`Response::again`]).
    fn refusal(&self, answer: &Response) -> Fault;

    /// Whether an answer that is not 2xx is the provider's own word, by its media type and its shape, and not a page that
    /// something on the way put in its place. Only the provider's own word says that a write was not done.
    fn is_own(&self, answer: &Response) -> bool;

    /// Whether its 409 says that nothing was done. Where its text does not say, it may be about a copy that was.
    fn refuses_by_conflict(&self) -> bool {
        false
    }

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
    /// The ways in. The first is what its own text says.
    pub access: &'static [Access],
    pub lists: Lists,
    /// How many requests a minute it takes, where it says so.
    pub per_minute: Option<u32>,
    /// The queues that are known by name. Others may turn up.
    pub queues: &'static [QueueFacts],
    /// Whether card numbers must be sealed for this provider before they are put into a request.
    pub seals_cards: bool,
}

/// How the cases of a provider are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// Whole queues can be asked for.
    Queues,
    /// A case can be asked for by its number and in no other way: those that are known here make the lists.
    Singly,
    /// Nothing can be asked for: a case is what the last answer to a write said of it.
    Nothing,
}

/// Words in braces stand for rows of the profile's table: "https://{account.prefix}.api.example".
pub struct Addresses {
    pub base: &'static str,
    /// Where credentials are exchanged for a token; empty where they are not. With "/" at its beginning it lies below the
    /// base that a profile has.
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
    /// The documents of one case by its number.
    Papers(Raw),
    /// What follows on another question's answer; how far that came, in the provider's words.
    Further { of: Box<Want>, from: Raw },
}

/// What a provider answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Cases(Vec<Case>),
    /// Less cases than the provider says there are: those that are missing need not have gone.
    Part {
        cases: Vec<Case>,
        /// "only a part came: 99 of 100".
        says: Raw,
    },
    Document(Paper),
    /// The documents of a case, and what could not be understood of them.
    Papers {
        documents: Vec<DocumentRef>,
        unread: Vec<Raw>,
    },
}
