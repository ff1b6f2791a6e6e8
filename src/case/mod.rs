//! NOUNS: what a dispute is, in our words. Values only: nothing here asks, stores, draws or knows a provider.

pub mod fault;
pub mod moment;
pub mod money;
pub mod moved;
pub mod picture;
pub mod query;
pub mod reason;
pub mod row;
pub mod settings;
pub mod silent;

use serde::{Deserialize, Serialize};

pub use fault::{Again, Fault, FaultKind};
pub use moment::{Deadline, Moment, Whose};
pub use money::{Currency, Money};
pub use moved::{Change, moved};
pub use picture::{Area, Extent, Measure, Picture, Pixels, Scan, Turn, Viewport};
pub use query::{Column, Filter, Place, Query, Sort, View};
pub use row::{Entry, Kept, Parked, QueueLine, Row, ViewLine, Window};
pub use settings::Settings;
pub use silent::{Part, Silent};

use crate::text::{Marks, Raw};

/// Which case: the profile it came through and the provider's own number, exactly as received.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CaseId {
    /// The profile's name in the configuration ("nets-live"), our own text.
    pub profile: String,
    pub number: Raw,
}

/// Which queue of which profile. The provider's queue ids are an open set, so this is text as received.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct QueueId {
    pub profile: String,
    pub id: Raw,
}

/// Where a dispute stands, in one vocabulary over all providers. The provider's own words stay beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    Intake,
    WithUs,
    WithThem,
    NeedsAnswer,
    PreArbitration,
    Arbitration,
    Won,
    Lost,
    Withdrawn,
    #[default]
    Unknown,
}

impl Stage {
    pub const ALL: [Stage; 10] = [
        Stage::Intake,
        Stage::WithUs,
        Stage::WithThem,
        Stage::NeedsAnswer,
        Stage::PreArbitration,
        Stage::Arbitration,
        Stage::Won,
        Stage::Lost,
        Stage::Withdrawn,
        Stage::Unknown,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Stage::Intake => "intake",
            Stage::WithUs => "with us",
            Stage::WithThem => "with them",
            Stage::NeedsAnswer => "needs answer",
            Stage::PreArbitration => "pre-arbitration",
            Stage::Arbitration => "arbitration",
            Stage::Won => "won",
            Stage::Lost => "lost",
            Stage::Withdrawn => "withdrawn",
            Stage::Unknown => "unknown",
        }
    }

    /// Whether an analyst can do something about a case in this stage. An unknown stage counts: better looked at
    /// once too often than never. What was escalated waits for the other side or the network.
    pub fn is_workable(self) -> bool {
        !matches!(
            self,
            Stage::WithThem
                | Stage::PreArbitration
                | Stage::Arbitration
                | Stage::Won
                | Stage::Lost
                | Stage::Withdrawn
        )
    }
}

/// One dispute as last read from its provider. Every text is as received (`Raw`): it becomes displayable only
/// through the text contract. What could not be understood stays in `raw` and is named in `unread`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    pub group: Raw,
    /// The queue the case was listed in, or that the case itself names. Empty where neither is known.
    pub queue: Raw,
    pub stage: Stage,
    /// The provider's own status words.
    pub status: Raw,
    pub network: Raw,
    /// The card number as the provider showed it (expected masked already).
    pub card: Raw,
    pub cardholder: Raw,
    /// Acquirer reference number (Visa) or data (Mastercard).
    pub arn: Raw,
    /// The reason code the dispute stands on.
    pub reason: Raw,
    pub merchant: Raw,
    pub merchant_place: Raw,
    pub merchant_category: Raw,
    /// What is disputed.
    pub amount: Option<Money>,
    /// What was presented.
    pub transaction_amount: Option<Money>,
    pub transaction_at: Option<Moment>,
    pub opened: Option<Moment>,
    pub updated: Option<Moment>,
    pub deadline: Option<Deadline>,
    pub documents: Vec<DocumentRef>,
    pub history: Vec<Happening>,
    /// One line for each member that was there and could not be understood, with the reason.
    pub unread: Vec<Raw>,
    /// How often the provider says it changed the case, in its own words; empty where it does not count.
    #[serde(default)]
    pub revision: Raw,
    /// What the provider itself says can be done with the case now, by its own words; `None` where it says nothing.
    #[serde(default)]
    pub may: Option<Vec<Raw>>,
    /// What the provider asks the analyst to do, in its own words.
    #[serde(default)]
    pub instructions: Raw,
    /// The address of the provider's own page about the case, where it has one: https, and not yet looked at.
    #[serde(default)]
    pub page: Raw,
    /// The provider's own JSON for this case, byte for byte.
    pub raw: Raw,
    /// What this answer left out. It is about the answer and not about the case, so it is not kept.
    #[serde(skip)]
    pub silent: Silent,
}

impl Case {
    /// What is odd about the texts of this case: controls, hidden letters, card numbers, look-alike scripts.
    pub fn marks(&self) -> Marks {
        let own = [
            &self.id.number,
            &self.group,
            &self.queue,
            &self.status,
            &self.network,
            &self.card,
            &self.cardholder,
            &self.arn,
            &self.reason,
            &self.merchant,
            &self.merchant_place,
            &self.merchant_category,
            &self.instructions,
            &self.page,
        ];
        let documents = self.documents.iter().flat_map(|document| [&document.name, &document.by]);
        let history = self.history.iter().flat_map(|happening| [&happening.who, &happening.what]);
        own.into_iter().chain(documents).chain(history).fold(Marks::NONE, |marks, text| marks | text.marks())
    }

    /// A case of which nothing but its identity is known.
    pub fn bare(id: CaseId) -> Case {
        Case {
            id,
            group: Raw::default(),
            queue: Raw::default(),
            stage: Stage::default(),
            status: Raw::default(),
            network: Raw::default(),
            card: Raw::default(),
            cardholder: Raw::default(),
            arn: Raw::default(),
            reason: Raw::default(),
            merchant: Raw::default(),
            merchant_place: Raw::default(),
            merchant_category: Raw::default(),
            amount: None,
            transaction_amount: None,
            transaction_at: None,
            opened: None,
            updated: None,
            deadline: None,
            documents: Vec::new(),
            history: Vec::new(),
            unread: Vec::new(),
            revision: Raw::default(),
            may: None,
            instructions: Raw::default(),
            page: Raw::default(),
            raw: Raw::default(),
            silent: Silent::default(),
        }
    }
}

/// A paper that belongs to a case, as the provider lists it; the bytes are fetched by `id`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DocumentRef {
    pub id: Raw,
    pub name: Raw,
    /// The media type the provider claims. Never trusted: the bytes decide.
    pub claimed: Raw,
    pub side: Side,
    pub by: Raw,
    pub at: Option<Moment>,
}

/// Who put a document into the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Issuer,
    Merchant,
    #[default]
    Unknown,
}

impl Side {
    pub fn words(self) -> &'static str {
        match self {
            Side::Issuer => "issuer",
            Side::Merchant => "merchant",
            Side::Unknown => "unknown",
        }
    }
}

/// One line of a case's history, as the provider tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Happening {
    pub at: Option<Moment>,
    pub who: Raw,
    pub what: Raw,
}

/// A fetched document: its bytes as received and what the provider said they are.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Paper {
    pub name: Raw,
    pub claimed: Raw,
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Paper {
    /// The size only: a document may hold anything.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({} bytes)", self.bytes.len())
    }
}
