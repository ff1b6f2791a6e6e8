//! The named styles of a Word document, as far as they make headings and lists.

use std::collections::BTreeMap;

use super::numbering::Place;
use crate::document::{
    pages::Why,
    xml::{Node, Xml},
};

/// Styles that follow one another, at most.
const CHAIN_AT_MOST: usize = 20;

#[derive(Default)]
pub struct Styles(BTreeMap<String, Style>);

#[derive(Clone, Default)]
struct Style {
    /// 1 for the highest.
    heading: Option<usize>,
    place: Option<Place>,
    follows: Option<String>,
}

impl Styles {
    pub fn read(text: &str) -> Result<Styles, Why> {
        let (mut styles, mut reader) = (Styles::default(), Xml::of(text));
        let (mut id, mut style) = (None::<String>, Style::default());
        while let Some(node) = reader.next()? {
            let Node::Open(tag) = node else { continue };
            let value = tag.get("val").unwrap_or_default();
            match tag.name() {
                "style" => {
                    if let Some(id) = id.take() {
                        styles.0.insert(id, std::mem::take(&mut style));
                    }
                    id = tag.get("styleId");
                }
                "name" => {
                    let level = value.to_ascii_lowercase();
                    let level = level.strip_prefix("heading ").and_then(|level| level.parse().ok());
                    style.heading =
                        if value.eq_ignore_ascii_case("title") { Some(1) } else { level }.or(style.heading);
                }
                "outlineLvl" => {
                    let level = value.parse::<usize>().ok().filter(|level| *level < 9);
                    style.heading = style.heading.or(level.map(|level| level + 1));
                }
                "basedOn" => style.follows = Some(value),
                "numId" => style.place.get_or_insert_default().list = value,
                "ilvl" => style.place.get_or_insert_default().level = value.parse().unwrap_or_default(),
                _ => {}
            }
        }
        if let Some(id) = id {
            styles.0.insert(id, style);
        }
        Ok(styles)
    }

    pub fn heading(&self, id: &str) -> Option<usize> {
        self.chain(id).find_map(|style| style.heading)
    }

    pub fn place(&self, id: &str) -> Option<Place> {
        self.chain(id).find_map(|style| style.place.clone())
    }

    fn chain(&self, id: &str) -> impl Iterator<Item = &Style> {
        let next = |style: &&Style| style.follows.as_ref().and_then(|id| self.0.get(id));
        std::iter::successors(self.0.get(id), next).take(CHAIN_AT_MOST)
    }
}
