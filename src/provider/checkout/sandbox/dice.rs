//! Repeatable chance (SplitMix64) from a text: the same ids give the same world on every machine. No protection of anything.

pub struct Dice(u64);

impl Dice {
    pub fn of(subject: &str) -> Dice {
        let seed = subject.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mut dice = Dice(seed);
        dice.next();
        dice
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Both ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + (self.next() % ((high - low).max(0).unsigned_abs() + 1)) as i64
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[(self.next() % list.len() as u64) as usize]
    }
}

/// A made-up id: a beginning and 26 small letters or digits, from a text.
pub fn id(beginning: &str, from: &str) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut dice = Dice::of(from);
    let rest: String = (0..26).map(|_| char::from(*dice.pick(LETTERS))).collect();
    format!("{beginning}{rest}")
}

/// In the form of a UUID, for the conversation's id.
pub fn uuid(from: &str) -> String {
    let mut dice = Dice::of(from);
    let (high, low) = (dice.next(), dice.next());
    let digits = format!("{high:016x}{low:016x}");
    format!("{}-{}-4{}-a{}-{}", &digits[..8], &digits[8..12], &digits[13..16], &digits[17..20], &digits[20..])
}
