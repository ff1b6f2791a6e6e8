//! Samples of any depth to bytes: 0 for none of a colour, 255 for all of it.

use super::{
    directory::Order,
    layout::{Format, Layout},
};

/// How the samples of a page become bytes.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    bits: u32,
    format: Format,
    order: Order,
    /// What of a float is 0 and what is 255.
    range: (f64, f64),
}

impl Scale {
    pub fn of(layout: &Layout, range: (f64, f64)) -> Scale {
        Scale { bits: layout.bits, format: layout.format, order: layout.order, range }
    }

    /// Samples of 8 bits as a JPEG has them, whatever the directory says.
    pub fn bytes() -> Scale {
        Scale { bits: 8, format: Format::Unsigned, order: Order::Big, range: (0.0, 1.0) }
    }

    pub fn with_range(self, range: (f64, f64)) -> Scale {
        Scale { range, ..self }
    }

    /// How many samples so many bytes hold.
    pub fn count(&self, bytes: usize) -> usize {
        bytes.saturating_mul(8) / self.bits as usize
    }

    /// The samples of a row, as bytes.
    pub fn push(&self, row: &[u8], count: usize, to: &mut Vec<u8>) {
        if self.bits == 8 && self.format == Format::Unsigned {
            to.extend_from_slice(row.get(..count).unwrap_or(row));
        } else {
            to.extend((0..count).map(|at| self.byte(self.raw(row, at))));
        }
    }

    /// A sample's bits as a number.
    pub fn raw(&self, row: &[u8], at: usize) -> u64 {
        let size = self.bits as usize / 8;
        match self.bits {
            8 => row.get(at).copied().unwrap_or(0).into(),
            16 | 24 | 32 | 64 => self.order.number(row.get(at * size..(at + 1) * size).unwrap_or_default()),
            // Across bytes the highest bit comes first, whatever the byte order.
            bits => {
                let first = at * bits as usize;
                let last = first + bits as usize - 1;
                let bytes = row.get(first / 8..=last / 8).unwrap_or_default();
                let joined = Order::Big.number(bytes);
                joined >> (7 - last % 8) & ((1 << bits) - 1)
            }
        }
    }

    fn byte(&self, raw: u64) -> u8 {
        match self.format {
            Format::Float => self.of_real(self.real(raw)),
            Format::Signed => self.of_whole(raw ^ 1 << (self.bits - 1)),
            Format::Unsigned => self.of_whole(raw),
        }
    }

    fn of_whole(&self, number: u64) -> u8 {
        if self.bits >= 8 {
            (number >> (self.bits - 8)) as u8
        } else {
            (number * 255 / ((1 << self.bits) - 1)) as u8
        }
    }

    fn of_real(&self, number: f64) -> u8 {
        let (smallest, largest) = self.range;
        // Neither a number nor infinite becomes 0, as does what is below the range.
        ((number - smallest) / (largest - smallest) * 255.0).round() as u8
    }

    /// A float of 16, 24, 32 or 64 bits.
    pub fn real(&self, raw: u64) -> f64 {
        match self.bits {
            16 => small_float(raw, 5, 10),
            24 => small_float(raw, 7, 16),
            32 => f32::from_bits(raw as u32).into(),
            _ => f64::from_bits(raw),
        }
    }
}

/// A float of so many bits of exponent and of fraction (TIFF technical note 3).
fn small_float(raw: u64, exponent_bits: u32, fraction_bits: u32) -> f64 {
    let fraction = (raw & ((1 << fraction_bits) - 1)) as f64 / f64::from(1u32 << fraction_bits);
    let exponent = (raw >> fraction_bits & ((1 << exponent_bits) - 1)) as i32;
    let bias = (1 << (exponent_bits - 1)) - 1;
    let size = match exponent {
        0 => fraction * f64::from(1 - bias).exp2(),
        _ if exponent == (1 << exponent_bits) - 1 => f64::NAN,
        _ => (1.0 + fraction) * f64::from(exponent - bias).exp2(),
    };
    if raw >> (exponent_bits + fraction_bits) & 1 == 1 { -size } else { size }
}
