//! Which characters the bytes of a text stand for: by mark, by a name that is claimed for them, or by their looks.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use mail_parser::decoders::charsets::map::charset_decoder;

/// So much of a text without a mark is looked at to guess what it is.
const LOOKED_AT: usize = 64 * 1024;
/// Fewer bytes outside ASCII tell nothing of the language.
const FEW: usize = 4;
/// Fewer bytes may look like words by chance.
const SHORT: usize = 16;

/// The encoding's name and the text. By byte order mark; else UTF-16 where every other byte is zero; else UTF-8 where
/// the bytes are that; else by the frequency of letters.
pub fn decode(bytes: &[u8]) -> (&'static str, Cow<'_, str>) {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return ("UTF-8", String::from_utf8_lossy(rest));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe\0\0").filter(|rest| rest.len() % 4 == 0) {
        return ("UTF-32 LE", wide(rest, u32::from_le_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\0\0\xfe\xff") {
        return ("UTF-32 BE", wide(rest, u32::from_be_bytes));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return ("UTF-16 LE", UTF_16LE.decode_without_bom_handling(rest).0);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return ("UTF-16 BE", UTF_16BE.decode_without_bom_handling(rest).0);
    }
    if let Some(encoding) = halved(bytes) {
        let name = if encoding == UTF_16LE { "UTF-16 LE" } else { "UTF-16 BE" };
        return (name, encoding.decode_without_bom_handling(bytes).0);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !has_shifts(bytes) => ("UTF-8", Cow::Borrowed(text)),
        Err(_) if is_damaged_utf8(bytes) => ("damaged UTF-8", String::from_utf8_lossy(bytes)),
        _ => guessed(bytes),
    }
}

/// A text whose encoding is claimed: "iso-8859-1". The claim is dropped where there is no such encoding, and where it
/// is ASCII or UTF-8 and the bytes are not.
pub fn decode_as<'a>(bytes: &'a [u8], claimed: &str) -> (&'static str, Cow<'a, str>) {
    let claimed = claimed.trim_matches(|letter: char| letter.is_whitespace() || "\"'".contains(letter));
    let is_plain = |name: &str| claimed.eq_ignore_ascii_case(name);
    if bytes.is_ascii()
        && !has_shifts(bytes)
        && (claimed.is_empty() || is_plain("us-ascii") || is_plain("ascii"))
    {
        return ("ASCII", String::from_utf8_lossy(bytes));
    }
    if is_plain("us-ascii") || is_plain("ascii") {
        return decode(bytes);
    }
    let known = Encoding::for_label_no_replacement(claimed.as_bytes());
    match known.map(|encoding| (encoding, Encoding::for_bom(bytes).map_or(encoding, |(marked, _)| marked))) {
        Some((_, encoding)) if encoding == UTF_8 => decode(bytes),
        Some((_, encoding)) => (encoding.name(), encoding.decode_with_bom_removal(bytes).0),
        None => match charset_decoder(claimed.as_bytes()) {
            Some(decoder) if !claimed.is_empty() => ("as it says", Cow::Owned(decoder(bytes))),
            _ => decode(bytes),
        },
    }
}

/// No more than so many bytes, and no half of a UTF-8 character at the end.
pub fn beginning(bytes: &[u8], most: usize) -> &[u8] {
    let Some(head) = bytes.get(..most) else { return bytes };
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = (most.saturating_sub(3)..=most).rev().find(|at| !is_inside(*at)).unwrap_or(most);
    head.get(..end).unwrap_or(head)
}

fn wide<'a>(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Cow<'a, str> {
    let letters = bytes.chunks(4).map(|four| {
        let four = four.first_chunk::<4>().copied();
        four.and_then(|four| char::from_u32(number(four))).unwrap_or(char::REPLACEMENT_CHARACTER)
    });
    Cow::Owned(letters.collect())
}

/// UTF-16 without a mark: western text has a zero byte in every pair, always on the same side.
pub fn halved(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..LOOKED_AT.min(bytes.len()) / 2 * 2)?;
    let zeros = |side: usize| head.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    // A zero character is no text.
    let mostly = |most: usize, least: usize| pairs >= 2 && most * 10 >= pairs * 6 && least == 0;
    if mostly(odd, even) {
        Some(UTF_16LE)
    } else if mostly(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The escapes by which ISO-2022-JP changes to Japanese letters.
fn has_shifts(bytes: &[u8]) -> bool {
    [&b"\x1b$B"[..], b"\x1b$@", b"\x1b(J"].iter().any(|shift| memchr::memmem::find(bytes, shift).is_some())
}

/// By the letters that are frequent in each language; by windows-1252, in which every byte is a character, where they
/// are too few to tell.
fn guessed(bytes: &[u8]) -> (&'static str, Cow<'_, str>) {
    let encoding = likely(bytes);
    (encoding.name(), encoding.decode_without_bom_handling(bytes).0)
}

fn likely(bytes: &[u8]) -> &'static Encoding {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).take(FEW).count();
    if high < FEW && !has_shifts(bytes) {
        return WINDOWS_1252;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..LOOKED_AT).unwrap_or(bytes), bytes.len() <= LOOKED_AT);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether bytes that are mostly outside ASCII are words in an alphabet that no UTF has made: Cyrillic, Japanese …
pub fn is_foreign(head: &[u8]) -> bool {
    let encoding = likely(head);
    let text = encoding.decode_without_bom_handling(head).0;
    let is_word = |c: &char| c.is_alphanumeric() || c.is_whitespace() || c.is_ascii_punctuation();
    let (mut words, mut all, mut broken) = (0, 0, 0);
    for letter in text.chars() {
        all += 1;
        words += usize::from(is_word(&letter));
        broken += usize::from(
            letter == char::REPLACEMENT_CHARACTER || letter.is_control() && !letter.is_whitespace(),
        );
    }
    // Half of a character may stand at the end.
    encoding != WINDOWS_1252 && head.len() >= SHORT && broken <= 1 && words * 10 >= all * 8
}

/// Whether many more characters outside ASCII are sound UTF-8 than not: a few broken bytes must not turn every
/// other letter of a long text into two wrong ones.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    sound > 4 * broken
}
