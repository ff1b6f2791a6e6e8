//! The names in a ZIP archive, to tell a Word document from a plain archive. Nothing is unpacked. Layout after
//! PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16.

/// Names looked at, at most; a Word document has its own parts among the first.
const NAMES_AT_MOST: usize = 1000;
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
/// The end record with the longest comment.
const END_AT_MOST: usize = 22 + 65_535;

/// Whether the names are those of a Word document (ECMA-376: a list of content types, and parts under `word/`).
pub fn is_word(bytes: &[u8]) -> bool {
    let (mut types, mut word) = (false, false);
    let mut look = |name: &[u8]| {
        types |= name == b"[Content_Types].xml";
        word |= name.starts_with(b"word/");
    };
    if central_names(bytes, &mut look).is_none() {
        local_names(bytes, &mut look);
    }
    types && word
}

/// The names of the central directory; nothing where there is none, as in an archive that was cut off.
fn central_names(bytes: &[u8], look: &mut impl FnMut(&[u8])) -> Option<()> {
    let tail = bytes.len().saturating_sub(END_AT_MOST);
    let end = tail + bytes.get(tail..)?.windows(END.len()).rposition(|window| window == END)?;
    let mut at = word(bytes, end + 16)?;
    bytes.get(at..)?.strip_prefix(CENTRAL)?;
    for _ in 0..NAMES_AT_MOST {
        if !bytes.get(at..).is_some_and(|rest| rest.starts_with(CENTRAL)) {
            break;
        }
        let name = half(bytes, at + 28)?;
        look(bytes.get(at + 46..at + 46 + name)?);
        at += 46 + name + half(bytes, at + 30)? + half(bytes, at + 32)?;
    }
    Some(())
}

/// The names of the local headers from the front, as far as their sizes are told there.
fn local_names(bytes: &[u8], look: &mut impl FnMut(&[u8])) -> Option<()> {
    let mut at = 0;
    for _ in 0..NAMES_AT_MOST {
        bytes.get(at..)?.strip_prefix(LOCAL)?;
        let name = half(bytes, at + 26)?;
        look(bytes.get(at + 30..at + 30 + name)?);
        let size = word(bytes, at + 18)?;
        at = (at + 30 + name + half(bytes, at + 28)?).checked_add(size)?;
    }
    Some(())
}

fn half(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..)?.first_chunk::<2>()?;
    Some(u16::from_le_bytes(*two).into())
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..)?.first_chunk::<4>()?;
    usize::try_from(u32::from_le_bytes(*four)).ok()
}
