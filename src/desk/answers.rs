//! What the desk makes of the answers to its effects.

use std::collections::VecDeque;

use super::{
    Desk, Focus, Landing, Over, Start, Then, Tone,
    indent::{self, indented},
    layout,
    line::PasswordLine,
    list::List,
    reader::{Bookmark, Subject},
    words::{Asked, CaseFile, Effect, Errand, Event, Graphics, PaperId, Reading, Unread},
};
use crate::{
    case::{Again, CaseId, Fault, FaultKind, Kept, Picture, Place, Row, View, Viewport},
    text::{Raw, SafeText, mask, own, say},
};

impl Desk {
    pub(super) fn answered(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Rows { ask, window, around } => {
                let height = self.list_height();
                if !self.list.rows(ask, window, around, height) {
                    self.changed = false;
                    return Vec::new();
                }
                self.follow().into_iter().collect()
            }
            Event::Places { queues, views } => {
                let newest = |profile: &str| {
                    queues
                        .iter()
                        .filter(|line| line.id.profile == profile)
                        .filter_map(|line| line.read_at)
                        .max()
                };
                for (health, profile) in self.health.iter_mut().zip(&self.setup.profiles) {
                    health.answered_at = health.answered_at.max(newest(&profile.name));
                }
                self.queues.count(&self.setup, queues, &views);
                self.queues.point_at(&self.list.query.place);
                Vec::new()
            }
            Event::File { id, file } => self.filed(id, file),
            Event::Urgent(found) => self.urgent(found),
            Event::Found { words, rows, faults } => self.found(words, rows, faults),
            Event::Asked { errand, answer } => self.asked(errand, answer),
            Event::Document { paper, answer } => self.document_came(paper, answer),
            Event::Picture { paper, page, viewport, answer } => {
                self.picture_came(&paper, page, viewport, answer)
            }
            Event::Graphics(graphics) => self.graphics_came(graphics),
            Event::Parked(id) => self.parked(&id),
            Event::Unparked(id) => {
                self.tell(Tone::Good, say!("{} is unparked", id.number.id()));
                self.look_again()
            }
            Event::Trouble(undone, text) => {
                self.wait_no_longer(&undone);
                let text = self.form_undone(&undone).map_or(text.clone(), |more| say!("{}{}", text, more));
                self.tell(Tone::Bad, text);
                Vec::new()
            }
            Event::News(text) => {
                self.tell(Tone::Good, text);
                Vec::new()
            }
            Event::Done => {
                self.changed = false;
                Vec::new()
            }
            Event::Form { .. }
            | Event::DraftKept { .. }
            | Event::Attached { .. }
            | Event::Packed { .. }
            | Event::Folder { .. }
            | Event::Edited { .. }
            | Event::Queued { .. } => self.filled(event),
            Event::Outbox(kept) => {
                self.outbox_came(*kept);
                Vec::new()
            }
            Event::SentNow => {
                self.tell(Tone::Good, own("everything that could be sent was tried"));
                Vec::new()
            }
            Event::OutboxMoved(moved) => self.outbox_moved(moved),
            Event::StoreFails(text) => {
                self.tell(Tone::Bad, text);
                Vec::new()
            }
            Event::Key(_) | Event::Paste(_) | Event::Resize(..) | Event::Woken | Event::StoreMoved => {
                Vec::new()
            }
        }
    }

    fn filed(&mut self, id: CaseId, file: Option<Box<CaseFile>>) -> Vec<Effect> {
        if self.wanted.as_ref() != Some(&id) {
            self.changed = false;
            return Vec::new();
        }
        self.file_awaited = false;
        let Some(file) = file else {
            self.wanted = None;
            self.tell(Tone::Bad, say!("case {} is not kept here any more", id.number.id()));
            return Vec::new();
        };
        self.position.document = self.position.document.min(file.case.documents.len().saturating_sub(1));
        self.file = Some(*file);
        self.renew_raw_view();
        self.form_sees_case(&id);
        let then = std::mem::replace(&mut self.then, Then::Nothing);
        // Nothing is laid under the hands of somebody who has gone on.
        let waited_for = matches!(self.over, Over::Nothing) && self.case_in_hand().as_ref() == Some(&id);
        match then {
            _ if !waited_for => Vec::new(),
            Then::Nothing => Vec::new(),
            Then::Read => self.read_marked(),
            Then::Raw => {
                let reading = self.file.as_ref().map(raw_view);
                if let (Some(reader), Some(reading)) = (&mut self.reader, reading) {
                    reader.open(reading, None);
                }
                Vec::new()
            }
            Then::Why => {
                self.over = Over::Why;
                Vec::new()
            }
        }
    }

    /// A raw view that waits for its case, or whose case came anew.
    fn renew_raw_view(&mut self) {
        let Some(panes) = layout::panes(self.area, Focus::Reader) else { return };
        let (Some(reader), Some(file)) = (&mut self.reader, &self.file) else { return };
        if reader.subject == Subject::Raw(file.case.id.clone()) {
            reader.renew(raw_view(file), layout::text_rows(panes.reader));
        }
    }

    fn urgent(&mut self, found: Option<CaseId>) -> Vec<Effect> {
        self.landing = Landing::No;
        let Some(id) = found else {
            self.came_to_nothing();
            self.tell(Tone::Good, own("no workable case is left: everything is parked, with others, or done"));
            return Vec::new();
        };
        self.urgent = Some(id.clone());
        let height = self.list_height();
        let mut effects = vec![self.list.around(id.clone(), height)];
        effects.extend(self.open_case(id, Then::Nothing));
        effects
    }

    fn found(&mut self, words: Raw, mut rows: Vec<Row>, faults: Vec<(String, Fault)>) -> Vec<Effect> {
        if self.seeking.as_ref() != Some(&words) {
            // The analyst went on without it.
            return vec![Effect::Count];
        }
        (self.seeking, self.notice) = (None, None);
        match rows.len() {
            0 => {
                self.came_to_nothing();
                let mut text = say!("nothing here or at the providers is called {}", words.show());
                if let Some((profile, fault)) = faults.first() {
                    text = say!(
                        "nothing kept here is called {}; {} could not be asked: {}",
                        words.show(),
                        Raw::new(profile.clone()).show(),
                        fault.tell()
                    );
                }
                self.tell(Tone::Bad, text);
                Vec::new()
            }
            1 => {
                let id = rows.remove(0).id;
                let height = self.list_height();
                // A provider may have brought it: then it counts.
                let mut effects = vec![self.list.around(id.clone(), height), Effect::Count];
                effects.extend(self.open_case(id, Then::Nothing));
                effects
            }
            _ => self.lay(Over::Pick { words, rows, cursor: 0 }),
        }
    }

    fn asked(&mut self, errand: Errand, answer: Result<Asked, Fault>) -> Vec<Effect> {
        let now = self.now;
        let mut alike = 0;
        if let Some(health) = self.health_of(errand.profile()) {
            health.heard(&errand, answer.as_ref().err(), now);
            alike = answer.as_ref().err().map_or(0, |fault| health.alike(fault));
        }
        if let (Errand::Queue { profile, queue }, Err(fault)) = (&errand, &answer) {
            self.forget_unknown_queue(profile, queue, fault);
        }
        match answer {
            Err(fault) => {
                self.tell(Tone::Bad, told(&errand, &fault, alike));
                Vec::new()
            }
            Ok(asked) => {
                let changed = asked.kept != Kept { same: asked.kept.same, ..Kept::default() };
                let mut effects = if changed { self.look_again() } else { self.count_again() };
                effects.extend(self.show_asked(&errand, &asked));
                effects
            }
        }
    }

    /// A queue that was only tried, and that the provider does not have, is not one that is unread.
    fn forget_unknown_queue(&mut self, profile: &str, queue: &Raw, fault: &Fault) {
        let declared = |known: &super::Profile| {
            known.name == profile && known.queues.iter().any(|(declared, _)| declared == queue)
        };
        let refused = matches!(fault.kind, FaultKind::Refused | FaultKind::NotThere);
        if refused
            && !self.setup.profiles.iter().any(declared)
            && let Some(health) = self.health_of(profile)
        {
            health.unread.retain(|(unread, _)| unread != queue);
        }
    }

    /// Goes on with the cases that were asked for by name.
    fn show_asked(&mut self, errand: &Errand, asked: &Asked) -> Vec<Effect> {
        let busy = !matches!(self.over, Over::Nothing) || self.form_behind().is_some();
        match (errand, asked.cases.as_slice()) {
            (Errand::Queue { .. }, _) => Vec::new(),
            (Errand::Case(id), _) => {
                let words = own(if asked.kept.changed > 0 { "has changed" } else { "is unchanged" });
                self.tell(Tone::Good, say!("{} {}", id.number.id(), words));
                self.wanted.clone().map(Effect::Open).into_iter().collect()
            }
            (_, []) => {
                self.tell(Tone::Good, say!("{}: the provider has no such case", about(errand)));
                Vec::new()
            }
            // Nothing is taken from under the hands of somebody who types.
            (_, cases) if busy => {
                self.tell(Tone::Good, say!("{}: {} read; ask again to see them", about(errand), cases.len()));
                Vec::new()
            }
            (_, [one]) => self.open_case(one.clone(), Then::Nothing),
            (Errand::Group { group, .. }, _) => {
                let mut effects = self.show(Place::View(View::All));
                effects.extend(self.filter_to(&format!("\"group:{}\"", group.exact().replace('"', ""))));
                effects
            }
            (Errand::Card { number, .. }, cases) => {
                let last_four: String = number.reveal().chars().rev().take(4).collect();
                let last_four: String = last_four.chars().rev().collect();
                let mut effects = self.show(Place::View(View::All));
                effects.extend(self.filter_to(&format!("card:{last_four}")));
                self.tell(
                    Tone::Good,
                    say!("{} cases of this card; the list shows all that end like it", cases.len()),
                );
                effects
            }
        }
    }

    fn document_came(&mut self, paper: PaperId, answer: Result<Box<Reading>, Fault>) -> Vec<Effect> {
        // The reader may be out of sight meanwhile: its size is that of its own pane all the same.
        let Some(panes) = layout::panes(self.area, Focus::Reader) else { return Vec::new() };
        let bookmark = self.bookmarks.iter().find(|(known, _)| *known == paper).map(|(_, bookmark)| *bookmark);
        let Some(reader) = self.reader.as_mut().filter(|reader| reader.paper() == Some(&paper)) else {
            self.changed = false;
            return Vec::new();
        };
        let mut password = None;
        match answer {
            Ok(reading) => {
                if let Some(Unread::Password { wrong }) = reading.unread {
                    password = Some(wrong);
                }
                reader.open(*reading, bookmark);
            }
            Err(fault) => reader.fail(fault),
        }
        reader.resize(layout::text_width(panes.reader), layout::text_rows(panes.reader));
        if self.graphics.as_ref().is_some_and(|graphics| graphics.cell.is_none()) {
            reader.sight = None;
        }
        let seen = reader.sight.is_some();
        if let (Some(wrong), Over::Nothing, Focus::Reader) = (password, &self.over, self.focus) {
            self.over = Over::Password(PasswordLine::new(paper, wrong));
        }
        let probe = (seen && self.graphics.is_none() && !std::mem::replace(&mut self.is_probing, seen))
            .then_some(Effect::Probe);
        // The journal tells of a fetched document: the timeline is read again.
        self.wanted.clone().map(Effect::Open).into_iter().chain(probe).collect()
    }

    fn picture_came(
        &mut self,
        paper: &PaperId,
        page: usize,
        viewport: Viewport,
        answer: Result<Picture, SafeText>,
    ) -> Vec<Effect> {
        let reader = self.reader.as_mut().filter(|reader| reader.paper() == Some(paper));
        match reader.map(|reader| (reader.sight.as_mut().filter(|sight| sight.page == page).is_some(), reader))
        {
            Some((true, reader)) => {
                if let Some(sight) = &mut reader.sight {
                    sight.came(viewport, answer);
                }
                reader.mark();
            }
            _ => self.changed = false,
        }
        Vec::new()
    }

    fn graphics_came(&mut self, graphics: Graphics) -> Vec<Effect> {
        self.is_probing = false;
        let shows = graphics.cell.is_some();
        if std::mem::take(&mut self.tells_images) || !shows {
            self.tell(Tone::Good, graphics.says.clone());
        }
        if let Some(reader) = self.reader.as_mut().filter(|_| !shows) {
            reader.sight = None;
        }
        self.graphics = Some(graphics);
        Vec::new()
    }

    /// A parked case is a finished one: the next most urgent follows where a case was open.
    fn parked(&mut self, id: &CaseId) -> Vec<Effect> {
        self.tell(Tone::Good, say!("{} is parked", id.number.id()));
        let mut effects = self.look_again();
        if self.landing == Landing::Park {
            self.landing = Landing::No;
        }
        if matches!(self.focus, Focus::Case | Focus::Reader) {
            effects.extend(self.land_after(Some(id.clone())));
        }
        effects
    }
}

/// What happened, what was kept, what to do next. `alike`: how many queues are unread for the same reason.
fn told(errand: &Errand, fault: &Fault, alike: usize) -> SafeText {
    let profile = Raw::new(errand.profile()).show();
    let (what, next) = match fault.kind {
        FaultKind::Unreachable | FaultKind::Lost => (profile, again(fault)),
        FaultKind::Unauthorised => {
            let next = say!("; the credentials of profile {} stand in the configuration", profile);
            (profile, next)
        }
        _ if alike > 1 => (say!("{} queues of {}", alike, profile), again(fault)),
        _ => (about(errand), again(fault)),
    };
    say!("{}: {}; what is kept here is shown{}", what, fault.tell(), next)
}

/// When asking again makes sense.
fn again(fault: &Fault) -> SafeText {
    match fault.again {
        Again::No => SafeText::default(),
        Again::Later => own("; R asks again"),
        Again::After(milliseconds) => say!("; R asks again, but not before {} s", milliseconds.div_ceil(1000)),
    }
}

/// What was asked, in words.
fn about(errand: &Errand) -> SafeText {
    match errand {
        Errand::Queue { queue, .. } => say!("queue {}", queue.show()),
        Errand::Case(id) => say!("case {}", id.number.id()),
        Errand::Group { group, .. } => say!("group {}", group.id()),
        Errand::Card { .. } => own("cases of the card"),
    }
}

/// The provider's own JSON as a text to read: indented where it can be, exactly as it came where not.
pub(super) fn raw_view(file: &CaseFile) -> Reading {
    let raw = file.case.raw.exact();
    let text = Raw::new(indented(raw));
    let mut lines = text.lines();
    if !file.case.unread.is_empty() {
        lines.push(SafeText::default());
        lines.extend(file.case.unread.iter().map(|unread| say!("not understood: {}", unread.show())));
    }
    Reading {
        name: own("raw JSON"),
        facts: vec![say!("{} bytes as received, card numbers masked", raw.len())],
        depths: lines.iter().map(indent::depth).collect(),
        lines,
        ..Reading::default()
    }
}

/// Where the list stands, to begin there next time, and where documents were left.
pub(super) fn remember(list: &List, bookmarks: &VecDeque<(PaperId, Bookmark)>) -> String {
    const BOOKMARKS: usize = 100;
    let start = Start {
        place: list.query.place.clone(),
        filter: mask(&list.typed).0,
        sort: list.query.sort,
        columns: list.columns.clone(),
        case: list.chosen(),
        bookmarks: bookmarks.iter().skip(bookmarks.len().saturating_sub(BOOKMARKS)).cloned().collect(),
    };
    serde_json::to_string(&start).unwrap_or_default()
}
