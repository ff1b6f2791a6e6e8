//! The dialog in which a person says what became of an entry whose outcome nobody saw. It asks for who said so and how
//! they know, and for a typed confirmation; what the rules do not allow yet cannot be chosen.

use crossterm::event::{KeyCode, KeyEvent};

use super::{
    Desk, Over, Tone,
    asking::not_as_given,
    keys,
    line::{Line, Purpose, Typed},
    outbox::looks_needed,
    unseen::Unseen,
    words::{Decision, Effect, Standing},
};
use crate::{
    action::{
        Entry, EntryId, State,
        life::{Earlier, Grounds, May},
    },
    case::{Moment, moment::Minute},
    text::{Raw, SafeText, own, say},
};

pub struct Decide {
    pub entry: EntryId,
    /// Which choice is under the cursor.
    pub cursor: usize,
    /// What is asked once a choice is made.
    pub told: Option<Told>,
    pub problem: Option<SafeText>,
    pub unseen: Unseen,
}

/// A choice and the lines that go with it.
pub struct Told {
    pub choice: Choice,
    pub lines: Vec<(Asked, Line)>,
    /// Which line is being typed.
    pub at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    There,
    SendAgain,
    Close,
}

impl Choice {
    pub const ALL: [Choice; 3] = [Choice::There, Choice::SendAgain, Choice::Close];

    pub fn words(self) -> &'static str {
        match self {
            Choice::There => "it is there",
            Choice::SendAgain => "it is not there: send it again",
            Choice::Close => "it is not there: give it up, it shall not be done",
        }
    }
}

/// One thing that has to be typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Of the case that it made.
    Number,
    /// Of what the step made, which the next one names.
    Made,
    Words,
    /// The provider's own, that it is not there and will not come.
    Confirmation,
    /// These letters, so that no slip of the finger decides.
    Letters(SafeText),
}

impl Asked {
    pub fn words(&self) -> SafeText {
        match self {
            Asked::Number => own("the number that the provider gave the case"),
            Asked::Made => own("the id that the provider gave what was sent; the next step names it"),
            Asked::Words => own("who says so, and how they know"),
            Asked::Confirmation => own("the provider's confirmation: who, when, in which words"),
            Asked::Letters(letters) => say!("type {} to confirm", letters),
        }
    }
}

/// Whether something may be chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Allowed {
    Yes,
    /// Only with the provider's confirmation: until then a copy may still arrive.
    Confirmed(Moment),
    /// And why not.
    No(SafeText),
}

/// The fewest characters in which somebody can say who told it.
pub const FEWEST: usize = 5;

pub fn allowed(choice: Choice, entry: &Entry, standing: Option<&Standing>, now: Moment) -> Allowed {
    let sent = entry.life.earlier != Earlier::Clear;
    match (choice, standing.map(|standing| standing.may)) {
        (Choice::There, _) if sent => Allowed::Yes,
        (Choice::There, _) => Allowed::No(own("nothing was sent yet")),
        (_, None) => Allowed::No(own("the outbox is still being read")),
        (_, Some(May::Now)) => Allowed::Yes,
        (_, Some(May::From(from) | May::Confirmed(from))) if from <= now => Allowed::Yes,
        (Choice::SendAgain, Some(May::Confirmed(from))) => Allowed::Confirmed(from),
        (_, Some(May::From(from) | May::Confirmed(from))) => {
            Allowed::No(say!("not before {}: a copy may still arrive", Minute(from)))
        }
        (_, Some(May::AfterLook(from))) => Allowed::No(say!("needs {} (L)", looks_needed(entry, from))),
    }
}

/// The letters that confirm: the last four of the case's number, or of our id where there is no number to be typed.
pub fn letters(entry: &Entry) -> SafeText {
    let last = |text: &SafeText| {
        let start = text.as_str().char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        text.slice(start..text.as_str().len())
    };
    let number = entry.case().map(|case| last(&case.number.id()));
    let can_be_typed = |text: &SafeText| text.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric());
    number
        .filter(|number| !number.is_empty() && can_be_typed(number))
        .unwrap_or_else(|| last(&Raw::new(entry.id.clone()).id()))
}

impl Told {
    fn new(choice: Choice, entry: &Entry, allowed: &Allowed, hands_on: bool) -> Told {
        let made = choice == Choice::There && hands_on;
        let number = choice == Choice::There && entry.case().is_none() && !made;
        let confirmation = matches!(allowed, Allowed::Confirmed(_));
        let asked = [
            made.then_some(Asked::Made),
            number.then_some(Asked::Number),
            Some(Asked::Words),
            confirmation.then_some(Asked::Confirmation),
            Some(Asked::Letters(letters(entry))),
        ];
        let line = |asked| (asked, Line::new(Purpose::Dialog, ""));
        Told { choice, lines: asked.into_iter().flatten().map(line).collect(), at: 0 }
    }

    fn text(&self, wanted: &Asked) -> Option<&str> {
        self.lines.iter().find(|(asked, _)| asked == wanted).map(|(_, line)| line.text().trim())
    }

    /// What is wrong with the line that is being typed, if anything.
    fn wrong(&self) -> Option<SafeText> {
        let (asked, line) = self.lines.get(self.at)?;
        let text = line.text().trim();
        match asked {
            Asked::Number | Asked::Made if line.is_altered() => Some(not_as_given()),
            Asked::Number if text.is_empty() => Some(own("its number is needed")),
            Asked::Made if text.is_empty() => {
                Some(own("its id is needed: the next step cannot be made without"))
            }
            Asked::Words | Asked::Confirmation if text.chars().count() < FEWEST => {
                Some(say!("a few words are needed, at least {} letters", FEWEST))
            }
            Asked::Letters(letters) if text != letters.as_str() => Some(own("these are not the letters")),
            _ => None,
        }
    }

    fn effect(&self, entry: EntryId) -> Effect {
        let number = self.text(&Asked::Number).or(self.text(&Asked::Made)).unwrap_or_default();
        let words = self.text(&Asked::Words).unwrap_or_default();
        said(entry, self.choice, number, words, self.text(&Asked::Confirmation))
    }
}

/// What somebody says of an entry: the number of the case that it made, who says so and how they know, and the provider's
/// confirmation, where it is needed.
pub fn said(entry: EntryId, choice: Choice, number: &str, words: &str, confirmation: Option<&str>) -> Effect {
    let decision = match choice {
        Choice::There => Decision::There(Raw::new(number)),
        Choice::SendAgain if confirmation.is_some() => Decision::SendAgain(Grounds::Confirmed),
        Choice::SendAgain => Decision::SendAgain(Grounds::Looked),
        Choice::Close => Decision::Close,
    };
    let why = match confirmation {
        Some(confirmation) => format!("{words}; the provider's confirmation: {confirmation}"),
        None => words.to_owned(),
    };
    Effect::Decide { entry, decision, why: Raw::new(why) }
}

impl Desk {
    /// Opens the dialog for an entry that nothing else settles.
    pub(super) fn decide(&mut self, entry: EntryId) -> Vec<Effect> {
        let decide = Decide { entry, cursor: 0, told: None, problem: None, unseen: Unseen::default() };
        self.lay(Over::Decide(Box::new(decide)))
    }

    pub(super) fn decide_key(&mut self, key: KeyEvent) -> Vec<Effect> {
        let read_at = self.read_at;
        let Over::Decide(decide) = &mut self.over else { return Vec::new() };
        if keys::leaves(&key) {
            self.changed = true;
            return self.decide_less();
        }
        if !decide.unseen.hears(read_at) {
            return Vec::new();
        }
        self.changed = true;
        decide.problem = None;
        match &mut decide.told {
            None => match key.code {
                KeyCode::Char('j') | KeyCode::Down => {
                    decide.cursor = (decide.cursor + 1).min(Choice::ALL.len() - 1);
                    Vec::new()
                }
                KeyCode::Char('k') | KeyCode::Up => {
                    decide.cursor = decide.cursor.saturating_sub(1);
                    Vec::new()
                }
                KeyCode::Enter => self.decide_chosen(),
                _ => Vec::new(),
            },
            Some(told) => match told.lines.get_mut(told.at).map(|(_, line)| line.key(key)) {
                Some(Typed::Entered) => self.decide_entered(),
                Some(Typed::Left) => self.decide_less(),
                _ => Vec::new(),
            },
        }
    }

    /// The letters that confirm are typed, never pasted.
    pub(super) fn decide_paste(&mut self, text: &Raw) {
        let read_at = self.read_at;
        let Over::Decide(decide) = &mut self.over else { return };
        let Some(told) = decide.told.as_mut().filter(|_| decide.unseen.hears(read_at)) else { return };
        match told.lines.get_mut(told.at) {
            Some((Asked::Letters(_), _)) => decide.problem = Some(own("a confirmation is typed, not pasted")),
            Some((_, line)) => {
                line.insert(text.exact());
            }
            None => {}
        }
        self.changed = true;
    }

    /// One step out of the dialog.
    fn decide_less(&mut self) -> Vec<Effect> {
        let Over::Decide(decide) = &mut self.over else { return Vec::new() };
        decide.problem = None;
        match &mut decide.told {
            Some(told) if told.at > 0 => told.at -= 1,
            Some(_) => decide.told = None,
            None => return self.lay(Over::Nothing),
        }
        Vec::new()
    }

    fn decide_chosen(&mut self) -> Vec<Effect> {
        let Over::Decide(decide) = &mut self.over else { return Vec::new() };
        let choice = Choice::ALL[decide.cursor.min(Choice::ALL.len() - 1)];
        let Some(entry) = self.outbox.entry(&decide.entry) else { return self.lay(Over::Nothing) };
        match allowed(choice, entry, self.outbox.standing(&entry.id), self.now) {
            Allowed::No(why) => decide.problem = Some(say!("this cannot be said yet: {}", why)),
            allowed => {
                let action = self.setup.action_of(&entry.draft);
                let hands_on = action.is_some_and(|action| action.hands_on(entry.step));
                decide.told = Some(Told::new(choice, entry, &allowed, hands_on));
            }
        }
        Vec::new()
    }

    fn decide_entered(&mut self) -> Vec<Effect> {
        let Over::Decide(decide) = &mut self.over else { return Vec::new() };
        let Some(told) = &mut decide.told else { return Vec::new() };
        decide.problem = told.wrong();
        if decide.problem.is_some() {
            return Vec::new();
        }
        if told.at + 1 < told.lines.len() {
            told.at += 1;
            return Vec::new();
        }
        // What was allowed when it was chosen may not be any more.
        let Some(entry) = self.outbox.entry(&decide.entry) else { return self.lay(Over::Nothing) };
        let confirmed = told.text(&Asked::Confirmation).is_some();
        match allowed(told.choice, entry, self.outbox.standing(&entry.id), self.now) {
            Allowed::No(why) => decide.problem = Some(why),
            Allowed::Confirmed(_) if !confirmed => decide.told = None,
            _ => {
                let effect = told.effect(entry.id.clone());
                if told.choice == Choice::Close {
                    self.outbox.given_up.push(entry.id.clone());
                }
                self.lay(Over::Nothing);
                return vec![effect];
            }
        }
        Vec::new()
    }

    /// A dialog about an entry that was settled meanwhile is closed.
    pub(super) fn decide_anew(&mut self) {
        let Over::Decide(decide) = &self.over else { return };
        let state = self.outbox.entry(&decide.entry).map(|entry| entry.life.state);
        if !state.is_some_and(State::is_unsettled) {
            let state = state.map_or("gone", State::words);
            self.lay(Over::Nothing);
            self.tell(Tone::Good, say!("nothing is to be decided any more: it is {}", own(state)));
        }
    }
}
