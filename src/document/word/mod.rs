//! Word documents (ECMA-376, WordprocessingML): the text of a letter with its tables, notes, comments and tracked
//! changes, and the pictures in it as files.

mod body;
mod numbering;
mod styles;

use std::collections::BTreeMap;

use self::{
    body::{Body, Tracked},
    numbering::Numbering,
    styles::Styles,
};
use super::{
    package::Package,
    pages::{Fact, Limits, Member, Pages, Text, Why},
    scroll::Written,
    xml::{self, Node, Xml},
};
use crate::case::Paper;

const MAIN: &str = "word/document.xml";

pub fn open(bytes: Vec<u8>) -> Result<Box<dyn Pages>, Why> {
    let mut package = Package::open(bytes)?;
    if package.len() > Limits::MEMBERS {
        return Err(Why::Limit(format!("{} parts", Limits::MEMBERS)));
    }
    let mut written = Written::default();
    write(&mut package, &mut written)?;
    let facts = facts(&mut package);
    let files: Vec<_> = package
        .names()
        .iter()
        .enumerate()
        .filter(|(_, name)| name.starts_with("word/media/") || name.starts_with("word/embeddings/"))
        .map(|(at, _)| at)
        .collect();
    let mut members = Vec::new();
    for at in &files {
        members.push(package.entry(*at)?.member);
    }
    Ok(Box::new(Letter { package, facts, text: written.into_text(), files, members }))
}

fn write(package: &mut Package, written: &mut Written) -> Result<(), Why> {
    let main = main_part(package);
    let Some(bytes) = package.part(&main)? else { return Err(Why::Damaged(format!("it has no {main}"))) };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let beside = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    let file = main.rsplit('/').next().unwrap_or(&main).to_owned();
    let links = links(package, &beside(&format!("_rels/{file}.rels")));
    let styles = optional(package, &beside("styles.xml"), written, Styles::read);
    let numbering = optional(package, &beside("numbering.xml"), written, Numbering::read);
    let mut body = Body::new(styles, numbering, links);

    let (header, footer) = (beside("header"), beside("footer"));
    edges(package, &header, &mut body)?.iter().for_each(|line| written.line(format!("[header] {line}")));
    written.gap();
    body.read(&xml::text(&bytes)).iter().for_each(|line| written.line(line));
    let footer = edges(package, &footer, &mut body)?;
    if !footer.is_empty() {
        written.gap();
    }
    footer.iter().for_each(|line| written.line(format!("[footer] {line}")));
    for (part, element, words) in [
        ("footnotes.xml", "footnote", "note"),
        ("endnotes.xml", "endnote", "endnote"),
        ("comments.xml", "comment", "comment"),
    ] {
        if let Some(bytes) = package.part(&beside(part))? {
            let notes = body.notes(&xml::text(&bytes), element);
            if !notes.is_empty() {
                written.gap();
            }
            for (mark, lines) in notes {
                written.line(format!("[{words} {mark}] {}", lines.join("\n    ")));
            }
        }
    }
    if !body.targets.is_empty() {
        written.gap();
    }
    for (at, target) in body.targets.iter().enumerate() {
        written.line(format!("[{}]: {target}", at + 1));
    }
    say_changes(&body.tracked, written);
    body.damage.iter().for_each(|what| written.note(format!("damaged; only its beginning is shown: {what}")));
    Ok(())
}

/// The lines at the upper or lower edge of the pages, each set of them once.
fn edges(package: &mut Package, name: &str, body: &mut Body) -> Result<Vec<String>, Why> {
    let mut seen = Vec::new();
    for part in package.names() {
        if !part.strip_prefix(name).is_some_and(|rest| rest.ends_with(".xml")) {
            continue;
        }
        let bytes = package.part(&part)?.unwrap_or_default();
        let mut lines = body.read(&xml::text(&bytes));
        lines.retain(|line| !line.trim().is_empty());
        if !seen.contains(&lines) {
            seen.push(lines);
        }
    }
    Ok(seen.concat())
}

fn say_changes(tracked: &Tracked, written: &mut Written) {
    let passages = |count: usize| if count == 1 { "1 passage".to_owned() } else { format!("{count} passages") };
    if tracked.deleted > 0 {
        written.note(format!("tracked changes: {} deleted, left out here", passages(tracked.deleted)));
    }
    if tracked.inserted > 0 {
        written.note(format!("tracked changes: {} inserted, shown as text", passages(tracked.inserted)));
    }
    if tracked.too_deep > 0 {
        written.note("tables or boxes within each other too deeply are left out");
    }
}

/// The part that the package names as its document.
fn main_part(package: &mut Package) -> String {
    let bytes = package.part("_rels/.rels").ok().flatten().unwrap_or_default();
    let mut relations = relations(&xml::text(&bytes)).into_values();
    let main = relations.find(|(kind, _)| kind.ends_with("/officeDocument"));
    let main = main.map(|(_, target)| target.trim_start_matches('/').to_owned());
    main.filter(|name| package.has(name)).unwrap_or_else(|| MAIN.to_owned())
}

/// By their ids: what kind a relation is of, and to what it points.
fn relations(text: &str) -> BTreeMap<String, (String, String)> {
    let (mut found, mut reader) = (BTreeMap::new(), Xml::of(text));
    while let Ok(Some(node)) = reader.next() {
        if let Node::Open(tag) = node
            && let (Some(id), Some(kind), Some(target)) = (tag.get("Id"), tag.get("Type"), tag.get("Target"))
        {
            found.insert(id, (kind, target));
        }
    }
    found
}

/// The targets of links by their ids.
fn links(package: &mut Package, name: &str) -> BTreeMap<String, String> {
    let bytes = package.part(name).ok().flatten().unwrap_or_default();
    let found = relations(&xml::text(&bytes)).into_iter();
    found.filter(|(_, (kind, _))| kind.ends_with("/hyperlink")).map(|(id, (_, target))| (id, target)).collect()
}

/// A part that the text can be read without.
fn optional<T: Default>(
    package: &mut Package,
    name: &str,
    written: &mut Written,
    read: fn(&str) -> Result<T, Why>,
) -> T {
    let part = package.part(name).and_then(|bytes| bytes.map(|bytes| read(&xml::text(&bytes))).transpose());
    match part {
        Ok(part) => part.unwrap_or_default(),
        Err(_) => {
            written.note(format!("{name} cannot be read: numbers and headings may be missing"));
            T::default()
        }
    }
}

/// What the document says of itself.
fn facts(package: &mut Package) -> Vec<Fact> {
    const WANTED: [(&str, &str, &str); 6] = [
        ("docProps/core.xml", "title", "title"),
        ("docProps/core.xml", "creator", "author"),
        ("docProps/core.xml", "lastModifiedBy", "last changed by"),
        ("docProps/core.xml", "created", "created"),
        ("docProps/core.xml", "modified", "changed"),
        ("docProps/app.xml", "Application", "producer"),
    ];
    let mut found = BTreeMap::new();
    for name in ["docProps/core.xml", "docProps/app.xml"] {
        let bytes = package.part(name).ok().flatten().unwrap_or_default();
        let text = xml::text(&bytes);
        let (mut reader, mut element) = (Xml::of(&text), String::new());
        while let Ok(Some(node)) = reader.next() {
            match node {
                Node::Open(tag) => tag.name().clone_into(&mut element),
                Node::Close => element.clear(),
                Node::Text(text) => {
                    found.entry((name, element.clone())).or_insert_with(String::new).push_str(&text);
                }
            }
        }
    }
    let fact = |(part, element, label): (&'static str, &str, &'static str)| {
        let value = found.get(&(part, element.to_owned()))?.trim();
        (!value.is_empty()).then(|| Fact::new(label, value))
    };
    WANTED.into_iter().filter_map(fact).collect()
}

struct Letter {
    package: Package,
    facts: Vec<Fact>,
    text: Text,
    /// Where in the package each member lies.
    files: Vec<usize>,
    members: Vec<Member>,
}

impl Pages for Letter {
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
        let Some(file) = self.files.get(at) else { return Err(Why::Missing(format!("file {}", at + 1))) };
        self.package.paper(*file)
    }
}
