//! What is read: documents, the raw view, searching.

use crate::{
    case::Extent,
    desk::{
        Desk, Focus, Over, Then, answers, dispute, layout,
        line::Purpose,
        reader::{
            Reader, Subject,
            sight::{Fit, Sight},
        },
        words::{Effect, Look, Move, PaperId, Step},
    },
    text::{Raw, own, say},
};

impl Desk {
    pub(super) fn read_document(&mut self) -> Vec<Effect> {
        let Some(id) = self.case_in_hand() else {
            return self.refuse(own("there is no case under the cursor"));
        };
        if self.file_in_hand().is_none() || self.focus == Focus::List {
            return self.open_case(id, Then::Read);
        }
        self.read_marked()
    }

    /// Reads the marked document of the open case.
    pub(in crate::desk) fn read_marked(&mut self) -> Vec<Effect> {
        let Some(file) = self.file_in_hand() else { return Vec::new() };
        let id = file.case.id.clone();
        match file.case.documents.get(self.position.document).map(|document| document.id.clone()) {
            Some(document) => self.read(Subject::Document(PaperId::of_case(id, document))),
            None => self.refuse(own("this case has no documents")),
        }
    }

    /// Does something with the document that is being read, or else with the marked one.
    pub(super) fn with_document(&mut self, make: impl FnOnce(PaperId) -> Effect) -> Vec<Effect> {
        let read =
            self.reader.as_ref().filter(|_| self.focus == Focus::Reader).and_then(Reader::paper).cloned();
        let marked = || {
            let file = self.file_in_hand()?;
            let document = file.case.documents.get(self.position.document)?;
            Some(PaperId::of_case(file.case.id.clone(), document.id.clone()))
        };
        match read.or_else(marked) {
            Some(paper) => vec![make(paper)],
            None => self.refuse(own("no document is marked or open")),
        }
    }

    /// Opens the provider's own page about the case, where it is known.
    pub(super) fn page(&mut self) -> Vec<Effect> {
        match self.file_in_hand().map(|file| (&file.case.id, &file.case.page)) {
            None => self.refuse(own("open the case first")),
            Some((_, page)) if page.is_empty() => {
                self.refuse(own("the provider has no page of its own for this case that is known here"))
            }
            Some((case, page)) => vec![Effect::ShowPage { case: case.clone(), page: page.clone() }],
        }
    }

    pub(in crate::desk) fn read(&mut self, subject: Subject) -> Vec<Effect> {
        self.put_down();
        self.focus = Focus::Reader;
        let width = self.panes().map_or(0, |panes| layout::text_width(panes.reader));
        let mut reader = Reader::new(subject.clone(), width);
        let effects = match subject {
            Subject::Document(paper) => vec![Effect::Fetch { paper, password: None }],
            Subject::Raw(id) => match self.file.as_ref().filter(|file| file.case.id == id) {
                Some(file) => {
                    reader.open(answers::raw_view(file), None);
                    self.wanted = Some(id);
                    Vec::new()
                }
                None => vec![self.want(id, Then::Raw)],
            },
        };
        self.reader = Some(reader);
        effects
    }

    /// Remembers where the document that is read was left.
    pub(in crate::desk) fn put_down(&mut self) {
        const MOST: usize = 500;
        let Some(reader) = self.reader.take() else { return };
        let (Some(paper), Some(_)) = (reader.paper(), reader.reading()) else { return };
        self.bookmarks.retain(|(known, _)| known != paper);
        if self.bookmarks.len() >= MOST {
            self.bookmarks.pop_front();
        }
        self.bookmarks.push_back((paper.clone(), reader.bookmark()));
    }

    /// One step out of a file within a document: to the document, where it was left.
    pub(super) fn outside(&mut self) -> Option<Vec<Effect>> {
        let outside = self.reader.as_ref()?.paper()?.outside()?;
        Some(self.read(Subject::Document(outside)))
    }

    pub(super) fn document(&mut self, step: Step) -> Vec<Effect> {
        let Some(count) = self.file_in_hand().map(|file| file.case.documents.len()).filter(|count| *count > 0)
        else {
            return self.refuse(own("this case has no documents"));
        };
        let at = self.position.document;
        self.position.document = match step {
            Step::Next => (at + 1) % count,
            Step::Previous => (at + count - 1) % count,
        };
        if self.focus == Focus::Reader {
            return self.read_marked();
        }
        self.show_marked_document();
        Vec::new()
    }

    /// Scrolls the case pane so that the marked document is seen.
    pub(super) fn show_marked_document(&mut self) {
        let Some(panes) = self.panes() else { return };
        if self.file_in_hand().is_none() {
            return;
        }
        let lines = self.case_lines(layout::text_width(panes.case));
        let height = layout::case_rows(panes.case);
        let last = lines.len().saturating_sub(height);
        if let Some(line) = dispute::line_of(self.position.document, &lines)
            && !(self.position.top..self.position.top + height).contains(&line)
        {
            self.position.top = line.saturating_sub(height / 2).min(last);
        }
    }

    pub(super) fn type_search(&mut self) -> Vec<Effect> {
        match &self.reader {
            Some(_) if self.focus == Focus::Reader => self.type_line(Purpose::Search, ""),
            _ => self.refuse(own("searching needs an open text")),
        }
    }

    pub(in crate::desk) fn search(&mut self, words: &str) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        let height = layout::text_rows(panes.reader);
        match &mut self.reader {
            Some(reader) if !words.is_empty() => {
                reader.look_for(words, height);
                self.aim_at_hit();
                let Some(reader) = &self.reader else { return Vec::new() };
                let found = reader.search.as_ref().map_or(0, |search| search.hits.len());
                let pages = reader.reading().map_or(&[][..], |reading| &reading.pages);
                if !pages.is_empty() && !pages.iter().any(|leaf| leaf.has_text) {
                    if let Some(reader) = &mut self.reader {
                        reader.search = None;
                    }
                    return self.refuse(own("this document is a picture and has no text to search"));
                }
                if found == 0 {
                    let words = Raw::new(words).show();
                    return self.refuse(say!("\"{}\" is not in this text", words));
                }
            }
            Some(reader) => {
                reader.search = None;
                reader.mark();
            }
            None => {}
        }
        Vec::new()
    }

    pub(super) fn hit(&mut self, step: Step) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        match &mut self.reader {
            Some(reader) if reader.search.is_some() => {
                reader.hit(step, layout::text_rows(panes.reader));
                self.aim_at_hit();
                Vec::new()
            }
            _ => self.refuse(own("nothing is searched for yet: / begins a search")),
        }
    }

    fn aim_at_hit(&mut self) {
        let room = self.room();
        if let (Some(reader), Some(room)) = (&mut self.reader, room) {
            reader.aim_at_hit(room);
        }
    }

    /// The reader's height in lines, where it hears the keys.
    fn reading_height(&self) -> Option<usize> {
        let panes = self.panes().filter(|_| self.focus == Focus::Reader)?;
        self.reader.as_ref().and_then(Reader::reading)?;
        Some(layout::text_rows(panes.reader))
    }

    pub(super) fn leaf(&mut self, step: Step) -> Vec<Effect> {
        let at = self.reader.as_ref().map_or(0, Reader::page);
        match step {
            Step::Next => self.leaf_at(at + 2),
            Step::Previous if at > 0 => self.leaf_at(at),
            Step::Previous => self.refuse(own("this is the first page")),
        }
    }

    /// Goes to a page by its number from 1.
    pub(in crate::desk) fn leaf_at(&mut self, number: usize) -> Vec<Effect> {
        let (Some(height), Some(reader)) = (self.reading_height(), &mut self.reader) else {
            return self.refuse(own("no document is open"));
        };
        let count = reader.reading().map_or(0, |reading| reading.pages.len());
        if number == 0 || !reader.turn_to(number - 1, height) {
            return match count {
                0 => self.refuse(own("this text has no pages")),
                1 => self.refuse(own("this document has one page")),
                _ if number > count => self.refuse(say!("the last page is {}", count)),
                _ => self.refuse(say!("pages are numbered from 1 to {}", count)),
            };
        }
        Vec::new()
    }

    pub(super) fn leaves(&mut self) -> Vec<Effect> {
        match self.reader.as_ref().filter(|_| self.reading_height().is_some()) {
            Some(reader) if reader.leaf(0).is_some() => {
                let cursor = reader.page();
                self.lay(Over::Leaves { cursor })
            }
            _ => self.refuse(own("no document is open")),
        }
    }

    pub(super) fn inside(&mut self) -> Vec<Effect> {
        match self.reader.as_ref().and_then(Reader::reading) {
            Some(reading) if !reading.members.is_empty() => self.lay(Over::Inside { cursor: 0 }),
            Some(_) => self.refuse(own("there are no files in this one")),
            None => self.refuse(own("no document is open")),
        }
    }

    /// Opens a file within the document that is read.
    pub(in crate::desk) fn open_inside(&mut self, at: usize) -> Vec<Effect> {
        let Some(reader) = &self.reader else { return Vec::new() };
        let member = reader.reading().and_then(|reading| reading.members.get(at));
        match (reader.paper(), member.map(|member| member.closed.clone())) {
            (Some(paper), Some(None)) => {
                let paper = paper.inside(at);
                self.read(Subject::Document(paper))
            }
            (_, Some(Some(why))) => self.refuse(say!("this file cannot be opened: {}", why)),
            _ => Vec::new(),
        }
    }

    pub(super) fn about(&mut self) -> Vec<Effect> {
        match self.reader.as_ref().and_then(Reader::reading) {
            Some(reading) if !reading.about.is_empty() => self.lay(Over::About { top: 0 }),
            _ => self.refuse(own("no document is open")),
        }
    }

    /// The page as a picture, or as text again.
    pub(super) fn sight(&mut self) -> Vec<Effect> {
        let (Some(height), Some(reader)) = (self.reading_height(), &mut self.reader) else {
            return self.refuse(own("no document is open"));
        };
        if !reader.look_at_page(height) {
            return self.refuse(own("this page has no picture; what can be shown of it is its text"));
        }
        match &self.graphics {
            Some(graphics) if graphics.cell.is_none() => {
                let says = graphics.says.clone();
                if let Some(reader) = &mut self.reader {
                    reader.sight = None;
                }
                self.refuse(says)
            }
            Some(_) => Vec::new(),
            None => self.probe(),
        }
    }

    fn probe(&mut self) -> Vec<Effect> {
        if std::mem::replace(&mut self.is_probing, true) { Vec::new() } else { vec![Effect::Probe] }
    }

    pub(super) fn images(&mut self) -> Vec<Effect> {
        match &self.graphics {
            Some(graphics) => {
                let says = graphics.says.clone();
                self.tell(crate::desk::Tone::Good, says);
                Vec::new()
            }
            None => {
                self.tells_images = true;
                self.probe()
            }
        }
    }

    /// Pixels that the reader has for a picture, once that is known.
    pub(in crate::desk) fn room(&self) -> Option<(u32, u32)> {
        let graphics = self.graphics.as_ref()?;
        let place = layout::picture(self.panes()?.reader);
        let (across, down) = graphics.cell?;
        let room = (u32::from(place.width) * u32::from(across), u32::from(place.height) * u32::from(down));
        (room.0 > 0 && room.1 > 0).then_some(room)
    }

    /// What is seen of a page as a picture, with the page's size and the room for it.
    fn with_sight(&mut self, act: impl FnOnce(&mut Sight, Extent, (u32, u32))) -> Option<()> {
        let room = self.room()?;
        let reader = self.reader.as_mut()?;
        let extent = reader.extent(reader.sight.as_ref()?.page)?;
        act(reader.sight.as_mut()?, extent, room);
        Some(())
    }

    pub(super) fn look(&mut self, look: Look) -> Vec<Effect> {
        let done = self.with_sight(|sight, extent, room| match look {
            Look::Nearer => sight.zoom(true, extent, room),
            Look::Farther => sight.zoom(false, extent, room),
            Look::Fit if sight.aim.fit == Fit::Width && sight.aim.zoom == 100 => {
                sight.fit(Fit::Page, extent, room);
            }
            Look::Fit => sight.fit(Fit::Width, extent, room),
            Look::Turn => sight.turn(),
            Look::Invert => sight.aim.invert = !sight.aim.invert,
        });
        match done {
            Some(()) => Vec::new(),
            None => self.refuse(own("this is for the picture of a page; v shows it, where there is one")),
        }
    }

    pub(super) fn aside(&mut self, step: Step) -> Option<Vec<Effect>> {
        let right = step == Step::Next;
        self.with_sight(|sight, extent, room| sight.aside(right, extent, room)).map(|()| Vec::new())
    }

    /// Moves in a picture; at its end the next page follows, at its beginning the one before.
    pub(super) fn go_in_sight(&mut self, step: Move) -> bool {
        let mut moved = false;
        if self.with_sight(|sight, extent, room| moved = sight.go(step, extent, room)).is_none() {
            return self.reader.as_ref().is_some_and(|reader| reader.sight.is_some());
        }
        let (Some(height), false) = (self.reading_height(), moved) else { return true };
        let Some(reader) = &mut self.reader else { return true };
        let page = reader.page();
        match step {
            Move::PageDown | Move::Down => {
                reader.turn_to(page + 1, height);
            }
            Move::PageUp | Move::Up if page > 0 => {
                reader.turn_to(page - 1, height);
                self.with_sight(|sight, extent, room| {
                    sight.go(Move::Bottom, extent, room);
                });
            }
            _ => {}
        }
        true
    }

    pub(super) fn fold(&mut self, all: bool) -> Vec<Effect> {
        let (Some(height), Some(reader)) = (self.reading_height(), &mut self.reader) else {
            return self.refuse(own("no document is open"));
        };
        let folds = if all { reader.fold_all(height) } else { reader.fold(height) };
        if folds { Vec::new() } else { self.refuse(own("nothing here can be folded")) }
    }

    pub(super) fn pick_lines(&mut self) -> Vec<Effect> {
        match (self.reading_height(), &mut self.reader) {
            (Some(_), Some(reader)) if reader.sight.is_none() => {
                reader.pick();
                Vec::new()
            }
            (Some(_), Some(_)) => self.refuse(own("lines are picked in the text; v goes back to it")),
            _ => self.refuse(own("no document is open")),
        }
    }

    /// Asks for what is to be seen of the page, if that is not on its way.
    pub(in crate::desk) fn ask_picture(&mut self) -> Option<Effect> {
        let room = self.room().filter(|_| self.focus == Focus::Reader)?;
        let (paper, page, viewport) = self.reader.as_mut()?.wants(room)?;
        Some(Effect::Picture { paper, page, viewport })
    }
}
