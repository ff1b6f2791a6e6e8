//! Strips and tiles: where they lie in the file, and what is in them once unpacked.

use std::borrow::Cow;

use super::{
    codec::Codec,
    directory::{Order, Tags},
    fax,
    layout::{CHROMA, Layout},
    sample::Scale,
    tag, unpack,
    unpack::Unpacked,
};
use crate::document::{
    jpeg::{self, Colours, Frame, Head},
    pages::Why,
};

/// The unpacked samples of a strip or tile.
pub struct Chunk<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// Bytes of a row.
    pub stride: usize,
    /// Samples of a pixel that lie together.
    pub samples: usize,
    pub scale: Scale,
    /// What was wrong with it.
    pub wrong: Option<String>,
}

impl Chunk<'_> {
    /// The row, and how many pixels of it are there.
    pub fn row(&self, row: u32) -> (&[u8], usize) {
        let start = (row as usize).saturating_mul(self.stride);
        let rest = self.bytes.get(start..).unwrap_or_default();
        let bytes = rest.get(..self.stride).unwrap_or(rest);
        (bytes, (self.scale.count(bytes.len()) / self.samples.max(1)).min(self.width as usize))
    }
}

/// The packed bytes of the strips and tiles of a page.
pub struct Packed<'a> {
    tags: Tags<'a>,
    offsets: u16,
    lengths: u16,
    /// How many bytes may still be handed out: where strips lie upon each other, they could be unpacked without end.
    left: usize,
}

impl<'a> Packed<'a> {
    pub fn of(tags: Tags<'a>, layout: &Layout) -> Packed<'a> {
        let by_tiles = layout.grid.is_tiled && tags.has(tag::TILE_OFFSETS) || !tags.has(tag::STRIP_OFFSETS);
        let (offsets, lengths) = if by_tiles {
            (tag::TILE_OFFSETS, tag::TILE_LENGTHS)
        } else {
            (tag::STRIP_OFFSETS, tag::STRIP_LENGTHS)
        };
        Packed { tags, offsets, lengths, left: tags.file.bytes.len().saturating_mul(4) }
    }

    /// The bytes of a strip or tile, as far as they are there.
    pub fn get(&mut self, at: u64, layout: &Layout, size: usize) -> Result<&'a [u8], &'static str> {
        let Some(offset) = self.tags.nth(self.offsets, at).filter(|offset| *offset > 0) else {
            return Err("it is not in the file");
        };
        let rest = usize::try_from(offset).ok().and_then(|offset| self.tags.file.bytes.get(offset..));
        let Some(rest) = rest.filter(|rest| !rest.is_empty()) else {
            return Err("it lies beyond the end of the file");
        };
        let told = self.tags.nth(self.lengths, at).filter(|length| *length > 0);
        // Where it is not told, a strip ends where the next one begins.
        let next = || self.tags.nth(self.offsets, at + 1).and_then(|next| next.checked_sub(offset));
        let length = told.or_else(|| next().filter(|length| *length > 0));
        let mut length = length.map_or(rest.len(), |length| usize::try_from(length).unwrap_or(usize::MAX));
        if layout.codec == Codec::None {
            // The only strip needs no length, and some have a wrong one.
            length = if layout.grid.count() == 1 { size } else { length.min(size) };
        }
        let packed = rest.get(..length).unwrap_or(rest);
        self.left = self.left.checked_sub(packed.len()).ok_or("the strips lie upon each other")?;
        Ok(packed)
    }
}

/// Unpacks a strip or tile of so many rows.
pub fn unpacked<'a>(packed: &'a [u8], layout: &Layout, rows: u32, tags: &Tags) -> Result<Chunk<'a>, Why> {
    if layout.codec.is_jpeg() {
        return from_jpeg(packed, layout, tags);
    }
    if layout.codec == Codec::WebP {
        return from_webp(packed, layout);
    }
    let packed = if layout.is_reversed {
        Cow::Owned(packed.iter().map(|byte| byte.reverse_bits()).collect())
    } else {
        Cow::Borrowed(packed)
    };
    let size = size(layout, rows);
    let width = layout.grid.width;
    let Unpacked { mut bytes, wrong } = match (layout.codec, &packed) {
        (Codec::None, Cow::Borrowed(packed)) => Unpacked::sound(packed.get(..size).unwrap_or(packed)),
        (Codec::None, Cow::Owned(packed)) => Unpacked::sound(packed.get(..size).unwrap_or(packed).to_vec()),
        (Codec::Lzw, packed) => unpack::lzw(packed, size),
        (Codec::Deflate, packed) => unpack::deflate(packed, size),
        (Codec::PackBits, packed) => unpack::pack_bits(packed, size),
        (Codec::ThunderScan, packed) => unpack::thunder_scan(packed, width, rows),
        (Codec::Next, packed) => unpack::next(packed, width, rows),
        (codec, packed) => fax::unpack(codec, packed, width, rows),
    };
    if layout.is_subsampled() {
        return Ok(evened(&bytes, wrong, layout, rows));
    }
    if layout.predictor > 1 {
        let (samples, is_little) = (layout.samples_together(), layout.order == Order::Little);
        let rows = bytes.to_mut().chunks_exact_mut(layout.row_size().max(1));
        rows.for_each(|row| unpack::unpredict(layout.predictor, row, samples, layout.bits, is_little));
    }
    Ok(Chunk {
        wrong: wrong.or_else(|| (bytes.len() < size).then(|| "it is too short".into())),
        bytes,
        width,
        height: rows,
        stride: layout.row_size(),
        samples: layout.samples_together(),
        scale: Scale::of(layout, (0.0, 1.0)),
    })
}

/// How many bytes a strip or tile of so many rows has, unpacked.
pub fn size(layout: &Layout, rows: u32) -> usize {
    if layout.is_subsampled() {
        let (across, down) = layout.subsampling;
        let units = layout.grid.width.div_ceil(across) as usize * rows.div_ceil(down) as usize;
        return units.saturating_mul((across * down + 2) as usize);
    }
    layout.row_size().saturating_mul(rows as usize)
}

/// Gives each pixel its own chrominance. Stored are units: the luminances of all their pixels, then what they share.
fn evened(bytes: &[u8], wrong: Option<String>, layout: &Layout, rows: u32) -> Chunk<'static> {
    let (across, down) = (layout.subsampling.0 as usize, layout.subsampling.1 as usize);
    let width = layout.grid.width as usize;
    let unit = across * down + 2;
    let row_of_units = width.div_ceil(across) * unit;
    let mut even = Vec::with_capacity(width.saturating_mul(rows as usize).saturating_mul(3));
    'rows: for row in 0..rows as usize {
        for column in 0..width {
            let start = row / down * row_of_units + column / across * unit;
            let Some(unit) = bytes.get(start..start + unit) else { break 'rows };
            let luminance = unit.get(row % down * across + column % across).copied().unwrap_or(0);
            even.push(luminance);
            even.extend_from_slice(unit.get(across * down..).unwrap_or_default());
        }
    }
    let is_short = even.len() < width * rows as usize * 3;
    Chunk {
        bytes: even.into(),
        width: layout.grid.width,
        height: rows,
        stride: width * 3,
        samples: 3,
        scale: Scale::bytes(),
        wrong: wrong.or_else(|| is_short.then(|| "it is too short".into())),
    }
}

/// A stream whose tables may stand in the directory (TIFF technical note 2).
fn from_jpeg<'a>(packed: &[u8], layout: &Layout, tags: &Tags) -> Result<Chunk<'a>, Why> {
    let tables = tags.bytes(tag::JPEG_TABLES).map(|tables| Head::of(tables).joined()).unwrap_or_default();
    let is_chroma = layout.photometric == CHROMA && !layout.is_planar;
    let colours = if is_chroma { Colours::Chroma } else { Colours::AsStored };
    let stream = Head::of(packed).rebuilt(&tables, |_| true);
    let grid = layout.grid;
    let fits =
        |frame: Frame| u32::from(frame.width) / 2 <= grid.width && u32::from(frame.height) / 16 <= grid.height;
    if !Frame::of(&stream).is_none_or(fits) {
        // It could take as much time as a page for every strip.
        return Err(Why::Damaged("a JPEG far larger than its place".into()));
    }
    jpeg::decode(&stream, colours).map(of_bytes)
}

pub fn of_bytes(decoded: jpeg::Decoded) -> Chunk<'static> {
    Chunk {
        stride: decoded.width as usize * decoded.channels,
        bytes: decoded.samples.into(),
        width: decoded.width,
        height: decoded.height,
        samples: decoded.channels,
        scale: Scale::bytes(),
        wrong: decoded.wrong,
    }
}

fn from_webp<'a>(packed: &[u8], layout: &Layout) -> Result<Chunk<'a>, Why> {
    let mut reader = image::ImageReader::with_format(std::io::Cursor::new(packed), image::ImageFormat::WebP);
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(layout.grid.width);
    limits.max_image_height = Some(layout.grid.height);
    reader.limits(limits);
    let picture = reader.decode().map_err(|error| Why::Damaged(error.to_string()))?;
    let (width, height) = (picture.width(), picture.height());
    let samples =
        if layout.samples == 4 { picture.into_rgba8().into_raw() } else { picture.into_rgb8().into_raw() };
    let channels = if layout.samples == 4 { 4 } else { 3 };
    Ok(of_bytes(jpeg::Decoded { width, height, channels, samples, wrong: None }))
}
