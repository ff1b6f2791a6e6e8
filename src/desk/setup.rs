//! What the desk is told once, before its first frame: the profiles, and where the analyst was last time.

use serde::{Deserialize, Serialize};

use super::{list, reader::Bookmark, words::PaperId};
use crate::{
    action::{Action, Draft},
    case::{CaseId, Column, Place, Settings, Sort, View},
    text::Raw,
};

/// What the desk is told once, before its first frame.
pub struct Setup {
    pub profiles: Vec<Profile>,
    /// Where to begin, as remembered from last time.
    pub start: Start,
}

impl Setup {
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name == name)
    }

    /// The declaration of a draft's action, where a profile still has it.
    pub fn action_of(&self, draft: &Draft) -> Option<&'static Action> {
        self.profile(&draft.profile)?.action(&draft.action)
    }
}

/// A profile, as far as the screen shows it.
pub struct Profile {
    pub name: String,
    pub provider: &'static str,
    pub realm: Realm,
    /// The declared queues: id and name.
    pub queues: Vec<(Raw, Raw)>,
    /// What may be done there, in the order of the help.
    pub actions: &'static [Action],
    pub settings: Settings,
}

impl Profile {
    pub fn action(&self, id: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

/// How much a mistake would cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Realm {
    Sandbox,
    Test,
    Live,
}

impl Realm {
    pub fn words(self) -> &'static str {
        match self {
            Realm::Sandbox => "SANDBOX",
            Realm::Test => "TEST",
            Realm::Live => "LIVE",
        }
    }
}

/// Where the analyst was. Kept as JSON under the preference [`START`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Start {
    pub place: Place,
    pub filter: String,
    pub sort: Sort,
    pub columns: Vec<Column>,
    /// The case under the cursor, where the analyst had chosen one.
    #[serde(default)]
    pub case: Option<CaseId>,
    /// Where documents were left, the latest last.
    #[serde(default)]
    pub bookmarks: Vec<(PaperId, Bookmark)>,
}

/// The preference under which the list's state is kept.
pub const START: &str = "list";

impl Default for Start {
    fn default() -> Start {
        Start {
            place: Place::View(View::All),
            filter: String::new(),
            sort: Sort::default(),
            columns: list::COLUMNS.to_vec(),
            case: None,
            bookmarks: Vec::new(),
        }
    }
}
