//! Choosing a file: the names of one folder, narrowed by what is typed. It never sees a file system.

use super::{
    super::words::{Effect, Folder, Named},
    writing::{Span, Writing},
};
use crate::{
    action::{Attachment, pick},
    text::{Raw, SafeText, own},
};

pub struct Picker {
    /// The question whose answer is awaited or was taken last.
    ask: u64,
    /// The names are on their way: until then nothing is meant by a name.
    pub is_awaited: bool,
    /// Absent until the first answer.
    pub folder: Option<Folder>,
    pub typed: Writing,
    pub cursor: usize,
    /// The mark stands on this one of the attached files, which are listed above the names.
    pub attached: Option<usize>,
    pub problem: Option<SafeText>,
    /// What is asked first; the names wait.
    pub dialog: Option<Dialog>,
}

/// What the picker asks about files that are attached.
pub enum Dialog {
    /// Another name for one of them, by its number.
    Name { of: usize, line: Box<Writing> },
    /// Whether an archive takes the place of these; absent until it is made.
    Archive { files: Vec<Attachment>, archive: Option<Attachment> },
}

impl Picker {
    /// A picker, and the question for the folder that it begins in.
    pub fn open(ask: u64, from: Raw) -> (Picker, Effect) {
        let typed = Writing::of("", Span::Line);
        let picker = Picker {
            ask,
            is_awaited: true,
            folder: None,
            typed,
            cursor: 0,
            attached: None,
            problem: None,
            dialog: None,
        };
        (picker, Effect::ListFolder { ask, from, into: Raw::default() })
    }

    /// The names that fit what was typed.
    pub fn fitting(&self) -> Vec<&Named> {
        let typed = self.typed.text().to_lowercase();
        let fits = |named: &&Named| pick::in_order(&named.name.show().as_str().to_lowercase(), &typed);
        self.folder.iter().flat_map(|folder| &folder.names).filter(fits).collect()
    }

    pub fn marked(&self) -> Option<Named> {
        if self.attached.is_some() {
            return None;
        }
        self.fitting().get(self.cursor).map(|named| (*named).clone())
    }

    /// Goes into another folder: a name in this one, "..", "~/scans", "/srv".
    pub fn go(&mut self, ask: u64, into: Raw) -> Effect {
        let from = self.folder.as_ref().map_or(Raw::default(), |folder| folder.path.clone());
        (self.ask, self.is_awaited, self.problem, self.cursor) = (ask, true, None, 0);
        self.typed = Writing::of("", Span::Line);
        Effect::ListFolder { ask, from, into }
    }

    /// Asks for the same folder again, or where none is known for another; what was typed stays.
    pub fn renew(&mut self, ask: u64, otherwise: Raw) -> Effect {
        let from = self.folder.as_ref().map_or(otherwise, |folder| folder.path.clone());
        (self.ask, self.is_awaited, self.problem) = (ask, true, None);
        Effect::ListFolder { ask, from, into: Raw::default() }
    }

    /// What was typed means a path once it ends like a folder; the beginning of a whole path waits for more.
    pub fn typed_path(&self) -> Option<Raw> {
        let typed = self.typed.text();
        let whole = typed.ends_with('/') && typed != "/" && typed != "~/";
        (whole && !self.is_awaited).then(|| Raw::new(typed))
    }

    /// Takes an answer; whether it was the one that is awaited. In the same folder the mark stays on its name.
    pub fn came(&mut self, ask: u64, answer: Result<Folder, SafeText>) -> bool {
        if ask != self.ask {
            return false;
        }
        self.is_awaited = false;
        match answer {
            Ok(folder) => {
                let same = self.folder.as_ref().is_some_and(|before| before.path == folder.path);
                let marked = self.fitting().get(self.cursor).filter(|_| same).map(|named| named.name.clone());
                (self.folder, self.problem) = (Some(folder), None);
                let place = marked.and_then(|name| self.fitting().iter().position(|named| named.name == name));
                self.cursor = place.unwrap_or(0);
            }
            Err(why) => self.problem = Some(why),
        }
        true
    }

    /// Moves the mark among so many attached files and, below them, the names.
    pub fn step(&mut self, down: bool, attached: usize) -> bool {
        let before = (self.attached, self.cursor);
        let last = self.fitting().len().saturating_sub(1);
        match (self.attached, down) {
            (Some(at), true) => self.attached = Some(at + 1).filter(|next| *next < attached),
            (Some(at), false) => self.attached = Some(at.saturating_sub(1)),
            (None, true) => self.cursor = (self.cursor + 1).min(last),
            (None, false) if self.cursor == 0 => self.attached = attached.checked_sub(1),
            (None, false) => self.cursor -= 1,
        }
        before != (self.attached, self.cursor)
    }

    /// The name that is being typed.
    pub fn name_line(&mut self) -> Option<&mut Writing> {
        match &mut self.dialog {
            Some(Dialog::Name { line, .. }) => Some(line.as_mut()),
            _ => None,
        }
    }

    pub fn refuse(&mut self, why: &'static str) {
        self.problem = Some(own(why));
    }
}
