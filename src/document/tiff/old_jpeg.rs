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
/// The directory tells what chrominance means.
const COLOURS: Colours = Colours::AsStored;

/// The page from one stream; nothing where there is none, or only its tables and headers.
pub fn whole(tags: &Tags, layout: &Layout) -> Option<Result<Decoded, Why>> {
    let start = tags.number(tag::JPEG_STREAM)?;
    let length = tags.number(tag::JPEG_STREAM_LENGTH).unwrap_or(u64::MAX);
    let last = tags.nth(tag::STRIP_OFFSETS, layout.grid.count() - 1).unwrap_or(0);
    if layout.grid.count() > 1 && last >= start.saturating_add(length) {
        return None;
    }
    // The length of a single strip's stream often leaves out the scan, so it is read to where it ends by itself.
    match jpeg::decode(stream(tags)?, COLOURS) {
        Err(Why::Damaged(_)) => None,
        other => Some(other),
    }
}

/// From where a stream begins to the end of the file.
fn stream<'a>(tags: &Tags<'a>) -> Option<&'a [u8]> {
    let start = usize::try_from(tags.number(tag::JPEG_STREAM)?).ok()?;
    tags.file.bytes.get(start..).filter(|stream| stream.starts_with(START))
}

/// A strip or tile that is a stream of its own, or that is made one with the tables of the directory.
pub fn strip<'a>(packed: &[u8], layout: &Layout, rows: u32, tags: &Tags) -> Result<Chunk<'a>, Why> {
    if tags.number(tag::JPEG_PROCESS) == Some(14) {
        return Err(Why::Unsupported("lossless JPEG, the old way".into()));
    }
    if packed.starts_with(START) {
        return jpeg::decode(packed, COLOURS).map(chunk::of_bytes);
    }
    let head =
        stream(tags).and_then(|stream| told(&Head::of(stream), rows)).or_else(|| made(tags, layout, rows));
    let mut stream = head.ok_or_else(|| Why::Damaged("JPEG without its tables".into()))?;
    stream.extend_from_slice(packed);
    stream.extend([0xff, 0xd9]);
    jpeg::decode(&stream, COLOURS).map(chunk::of_bytes)
}

/// Tables and headers as a stream in the file has them.
fn told(head: &Head, rows: u32) -> Option<Vec<u8>> {
    let frame = head.frame_of_height(u16::try_from(rows).ok()?)?;
    Some([START, &head.tables(), &frame, head.scan_header()?].concat())
}

/// Tables and headers as the directory tells them.
fn made(tags: &Tags, layout: &Layout, rows: u32) -> Option<Vec<u8>> {
    Some([START, &tables_of(tags, layout)?, &heads(tags, layout, rows)].concat())
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
