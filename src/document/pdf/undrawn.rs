//! What stands on a page and is not drawn: annotations and form fields without an appearance of their own, which a
//! viewer would have to make up (ISO 32000-2, 12.5.5).

use hayro::hayro_syntax::{
    object::{Array, Dict, Name, Object},
    page::Page,
};

/// More annotations than a page has.
const LOOKED_AT: usize = 20_000;
const HIDDEN: u32 = 1 << 1;
const NO_VIEW: u32 = 1 << 5;
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

/// In our words, nothing where all is drawn.
pub fn notes(page: &Page<'_>) -> Vec<String> {
    let Some(all) = page.raw().get::<Array<'_>>("Annots") else { return Vec::new() };
    let (mut annotations, mut fields) = (0, 0);
    for annotation in all.iter::<Dict<'_>>().take(LOOKED_AT).filter(is_undrawn) {
        let Some(kind) = annotation.get::<Name<'_>>("Subtype") else { continue };
        annotations += usize::from(DRAWN.contains(&&*kind));
        fields += usize::from(&*kind == b"Widget" && is_filled(&annotation));
    }
    let mut notes = Vec::new();
    notes.extend(told(annotations, "annotation", "annotations"));
    notes.extend(told(fields, "filled-in form field", "filled-in form fields"));
    notes
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

/// A text or choice field with a value, which it may have from its parent.
fn is_filled(field: &Dict<'_>) -> bool {
    let parent = field.get::<Dict<'_>>("Parent");
    let of = |dict: &Dict<'_>| {
        let kind = dict.get::<Name<'_>>("FT");
        (kind.map(|kind| matches!(&*kind, b"Tx" | b"Ch")), value(dict))
    };
    let (own_kind, own_value) = of(field);
    let (kind, value) = parent.as_ref().map(of).unwrap_or_default();
    own_kind.or(kind).unwrap_or_default() && (own_value || value)
}

fn value(dict: &Dict<'_>) -> bool {
    match dict.get::<Object<'_>>("V") {
        Some(Object::String(text)) => !text.is_empty(),
        Some(Object::Name(name)) => !name.is_empty(),
        Some(Object::Array(_) | Object::Stream(_)) => true,
        _ => false,
    }
}
