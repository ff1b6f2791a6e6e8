//! A provider's table of paths, names and tokens that its public text does not settle: how a row looks, what a profile may
//! put in its place, and the words for what it may not. Knows no provider.

use crate::case::Settings;

/// One inferred or confirmed word.
pub struct Row {
    /// As in the profile: `path.queue = "/disputeQueue"`.
    pub name: &'static str,
    /// Empty where only the profile can know it.
    pub default: &'static str,
    /// For the person who corrects it.
    pub what: &'static str,
    pub source: Source,
    /// The profile has to say it.
    pub needed: bool,
    kind: Kind,
}

/// How much a default is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The API's public pages say so.
    Confirmed,
    /// The text we were given about the API says so.
    Seed,
    /// Our best guess.
    Inferred,
}

/// What a value may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Begins with "/".
    Path,
    /// A path that holds this word in braces once: "{documentId}".
    PathWith(&'static str),
    /// One member, header or parameter name, or an id.
    Name,
    /// Names, comma-separated; when reading, the first that is present and not empty wins.
    Names,
    OneOf(&'static [&'static str]),
    /// JSON pointers (RFC 6901), comma-separated; the empty one, written "", is the whole answer.
    Pointers,
    /// A UUID.
    Uuid,
    /// A whole number from the first to the second.
    Whole(u32, u32),
    /// An address that begins with https://.
    Link,
    /// Three letters, or nothing.
    Currency,
}

use Kind::*;

pub const fn row(
    name: &'static str,
    default: &'static str,
    what: &'static str,
    source: Source,
    kind: Kind,
) -> Row {
    Row { name, default, what, source, needed: false, kind }
}

/// Names of an answer's member, the first that is there wins; inferred.
pub const fn alias(name: &'static str, default: &'static str, what: &'static str) -> Row {
    row(name, default, what, Source::Inferred, Names)
}

/// A word that the profile has to say, because it is its own.
pub const fn needed(name: &'static str, what: &'static str, kind: Kind) -> Row {
    Row { name, default: "", what, source: Source::Confirmed, needed: true, kind }
}

/// The value of a row for this profile.
pub fn value<'a>(table: &'static [Row], settings: &'a Settings, name: &str) -> &'a str {
    match settings.table.get(name) {
        Some(value) => value.trim(),
        None => table.iter().find(|row| row.name == name).map_or("", |row| row.default),
    }
}

/// The names of a comma list, in order.
pub fn names<'a>(table: &'static [Row], settings: &'a Settings, name: &str) -> impl Iterator<Item = &'a str> {
    value(table, settings, name).split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// One line for each override that cannot be meant, and for each word that is missing.
pub fn check(table: &[Row], settings: &Settings) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, value) in &settings.table {
        match table.iter().find(|row| row.name == name) {
            Some(row) => {
                complaints.extend(row.kind.complaint(value.trim()).map(|why| format!("{name}: {why}")))
            }
            None => complaints.push(format!("{name:?} is not in the table; {}", nearest(table, name))),
        }
    }
    let missing = table.iter().filter(|row| row.needed && !settings.table.contains_key(row.name));
    complaints.extend(missing.map(|row| format!("its table has to say {:?}: {}", row.name, row.what)));
    complaints
}

impl Kind {
    fn complaint(self, value: &str) -> Option<String> {
        let spelled = |text: &str| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.@$".contains(&byte))
        };
        match self {
            Path if !is_path(value) => Some("a path begins with \"/\" and has no blank, \"?\" or \"#\"".into()),
            PathWith(word) if !is_path(&value.replacen(word, "x", 1)) || !value.contains(word) => {
                Some(format!("a path that begins with \"/\" and holds {word} once"))
            }
            Name if !spelled(value) => Some("one name of letters, digits and _-.@$".into()),
            Names if !value.split(',').all(|name| spelled(name.trim())) => {
                Some("one name or several with commas between, of letters, digits and _-.@$".into())
            }
            Pointers if !value.split(',').map(str::trim).all(|at| at.is_empty() || at.starts_with('/')) => {
                Some("one JSON pointer or several with commas between, each beginning with \"/\"".into())
            }
            OneOf(allowed) if !allowed.contains(&value) => Some(format!("one of {}", allowed.join(", "))),
            Uuid if !crate::action::field::is_uuid(value) => {
                Some("a UUID like 76851218-a1e8-418e-9151-8c2d61709521".into())
            }
            Whole(least, most) if !value.parse().is_ok_and(|number| (least..=most).contains(&number)) => {
                Some(format!("a whole number from {least} to {most}"))
            }
            Link if !value.starts_with("https://") || value.bytes().any(|byte| !byte.is_ascii_graphic()) => {
                Some("an address that begins with https://".into())
            }
            Currency if !value.is_empty() && crate::case::Currency::parse(value).is_none() => {
                Some("three letters such as USD, or nothing".into())
            }
            _ => None,
        }
    }
}

fn is_path(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#{}%\\".contains(&byte);
    let below = value.split('/').all(|part| part != "." && part != "..");
    value.len() > 1 && value.starts_with('/') && !value.starts_with("//") && below && value.bytes().all(plain)
}

/// The allowed names: those of the same family, or all families.
fn nearest(table: &[Row], name: &str) -> String {
    let family = name.split('.').next().unwrap_or(name);
    let of_family = |row: &&Row| row.name.split('.').next() == Some(family);
    let mut names: Vec<_> = table.iter().filter(of_family).map(|row| row.name).collect();
    if names.is_empty() {
        names = table.iter().map(|row| row.name).collect();
    }
    format!("allowed: {}", names.join(", "))
}
