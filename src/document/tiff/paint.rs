//! A page of a TIFF from its strips and tiles. What is missing or damaged stays white, and it is said.

use super::{
    chunk::{self, Chunk, Packed},
    codec::Codec,
    directory::{Directory, File, Tags},
    layout::{BLACK_IS_ZERO, Format, Layout, MASK, PALETTE, WHITE_IS_ZERO},
    old_jpeg, tag,
    tone::{self, Tone},
};
use crate::document::{
    pages::Why,
    raster::{Depth, Dots, Raster},
};

/// A decoded page, and what of it is not shown, in our words.
pub struct Page {
    pub raster: Raster,
    pub notes: Vec<String>,
}

pub fn page(file: &File, directory: &Directory) -> Result<Page, Why> {
    let tags = file.tags(directory);
    let layout = Layout::of(&tags)?;
    if layout.is_planar && layout.is_subsampled() {
        return Err(Why::Unsupported("planes of chrominance that are smaller than the page".into()));
    }
    let range = match layout.format {
        Format::Float => range(&tags, &layout)?,
        _ => (0.0, 1.0),
    };
    let mut painter = Painter::new(&tags, &layout, range)?;
    let mut losses = Losses::default();
    each(&tags, &layout, &mut losses, |corner, planes| painter.paint(corner, planes))?;
    if !painter.has_painted {
        return Err(Why::Damaged(losses.reason.unwrap_or_else(|| "nothing of the page is there".into())));
    }
    let raster =
        Raster::new(layout.shape, painter.dots).ok_or_else(|| Why::Damaged("a page of no size".into()))?;
    Ok(Page { raster, notes: losses.notes(&layout) })
}

/// Strips or tiles that could not be read, or not to their end.
#[derive(Default)]
struct Losses {
    count: u64,
    /// Of the first one.
    reason: Option<String>,
}

impl Losses {
    fn add(&mut self, reason: impl Into<String>) {
        self.count += 1;
        self.reason.get_or_insert_with(|| reason.into());
    }

    fn notes(self, layout: &Layout) -> Vec<String> {
        let Some(reason) = self.reason else { return Vec::new() };
        let planes = if layout.is_planar { layout.samples as u64 } else { 1 };
        let what = if layout.grid.is_tiled { "tiles" } else { "strips" };
        let all = layout.grid.count() * planes;
        vec![format!(
            "{} of {all} {what} are damaged or missing, and white where nothing is left: {reason}",
            self.count
        )]
    }
}

/// Unpacks the strips and tiles one after the other; those of the planes of one place together.
fn each(
    tags: &Tags,
    layout: &Layout,
    losses: &mut Losses,
    mut take: impl FnMut((u32, u32), &[Chunk]),
) -> Result<(), Why> {
    if layout.codec == Codec::OldJpeg
        && let Some(whole) = old_jpeg::whole(tags, layout)
    {
        let chunk = chunk::of_bytes(whole?);
        chunk.wrong.iter().for_each(|wrong| losses.add(wrong));
        take((0, 0), &[chunk]);
        return Ok(());
    }
    let mut packed = Packed::of(*tags, layout);
    let count = layout.grid.count();
    let planes = if layout.is_planar { layout.samples as u64 } else { 1 };
    for at in 0..count {
        let corner = layout.grid.corner(at);
        let rows = layout.grid.rows(corner.1, layout.shape);
        let mut chunks = Vec::new();
        for plane in 0..planes {
            let bytes = packed.get(plane * count + at, layout, chunk::size(layout, rows));
            let chunk = match bytes {
                Ok(bytes) if layout.codec == Codec::OldJpeg => old_jpeg::strip(bytes, layout, rows, tags),
                Ok(bytes) => chunk::unpacked(bytes, layout, rows, tags),
                Err(reason) => Err(Why::Damaged(reason.into())),
            };
            match chunk {
                Ok(chunk) => {
                    chunk.wrong.iter().for_each(|wrong| losses.add(wrong));
                    chunks.push(chunk);
                }
                Err(Why::Damaged(reason)) => losses.add(reason),
                Err(other) => return Err(other),
            }
        }
        if chunks.len() as u64 == planes {
            take(corner, &chunks);
        }
    }
    Ok(())
}

/// What of the floats of a page is black, and what is white: as the directory says; else, where they do not lie
/// between 0 and 1, the smallest and the largest of them.
fn range(tags: &Tags, layout: &Layout) -> Result<(f64, f64), Why> {
    if let (Some(smallest), Some(largest)) = (tags.real(tag::SMALLEST), tags.real(tag::LARGEST))
        && smallest < largest
    {
        return Ok((smallest, largest));
    }
    let (mut smallest, mut largest) = (0f64, 1f64);
    let mut extremes = (f64::INFINITY, f64::NEG_INFINITY);
    each(tags, layout, &mut Losses::default(), |_, planes| {
        for chunk in planes {
            for row in 0..chunk.height {
                let (bytes, pixels) = chunk.row(row);
                for at in 0..pixels * chunk.samples {
                    let real = chunk.scale.real(chunk.scale.raw(bytes, at));
                    if real.is_finite() {
                        extremes = (extremes.0.min(real), extremes.1.max(real));
                    }
                }
            }
        }
    })?;
    if (extremes.0 < smallest || extremes.1 > largest) && extremes.0 < extremes.1 {
        (smallest, largest) = extremes;
    }
    Ok((smallest, largest))
}

struct Painter<'a> {
    tags: &'a Tags<'a>,
    layout: &'a Layout,
    range: (f64, f64),
    palette: Option<Vec<[u8; 3]>>,
    dots: Dots,
    has_painted: bool,
    /// The samples of a row, as bytes.
    samples: Vec<u8>,
}

impl<'a> Painter<'a> {
    fn new(tags: &'a Tags, layout: &'a Layout, range: (f64, f64)) -> Result<Painter<'a>, Why> {
        let palette = match layout.photometric {
            PALETTE => {
                let palette = tone::palette(tags, layout.bits);
                Some(palette.ok_or_else(|| Why::Damaged("numbers of colours without the colours".into()))?)
            }
            _ => None,
        };
        let depth = match &palette {
            Some(colours) if colours.iter().any(|[red, green, blue]| red != green || green != blue) => {
                Depth::Colour
            }
            Some(_) => Depth::Grey,
            None if is_ink(layout) => Depth::Ink,
            None => Tone::of(layout, tags, layout.samples).depth(),
        };
        let dots = Dots::blank(depth, layout.shape.width, layout.shape.height);
        Ok(Painter { tags, layout, range, palette, dots, has_painted: false, samples: Vec::new() })
    }

    /// Paints what lies on the page.
    fn paint(&mut self, (left, top): (u32, u32), planes: &[Chunk]) {
        let Some(first) = planes.first() else { return };
        let rows = first.height.min(self.layout.shape.height.saturating_sub(top));
        let samples: usize = planes.iter().map(|chunk| chunk.samples).sum();
        let tone = Tone::of(self.layout, self.tags, samples);
        for row in 0..rows {
            let there = planes.iter().map(|chunk| chunk.row(row).1).min().unwrap_or(0);
            let pixels = there.min(self.layout.shape.width.saturating_sub(left) as usize);
            if pixels == 0 {
                continue;
            }
            self.has_painted = true;
            let at = Place { left: left as usize, row: (top + row) as usize, pixels };
            if self.dots.depth() == Depth::Ink {
                self.ink(at, first.row(row).0);
            } else if self.palette.is_some() {
                self.indices(at, first, row);
            } else {
                self.tones(at, planes, row, &tone);
            }
        }
    }

    fn target(&mut self, at: Place) -> &mut [u8] {
        let depth = self.dots.depth();
        let start = at.row * depth.stride(self.layout.shape.width) + depth.stride(at.left as u32);
        let length = depth.stride(at.pixels as u32);
        self.dots.bytes_mut().get_mut(start..start + length).unwrap_or_default()
    }

    fn ink(&mut self, at: Place, row: &[u8]) {
        let flip = if self.layout.photometric == WHITE_IS_ZERO { 0 } else { 0xff };
        if !at.left.is_multiple_of(8) {
            return self.ink_bit_by_bit(at, row, flip);
        }
        for (number, (to, from)) in self.target(at).iter_mut().zip(row).enumerate() {
            // Of the last byte only the pixels that are there.
            let there = (at.pixels - number * 8).min(8);
            let mask = (0xff00u16 >> there) as u8;
            *to = *to & !mask | (*from ^ flip) & mask;
        }
    }

    /// Where a tile's width is none of whole bytes.
    fn ink_bit_by_bit(&mut self, at: Place, row: &[u8], flip: u8) {
        let start = at.row * Depth::Ink.stride(self.layout.shape.width);
        let bytes = self.dots.bytes_mut();
        for pixel in 0..at.pixels {
            let ink = row.get(pixel / 8).map_or(0, |byte| (byte ^ flip) >> (7 - pixel % 8) & 1);
            let to = at.left + pixel;
            if let Some(byte) = bytes.get_mut(start + to / 8) {
                *byte = *byte & !(1 << (7 - to % 8)) | ink << (7 - to % 8);
            }
        }
    }

    fn indices(&mut self, at: Place, chunk: &Chunk, row: u32) {
        let palette = self.palette.take().unwrap_or_default();
        let (bytes, _) = chunk.row(row);
        let channels = if self.dots.depth() == Depth::Colour { 3 } else { 1 };
        for (pixel, to) in self.target(at).chunks_exact_mut(channels).enumerate() {
            let number = chunk.scale.raw(bytes, pixel * chunk.samples) as usize;
            // A number beyond the palette is black.
            let colour = palette.get(number).copied().unwrap_or_default();
            to.iter_mut().zip(colour).for_each(|(to, colour)| *to = colour);
        }
        self.palette = Some(palette);
    }

    fn tones(&mut self, at: Place, planes: &[Chunk], row: u32, tone: &Tone) {
        let mut samples = std::mem::take(&mut self.samples);
        samples.clear();
        if let [only] = planes {
            only.scale.with_range(self.range).push(only.row(row).0, at.pixels * only.samples, &mut samples);
        } else {
            samples.resize(at.pixels * planes.len(), 0);
            let mut plane_samples = Vec::with_capacity(at.pixels);
            for (number, plane) in planes.iter().enumerate() {
                plane_samples.clear();
                plane.scale.with_range(self.range).push(plane.row(row).0, at.pixels, &mut plane_samples);
                let to = samples.iter_mut().skip(number).step_by(planes.len());
                to.zip(&plane_samples).for_each(|(to, sample)| *to = *sample);
            }
        }
        let depth = self.dots.depth();
        tone.convert(&samples, depth, self.target(at));
        self.samples = samples;
    }
}

/// Pixels of a row.
#[derive(Clone, Copy)]
struct Place {
    left: usize,
    row: usize,
    pixels: usize,
}

fn is_ink(layout: &Layout) -> bool {
    layout.bits == 1
        && layout.samples == 1
        && layout.format == Format::Unsigned
        && !layout.codec.is_jpeg()
        && matches!(layout.photometric, WHITE_IS_ZERO | BLACK_IS_ZERO | MASK)
}
