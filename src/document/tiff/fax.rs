//! Strips and tiles of black and white pixels as facsimile machines pack them (ITU-T T.4 and T.6).

use hayro_ccitt::{DecodeSettings, Decoder, DecoderContext, EncodingMode, decode};

use super::{codec::Codec, unpack::Unpacked};

/// Rows of a bit each pixel, 1 for black.
struct Ink {
    width: usize,
    bytes: Vec<u8>,
    rows_left: u32,
}

impl Decoder for Ink {
    fn push_row(&mut self, changes: &[u32]) {
        let Some(left) = self.rows_left.checked_sub(1) else { return };
        self.rows_left = left;
        let start = self.bytes.len();
        self.bytes.resize(start + self.width.div_ceil(8), 0);
        let row = self.bytes.get_mut(start..).unwrap_or_default();
        for run in changes.chunks(2) {
            let first = run.first().map_or(0, |first| *first as usize);
            let end = run.get(1).map_or(self.width, |end| (*end as usize).min(self.width));
            blacken(row, first, end);
        }
    }
}

fn blacken(row: &mut [u8], first: usize, end: usize) {
    if first >= end {
        return;
    }
    let (first_byte, last_byte) = (first / 8, (end - 1) / 8);
    let head = 0xff >> (first % 8);
    let tail = 0xffu8 << (7 - (end - 1) % 8);
    let Some(bytes) = row.get_mut(first_byte..=last_byte) else { return };
    match bytes {
        [only] => *only |= head & tail,
        [one, between @ .., other] => {
            *one |= head;
            between.fill(0xff);
            *other |= tail;
        }
        [] => {}
    }
}

/// At most so many rows.
pub fn unpack(codec: Codec, packed: &[u8], width: u32, rows: u32) -> Unpacked<'static> {
    let mut ink = Ink { width: width as usize, bytes: Vec::new(), rows_left: rows };
    let ended = match codec {
        Codec::Huffman { words: true } => by_words(packed, width, rows, &mut ink),
        _ => decode(packed, &mut ink, &mut context(codec, width, rows)).map(|_| ()),
    };
    let wrong = ended.err().filter(|_| ink.rows_left > 0).map(|error| error.to_string());
    Unpacked { bytes: ink.bytes.into(), wrong }
}

fn context(codec: Codec, width: u32, rows: u32) -> DecoderContext {
    let encoding = match codec {
        Codec::Group4 => EncodingMode::Group4,
        Codec::Group3 { two: true } => EncodingMode::Group3_2D,
        _ => EncodingMode::Group3_1D,
    };
    DecoderContext::new(DecodeSettings {
        columns: width,
        rows,
        end_of_block: codec.is_fax() && !matches!(codec, Codec::Huffman { .. }),
        end_of_line: matches!(codec, Codec::Group3 { .. }),
        rows_are_byte_aligned: matches!(codec, Codec::Huffman { .. }),
        encoding,
        strict: false,
    })
}

/// Every row begins at a pair of bytes.
fn by_words(packed: &[u8], width: u32, rows: u32, ink: &mut Ink) -> hayro_ccitt::Result<()> {
    let mut one = context(Codec::Huffman { words: true }, width, 1);
    let mut rest = packed;
    for _ in 0..rows {
        let read = decode(rest, ink, &mut one)?;
        rest = rest.get(read.next_multiple_of(2)..).unwrap_or_default();
    }
    Ok(())
}
