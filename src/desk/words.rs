//! The whole specification of the desk on one screen: what it can be asked, what it wants done, what it hears.
//!
//! Every [`Effect`] is closed by exactly one [`Event`] (see [`Event::closes`]), so that "idle" is a counted number.

use crossterm::event::KeyEvent;
use serde::{Deserialize, Serialize};

use crate::{
    case::{Case, CaseId, Column, Entry, Fault, Kept, Moment, Parked, Query, QueueLine, Row, ViewLine, Window},
    text::{Raw, SafeText, Secret},
};

/// What the analyst can ask for, by key or by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    Go(Move),
    Focus(Step),
    /// Enter: the next deeper thing under the cursor.
    Open,
    /// Esc: one step out.
    Back,
    Quit,
    Suspend,
    Redraw,
    Help,
    CommandLine,
    Filter,
    FilterTo(String),
    /// The queue with that id, of the profile in hand.
    Queue(String),
    View(String),
    Urgent,
    Jump(String),
    Group(String),
    Card,
    Sort(Column, bool),
    SortStep(Step),
    Reverse,
    Columns(Vec<Column>),
    Park,
    ParkFor(String),
    Unpark,
    Why,
    Refresh,
    RefreshAll,
    Copy,
    Documents,
    Document(Step),
    RawView,
    Search,
    SearchFor(String),
    Hit(Step),
    Save(String),
    ShowOutside,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    Top,
    Bottom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Next,
    Previous,
}

/// What the desk wants done outside itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Read `rows` rows of the list from position `first` on; where `around` is given and passes the filter, the
    /// window goes around it instead. Answered by [`Event::Rows`] with the same `ask`.
    Look {
        ask: u64,
        query: Query,
        first: usize,
        rows: usize,
        around: Option<CaseId>,
    },
    /// Count queues and views. [`Event::Places`]
    Count,
    /// Read one case from the store. [`Event::File`]
    Open(CaseId),
    /// Find the most urgent case, after the given one. [`Event::Urgent`]
    Urgent {
        after: Option<CaseId>,
    },
    /// Look for a case by any of its references, first here, then at the providers. [`Event::Found`]
    Find(Raw),
    /// Ask a provider and keep the answer. [`Event::Asked`]
    Ask(Errand),
    /// Bring one document, from the store or the provider. [`Event::Document`]
    Fetch {
        case: CaseId,
        document: Raw,
    },
    Park {
        case: CaseId,
        why: Raw,
    },
    Unpark(CaseId),
    /// Remember a preference. [`Event::Done`]
    Prefer(&'static str, String),
    /// Write a document into a new file or into a directory; nothing means the present one. [`Event::News`]
    Save {
        case: CaseId,
        document: Raw,
        to: String,
    },
    /// Show a document in the desktop's viewer. [`Event::News`]
    Show {
        case: CaseId,
        document: Raw,
    },
    /// Hand a text to the terminal's clipboard. [`Event::News`]
    Copy(SafeText),
    /// Paint everything anew. [`Event::Done`]
    Redraw,
    /// Give the terminal back until the shell continues us. [`Event::Done`]
    Suspend,
}

impl Effect {
    /// What stays undone where this cannot be carried out.
    pub fn undone(&self) -> Undone {
        match self {
            Effect::Look { ask, .. } => Undone::Look(*ask),
            Effect::Open(id) => Undone::Open(id.clone()),
            Effect::Urgent { .. } => Undone::Urgent,
            Effect::Park { .. } => Undone::Park,
            Effect::Find(words) => Undone::Find(words.clone()),
            _ => Undone::Other,
        }
    }
}

/// What was not done, where somebody may wait for it.
#[derive(Clone, Debug, PartialEq)]
pub enum Undone {
    /// The question for rows with that number.
    Look(u64),
    Open(CaseId),
    Urgent,
    Park,
    Find(Raw),
    /// Nobody waits for it.
    Other,
}

/// A question to a provider.
#[derive(Clone, Debug, PartialEq)]
pub enum Errand {
    Queue {
        profile: String,
        queue: Raw,
    },
    Case(CaseId),
    Group {
        profile: String,
        group: Raw,
    },
    /// By card number, sealed before it leaves.
    Card {
        profile: String,
        number: Secret,
    },
}

impl Errand {
    pub fn profile(&self) -> &str {
        match self {
            Errand::Queue { profile, .. } | Errand::Group { profile, .. } | Errand::Card { profile, .. } => {
                profile
            }
            Errand::Case(id) => &id.profile,
        }
    }
}

/// Everything that can happen to the desk. Time comes with each event.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub at: Moment,
    pub what: Event,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Key(KeyEvent),
    Paste(Raw),
    Resize(u16, u16),
    /// The moment that the desk asked to be woken at has come, or the program was continued after a stop.
    Woken,
    /// The store may have changed without us.
    StoreMoved,
    /// Reading the whole store showed that it is damaged.
    StoreDamaged(SafeText),

    Rows {
        ask: u64,
        window: Window,
        around: Option<usize>,
    },
    Places {
        queues: Vec<QueueLine>,
        views: Vec<ViewLine>,
    },
    File {
        id: CaseId,
        file: Option<Box<CaseFile>>,
    },
    Urgent(Option<CaseId>),
    Found {
        words: Raw,
        rows: Vec<Row>,
        faults: Vec<(String, Fault)>,
    },
    Asked {
        errand: Errand,
        answer: Result<Asked, Fault>,
    },
    Document {
        case: CaseId,
        document: Raw,
        answer: Result<Box<Reading>, Fault>,
    },
    Parked(CaseId),
    Unparked(CaseId),
    /// An effect was carried out and has something to say.
    News(SafeText),
    /// An effect that has nothing to tell has been carried out.
    Done,
    /// An effect could not be carried out on this machine (store, terminal): which one, and what happened, what was
    /// kept, what to do next.
    Trouble(Undone, SafeText),
}

impl Event {
    /// Whether this event answers an effect, rather than coming from outside.
    pub fn closes(&self) -> bool {
        !matches!(
            self,
            Event::Key(_)
                | Event::Paste(_)
                | Event::Resize(..)
                | Event::Woken
                | Event::StoreMoved
                | Event::StoreDamaged(_)
        )
    }
}

/// What a provider's answer changed here.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    pub kept: Kept,
    /// The cases of the answer, for a question about few (not for a whole queue).
    pub cases: Vec<CaseId>,
}

/// One case as the store has it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseFile {
    pub case: Case,
    pub parked: Option<Parked>,
    /// When it was last read from the provider.
    pub read_at: Moment,
    /// What this program did with it, newest last.
    pub journal: Vec<Entry>,
    /// What its reason code means, one fact a line.
    pub reason: Vec<SafeText>,
    /// A warning clock counted from the network's rule, where the provider set none or a later one.
    pub clock: Option<Clock>,
}

/// A deadline that follows from a rule and not from the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    pub at: Moment,
    /// The rule, its start and its source.
    pub words: SafeText,
}

/// A document made fit to be read, or the reason why it is not.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub name: SafeText,
    /// Kind, size, hash and what is odd about it.
    pub facts: Vec<SafeText>,
    pub lines: Vec<SafeText>,
}
