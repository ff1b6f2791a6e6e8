//! The numbers before the paragraphs of lists: "1.", "b)", "•".

use std::collections::BTreeMap;

use crate::document::{
    pages::Why,
    xml::{Node, Tag, Xml},
};

/// Levels that a list has (ECMA-376, part 1, section 17.9.6).
const LEVELS: usize = 9;

/// Where in which list a paragraph stands.
#[derive(Clone, Default)]
pub struct Place {
    pub list: String,
    pub level: usize,
}

#[derive(Default)]
pub struct Numbering {
    lists: BTreeMap<String, List>,
    definitions: BTreeMap<String, BTreeMap<usize, Level>>,
    /// How far each definition has counted.
    counts: BTreeMap<String, [usize; LEVELS]>,
}

#[derive(Default)]
struct List {
    definition: String,
    /// At what number it begins anew, by level.
    anew: BTreeMap<usize, usize>,
}

#[derive(Clone)]
struct Level {
    start: usize,
    format: String,
    /// "%1.%2)".
    text: String,
}

impl Default for Level {
    fn default() -> Level {
        Level { start: 1, format: "decimal".into(), text: String::new() }
    }
}

impl Numbering {
    pub fn read(text: &str) -> Result<Numbering, Why> {
        let (mut numbering, mut reader) = (Numbering::default(), Xml::of(text));
        let (mut definition, mut list, mut level) = (String::new(), None::<String>, 0);
        while let Some(node) = reader.next()? {
            let Node::Open(tag) = node else { continue };
            let value = tag.get("val").unwrap_or_default();
            match tag.name() {
                "abstractNum" => {
                    definition = tag.get("abstractNumId").unwrap_or_default();
                    list = None;
                }
                "num" => list = tag.get("numId"),
                "abstractNumId" => {
                    if let Some(list) = &list {
                        numbering.lists.entry(list.clone()).or_default().definition = value;
                    }
                }
                "lvlOverride" => level = level_of(&tag),
                "startOverride" => {
                    if let Some(list) = &list {
                        let list = numbering.lists.entry(list.clone()).or_default();
                        list.anew.insert(level, value.parse().unwrap_or(1));
                    }
                }
                // What else a single list changes of its definition is left alone.
                _ if list.is_some() => {}
                "lvl" => level = level_of(&tag),
                "start" => numbering.level(&definition, level).start = value.parse().unwrap_or(1),
                "numFmt" => numbering.level(&definition, level).format = value,
                "lvlText" => numbering.level(&definition, level).text = value,
                _ => {}
            }
        }
        Ok(numbering)
    }

    fn level(&mut self, definition: &str, level: usize) -> &mut Level {
        self.definitions.entry(definition.to_owned()).or_default().entry(level).or_default()
    }

    /// What stands before the next paragraph of a list; nothing where it has no number.
    pub fn next(&mut self, place: &Place) -> Option<String> {
        if place.list == "0" || place.list.is_empty() {
            return None;
        }
        let Some(list) = self.lists.get_mut(&place.list) else { return Some("•".into()) };
        let (definition, anew) = (&list.definition, std::mem::take(&mut list.anew));
        let levels = self.definitions.get(definition)?;
        let start = |level: usize| levels.get(&level).map_or(1, |level| level.start);
        let level = place.level.min(LEVELS - 1);
        let counts = self
            .counts
            .entry(definition.clone())
            .or_insert_with(|| std::array::from_fn(|level| start(level).saturating_sub(1)));
        for (at, count) in counts.iter_mut().enumerate() {
            if let Some(start) = anew.get(&at) {
                *count = start.saturating_sub(1);
            }
            if at == level {
                *count = count.saturating_add(1);
            } else if at > level {
                *count = start(at).saturating_sub(1);
            } else if *count < start(at) {
                *count = start(at);
            }
        }
        let Level { format, text, .. } = levels.get(&level).cloned().unwrap_or_default();
        match format.as_str() {
            "none" => return None,
            "bullet" => return Some("•".into()),
            _ => {}
        }
        let mut shown = if text.is_empty() { format!("%{}.", level + 1) } else { text };
        for (at, count) in counts.iter().enumerate() {
            let format = levels.get(&at).map_or("decimal", |level| level.format.as_str());
            shown = shown.replace(&format!("%{}", at + 1), &number(*count, format));
        }
        Some(shown)
    }
}

fn level_of(tag: &Tag<'_>) -> usize {
    tag.get("ilvl").and_then(|level| level.parse().ok()).unwrap_or_default()
}

fn number(count: usize, format: &str) -> String {
    match format {
        "lowerLetter" => letters(count).to_lowercase(),
        "upperLetter" => letters(count),
        "lowerRoman" => roman(count).to_lowercase(),
        "upperRoman" => roman(count),
        "decimalZero" => format!("{count:02}"),
        _ => count.to_string(),
    }
}

/// A … Z, AA, BB …
fn letters(count: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(count.saturating_sub(1) % 26).unwrap_or_default());
    std::iter::repeat_n(letter, (count.saturating_sub(1) / 26 + 1).min(10)).collect()
}

fn roman(count: usize) -> String {
    const SIGNS: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if count == 0 || count >= 4000 {
        return count.to_string();
    }
    let (mut roman, mut left) = (String::new(), count);
    for (value, sign) in SIGNS {
        while left >= value {
            roman.push_str(sign);
            left -= value;
        }
    }
    roman
}
