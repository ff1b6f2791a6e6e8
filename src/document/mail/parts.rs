//! How an e-mail is divided: the head of a part from its body, and the parts of a body from each other (RFC 5322,
//! section 2.1; RFC 2046, section 5.1).

use std::ops::Range;

use memchr::{memchr, memmem};

/// Where the head ends and the body begins. A head ends with an empty line, or before the first line that is none of
/// it.
pub fn head_end(part: &[u8]) -> (usize, usize) {
    let mut at = 0;
    for line in part.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_suffix(b"\n").unwrap_or(line);
        let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
        if bare.is_empty() {
            return (at, at + line.len());
        }
        let folded = at > 0 && bare.starts_with(b" ") || bare.starts_with(b"\t");
        let envelope = at == 0 && bare.starts_with(b"From ");
        if !(folded || envelope || is_field(bare)) {
            return (at, at);
        }
        at += line.len();
    }
    (at, at)
}

/// A name of graphic characters, then a colon.
fn is_field(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    name > 0 && line.get(name..).is_some_and(|rest| rest.trim_ascii_start().starts_with(b":"))
}

/// The parts of a body, without what stands before the first; at most so many.
pub fn split(body: &[u8], boundary: &str, most: usize) -> Vec<Range<usize>> {
    let (mut parts, mut start) = (Vec::new(), None::<usize>);
    let mark = [b"--", boundary.as_bytes()].concat();
    for at in memmem::find_iter(body, &mark) {
        let begins = at.checked_sub(1).is_none_or(|before| body.get(before) == Some(&b'\n'));
        let rest = body.get(at..).filter(|_| begins).unwrap_or_default();
        let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        let Some(is_last) = rest.get(..end).and_then(|line| delimits(line, boundary.as_bytes())) else {
            continue;
        };
        if let Some(start) = start.take() {
            parts.push(start..before_break(body, at).max(start));
        }
        if is_last || parts.len() >= most {
            return parts;
        }
        start = Some(at + end);
    }
    parts.extend(start.map(|start| start..body.len()));
    parts
}

/// Whether a line parts one from another; and if so, whether it is the last.
fn delimits(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let (is_last, rest) = match rest.strip_prefix(b"--") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    rest.trim_ascii().is_empty().then_some(is_last)
}

/// The line break before a boundary belongs to it.
fn before_break(body: &[u8], at: usize) -> usize {
    let before = body.get(..at).unwrap_or_default();
    let shorter = before.strip_suffix(b"\n").map_or(before, |rest| rest.strip_suffix(b"\r").unwrap_or(rest));
    shorter.len()
}
