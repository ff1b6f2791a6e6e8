//! MIND: everything on the screen, pure. Two functions change the desk: [`Desk::ask`] takes what the analyst wants,
//! [`Desk::hear`] takes what happened. Neither knows a clock, a file, a socket or a provider.

pub mod decide;
pub mod dispute;
pub mod form;
pub mod help;
pub mod indent;
pub mod keys;
pub mod layout;
pub mod line;
pub mod list;
pub mod outbox;
pub mod question;
pub mod queues;
pub mod reader;
pub mod unseen;
pub mod words;

mod ahead;
mod answers;
mod asking;
mod filling;
mod health;
mod parting;
mod preview;
mod setup;
mod sheet;
mod typing;

use std::collections::VecDeque;

use crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::{
    case::{CaseId, Column, Filter, Moment, Place, Row, View, moment},
    text::{Raw, SafeText, mask, own},
};
pub use health::Health;
pub use setup::{Profile, Realm, START, Setup, Start};

pub use asking::Verb;
pub use filling::REVIEW_FOOT;

use decide::Decide;
use form::Form;
use keys::Context;
use layout::Panes;
use line::{CardLine, Line, PasswordLine};
use list::List;
use outbox::Outbox;
use parting::Parting;
use preview::SetAside;
use question::Question;
use queues::Queues;
use reader::{Bookmark, Reader};
use words::{Begin, CaseFile, Command, Effect, Event, Graphics, PaperId, Told};

pub struct Desk {
    pub setup: Setup,
    pub now: Moment,
    pub area: Rect,
    pub focus: Focus,
    pub over: Over,
    pub queues: Queues,
    pub list: List,
    /// The case in hand: the one under the list's cursor, or the one that is open.
    pub file: Option<CaseFile>,
    pub position: dispute::Position,
    /// The case in hand as laid out for its pane; gone as soon as another file comes.
    sheet: Option<sheet::Sheet>,
    pub reader: Option<Reader>,
    /// The form whose file is being looked at.
    set_aside: Option<SetAside>,
    /// Where documents were left, the latest last.
    bookmarks: VecDeque<(PaperId, Bookmark)>,
    /// What pictures the terminal shows, once that was asked.
    pub graphics: Option<Graphics>,
    is_probing: bool,
    /// Somebody wants to be told of it.
    tells_images: bool,
    pub outbox: Outbox,
    pub notice: Option<Notice>,
    /// How each profile is doing, in the setup's order.
    pub health: Vec<Health>,
    pub leaving: bool,
    parting: Parting,
    /// When the key that is being heard was read.
    read_at: Moment,
    /// The case last asked from the store; older answers are dropped.
    wanted: Option<CaseId>,
    /// What follows once the wanted case is here.
    then: Then,
    /// Where `n` last landed.
    urgent: Option<CaseId>,
    /// The form that was asked for and is not here yet.
    beginning: Option<Begin>,
    /// Keys and pastes whose time has not come.
    ahead: VecDeque<Told>,
    landing: Landing,
    /// What was jumped to and is being looked for.
    seeking: Option<Raw>,
    /// The wanted case is on its way.
    file_awaited: bool,
    /// As of when what is overdue was counted.
    counted_at: Moment,
    changed: bool,
}

/// The pane that hears the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Queues,
    List,
    Case,
    Reader,
    Outbox,
    /// One entry of the outbox, whole.
    Entry,
}

impl Focus {
    pub fn is_outbox(self) -> bool {
        matches!(self, Focus::Outbox | Focus::Entry)
    }
}

/// What lies on top of the panes. One thing at a time.
pub enum Over {
    Nothing,
    Help {
        top: usize,
    },
    Line(Box<Line>),
    Card(CardLine),
    /// In the place of the case; the strip of facts stays above it.
    Form(Box<Form>),
    /// Everything that can be done with the case in hand.
    Verbs {
        cursor: usize,
    },
    /// Several cases fit what was typed.
    Pick {
        words: Raw,
        rows: Vec<Row>,
        cursor: usize,
    },
    /// "Why is this case here?"
    Why,
    /// The pages of the document that is read.
    Leaves {
        cursor: usize,
    },
    /// The files within it.
    Inside {
        cursor: usize,
    },
    /// All that is known of it.
    About {
        top: usize,
    },
    /// It opens with a password only.
    Password(PasswordLine),
    /// A person says what became of an entry of the outbox.
    Decide(Box<Decide>),
    Question(Question),
}

/// One line of news, until the next key.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub tone: Tone,
    pub text: SafeText,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
}

/// What an analyst asked for that has to wait for the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Nothing,
    Read,
    Raw,
    Why,
}

/// Whether the most urgent case will be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Landing {
    No,
    /// Once the open case is parked.
    Park,
    /// Once it is found.
    Urgent,
}

impl Desk {
    /// A desk and the first things it wants done: show the list as it is kept, count, then ask the providers.
    pub fn open(mut setup: Setup, area: Rect, now: Moment) -> (Desk, Vec<Effect>) {
        let area = layout::drawn(area.width, area.height);
        let queues = Queues::declared(&setup);
        let mut list = List::at(setup.start.place.clone());
        list.query.sort = setup.start.sort;
        list.columns = list::columns(&setup.start.columns, setup.profiles.len());
        // What was kept before filters were masked may hold a card number.
        (list.typed, _) = mask(&setup.start.filter);
        (list.query.filter, list.bad) = Filter::parse(&list.typed);
        let health = vec![Health::default(); setup.profiles.len()];
        let bookmarks = std::mem::take(&mut setup.start.bookmarks).into();
        let mut desk = Desk {
            setup,
            now,
            area,
            focus: Focus::List,
            over: Over::Nothing,
            queues,
            list,
            file: None,
            position: dispute::Position::default(),
            sheet: None,
            reader: None,
            set_aside: None,
            bookmarks,
            graphics: None,
            is_probing: false,
            tells_images: false,
            outbox: Outbox::default(),
            notice: None,
            health,
            leaving: false,
            parting: Parting::No,
            read_at: now,
            wanted: None,
            then: Then::Nothing,
            urgent: None,
            beginning: None,
            ahead: VecDeque::new(),
            landing: Landing::No,
            seeking: None,
            file_awaited: false,
            counted_at: now,
            changed: true,
        };
        desk.queues.point_at(&desk.list.query.place);
        let height = desk.list_height();
        let look = match desk.setup.start.case.clone() {
            Some(case) => desk.list.around(case, height),
            None => desk.list.anew(height),
        };
        let mut effects = vec![look, Effect::Count, Effect::Outbox];
        effects.extend(desk.ask(Command::RefreshAll));
        (desk, effects)
    }

    /// What has to be done before the program ends, whatever ends it: to keep what was typed, and to
    /// remember where the analyst was.
    pub fn farewell(&mut self) -> Vec<Effect> {
        self.put_down();
        let draft = self.form_at_hand_mut().and_then(Form::hand_over);
        self.remember_place(draft.into_iter().collect())
    }

    /// Takes one event; what it wants done comes back.
    pub fn hear(&mut self, told: Told) -> Vec<Effect> {
        self.now = later(self.now, told.at);
        self.read_at = told.at;
        if matches!(told.what, Event::File { .. }) {
            self.sheet = None;
        }
        let tells_time = matches!(told.what, Event::Woken | Event::Asked { .. });
        let (moves, closes) = (outbox::moves(&told.what), parting::closes(&told.what));
        let mut effects = self.take(told.what);
        effects.extend(moves.then_some(Effect::Outbox));
        effects.extend(self.parted(closes));
        effects.extend(self.time_passed(tells_time, &effects));
        effects.extend(self.keep_in_time());
        effects.extend(self.ask_picture());
        self.lay_case_out();
        effects
    }

    fn take(&mut self, what: Event) -> Vec<Effect> {
        match what {
            Event::Key(key) => self.key(key),
            Event::Paste(text) => self.paste(text),
            Event::Resize(width, height) => self.resize(width, height),
            Event::Woken => {
                // A draft that is kept looks as before.
                let kept = |form: &Form| form.keep_at().is_none_or(|at| at > self.now);
                self.changed |= self.form_at_hand().is_none_or(kept);
                if let Over::Decide(decide) = &mut self.over {
                    // What could not be said yet may be said now.
                    decide.problem = None;
                }
                Vec::new()
            }
            Event::StoreMoved => self.look_again(),
            answer => {
                // An answer that changes nothing must not hide what changed before it.
                let before = std::mem::replace(&mut self.changed, true);
                let mut effects = self.answered(answer);
                effects.extend(self.catch_up());
                self.changed |= before;
                effects
            }
        }
    }

    /// What is overdue and what is due today changes by itself: then it is counted again, and a list that depends on
    /// the time is read again; that also whenever something `tells_time`, for the desk cannot know of every case
    /// when it comes or goes.
    fn time_passed(&mut self, tells_time: bool, effects: &[Effect]) -> Vec<Effect> {
        let (then, now) = (self.counted_at, self.now);
        let mut deadlines = self.queues.lines.iter().filter_map(|line| line.next_deadline);
        let passed = deadlines.any(|due| then <= due && due < now);
        let counts = passed || now < then || then.start_of_day() != now.start_of_day();
        let filters = self.list.query.filter.is_timed() && next_hour(then) <= now;
        if counts || filters {
            self.counted_at = now;
        }
        let looked = effects.iter().any(|effect| matches!(effect, Effect::Look { .. }));
        let by_time = self.list.query.is_timed() && (counts || filters || tells_time);
        let looks = !looked && (by_time || (tells_time && self.list.is_lost()));
        let height = self.list_height();
        let look = looks.then(|| self.list.again(height));
        (counts || filters).then_some(Effect::Count).into_iter().chain(look).collect()
    }

    /// Whether there is anything new to draw since this was last asked.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// The next moment at which the screen would show something else although nothing happens: a time left changes
    /// its words, or a list that is shown or counted changes its cases.
    pub fn wake(&self) -> Option<Moment> {
        let Some(panes) = self.panes() else { return self.form_at_hand().and_then(Form::keep_at) };
        let due = self.list.fit(panes.list.width).iter().any(|(column, _)| *column == Column::Due);
        let rows = if due { layout::list_rows(panes.list) } else { 0 };
        let listed = self.list.visible(rows).filter_map(|(_, row)| row.deadline);
        let case = panes.list.height == 0 && !self.focus.is_outbox();
        let read = case || panes.preview.height > 0 || matches!(self.over, Over::Why);
        let in_hand = self.file.iter().filter(|_| read).filter_map(|file| file.case.deadline.as_ref());
        let in_hand = in_hand.map(|deadline| deadline.at);
        let queues = if panes.queues.width > 0 { self.queues.lines.as_slice() } else { &[] };
        let queued = queues.iter().filter_map(|line| line.next_deadline);
        let words = listed.chain(in_hand).chain(queued).map(|at| moment::time_left(at, self.now).1);
        let keep = self.form_at_hand().and_then(Form::keep_at);
        words.chain(self.lists_change(!queues.is_empty())).chain(self.may_change()).chain(keep).min()
    }

    /// When the next case comes or goes with the time; `counted`: the counts of the desk's own lists are shown.
    fn lists_change(&self, counted: bool) -> Option<Moment> {
        let lines = &self.queues.lines;
        if !lines.iter().any(|line| line.count.is_some_and(|count| count > 0)) {
            return None;
        }
        let (place, filter) = (&self.list.query.place, &self.list.query.filter);
        let views = counted || place.is_timed();
        // At midnight other cases are due today; after each deadline of today one more is overdue.
        let midnight = views.then(|| self.now.end_of_day().plus(1));
        let today = self.queues.line_of(&Place::View(View::DueToday)).filter(|_| views);
        let overdue = today.and_then(|line| line.next_deadline).map(|due| due.plus(1));
        let filtered = filter.is_timed().then(|| next_hour(self.now));
        midnight.into_iter().chain(overdue).chain(filtered).filter(|at| *at > self.now).min()
    }

    pub fn panes(&self) -> Option<Panes> {
        let focus = if self.form().is_some() { Focus::Case } else { self.focus };
        layout::panes(self.area, focus)
    }

    /// The context whose keys are heard.
    pub fn context(&self) -> Context {
        if let Some(form) = self.form() {
            return if form.review.is_some() { Context::Review } else { Context::Form };
        }
        match self.focus {
            Focus::Queues => Context::Queues,
            Focus::List => Context::List,
            Focus::Case => Context::Case,
            Focus::Reader => Context::Reader,
            Focus::Outbox | Focus::Entry => Context::Outbox,
        }
    }

    /// The case that a command means: the open one, or the one under the cursor.
    pub fn case_in_hand(&self) -> Option<CaseId> {
        match self.focus {
            Focus::Case | Focus::Reader => self.wanted.clone(),
            Focus::List | Focus::Queues => self.list.row().map(|row| row.id.clone()),
            // What is pressed there is about an entry, not about a case.
            Focus::Outbox | Focus::Entry => None,
        }
    }

    /// The file of the case in hand, once it is here.
    pub fn file_in_hand(&self) -> Option<&CaseFile> {
        let id = self.case_in_hand()?;
        self.file.as_ref().filter(|file| file.case.id == id)
    }

    fn list_height(&self) -> usize {
        layout::panes(self.area, Focus::List).map_or(1, |panes| layout::list_rows(panes.list)).max(1)
    }

    fn key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if self.panes().is_none() {
            // Nothing of what a key would do could be seen; leaving is always possible.
            return if keys::name_of(&key) == "q" { self.ask(Command::Quit) } else { Vec::new() };
        }
        if self.stay() && keys::name_of(&key) == "Esc" {
            return Vec::new();
        }
        self.key_in_turn(key)
    }

    fn press(&mut self, key: KeyEvent) -> Vec<Effect> {
        match &self.over {
            Over::Line(_) => self.line_key(key),
            Over::Card(_) => self.card_key(key),
            Over::Decide(_) => self.decide_key(key),
            Over::Question(_) => self.question_key(key),
            Over::Form(_) => self.form_key(key),
            Over::Password(_) => self.password_key(key),
            Over::Help { .. }
            | Over::Why
            | Over::Pick { .. }
            | Over::Verbs { .. }
            | Over::Leaves { .. }
            | Over::Inside { .. }
            | Over::About { .. } => self.over_key(key),
            Over::Nothing => match keys::command(self.context(), &key, self.actions_in_hand()) {
                Some(command) => self.ask(command),
                None => Vec::new(),
            },
        }
    }

    /// A paste goes into a line that is being typed and nowhere else: it never presses keys.
    fn paste(&mut self, text: Raw) -> Vec<Effect> {
        if self.panes().is_none() || self.is_sending() {
            return Vec::new();
        }
        if self.is_landing() || self.is_form_busy() || !self.ahead.is_empty() {
            return self.wait_in_line(Event::Paste(text));
        }
        self.take_paste(&text)
    }

    fn take_paste(&mut self, text: &Raw) -> Vec<Effect> {
        const LONGEST: usize = 64 << 10;
        if text.exact().len() > LONGEST {
            self.changed = true;
            let problem = own("the paste was longer than 64 KiB and was not taken");
            match &mut self.over {
                Over::Line(line) => line.problem = Some(problem),
                Over::Card(card) => card.problem = Some(problem),
                Over::Password(line) => line.problem = Some(problem),
                _ => self.tell(Tone::Bad, problem),
            }
            return Vec::new();
        }
        match &mut self.over {
            Over::Line(line) => {
                line.insert(text.exact());
                self.line_changed()
            }
            Over::Card(card) => {
                card.insert(text.exact());
                self.changed = true;
                Vec::new()
            }
            Over::Password(line) => {
                line.insert(text.exact());
                self.changed = true;
                Vec::new()
            }
            Over::Form(form) => match form.focused_card() {
                Some(card) => {
                    card.insert(text.exact());
                    form.touched(self.now);
                    self.changed = true;
                    Vec::new()
                }
                None => self.paste_into_form(text),
            },
            Over::Decide(_) => {
                self.decide_paste(text);
                Vec::new()
            }
            _ => {
                self.tell(Tone::Bad, own("nothing here takes a paste; it was not used"));
                Vec::new()
            }
        }
    }

    fn resize(&mut self, width: u16, height: u16) -> Vec<Effect> {
        let area = layout::drawn(width, height);
        if area == self.area {
            return Vec::new();
        }
        self.area = area;
        self.changed = true;
        let Some(panes) = layout::panes(area, Focus::Reader) else { return Vec::new() };
        if let Some(reader) = &mut self.reader {
            reader.resize(layout::text_width(panes.reader), layout::text_rows(panes.reader));
        }
        let rows = self.list_height();
        let mut effects = vec![self.list.again(rows)];
        effects.extend(self.follow());
        effects
    }

    /// Asks for the case under the cursor where a pane shows it.
    fn follow(&mut self) -> Option<Effect> {
        let shown = matches!(self.focus, Focus::List | Focus::Queues)
            && !self.list.is_awaited()
            && self.panes().is_some_and(|panes| panes.preview.height > 0);
        let id = self.list.row()?.id.clone();
        let held =
            self.file.as_ref().is_some_and(|file| file.case.id == id) || self.wanted.as_ref() == Some(&id);
        (shown && !held).then(|| self.want(id, Then::Nothing))
    }

    fn want(&mut self, id: CaseId, then: Then) -> Effect {
        self.wanted = Some(id.clone());
        self.file_awaited = true;
        self.then = then;
        Effect::Open(id)
    }

    fn tell(&mut self, tone: Tone, text: SafeText) {
        self.notice = Some(Notice { tone, text });
        self.changed = true;
    }

    /// Reads what changes with every answer, even where no case did: counts, and when the case in hand was last read.
    fn count_again(&mut self) -> Vec<Effect> {
        std::iter::once(Effect::Count).chain(self.wanted.clone().map(Effect::Open)).collect()
    }

    /// Reads list, counts and the case in hand from the store again.
    fn look_again(&mut self) -> Vec<Effect> {
        let height = self.list_height();
        let mut effects = vec![self.list.again(height), Effect::Count];
        effects.extend(self.wanted.clone().map(Effect::Open));
        effects
    }
}

/// The time that it is once something is told at a time. Threads may tell in another order than they read the clock,
/// so a moment ago is no news; a larger step back is a clock that was set, and the store goes by the same clock.
fn later(now: Moment, told: Moment) -> Moment {
    const ORDER: i64 = 3 * moment::SECOND;
    if now.since(told) > ORDER { told } else { now.max(told) }
}

/// Just after the next full hour: by then a filter on the time left, which nobody counts more finely, has changed.
fn next_hour(at: Moment) -> Moment {
    Moment(at.plus(-1).0.div_euclid(moment::HOUR).saturating_add(1).saturating_mul(moment::HOUR)).plus(1)
}
