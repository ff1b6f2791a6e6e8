//! A form while it is filled: which row has the focus, what is typed into it, what is wrong. Everything about it is read
//! from the action's declaration; it never knows a provider.

mod attached;
pub mod elements;
pub mod page;
pub mod picker;
pub mod review;
pub mod writing;

use std::collections::{BTreeMap, BTreeSet};

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    line::{CardLine, Typed},
    words::{CaseFile, DraftKept, Effect, Folder, Force, FormKey, Opened, Step, Submission},
};
use crate::{
    action::{
        Action, Attachment, Draft, Entered, Facts, Field, Kind, Offer, Problem, Values, check,
        check::{day, of_size},
        field::Choices,
        offer, pick,
        rows::{self, Row, What},
    },
    case::{Case, Change, Moment, Settings, moment, moved},
    text::{Raw, SafeText, own, say},
};
use picker::Picker;
use review::Review;
use writing::{Span, Writing, Wrote};

/// How long after the last key a draft is kept.
pub const STILL: i64 = 2 * moment::SECOND;
/// How long after the first key at the latest, however steadily somebody types.
pub const STEADY: i64 = 5 * moment::SECOND;

pub struct Form {
    pub action: &'static Action,
    pub settings: Settings,
    pub draft: Draft,
    pub version: i64,
    /// The case that it is about, as it is kept now.
    pub file: Option<CaseFile>,
    pub forced: Force,
    pub offer: Offer,
    /// What is another fact now than when the form was begun.
    pub moved: Vec<Change>,
    /// The row with the focus, by address; `None`: the last row, which leads to the review.
    pub at: Option<String>,
    pub input: Input,
    cards: BTreeMap<String, CardLine>,
    /// Fields that had the focus and lost it.
    left: BTreeSet<String>,
    /// The review was asked for: from then on every problem is shown.
    tried: bool,
    problems: Vec<Problem>,
    /// Problems that somebody else told of, until their field changes.
    told: Vec<Problem>,
    pub review: Option<Review>,
    pub stage: Stage,
    /// It was to be left, and could not be kept.
    pub is_stuck: bool,
    /// What is kept of the draft.
    kept: Values,
    /// What was handed over to be kept, until something is heard of it.
    handed: Option<Values>,
    keep_at: Option<Moment>,
    /// When what was entered since is kept at the latest.
    keep_by: Option<Moment>,
    /// The names that the draft had before it was kept beside another: what was asked for under them still comes.
    earlier: Vec<String>,
    /// What is kept was queued by another terminal, just as it is here.
    pub is_queued_elsewhere: bool,
    folder: Raw,
    /// Files whose bytes are being copied. What is sent waits for them, wherever the focus is.
    pub attaching: usize,
    asks: u64,
}

/// How far a form is on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Filled,
    /// It closes as soon as the draft is kept.
    Leaving,
    Sending,
}

/// What the focused row is filled with.
pub enum Input {
    /// A row that takes no letters: the head of a list, the last row.
    Nothing,
    Text(Writing),
    Choice {
        typed: Writing,
        of: Choices,
        cursor: usize,
        /// Something was typed or moved: before that, Enter takes nothing.
        touched: bool,
    },
    Card,
    Files(Box<Picker>),
}

/// What a key did.
#[derive(Default)]
pub struct Did {
    pub changed: bool,
    pub effects: Vec<Effect>,
}

impl Did {
    fn nothing() -> Did {
        Did::default()
    }

    fn seen(changed: bool) -> Did {
        Did { changed, effects: Vec::new() }
    }
}

impl Form {
    /// A form and what it needs first.
    pub fn open(
        action: &'static Action,
        settings: Settings,
        opened: Opened,
        forced: Force,
        now: Moment,
    ) -> (Form, Vec<Effect>) {
        let Opened { draft, version, file, problems: told, .. } = opened;
        let kept = draft.values.clone();
        let told = placed(told, action.fields, &draft.values);
        let mut form = Form {
            action,
            settings,
            draft,
            version,
            file: None,
            forced,
            offer: Offer::Fits,
            moved: Vec::new(),
            at: None,
            input: Input::Nothing,
            cards: BTreeMap::new(),
            left: BTreeSet::new(),
            tried: false,
            problems: Vec::new(),
            told,
            review: None,
            stage: Stage::Filled,
            is_stuck: false,
            kept,
            handed: None,
            keep_at: None,
            keep_by: None,
            earlier: Vec::new(),
            is_queued_elsewhere: false,
            folder: Raw::default(),
            attaching: 0,
            asks: 0,
        };
        form.see_case(file, now);
        let first = form.stops().into_iter().next();
        let effects = form.focus(first, now);
        (form, effects)
    }

    /// Takes the case as it is kept now. Returns whether it moved on since this was last seen.
    pub fn see_case(&mut self, file: Option<CaseFile>, now: Moment) -> bool {
        let before = std::mem::take(&mut self.moved);
        self.file = file;
        if let (Some(base), Some(file)) = (&self.draft.base, &self.file) {
            self.moved = moved(base, &file.case);
        }
        self.offer = offer(self.action, self.case());
        self.check(now);
        before != self.moved
    }

    /// "Submit 2600410001".
    pub fn title(&self) -> SafeText {
        let action = own(self.action.title);
        match &self.draft.case {
            Some(id) => say!("{} {}", action, id.number.id().beside()),
            None => say!("{} at {}", action, Raw::new(&*self.draft.profile).show()),
        }
    }

    /// The case as it is kept now.
    pub fn case(&self) -> Option<&Case> {
        self.file.as_ref().map(|file| &file.case)
    }

    /// What stands against sending it although it fits: nothing, or the words for what is forced or unsure.
    pub fn doubt(&self) -> Option<&SafeText> {
        match &self.offer {
            Offer::Fits => None,
            Offer::Perhaps(why) | Offer::No(why) => Some(why),
        }
    }

    pub fn rows(&self) -> Vec<(String, Row<'static>)> {
        rows::rows(self.action.fields, &self.draft.values)
    }

    /// The addresses of the rows that take the focus, in their order. Behind them comes the last row.
    pub fn stops(&self) -> Vec<String> {
        let stops = |row: &Row<'_>| matches!(row.what, What::Leaf | What::List(_));
        self.rows().into_iter().filter(|(_, row)| stops(row)).map(|(address, _)| address).collect()
    }

    /// The field with the focus.
    pub fn field(&self) -> Option<&'static Field> {
        rows::field_at(self.action.fields, self.at.as_deref()?)
    }

    pub fn card(&self, address: &str) -> Option<&CardLine> {
        self.cards.get(address)
    }

    /// The card number with the focus.
    pub fn focused_card(&mut self) -> Option<&mut CardLine> {
        let address = self.at.clone().filter(|_| matches!(self.input, Input::Card))?;
        Some(self.cards.entry(address).or_insert_with(|| CardLine::new(String::new())))
    }

    /// What is to be told under a field now.
    pub fn says(&self, address: &str) -> Vec<&SafeText> {
        let ripe = self.tried || self.left.contains(address) || !self.draft.values.files(address).is_empty();
        let found = self.problems.iter().filter(|_| ripe).chain(&self.told);
        found.filter(|problem| problem.field == address).map(|problem| &problem.says).collect()
    }

    /// Whether what is wrong with a field is told yet.
    pub fn is_ripe(&self, address: &str) -> bool {
        self.tried || self.left.contains(address) || !self.draft.values.files(address).is_empty()
    }

    /// What is wrong with no row in particular, or with one that is not there.
    pub fn says_of_all(&self) -> Vec<SafeText> {
        let rows = self.rows();
        let here = |problem: &&Problem| rows.iter().any(|(address, _)| *address == problem.field);
        let found = self.problems.iter().filter(|_| self.tried).chain(&self.told);
        found
            .filter(|problem| !here(problem))
            .map(|problem| match problem.field.is_empty() {
                true => problem.says.clone(),
                false => say!("{}: {}", Raw::new(problem.field.clone()).show(), problem.says),
            })
            .collect()
    }

    /// Everything that is wrong, in the order of the form.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub fn problem_count(&self) -> usize {
        self.problems.len()
    }

    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Finds everything that is wrong, in the order of the form.
    fn check(&mut self, now: Moment) {
        let case = self.case();
        let whole = |(address, card): (&String, &CardLine)| card.number().is_ok().then(|| address.clone());
        let cards: Vec<String> = self.cards.iter().filter_map(whole).collect();
        let facts = Facts { case, settings: &self.settings, now, cards: &cards };
        let mut problems = check(self.action, &self.draft.values, &facts);
        for (address, card) in &self.cards {
            if let (false, Err(says)) = (card.shown().is_empty(), card.number()) {
                problems.retain(|problem| problem.field != *address);
                problems.push(Problem { field: address.clone(), says });
            }
        }
        for (address, entered) in self.draft.values.iter() {
            let said = problems.iter().any(|problem| problem.field == address);
            let field = rows::field_at(self.action.fields, address);
            if let (Entered::Text(_), Some(field), false) = (entered, field, said)
                && !writing::is_seen_as_it_is(self.draft.values.text(address), span(field))
            {
                let says = own("holds what is not shown as it is, such as card data; leave it out");
                problems.push(Problem { field: address.to_owned(), says });
            }
        }
        self.problems = problems;
    }

    // ---- the focus

    /// Puts the focus on a row. What it needs to be filled comes back.
    pub fn focus(&mut self, at: Option<String>, now: Moment) -> Vec<Effect> {
        if let Some(before) = self.at.take().filter(|before| Some(before) != at.as_ref()) {
            self.left.insert(before);
        }
        self.at = at;
        let mut effects = Vec::new();
        let text = self.at.as_deref().map_or("", |at| self.draft.values.text(at)).to_owned();
        self.input = match self.field().map(|field| (field, field.kind)) {
            None | Some((_, Kind::Group(_) | Kind::List { .. })) => Input::Nothing,
            Some((_, Kind::Choice { of, .. })) => {
                Input::Choice { typed: Writing::of(&text, Span::Line), of, cursor: 0, touched: false }
            }
            Some((_, Kind::Card(_))) => Input::Card,
            Some((_, Kind::Files(_))) => {
                let (picker, list) = Picker::open(self.ask(), self.folder.clone());
                effects.push(list);
                Input::Files(Box::new(picker))
            }
            Some((field, _)) => Input::Text(Writing::of(&text, span(field))),
        };
        self.check(now);
        effects
    }

    fn ask(&mut self) -> u64 {
        self.asks += 1;
        self.asks
    }

    fn step(&mut self, step: Step, now: Moment) -> Did {
        let stops = self.stops();
        let at = match &self.at {
            Some(at) => stops.iter().position(|stop| stop == at).unwrap_or(0),
            None => stops.len(),
        };
        let next = match step {
            Step::Next if at < stops.len() => at + 1,
            Step::Previous if at > 0 => at - 1,
            _ => return Did::nothing(),
        };
        let effects = self.focus(stops.get(next).cloned(), now);
        Did { changed: true, effects }
    }

    /// Puts the focus on the first field that something is told about.
    pub fn focus_trouble(&mut self, now: Moment) -> Vec<Effect> {
        self.tried = true;
        let stops = self.stops();
        let first = stops.into_iter().find(|stop| !self.says(stop).is_empty());
        if first.is_some() { self.focus(first, now) } else { Vec::new() }
    }

    /// The first field of several lines.
    pub fn first_lines(&self) -> Option<String> {
        let leaves = rows::leaves(self.action.fields, &self.draft.values);
        leaves
            .into_iter()
            .find(|(_, field)| matches!(field.kind, Kind::Lines { .. }))
            .map(|(address, _)| address)
    }

    // ---- keys

    /// A key that is no command of the form: text.
    pub fn type_key(&mut self, key: &KeyEvent, now: Moment) -> Did {
        if matches!(self.input, Input::Card) {
            let Some(card) = self.focused_card() else { return Did::nothing() };
            return match card.key(*key) {
                Typed::Changed | Typed::Moved => self.touched(now),
                _ => Did::nothing(),
            };
        }
        let wrote = match &mut self.input {
            Input::Nothing | Input::Card => return Did::nothing(),
            Input::Text(text) => text.key(key),
            Input::Choice { typed, cursor, touched, .. } => {
                let wrote = typed.key(key);
                if wrote == Wrote::Changed {
                    (*cursor, *touched) = (0, true);
                }
                wrote
            }
            Input::Files(_) => return self.pick_key(key),
        };
        self.written(wrote, now)
    }

    /// Pasted text goes where letters go.
    pub fn paste(&mut self, text: &Raw, now: Moment) -> Did {
        let ask = self.ask();
        let wrote = match &mut self.input {
            Input::Text(writing) => writing.insert(text),
            Input::Choice { typed, cursor, touched, .. } => {
                (*cursor, *touched) = (0, true);
                typed.insert(text)
            }
            Input::Files(picker) if picker.dialog.is_some() => {
                return Did::seen(picker.name_line().is_some_and(|line| line.insert(text) == Wrote::Changed));
            }
            Input::Files(picker) => {
                (picker.cursor, picker.attached) = (0, None);
                let wrote = picker.typed.insert(text);
                let into = picker.typed_path().filter(|_| wrote == Wrote::Changed);
                let effects = into.map(|into| picker.go(ask, into)).into_iter().collect();
                return Did { changed: wrote == Wrote::Changed, effects };
            }
            Input::Nothing | Input::Card => return Did::nothing(),
        };
        self.written(wrote, now)
    }

    fn written(&mut self, wrote: Wrote, now: Moment) -> Did {
        match wrote {
            Wrote::Nothing => Did::nothing(),
            Wrote::Moved => Did::seen(true),
            Wrote::Changed => {
                let text = match &self.input {
                    Input::Text(text) => text.text(),
                    Input::Choice { typed, .. } => typed.text(),
                    _ => return Did::nothing(),
                };
                if let Some(at) = self.at.clone() {
                    if text.is_empty() {
                        self.draft.values.unset(&at);
                    } else {
                        self.draft.values.set_text(&at, text);
                    }
                }
                self.touched(now)
            }
        }
    }

    /// Something was entered: it is checked, and kept when nothing follows.
    pub fn touched(&mut self, now: Moment) -> Did {
        if let Some(at) = &self.at {
            self.told.retain(|problem| problem.field != *at);
        }
        self.told.retain(|problem| !problem.field.is_empty());
        self.check(now);
        self.plan_keeping(now);
        Did::seen(true)
    }

    fn pick_key(&mut self, key: &KeyEvent) -> Did {
        let ask = self.ask();
        let Input::Files(picker) = &mut self.input else { return Did::nothing() };
        if picker.dialog.is_some() {
            let wrote = picker.name_line().map_or(Wrote::Nothing, |line| line.key(key));
            return Did::seen(wrote != Wrote::Nothing);
        }
        if key.code == KeyCode::Backspace && picker.typed.is_empty() && !picker.is_awaited {
            return Did { changed: true, effects: vec![picker.go(ask, Raw::new(".."))] };
        }
        let wrote = picker.typed.key(key);
        if wrote == Wrote::Changed {
            (picker.cursor, picker.attached) = (0, None);
        }
        let into = picker.typed_path().filter(|_| wrote == Wrote::Changed);
        let effects = into.map(|into| picker.go(ask, into)).into_iter().collect();
        Did { changed: wrote != Wrote::Nothing, effects }
    }

    /// What a key of the form's own table asks for; leaving and reviewing are the desk's to do.
    pub fn take(&mut self, asked: FormKey, by_arrow: bool, now: Moment) -> Did {
        if self.is_asking() {
            return self.answer(asked, now);
        }
        match asked {
            FormKey::Field(step) => {
                let moved = by_arrow && self.arrow(step);
                if moved { Did::seen(true) } else { self.step(step, now) }
            }
            FormKey::Take => self.enter(now),
            FormKey::Editor => self.edit(),
            FormKey::Add => self.add(now),
            FormKey::Remove => self.remove(now),
            FormKey::Clear => self.clear(now),
            FormKey::Empty => self.cycle(now),
            FormKey::Renew => self.renew(),
            FormKey::Rename => self.rename(),
            FormKey::Pack => self.pack(),
            FormKey::Preview | FormKey::Review | FormKey::Leave => Did::nothing(),
        }
    }

    /// Moves within a text or among choices; whether there was room to.
    fn arrow(&mut self, step: Step) -> bool {
        let down = step == Step::Next;
        let offered = self.choices().len();
        let attached = self.at.as_deref().map_or(0, |at| self.draft.values.files(at).len());
        match &mut self.input {
            Input::Text(text) => {
                let code = if down { KeyCode::Down } else { KeyCode::Up };
                text.key(&KeyEvent::from(code)) == Wrote::Moved
            }
            Input::Choice { cursor, touched, .. } if offered > 0 => {
                let next = match (down, *touched) {
                    (true, false) => 0,
                    (true, true) => (*cursor + 1).min(offered - 1),
                    (false, _) => cursor.saturating_sub(1),
                };
                let moved = next != *cursor || (down && !*touched);
                *touched |= down;
                *cursor = next;
                moved
            }
            Input::Files(picker) => picker.step(down, attached),
            _ => false,
        }
    }

    /// What the focused field offers to what is typed; everything while nothing was typed into it.
    pub fn choices(&self) -> Vec<pick::Choice> {
        let Input::Choice { typed, of, touched, .. } = &self.input else { return Vec::new() };
        let all = pick::choices(*of, self.case());
        let typed = if *touched { typed.text() } else { String::new() };
        pick::fitting(&all, &typed)
    }

    fn enter(&mut self, now: Moment) -> Did {
        let several =
            matches!(self.field().map(|field| field.kind), Some(Kind::Lines { .. } | Kind::Each { .. }));
        match &mut self.input {
            Input::Text(text) if several => {
                text.break_line();
                self.written(Wrote::Changed, now)
            }
            Input::Choice { touched: true, cursor, .. } => {
                let cursor = *cursor;
                if let (Some(choice), Some(at)) = (self.choices().get(cursor), self.at.clone()) {
                    self.draft.values.set_text(&at, choice.value);
                    self.touched(now);
                }
                self.step(Step::Next, now)
            }
            Input::Files(_) => self.enter_file(now),
            _ => self.step(Step::Next, now),
        }
    }

    /// Into a folder, or a file attached; with nothing typed and nothing marked, on.
    fn enter_file(&mut self, now: Moment) -> Did {
        let ask = self.ask();
        let (draft, field) = (self.draft.id.clone(), self.at.clone().unwrap_or_default());
        let declared = self.field().map(|field| field.kind);
        let Input::Files(picker) = &mut self.input else { return Did::nothing() };
        let typed = picker.typed.text();
        if picker.is_awaited || picker.attached.is_some() {
            return Did::nothing();
        }
        if typed.starts_with(['/', '~']) {
            let typed = Raw::new(typed);
            return Did { changed: true, effects: vec![picker.go(ask, typed)] };
        }
        let Some(named) = picker.marked() else {
            if typed.is_empty() {
                return self.step(Step::Next, now);
            }
            picker.refuse("no name here is like that; Backspace on nothing goes one folder up");
            return Did::seen(true);
        };
        if named.is_folder {
            return Did { changed: true, effects: vec![picker.go(ask, named.name)] };
        }
        if let Some(Kind::Files(papers)) = declared
            && let Some(says) = of_size(papers, &named.name, usize::try_from(named.size).unwrap_or(usize::MAX))
        {
            picker.problem = Some(say!("{}; it was not attached", says));
            return Did::seen(true);
        }
        let Some(folder) = picker.folder.as_ref().map(|folder| folder.path.clone()) else {
            return Did::nothing();
        };
        self.attaching += 1;
        (picker.typed, picker.cursor, picker.problem) = (Writing::of("", Span::Line), 0, None);
        self.folder = folder.clone();
        Did { changed: true, effects: vec![Effect::Attach { draft, field, folder, name: named.name }] }
    }

    /// What was put into the folder since, or taken out of it.
    fn renew(&mut self) -> Did {
        let (ask, folder) = (self.ask(), self.folder.clone());
        let Input::Files(picker) = &mut self.input else { return Did::nothing() };
        Did { changed: true, effects: vec![picker.renew(ask, folder)] }
    }

    fn edit(&mut self) -> Did {
        match (&self.input, &self.at) {
            (Input::Text(text), Some(field)) => {
                let (draft, field, text) = (self.draft.id.clone(), field.clone(), Raw::new(text.text()));
                Did { changed: false, effects: vec![Effect::Edit { draft, field, text }] }
            }
            _ => Did::nothing(),
        }
    }

    fn add(&mut self, now: Moment) -> Did {
        let fields = self.action.fields;
        let list = self.at.as_deref().and_then(|at| elements::list_of(fields, at));
        let Some((list, ..)) = list else { return Did::nothing() };
        let Some(first) = elements::add(fields, &list, &mut self.draft.values) else { return Did::nothing() };
        let effects = self.focus(Some(first), now);
        self.touched(now);
        Did { changed: true, effects }
    }

    fn remove(&mut self, now: Moment) -> Did {
        let Some(at) = self.at.clone() else { return Did::nothing() };
        if let Input::Files(picker) = &mut self.input {
            let mut files = self.draft.values.files(&at).to_vec();
            let gone = match (picker.attached.take(), files.len()) {
                (_, 0) => return Did::nothing(),
                (Some(marked), count) => marked.min(count - 1),
                (None, 1) => 0,
                (None, _) => {
                    picker.refuse("which one? Up marks the attached file that is to be taken away");
                    return Did::seen(true);
                }
            };
            files.remove(gone);
            picker.problem = None;
            self.put_files(&at, files);
            return self.touched(now);
        }
        let fields = self.action.fields;
        let Some((list, _, element)) = elements::list_of(fields, &at) else { return Did::nothing() };
        let last = self.draft.values.elements(&list).checked_sub(1);
        let Some(gone) = element.or(last) else { return Did::nothing() };
        elements::remove(fields, &list, gone, &mut self.draft.values);
        let place = |address: String| elements::without(&list, gone, &address);
        self.left = std::mem::take(&mut self.left).into_iter().filter_map(place).collect();
        let cards = std::mem::take(&mut self.cards).into_iter();
        self.cards = cards.filter_map(|(address, card)| Some((place(address)?, card))).collect();
        self.told.retain(|problem| !problem.field.starts_with(&list));
        self.at = None;
        let here = self.stops().contains(&at);
        let effects = self.focus(Some(if here { at } else { list.clone() }), now);
        self.touched(now);
        Did { changed: true, effects }
    }

    fn put_files(&mut self, at: &str, files: Vec<Attachment>) {
        if files.is_empty() {
            self.draft.values.unset(at);
        } else {
            self.draft.values.set(at, Entered::Files(files));
        }
    }

    fn clear(&mut self, now: Moment) -> Did {
        let Some(at) = self.at.clone() else { return Did::nothing() };
        match &mut self.input {
            Input::Nothing => return Did::nothing(),
            Input::Files(picker) if picker.typed.is_empty() => return Did::nothing(),
            Input::Files(picker) => {
                (picker.typed, picker.cursor) = (Writing::of("", Span::Line), 0);
                return Did::seen(true);
            }
            Input::Card => {
                if self.cards.remove(&at).is_none() {
                    return Did::nothing();
                }
            }
            Input::Text(_) | Input::Choice { .. } => {
                if self.draft.values.get(&at).is_none() {
                    return Did::nothing();
                }
                self.draft.values.unset(&at);
            }
        }
        self.focus(Some(at), now);
        self.touched(now)
    }

    /// Not sent, an empty text, null where the API takes it. What holds letters is not touched.
    fn cycle(&mut self, now: Moment) -> Did {
        let Some(at) = self.at.clone() else { return Did::nothing() };
        if !matches!(self.input, Input::Text(_) | Input::Choice { .. })
            || !self.draft.values.text(&at).is_empty()
        {
            return Did::nothing();
        }
        let takes_an_empty_text = self.field().is_some_and(Field::takes_an_empty_text);
        let takes_null = self.field().is_some_and(|field| field.nullable);
        match self.draft.values.get(&at) {
            None if takes_an_empty_text => self.draft.values.set(&at, Entered::Text(Raw::default())),
            None if !takes_null => return Did::nothing(),
            Some(Entered::Null) => self.draft.values.unset(&at),
            _ if takes_null => self.draft.values.set(&at, Entered::Null),
            _ => self.draft.values.unset(&at),
        }
        self.touched(now)
    }

    // ---- answers

    pub fn folder_came(&mut self, ask: u64, answer: Result<Folder, SafeText>) -> Did {
        let path = answer.as_ref().ok().map(|folder| folder.path.clone());
        let next = self.ask();
        let Input::Files(picker) = &mut self.input else { return Did::nothing() };
        if !picker.came(ask, answer) {
            return Did::nothing();
        }
        // The rest of a path that was typed faster than folders are read.
        let into = picker.typed_path();
        let effects = into.map(|into| picker.go(next, into)).into_iter().collect();
        if let Some(path) = path {
            self.folder = path;
        }
        Did { changed: true, effects }
    }

    pub fn attached(&mut self, field: &str, answer: Result<Attachment, SafeText>, now: Moment) {
        self.attaching = self.attaching.saturating_sub(1);
        let here = self.at.as_deref() == Some(field);
        if let Input::Files(picker) = &mut self.input
            && here
        {
            picker.problem = answer.as_ref().err().cloned();
        }
        let file = match answer {
            Ok(file) => file,
            Err(says) => {
                if !here {
                    self.told.push(Problem { field: field.to_owned(), says });
                }
                return;
            }
        };
        let mut files = self.draft.values.files(field).to_vec();
        let twice = |other: &Attachment| (&other.sha256, &other.name) == (&file.sha256, &file.name);
        if files.iter().any(twice) {
            if let Input::Files(picker) = &mut self.input {
                picker.refuse("that file is attached already");
            }
            return;
        }
        files.push(file);
        self.put_files(field, files);
        // Its bytes are in the store already; only the draft knows what they are for.
        self.keep_by = Some(now);
        self.touched(now);
    }

    pub fn edited(&mut self, field: &str, text: &Raw, now: Moment) -> Vec<Effect> {
        let Some(declared) = rows::field_at(self.action.fields, field) else { return Vec::new() };
        let mut writing = Writing::of("", span(declared));
        writing.insert(text);
        if writing.is_empty() {
            self.draft.values.unset(field);
        } else {
            self.draft.values.set_text(field, writing.text());
        }
        let effects = self.focus(Some(field.to_owned()), now);
        self.touched(now);
        effects
    }

    /// What a provider or the freezing found wrong.
    pub fn refused(&mut self, problems: Vec<Problem>, now: Moment) -> Vec<Effect> {
        let told = placed(problems, self.action.fields, &self.draft.values);
        (self.stage, self.review, self.told) = (Stage::Filled, None, told);
        self.focus_trouble(now)
    }

    // ---- the draft

    /// Whether the draft goes, or once went, by that name.
    pub fn is_of(&self, draft: &str) -> bool {
        self.draft.id == draft || self.earlier.iter().any(|earlier| earlier == draft)
    }

    /// Whether something was entered since the draft was last handed over.
    pub fn is_unkept(&self) -> bool {
        *self.handed.as_ref().unwrap_or(&self.kept) != self.draft.values
    }

    pub fn is_keeping(&self) -> bool {
        self.handed.is_some()
    }

    /// When the draft wants to be kept.
    pub fn keep_at(&self) -> Option<Moment> {
        self.keep_at.filter(|_| !self.is_keeping() && self.stage != Stage::Sending)
    }

    /// Hands the draft over, where there is something new and nothing is under way.
    pub fn keep(&mut self) -> Option<Effect> {
        if self.is_keeping() { None } else { self.hand_over() }
    }

    /// The same where nobody will hear the answer. What is being sent is in other hands already.
    pub fn hand_over(&mut self) -> Option<Effect> {
        if self.stage == Stage::Sending || !self.is_unkept() {
            return None;
        }
        (self.handed, self.keep_at, self.keep_by) = (Some(self.draft.values.clone()), None, None);
        Some(Effect::KeepDraft { draft: Box::new(self.draft.clone()), version: self.version })
    }

    pub fn draft_kept(&mut self, kept: &DraftKept, now: Moment) {
        if let Some(handed) = self.handed.take() {
            self.kept = handed;
        }
        match kept {
            DraftKept::Yes(version) => self.version = *version,
            DraftKept::Beside { id, version, .. } => {
                self.earlier.push(std::mem::replace(&mut self.draft.id, id.clone()));
                self.version = *version;
            }
            DraftKept::Gone => self.review = None,
        }
        self.is_queued_elsewhere = *kept == DraftKept::Gone;
        self.plan_keeping(now);
    }

    fn plan_keeping(&mut self, now: Moment) {
        self.is_stuck = false;
        if self.is_unkept() {
            let by = *self.keep_by.get_or_insert(now.plus(STEADY));
            self.keep_at = Some(now.plus(STILL).min(by));
        } else {
            (self.keep_at, self.keep_by) = (None, None);
        }
    }

    /// Keeping failed: it is tried again after the next key.
    pub fn not_kept(&mut self) {
        (self.handed, self.keep_at, self.keep_by) = (None, None, None);
        if self.stage == Stage::Leaving {
            (self.stage, self.is_stuck) = (Stage::Filled, true);
        }
    }

    /// "today" is the day on which it is reviewed, whenever it is sent.
    pub fn settle_days(&mut self, now: Moment) {
        for (address, field) in rows::leaves(self.action.fields, &self.draft.values) {
            let day = day(self.draft.values.text(&address), now);
            if let Some(day) = day.filter(|_| matches!(field.kind, Kind::Date)) {
                self.draft.values.set_text(&address, day);
            }
        }
    }

    /// The form as it leaves the desk: what is written now rests on the case as it was reviewed.
    pub fn submission(&self) -> Submission {
        let mut draft = self.draft.clone();
        if let Some(file) = &self.file {
            draft.base = Some(Box::new(file.case.clone()));
        }
        let number = |(address, card): (&String, &CardLine)| Some((address.clone(), card.number().ok()?));
        let cards = self.cards.iter().filter_map(number).collect();
        Submission { draft, version: self.version, cards, forced: self.forced == Force::Yes }
    }
}

/// Complaints under the fields that they are about. What is said of a part of a field stands under the field and names
/// the part; of files, by the file's name.
fn placed(problems: Vec<Problem>, fields: &'static [Field], values: &Values) -> Vec<Problem> {
    let place = |problem: Problem| {
        let above = problem.field.match_indices('.').map(|(dot, _)| problem.field.split_at(dot));
        let leaf = |address: &str| {
            let field = rows::field_at(fields, address);
            field.is_some_and(|field| !matches!(field.kind, Kind::Group(_) | Kind::List { .. }))
        };
        let Some((address, part)) = above.rev().find(|(address, _)| leaf(address)) else { return problem };
        let mut names = part.split('.').skip(1);
        let number = names.next().and_then(|number| number.parse::<usize>().ok());
        let says = match number.and_then(|number| values.files(address).get(number)) {
            Some(file) => names.fold(say!("{}", file.name.show().beside()), |words, name| {
                say!("{}: {}", words, Raw::new(name).show())
            }),
            None => Raw::new(problem.field.as_str()).show(),
        };
        Problem { field: address.to_owned(), says: say!("{}: {}", says, problem.says) }
    };
    problems.into_iter().map(place).collect()
}

/// How many lines a field's text may have.
pub fn span(field: &Field) -> Span {
    if matches!(field.kind, Kind::Lines { .. } | Kind::Each { .. }) { Span::Lines } else { Span::Line }
}
