//! What stands on a page and is not drawn: annotations and form fields without an appearance of their own, which a
//! viewer would have to make up (ISO 32000-2, 12.5.5). What is written in them is text of the page all the same.

use hayro::{
    hayro_interpret::{RectExt, TransformExt},
    hayro_syntax::{
        object::{Array, Dict, Name, Object, Rect as Corners, String as Bytes},
        page::Page,
    },
    kurbo::Rect,
};

use super::text_string;

/// More annotations than a page has.
const LOOKED_AT: usize = 20_000;
/// A field has what its parents have, so many steps up.
const PARENTS: usize = 8;
/// More characters than fit in a field.
const LENGTH: usize = 20_000;
/// Of annotations (table 167): not shown.
const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;
/// Of text fields (table 231).
const MANY_LINES: u32 = 1 << 12;
const PASSWORD: u32 = 1 << 13;
/// Kinds that draw something.
const DRAWN: [&[u8]; 16] = [
    b"FreeText",
    b"Ink",
    b"Line",
    b"Polygon",
    b"PolyLine",
    b"Square",
    b"Circle",
    b"Highlight",
    b"Underline",
    b"StrikeOut",
    b"Squiggly",
    b"Stamp",
    b"Caret",
    b"Text",
    b"FileAttachment",
    b"Redact",
];

#[derive(Default)]
pub struct Undrawn {
    annotations: usize,
    fields: usize,
    pub writings: Vec<Writing>,
}

/// A line of text that is set here as a viewer would, more or less. In points from the upper left of the page as
/// displayed.
pub struct Writing {
    pub text: String,
    pub left: f32,
    pub base: f32,
    pub size: f32,
}

/// Letters of common text are so wide, as a share of the font's size.
pub const LETTER: f32 = 0.5;

pub fn undrawn(page: &Page<'_>) -> Undrawn {
    let mut found = Undrawn::default();
    let Some(all) = page.raw().get::<Array<'_>>("Annots") else { return found };
    for annotation in all.iter::<Dict<'_>>().take(LOOKED_AT).filter(is_undrawn) {
        let Some(kind) = annotation.get::<Name<'_>>("Subtype") else { continue };
        let written = if &*kind == b"Widget" {
            let written = filled_in(&annotation);
            found.fields += usize::from(written.is_some());
            written
        } else {
            found.annotations += usize::from(DRAWN.contains(&&*kind));
            (&*kind == b"FreeText").then(|| string(&annotation, "Contents")).flatten()
        };
        if let Some(text) = written {
            found.writings.extend(set(page, &annotation, &text));
        }
    }
    found
}

impl Undrawn {
    /// In our words, nothing where all is drawn.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let annotations = told(self.annotations, "annotation", "annotations");
        annotations.into_iter().chain(told(self.fields, "filled-in form field", "filled-in form fields"))
    }
}

fn told(count: usize, one: &str, many: &str) -> Option<String> {
    match count {
        0 => None,
        1 => Some(format!("1 {one} without an appearance is not drawn")),
        _ => Some(format!("{count} {many} without an appearance are not drawn")),
    }
}

fn is_undrawn(annotation: &Dict<'_>) -> bool {
    let flags = annotation.get::<u32>("F").unwrap_or_default();
    flags & (HIDDEN | NO_VIEW) == 0 && !has_appearance(annotation)
}

fn has_appearance(annotation: &Dict<'_>) -> bool {
    annotation
        .get::<Dict<'_>>("AP")
        .and_then(|appearance| appearance.get::<Object<'_>>("N"))
        .is_some_and(|normal| matches!(normal, Object::Stream(_) | Object::Dict(_)))
}

/// What stands in a text or choice field that is not for a password.
fn filled_in(field: &Dict<'_>) -> Option<String> {
    let chain =
        || std::iter::successors(Some(field.clone()), |field| field.get::<Dict<'_>>("Parent")).take(PARENTS);
    let kind = chain().find_map(|field| field.get::<Name<'_>>("FT"))?;
    let is_secret = flags(field) & PASSWORD != 0 && &*kind == b"Tx";
    if is_secret || !matches!(&*kind, b"Tx" | b"Ch") {
        return None;
    }
    let value = chain().find_map(|field| field.get::<Object<'_>>("V"))?;
    let text = match value {
        Object::String(text) => text_string(&text),
        Object::Array(chosen) => {
            chosen.iter::<Bytes<'_>>().map(|text| text_string(&text)).collect::<Vec<_>>().join("\n")
        }
        Object::Stream(text) => text_string(&text.decoded().ok()?),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn flags(field: &Dict<'_>) -> u32 {
    let own = field.get::<u32>("Ff");
    own.or_else(|| field.get::<Dict<'_>>("Parent")?.get::<u32>("Ff")).unwrap_or_default()
}

fn string(dict: &Dict<'_>, key: &str) -> Option<String> {
    dict.get::<Bytes<'_>>(key).map(|text| text_string(&text))
}

/// Lines that fit into the annotation's frame, as far as can be told without its font.
fn set(page: &Page<'_>, annotation: &Dict<'_>, text: &str) -> Vec<Writing> {
    let Some(corners) = annotation.get::<Corners>("Rect") else { return Vec::new() };
    let frame = page.initial_transform(true).to_kurbo().transform_rect_bbox(corners.to_kurbo());
    let Rect { x0, y0, x1, y1 } = frame;
    let (left, top, width, height) = (x0 as f32, y0 as f32, (x1 - x0) as f32, (y1 - y0) as f32);
    let text: String = text.chars().take(LENGTH).collect();
    let is_one_line = flags(annotation) & MANY_LINES == 0 && !text.contains(['\r', '\n']);
    let size = said_size(annotation).unwrap_or(f32::min(12.0, 0.7 * height)).clamp(1.0, 100.0);
    let room = ((width / (LETTER * size)) as usize).max(1);
    let lines =
        if is_one_line { vec![text] } else { text.lines().flat_map(|line| wrapped(line, room)).collect() };
    let first = if is_one_line { top + height / 2.0 + 0.35 * size } else { top + size };
    let bases = (0..).map(|at| first + 1.2 * size * at as f32);
    lines.into_iter().zip(bases).map(|(text, base)| Writing { text, left: left + 2.0, base, size }).collect()
}

/// The size in what an annotation says of its text: "/Helv 10 Tf 0 g".
fn said_size(annotation: &Dict<'_>) -> Option<f32> {
    let said = string(annotation, "DA").or_else(|| string(&annotation.get::<Dict<'_>>("Parent")?, "DA"))?;
    let words: Vec<&str> = said.split_ascii_whitespace().collect();
    let at = words.iter().position(|word| *word == "Tf")?;
    words.get(at.checked_sub(1)?)?.parse().ok().filter(|size| *size > 0.0)
}

/// Lines of as many characters at most, broken at blanks.
fn wrapped(line: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= room => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
