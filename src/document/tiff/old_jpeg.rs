//! JPEG the old way (TIFF 6.0, section 22, withdrawn): a whole stream somewhere in the file, or tables in the directory
//! and bare scans in the strips.

use super::{
    chunk::{self, Chunk},
    directory::Tags,
    layout::{CHROMA, Layout},
    tag,
};
use crate::document::{
    jpeg::{self, Colours, Decoded, Head},
    pages::Why,
};

const START: &[u8] = &[0xff, 0xd8];
/// Three samples are chrominance, whatever the directory says; libtiff takes them so.
const COLOURS: Colours = Colours::Chroma;

/// The page from one stream; nothing where there is none, or only its tables.
pub fn whole(tags: &Tags) -> Option<Result<Decoded, Why>> {
    let at = |tag| tags.number(tag).and_then(|at| usize::try_from(at).ok());
    let bytes = &tags.file.bytes;
    // The stream's length often leaves out the scans, so it is read to where it ends by itself.
    let stream = at(tag::JPEG_STREAM).and_then(|at| bytes.get(at..)).filter(|stream| stream.starts_with(START));
    let decoded = jpeg::decode(stream?, COLOURS);
    match decoded {
        Err(Why::Damaged(_)) => None,
        other => Some(other),
    }
}

/// A strip or tile that is a stream of its own, or that is made one with the tables of the directory.
pub fn strip<'a>(packed: &[u8], layout: &Layout, rows: u32, tags: &Tags) -> Result<Chunk<'a>, Why> {
    if tags.number(tag::JPEG_PROCESS) == Some(14) {
        return Err(Why::Unsupported("lossless JPEG, the old way".into()));
    }
    if packed.starts_with(START) {
        return jpeg::decode(packed, COLOURS).map(chunk::of_bytes);
    }
    let mut stream = START.to_vec();
    let stream_at = tags.number(tag::JPEG_STREAM).and_then(|at| usize::try_from(at).ok());
    let tables = stream_at.and_then(|at| tags.file.bytes.get(at..)).filter(|tables| tables.starts_with(START));
    match tables {
        Some(tables) => stream.extend(Head::of(tables).joined()),
        None => stream
            .extend(tables_of(tags, layout).ok_or_else(|| Why::Damaged("JPEG without its tables".into()))?),
    }
    stream.extend(heads(tags, layout, rows));
    stream.extend_from_slice(packed);
    stream.extend([0xff, 0xd9]);
    jpeg::decode(&stream, COLOURS).map(chunk::of_bytes)
}

/// The tables, as segments.
fn tables_of(tags: &Tags, layout: &Layout) -> Option<Vec<u8>> {
    let mut tables = Vec::new();
    for component in 0..layout.samples_together().min(4) {
        let at = |tag| tags.nth(tag, component as u64).or_else(|| tags.nth(tag, 0));
        let number = component as u8;
        let quantisation = tags.file.part(at(tag::JPEG_QUANTISATION)?, 64)?;
        tables.extend([0xff, 0xdb, 0, 67, number]);
        tables.extend(quantisation);
        for (class, tag) in [(0x00, tag::JPEG_DC), (0x10, tag::JPEG_AC)] {
            let at = at(tag)?;
            let counts = tags.file.part(at, 16)?;
            let values: u16 = counts.iter().map(|count| u16::from(*count)).sum();
            tables.extend([0xff, 0xc4]);
            tables.extend((19 + values).to_be_bytes());
            tables.push(class | number);
            tables.extend(tags.file.part(at, 16 + u64::from(values))?);
        }
    }
    Some(tables)
}

/// The headers of frame and scan.
fn heads(tags: &Tags, layout: &Layout, rows: u32) -> Vec<u8> {
    let count = layout.samples_together().min(4) as u8;
    let (across, down) = if layout.photometric == CHROMA { layout.subsampling } else { (1, 1) };
    let mut heads = Vec::new();
    if let Some(interval) = tags.number(tag::JPEG_RESTART).filter(|interval| (1..=0xffff).contains(interval)) {
        heads.extend([0xff, 0xdd, 0, 4]);
        heads.extend((interval as u16).to_be_bytes());
    }
    heads.extend([0xff, 0xc0, 0, 8 + 3 * count, 8]);
    heads.extend((rows as u16).to_be_bytes());
    heads.extend((layout.grid.width as u16).to_be_bytes());
    heads.push(count);
    for number in 0..count {
        let sampling = if number == 0 { (across << 4 | down) as u8 } else { 0x11 };
        heads.extend([number + 1, sampling, number]);
    }
    heads.extend([0xff, 0xda, 0, 6 + 2 * count, count]);
    (0..count).for_each(|number| heads.extend([number + 1, number << 4 | number]));
    heads.extend([0, 63, 0]);
    heads
}
