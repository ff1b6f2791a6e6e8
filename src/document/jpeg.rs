//! JPEG streams, as files of their own and as the strips and tiles of a TIFF: from marker segments to samples. Knows
//! neither files nor pages.

use zune_jpeg::{
    JpegDecoder,
    errors::DecodeErrors,
    zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions},
};

use super::{pages::Why, raster::Shape};

/// What the colours of a stream are, where something other than the stream itself knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colours {
    /// The stream's own marks tell.
    AsMarked,
    /// Not to be converted, whatever its marks.
    AsStored,
    /// Luminance and chrominance, to be made red, green and blue.
    Chroma,
}

/// Samples of 8 bits, interleaved.
pub struct Decoded {
    pub width: u32,
    pub height: u32,
    /// 1 grey, 3 red green blue, 4 as stored.
    pub channels: usize,
    pub samples: Vec<u8>,
    /// What was wrong with the stream.
    pub wrong: Option<String>,
}

/// Decodes a whole stream. A stream that ends too early gives what it has, grey below.
pub fn decode(stream: &[u8], colours: Colours) -> Result<Decoded, Why> {
    let frame = Frame::of(stream).ok_or_else(|| Why::Damaged("a JPEG stream without a frame".into()))?;
    frame.check()?;
    let marked;
    let stream = match (colours, frame.components) {
        (Colours::AsMarked, _) | (_, ..3) => stream,
        (Colours::AsStored, _) => {
            marked = with_transform(stream, 0);
            &marked
        }
        (Colours::Chroma, components) => {
            marked = with_transform(stream, if components == 4 { 2 } else { 1 });
            &marked
        }
    };
    let lenient = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(stream), lenient);
    decoder.decode_headers().map_err(why)?;
    let (width, height) = decoder.dimensions().unwrap_or_default();
    let wanted = match frame.components {
        1 => ColorSpace::Luma,
        3 => ColorSpace::RGB,
        4 if colours == Colours::AsStored => ColorSpace::CMYK,
        4 => ColorSpace::RGB,
        count => return Err(Why::Unsupported(format!("a JPEG of {count} components"))),
    };
    decoder.set_options(lenient.jpeg_set_out_colorspace(wanted));
    let samples = decoder.decode().map_err(why)?;
    let (width, height, channels) = (width as u32, height as u32, wanted.num_components());
    let wrong = (!Head::of(stream).has_end()).then(|| "it ends too early".into());
    Ok(Decoded { width, height, channels, samples, wrong })
}

fn why(error: DecodeErrors) -> Why {
    match error {
        DecodeErrors::Unsupported(_) => Why::Unsupported("a JPEG stream of a rare process".into()),
        other => Why::Damaged(other.to_string()),
    }
}

/// The head of a stream: what its frame header says (ITU-T T.81, B.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The marker's second byte.
    process: u8,
    pub precision: u8,
    pub width: u16,
    pub height: u16,
    pub components: u8,
}

/// The most memory that the coefficients of a progressive picture may take, at two bytes a sample.
const COEFFICIENTS_AT_MOST: u64 = 480_000_000;

impl Frame {
    pub fn of(stream: &[u8]) -> Option<Frame> {
        let frame = Head::of(stream).segments.into_iter().find(|segment| is_frame(segment.marker))?;
        let [precision, h1, h0, w1, w0, components] = *frame.body.first_chunk::<6>()?;
        Some(Frame {
            process: frame.marker,
            precision,
            width: u16::from_be_bytes([w1, w0]),
            height: u16::from_be_bytes([h1, h0]),
            components,
        })
    }

    /// Refuses in words what the decoder cannot read.
    fn check_process(self) -> Result<(), Why> {
        let cannot = |what: &str| Err(Why::Unsupported(what.into()));
        match self.process {
            0xc9..=0xcb | 0xcd..=0xcf => return cannot("a JPEG with arithmetic coding"),
            0xc3 => return cannot("a lossless JPEG"),
            0xc5..=0xc7 => return cannot("a hierarchical JPEG"),
            _ => {}
        }
        if self.precision != 8 {
            return cannot(&format!("a JPEG of {} bits a sample", self.precision));
        }
        if self.height == 0 {
            return cannot("a JPEG that tells its height at its end only (DNL)");
        }
        Ok(())
    }

    fn check(self) -> Result<(), Why> {
        let shape = self.shape()?;
        let samples = u64::from(shape.width) * u64::from(shape.height) * u64::from(self.components);
        if self.process == 0xc2 && samples * 2 > COEFFICIENTS_AT_MOST {
            return Err(Why::Limit(format!("a progressive JPEG of {} x {} pixels", self.width, self.height)));
        }
        Ok(())
    }

    pub fn shape(self) -> Result<Shape, Why> {
        self.check_process()?;
        Shape::checked(self.width.into(), self.height.into())
    }

    /// "grey, 8 bits a pixel, progressive".
    pub fn words(self) -> String {
        let space = match self.components {
            1 => "grey",
            4 => "printing inks",
            _ => "red, green, blue",
        };
        let progressive = if self.process == 0xc2 { ", progressive" } else { "" };
        format!("{space}, {} bits a pixel{progressive}", u32::from(self.precision) * u32::from(self.components))
    }
}

fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
}

/// A marker segment.
pub struct Segment<'a> {
    pub marker: u8,
    /// Without marker and length.
    pub body: &'a [u8],
    /// With them.
    whole: &'a [u8],
}

/// What stands before the first scan, and the rest from there on.
pub struct Head<'a> {
    pub segments: Vec<Segment<'a>>,
    scans: &'a [u8],
}

impl<'a> Head<'a> {
    pub fn of(stream: &'a [u8]) -> Head<'a> {
        let mut rest = stream.strip_prefix(&[0xff, 0xd8]).unwrap_or(stream);
        let mut segments = Vec::new();
        while let Some((segment, after)) = next_segment(rest) {
            if matches!(segment.marker, 0xd9 | 0xda) {
                break;
            }
            segments.push(segment);
            rest = after;
        }
        Head { segments, scans: rest }
    }

    /// The stream anew, with other segments first and without some of its own.
    pub fn rebuilt(&self, first: &[u8], keep: impl Fn(&Segment) -> bool) -> Vec<u8> {
        let mut stream = vec![0xff, 0xd8];
        stream.extend_from_slice(first);
        let kept = self.segments.iter().filter(|segment| keep(segment));
        kept.for_each(|segment| stream.extend_from_slice(segment.whole));
        stream.extend_from_slice(self.scans);
        stream
    }

    /// The header of the first scan, with its marker.
    pub fn scan_header(&self) -> Option<&'a [u8]> {
        let [0xff, 0xda, high, low] = *self.scans.first_chunk::<4>()? else { return None };
        self.scans.get(..usize::from(u16::from_be_bytes([high, low])) + 2)
    }

    /// The frame header with another height, with its marker.
    pub fn frame_of_height(&self, height: u16) -> Option<Vec<u8>> {
        let frame = self.segments.iter().find(|segment| is_frame(segment.marker))?;
        let mut changed = frame.whole.to_vec();
        changed.get_mut(5..7)?.copy_from_slice(&height.to_be_bytes());
        Some(changed)
    }

    /// Its tables and restart intervals in a row.
    pub fn tables(&self) -> Vec<u8> {
        let tables = self.segments.iter().filter(|segment| matches!(segment.marker, 0xc4 | 0xdb | 0xdd));
        tables.flat_map(|segment| segment.whole).copied().collect()
    }

    fn has_end(&self) -> bool {
        memchr::memmem::rfind(self.scans, &[0xff, 0xd9]).is_some()
    }

    /// All its segments in a row.
    pub fn joined(&self) -> Vec<u8> {
        self.segments.iter().flat_map(|segment| segment.whole).copied().collect()
    }
}

/// Skips what is no marker, and the fill bytes before one.
fn next_segment(bytes: &[u8]) -> Option<(Segment<'_>, &[u8])> {
    let begins = |pair: &[u8]| matches!(pair, [0xff, marker] if !matches!(marker, 0 | 1 | 0xd0..=0xd8 | 0xff));
    let rest = bytes.get(bytes.windows(2).position(begins)?..)?;
    let [_, marker, high, low] = *rest.first_chunk::<4>()?;
    let end = usize::from(u16::from_be_bytes([high, low])).max(2) + 2;
    let segment = Segment { marker, body: rest.get(4..end)?, whole: rest.get(..end)? };
    Some((segment, rest.get(end..)?))
}

/// The stream with a mark of Adobe's that says how its colours are to be converted, instead of any it has.
fn with_transform(stream: &[u8], transform: u8) -> Vec<u8> {
    let mut mark = vec![0xff, ADOBE, 0, 14];
    mark.extend_from_slice(b"Adobe\0\x64\0\0\0\0");
    mark.push(transform);
    Head::of(stream).rebuilt(&mark, |segment| segment.marker != ADOBE)
}

const ADOBE: u8 = 0xee;
