//! What the analyst asks for, by key or by name: one place from where every command goes its way.

mod acting;
mod cases;
mod documents;
mod list;
mod outbox;
mod providers;

pub use acting::Verb;
pub(super) use acting::unfit;

use crate::{
    case::{CaseId, Sort},
    desk::{
        Desk, Focus, Over, Then, Tone, dispute, layout,
        line::{Line, Purpose},
        reader::{Reader, Subject, sight::Aim},
        words::{Command, Effect, Errand, Move, Step},
    },
    text::{Marks, Raw, SafeText, own},
};

impl Desk {
    /// Takes what the analyst wants; what has to be done outside comes back.
    pub fn ask(&mut self, command: Command) -> Vec<Effect> {
        if let Some(effects) = self.waits_for_the_form(&command) {
            return effects;
        }
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
            Command::Queue(id) => match unsendable(&id) {
                Some(why) => self.refuse(why),
                None => self.queue(&id),
            },
            Command::View(name) => self.view(&name),
            Command::Urgent => self.land_after(self.urgent_from()),
            Command::Jump(words) => self.jump(words),
            Command::Group(group) => match unsendable(&group) {
                Some(why) => self.refuse(why),
                None => self.errand(|profile| Errand::Group { profile, group: Raw::new(group) }),
            },
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
            Command::RawView => self.with_case(|desk, id| desk.read(Subject::Raw(id))),
            Command::Search => self.type_search(),
            Command::SearchFor(words) => self.search(&words),
            Command::Hit(step) => self.hit(step),
            Command::Save(to) => self.with_document(|paper| Effect::Save { paper, to }),
            Command::ShowOutside => self.with_document(Effect::Show),
            Command::Leaf(step) => self.leaf(step),
            Command::LeafAt(number) => self.leaf_at(number),
            Command::Leaves => self.leaves(),
            Command::Inside => self.inside(),
            Command::About => self.about(),
            Command::Sight => self.sight(),
            Command::Look(look) => self.look(look),
            Command::Aside(step) => match (self.aside(step), step) {
                (Some(effects), _) => effects,
                (None, Step::Previous) => self.back(),
                (None, Step::Next) => Vec::new(),
            },
            Command::Fold => self.fold(false),
            Command::FoldAll => self.fold(true),
            Command::PickLines => self.pick_lines(),
            Command::Images => self.images(),
            Command::Page => self.page(),
            Command::Act(id, force) => self.act(&id, force),
            Command::Make(profile) => self.make(&profile),
            Command::Verbs => self.lay_verbs(),
            Command::Note => self.type_note(),
            Command::NoteFor(text) => self.note(&text),
            Command::Form(asked) => self.form_asked(asked, false),
            Command::Send => self.send_form(),
            Command::Outbox => self.see_outbox(None),
            Command::Entry(key) => self.with_entry(key),
        }
    }

    /// Everything that going somewhere can move.
    fn stands(&self) -> (([usize; 7], usize, usize), Option<Aim>) {
        let reader = self.reader.as_ref();
        let stands = [
            self.queues.cursor,
            self.list.cursor,
            self.list.top,
            self.position.top,
            reader.map_or(0, |reader| reader.top),
            self.outbox.cursor,
            self.outbox.top,
        ];
        let line = reader.map_or(0, Reader::line_in_hand);
        let page = reader.map_or(0, Reader::page);
        let sight = reader.and_then(|reader| reader.sight.as_ref());
        ((stands, line, page), sight.map(|sight| sight.aim))
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
                let lines =
                    self.file_in_hand().map_or(0, |_| self.case_lines(layout::text_width(panes.case)).len());
                self.position.top = step.scroll(self.position.top, height, lines);
                Vec::new()
            }
            Focus::Reader => {
                if !self.go_in_sight(step)
                    && let Some(reader) = &mut self.reader
                {
                    reader.go(step, layout::text_rows(panes.reader));
                }
                Vec::new()
            }
            Focus::Outbox | Focus::Entry => {
                self.go_in_outbox(step);
                Vec::new()
            }
        }
    }

    fn shift_focus(&mut self, step: Step) -> Vec<Effect> {
        let order: &[Focus] = match self.focus {
            Focus::Queues | Focus::List => &[Focus::Queues, Focus::List],
            Focus::Case if self.reader.is_none() => &[Focus::List, Focus::Case],
            Focus::Case | Focus::Reader => &[Focus::List, Focus::Case, Focus::Reader],
            Focus::Outbox | Focus::Entry => &[Focus::Outbox, Focus::Entry],
        };
        let at = order.iter().position(|focus| *focus == self.focus).unwrap_or(0);
        let next = match step {
            Step::Next => (at + 1) % order.len(),
            Step::Previous => (at + order.len() - 1) % order.len(),
        };
        self.focus = order[next];
        self.then = Then::Nothing;
        self.follow().into_iter().collect()
    }

    fn open_deeper(&mut self) -> Vec<Effect> {
        match self.focus {
            Focus::Queues => match self.queues.shelf() {
                Some(shelf) => self.see_outbox(Some(shelf)),
                None => {
                    self.focus = Focus::List;
                    self.follow().into_iter().collect()
                }
            },
            Focus::List => match self.list.row().map(|row| row.id.clone()) {
                Some(id) => self.open_case(id, Then::Nothing),
                None => self.refuse(own("there is no case under the cursor")),
            },
            Focus::Case => self.read_document(),
            Focus::Reader => self.fold(false),
            Focus::Entry => Vec::new(),
            Focus::Outbox => self.open_in_outbox(),
        }
    }

    /// Puts a case into the case pane.
    pub(in crate::desk) fn open_case(&mut self, id: CaseId, then: Then) -> Vec<Effect> {
        if self.wanted.as_ref() != Some(&id) || self.focus != Focus::Case {
            self.position = dispute::Position::default();
        }
        self.focus = Focus::Case;
        self.over = Over::Nothing;
        if self.reader.as_ref().is_some_and(|reader| reader.case() != Some(&id)) {
            self.put_down();
        }
        vec![self.want(id, then)]
    }

    fn back(&mut self) -> Vec<Effect> {
        self.then = Then::Nothing;
        match self.focus {
            Focus::Reader => {
                if let Some(reader) = self.reader.as_mut().filter(|reader| reader.picked.is_some()) {
                    reader.picked = None;
                    return Vec::new();
                }
                if let Some(effects) = self.outside().or_else(|| self.end_preview()) {
                    return effects;
                }
                self.focus = Focus::Case;
                Vec::new()
            }
            Focus::Case => {
                self.focus = Focus::List;
                self.put_down();
                self.follow().into_iter().collect()
            }
            Focus::List if !self.list.typed.is_empty() => self.filter_to(""),
            Focus::List => Vec::new(),
            Focus::Queues => {
                self.focus = Focus::List;
                Vec::new()
            }
            Focus::Outbox | Focus::Entry => self.leave_outbox(),
        }
    }

    fn quit(&mut self) -> Vec<Effect> {
        match self.focus {
            Focus::Case | Focus::Reader | Focus::Outbox | Focus::Entry => self.back(),
            Focus::List | Focus::Queues => self.leave_or_ask(),
        }
    }

    /// Lays something on top of the panes, or clears them; what waited for a case waits no longer.
    pub(in crate::desk) fn lay(&mut self, over: Over) -> Vec<Effect> {
        (self.over, self.then) = (over, Then::Nothing);
        Vec::new()
    }

    pub(in crate::desk) fn type_line(&mut self, purpose: Purpose, text: &str) -> Vec<Effect> {
        let line = Line::new(purpose, text).knowing(self.actions_in_hand());
        self.lay(Over::Line(Box::new(line)))
    }

    pub(in crate::desk) fn refuse(&mut self, text: SafeText) -> Vec<Effect> {
        self.tell(Tone::Bad, text);
        Vec::new()
    }

    fn with_case(&mut self, act: impl FnOnce(&mut Desk, CaseId) -> Vec<Effect>) -> Vec<Effect> {
        match self.case_in_hand() {
            Some(id) => act(self, id),
            None => self.refuse(own("there is no case under the cursor")),
        }
    }
}

/// Why a typed text must not be put into a question, if it must not: it may hold a card number, or it would have to
/// be altered to be shown, and what is shown as asked must be what is asked.
fn unsendable(typed: &str) -> Option<SafeText> {
    let raw = Raw::new(typed);
    if raw.marks().contains(Marks::PAN) {
        return Some(own("that may be a card number and was not sent; :card takes one unseen and seals it"));
    }
    (raw.show().as_str() != typed).then(not_as_given)
}

/// The same for a jump: exactly 23 digits are an acquirer reference number.
fn unsendable_jump(typed: &str) -> Option<SafeText> {
    let is_arn = typed.len() == 23 && typed.bytes().all(|byte| byte.is_ascii_digit());
    if is_arn { None } else { unsendable(typed) }
}

pub(super) fn not_as_given() -> SafeText {
    own("not sent: it held what cannot be shown as it was typed or pasted; Ctrl-u empties the line")
}
