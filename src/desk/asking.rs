//! What the analyst asks for, by key or by name, and the lines that are typed.

use super::{
    Desk, Focus, Over, Realm, Then, Tone, dispute, layout,
    line::{CardLine, Line, Purpose},
    reader::{Reader, Subject},
    words::{Command, Effect, Errand, Move, Step},
};
use crate::{
    case::{CaseId, Column, Place, QueueId, Sort, View},
    text::{Marks, Raw, SafeText, own, say},
};

impl Desk {
    /// Takes what the analyst wants; what has to be done outside comes back.
    pub fn ask(&mut self, command: Command) -> Vec<Effect> {
        let before = std::mem::replace(&mut self.changed, true);
        let told = self.notice.take().is_some();
        match command {
            Command::Go(step) => {
                let stood = self.stands();
                let effects = self.go(step);
                // At the end there is nothing to move, and so nothing to draw.
                if effects.is_empty() && !told && self.stands() == stood {
                    self.changed = before;
                }
                effects
            }
            Command::Focus(step) => self.shift_focus(step),
            Command::Open => self.open_deeper(),
            Command::Back => self.back(),
            Command::Quit => self.quit(),
            Command::Suspend => vec![Effect::Suspend],
            Command::Redraw => vec![Effect::Redraw],
            Command::Help => self.lay(Over::Help { top: 0 }),
            Command::CommandLine => self.type_line(Purpose::Command, ""),
            Command::Filter => self.type_filter(),
            Command::FilterTo(typed) => self.filter_to(&typed),
            Command::Queue(id) if is_card(&id) => self.refuse(card_in_clear()),
            Command::Queue(id) => self.queue(&id),
            Command::View(name) => self.view(&name),
            Command::Urgent => self.land_after(self.urgent_from()),
            Command::Jump(words) => self.jump(words),
            Command::Group(group) if is_card(&group) => self.refuse(card_in_clear()),
            Command::Group(group) => self.errand(|profile| Errand::Group { profile, group: Raw::new(group) }),
            Command::Card => self.type_card(),
            Command::Sort(column, descending) => self.sort(Sort { column, descending }),
            Command::SortStep(step) => self.sort_step(step),
            Command::Reverse => {
                let sort = self.list.query.sort;
                self.sort(Sort { descending: !sort.descending, ..sort })
            }
            Command::Columns(columns) => self.columns(columns),
            Command::Park => self.type_park(),
            Command::ParkFor(why) => self.park(&why),
            Command::Unpark => self.with_case(|_, id| vec![Effect::Unpark(id)]),
            Command::Why => self.with_case(Desk::why),
            Command::Refresh => self.refresh(),
            Command::RefreshAll => self.refresh_all(),
            Command::Copy => self.copy(),
            Command::Documents => self.read_document(),
            Command::Document(step) => self.document(step),
            Command::RawView => self.with_case(|desk, id| desk.read(id, Subject::Raw)),
            Command::Search => self.type_search(),
            Command::SearchFor(words) => self.search(&words),
            Command::Hit(step) => self.hit(step),
            Command::Save(to) => self.with_document(|case, document| Effect::Save { case, document, to }),
            Command::ShowOutside => self.with_document(|case, document| Effect::Show { case, document }),
        }
    }

    /// Everything that going somewhere can move.
    fn stands(&self) -> [usize; 5] {
        let reader = self.reader.as_ref().map_or(0, |reader| reader.top);
        [self.queues.cursor, self.list.cursor, self.list.top, self.position.top, reader]
    }

    fn go(&mut self, step: Move) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        match self.focus {
            Focus::Queues => {
                self.queues.go(step);
                self.show_place()
            }
            Focus::List => {
                let height = self.list_height();
                let look = self.list.go(step, height);
                look.into_iter().chain(self.follow()).collect()
            }
            Focus::Case => {
                let height = layout::case_rows(panes.case);
                let last = self.case_lines().saturating_sub(height);
                let top = self.position.top;
                self.position.top = match step {
                    Move::Up => top.saturating_sub(1),
                    Move::Down => top + 1,
                    Move::PageUp => top.saturating_sub(height),
                    Move::PageDown => top + height,
                    Move::Top => 0,
                    Move::Bottom => last,
                }
                .min(last);
                Vec::new()
            }
            Focus::Reader => {
                if let Some(reader) = &mut self.reader {
                    reader.go(step, layout::text_rows(panes.reader));
                }
                Vec::new()
            }
        }
    }

    /// How many lines the open case has at the present width.
    fn case_lines(&self) -> usize {
        let width = self.panes().map_or(0, |panes| layout::text_width(panes.case));
        self.file_in_hand().map_or(0, |file| dispute::lines(file, self.position, self.now, width).len())
    }

    fn shift_focus(&mut self, step: Step) -> Vec<Effect> {
        let order: &[Focus] = match self.focus {
            Focus::Queues | Focus::List => &[Focus::Queues, Focus::List],
            Focus::Case if self.reader.is_none() => &[Focus::List, Focus::Case],
            Focus::Case | Focus::Reader => &[Focus::List, Focus::Case, Focus::Reader],
        };
        let at = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let next = match step {
            Step::Next => (at + 1) % order.len(),
            Step::Previous => (at + order.len() - 1) % order.len(),
        };
        self.focus = order[next];
        self.follow().into_iter().collect()
    }

    fn open_deeper(&mut self) -> Vec<Effect> {
        match self.focus {
            Focus::Queues => {
                self.focus = Focus::List;
                self.follow().into_iter().collect()
            }
            Focus::List => match self.list.row().map(|row| row.id.clone()) {
                Some(id) => self.open_case(id, Then::Nothing),
                None => self.refuse(own("there is no case under the cursor")),
            },
            Focus::Case => self.read_document(),
            Focus::Reader => Vec::new(),
        }
    }

    /// Puts a case into the case pane.
    pub(super) fn open_case(&mut self, id: CaseId, then: Then) -> Vec<Effect> {
        if self.wanted.as_ref() != Some(&id) || self.focus != Focus::Case {
            self.position = dispute::Position::default();
        }
        self.focus = Focus::Case;
        self.over = Over::Nothing;
        if self.reader.as_ref().is_some_and(|reader| reader.case != id) {
            self.reader = None;
        }
        vec![self.want(id, then)]
    }

    fn back(&mut self) -> Vec<Effect> {
        match self.focus {
            Focus::Reader => {
                self.focus = Focus::Case;
                Vec::new()
            }
            Focus::Case => {
                self.focus = Focus::List;
                self.reader = None;
                self.follow().into_iter().collect()
            }
            Focus::List if !self.list.typed.is_empty() => self.filter_to(""),
            Focus::List => Vec::new(),
            Focus::Queues => {
                self.focus = Focus::List;
                Vec::new()
            }
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        match self.focus {
            Focus::Case | Focus::Reader => self.back(),
            Focus::List | Focus::Queues => {
                self.leaving = true;
                Vec::new()
            }
        }
    }

    pub(super) fn lay(&mut self, over: Over) -> Vec<Effect> {
        self.over = over;
        Vec::new()
    }

    pub(super) fn type_line(&mut self, purpose: Purpose, text: &str) -> Vec<Effect> {
        self.lay(Over::Line(Box::new(Line::new(purpose, text))))
    }

    fn refuse(&mut self, text: SafeText) -> Vec<Effect> {
        self.tell(Tone::Bad, text);
        Vec::new()
    }

    fn with_case(&mut self, act: impl FnOnce(&mut Desk, CaseId) -> Vec<Effect>) -> Vec<Effect> {
        match self.case_in_hand() {
            Some(id) => act(self, id),
            None => self.refuse(own("there is no case under the cursor")),
        }
    }

    // ---- the list

    fn type_filter(&mut self) -> Vec<Effect> {
        self.focus = Focus::List;
        let before = self.list.typed.clone();
        self.type_line(Purpose::Filter { before: before.clone() }, &before)
    }

    /// What of the filter does not hold because it makes no sense.
    pub(super) fn tell_bad_term(&mut self) {
        if let Some(bad) = self.list.bad.first() {
            let text =
                say!("{}: {}; the rest of the filter holds", Raw::new(bad.term.clone()).show(), own(bad.why));
            self.tell(Tone::Bad, text);
        }
    }

    pub(super) fn filter_to(&mut self, typed: &str) -> Vec<Effect> {
        let height = self.list_height();
        let look = self.list.filter(typed, height);
        self.tell_bad_term();
        self.remember_place(look.into_iter().collect())
    }

    fn queue(&mut self, id: &str) -> Vec<Effect> {
        let profile = match &self.list.query.place {
            Place::Queue(queue) => Some(queue.profile.clone()),
            Place::View(_) => None,
        };
        let Some(profile) = profile.or_else(|| self.setup.profiles.first().map(|profile| profile.name.clone()))
        else {
            return self.refuse(own("no profile is configured"));
        };
        let place = Place::Queue(QueueId { profile: profile.clone(), id: Raw::new(id) });
        let unknown = self.queues.line_of(&place).is_none();
        let mut effects = self.show(place);
        if unknown {
            // A queue that nobody declared: the provider knows whether there is one.
            let queue = Raw::new(id);
            effects.extend(self.send(Errand::Queue { profile, queue }));
        }
        effects
    }

    fn view(&mut self, name: &str) -> Vec<Effect> {
        let name = name.to_lowercase();
        match View::ALL.into_iter().find(|view| view.words().to_lowercase().contains(&name)) {
            Some(view) => self.show(Place::View(view)),
            None => self.refuse(own("there is no such list: due, overdue, answer, parked, left, all")),
        }
    }

    /// Shows what the queue pane's cursor points at.
    fn show_place(&mut self) -> Vec<Effect> {
        match self.queues.place() {
            Some(place) if *place != self.list.query.place => {
                let place = place.clone();
                self.list.query.place = place;
                let height = self.list_height();
                let look = self.list.anew(height);
                self.remember_place(vec![look])
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn show(&mut self, place: Place) -> Vec<Effect> {
        self.focus = Focus::List;
        self.reader = None;
        self.queues.point_at(&place);
        self.list.query.place = place;
        let height = self.list_height();
        let look = self.list.anew(height);
        self.remember_place(vec![look])
    }

    fn sort(&mut self, sort: Sort) -> Vec<Effect> {
        self.list.query.sort = sort;
        let height = self.list_height();
        let look = self.list.anew(height);
        self.remember_place(vec![look])
    }

    fn sort_step(&mut self, step: Step) -> Vec<Effect> {
        let width = self.panes().map_or(0, |panes| panes.list.width);
        let shown = layout::fit(&self.list.columns, width);
        let columns: Vec<Column> = shown.into_iter().map(|(column, _)| column).collect();
        let count = columns.len();
        let at = columns.iter().position(|column| *column == self.list.query.sort.column);
        let next = match (at, step) {
            (None, _) => 0,
            (Some(at), Step::Next) => (at + 1) % count,
            (Some(at), Step::Previous) => (at + count - 1) % count,
        };
        let column = columns.get(next).copied().unwrap_or(Column::Due);
        self.sort(Sort { column, descending: false })
    }

    fn columns(&mut self, columns: Vec<Column>) -> Vec<Effect> {
        self.list.columns = columns;
        self.remember_place(Vec::new())
    }

    /// Adds the wish to remember where the list stands.
    pub(super) fn remember_place(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        effects.push(Effect::Prefer(super::START, super::answers::remember(&self.list)));
        effects
    }

    // ---- cases

    fn urgent_from(&self) -> Option<CaseId> {
        let here = self.case_in_hand();
        self.urgent.clone().filter(|urgent| here.as_ref() == Some(urgent))
    }

    fn type_park(&mut self) -> Vec<Effect> {
        self.with_case(|desk, id| desk.type_line(Purpose::Park(id), ""))
    }

    fn park(&mut self, why: &str) -> Vec<Effect> {
        let why = Raw::new(why.trim());
        if why.is_empty() {
            return self.refuse(own("parking needs a reason; the case was not parked"));
        }
        self.with_case(|desk, case| desk.park_case(case, why))
    }

    /// Where the case is open, the next one follows.
    pub(super) fn park_case(&mut self, case: CaseId, why: Raw) -> Vec<Effect> {
        self.landing = matches!(self.focus, Focus::Case | Focus::Reader);
        vec![Effect::Park { case, why }]
    }

    /// The most urgent case after another one will be opened.
    pub(super) fn land_after(&mut self, after: Option<CaseId>) -> Vec<Effect> {
        self.landing = true;
        vec![Effect::Urgent { after }]
    }

    fn jump(&mut self, words: String) -> Vec<Effect> {
        if is_card(&words) {
            return self.refuse(card_in_clear());
        }
        if words.is_empty() {
            return Vec::new();
        }
        let words = Raw::new(words);
        self.tell(Tone::Good, say!("looking for {}; Esc stops waiting", words.show()));
        self.seeking = Some(words.clone());
        vec![Effect::Find(words)]
    }

    fn why(&mut self, id: CaseId) -> Vec<Effect> {
        if self.file_in_hand().is_some() {
            return self.lay(Over::Why);
        }
        vec![self.want(id, Then::Why)]
    }

    fn copy(&mut self) -> Vec<Effect> {
        let text = match (&self.reader, self.focus) {
            (Some(reader), Focus::Reader) => reader.rows.get(reader.top).cloned(),
            _ => self.case_in_hand().map(|id| id.number.id()),
        };
        match text {
            Some(text) if !text.is_empty() => vec![Effect::Copy(text)],
            _ => self.refuse(own("there is nothing to copy here")),
        }
    }

    // ---- documents and raw view

    fn read_document(&mut self) -> Vec<Effect> {
        let Some(id) = self.case_in_hand() else {
            return self.refuse(own("there is no case under the cursor"));
        };
        if self.file_in_hand().is_none() || self.focus == Focus::List {
            return self.open_case(id, Then::Read);
        }
        self.read_marked()
    }

    /// Reads the marked document of the open case.
    pub(super) fn read_marked(&mut self) -> Vec<Effect> {
        let Some(file) = self.file_in_hand() else { return Vec::new() };
        let id = file.case.id.clone();
        match file.case.documents.get(self.position.document).map(|document| document.id.clone()) {
            Some(document) => self.read(id, Subject::Document(document)),
            None => self.refuse(own("this case has no documents")),
        }
    }

    /// Does something with the document that is marked or being read.
    fn with_document(&mut self, make: impl FnOnce(CaseId, Raw) -> Effect) -> Vec<Effect> {
        let marked = self.file_in_hand().and_then(|file| {
            let document = file.case.documents.get(self.position.document)?;
            Some((file.case.id.clone(), document.id.clone()))
        });
        match marked {
            Some((case, document)) => vec![make(case, document)],
            None => self.refuse(own("no document is marked or open")),
        }
    }

    fn read(&mut self, id: CaseId, subject: Subject) -> Vec<Effect> {
        self.focus = Focus::Reader;
        let width = self.panes().map_or(0, |panes| layout::text_width(panes.reader));
        let mut reader = Reader::new(id.clone(), subject.clone(), width);
        let effects = match subject {
            Subject::Document(document) => vec![Effect::Fetch { case: id, document }],
            Subject::Raw => match self.file.as_ref().filter(|file| file.case.id == id) {
                Some(file) => {
                    reader.open(super::answers::raw_view(file));
                    self.wanted = Some(id);
                    Vec::new()
                }
                None => vec![self.want(id, Then::Raw)],
            },
        };
        self.reader = Some(reader);
        effects
    }

    fn document(&mut self, step: Step) -> Vec<Effect> {
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
    fn show_marked_document(&mut self) {
        let Some(panes) = self.panes() else { return };
        let Some(file) = self.file_in_hand() else { return };
        let lines = dispute::lines(file, self.position, self.now, layout::text_width(panes.case));
        let height = layout::case_rows(panes.case);
        let last = lines.len().saturating_sub(height);
        if let Some(line) = dispute::marked_line(&lines)
            && !(self.position.top..self.position.top + height).contains(&line)
        {
            self.position.top = line.saturating_sub(height / 2).min(last);
        }
    }

    fn type_search(&mut self) -> Vec<Effect> {
        match &self.reader {
            Some(_) if self.focus == Focus::Reader => self.type_line(Purpose::Search, ""),
            _ => self.refuse(own("searching needs an open text")),
        }
    }

    pub(super) fn search(&mut self, words: &str) -> Vec<Effect> {
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

    fn hit(&mut self, step: Step) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        match &mut self.reader {
            Some(reader) if reader.search.is_some() => {
                reader.hit(step, layout::text_rows(panes.reader));
                Vec::new()
            }
            _ => self.refuse(own("nothing is searched for yet: / begins a search")),
        }
    }

    // ---- asking the providers

    fn refresh(&mut self) -> Vec<Effect> {
        match (self.focus, &self.list.query.place) {
            (Focus::Case | Focus::Reader, _) => self.with_case(|desk, id| desk.send(Errand::Case(id))),
            (_, Place::Queue(queue)) => {
                let (profile, queue) = (queue.profile.clone(), queue.id.clone());
                self.send(Errand::Queue { profile, queue })
            }
            (_, Place::View(_)) => self.refresh_all(),
        }
    }

    fn refresh_all(&mut self) -> Vec<Effect> {
        let errands: Vec<_> = self
            .setup
            .profiles
            .iter()
            .flat_map(|profile| {
                let name = &profile.name;
                profile
                    .queues
                    .iter()
                    .map(|(queue, _)| Errand::Queue { profile: name.clone(), queue: queue.clone() })
            })
            .collect();
        errands.into_iter().flat_map(|errand| self.send(errand)).collect()
    }

    fn errand(&mut self, make: impl FnOnce(String) -> Errand) -> Vec<Effect> {
        match self.profile_in_hand() {
            Some(profile) => self.send(make(profile)),
            None => self.refuse(own("no profile is configured")),
        }
    }

    fn profile_in_hand(&self) -> Option<String> {
        let of_case = self.case_in_hand().map(|id| id.profile);
        of_case.or_else(|| self.setup.profiles.first().map(|profile| profile.name.clone()))
    }

    pub(super) fn send(&mut self, errand: Errand) -> Vec<Effect> {
        if let Some(health) = self.health_of(errand.profile()) {
            health.asking += 1;
        }
        vec![Effect::Ask(errand)]
    }

    pub(super) fn health_of(&mut self, profile: &str) -> Option<&mut super::Health> {
        let at = self.setup.profiles.iter().position(|known| known.name == profile)?;
        self.health.get_mut(at)
    }

    fn type_card(&mut self) -> Vec<Effect> {
        match self.profile_in_hand() {
            Some(profile) => self.lay(Over::Card(CardLine::new(profile))),
            None => self.refuse(own("no profile is configured")),
        }
    }

    /// The realm that everything on the screen belongs to: the costliest of the profiles.
    pub fn realm(&self) -> Realm {
        let has = |realm| self.setup.profiles.iter().any(|profile| profile.realm == realm);
        if has(Realm::Live) {
            Realm::Live
        } else if has(Realm::Test) {
            Realm::Test
        } else {
            Realm::Sandbox
        }
    }
}

/// A card number in the clear is never put into a question. Exactly 23 digits are an ARN.
fn is_card(typed: &str) -> bool {
    typed.len() != 23 && Raw::new(typed).marks().contains(Marks::PAN)
}

fn card_in_clear() -> SafeText {
    own("that may be a card number and was not sent; :card takes one unseen and seals it")
}
