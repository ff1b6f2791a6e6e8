//! What an analyst has entered so far: values by address, kept until a provider's answer proves that they arrived. A card
//! number is never among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Action;
use crate::{
    case::{Case, CaseId, Measure},
    text::{Raw, SafeText, own},
};

/// A form's content. It survives everything but its own success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// Ours, unique for ever.
    pub id: String,
    pub profile: String,
    /// The action's name within its provider.
    pub action: String,
    /// `None` for an action that makes a case.
    pub case: Option<CaseId>,
    /// What the case looked like when the form was opened; a case that has moved since is not written to unseen.
    pub base: Option<Box<Case>>,
    pub values: Values,
}

impl Draft {
    /// What people call its action: by its title, or by its name where nothing declares it any more.
    pub fn title(&self, declared: Option<&Action>) -> SafeText {
        declared.map_or_else(|| Raw::new(self.action.clone()).cell(), |action| own(action.title))
    }
}

/// Values by address: "notes", "transaction_details.0.amount". A field that nobody touched has none, which is neither
/// the empty text nor null.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, Entered>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Entered {
    /// As typed. Sent exactly.
    Text(Raw),
    /// Sent as JSON null.
    Null,
    Files(Vec<Attachment>),
}

/// A file whose bytes the store holds, sealed, by their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// As it will be sent.
    pub name: Raw,
    /// SHA-256 of the bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// In bytes.
    pub size: usize,
    /// The media type that the bytes show; empty where they show none.
    pub media: String,
    /// Where the field has descriptions.
    pub description: Raw,
    #[serde(default)]
    pub measured: Measured,
}

/// What was found when an attached file was opened. It is attached whatever was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Measured {
    /// Nobody opened it.
    #[default]
    Not,
    As(Measure),
    /// It could not be opened: why.
    Failed(Raw),
}

impl Attachment {
    pub fn measure(&self) -> Option<&Measure> {
        match &self.measured {
            Measured::As(measure) => Some(measure),
            Measured::Not | Measured::Failed(_) => None,
        }
    }
}

/// What another terminal did with a draft that was open here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    Changed,
    /// It is on its way.
    Queued,
    /// With success.
    Sent,
    Discarded,
}

impl Values {
    pub fn get(&self, address: &str) -> Option<&Entered> {
        self.0.get(address)
    }

    /// The text at an address; empty where there is none.
    pub fn text(&self, address: &str) -> &str {
        match self.0.get(address) {
            Some(Entered::Text(text)) => text.exact(),
            _ => "",
        }
    }

    pub fn files(&self, address: &str) -> &[Attachment] {
        match self.0.get(address) {
            Some(Entered::Files(files)) => files,
            _ => &[],
        }
    }

    pub fn set(&mut self, address: &str, entered: Entered) {
        self.0.insert(address.to_owned(), entered);
    }

    pub fn set_text(&mut self, address: &str, text: impl Into<Raw>) {
        self.set(address, Entered::Text(text.into()));
    }

    pub fn unset(&mut self, address: &str) {
        self.0.remove(address);
    }

    /// Whether something stands at the address or below it that would be sent as a value: not nothing, not an empty
    /// text, not an empty list of files.
    pub fn is_filled(&self, address: &str) -> bool {
        let filled = |entered: &Entered| match entered {
            Entered::Text(text) => !text.is_empty(),
            Entered::Null => true,
            Entered::Files(files) => !files.is_empty(),
        };
        self.below(address).any(|(_, entered)| filled(entered))
    }

    /// What stands at an address and below it.
    pub fn below<'a>(&'a self, address: &'a str) -> impl Iterator<Item = (&'a str, &'a Entered)> {
        self.0.iter().filter_map(move |(at, entered)| {
            let inside = at.strip_prefix(address)?;
            (inside.is_empty() || inside.starts_with('.')).then_some((at.as_str(), entered))
        })
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Entered)> {
        self.0.iter().map(|(at, entered)| (at.as_str(), entered))
    }

    /// How many elements of the list at an address there are: one more than the highest number that is used.
    pub fn elements(&self, address: &str) -> usize {
        let number = |at: &str| {
            let inside = at.strip_prefix(address)?.strip_prefix('.')?;
            inside.split('.').next()?.parse::<usize>().ok()
        };
        self.0.keys().filter_map(|at| number(at)).max().map_or(0, |highest| highest + 1)
    }

    /// Every file of every field, in the order of the addresses.
    pub fn all_files(&self) -> impl Iterator<Item = &Attachment> {
        self.0.values().flat_map(|entered| match entered {
            Entered::Files(files) => files.as_slice(),
            _ => &[],
        })
    }
}

/// The address of something below another address.
pub fn below(address: &str, name: &str) -> String {
    if address.is_empty() { name.to_owned() } else { format!("{address}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_an_empty_text_and_null_are_three_values() {
        let mut values = Values::default();
        assert_eq!(values.get("notes"), None);
        values.set_text("notes", "");
        assert_eq!(values.get("notes"), Some(&Entered::Text(Raw::default())));
        assert!(!values.is_filled("notes"));
        values.set("notes", Entered::Null);
        assert!(values.is_filled("notes"));
        values.unset("notes");
        assert_eq!(values, Values::default());
    }

    #[test]
    fn elements_are_counted_by_their_highest_number_and_names_that_only_begin_alike_stay_apart() {
        let mut values = Values::default();
        values.set_text("transaction_details.2.amount", "1");
        values.set_text("transaction_details_note", "x");
        assert_eq!(values.elements("transaction_details"), 3);
        assert_eq!(values.below("transaction_details").count(), 1);
        assert!(values.is_filled("transaction_details.2"));
        assert!(!values.is_filled("transaction_details.1"));
    }

    #[test]
    fn a_file_of_a_draft_that_was_kept_before_files_were_measured_is_one_that_nobody_opened() {
        let kept = r#"{"name":"letter.pdf","sha256":"9f86","size":913,"media":"application/pdf","description":""}"#;
        let file: Attachment = serde_json::from_str(kept).unwrap();
        assert_eq!((file.size, &file.measured, file.measure()), (913, &Measured::Not, None));
        let measured = Measured::As(Measure { pages: 3, scan: None });
        let file = Attachment { measured, ..file };
        let kept = serde_json::to_string(&file).unwrap();
        assert_eq!(serde_json::from_str::<Attachment>(&kept).unwrap(), file);
    }
}
