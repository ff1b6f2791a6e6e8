//! Documents on their way out of the program: saved as a file that only its user can read, never over another one. It
//! never knows which case a document belongs to.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::{
    case::Paper,
    document::{self, Kind},
    text::{self, Raw, SafeText, say},
};

/// How many names are tried before giving up: letter.pdf, letter-2.pdf …
const NAMES: usize = 99;
/// How often a name is masked before it is given up: what was masked is masked no further, so that once is the rule.
const MASKINGS: usize = 4;
/// The longest name that is made of what a provider calls a document, in bytes.
const LONGEST_NAME: usize = 80;

/// Saves under `to`, as seen from `here`: a new file, or a directory that exists; empty means `here` itself. Says where
/// it is.
pub fn save(paper: &Paper, here: &Path, to: &str) -> Result<SafeText, SafeText> {
    let home = |rest: &str| env::var_os("HOME").map(|home| PathBuf::from(home).join(rest));
    let to = match to.strip_prefix("~/").and_then(home) {
        Some(at_home) => at_home,
        None => here.join(to),
    };
    let saved = if to.is_dir() { save_into(&to, paper) } else { write(&to, paper).map(|()| to.clone()) };
    match saved {
        Ok(path) => Ok(say!("saved as {}, {} bytes, readable by you alone", shown(&path), paper.bytes.len())),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(say!("{} exists already and was left as it is; choose another name", shown(&to)))
        }
        Err(error) => Err(say!("{} could not be written: {}", shown(&to), Raw::new(error.to_string()).show())),
    }
}

/// Saves under the document's own name, or the first number of it that is free. Says where.
pub fn save_into(dir: &Path, paper: &Paper) -> io::Result<PathBuf> {
    let (stem, ending) = name(paper);
    for number in 1..=NAMES {
        let number = if number == 1 { String::new() } else { format!("-{number}") };
        let path = dir.join(masked(&format!("{stem}{number}{ending}")));
        match write(&path, paper) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            written => return written.map(|()| path),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// A new file, not a link to somewhere, for nobody else. A half written one is removed.
fn write(path: &Path, paper: &Paper) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    fill(&mut file, paper).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn fill(file: &mut File, paper: &Paper) -> io::Result<()> {
    file.write_all(&paper.bytes)?;
    file.sync_all()
}

/// A name that means nothing to a shell or a file system and holds no card number, with the ending that the bytes have
/// earned.
fn name(paper: &Paper) -> (String, &'static str) {
    let plain = masked(paper.name.exact());
    let ending = ending(document::sniff(&paper.bytes));
    let plain = plain.trim_start_matches(['.', '-']);
    let is_ending =
        |end: &str| (1..=5).contains(&end.len()) && end.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut stem = match plain.rsplit_once('.') {
        Some((stem, end)) if is_ending(end) => stem.to_owned(),
        _ => plain.to_owned(),
    };
    stem.truncate(LONGEST_NAME);
    (if stem.is_empty() { "document".to_owned() } else { stem }, ending)
}

/// Harmless letters only, with card numbers masked before and after: what stands between digits may be what becomes
/// harmless. Such a name is shown as it is.
fn masked(name: &str) -> String {
    let mut plain = harmless(&text::mask(name).0);
    for _ in 0..MASKINGS {
        let again = harmless(&text::mask(&plain).0);
        if again == plain {
            return plain;
        }
        plain = again;
    }
    "document".to_owned()
}

fn harmless(name: &str) -> String {
    name.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' })
        .collect()
}

fn ending(kind: Kind) -> &'static str {
    match kind {
        Kind::Pdf => ".pdf",
        Kind::Tiff => ".tif",
        Kind::Jpeg => ".jpg",
        Kind::Png => ".png",
        Kind::Gif => ".gif",
        Kind::WebP => ".webp",
        Kind::Bmp => ".bmp",
        Kind::Heic => ".heic",
        Kind::Zip => ".zip",
        Kind::Docx => ".docx",
        Kind::Rtf => ".rtf",
        Kind::Email => ".eml",
        Kind::Json => ".json",
        Kind::Csv => ".csv",
        // Never an ending by which a desktop would run or load something.
        Kind::Html | Kind::Script | Kind::Text => ".txt",
        Kind::Ole | Kind::Executable | Kind::Empty | Kind::Unknown => ".bin",
    }
}

/// A path as a person may see it, name by name: masked as a whole, digits of two names could join to a card number,
/// and the notice would name a file that is not there.
pub(super) fn shown(path: &Path) -> SafeText {
    let path = path.to_string_lossy();
    let names: Vec<SafeText> = path.split('/').map(|name| Raw::new(name).show()).collect();
    SafeText::join(&names, "/")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn paper(name: &str) -> Paper {
        Paper { name: Raw::new(name), claimed: Raw::default(), bytes: b"%PDF-1.7\n".to_vec() }
    }

    #[test]
    fn a_document_is_saved_under_a_harmless_name_for_its_user_alone() {
        let dir = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("invoice.pdf", "invoice.pdf"),
            ("invoice.pdf", "invoice-2.pdf"),
            ("../../.ssh/authorized_keys", "_.._.ssh_authorized_keys.pdf"),
            ("invoice_\u{202e}fdp.exe", "invoice__fdp.pdf"),
            ("/dev/tty", "_dev_tty.pdf"),
            ("", "document.pdf"),
            ("-rf *", "rf__.pdf"),
            ("...", "document-2.pdf"),
        ] {
            let told = save(&paper(name), dir.path(), "").unwrap();
            let path = dir.path().join(expected);
            assert!(told.as_str().contains(expected), "{name}: {told}");
            assert_eq!(fs::read(&path).unwrap(), b"%PDF-1.7\n");
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_card_number_in_a_name_is_masked_in_the_file_and_in_the_notice_alike() {
        let home = tempfile::tempdir().unwrap();
        for (name, expected) in [
            ("card 4111111111111111.txt", "card_411111______1111.pdf"),
            ("4111 1111 1111 1111", "4111_11________1111.pdf"),
            ("4111/1111/1111/1111.pdf", "4111_11________1111-2.pdf"),
            ("4111-1111-1111-1111.pdf", "4111-11__-____-1111.pdf"),
            ("4111%2F1111%1111%1111.pdf", "4111_2F1111_1111_1111.pdf"),
        ] {
            let told = save(&paper(name), home.path(), "").unwrap();
            assert!(told.as_str().contains(&format!("/{expected},")), "{name}: {told}");
            assert!(home.path().join(expected).exists(), "{name}");
        }
        // Nor does the number that tells two files apart complete one.
        for _ in 1..NAMES {
            let told = save(&paper("41111111111111.pdf"), home.path(), "").unwrap();
            let path = told.as_str().strip_prefix("saved as ").unwrap().split(',').next().unwrap();
            assert_eq!(fs::read(path).unwrap(), b"%PDF-1.7\n", "the notice names another file: {told}");
        }
    }

    #[test]
    fn the_digits_of_a_directory_do_not_join_those_of_a_name() {
        let path = Path::new("/home/ann/4111/111111111111.pdf");
        assert_eq!(shown(path).as_str(), "/home/ann/4111/111111111111.pdf");
    }

    #[test]
    fn a_file_that_exists_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.pdf");
        fs::write(&path, "mine").unwrap();
        let told = save(&paper("x.pdf"), dir.path(), "mine.pdf").unwrap_err();
        assert!(told.as_str().contains("exists already"), "{told}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
    }

    #[test]
    fn a_directory_that_cannot_be_written_is_told() {
        let told = save(&paper("x.pdf"), Path::new("/tmp"), "/proc/nowhere/x.pdf").unwrap_err();
        assert!(told.as_str().contains("could not be written"), "{told}");
    }
}
