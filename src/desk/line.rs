//! The line that is typed: a filter, a command, a search, a reason for parking, a card number,
//! a document's password.

use crossterm::event::{KeyCode, KeyEvent};
use tui_textarea::{CursorMove, TextArea};

use super::{keys, words::PaperId};
use crate::{
    action::Action,
    case::CaseId,
    text::{Raw, SafeText, Secret, check_digit, own, say},
};

pub struct Line {
    pub purpose: Purpose,
    /// What can be completed beside the names of the table.
    actions: &'static [Action],
    text: TextArea<'static>,
    /// What is wrong with what was typed.
    pub problem: Option<SafeText>,
    /// Which completion `Tab` would give next.
    turn: usize,
    /// What stood there before `Tab` began to complete.
    stem: Option<String>,
    /// Something that was typed or pasted is held in another form than it came in.
    altered: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// With the filter that stood before, for Esc.
    Filter {
        before: String,
    },
    Command,
    Search,
    Park(CaseId),
    /// For the journal.
    Note(CaseId),
    /// A line of a dialog, which says itself what it is for.
    Dialog,
}

/// What a key did to the line.
pub enum Typed {
    Changed,
    Moved,
    Entered,
    Left,
    /// The key means nothing here.
    Nothing,
}

/// The longest line in characters; more is not taken.
const LONGEST: usize = 1000;

impl Line {
    pub fn new(purpose: Purpose, text: &str) -> Line {
        let mut area = TextArea::new(vec![text.to_owned()]);
        area.move_cursor(CursorMove::End);
        Line { purpose, actions: &[], text: area, problem: None, turn: 0, stem: None, altered: false }
    }

    /// A line on which the names of these actions are known, too.
    pub fn knowing(self, actions: &'static [Action]) -> Line {
        Line { actions, ..self }
    }

    pub fn text(&self) -> &str {
        self.text.lines().first().map_or("", String::as_str)
    }

    /// What stands before the line: "/", ":" and so on.
    pub fn sign(&self) -> SafeText {
        own(match self.purpose {
            Purpose::Filter { .. } => "filter: ",
            Purpose::Command => ":",
            Purpose::Search => "search: ",
            Purpose::Park(_) => "park, because: ",
            Purpose::Note(_) => "note: ",
            Purpose::Dialog => "",
        })
    }

    /// Whether the line is not what was typed or pasted: it must not be asked for. Until it is empty again.
    pub fn is_altered(&self) -> bool {
        self.altered
    }

    /// The text left of the cursor and the text from it on. The whole line passes the contract before it is parted:
    /// half a card number is none.
    pub fn parts(&self) -> (SafeText, SafeText) {
        let shown = Raw::new(self.text()).show();
        let (typed, at) = (self.text().chars().count(), self.text.cursor().1);
        let long = shown.as_str().chars().count();
        // Stars are as many as the digits they stand for; where something was taken out before the cursor, what is
        // behind it tells the place.
        let same = self.text().chars().zip(shown.as_str().chars()).take_while(|(typed, shown)| typed == shown);
        let at = if typed == long || same.count() >= at { at } else { (at + long).saturating_sub(typed) };
        let split = shown.as_str().char_indices().nth(at).map_or(shown.as_str().len(), |(byte, _)| byte);
        let before = shown.slice(0..split);
        let after = shown.slice(before.as_str().len()..shown.as_str().len());
        (before, after)
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let typed = self.take(key);
        self.altered &= !self.text().is_empty();
        typed
    }

    fn take(&mut self, key: KeyEvent) -> Typed {
        self.problem = None;
        match key.code {
            KeyCode::Enter => return Typed::Entered,
            KeyCode::Esc => return Typed::Left,
            KeyCode::Tab if self.purpose == Purpose::Command => return self.complete(),
            KeyCode::Tab | KeyCode::BackTab => return Typed::Nothing,
            KeyCode::Char('c') if keys::name_of(&key) == "Ctrl-c" => return Typed::Left,
            KeyCode::Backspace if self.text().is_empty() => return Typed::Left,
            // Plain letters go the same way as pasted ones; a line has no line breaks (Ctrl-m).
            KeyCode::Char(letter) if keys::name_of(&key).chars().count() == 1 || letter == ' ' => {
                return self.insert(&letter.to_string());
            }
            KeyCode::Char('m' | 'j') => return Typed::Nothing,
            // As every shell has it; the text area would undo.
            KeyCode::Char('u') if keys::name_of(&key) == "Ctrl-u" => {
                self.stem = None;
                return if self.text.delete_line_by_head() { Typed::Changed } else { Typed::Nothing };
            }
            _ => {}
        }
        self.stem = None;
        let cursor = self.text.cursor();
        if self.text.input(key) {
            Typed::Changed
        } else if self.text.cursor() != cursor {
            Typed::Moved
        } else {
            Typed::Nothing
        }
    }

    /// Puts typed or pasted text at the cursor, in the only form that may be shown.
    pub fn insert(&mut self, text: &str) -> Typed {
        (self.stem, self.problem) = (None, None);
        let text = text.trim_end_matches(['\r', '\n']);
        let (safe, count) = match &self.purpose {
            _ if self.is_of_words(text) => on_one_line(text),
            Purpose::Command => (Raw::new(text).id(), 0),
            _ => (Raw::new(text).show(), 0),
        };
        if self.text().chars().count() + safe.as_str().chars().count() > LONGEST {
            self.problem = Some(say!("a line holds {} characters; this was not taken", LONGEST));
            return Typed::Moved;
        }
        self.text.insert_str(safe.as_str());
        self.altered |= safe.as_str() != text;
        self.problem = left_out(count);
        Typed::Changed
    }

    /// Whether what is inserted is kept as somebody's words, and neither looked for nor asked for.
    fn is_of_words(&self, inserted: &str) -> bool {
        match self.purpose {
            Purpose::Park(_) | Purpose::Note(_) | Purpose::Dialog => true,
            Purpose::Filter { .. } | Purpose::Search => false,
            Purpose::Command => {
                let begun = if self.text().is_empty() { inserted } else { self.text() };
                ["note ", "park "].iter().any(|name| begun.starts_with(name))
            }
        }
    }

    /// The commands that the typed beginning could become.
    pub fn completions(&self) -> Vec<&'static str> {
        let stem = self.stem.as_deref().unwrap_or(self.text());
        if self.purpose == Purpose::Command && !stem.contains(' ') {
            keys::completions(stem, self.actions)
        } else {
            Vec::new()
        }
    }

    fn complete(&mut self) -> Typed {
        let choices = self.completions();
        if choices.is_empty() {
            return Typed::Nothing;
        }
        if self.stem.is_none() {
            self.stem = Some(self.text().to_owned());
            self.turn = 0;
        }
        let name = choices[self.turn % choices.len()];
        self.turn += 1;
        let stem = self.stem.take();
        self.text = TextArea::new(vec![name.to_owned()]);
        self.text.move_cursor(CursorMove::End);
        self.stem = stem;
        Typed::Changed
    }
}

/// A text on one line: where a line ended, or a tab stood, is a blank. With how many characters were left out.
fn on_one_line(text: &str) -> (SafeText, usize) {
    let (text, count) = Raw::new(text.replace('\t', " ")).without_controls();
    (SafeText::join(&text.lines(), " "), count)
}

/// What is told of characters that were left out, if there were any.
pub fn left_out(count: usize) -> Option<SafeText> {
    match count {
        0 => None,
        1 => Some(own("one character that is no text was left out")),
        _ => Some(say!("{} characters that are no text were left out", count)),
    }
}

/// What a key means where a text is typed unseen.
enum Pressed {
    Letter(char),
    Did(Typed),
}

/// Every key but the letters does the same to whatever is typed unseen.
fn pressed_unseen(held: &mut Secret, key: KeyEvent) -> Pressed {
    let name = keys::name_of(&key);
    Pressed::Did(match key.code {
        KeyCode::Enter => Typed::Entered,
        KeyCode::Esc => Typed::Left,
        KeyCode::Backspace => {
            let mut text = held.reveal().to_owned();
            text.pop();
            *held = Secret::new(text);
            Typed::Changed
        }
        KeyCode::Char('c') if name == "Ctrl-c" => Typed::Left,
        KeyCode::Char(letter) if name.chars().count() == 1 || letter == ' ' => return Pressed::Letter(letter),
        _ => Typed::Nothing,
    })
}

/// A card number while it is typed: never shown, wiped when dropped. Not even its last digits: as more are typed, the
/// last ones become middle ones.
pub struct CardLine {
    pub profile: String,
    digits: Secret,
    pub problem: Option<SafeText>,
}

impl CardLine {
    pub fn new(profile: String) -> CardLine {
        CardLine { profile, digits: Secret::default(), problem: None }
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        self.problem = None;
        match pressed_unseen(&mut self.digits, key) {
            Pressed::Letter(letter) => self.insert(&letter.to_string()),
            Pressed::Did(typed) => typed,
        }
    }

    /// Takes the digits of a text and drops blanks and dashes; anything else is refused whole.
    pub fn insert(&mut self, text: &str) -> Typed {
        self.problem = None;
        let text = text.trim_end_matches(['\r', '\n']);
        if !text.chars().all(|letter| letter.is_ascii_digit() || letter == ' ' || letter == '-') {
            self.problem = Some(own("a card number is digits only; this was not taken"));
            return Typed::Moved;
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let all = Secret::new(format!("{}{}", self.digits.reveal(), digits));
        if all.reveal().len() > 19 {
            self.problem = Some(own("a card number has at most 19 digits; this was not taken"));
            return Typed::Moved;
        }
        self.digits = all;
        Typed::Changed
    }

    /// A star for each digit.
    pub fn shown(&self) -> SafeText {
        SafeText::join(&vec![own("*"); self.digits.reveal().len()], "")
    }

    /// The number, if it can be one.
    pub fn number(&self) -> Result<Secret, SafeText> {
        let digits = self.digits.reveal();
        match digits.len() {
            12..=19 if check_digit(digits.bytes().rev().map(|byte| byte - b'0')) => Ok(self.digits.clone()),
            12..=19 => Err(own("the check digit is wrong: a digit is mistyped")),
            count => Err(say!("a card number has 12 to 19 digits, this has {}", count)),
        }
    }
}

/// The password of a document, typed unseen.
pub struct PasswordLine {
    pub paper: PaperId,
    text: Secret,
    pub problem: Option<SafeText>,
}

impl PasswordLine {
    /// `wrong`: one was given, and did not open the document.
    pub fn new(paper: PaperId, wrong: bool) -> PasswordLine {
        let problem = wrong.then(|| own("that password does not open it"));
        PasswordLine { paper, text: Secret::default(), problem }
    }

    pub fn key(&mut self, key: KeyEvent) -> Typed {
        self.problem = None;
        match pressed_unseen(&mut self.text, key) {
            Pressed::Letter(letter) => self.insert(&letter.to_string()),
            Pressed::Did(typed) => typed,
        }
    }

    pub fn insert(&mut self, text: &str) -> Typed {
        let all = format!("{}{}", self.text.reveal(), text.trim_end_matches(['\r', '\n']));
        if all.chars().count() > LONGEST {
            self.problem = Some(own("a password this long was not taken"));
            return Typed::Moved;
        }
        self.text = Secret::new(all);
        Typed::Changed
    }

    /// A star for each character.
    pub fn shown(&self) -> SafeText {
        SafeText::join(&vec![own("*"); self.text.reveal().chars().count()], "")
    }

    pub fn password(&self) -> Secret {
        self.text.clone()
    }
}
