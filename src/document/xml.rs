//! XML as a stream of tags and text, for the parts of Office documents. No entity is ever expanded but the five of XML
//! and character numbers; a document type is skipped; nothing is fetched.

use std::borrow::Cow;

use quick_xml::{
    Reader,
    events::{BytesRef, BytesStart, Event},
};

use super::{encoding, pages::Why};

pub enum Node<'a> {
    Open(Tag<'a>),
    /// Of the tag last opened, if the document is sound.
    Close,
    Text(Cow<'a, str>),
}

pub struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Without its prefix.
    pub fn name(&self) -> &str {
        std::str::from_utf8(self.0.local_name().into_inner()).unwrap_or_default()
    }

    /// The value of an attribute, by its name without the prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let attributes = attributes.with_checks(false).flatten();
        for attribute in attributes {
            if attribute.key.local_name().into_inner() == name.as_bytes() {
                let exact = String::from_utf8_lossy(&attribute.value).into_owned();
                return Some(attribute.unescape_value().map_or(exact, Cow::into_owned));
            }
        }
        None
    }
}

pub struct Xml<'a>(Reader<&'a [u8]>);

impl<'a> Xml<'a> {
    pub fn of(text: &'a str) -> Xml<'a> {
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Xml(reader)
    }

    /// The next node; nothing at the end.
    pub fn next(&mut self) -> Result<Option<Node<'a>>, Why> {
        loop {
            let event = self.0.read_event().map_err(|error| Why::Damaged(error.to_string()))?;
            return Ok(Some(match event {
                Event::Eof => return Ok(None),
                Event::Start(tag) | Event::Empty(tag) => Node::Open(Tag(tag)),
                Event::End(_) => Node::Close,
                Event::Text(text) => Node::Text(lossy(text.into_inner())),
                Event::CData(text) => Node::Text(lossy(text.into_inner())),
                Event::GeneralRef(name) => Node::Text(Cow::Owned(referred(&name))),
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => continue,
            }));
        }
    }

    /// Past the element that was just opened.
    pub fn skip(&mut self) -> Result<(), Why> {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next()? {
                None => return Ok(()),
                Some(Node::Open(_)) => depth += 1,
                Some(Node::Close) => depth -= 1,
                Some(Node::Text(_)) => {}
            }
        }
        Ok(())
    }
}

/// The text of a part.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    encoding::decode(bytes).1
}

fn lossy(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// An entity of the document's own making stands as it is written.
fn referred(name: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = name.resolve_char_ref() {
        return letter.into();
    }
    let name = String::from_utf8_lossy(name);
    match &*name {
        "amp" => "&".into(),
        "lt" => "<".into(),
        "gt" => ">".into(),
        "quot" => "\"".into(),
        "apos" => "'".into(),
        name => format!("&{name};"),
    }
}
