//! A picture as a small PNG file (ISO/IEC 15948), for the protocols that take one.

use ::png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};

use super::reduced::{Reduced, greys, is_writing};
use crate::case::Picture;

/// What a page of writing shall not exceed, in bytes (60 KB once it is written as base64), and nothing at all.
const GOAL: usize = 45_000;
const LIMIT: usize = 400_000;

/// Sixteen greys, or a palette of up to 256 colours; fewer where the file would be large.
pub fn png(picture: &Picture) -> Vec<u8> {
    let greys = greys(picture);
    let limit = if greys.as_ref().is_some_and(|greys| is_writing(greys)) { GOAL } else { LIMIT };
    let mut file = Vec::new();
    for (levels, colours) in [(16, 256), (8, 64), (6, 32), (4, 16)] {
        let reduced = match &greys {
            Some(greys) => Reduced::grey(picture, greys, levels),
            None => Reduced::colour(picture, colours),
        };
        // Nothing can fail that is written into memory and has as many pixels as it says.
        file = write(&reduced).unwrap_or_default();
        if file.len() <= limit {
            break;
        }
    }
    file
}

fn write(picture: &Reduced) -> Result<Vec<u8>, EncodingError> {
    let (depth, bits) = match picture.colours.len() {
        ..=2 => (BitDepth::One, 1),
        3..=4 => (BitDepth::Two, 2),
        5..=16 => (BitDepth::Four, 4),
        _ => (BitDepth::Eight, 8),
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, picture.width as u32, picture.height as u32);
    encoder.set_depth(depth);
    encoder.set_color(ColorType::Indexed);
    encoder.set_palette(picture.colours.concat());
    // Filters are for tones that flow; these are steps.
    encoder.set_filter(Filter::NoFilter);
    encoder.set_deflate_compression(DeflateCompression::Level(6));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pack(picture, bits))?;
    writer.finish()?;
    Ok(file)
}

/// Several pixels to a byte, the first of them in its highest bits; each row begins with a byte.
fn pack(picture: &Reduced, bits: u32) -> Vec<u8> {
    let to_a_byte = (8 / bits) as usize;
    let rows = picture.pixels.chunks(picture.width.max(1));
    let bytes = rows.flat_map(|row| row.chunks(to_a_byte)).map(|pixels| {
        let filled = pixels.iter().fold(0u32, |byte, pixel| (byte << bits) | u32::from(*pixel));
        (filled << (bits * (to_a_byte - pixels.len()) as u32)) as u8
    });
    bytes.collect()
}
