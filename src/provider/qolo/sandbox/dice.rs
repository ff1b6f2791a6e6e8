//! Repeatable chance, as words and ids: the same subject and number give the same on every machine. No protection of
//! anything.

use aws_lc_rs::digest;

pub fn bytes(subject: &str, number: u64) -> [u8; 32] {
    let sum = digest::digest(&digest::SHA256, format!("{subject}/{number}").as_bytes());
    let mut bytes = [0; 32];
    bytes.copy_from_slice(sum.as_ref());
    bytes
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A UUID of version 4 (RFC 9562, 5.4).
pub fn guid(subject: &str, number: u64) -> String {
    let mut bytes = bytes(subject, number);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex(&bytes[..16]);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// From 0 up to, not including, `sides`.
pub fn below(subject: &str, number: u64, sides: usize) -> usize {
    let bytes = bytes(subject, number);
    u32::from_le_bytes([bytes[16], bytes[17], bytes[18], bytes[19]]) as usize % sides.max(1)
}

/// One of a list that is not empty.
pub fn pick<'a, T>(subject: &str, number: u64, list: &'a [T]) -> &'a T {
    &list[below(subject, number, list.len())]
}
