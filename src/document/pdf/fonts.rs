//! Which characters a glyph stands for.

use std::{borrow::Cow, collections::HashMap};

use hayro::hayro_interpret::{
    font::{Glyph, OutlineGlyph},
    hayro_cmap::BfString,
};

/// What was found out about fonts that do not say it themselves, by the library's key of the font.
#[derive(Default)]
pub struct Fonts {
    backwards: HashMap<u128, HashMap<u32, char>>,
}

impl Fonts {
    /// By what the font says, else by the embedded font's own table of characters, read backwards, else by the code,
    /// which most often is ASCII.
    pub fn text_of(&mut self, glyph: &Glyph<'_>) -> Option<Cow<'static, str>> {
        let said = glyph.as_unicode().map(|said| match said {
            BfString::Char(one) => one.to_string(),
            BfString::String(text) => text,
        });
        if let Some(text) = said.filter(|text| text.chars().any(is_sense)) {
            return Some(text.into());
        }
        if let Glyph::Outline(outline) = glyph
            && let Some(found) = self.backwards(outline)
        {
            return Some(found.to_string().into());
        }
        // The number of a glyph is no character.
        let is_number =
            matches!(glyph, Glyph::Outline(outline) if outline.glyph_id().to_u32() == glyph.char_code());
        let code = u8::try_from(glyph.char_code()).ok().filter(|_| !is_number)?;
        (code.is_ascii_graphic() || code == b' ').then(|| char::from(code).to_string().into())
    }

    fn backwards(&mut self, glyph: &OutlineGlyph) -> Option<char> {
        let font = glyph.font_data()?;
        let map =
            self.backwards.entry(font.cache_key).or_insert_with(|| characters(font.data.as_ref().as_ref()));
        map.get(&glyph.glyph_id().to_u32()).copied()
    }
}

/// Not a filler for "unknown".
fn is_sense(c: char) -> bool {
    c == '\t' || !c.is_control() && c != char::REPLACEMENT_CHARACTER
}

/// By glyph: the lowest of the characters that it stands for.
fn characters(font: &[u8]) -> HashMap<u32, char> {
    let mut found = HashMap::new();
    let tables = ttf_parser::Face::parse(font, 0).ok().and_then(|face| face.tables().cmap);
    for table in tables.into_iter().flat_map(|tables| tables.subtables).filter(|table| table.is_unicode()) {
        table.codepoints(|code| {
            if let (Some(glyph), Some(c)) =
                (table.glyph_index(code), char::from_u32(code).filter(|c| is_sense(*c)))
            {
                found
                    .entry(u32::from(glyph.0))
                    .and_modify(|lowest: &mut char| *lowest = c.min(*lowest))
                    .or_insert(c);
            }
        });
    }
    found
}
