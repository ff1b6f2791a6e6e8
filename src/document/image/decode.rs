//! From the bytes of a picture to its pixels.

use std::io::Cursor;

use ::image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits as Allowed,
    codecs::{png::PngDecoder, webp::WebPDecoder},
    error::ImageError,
};

use super::facts;
use crate::document::{
    jpeg::{self, Colours, Frame},
    kind::Kind,
    pages::{Limits, Why},
    raster::{Dots, Pose, Raster, Shape},
    tiff::{self, File},
};

/// Bytes that a decoder may take at once: 120 megapixels of four bytes.
const ALLOWED: u64 = Limits::PIXELS * 4;

/// What is known of a picture before it is decoded.
pub struct Head {
    pub shape: Shape,
    /// "grey, 8 bits a pixel".
    pub colour: String,
    pub exif: Option<File>,
    pub is_moving: bool,
}

pub fn head(kind: Kind, bytes: &[u8]) -> Result<Head, Why> {
    let mut head = if kind == Kind::Jpeg { jpeg_head(bytes)? } else { other_head(kind, bytes)? };
    if let Some(resolution) = facts::resolution(kind, bytes, head.exif.as_ref()) {
        head.shape = head.shape.with_resolution(resolution.across, resolution.down);
    }
    head.shape.pose = head.exif.as_ref().map(orientation).unwrap_or_default();
    Ok(head)
}

fn orientation(exif: &File) -> Pose {
    let (directories, _) = exif.chain(1);
    let orientation = directories.first().and_then(|directory| exif.tags(directory).number(tiff::ORIENTATION));
    Pose::from_tag(orientation.unwrap_or(1))
}

fn jpeg_head(bytes: &[u8]) -> Result<Head, Why> {
    let frame = Frame::of(bytes).ok_or_else(|| Why::Damaged("a JPEG without a frame".into()))?;
    let head = jpeg::Head::of(bytes);
    let exif = head.segments.iter().find_map(|segment| segment.body.strip_prefix(b"Exif\0\0"));
    Ok(Head {
        shape: frame.shape()?,
        colour: frame.words(),
        exif: exif.and_then(|exif| File::new(exif.to_vec())),
        is_moving: false,
    })
}

fn other_head(kind: Kind, bytes: &[u8]) -> Result<Head, Why> {
    let mut decoder = reader(kind, bytes)?.into_decoder().map_err(why)?;
    let (width, height) = decoder.dimensions();
    Ok(Head {
        shape: Shape::checked(width.into(), height.into())?,
        colour: facts::colour(decoder.original_color_type()),
        // A damaged one is no reason not to show the picture.
        exif: decoder.exif_metadata().ok().flatten().and_then(File::new),
        is_moving: is_moving(kind, bytes),
    })
}

fn reader(kind: Kind, bytes: &[u8]) -> Result<ImageReader<Cursor<&[u8]>>, Why> {
    let format = match kind {
        Kind::Png => ImageFormat::Png,
        Kind::Gif => ImageFormat::Gif,
        Kind::WebP => ImageFormat::WebP,
        Kind::Bmp => ImageFormat::Bmp,
        other => return Err(Why::Unsupported(other.words().into())),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = Allowed::default();
    allowed.max_alloc = Some(ALLOWED);
    reader.limits(allowed);
    Ok(reader)
}

/// Whether there are more frames than the first.
fn is_moving(kind: Kind, bytes: &[u8]) -> bool {
    match kind {
        Kind::Gif => facts::has_second_frame(bytes),
        Kind::WebP => WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation()),
        Kind::Png => {
            PngDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.is_apng().unwrap_or(false))
        }
        _ => false,
    }
}

/// The pixels, and what of them is not there, in our words.
pub fn raster(kind: Kind, bytes: &[u8], shape: Shape) -> Result<(Raster, Vec<String>), Why> {
    let (dots, wrong) = if kind == Kind::Jpeg {
        let decoded = jpeg::decode(bytes, Colours::AsMarked)?;
        let dots =
            if decoded.channels == 1 { Dots::Grey(decoded.samples) } else { Dots::Colour(decoded.samples) };
        (dots, decoded.wrong)
    } else {
        let decoder = reader(kind, bytes)?.into_decoder().map_err(why)?;
        (dots(DynamicImage::from_decoder(decoder).map_err(why)?), None)
    };
    let notes = wrong.map(|wrong| format!("the picture is damaged: {wrong}"));
    let raster =
        Raster::new(shape, dots).ok_or_else(|| Why::Damaged("not as many pixels as it says".into()))?;
    Ok((raster, notes.into_iter().collect()))
}

fn why(error: ImageError) -> Why {
    match error {
        ImageError::Limits(_) => Why::Limit("the memory that a picture may take".into()),
        ImageError::Unsupported(error) => Why::Unsupported(error.to_string()),
        other => Why::Damaged(other.to_string()),
    }
}

fn dots(picture: DynamicImage) -> Dots {
    match picture {
        DynamicImage::ImageLuma8(grey) => Dots::Grey(grey.into_raw()),
        DynamicImage::ImageLuma16(grey) => Dots::Grey(high_bytes(&grey)),
        DynamicImage::ImageLumaA8(grey) => Dots::Grey(over_white(grey.into_raw(), 2)),
        DynamicImage::ImageLumaA16(grey) => Dots::Grey(over_white(high_bytes(&grey), 2)),
        DynamicImage::ImageRgb8(colour) => Dots::Colour(colour.into_raw()),
        DynamicImage::ImageRgb16(colour) => Dots::Colour(high_bytes(&colour)),
        DynamicImage::ImageRgba16(colour) => Dots::Colour(over_white(high_bytes(&colour), 4)),
        other => Dots::Colour(over_white(other.into_rgba8().into_raw(), 4)),
    }
}

fn high_bytes(samples: &[u16]) -> Vec<u8> {
    samples.iter().map(|sample| (sample >> 8) as u8).collect()
}

/// Pixels of so many samples, the last of which says how opaque they are, without it. In place: they can be many.
fn over_white(mut samples: Vec<u8>, size: usize) -> Vec<u8> {
    let colours = size - 1;
    let count = samples.len() / size;
    for pixel in 0..count {
        let alpha = u16::from(samples[pixel * size + colours]);
        for colour in 0..colours {
            let sample = u16::from(samples[pixel * size + colour]);
            samples[pixel * colours + colour] = ((sample * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
        }
    }
    samples.truncate(count * colours);
    samples
}
