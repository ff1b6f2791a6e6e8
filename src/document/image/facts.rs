//! What a picture says of itself, and of where it came from.

use ::image::ExtendedColorType;

use super::decode::Head;
use crate::document::{
    jpeg,
    kind::Kind,
    pages::Fact,
    raster::Resolution,
    tiff::{self, File},
};

pub fn of(kind: Kind, bytes: &[u8], head: &Head) -> Vec<Fact> {
    let resolution = resolution(kind, bytes, head.exif.as_ref());
    let mut facts = vec![Fact::new("size", tiff::size(head.shape, resolution))];
    facts.extend(resolution.map(|resolution| Fact::new("resolution", resolution.words())));
    facts.push(Fact::new("colour", head.colour.clone()));
    if head.is_moving {
        facts.push(Fact::new("animation", "it moves; only the first frame is shown"));
    }
    facts.extend(head.exif.as_ref().map(camera).unwrap_or_default());
    facts
}

/// From the EXIF data: who and what took it, and when.
fn camera(exif: &File) -> Vec<Fact> {
    let (directories, _) = exif.chain(1);
    let Some(first) = directories.first().map(|first| exif.tags(first)) else { return Vec::new() };
    let mut facts = tiff::origin(&first);
    let inner = first.number(tiff::EXIF).and_then(|at| exif.directory(at));
    if let Some(taken) = inner.and_then(|(inner, _)| exif.tags(&inner).text(tiff::EXIF_TAKEN)) {
        facts.insert(0, Fact::new("taken", taken));
    }
    facts
}

pub fn colour(colour: ExtendedColorType) -> String {
    use ExtendedColorType::{A8, Cmyk8, Cmyk16, L1, L2, L4, L8, L16, La1, La2, La4, La8, La16};
    let space = match colour {
        L1 => return "black and white".into(),
        L2 | L4 | L8 | L16 => "grey",
        La1 | La2 | La4 | La8 | La16 | A8 => "grey, transparent",
        Cmyk8 | Cmyk16 => "printing inks",
        other if other.channel_count() == 1 => "palette",
        other if other.channel_count() == 4 => "red, green, blue, transparent",
        _ => "red, green, blue",
    };
    format!("{space}, {} bits a pixel", colour.bits_per_pixel())
}

pub fn resolution(kind: Kind, bytes: &[u8], exif: Option<&File>) -> Option<Resolution> {
    let own = match kind {
        Kind::Jpeg => of_jpeg(bytes),
        Kind::Png => of_png(bytes),
        Kind::Bmp => of_bitmap(bytes),
        _ => None,
    };
    own.or_else(|| {
        let exif = exif?;
        let (directories, _) = exif.chain(1);
        tiff::resolution(&exif.tags(directories.first()?))
    })
}

/// The JFIF segment (ITU-T T.871, 10.1).
fn of_jpeg(bytes: &[u8]) -> Option<Resolution> {
    let head = jpeg::Head::of(bytes);
    let body = head.segments.iter().find_map(|segment| segment.body.strip_prefix(b"JFIF\0"))?;
    let [_, _, unit, x1, x0, y1, y0] = *body.first_chunk::<7>()?;
    let (across, down) = (f64::from(u16::from_be_bytes([x1, x0])), f64::from(u16::from_be_bytes([y1, y0])));
    match unit {
        1 => Resolution::new(across, down),
        2 => Resolution::new(across * 2.54, down * 2.54),
        _ => None,
    }
}

/// The chunk pHYs, which stands before the pixels (PNG, third edition, 11.3.4.3).
fn of_png(bytes: &[u8]) -> Option<Resolution> {
    let mut rest = bytes.get(8..)?;
    loop {
        let [l3, l2, l1, l0, name @ ..] = *rest.first_chunk::<8>()?;
        let length = u32::from_be_bytes([l3, l2, l1, l0]) as usize;
        match &name {
            b"IDAT" => return None,
            b"pHYs" => {
                let [across, down, unit] = [8..12, 12..16, 16..17].map(|part| rest.get(part));
                let number =
                    |bytes: Option<&[u8]>| bytes?.first_chunk::<4>().map(|four| u32::from_be_bytes(*four));
                let (across, down) = (number(across)?, number(down)?);
                return (unit? == [1]).then(|| per_metre(across, down)).flatten();
            }
            _ => rest = rest.get(length.checked_add(12)?..)?,
        }
    }
}

/// The header of Windows 3 and later.
fn of_bitmap(bytes: &[u8]) -> Option<Resolution> {
    let number = |at: usize| bytes.get(at..)?.first_chunk::<4>().map(|four| u32::from_le_bytes(*four));
    (number(14)? >= 40).then(|| per_metre(number(38)?, number(42)?)).flatten()
}

fn per_metre(across: u32, down: u32) -> Option<Resolution> {
    Resolution::new(f64::from(across) * 0.0254, f64::from(down) * 0.0254)
}

/// Whether a GIF has more than one picture: walks its blocks without unpacking them.
pub fn has_second_frame(bytes: &[u8]) -> bool {
    frames(bytes, 2) == 2
}

/// How many pictures, up to so many (GIF89a, sections 18 to 27).
fn frames(bytes: &[u8], at_most: usize) -> usize {
    let table = |flags: u8| if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let Some(mut rest) = bytes.get(10).and_then(|flags| bytes.get(13 + table(*flags)..)) else { return 0 };
    let mut count = 0;
    while count < at_most {
        let skip = match rest {
            [0x21, _, ..] => 2,
            [0x2c, body @ ..] => {
                count += 1;
                // Place and size, a palette, and the first byte of the packed pixels.
                11 + body.get(8).map_or(0, |flags| table(*flags))
            }
            _ => break,
        };
        let Some(after) = rest.get(skip..).and_then(after_blocks) else { break };
        rest = after;
    }
    count
}

/// Behind a chain of blocks that each tell their length, the last of which is empty.
fn after_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (length, after) = rest.split_first()?;
        rest = after.get(usize::from(*length)..)?;
        if *length == 0 {
            return Some(rest);
        }
    }
}
