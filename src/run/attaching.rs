//! Files on their way into a draft: the names in a folder, and the bytes of a file, read once and copied into the store.
//! It never knows what a form wants of them.

use std::{
    env,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::leaving::shown;
use crate::{
    action::{Attachment, Measured},
    desk::words::{Folder, Named},
    document::{self, Sha256},
    text::{Raw, SafeText, own, say},
};

/// The largest file that is copied, in bytes. Whatever a provider takes, it is less.
pub const LARGEST: u64 = 64 << 20;
/// More names than anybody looks through; of a folder with more, only these are shown, and how many are not is told.
const NAMES: usize = 5000;

/// The folder that `into` means as seen from `from`, with its names.
pub fn folder(here: &Path, from: &Raw, into: &Raw) -> Result<Folder, SafeText> {
    let path = place(here, from, into);
    let told = |error: &io::Error| {
        say!("{} cannot be looked into: {}", shown(&path), Raw::new(error.to_string()).show())
    };
    let path = path.canonicalize().map_err(|error| told(&error))?;
    let mut names: Vec<Named> = fs::read_dir(&path)
        .map_err(|error| told(&error))?
        .flatten()
        .filter_map(|entry| named(&entry))
        .collect();
    names.sort_by(|one, other| (!one.is_folder, one.name.exact()).cmp(&(!other.is_folder, other.name.exact())));
    let left_out = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    let path = path.to_str().ok_or_else(|| own("the folder has a name that is no text"))?;
    Ok(Folder { path: Raw::new(path), names, left_out })
}

fn named(entry: &fs::DirEntry) -> Option<Named> {
    let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
    // A link counts as what it leads to.
    let found = fs::metadata(entry.path()).ok()?;
    let fits = found.is_dir() || found.is_file();
    fits.then(|| Named { name: Raw::new(name), is_folder: found.is_dir(), size: found.len() })
}

/// A file as read: its bytes, and what the draft keeps of it.
pub struct Taken {
    pub bytes: Vec<u8>,
    pub attachment: Attachment,
}

/// Reads a file whole.
pub fn take(here: &Path, folder: &Raw, name: &Raw) -> Result<Taken, SafeText> {
    let path = place(here, folder, name);
    let bytes = read(&path).map_err(|why| say!("{} was not attached: {}", shown(&path), why))?;
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    Ok(taken(&name, bytes))
}

/// Bytes as they are attached under a name.
pub fn taken(name: &str, bytes: Vec<u8>) -> Taken {
    let kind = document::sniff(&bytes);
    let attachment = Attachment {
        name: Raw::new(name),
        sha256: Sha256::of(&bytes).to_string(),
        size: bytes.len(),
        media: kind.media_type().to_owned(),
        description: Raw::default(),
        measured: Measured::Not,
    };
    Taken { bytes, attachment }
}

fn read(path: &Path) -> Result<Vec<u8>, SafeText> {
    let told = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => own("there is no such file"),
        io::ErrorKind::PermissionDenied => own("you may not read it"),
        _ => Raw::new(error.to_string()).show(),
    };
    // Asked before it is opened: opening a pipe would wait for somebody to write.
    if !fs::metadata(path).map_err(told)?.is_file() {
        return Err(own("it is not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(told)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > LARGEST {
        return Err(say!("it has more than {} MiB", LARGEST >> 20));
    }
    Ok(bytes)
}

fn place(here: &Path, from: &Raw, into: &Raw) -> PathBuf {
    let home = |rest: &str| env::var_os("HOME").map(|home| PathBuf::from(home).join(rest));
    let into = into.exact();
    let into = match into.strip_prefix("~/").or(if into == "~" { Some("") } else { None }).and_then(home) {
        Some(at_home) => at_home,
        None => PathBuf::from(into),
    };
    here.join(from.exact()).join(into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_folders_first_without_hidden_names() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["b.pdf", "a.txt", ".hidden"] {
            fs::write(dir.path().join(name), name).unwrap();
        }
        fs::create_dir(dir.path().join("scans")).unwrap();
        let here = folder(dir.path(), &Raw::default(), &Raw::default()).unwrap();
        let names: Vec<_> =
            here.names.iter().map(|name| (name.name.exact(), name.is_folder, name.size)).collect();
        assert_eq!(names[1..], [("a.txt", false, 5), ("b.pdf", false, 5)]);
        assert_eq!((names[0].0, names[0].1), ("scans", true));
        let below = folder(Path::new("/"), &here.path, &Raw::new("scans")).unwrap();
        assert_eq!(folder(Path::new("/"), &below.path, &Raw::new("..")).unwrap().path, here.path);
        assert!(folder(dir.path(), &here.path, &Raw::new("nowhere")).is_err());
    }

    #[test]
    fn a_link_is_listed_as_what_it_leads_to_and_one_that_leads_nowhere_is_not() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(other.path().join("scan.pdf"), b"%PDF-1.7\n").unwrap();
        for (to, name) in [
            (other.path().join("scan.pdf"), "letter.pdf"),
            (other.path().to_owned(), "scans"),
            (other.path().join("gone.pdf"), "gone.pdf"),
        ] {
            std::os::unix::fs::symlink(to, dir.path().join(name)).unwrap();
        }
        let here = folder(dir.path(), &Raw::default(), &Raw::default()).unwrap();
        let names: Vec<_> = here.names.iter().map(|name| (name.name.exact(), name.is_folder)).collect();
        assert_eq!(names, [("scans", true), ("letter.pdf", false)]);
        assert_eq!(here.names[1].size, 9);
        // It is attached under the name that was chosen.
        let taken = take(dir.path(), &here.path, &Raw::new("letter.pdf")).unwrap();
        assert_eq!((taken.bytes.as_slice(), taken.attachment.name.exact()), (&b"%PDF-1.7\n"[..], "letter.pdf"));
    }

    #[test]
    fn of_a_folder_with_more_names_than_anybody_looks_through_it_is_told_how_many_are_left_out() {
        let dir = tempfile::tempdir().unwrap();
        for number in 0..NAMES + 3 {
            File::create(dir.path().join(format!("scan-{number:04}.pdf"))).unwrap();
        }
        let here = folder(dir.path(), &Raw::default(), &Raw::default()).unwrap();
        assert_eq!((here.names.len(), here.left_out), (NAMES, 3));
        assert_eq!(here.names.last().unwrap().name.exact(), "scan-4999.pdf");
    }

    #[test]
    fn a_file_is_read_once_with_its_hash_and_its_kind() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("letter.txt"), "%PDF-1.7\n").unwrap();
        let taken = take(dir.path(), &Raw::default(), &Raw::new("letter.txt")).unwrap();
        assert_eq!(taken.bytes, b"%PDF-1.7\n");
        assert_eq!((taken.attachment.size, taken.attachment.media.as_str()), (9, "application/pdf"));
        assert_eq!(taken.attachment.sha256, Sha256::of(b"%PDF-1.7\n").to_string());
        assert_eq!(taken.attachment.name.exact(), "letter.txt");
    }

    #[test]
    fn what_is_no_file_or_too_large_is_told_and_never_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, rustix::fs::Mode::RUSR, 0)
            .unwrap();
        File::create(dir.path().join("large.tif")).unwrap().set_len(LARGEST + 1).unwrap();
        for (name, why) in [
            ("gone.pdf", "no such file"),
            ("pipe", "not a file"),
            ("large.tif", "more than 64 MiB"),
            (".", "not a file"),
        ] {
            let told = take(dir.path(), &Raw::default(), &Raw::new(name)).err().unwrap();
            assert!(told.as_str().contains(why), "{name}: {told}");
        }
    }
}
