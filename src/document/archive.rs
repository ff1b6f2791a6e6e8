//! ZIP archives: a list of what is in them, and each file to be opened.

use super::{
    package::{Entry, Package},
    pages::{Fact, Limits, Member, Pages, Text, Why},
    scroll::Written,
    workbook,
};
use crate::case::Paper;

/// An archive, or the spreadsheet that it is.
pub fn open(bytes: Vec<u8>) -> Result<Box<dyn Pages>, Why> {
    let mut package = Package::open(bytes)?;
    if workbook::is_one(&package) {
        return workbook::open(package);
    }
    let count = package.len();
    let listed = count.min(Limits::MEMBERS);
    let entries: Vec<_> = (0..listed).map(|at| package.entry(at)).collect();
    let mut written = Written::default();
    list(&entries, &mut written);
    if listed < count {
        written.cut();
        written.note(format!("{} more files are not listed", count - listed));
    }
    let size = entries.iter().flatten().map(|entry| entry.member.size).fold(0, u64::saturating_add);
    let facts = vec![
        Fact::new("files", count.to_string()),
        Fact::new("unpacked", format!("{} bytes, as it claims", grouped(size))),
    ];
    let members = entries.into_iter().enumerate().map(|(at, entry)| member(at, entry)).collect();
    Ok(Box::new(Archive { package, facts, text: written.into_text(), members }))
}

/// One that cannot even be listed keeps its place, so that the others keep their numbers.
fn member(at: usize, entry: Result<Entry, Why>) -> Member {
    entry.map(|entry| entry.member).unwrap_or_else(|why| Member {
        name: format!("file {}", at + 1),
        size: 0,
        closed: Some(match why {
            Why::Unsupported(what) | Why::Damaged(what) => what,
            _ => "it cannot be read".to_owned(),
        }),
    })
}

fn list(entries: &[Result<Entry, Why>], written: &mut Written) {
    let sizes: Vec<_> =
        entries.iter().map(|entry| entry.as_ref().map_or(0, |entry| entry.member.size)).collect();
    let width = sizes.iter().map(|size| grouped(*size).len()).max().unwrap_or_default();
    if entries.is_empty() {
        written.line("no files");
    }
    for (at, (entry, size)) in entries.iter().zip(&sizes).enumerate() {
        let (name, date, closed) = match entry {
            Ok(Entry { member, date }) => (member.name.clone(), date.clone(), member.closed.clone()),
            Err(_) => (format!("file {}", at + 1), None, Some("it cannot be read".to_owned())),
        };
        // A name is one line, whatever it holds.
        let name = name.replace('\n', "\u{240a}");
        let closed = closed.map(|why| format!("  ({why})")).unwrap_or_default();
        // A word between size and date: digits side by side might be taken for a card number.
        let date = date.unwrap_or_default();
        written.line(format!("{:>width$} bytes  {date:16}  {name}{closed}", grouped(*size)));
    }
}

/// With its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

struct Archive {
    package: Package,
    facts: Vec<Fact>,
    text: Text,
    members: Vec<Member>,
}

impl Pages for Archive {
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
        self.members.clone()
    }

    fn member(&mut self, at: usize) -> Result<Paper, Why> {
        if at >= self.members.len() {
            return Err(Why::Missing(format!("file {}", at + 1)));
        }
        self.package.paper(at)
    }
}
