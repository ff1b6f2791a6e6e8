//! Strips and tiles to the bytes that were packed. What is damaged gives what stands before the damage.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress};
use weezl::{BitOrder, LzwStatus, decode};

/// Unpacked bytes, and what was wrong with the packed ones.
pub struct Unpacked<'a> {
    pub bytes: Cow<'a, [u8]>,
    pub wrong: Option<String>,
}

impl<'a> Unpacked<'a> {
    pub fn sound(bytes: impl Into<Cow<'a, [u8]>>) -> Unpacked<'a> {
        Unpacked { bytes: bytes.into(), wrong: None }
    }

    pub fn with(bytes: impl Into<Cow<'a, [u8]>>, wrong: impl Into<String>) -> Unpacked<'a> {
        Unpacked { bytes: bytes.into(), wrong: Some(wrong.into()) }
    }
}

/// At most `size` bytes.
pub fn lzw(packed: &[u8], size: usize) -> Unpacked<'static> {
    // Before TIFF 5.0 codes lay with their lowest bit first and grew one code later; both begin with the same code,
    // which tells them apart (as libtiff does it).
    let is_old = matches!(packed, [0, second, ..] if second & 1 == 1);
    let mut decoder = if is_old {
        decode::Decoder::new(BitOrder::Lsb, 8)
    } else {
        decode::Decoder::with_tiff_size_switch(BitOrder::Msb, 8)
    };
    let (mut bytes, mut rest, mut filled) = (vec![0; size], packed, 0);
    let wrong = loop {
        let Some(space) = bytes.get_mut(filled..).filter(|space| !space.is_empty()) else { break None };
        let step = decoder.decode_bytes(rest, space);
        filled += step.consumed_out;
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        match step.status {
            Ok(LzwStatus::Ok) if step.consumed_in + step.consumed_out > 0 => {}
            Ok(_) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    bytes.truncate(filled);
    Unpacked { bytes: bytes.into(), wrong }
}

/// At most `size` bytes.
pub fn deflate(packed: &[u8], size: usize) -> Unpacked<'static> {
    let mut bytes = vec![0; size];
    let mut inflater = Decompress::new(true);
    let ended = inflater.decompress(packed, &mut bytes, FlushDecompress::Finish);
    let filled = usize::try_from(inflater.total_out()).unwrap_or(size).min(size);
    bytes.truncate(filled);
    let wrong = ended.err().filter(|_| filled < size).map(|error| error.to_string());
    Unpacked { bytes: bytes.into(), wrong }
}

/// At most `size` bytes. Runs of equal bytes, and bytes as they are (TIFF 6.0, section 9).
pub fn pack_bits(packed: &[u8], size: usize) -> Unpacked<'static> {
    let mut bytes = Vec::with_capacity(size.min(packed.len().saturating_mul(64)));
    let mut rest = packed;
    while let [count, after @ ..] = rest {
        if bytes.len() >= size {
            break;
        }
        rest = match count {
            0..=127 => {
                let (plain, after) = after.split_at(after.len().min(usize::from(*count) + 1));
                bytes.extend_from_slice(plain);
                after
            }
            128 => after,
            129.. => {
                let Some((byte, after)) = after.split_first() else { break };
                bytes.resize(bytes.len() + 257 - usize::from(*count), *byte);
                after
            }
        };
    }
    bytes.truncate(size);
    Unpacked::sound(bytes)
}

/// Pixels of 4 bits, row by row: runs, steps of two or three bits from the pixel before, and pixels as they are.
pub fn thunder_scan(packed: &[u8], width: u32, rows: u32) -> Unpacked<'static> {
    const TWO: [i8; 4] = [0, 1, 0, -1];
    const THREE: [i8; 8] = [0, 1, 2, 3, 0, -3, -2, -1];
    let (width, mut rest, mut bytes) = (width as usize, packed.iter(), Vec::new());
    for _ in 0..rows {
        let (mut row, mut last) = (Vec::with_capacity(width), 0u8);
        while row.len() < width {
            let Some(code) = rest.next() else { break };
            let step = |last: u8, step: i8| last.wrapping_add_signed(step) & 0xf;
            match code >> 6 {
                0 => row.resize(row.len() + usize::from(code & 0x3f), last),
                1 => {
                    for choice in
                        [code >> 4 & 3, code >> 2 & 3, code & 3].into_iter().filter(|choice| *choice != 2)
                    {
                        last = step(last, TWO[usize::from(choice)]);
                        row.push(last);
                    }
                }
                2 => {
                    for choice in [code >> 3 & 7, code & 7].into_iter().filter(|choice| *choice != 4) {
                        last = step(last, THREE[usize::from(choice)]);
                        row.push(last);
                    }
                }
                _ => {
                    last = code & 0xf;
                    row.push(last);
                }
            }
        }
        if row.len() < width {
            return Unpacked::with(bytes, "it ends too early");
        }
        row.truncate(width);
        bytes.extend(row.chunks(2).map(|pair| pair.iter().fold(0, |byte, pixel| byte << 4 | pixel)));
        if width % 2 == 1
            && let Some(last) = bytes.last_mut()
        {
            *last <<= 4;
        }
    }
    Unpacked::sound(bytes)
}

/// Rows of 2 bit pixels: as they are, a span of bytes in a white row, or runs.
pub fn next(packed: &[u8], width: u32, rows: u32) -> Unpacked<'static> {
    let stride = (width as usize).div_ceil(4);
    let (mut rest, mut bytes) = (packed, Vec::new());
    for _ in 0..rows {
        let Some((row, after)) = next_row(rest, width as usize, stride) else {
            return Unpacked::with(bytes, "it ends too early");
        };
        bytes.extend(row);
        rest = after;
    }
    Unpacked::sound(bytes)
}

fn next_row(packed: &[u8], width: usize, stride: usize) -> Option<(Vec<u8>, &[u8])> {
    let (code, rest) = packed.split_first()?;
    let mut row = vec![0xff; stride];
    match code {
        0x00 => {
            row.copy_from_slice(rest.get(..stride)?);
            Some((row, rest.get(stride..)?))
        }
        0x40 => {
            let [a, b, c, d] = *rest.first_chunk::<4>()?;
            let (skip, length) =
                (usize::from(u16::from_be_bytes([a, b])), usize::from(u16::from_be_bytes([c, d])));
            let span = rest.get(4..4 + length)?;
            row.get_mut(skip..skip + length)?.copy_from_slice(span);
            Some((row, rest.get(4 + length..)?))
        }
        _ => next_runs(packed, width, row),
    }
}

fn next_runs(packed: &[u8], width: usize, mut row: Vec<u8>) -> Option<(Vec<u8>, &[u8])> {
    let (mut at, mut rest) = (0, packed);
    while at < width {
        let (code, after) = rest.split_first()?;
        rest = after;
        let (grey, length) = (code >> 6, usize::from(code & 0x3f));
        for pixel in at..(at + length).min(width) {
            let shift = 6 - pixel % 4 * 2;
            if let Some(byte) = row.get_mut(pixel / 4) {
                *byte = *byte & !(3 << shift) | grey << shift;
            }
        }
        at += length;
    }
    Some((row, rest))
}

/// Undoes what a predictor did to a row (TIFF 6.0, section 14; its technical note 3 for floats).
pub fn unpredict(predictor: u64, row: &mut [u8], samples: usize, bits: u32, is_little: bool) {
    let size = bits as usize / 8;
    match (predictor, bits) {
        (2, 8) => {
            for at in samples..row.len() {
                row[at] = row[at].wrapping_add(row[at - samples]);
            }
        }
        (2, 16 | 32 | 64) => sum_up(row, samples * size, size, is_little),
        (3, 16 | 24 | 32 | 64) => float_unpredict(row, samples, size, is_little),
        _ => {}
    }
}

/// Adds each sample of some bytes to the one a pixel later.
fn sum_up(row: &mut [u8], pixel: usize, size: usize, is_little: bool) {
    let significance = |byte: usize| if is_little { byte } else { size - 1 - byte };
    for at in (pixel..row.len() + 1 - size.min(row.len() + 1)).step_by(size) {
        let mut carry = 0;
        for byte in (0..size).map(significance) {
            let sum = u16::from(row[at + byte]) + u16::from(row[at - pixel + byte]) + carry;
            row[at + byte] = sum as u8;
            carry = sum >> 8;
        }
    }
}

/// The bytes of all samples lie apart, the most significant ones first, each as a difference.
fn float_unpredict(row: &mut [u8], samples: usize, size: usize, is_little: bool) {
    for at in samples..row.len() {
        row[at] = row[at].wrapping_add(row[at - samples]);
    }
    let count = row.len() / size;
    let apart = row.to_vec();
    for (number, sample) in row.chunks_exact_mut(size).enumerate() {
        for (byte, to) in sample.iter_mut().enumerate() {
            let plane = if is_little { size - 1 - byte } else { byte };
            *to = apart.get(plane * count + number).copied().unwrap_or(0);
        }
    }
}
