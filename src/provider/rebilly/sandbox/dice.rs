//! Numbers that look thrown and depend on nothing but what they are for.

use aws_lc_rs::digest;

pub struct Dice(u64);

impl Dice {
    pub fn of(number: usize) -> Dice {
        Dice((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// From nothing to below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % sides.max(1)
    }

    pub fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len() as u64) as usize]
    }
}

/// 64 lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An id in the form of the API's own: "dp_" and 26 capitals and digits.
pub fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}_{}", sha256(format!("{prefix} {number}").as_bytes())[..26].to_uppercase())
}
