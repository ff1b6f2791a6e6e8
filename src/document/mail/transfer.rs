//! The encodings in which the parts of e-mails travel (RFC 2045, section 6), taken leniently: what is damaged gives as
//! many bytes as are sound.

use std::borrow::Cow;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes that were sent, by the name of the encoding that the part claims.
pub fn decode<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding {
        "base64" => Cow::Owned(base64(bytes)),
        "quoted-printable" => Cow::Owned(quoted_printable(bytes)),
        "x-uuencode" | "uuencode" | "x-uue" | "uue" => {
            uuencoded(bytes).map_or(Cow::Borrowed(bytes), Cow::Owned)
        }
        _ => Cow::Borrowed(bytes),
    }
}

/// Anything that is not of the alphabet is skipped; padding may stand in the middle, where pieces were joined.
fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut decoded = Vec::new();
    for piece in bytes.split(|byte| *byte == b'=') {
        let mut letters: Vec<u8> = piece.iter().copied().filter(is_letter).collect();
        if letters.len() % 4 == 1 {
            // Six bits are no byte.
            letters.pop();
        }
        if let Ok(mut sound) = LENIENT.decode(&letters) {
            decoded.append(&mut sound);
        }
    }
    decoded
}

/// A "=" before anything but two digits stands for itself.
fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let end = if line.ends_with(b"\r\n") { 2 } else { usize::from(line.ends_with(b"\n")) };
        let (line, end) = line.split_at(line.len() - end);
        // Blanks at the end were added on the way.
        let line = line.trim_ascii_end();
        let (line, end) = match line.strip_suffix(b"=") {
            Some(line) => (line, &b""[..]),
            None => (line, end),
        };
        let mut rest = line;
        while let Some((first, after)) = rest.split_first() {
            let digits = after.first_chunk::<2>().filter(|_| *first == b'=');
            match digits.and_then(|digits| hexadecimal(*digits)) {
                Some(byte) => {
                    decoded.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                }
                None => {
                    decoded.push(*first);
                    rest = after;
                }
            }
        }
        decoded.extend(end);
    }
    decoded
}

fn hexadecimal(digits: [u8; 2]) -> Option<u8> {
    let [high, low] = digits.map(|digit| char::from(digit).to_digit(16));
    u8::try_from(high? * 16 + low?).ok()
}

/// From "begin" to "end"; nothing where there is no beginning.
fn uuencoded(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
    lines.find(|line| line.starts_with(b"begin "))?;
    let mut decoded = Vec::new();
    for line in lines.take_while(|line| *line != b"end") {
        let value = |byte: u8| byte.wrapping_sub(b' ') & 0x3f;
        let Some((length, letters)) = line.split_first() else { continue };
        let start = decoded.len();
        for four in letters.chunks(4) {
            let mut bits = [0; 4];
            bits.iter_mut().zip(four).for_each(|(bits, letter)| *bits = value(*letter));
            let [one, two, three, four] = bits;
            decoded.extend([one << 2 | two >> 4, two << 4 | three >> 2, three << 6 | four]);
        }
        decoded.truncate(start + usize::from(value(*length)));
    }
    Some(decoded)
}
