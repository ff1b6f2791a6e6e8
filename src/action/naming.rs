//! The name under which a file is sent: typed anew, or made short enough. Its bytes stay what they are.

use crate::text::Raw;

/// The name that was typed in the place of another one, which lends its ending where none was typed.
pub fn renamed(old: &Raw, typed: &str) -> Raw {
    let typed = typed.trim();
    match (split(typed), split(old.exact())) {
        ((stem, ""), (_, ending)) if !stem.is_empty() && !stem.ends_with('.') => {
            Raw::new(format!("{stem}{ending}"))
        }
        _ => Raw::new(typed),
    }
}

/// The beginning of a name with its ending, in at most so many characters; where it is short enough, the name itself.
pub fn shortened(name: &Raw, most: usize) -> Raw {
    let (stem, ending) = split(name.exact());
    let room = most.saturating_sub(ending.chars().count());
    if name.exact().chars().count() <= most || room == 0 {
        return name.clone();
    }
    let stem: String = stem.chars().take(room).collect();
    Raw::new(format!("{}{ending}", stem.trim_end_matches([' ', '.', '-', '_'])))
}

/// "letter.pdf": "letter" and ".pdf". What follows a point is an ending only where it is short and without blanks.
fn split(name: &str) -> (&str, &str) {
    const LONGEST: usize = 6;
    match name.rfind('.').map(|at| name.split_at(at)) {
        Some((stem, ending))
            if !stem.is_empty()
                && (2..=LONGEST).contains(&ending.len())
                && ending.bytes().skip(1).all(|byte| byte.is_ascii_alphanumeric()) =>
        {
            (stem, ending)
        }
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_ending_unless_another_one_is_typed() {
        for (old, typed, name) in [
            ("IMG_20261122_0001.jpg", "receipt", "receipt.jpg"),
            ("IMG_20261122_0001.jpg", " receipt ", "receipt.jpg"),
            ("scan.JPG", "receipt.jpeg", "receipt.jpeg"),
            ("scan", "receipt", "receipt"),
            ("scan.pdf", "of 22.11.2026 at noon", "of 22.11.2026 at noon.pdf"),
            ("scan.pdf", "receipt.", "receipt."),
            ("scan.pdf", "", ""),
            ("scan.pdf", ".pdf", ".pdf.pdf"),
        ] {
            assert_eq!(renamed(&old.into(), typed).exact(), name, "{old} {typed}");
        }
    }

    #[test]
    fn a_long_name_is_cut_before_its_ending() {
        for (name, most, short) in [
            ("receipt-of-the-second-of-may.jpg", 16, "receipt-of-t.jpg"),
            ("receipt of a hotel.jpeg", 16, "receipt of.jpeg"),
            ("receipt.jpg", 16, "receipt.jpg"),
            ("a long name without end", 10, "a long nam"),
            ("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}.pdf", 8, "\u{e9}\u{e9}\u{e9}\u{e9}.pdf"),
            ("letter.docx", 5, "letter.docx"),
        ] {
            assert_eq!(shortened(&name.into(), most).exact(), short, "{name}");
        }
    }
}
