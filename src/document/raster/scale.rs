//! Scaling, first across and then down: area averages where it makes smaller, straight lines between the pixels where
//! it makes larger. In whole numbers, so that white stays white and a window shows what a larger one shows there.

use std::ops::Range;

use super::Dots;

/// What the weights of one pixel sum up to.
const WHOLE: u32 = 1 << 16;

/// Which stored pixels make each of the shown ones, and with which weight.
pub struct Axis {
    taps: Vec<Tap>,
    weights: Vec<u32>,
}

/// The part of the weights that belongs to one shown pixel.
struct Tap {
    /// The first stored pixel.
    first: usize,
    weights: Range<usize>,
}

impl Axis {
    /// From `stored` pixels to `shown` ones, of which a part is wanted.
    pub fn new(stored: u32, shown: u32, part: Range<u32>) -> Axis {
        let mut axis = Axis { taps: Vec::with_capacity(part.len()), weights: Vec::new() };
        let step = f64::from(stored) / f64::from(shown.max(1));
        for at in part {
            if step >= 1.0 {
                axis.average(f64::from(at) * step, f64::from(at + 1) * step, stored);
            } else {
                axis.between((f64::from(at) + 0.5) * step - 0.5, stored);
            }
        }
        axis
    }

    /// Every stored pixel by how much of it lies within; rounded where the pixels meet, so that the sum is right.
    fn average(&mut self, from: f64, to: f64, stored: u32) {
        let last = f64::from(stored.saturating_sub(1));
        let first = from.floor().clamp(0.0, last);
        let end = to.ceil().clamp(first + 1.0, last + 1.0);
        let before =
            |edge: f64| ((edge.clamp(from, to) - from) / (to - from) * f64::from(WHOLE)).round() as u32;
        let share = |at: u32| {
            let end = if f64::from(at + 1) >= end { WHOLE } else { before(f64::from(at + 1)) };
            end - before(f64::from(at))
        };
        self.push(first as usize, (first as u32..end as u32).map(share));
    }

    /// The two stored pixels beside a point, by how near they are.
    fn between(&mut self, point: f64, stored: u32) {
        let point = point.clamp(0.0, f64::from(stored.saturating_sub(1)));
        let share = (point.fract() * f64::from(WHOLE)).round() as u32;
        let near = [WHOLE - share, share];
        self.push(point as usize, near.into_iter().take(if share == 0 { 1 } else { 2 }));
    }

    fn push(&mut self, first: usize, shares: impl Iterator<Item = u32>) {
        let begin = self.weights.len();
        self.weights.extend(shares);
        self.taps.push(Tap { first, weights: begin..self.weights.len() });
    }

    fn weights(&self, tap: &Tap) -> &[u32] {
        self.weights.get(tap.weights.clone()).unwrap_or_default()
    }

    /// The stored pixels that are asked for at all.
    fn reach(&self) -> Range<usize> {
        let first = self.taps.first().map_or(0, |tap| tap.first);
        let end = self.taps.last().map_or(first, |tap| tap.first + tap.weights.len());
        first..end
    }
}

/// The stored rows.
pub struct Rows<'a> {
    pub dots: &'a Dots,
    pub width: u32,
}

impl Rows<'_> {
    /// The pixels of a row in this range of columns, a byte each, or three.
    fn bytes<'a>(&'a self, row: usize, columns: &Range<usize>, spare: &'a mut Vec<u8>) -> &'a [u8] {
        let stride = self.dots.depth().stride(self.width);
        let start = row.saturating_mul(stride);
        let whole = self.dots.bytes().get(start..start.saturating_add(stride)).unwrap_or_default();
        match self.dots {
            Dots::Grey(_) => whole.get(columns.clone()).unwrap_or_default(),
            Dots::Colour(_) => whole.get(columns.start * 3..columns.end * 3).unwrap_or_default(),
            Dots::Ink(_) => {
                let first = columns.start / 8;
                let packed = whole.get(first..columns.end.div_ceil(8)).unwrap_or_default();
                spare.clear();
                packed.iter().for_each(|byte| spare.extend_from_slice(&grey_of(*byte)));
                let skip = columns.start - first * 8;
                spare.get(skip..skip + columns.len()).unwrap_or_default()
            }
        }
    }
}

/// Eight pixels of ink.
fn grey_of(ink: u8) -> [u8; 8] {
    const TABLE: [[u8; 8]; 256] = {
        let mut table = [[255; 8]; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut bit = 0;
            while bit < 8 {
                if byte >> (7 - bit) & 1 == 1 {
                    table[byte][bit] = 0;
                }
                bit += 1;
            }
            byte += 1;
        }
        table
    };
    TABLE[usize::from(ink)]
}

/// The shown pixels, row by row.
pub fn scaled(rows: &Rows, channels: usize, across: &Axis, down: &Axis) -> Vec<u8> {
    let columns = across.reach();
    let width = across.taps.len() * channels;
    let mut shown = Vec::with_capacity(width * down.taps.len());
    let mut narrowed = Narrowed { rows, channels, across, columns, kept: Vec::new(), spare: Vec::new() };
    let mut sums: Vec<u32> = vec![0; width];
    for tap in &down.taps {
        // Half of the last place, for rounding.
        sums.fill(1 << 23);
        for (row, weight) in (tap.first..).zip(down.weights(tap)) {
            let values = narrowed.row(row);
            sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += u32::from(*value) * weight);
        }
        shown.extend(sums.iter().map(|sum| (sum >> 24) as u8));
    }
    shown
}

/// Rows scaled across, of which the last two are kept: neighbours below share them.
struct Narrowed<'a> {
    rows: &'a Rows<'a>,
    channels: usize,
    across: &'a Axis,
    columns: Range<usize>,
    kept: Vec<(usize, Vec<u16>)>,
    spare: Vec<u8>,
}

impl Narrowed<'_> {
    /// In 256ths.
    fn row(&mut self, row: usize) -> &[u16] {
        let at = match self.kept.iter().position(|(kept, _)| *kept == row) {
            Some(at) => at,
            None => self.make(row),
        };
        self.kept.get(at).map_or(&[], |(_, values)| values)
    }

    fn make(&mut self, row: usize) -> usize {
        let mut values = if self.kept.len() < 2 { Vec::new() } else { self.kept.remove(0).1 };
        values.clear();
        let bytes = self.rows.bytes(row, &self.columns, &mut self.spare);
        for tap in &self.across.taps {
            let weights = self.across.weights(tap);
            let own = bytes.get((tap.first - self.columns.start) * self.channels..).unwrap_or_default();
            if self.channels == 1 {
                let sum: u32 = own.iter().zip(weights).map(|(byte, weight)| u32::from(*byte) * weight).sum();
                values.push((sum >> 8) as u16);
            } else {
                let mut sums = [0u32; 3];
                for (pixel, weight) in own.chunks_exact(3).zip(weights) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, byte)| *sum += u32::from(*byte) * weight);
                }
                values.extend(sums.map(|sum| (sum >> 8) as u16));
            }
        }
        self.kept.push((row, values));
        self.kept.len() - 1
    }
}
