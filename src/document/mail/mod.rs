//! E-mails: the fields of the head that matter, the words of every part, mails within mails where they stand, and
//! everything that was attached as a file of its own. Nothing is fetched.

mod flowed;
mod head;
mod parts;
mod reading;
mod transfer;

use std::{ops::Range, rc::Rc};

use self::{head::Head, reading::Walk};
use super::pages::{Fact, Member, Pages, Text, Why};
use crate::case::Paper;

pub fn open(bytes: Vec<u8>) -> Result<Box<dyn Pages>, Why> {
    let mut walk = Walk::default();
    let head = walk.mail(Rc::new(bytes));
    let attached = walk.files.iter().filter(|file| file.is_attached).count();
    let text = walk.written.into_text();
    Ok(Box::new(Mail { facts: facts(&head, attached), text, files: walk.files }))
}

fn facts(head: &Head, attached: usize) -> Vec<Fact> {
    let field = |field, label| head.field(field).map(|value| Fact::new(label, value));
    let mut facts: Vec<_> = [field("From", "from"), field("Date", "date"), field("Subject", "subject")]
        .into_iter()
        .flatten()
        .collect();
    facts.push(Fact::new("attachments", attached.to_string()));
    facts.extend(
        head.authentication.as_ref().map(|found| Fact::new("authentication, as the mail has it", found)),
    );
    facts
}

/// A part that can be opened.
struct File {
    name: String,
    media_type: String,
    /// Of the mail, or of a mail within that travelled encoded.
    source: Rc<Vec<u8>>,
    place: Range<usize>,
    encoding: String,
    /// In bytes, decoded.
    size: usize,
    /// Else it is another form of what is shown.
    is_attached: bool,
}

impl File {
    fn bytes(&self) -> Vec<u8> {
        transfer::decode(self.source.get(self.place.clone()).unwrap_or_default(), &self.encoding).into_owned()
    }
}

struct Mail {
    facts: Vec<Fact>,
    text: Text,
    files: Vec<File>,
}

impl Pages for Mail {
    fn count(&self) -> usize {
        1
    }

    fn facts(&self) -> Vec<Fact> {
        self.facts.clone()
    }

    fn text(&mut self, _page: usize) -> Result<Text, Why> {
        Ok(self.text.clone())
    }

    fn members(&self) -> Vec<Member> {
        let member = |file: &File| Member { name: file.name.clone(), size: file.size as u64, closed: None };
        self.files.iter().map(member).collect()
    }

    fn member(&mut self, at: usize) -> Result<Paper, Why> {
        let file = self.files.get(at).ok_or_else(|| Why::Missing(format!("file {}", at + 1)))?;
        Ok(Paper {
            name: file.name.clone().into(),
            claimed: file.media_type.clone().into(),
            bytes: file.bytes(),
        })
    }
}
