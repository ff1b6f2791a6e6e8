//! What the samples of a pixel mean: from any of TIFF's colour spaces to grey, or to red, green and blue, over white.

use super::{
    codec::Codec,
    directory::Tags,
    layout::{self, Layout},
    tag,
};
use crate::document::raster::Depth;

#[derive(Clone, Debug)]
pub struct Tone {
    space: Space,
    /// Of one pixel.
    samples: usize,
    alpha: Option<Alpha>,
}

#[derive(Clone, Debug)]
enum Space {
    Grey { is_inverted: bool },
    Rgb,
    Cmyk,
    Chroma(Chroma),
    Lab { is_signed: bool },
}

/// How opaque a pixel is.
#[derive(Clone, Copy, Debug)]
struct Alpha {
    sample: usize,
    /// The colours were multiplied by it already.
    is_associated: bool,
}

impl Tone {
    /// For pixels of so many samples; a JPEG may have others than the directory says, and none of chrominance.
    pub fn of(layout: &Layout, tags: &Tags, samples: usize) -> Tone {
        let is_old_jpeg = layout.codec == Codec::OldJpeg;
        let space = match layout.photometric {
            _ if samples < 3 => Space::Grey { is_inverted: layout.photometric == layout::WHITE_IS_ZERO },
            layout::WHITE_IS_ZERO => Space::Grey { is_inverted: true },
            layout::BLACK_IS_ZERO | layout::MASK => Space::Grey { is_inverted: false },
            layout::SEPARATED if samples >= 4 => Space::Cmyk,
            // Whatever the directory says; libtiff takes them so.
            _ if is_old_jpeg && samples == 3 => Space::Chroma(Chroma::of(tags)),
            layout::CHROMA if layout.codec != Codec::Jpeg => Space::Chroma(Chroma::of(tags)),
            layout::CIE_LAB => Space::Lab { is_signed: true },
            layout::ICC_LAB | layout::ITU_LAB => Space::Lab { is_signed: false },
            _ => Space::Rgb,
        };
        let own = space.samples();
        let alpha = (samples > own).then(|| alpha(tags, own, samples)).flatten();
        Tone { space, samples, alpha }
    }

    pub fn depth(&self) -> Depth {
        if matches!(self.space, Space::Grey { .. }) { Depth::Grey } else { Depth::Colour }
    }

    /// Pixels as bytes of samples to pixels of this depth.
    pub fn convert(&self, samples: &[u8], depth: Depth, to: &mut [u8]) {
        let pixels = samples.chunks_exact(self.samples);
        if depth == Depth::Colour {
            pixels.zip(to.chunks_exact_mut(3)).for_each(|(pixel, to)| to.copy_from_slice(&self.colour(pixel)));
        } else {
            pixels.zip(to).for_each(|(pixel, to)| *to = self.colour(pixel)[1]);
        }
    }

    fn colour(&self, pixel: &[u8]) -> [u8; 3] {
        let sample = |at: usize| pixel.get(at).copied().unwrap_or(0);
        let first = [sample(0), sample(1), sample(2)];
        let colour = match &self.space {
            Space::Grey { is_inverted: false } => [first[0]; 3],
            Space::Grey { is_inverted: true } => [255 - first[0]; 3],
            Space::Rgb => first,
            Space::Cmyk => first.map(|ink| share(255 - ink, 255 - sample(3))),
            Space::Chroma(chroma) => chroma.rgb(first),
            Space::Lab { is_signed } => lab(first, *is_signed),
        };
        match self.alpha {
            None => colour,
            Some(Alpha { sample: at, is_associated: true }) => {
                colour.map(|byte| byte.saturating_add(255 - sample(at)))
            }
            Some(Alpha { sample: at, .. }) => colour.map(|byte| share(byte, sample(at)) + (255 - sample(at))),
        }
    }
}

/// The product of two shares of 255, rounded.
fn share(one: u8, other: u8) -> u8 {
    ((u16::from(one) * u16::from(other) + 127) / 255) as u8
}

impl Space {
    fn samples(&self) -> usize {
        match self {
            Space::Grey { .. } => 1,
            Space::Cmyk => 4,
            _ => 3,
        }
    }
}

/// A sample that says how opaque a pixel is. Where a file does not say what a fourth one beside red, green and blue is, it
/// is taken for that, as libtiff does.
fn alpha(tags: &Tags, own: usize, samples: usize) -> Option<Alpha> {
    let kinds = tags.numbers(tag::EXTRA_SAMPLES, samples as u64);
    let told = kinds.iter().position(|kind| matches!(kind, 1 | 2));
    match told {
        Some(at) => Some(Alpha { sample: own + at, is_associated: kinds.get(at) == Some(&1) }),
        None => (own == 3 && samples == 4).then_some(Alpha { sample: 3, is_associated: true }),
    }
}

/// Luminance and chrominance (TIFF 6.0, section 21).
#[derive(Clone, Debug)]
struct Chroma {
    /// Of red, green and blue in the luminance.
    weights: [f32; 3],
    /// For each sample what is black, or no colour, and what is white, or all of it.
    reference: [(f32, f32); 3],
}

impl Chroma {
    fn of(tags: &Tags) -> Chroma {
        let real = |tag, at: u64, otherwise: f32| tags.nth_real(tag, at).map_or(otherwise, |real| real as f32);
        let weights =
            [(0, 0.299), (1, 0.587), (2, 0.114)].map(|(at, usual)| real(tag::CHROMA_WEIGHTS, at, usual));
        let reference = [(0, 0.0), (2, 128.0), (4, 128.0)]
            .map(|(at, usual)| (real(tag::REFERENCE, at, usual), real(tag::REFERENCE, at + 1, 255.0)));
        let is_sound = weights[1].abs() > f32::EPSILON && reference.iter().all(|(low, high)| high > low);
        if is_sound { Chroma { weights, reference } } else { Chroma::usual() }
    }

    /// ITU-R BT.601, the whole range.
    fn usual() -> Chroma {
        Chroma { weights: [0.299, 0.587, 0.114], reference: [(0.0, 255.0), (128.0, 255.0), (128.0, 255.0)] }
    }

    fn rgb(&self, [y, cb, cr]: [u8; 3]) -> [u8; 3] {
        let [luminance, blueness, redness] = &self.reference;
        let scaled =
            |sample: u8, (low, high): &(f32, f32), all: f32| (f32::from(sample) - low) * all / (high - low);
        let y = scaled(y, luminance, 255.0);
        let (cb, cr) = (scaled(cb, blueness, 127.0), scaled(cr, redness, 127.0));
        let [of_red, of_green, of_blue] = self.weights;
        let red = y + cr * (2.0 - 2.0 * of_red);
        let blue = y + cb * (2.0 - 2.0 * of_blue);
        let green = (y - of_blue * blue - of_red * red) / of_green;
        [red, green, blue].map(|colour| colour.round() as u8)
    }
}

/// Lightness and two opponent colours (TIFF 6.0, section 23) to sRGB; white stays white.
fn lab([l, a, b]: [u8; 3], is_signed: bool) -> [u8; 3] {
    let opponent = |byte: u8| if is_signed { f32::from(byte as i8) } else { f32::from(byte) - 128.0 };
    let y = (f32::from(l) / 2.55 + 16.0) / 116.0;
    let (x, z) = (y + opponent(a) / 500.0, y - opponent(b) / 200.0);
    let linear = |t: f32| if t > 6.0 / 29.0 { t.powi(3) } else { (t - 16.0 / 116.0) / 7.787 };
    // The white of sRGB, D65.
    let (x, y, z) = (0.9505 * linear(x), linear(y), 1.089 * linear(z));
    let colours = [
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    ];
    colours.map(|light| {
        let light = light.clamp(0.0, 1.0);
        let shown = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
        (shown * 255.0).round() as u8
    })
}

/// The colours that a palette's numbers stand for. Some old files have them in 8 bits instead of 16.
pub fn palette(tags: &Tags, bits: u32) -> Option<Vec<[u8; 3]>> {
    let count = 1u64 << bits.min(16);
    let map = tags.numbers(tag::COLOUR_MAP, 3 * count);
    let shift = if map.iter().all(|value| *value < 256) { 0 } else { 8 };
    let third = map.len() / 3;
    let value = |at: usize| map.get(at).map_or(0, |value| (value >> shift) as u8);
    (third > 0).then(|| (0..third).map(|at| [value(at), value(third + at), value(2 * third + at)]).collect())
}
