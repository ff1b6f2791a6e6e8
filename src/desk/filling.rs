//! While a form is open: its keys, its review, and the answers it waits for. What a form holds is in [`super::form`].

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{
    Desk, Over, Tone,
    asking::unfit,
    form::{
        Form, Input, Stage,
        page::Page,
        review::{self, Review},
    },
    keys::{self, Context},
    layout,
    line::left_out,
    question::{Asks, Question},
    words::{Begin, Command, DraftKept, Effect, Event, Force, FormKey, Move, NotQueued, Opened, Undone},
};
use crate::{
    action::{Attachment, EntryId, Meanwhile, Offer},
    case::CaseId,
    text::{Raw, SafeText, own, say},
};

impl Desk {
    pub fn form(&self) -> Option<&Form> {
        match &self.over {
            Over::Form(form) | Over::Question(Question { asks: Asks::LoseTyped(form), .. }) => Some(form),
            _ => None,
        }
    }

    pub(super) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.over {
            Over::Form(form) | Over::Question(Question { asks: Asks::LoseTyped(form), .. }) => Some(form),
            _ => None,
        }
    }

    /// The form with that draft, if it is the one that is open.
    fn form_of(&mut self, draft: &str) -> Option<&mut Form> {
        self.form_at_hand_mut().filter(|form| form.is_of(draft))
    }

    /// Whether a form is being queued, and nothing is known of it yet.
    pub(super) fn is_sending(&self) -> bool {
        self.form().is_some_and(|form| form.stage == Stage::Sending)
    }

    /// Whether keys have to wait for what the form has under way.
    pub(super) fn is_form_busy(&self) -> bool {
        self.beginning.is_some()
            || self.form().is_some_and(|form| match form.stage {
                Stage::Leaving | Stage::Sending => true,
                // What is sent must be the version that is kept.
                Stage::Filled => form.review.is_some() && form.is_keeping(),
            })
    }

    // ---- keys

    pub(super) fn form_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        if self.context() == Context::Review {
            return self.review_key(&key);
        }
        let by_arrow = matches!(key.code, KeyCode::Up | KeyCode::Down);
        let now = self.now;
        match keys::command(Context::Form, &key, &[]) {
            Some(Command::Form(asked)) => self.form_asked(asked, by_arrow),
            Some(command) => self.ask(command),
            None => {
                let Some(form) = self.form_mut() else { return Vec::new() };
                let jump = form.at.is_none() && keys::name_of(&key) == "o";
                let did = match form.first_lines().filter(|_| jump) {
                    Some(lines) => {
                        let effects = form.focus(Some(lines), now);
                        super::form::Did { changed: true, effects }
                    }
                    None => form.type_key(&key, now),
                };
                self.did(did)
            }
        }
    }

    /// What changes nothing on the screen leaves the news there, too.
    fn did(&mut self, did: super::form::Did) -> Vec<Effect> {
        if did.changed {
            self.changed = true;
            self.notice = None;
        }
        did.effects
    }

    pub(super) fn form_asked(&mut self, asked: FormKey, by_arrow: bool) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_mut() else { return Vec::new() };
        match asked {
            FormKey::Leave if form.leave_unanswered() => {
                self.changed = true;
                Vec::new()
            }
            FormKey::Preview => self.preview(),
            FormKey::Leave => self.leave_form(),
            FormKey::Review => self.review(),
            FormKey::Take if form.at.is_none() => self.review(),
            _ => {
                let did = form.take(asked, by_arrow, now);
                self.did(did)
            }
        }
    }

    pub(super) fn paste_into_form(&mut self, text: &Raw) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_mut() else { return Vec::new() };
        let did = if form.review.is_some() { super::form::Did::default() } else { form.paste(text, now) };
        let takes = form.review.is_none() && !matches!(form.input, Input::Nothing | Input::Card);
        let left_out = if takes { text.without_controls().1 } else { 0 };
        if !did.changed && left_out == 0 {
            return self.refuse(own("nothing here takes a paste; it was not used"));
        }
        let effects = self.did(did);
        self.tell_left_out(left_out);
        effects
    }

    /// What a provider is sent is what the analyst sees; what became of the rest is told.
    fn tell_left_out(&mut self, count: usize) {
        if let Some(words) = left_out(count) {
            self.tell(Tone::Bad, words);
        }
    }

    /// Closes the form once its draft is kept. Nothing typed is lost by leaving, but by the analyst's own word where it
    /// cannot be kept.
    pub(super) fn leave_form(&mut self) -> Vec<Effect> {
        let Some(form) = self.form_mut() else { return Vec::new() };
        if form.is_stuck {
            self.changed = true;
            return match std::mem::replace(&mut self.over, Over::Nothing) {
                Over::Form(form) => self.put_question(Asks::LoseTyped(form)),
                other => self.lay(other),
            };
        }
        if form.is_unkept() || form.is_keeping() {
            form.stage = Stage::Leaving;
            let effects = form.keep().into_iter().collect();
            self.changed = true;
            return effects;
        }
        self.form_left();
        self.look_again()
    }

    fn form_left(&mut self) {
        let Some(form) = self.form() else { return };
        let (title, empty) = (own(form.action.title), form.draft.values.iter().next().is_none());
        let text = match (form.is_queued_elsewhere, empty) {
            (true, _) => say!("{}: left, as another terminal queued it", title),
            (false, true) => say!("{}: nothing was entered", title),
            (false, false) => say!("{}: draft kept", title),
        };
        self.lay(Over::Nothing);
        self.tell(Tone::Good, text);
    }

    /// Opens the review, where nothing is wrong; else the first problem.
    fn review(&mut self) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_mut() else { return Vec::new() };
        if form.is_asking() {
            return self.refuse(own("the form asks something: Enter or Esc answers it, then review"));
        }
        if form.attaching > 0 {
            return self.refuse(own("a file is still being copied; review once it is there"));
        }
        form.settle_days(now);
        let mut effects: Vec<_> = form.keep().into_iter().collect();
        effects.extend(form.focus(form.at.clone(), now));
        if form.is_sound() {
            form.review = Some(Review::default());
            self.notice = None;
        } else {
            effects.extend(form.focus_trouble(now));
            let problems = form.problem_count();
            let words = own(if problems == 1 { "problem" } else { "problems" });
            self.tell(Tone::Bad, say!("{} {} to mend before the review", problems, words));
        }
        self.changed = true;
        effects
    }

    fn review_key(&mut self, key: &KeyEvent) -> Vec<Effect> {
        let read_at = self.read_at;
        let Some(form) = self.form_mut() else { return Vec::new() };
        let is_final = form.action.is_final;
        let Some(review) = &mut form.review else { return Vec::new() };
        if !keys::leaves(key) && !review.unseen.hears(read_at) {
            return Vec::new();
        }
        let plain = !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            // Letters spell the word that a final action asks for; they are no keys there.
            KeyCode::Char(letter) if is_final && plain => {
                if review.typed.len() < 32 {
                    review.typed.push(letter);
                }
                review.problem = None;
                self.changed = true;
                Vec::new()
            }
            KeyCode::Char('u') if is_final && keys::name_of(key) == "Ctrl-u" => {
                let typed = std::mem::take(&mut review.typed);
                self.changed |= !typed.is_empty();
                Vec::new()
            }
            KeyCode::Backspace if is_final => {
                self.changed |= review.typed.pop().is_some();
                Vec::new()
            }
            KeyCode::Enter if !is_final => Vec::new(),
            _ => match keys::command(Context::Review, key, &[]) {
                Some(Command::Send) => self.send_form(),
                Some(Command::Back) => {
                    form.review = None;
                    self.changed = true;
                    Vec::new()
                }
                Some(Command::Go(step)) => self.scroll_review(step),
                Some(command) => self.ask(command),
                None => Vec::new(),
            },
        }
    }

    /// The lines of the review, for the pane it is in.
    pub fn review_page(&self, width: usize) -> Page {
        let page = |form: &Form| {
            let hindrance = form.draft.case.as_ref().and_then(|case| self.hindrance(case));
            Some(review::lines(form, self.profile(&form.draft.profile)?, hindrance, self.now, width))
        };
        self.form().and_then(page).unwrap_or_default()
    }

    fn scroll_review(&mut self, step: Move) -> Vec<Effect> {
        let Some(panes) = self.panes() else { return Vec::new() };
        let height = layout::case_rows(panes.case).saturating_sub(usize::from(REVIEW_FOOT));
        let rows = self.review_page(layout::text_width(panes.case)).lines.len();
        let Some(review) = self.form_mut().and_then(|form| form.review.as_mut()) else { return Vec::new() };
        let top = step.scroll(review.top, height, rows);
        let moved = std::mem::replace(&mut review.top, top) != top;
        self.changed |= moved;
        Vec::new()
    }

    /// Hands the form over to be queued. A final action wants its word first.
    pub(super) fn send_form(&mut self) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_mut() else {
            return self.refuse(own("there is nothing under review"));
        };
        let wanted = review::word(form);
        let is_final = form.action.is_final;
        let Some(review) = &mut form.review else {
            return self.refuse(own("what is sent is reviewed first: Ctrl-r"));
        };
        if is_final && review.typed != wanted.as_str() {
            review.typed.clear();
            review.problem = Some(say!("that was another word; this is final: type {}, then Enter", wanted));
            self.changed = true;
            return Vec::new();
        }
        if !form.is_sound() {
            return form.refused(Vec::new(), now);
        }
        // A case can move under the form. Only a person who asks for it by name sends it all the same.
        if let Offer::No(why) = &form.offer
            && form.forced == Force::No
        {
            let words = unfit(form.action, why);
            return self.refuse(words);
        }
        form.stage = Stage::Sending;
        let submission = form.submission();
        // What was typed behind the key that sends.
        self.came_to_nothing();
        self.changed = true;
        self.notice = None;
        vec![Effect::Submit(Box::new(submission))]
    }

    // ---- answers

    pub(super) fn filled(&mut self, event: Event) -> Vec<Effect> {
        let now = self.now;
        match event {
            Event::Form { begin, answer } => self.form_came(&begin, answer),
            Event::DraftKept { draft, kept } => self.draft_kept(&draft, &kept),
            Event::Attached { draft, field, answer } => self.attached(&draft, &field, answer),
            Event::Packed { draft, field, files, answer } => {
                let form = self.form_of(&draft).filter(|form| form.at.as_deref() == Some(&*field));
                self.changed = form.is_some_and(|form| form.packed(&files, answer));
                Vec::new()
            }
            Event::Folder { ask, answer } => {
                let came =
                    self.form_at_hand_mut().map(|form| form.folder_came(ask, answer)).unwrap_or_default();
                self.changed = came.changed;
                came.effects
            }
            Event::Edited { draft, field, answer } => match (self.form_of(&draft), answer) {
                (Some(form), Ok(text)) => {
                    let effects = form.edited(&field, &text, now);
                    self.tell_left_out(text.without_controls().1);
                    effects
                }
                (_, Err(why)) => self.refuse(why),
                (None, Ok(_)) => self.refuse(own("the form of that text is closed; the text was not used")),
            },
            Event::Queued { draft, answer } => self.queued(&draft, answer),
            _ => Vec::new(),
        }
    }

    fn form_came(&mut self, begin: &Begin, answer: Result<Box<Opened>, SafeText>) -> Vec<Effect> {
        if self.beginning.as_ref() != Some(begin) {
            // The analyst went on without it.
            self.changed = false;
            return Vec::new();
        }
        self.beginning = None;
        let opened = match answer {
            Ok(opened) => *opened,
            Err(why) => {
                self.came_to_nothing();
                return self.refuse(why);
            }
        };
        let profile = self.profile(&begin.profile);
        let action =
            profile.and_then(|profile| Some((profile.action(&begin.action)?, profile.settings.clone())));
        let Some((action, settings)) = action else {
            self.came_to_nothing();
            return self.refuse(own("there is no such action any more; the draft stays where it is"));
        };
        let force = if begin.forced { Force::Yes } else { Force::No };
        let resumed = opened.resumed;
        let (form, effects) = Form::open(action, settings, opened, force, self.now);
        // A draft that was begun is always opened again: what was typed can be read there.
        if let (Offer::No(why), Force::No, false) = (&form.offer, force, resumed) {
            self.came_to_nothing();
            let why = unfit(action, why);
            return self.refuse(why);
        }
        if resumed {
            self.tell(Tone::Good, own("as it was left: the kept draft"));
        }
        self.lay(Over::Form(Box::new(form)));
        effects
    }

    fn draft_kept(&mut self, draft: &str, kept: &DraftKept) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_of(draft) else {
            self.changed = false;
            return Vec::new();
        };
        form.draft_kept(kept, now);
        let leaving = form.stage == Stage::Leaving;
        // What is sent is what is kept.
        let more = if leaving || form.review.is_some() { form.keep() } else { None };
        let left = leaving && more.is_none();
        let effects = if left {
            self.form_left();
            self.look_again()
        } else {
            more.into_iter().collect()
        };
        match told(kept) {
            Some(words) => self.tell(Tone::Bad, own(words)),
            None => self.changed = left,
        }
        effects
    }

    fn attached(&mut self, draft: &str, field: &str, answer: Result<Attachment, SafeText>) -> Vec<Effect> {
        let now = self.now;
        match (self.form_of(draft), answer) {
            (Some(form), answer) => {
                form.attached(field, answer, now);
                // What was read in the review is not what would be sent now.
                if form.stage != Stage::Sending && form.review.take().is_some() {
                    return self.refuse(own("a file came while this was reviewed: see it, then review again"));
                }
            }
            (None, Ok(_)) => {
                return self
                    .refuse(own("the form was left before its file was copied; the file is not attached"));
            }
            (None, Err(why)) => return self.refuse(why),
        }
        Vec::new()
    }

    fn queued(&mut self, draft: &str, answer: Result<EntryId, NotQueued>) -> Vec<Effect> {
        let now = self.now;
        let Some(form) = self.form_of(draft) else { return self.look_again() };
        match answer {
            Ok(_) => {
                let case = form.draft.case.clone();
                let what = own(form.action.title);
                let text = match &case {
                    Some(id) => say!("{} of {} is queued", what, id.number.id()),
                    None => say!("{} is queued", what),
                };
                self.lay(Over::Nothing);
                self.tell(Tone::Good, text);
                let mut effects = self.look_again();
                effects.extend(self.follow_after(case));
                effects
            }
            Err(NotQueued { says, problems }) => {
                let effects = form.refused(problems, now);
                self.came_to_nothing();
                self.tell(Tone::Bad, say!("not queued, nothing was sent: {}; the draft is here", says));
                effects
            }
        }
    }

    /// Something that the form waited for was not done. What was typed is still there.
    pub(super) fn form_undone(&mut self, undone: &Undone) -> Option<SafeText> {
        match undone {
            Undone::KeepDraft(draft) => {
                let form = self.form_of(draft)?;
                form.not_kept();
                Some(own(if form.is_stuck {
                    "; what is typed is still here; Esc again leaves without it, after a question"
                } else {
                    "; what is typed is still here, and is kept after the next key"
                }))
            }
            Undone::Submit(draft) => {
                let now = self.now;
                let form = self.form_of(draft)?;
                form.refused(Vec::new(), now);
                Some(own("; nothing was sent, the draft is here, Ctrl-r reviews it again"))
            }
            Undone::Attach(draft) => {
                let form = self.form_of(draft)?;
                form.attaching = form.attaching.saturating_sub(1);
                Some(own("; the file is not attached"))
            }
            Undone::Pack(draft) => {
                let form = self.form_of(draft)?;
                form.not_packed();
                Some(own("; the files are as they were"))
            }
            _ => None,
        }
    }

    /// The case came anew. A case that moved while its form was reviewed is looked at again before anything is sent.
    pub(super) fn form_sees_case(&mut self, id: &CaseId) {
        let (now, file) = (self.now, self.file.clone());
        let Some(form) = self.form_at_hand_mut().filter(|form| form.draft.case.as_ref() == Some(id)) else {
            return;
        };
        let moved = form.see_case(file, now);
        if moved && form.stage != Stage::Sending && form.review.take().is_some() {
            self.refuse(own("the case moved while it was reviewed: see on top what, then review again"));
        }
    }

    /// Keeps what was typed once the analyst pauses.
    pub(super) fn keep_in_time(&mut self) -> Option<Effect> {
        let now = self.now;
        let form = self.form_at_hand_mut()?;
        form.keep_at().filter(|at| *at <= now)?;
        form.keep()
    }
}

/// What is to be told of a draft that was kept otherwise than as it was.
fn told(kept: &DraftKept) -> Option<&'static str> {
    let meanwhile = match kept {
        DraftKept::Yes(_) => return None,
        DraftKept::Gone => {
            return Some("another terminal queued this very draft meanwhile; there was nothing to keep");
        }
        DraftKept::Beside { meanwhile, .. } => meanwhile,
    };
    Some(match meanwhile {
        Meanwhile::Changed => {
            "another terminal changed this draft meanwhile; this one is kept beside it, both are in the outbox"
        }
        Meanwhile::Queued => {
            "another terminal queued this draft meanwhile; what was typed here is kept beside it as a draft of its own"
        }
        Meanwhile::Sent => {
            "another terminal sent this draft meanwhile; what was typed here is kept beside it as a draft of its own"
        }
        Meanwhile::Discarded => {
            "another terminal discarded this draft meanwhile; what was typed here is kept as a new one"
        }
    })
}

/// The row at the foot of the review that says how to send.
pub const REVIEW_FOOT: u16 = 2;
