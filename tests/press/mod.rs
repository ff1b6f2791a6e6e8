//! A press for TIFF files: pages of tags and packed strips, laid out in either byte order, plain or big. Written from
//! TIFF 6.0, and knows nothing of the reader.
#![allow(dead_code)]

use std::io::Write;

/// The values of a tag.
#[derive(Clone, Debug)]
pub enum Values {
    Bytes(Vec<u8>),
    Text(String),
    Short(Vec<u16>),
    Long(Vec<u32>),
    Ratio(Vec<(u32, u32)>),
    Real(Vec<f64>),
}

#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub tags: Vec<(u16, Values)>,
    /// Strips or tiles, packed.
    pub chunks: Vec<Vec<u8>>,
    pub is_tiled: bool,
    /// What stands between the head of the file and the strips of its first page, from byte 8 on in a plain one.
    pub before: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    pub is_little: bool,
    pub is_big: bool,
}

pub const PLAIN: Format = Format { is_little: true, is_big: false };

impl Sheet {
    /// A page of so many pixels, of samples that each have so many bits.
    pub fn new(width: u32, height: u32, photometric: u16, bits: &[u16]) -> Sheet {
        Sheet::default()
            .tag(256, Values::Long(vec![width]))
            .tag(257, Values::Long(vec![height]))
            .tag(258, Values::Short(bits.to_vec()))
            .tag(262, Values::Short(vec![photometric]))
            .tag(277, Values::Short(vec![bits.len() as u16]))
    }

    pub fn tag(mut self, tag: u16, values: Values) -> Sheet {
        self.tags.retain(|(other, _)| *other != tag);
        self.tags.push((tag, values));
        self
    }

    pub fn short(self, tag: u16, value: u16) -> Sheet {
        self.tag(tag, Values::Short(vec![value]))
    }

    pub fn strips(mut self, rows: u32, chunks: Vec<Vec<u8>>) -> Sheet {
        self.chunks = chunks;
        self.tag(278, Values::Long(vec![rows]))
    }

    pub fn tiles(mut self, width: u32, height: u32, chunks: Vec<Vec<u8>>) -> Sheet {
        self.is_tiled = true;
        self.chunks = chunks;
        self.tag(322, Values::Long(vec![width])).tag(323, Values::Long(vec![height]))
    }
}

/// One page.
pub fn print(sheet: &Sheet, format: Format) -> Vec<u8> {
    print_all(std::slice::from_ref(sheet), format)
}

pub fn print_all(sheets: &[Sheet], format: Format) -> Vec<u8> {
    let mut file = Vec::new();
    file.extend(if format.is_little { b"II" } else { b"MM" });
    number(&mut file, format, 2, if format.is_big { 43 } else { 42 });
    if format.is_big {
        number(&mut file, format, 2, 8);
        number(&mut file, format, 2, 0);
    }
    let size = if format.is_big { 8 } else { 4 };
    let mut link = file.len();
    number(&mut file, format, size, 0);
    for sheet in sheets {
        let mut places = Vec::new();
        file.extend(&sheet.before);
        for chunk in &sheet.chunks {
            places.push(file.len() as u32);
            file.extend(chunk);
        }
        let lengths = sheet.chunks.iter().map(|chunk| chunk.len() as u32).collect();
        let (offsets_tag, lengths_tag) = if sheet.is_tiled { (324, 325) } else { (273, 279) };
        let whole = sheet.clone();
        let has = |tag| sheet.tags.iter().any(|(other, _)| *other == tag);
        let whole = if has(offsets_tag) { whole } else { whole.tag(offsets_tag, Values::Long(places)) };
        let whole = if has(lengths_tag) { whole } else { whole.tag(lengths_tag, Values::Long(lengths)) };
        link = directory(&mut file, whole, format, size, link);
    }
    file
}

/// Appends a directory, and says where the offset of the next one goes.
fn directory(file: &mut Vec<u8>, mut sheet: Sheet, format: Format, size: usize, link: usize) -> usize {
    sheet.tags.sort_by_key(|(tag, _)| *tag);
    let mut entries = Vec::new();
    for (tag, values) in &sheet.tags {
        let (form, count, bytes) = laid_out(values, format);
        number(&mut entries, format, 2, (*tag).into());
        number(&mut entries, format, 2, form);
        number(&mut entries, format, size, count);
        let mut place = bytes.clone();
        if bytes.len() > size {
            place = Vec::new();
            number(&mut place, format, size, file.len() as u64);
            file.extend(bytes);
        }
        place.resize(size, 0);
        entries.extend(place);
    }
    let start = file.len();
    let mut here = Vec::new();
    number(&mut here, format, size, start as u64);
    file[link..link + size].copy_from_slice(&here);
    number(file, format, if format.is_big { 8 } else { 2 }, sheet.tags.len() as u64);
    file.extend(entries);
    let next = file.len();
    number(file, format, size, 0);
    next
}

fn laid_out(values: &Values, format: Format) -> (u64, u64, Vec<u8>) {
    let mut bytes = Vec::new();
    match values {
        Values::Bytes(values) => (7, values.len() as u64, values.clone()),
        Values::Text(text) => (2, text.len() as u64 + 1, [text.as_bytes(), b"\0"].concat()),
        Values::Short(values) => {
            values.iter().for_each(|value| number(&mut bytes, format, 2, (*value).into()));
            (3, values.len() as u64, bytes)
        }
        Values::Long(values) => {
            values.iter().for_each(|value| number(&mut bytes, format, 4, (*value).into()));
            (4, values.len() as u64, bytes)
        }
        Values::Ratio(values) => {
            for (over, under) in values {
                number(&mut bytes, format, 4, (*over).into());
                number(&mut bytes, format, 4, (*under).into());
            }
            (5, values.len() as u64, bytes)
        }
        Values::Real(values) => {
            values.iter().for_each(|value| number(&mut bytes, format, 8, value.to_bits()));
            (12, values.len() as u64, bytes)
        }
    }
}

/// Appends the lowest so many bytes.
pub fn number(to: &mut Vec<u8>, format: Format, size: usize, value: u64) {
    let little = value.to_le_bytes();
    let own = little[..size].iter();
    if format.is_little { to.extend(own) } else { to.extend(own.rev()) }
}

/// Samples of 8 bits, cut into strips of so many rows of so many bytes.
pub fn strips(samples: &[u8], stride: usize, rows: usize) -> Vec<Vec<u8>> {
    samples.chunks(stride * rows).map(<[u8]>::to_vec).collect()
}

/// Cut into tiles, those beyond the edges filled with a colour that must not be seen.
pub fn tiles(samples: &[u8], page: (usize, usize), pixel: usize, tile: (usize, usize)) -> Vec<Vec<u8>> {
    let mut cut = Vec::new();
    for top in (0..page.1).step_by(tile.1) {
        for left in (0..page.0).step_by(tile.0) {
            let mut own = vec![77; tile.0 * tile.1 * pixel];
            for (row, to) in own.chunks_mut(tile.0 * pixel).enumerate().take(page.1 - top) {
                let width = tile.0.min(page.0 - left) * pixel;
                let from = ((top + row) * page.0 + left) * pixel;
                to[..width].copy_from_slice(&samples[from..from + width]);
            }
            cut.push(own);
        }
    }
    cut
}

pub fn lzw(bytes: &[u8]) -> Vec<u8> {
    weezl::encode::Encoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8).encode(bytes).unwrap()
}

/// As it was before TIFF 5.0.
pub fn old_lzw(bytes: &[u8]) -> Vec<u8> {
    weezl::encode::Encoder::new(weezl::BitOrder::Lsb, 8).encode(bytes).unwrap()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Runs where there are any, else the bytes as they are.
pub fn pack_bits(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    for run in bytes.chunk_by(|one, other| one == other) {
        for part in run.chunks(128) {
            match part {
                [only] => packed.extend([0, *only]),
                [first, ..] => packed.extend([(257 - part.len()) as u8, *first]),
                [] => {}
            }
        }
    }
    packed
}

/// The values of a tag in the first directory of a plain little-endian file.
pub fn values(file: &[u8], tag: u16) -> Vec<u32> {
    let number = |at: usize, size: usize| {
        file[at..at + size].iter().rev().fold(0, |all, byte| all << 8 | u32::from(*byte))
    };
    let directory = number(4, 4) as usize;
    let entries = (0..number(directory, 2) as usize).map(|entry| directory + 2 + entry * 12);
    let Some(entry) = entries.into_iter().find(|entry| number(*entry, 2) == u32::from(tag)) else {
        return Vec::new();
    };
    let size = match number(entry + 2, 2) {
        3 => 2,
        4 => 4,
        _ => 1,
    };
    let count = number(entry + 4, 4) as usize;
    let start = if count * size <= 4 { entry + 8 } else { number(entry + 8, 4) as usize };
    (0..count).map(|at| number(start + at * size, size)).collect()
}
