//! The whole specification of the desk on one screen: what it can be asked, what it wants done, what it hears.
//!
//! Every [`Effect`] is closed by exactly one [`Event`] (see [`Event::closes`]), so that "idle" is a counted number.

use crossterm::event::KeyEvent;
use serde::{Deserialize, Serialize};

use crate::{
    action::{
        self, Attachment, Draft, EntryId, Meanwhile, Problem, State,
        life::{Grounds, May},
    },
    case::{
        Area, Case, CaseId, Column, Entry, Extent, Fault, Kept, Moment, Parked, Picture, Query, QueueId,
        QueueLine, Row, ViewLine, Viewport, Window,
    },
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
    /// In the reader: another page, by its number from 1.
    Leaf(Step),
    LeafAt(usize),
    /// All pages, all files within, all that is known of the document.
    Leaves,
    Inside,
    About,
    /// The page as a picture, or as text again; how it is looked at.
    Sight,
    Look(Look),
    /// Left and right: of a picture; in a text left goes back.
    Aside(Step),
    /// Hide the lines that belong below this one, or show them again.
    Fold,
    FoldAll,
    /// Begin to pick lines, or stop.
    PickLines,
    /// What the terminal can show, and how that was found.
    Images,
    /// The provider's own page about the case.
    Page,
    /// Begin one of the profile's declared actions, by its name.
    Act(String, Force),
    /// Begin to make a case at the profile of that name.
    Make(String),
    /// All actions, with the reason for each that does not fit.
    Verbs,
    /// A note in the journal; nothing leaves.
    Note,
    NoteFor(String),
    /// What is on its way, and what was begun.
    Outbox,
    Form(FormKey),
    Send,
    /// In the outbox: what is to become of the entry or draft under the cursor.
    Entry(EntryKey),
}

/// How the picture of a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Look {
    Nearer,
    Farther,
    /// The whole width, or the whole page.
    Fit,
    Turn,
    Invert,
}

/// Whether an action is begun although it does not fit the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Force {
    No,
    Yes,
}

/// What keys do in a form beside typing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormKey {
    Field(Step),
    /// Enter: the marked choice or file, a new line in a text, or the next field.
    Take,
    Review,
    /// The text of this field in the editor of the environment.
    Editor,
    /// One element more of the list, or this one less.
    Add,
    Remove,
    /// Drops what the field holds.
    Clear,
    /// Nothing at all, JSON null, or a text: the three ways for a field to be empty.
    Empty,
    /// Reads the folder of the names to choose from again.
    Renew,
    /// The marked file in the reader.
    Preview,
    /// Another name for the marked attached file.
    Rename,
    /// All attached files of the field as one archive.
    Pack,
    Leave,
}

/// What can be done about an entry of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EntryKey {
    Open,
    /// Before it left.
    TakeBack,
    /// Ask the provider now what became of it.
    LookAgain,
    /// A person says what became of it.
    Decide,
    /// Send what waits, now.
    SendNow,
    Discard,
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

impl Move {
    /// Where a cursor or a first row goes, with so many rows to a page, not past `last`.
    pub fn lead(self, at: usize, page: usize, last: usize) -> usize {
        let to = match self {
            Move::Up => at.saturating_sub(1),
            Move::Down => at.saturating_add(1),
            Move::PageUp => at.saturating_sub(page),
            Move::PageDown => at.saturating_add(page),
            Move::Top => 0,
            Move::Bottom => last,
        };
        to.min(last)
    }

    /// The first row that is seen of a text of so many `rows`, of which `height` are seen.
    pub fn scroll(self, top: usize, height: usize, rows: usize) -> usize {
        self.lead(top, height, rows.saturating_sub(height))
    }
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
        /// Of this queue, as long as it has another one.
        within: Option<QueueId>,
    },
    /// Look for a case by any of its references, first here, then at the providers. [`Event::Found`]
    Find(Raw),
    /// Ask a provider and keep the answer. [`Event::Asked`]
    Ask(Errand),
    /// Bring one document, from the store, the provider or a folder, and open it. [`Event::Document`]
    Fetch {
        paper: PaperId,
        password: Option<Secret>,
    },
    /// Show part of a page of the document that was fetched last. [`Event::Picture`]
    Picture {
        paper: PaperId,
        page: usize,
        viewport: Viewport,
    },
    /// Open the provider's own page about a case, or show where it is. [`Event::News`]
    ShowPage {
        case: CaseId,
        page: Raw,
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
        paper: PaperId,
        to: String,
    },
    /// Show a document in the desktop's viewer. [`Event::News`]
    Show(PaperId),
    /// The kept draft of an action for a case, or a new one. [`Event::Form`]
    Begin(Begin),
    /// Remember what was entered so far. [`Event::DraftKept`]
    KeepDraft {
        draft: Box<Draft>,
        /// That of the draft as it was read or last kept.
        version: i64,
    },
    /// [`Event::News`]
    DropDraft(String),
    /// Copy the bytes of a file into the store. [`Event::Attached`]
    Attach {
        draft: String,
        field: String,
        folder: Raw,
        name: Raw,
    },
    /// Make one archive of attached files and copy it into the store; whether it takes their place is decided once its
    /// size is known. [`Event::Packed`]
    Pack {
        draft: String,
        field: String,
        files: Vec<Attachment>,
    },
    /// The names in a folder: `into` as seen from `from` ("..", "letters", "~/scans", "/srv"); nothing at all means the
    /// working directory. [`Event::Folder`]
    ListFolder {
        ask: u64,
        from: Raw,
        into: Raw,
    },
    /// Let a text be edited in the editor of the environment. [`Event::Edited`]
    Edit {
        draft: String,
        field: String,
        text: Raw,
    },
    /// Make the bytes of an action and queue it, durably. [`Event::Queued`]
    Submit(Box<Submission>),
    /// Everything that waits, is under way, was settled of late, or was begun. [`Event::Outbox`]
    Outbox,
    /// [`Event::News`], and [`Event::OutboxMoved`] where it helped.
    TakeBack(EntryId),
    LookAgain(EntryId),
    /// [`Event::SentNow`], or why nothing can be sent.
    SendNow,
    /// What is unknown is handed to the person first.
    Decide {
        entry: EntryId,
        decision: Decision,
        /// Who said so, and how they know.
        why: Raw,
    },
    /// A note in the journal. [`Event::News`]
    Note {
        case: CaseId,
        text: Raw,
    },
    /// Hand lines to the terminal's clipboard. [`Event::News`]
    Copy(Vec<SafeText>),
    /// Find out what pictures the terminal shows, and how large its cells are. [`Event::Graphics`]
    Probe,
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
            Effect::Begin(_) => Undone::Begin,
            Effect::KeepDraft { draft, .. } => Undone::KeepDraft(draft.id.clone()),
            Effect::Attach { draft, .. } => Undone::Attach(draft.clone()),
            Effect::Pack { draft, .. } => Undone::Pack(draft.clone()),
            Effect::Submit(submission) => Undone::Submit(submission.draft.id.clone()),
            Effect::SendNow => Undone::SendNow,
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
    Begin,
    /// The draft stays as it was last kept.
    KeepDraft(String),
    /// The draft lacks the file.
    Attach(String),
    /// There is no archive; the draft's files are as they were.
    Pack(String),
    /// Nothing was queued; the draft stays.
    Submit(String),
    /// What waits was not tried.
    SendNow,
    /// Nobody waits for it.
    Other,
}

/// Which form to open.
#[derive(Clone, Debug, PartialEq)]
pub struct Begin {
    pub profile: String,
    pub action: String,
    pub case: Option<CaseId>,
    /// This kept draft, and no other.
    pub draft: Option<String>,
    pub forced: bool,
}

/// A form as it leaves the desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Submission {
    pub draft: Draft,
    pub version: i64,
    /// Card numbers by address.
    pub cards: Vec<(String, Secret)>,
    /// It did not fit the case, and is sent all the same.
    pub forced: bool,
}

/// What a person found out about an entry whose outcome nobody saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It arrived; under this number, where it made a case, or something that the next step speaks of.
    There(Raw),
    /// It did not arrive and is sent again. `Confirmed`: the reason holds the provider's confirmation.
    SendAgain(Grounds),
    /// It did not arrive and is given up.
    Close,
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
    /// The store is damaged, or does not do what nothing can go on without.
    StoreFails(SafeText),

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
        paper: PaperId,
        answer: Result<Box<Reading>, Fault>,
    },
    Picture {
        paper: PaperId,
        page: usize,
        viewport: Viewport,
        answer: Result<Picture, SafeText>,
    },
    Graphics(Graphics),
    Form {
        begin: Begin,
        answer: Result<Box<Opened>, SafeText>,
    },
    DraftKept {
        draft: String,
        kept: DraftKept,
    },
    Attached {
        draft: String,
        field: String,
        answer: Result<Attachment, SafeText>,
    },
    /// The archive that was made of a field's files.
    Packed {
        draft: String,
        field: String,
        files: Vec<Attachment>,
        answer: Result<Attachment, SafeText>,
    },
    Folder {
        ask: u64,
        answer: Result<Folder, SafeText>,
    },
    Edited {
        draft: String,
        field: String,
        answer: Result<Raw, SafeText>,
    },
    Queued {
        draft: String,
        answer: Result<EntryId, NotQueued>,
    },
    Outbox(Box<Outbox>),
    /// Everything that could be sent was tried.
    SentNow,
    /// Something happened to an entry of the outbox: here, or by another terminal.
    OutboxMoved(Moved),
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
                | Event::StoreFails(_)
                | Event::OutboxMoved(_)
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

/// A draft for the form, and the case that it is about as it is kept now.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    pub draft: Draft,
    pub version: i64,
    pub file: Option<CaseFile>,
    /// It was kept before; nothing of it is new.
    pub resumed: bool,
    /// What the provider complained about when it refused it last.
    pub problems: Vec<Problem>,
}

/// What became of keeping a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DraftKept {
    /// Its version now.
    Yes(i64),
    /// Another terminal was there meanwhile; this one's content is kept beside, under a name of its own.
    Beside { id: String, version: i64, meanwhile: Meanwhile },
    /// This very content is on its way or was sent with success, by another terminal: there is nothing to keep.
    Gone,
}

/// Why something was not queued. Nothing left; the draft is as it was.
#[derive(Clone, Debug, PartialEq)]
pub struct NotQueued {
    pub says: SafeText,
    /// What is wrong with single fields.
    pub problems: Vec<Problem>,
}

/// A folder's names for the file picker: those that begin with a dot are left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Folder {
    /// Absolute.
    pub path: Raw,
    /// Folders first, then files, each in the order of their names.
    pub names: Vec<Named>,
    /// How many more there are than are told.
    pub left_out: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// As the file system has it; names that are no text are left out.
    pub name: Raw,
    pub is_folder: bool,
    /// In bytes.
    pub size: u64,
}

/// The outbox and the drafts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outbox {
    /// Live ones first, then those that ended, newest first.
    pub entries: Vec<action::Entry>,
    /// Newest first.
    pub drafts: Vec<DraftLine>,
    /// One for each entry that is unknown or in a person's hands. Its moments take both clocks, which the desk has not.
    pub standing: Vec<Standing>,
    /// Profiles to which nothing is sent for now, and why.
    pub paused: Vec<(String, SafeText)>,
    /// Profiles to which nothing is sent before a moment, and why.
    pub resting: Vec<(String, Moment, SafeText)>,
    /// Another casedesk sends; this one only shows.
    pub sent_elsewhere: bool,
}

/// How the rules of the outbox stand to an entry whose outcome nobody saw.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub entry: EntryId,
    /// When a person may say that it is not there; of an unknown one, as if it were in a person's hands already.
    pub may: May,
    /// Whether the provider can be asked what became of it.
    pub can_be_read: bool,
    /// When it is read back by itself.
    pub next_look: Option<Moment>,
}

/// A draft as the outbox lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftLine {
    pub draft: Draft,
    pub at: Moment,
}

/// What happened to an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Moved {
    pub entry: EntryId,
    pub case: Option<CaseId>,
    pub state: State,
    /// One line for the analyst.
    pub says: SafeText,
}

/// A deadline that follows from a rule and not from the provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    pub at: Moment,
    /// The rule, its start and its source.
    pub words: SafeText,
}

/// What pictures the terminal shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Graphics {
    /// For how many pixels to a cell, across and down, pictures are to be made; nothing where none are shown.
    pub cell: Option<(u16, u16)>,
    /// By which means, and how that was found out.
    pub says: SafeText,
}

/// Which document is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperId {
    pub of: PaperOf,
    /// The file within it that is meant, the file within that …; none: the document itself.
    pub within: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaperOf {
    /// One of a case.
    Case { case: CaseId, document: Raw },
    /// A file on this machine, before it is attached.
    File { folder: Raw, name: Raw },
    /// An attached file, by the SHA-256 of its bytes.
    Kept { name: Raw, sha256: String },
}

impl PaperId {
    pub fn of_case(case: CaseId, document: Raw) -> PaperId {
        PaperId { of: PaperOf::Case { case, document }, within: Vec::new() }
    }

    /// A file that a form is to send, or may.
    pub fn to_send(of: PaperOf) -> PaperId {
        PaperId { of, within: Vec::new() }
    }

    pub fn case(&self) -> Option<&CaseId> {
        match &self.of {
            PaperOf::Case { case, .. } => Some(case),
            PaperOf::File { .. } | PaperOf::Kept { .. } => None,
        }
    }

    /// A file within this one.
    pub fn inside(&self, at: usize) -> PaperId {
        let within = self.within.iter().copied().chain([at]).collect();
        PaperId { of: self.of.clone(), within }
    }

    /// The document that this one lies in.
    pub fn outside(&self) -> Option<PaperId> {
        let (_, within) = self.within.split_last()?;
        Some(PaperId { of: self.of.clone(), within: within.to_vec() })
    }
}

/// A document made fit to be read, or the reason why it is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub name: SafeText,
    /// Kind, size, hash and what is odd about it, for one line.
    pub facts: Vec<SafeText>,
    /// All that is known of it, with labels.
    pub about: Vec<(SafeText, SafeText)>,
    pub lines: Vec<SafeText>,
    /// How deep each line lies in what can be folded. Lines past its end lie at 0.
    pub depths: Vec<u16>,
    /// Where the words of each line stand on the picture of its page. Of lines past its end nothing is known.
    pub words: Vec<Vec<Area>>,
    /// In order; none where the text is no document.
    pub pages: Vec<Leaf>,
    /// The files within it.
    pub members: Vec<Inside>,
    /// As it would be attached.
    pub file: Option<Box<Attachment>>,
    /// Why it could not be opened.
    pub unread: Option<Unread>,
}

impl Reading {
    pub fn push(&mut self, line: SafeText, depth: u16, words: Vec<Area>) {
        let at = self.lines.len();
        if depth > 0 {
            self.depths.resize(at, 0);
            self.depths.push(depth);
        }
        if !words.is_empty() {
            self.words.resize(at, Vec::new());
            self.words.push(words);
        }
        self.lines.push(line);
    }

    pub fn depth(&self, line: usize) -> u16 {
        self.depths.get(line).copied().unwrap_or(0)
    }

    /// The page on which a line stands.
    pub fn page_of(&self, line: usize) -> usize {
        self.pages.partition_point(|leaf| leaf.first <= line).saturating_sub(1)
    }
}

/// A page of a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    /// The line at which it begins.
    pub first: usize,
    /// Of its picture, where it has one.
    pub extent: Option<Extent>,
    pub has_text: bool,
    /// What of its picture must not be seen: card numbers. Nothing is known of a page whose text was not read.
    pub covers: Option<Vec<Area>>,
}

/// A file within a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    pub name: SafeText,
    /// In bytes, as the document claims.
    pub size: u64,
    /// Why it cannot be opened.
    pub closed: Option<SafeText>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Unread {
    /// It opens with a password only; the one that was given is `wrong`.
    Password {
        wrong: bool,
    },
    For(SafeText),
}
