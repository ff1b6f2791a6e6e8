//! What is read: documents, the raw view, searching.

use crate::{
    case::CaseId,
    desk::{
        Desk, Focus, Then, answers, dispute, layout,
        line::Purpose,
        reader::{Reader, Subject},
        words::{Effect, Step},
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
            Some(document) => self.read(id, Subject::Document(document)),
            None => self.refuse(own("this case has no documents")),
        }
    }

    /// Does something with the document that is marked or being read.
    pub(super) fn with_document(&mut self, make: impl FnOnce(CaseId, Raw) -> Effect) -> Vec<Effect> {
        let marked = self.file_in_hand().and_then(|file| {
            let document = file.case.documents.get(self.position.document)?;
            Some((file.case.id.clone(), document.id.clone()))
        });
        match marked {
            Some((case, document)) => vec![make(case, document)],
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

    pub(super) fn read(&mut self, id: CaseId, subject: Subject) -> Vec<Effect> {
        self.focus = Focus::Reader;
        let width = self.panes().map_or(0, |panes| layout::text_width(panes.reader));
        let mut reader = Reader::new(id.clone(), subject.clone(), width);
        let effects = match subject {
            Subject::Document(document) => vec![Effect::Fetch { case: id, document }],
            Subject::Raw => match self.file.as_ref().filter(|file| file.case.id == id) {
                Some(file) => {
                    reader.open(answers::raw_view(file));
                    self.wanted = Some(id);
                    Vec::new()
                }
                None => vec![self.want(id, Then::Raw)],
            },
        };
        self.reader = Some(reader);
        effects
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
                let found = reader.search.as_ref().map_or(0, |search| search.hits.len());
                if found == 0 {
                    let words = Raw::new(words).show();
                    return self.refuse(say!("\"{}\" is not in this text", words));
                }
            }
            Some(reader) => reader.search = None,
            None => {}
        }
        Vec::new()
    }

    pub(super) fn hit(&mut self, step: Step) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        match &mut self.reader {
            Some(reader) if reader.search.is_some() => {
                reader.hit(step, layout::text_rows(panes.reader));
                Vec::new()
            }
            _ => self.refuse(own("nothing is searched for yet: / begins a search")),
        }
    }
}
