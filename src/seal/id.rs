//! Names for what we make: unique without asking anybody, later ones greater. It must never know what they name.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use super::SealProblem;
use crate::case::Moment;

/// A UUID of version 7 (RFC 9562, section 5.7) as 36 lower-case characters: the moment in milliseconds, then 74 random
/// bits. Within one millisecond the order is by chance.
pub fn new_id(at: Moment) -> Result<String, SealProblem> {
    let mut random = [0; 10];
    SystemRandom::new().fill(&mut random).map_err(|_| SealProblem)?;
    Ok(written(at, random))
}

fn written(at: Moment, random: [u8; 10]) -> String {
    // 48 bits of milliseconds last until the year 10889; a moment before 1970 counts as 1970.
    let millis = u64::try_from(at.0).unwrap_or(0) & 0xFFFF_FFFF_FFFF;
    let random = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
    let (version, variant) = (7_u128 << 76, 2_u128 << 62);
    let twelve = (random >> 68 & 0xFFF) << 64;
    let bits = u128::from(millis) << 80 | version | twelve | variant | random & 0x3FFF_FFFF_FFFF_FFFF;
    let digits = format!("{bits:032x}");
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_the_form_of_the_standard() {
        // The example of RFC 9562, appendix A.6: 2022-02-22, 19:22:22 GMT, with its random bits.
        let random = (0xCC3_u128 << 68 | 0x18C4_DC0C_0C07_398F).to_be_bytes();
        let random = random[6..].try_into().unwrap();
        assert_eq!(written(Moment(0x017F_22E2_79B0), random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
        assert_eq!(written(Moment(-1), [0xFF; 10]), "00000000-0000-7fff-bfff-ffffffffffff");
    }

    #[test]
    fn a_later_id_is_greater_and_no_two_are_alike() {
        let at = |milli: i64| new_id(Moment(1_795_000_000_000 + milli)).unwrap();
        let ids: Vec<_> = (0..1000).map(at).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(ids.iter().all(|id| id.len() == 36));
        let same: std::collections::BTreeSet<_> = (0..1000).map(|_| at(0)).collect();
        assert_eq!(same.len(), 1000);
    }
}
