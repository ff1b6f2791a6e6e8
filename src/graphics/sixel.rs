//! A picture as sixels (DEC STD 070, chapter 9): bands of six rows, each colour of a band painted over the ones before.

use std::{borrow::Cow, cmp::Reverse, io::Write};

use super::reduced::{Reduced, Rgb, greys, is_writing};
use crate::case::{Picture, Pixels};

/// What a page of writing shall not exceed, in bytes, and nothing at all: tmux drops a sequence of 1 MiB.
const GOAL: usize = 150_000;
const LIMIT: usize = 999_999;

/// The picture in sixteen greys, or 64 colours; in fewer, then in larger dots, where that would be too much.
pub fn sixel(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    for dot in [1, 2, 4, 8, 16] {
        let coarse = coarse(picture, dot);
        let greys = greys(&coarse);
        let limit = if greys.as_ref().is_some_and(|greys| is_writing(greys)) { GOAL } else { LIMIT };
        for (levels, colours) in [(16, 64), (8, 32), (6, 16), (4, 8)] {
            let reduced = match &greys {
                Some(greys) => Reduced::grey(&coarse, greys, levels),
                None => Reduced::colour(&coarse, colours),
            };
            bytes = write(&reduced);
            if bytes.len() <= limit {
                return bytes;
            }
            if bytes.len() > 2 * LIMIT {
                // Fewer colours do not help so much.
                break;
            }
        }
        if bytes.len() <= LIMIT {
            return bytes;
        }
    }
    bytes
}

/// The same picture in dots of `dot` by `dot` pixels, each the mean of what it covers.
fn coarse(picture: &Picture, dot: usize) -> Cow<'_, Picture> {
    if dot == 1 {
        return Cow::Borrowed(picture);
    }
    let (bytes, channels, kind): (_, _, fn(Vec<u8>) -> Pixels) = match &picture.pixels {
        Pixels::Grey(bytes) => (bytes, 1, Pixels::Grey),
        Pixels::Colour(bytes) => (bytes, 3, Pixels::Colour),
    };
    let width = picture.width as usize;
    let mut dots = Vec::with_capacity(bytes.len());
    for rows in bytes.chunks((width * channels * dot).max(1)) {
        let mut row = vec![0; width * channels];
        let height = rows.len() / (width * channels).max(1);
        for left in (0..width).step_by(dot) {
            let columns = left..(left + dot).min(width);
            for channel in 0..channels {
                let places = || columns.clone().map(|x| x * channels + channel);
                let covered = || (0..height).flat_map(|y| places().map(move |x| y * width * channels + x));
                let sum: usize = covered().filter_map(|at| rows.get(at)).map(|byte| usize::from(*byte)).sum();
                let mean = sum / (height * columns.len()).max(1);
                places().for_each(|x| row[x] = mean as u8);
            }
        }
        (0..height).for_each(|_| dots.extend_from_slice(&row));
    }
    Picture::new(picture.width, picture.height, kind(dots)).map_or(Cow::Borrowed(picture), Cow::Owned)
}

fn write(picture: &Reduced) -> Vec<u8> {
    let mut to = Vec::with_capacity(picture.pixels.len() / 8);
    // Writing into memory cannot fail.
    let _ = write!(to, "\x1bP0;1q\"1;1;{};{}", picture.width, picture.height);
    for (place, colour) in picture.colours.iter().enumerate() {
        let [red, green, blue] = percent(*colour);
        let _ = write!(to, "#{place};2;{red};{green};{blue}");
    }
    for band in picture.pixels.chunks((picture.width * 6).max(1)) {
        Band::of(band, picture.width, picture.colours.len()).write(&mut to);
        to.push(b'-');
    }
    to.extend_from_slice(b"\x1b\\");
    to
}

fn percent(colour: Rgb) -> [u32; 3] {
    colour.map(|channel| (u32::from(channel) * 100 + 127) / 255)
}

/// Six rows.
struct Band {
    width: usize,
    /// For each colour the bits of each column, the uppermost row lowest.
    bits: Vec<Vec<u8>>,
    /// How many pixels each colour has.
    counts: Vec<usize>,
    /// The bits of a column whose six rows are all there.
    full: u8,
}

impl Band {
    fn of(pixels: &[u8], width: usize, colours: usize) -> Band {
        let (mut bits, mut counts) = (vec![Vec::new(); colours], vec![0; colours]);
        for (y, row) in pixels.chunks(width.max(1)).enumerate() {
            for (x, colour) in row.iter().enumerate() {
                let colour = usize::from(*colour);
                let (Some(columns), Some(count)) = (bits.get_mut(colour), counts.get_mut(colour)) else {
                    continue;
                };
                if columns.is_empty() {
                    columns.resize(width, 0);
                }
                if let Some(column) = columns.get_mut(x) {
                    *column |= 1 << y;
                }
                *count += 1;
            }
        }
        let rows = pixels.len() / width.max(1);
        Band { width, bits, counts, full: ((1u16 << rows) - 1) as u8 }
    }

    /// The commonest colour goes below everything in one stroke. Each colour after it may paint what a later one will
    /// paint over: long strokes are short to write.
    fn write(self, to: &mut Vec<u8>) {
        let mut order: Vec<usize> =
            (0..self.counts.len()).filter(|at| self.counts.get(*at) > Some(&0)).collect();
        order.sort_by_key(|at| Reverse(self.counts.get(*at).copied()));
        let mut later = vec![self.full; self.width];
        let mut first = true;
        for colour in order {
            let Some(columns) = self.bits.get(colour) else { continue };
            let _ = write!(to, "{}#{colour}", if first { "" } else { "$" });
            if first {
                stroke(self.full, self.width, to);
            } else {
                strokes(columns, &later, to);
            }
            later.iter_mut().zip(columns).for_each(|(later, column)| *later &= !column);
            first = false;
        }
    }
}

/// One colour of a band: `columns` must be painted, `later` are the pixels that it or a colour after it paints.
fn strokes(columns: &[u8], later: &[u8], to: &mut Vec<u8>) {
    let end = columns.iter().rposition(|column| *column != 0).map_or(0, |last| last + 1);
    let (mut sixel, mut length) = (0, 0);
    for (column, later) in columns.iter().zip(later).take(end) {
        let fits = sixel & column == *column && sixel & !later == 0;
        if length > 0 && !fits {
            stroke(sixel, length, to);
            length = 0;
        }
        if length == 0 {
            sixel = *column;
        }
        length += 1;
    }
    stroke(sixel, length, to);
}

/// The same sixel several times.
fn stroke(sixel: u8, length: usize, to: &mut Vec<u8>) {
    let letter = b'?' + sixel;
    if length > 3 {
        let _ = write!(to, "!{length}");
        to.push(letter);
    } else {
        to.extend(std::iter::repeat_n(letter, length));
    }
}
