//! What a TIFF, or the EXIF data of a photograph, says of itself.

use super::{
    directory::{Directory, File, Tags},
    layout::{self, Format, Layout},
    tag,
};
use crate::document::{
    pages::Fact,
    raster::{Resolution, Shape},
};

/// So many groups of pages are told apart.
const GROUPS_AT_MOST: usize = 8;

pub fn of(file: &File, directories: &[Directory], is_whole: bool) -> Vec<Fact> {
    let tags: Vec<_> = directories.iter().map(|directory| file.tags(directory)).collect();
    let more = if is_whole { "" } else { ", and more that cannot be read" };
    let mut facts = vec![Fact::new("pages", format!("{}{more}", directories.len()))];
    let layouts: Vec<_> = tags.iter().map(|tags| Layout::of(tags).ok()).collect();
    let each = |value: &dyn Fn(&Tags, &Layout) -> Option<String>| -> Vec<_> {
        tags.iter()
            .zip(&layouts)
            .map(|(tags, layout)| layout.as_ref().and_then(|layout| value(tags, layout)))
            .collect()
    };
    facts.extend(by_page("size", &each(&|tags, layout| Some(size(layout.shape, resolution(tags))))));
    facts.extend(by_page("resolution", &each(&|tags, _| resolution(tags).map(Resolution::words))));
    facts.extend(by_page("colour", &each(&|_, layout| Some(colour(layout)))));
    facts.extend(by_page("compression", &each(&|_, layout| Some(layout.codec.words().into()))));
    if let Some(first) = tags.first() {
        facts.extend(origin(first));
    }
    facts
}

/// Pixels, and millimetres where a resolution is told.
pub fn size(shape: Shape, resolution: Option<Resolution>) -> String {
    let pixels = format!("{} x {} pixels", shape.width, shape.height);
    let length = |pixels: u32, per_inch: f64| (f64::from(pixels) / per_inch * 25.4).round();
    match resolution {
        Some(Resolution { across, down }) => {
            format!("{pixels} ({} x {} mm)", length(shape.width, across), length(shape.height, down))
        }
        None => pixels,
    }
}

pub fn resolution(tags: &Tags) -> Option<Resolution> {
    let unit = match tags.number(tag::RESOLUTION_UNIT).unwrap_or(2) {
        2 => 1.0,
        3 => 2.54,
        _ => return None,
    };
    let across = tags.real(tag::X_RESOLUTION)?;
    let down = tags.real(tag::Y_RESOLUTION).unwrap_or(across);
    Resolution::new(across * unit, down * unit)
}

fn colour(layout: &Layout) -> String {
    let bits = layout.bits as usize * layout.samples;
    let space = match layout.photometric {
        layout::WHITE_IS_ZERO | layout::BLACK_IS_ZERO if bits == 1 => return "black and white".into(),
        layout::WHITE_IS_ZERO | layout::BLACK_IS_ZERO => "grey",
        layout::RGB => "red, green, blue",
        layout::PALETTE => "palette",
        layout::MASK => "mask",
        layout::SEPARATED => "printing inks",
        layout::CHROMA => "luminance and chrominance",
        layout::CIE_LAB | layout::ICC_LAB | layout::ITU_LAB => "CIE L*a*b*",
        _ => "colours of an unknown kind",
    };
    let format = match layout.format {
        Format::Unsigned => "",
        Format::Signed => ", signed",
        Format::Float => ", floating point",
    };
    format!("{space}, {bits} bits a pixel{format}")
}

/// Who and what made it, and when.
pub fn origin(tags: &Tags) -> Vec<Fact> {
    const TEXTS: [(u16, &str); 9] = [
        (tag::DOCUMENT_NAME, "name"),
        (tag::DESCRIPTION, "description"),
        (tag::DATE, "date"),
        (tag::SOFTWARE, "software"),
        (tag::MAKE, "make"),
        (tag::MODEL, "model"),
        (tag::ARTIST, "artist"),
        (tag::HOST, "computer"),
        (tag::COPYRIGHT, "copyright"),
    ];
    TEXTS.iter().filter_map(|(number, label)| tags.text(*number).map(|text| Fact::new(label, text))).collect()
}

/// One fact where all pages agree, else one for each run of pages that do.
fn by_page(label: &'static str, values: &[Option<String>]) -> Vec<Fact> {
    let runs: Vec<_> = values.chunk_by(|one, other| one == other).collect();
    if let [all] = runs.as_slice() {
        return all.first().into_iter().flatten().map(|value| Fact::new(label, value.clone())).collect();
    }
    let (mut facts, mut first) = (Vec::new(), 1);
    for run in &runs {
        let last = first + run.len() - 1;
        let pages = if first == last { format!("page {first}") } else { format!("pages {first} to {last}") };
        if let Some(Some(value)) = run.first() {
            facts.push(Fact::new(label, format!("{pages}: {value}")));
        }
        first = last + 1;
    }
    if facts.len() > GROUPS_AT_MOST {
        facts.truncate(GROUPS_AT_MOST);
        facts.push(Fact::new(label, "other pages have others"));
    }
    facts
}
