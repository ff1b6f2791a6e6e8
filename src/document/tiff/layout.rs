//! How the pixels of a page are laid down: what a sample is, and in which strips or tiles they lie.

use super::{
    codec::Codec,
    directory::{Order, Tags},
    tag,
};
use crate::document::{
    pages::Why,
    raster::{Pose, Shape},
};

/// More samples a pixel than any picture for people has.
const SAMPLES_AT_MOST: u64 = 64;
/// What all strips of a page may come to, unpacked: 120 megapixels of six bytes.
const UNPACKED_AT_MOST: u64 = 720_000_000;
/// What one strip or tile may come to, beside the page that it is painted on.
const CHUNK_AT_MOST: u64 = 400_000_000;

#[derive(Clone, Debug)]
pub struct Layout {
    pub shape: Shape,
    pub codec: Codec,
    pub photometric: u64,
    /// Of one sample.
    pub bits: u32,
    pub format: Format,
    /// Of one pixel.
    pub samples: usize,
    /// Each sample has strips of its own.
    pub is_planar: bool,
    pub predictor: u64,
    /// Bits lie in their bytes the other way round (FillOrder 2).
    pub is_reversed: bool,
    pub order: Order,
    pub grid: Grid,
    /// How many pixels across and down share their chrominance, where it is not packed as JPEG.
    pub subsampling: (u32, u32),
}

/// What the bits of a sample mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Unsigned,
    Signed,
    Float,
}

/// Strips, or tiles: strips are as wide as the page, and the last one ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    pub is_tiled: bool,
    pub width: u32,
    pub height: u32,
    pub across: u32,
    pub down: u32,
}

pub const WHITE_IS_ZERO: u64 = 0;
pub const BLACK_IS_ZERO: u64 = 1;
pub const RGB: u64 = 2;
pub const PALETTE: u64 = 3;
pub const MASK: u64 = 4;
pub const SEPARATED: u64 = 5;
pub const CHROMA: u64 = 6;
pub const CIE_LAB: u64 = 8;
pub const ICC_LAB: u64 = 9;
pub const ITU_LAB: u64 = 10;
const LOG_L: u64 = 32844;
const LOG_LUV: u64 = 32845;

impl Layout {
    pub fn of(tags: &Tags) -> Result<Layout, Why> {
        let size = |number| tags.number(number).ok_or_else(|| Why::Damaged("a page without a size".into()));
        let shape = Shape::checked(size(tag::WIDTH)?, size(tag::HEIGHT)?)?;
        let samples = tags.number(tag::SAMPLES).unwrap_or_else(|| tags.count(tag::BITS).max(1));
        if samples == 0 || samples > SAMPLES_AT_MOST {
            return Err(Why::Unsupported(format!("{samples} samples a pixel")));
        }
        let codec = Codec::of(tags)?;
        let photometric =
            tags.number(tag::PHOTOMETRIC).unwrap_or(if samples >= 3 { RGB } else { WHITE_IS_ZERO });
        if matches!(photometric, LOG_L | LOG_LUV) {
            return Err(Why::Unsupported("LogLuv, light measured on a logarithmic scale".into()));
        }
        let layout = Layout {
            shape: placed(shape, tags),
            codec,
            photometric,
            bits: bits(tags, samples)?,
            format: format(tags),
            samples: samples as usize,
            is_planar: tags.number(tag::PLANAR) == Some(2) && samples > 1,
            predictor: tags.number(tag::PREDICTOR).unwrap_or(1),
            is_reversed: tags.number(tag::FILL_ORDER) == Some(2),
            order: tags.file.order,
            grid: Grid::of(tags, shape)?,
            subsampling: subsampling(tags),
        };
        layout.check()?;
        Ok(layout)
    }

    fn check(&self) -> Result<(), Why> {
        let pixels = u64::from(self.shape.width) * u64::from(self.shape.height);
        let bytes = pixels.saturating_mul(self.samples as u64 * u64::from(self.bits)) / 8;
        // A tile reaches beyond the page; so far beyond it makes no sense.
        let tile = self.row_size().saturating_mul(self.grid.height as usize) as u64;
        if bytes > UNPACKED_AT_MOST || tile > CHUNK_AT_MOST {
            return Err(Why::Limit(format!("a page of {} MB, unpacked", bytes.max(tile) / 1_000_000)));
        }
        Ok(())
    }

    /// Chrominance stands once for several pixels.
    pub fn is_subsampled(&self) -> bool {
        self.photometric == CHROMA && self.samples == 3 && !self.codec.is_jpeg() && self.subsampling != (1, 1)
    }

    /// Samples that lie side by side in one strip or tile.
    pub fn samples_together(&self) -> usize {
        if self.is_planar { 1 } else { self.samples }
    }

    /// Bytes of a row in a strip or tile.
    pub fn row_size(&self) -> usize {
        (self.grid.width as usize * self.samples_together() * self.bits as usize).div_ceil(8)
    }
}

/// With orientation and resolutions.
fn placed(shape: Shape, tags: &Tags) -> Shape {
    let pose = Pose::from_tag(tags.number(tag::ORIENTATION).unwrap_or(1));
    let across = tags.real(tag::X_RESOLUTION).unwrap_or(1.0);
    let down = tags.real(tag::Y_RESOLUTION).unwrap_or(across);
    Shape { pose, ..shape.with_resolution(across, down) }
}

fn bits(tags: &Tags, samples: u64) -> Result<u32, Why> {
    let all = tags.numbers(tag::BITS, samples);
    let bits = all.first().copied().unwrap_or(1);
    if all.iter().any(|other| *other != bits) {
        return Err(Why::Unsupported("samples of different depths".into()));
    }
    match bits {
        1..=32 | 64 => Ok(bits as u32),
        _ => Err(Why::Unsupported(format!("{bits} bits a sample"))),
    }
}

fn format(tags: &Tags) -> Format {
    match tags.number(tag::SAMPLE_FORMAT) {
        Some(2) => Format::Signed,
        Some(3) => Format::Float,
        _ => Format::Unsigned,
    }
}

fn subsampling(tags: &Tags) -> (u32, u32) {
    let factor = |at| match tags.nth(tag::CHROMA_SUBSAMPLING, at) {
        Some(factor @ (1 | 2 | 4)) => factor as u32,
        _ => 2,
    };
    (factor(0), factor(1))
}

impl Grid {
    fn of(tags: &Tags, page: Shape) -> Result<Grid, Why> {
        let side = |tag, page: u32| {
            let length = tags.number(tag).filter(|length| *length > 0)?;
            // Beyond the page for as much as a tile's side may be.
            Some(u32::try_from(length).unwrap_or(u32::MAX).min(page.saturating_add(65_536)))
        };
        if tags.has(tag::TILE_OFFSETS) || tags.has(tag::TILE_WIDTH) {
            let sides = (side(tag::TILE_WIDTH, page.width), side(tag::TILE_HEIGHT, page.height));
            let (Some(width), Some(height)) = sides else {
                return Err(Why::Damaged("tiles without a size".into()));
            };
            let (across, down) = (page.width.div_ceil(width), page.height.div_ceil(height));
            return Ok(Grid { is_tiled: true, width, height, across, down });
        }
        let height = side(tag::ROWS_PER_STRIP, page.height).unwrap_or(page.height).min(page.height);
        let down = page.height.div_ceil(height);
        Ok(Grid { is_tiled: false, width: page.width, height, across: 1, down })
    }

    /// How many strips or tiles one sample, or all samples together, have.
    pub fn count(&self) -> u64 {
        u64::from(self.across) * u64::from(self.down)
    }

    /// Where the upper left corner of a strip or tile lies.
    pub fn corner(&self, at: u64) -> (u32, u32) {
        let (row, column) = (at / u64::from(self.across), at % u64::from(self.across));
        // Both lie on the page, whose sides are limited.
        (column as u32 * self.width, row as u32 * self.height)
    }

    /// How many rows a strip or tile has that begins there.
    pub fn rows(&self, top: u32, page: Shape) -> u32 {
        if self.is_tiled { self.height } else { self.height.min(page.height.saturating_sub(top)) }
    }
}
