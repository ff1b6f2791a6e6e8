//! Documents handed to the desktop's own viewer, where there is a desktop: as copies that only their user can read and
//! that go with the program. It never knows which case a document belongs to.

use std::{
    env,
    fs::{self, DirBuilder, File},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::leaving::save_into;
use crate::{
    case::Paper,
    document::{self, Kind},
    text::{Raw, SafeText, own, say},
};

/// How many directories are tried before giving up.
const DIRECTORIES: usize = 99;

/// The copies that this process hands to the desktop's viewer. They lie in a directory of its own, which it holds by a
/// lock as long as it lives, and go when it is left.
pub struct Outside {
    /// The directory of all processes' copies.
    all: PathBuf,
    /// Made with the first copy.
    own: Option<(PathBuf, File)>,
}

impl Outside {
    /// Removes the copies of processes that are gone, and of no other.
    pub fn begin(store: &Path) -> Outside {
        let all = store.join("opened");
        for entry in fs::read_dir(&all).into_iter().flatten().flatten() {
            // What cannot be removed is as readable as before.
            let _ = match entry.file_type() {
                Ok(kind) if kind.is_dir() => remove_if_left(&entry.path()),
                _ => fs::remove_file(entry.path()),
            };
        }
        Outside { all, own: None }
    }

    /// Shows the document in the desktop's viewer. Without a display nothing is written anywhere.
    pub fn show(&mut self, paper: &Paper) -> Result<SafeText, SafeText> {
        if !has_display() {
            return Err(own("there is no display here to open it on; S saves the document instead"));
        }
        if matches!(document::sniff(&paper.bytes), Kind::Executable | Kind::Script | Kind::Html | Kind::Unknown)
        {
            return Err(own(
                "these bytes could run or load something and are not opened; S saves the document instead",
            ));
        }
        let path = self.copy(paper);
        let path =
            path.map_err(|error| say!("it could not be written: {}", Raw::new(error.to_string()).show()))?;
        match open::that_detached(&path) {
            Ok(()) => Ok(own("handed to the desktop's viewer; its copy is removed when casedesk is left")),
            Err(error) => {
                let _ = fs::remove_file(&path);
                Err(say!("the desktop opened nothing: {}", Raw::new(error.to_string()).show()))
            }
        }
    }

    fn copy(&mut self, paper: &Paper) -> io::Result<PathBuf> {
        let (dir, _) = match &mut self.own {
            Some(own) => own,
            none => none.insert(directory(&self.all)?),
        };
        save_into(dir, paper)
    }
}

/// Opens a page in the desktop's browser. Without a display its address is told.
pub fn follow(page: &Raw) -> Result<SafeText, SafeText> {
    if !is_page(page.exact()) {
        return Err(say!("that is no address of a page that could be opened: {}", page.show()));
    }
    if !has_display() {
        return Err(say!("there is no display here to open it on; the page is {}", page.show()));
    }
    match open::that_detached(page.exact()) {
        Ok(()) => Ok(say!("handed to the desktop's browser: {}", page.show())),
        Err(error) => {
            let why = Raw::new(error.to_string());
            Err(say!("the desktop opened nothing: {}; the page is {}", why.show(), page.show()))
        }
    }
}

/// Over TLS, and nothing that a shell or a desktop could take for more than an address.
fn is_page(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-_~%?=#@+,".contains(&byte);
    address.len() > "https://".len() && address.starts_with("https://") && address.bytes().all(plain)
}

fn has_display() -> bool {
    let is_set = |name: &&str| env::var_os(name).is_some_and(|set| !set.is_empty());
    cfg!(target_os = "macos") || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(is_set)
}

impl Drop for Outside {
    fn drop(&mut self) {
        if let Some((dir, _)) = &self.own {
            let _ = fs::remove_dir_all(dir);
            // Succeeds for the last one.
            let _ = fs::remove_dir(&self.all);
        }
    }
}

/// A new directory below `all` that is known by its lock to be in use. The number after the process's own tells it from
/// one that an earlier process of that number left behind.
fn directory(all: &Path) -> io::Result<(PathBuf, File)> {
    for number in 1..=DIRECTORIES {
        let dir = all.join(format!("{}-{number}", std::process::id()));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(all);
        match made.and_then(|()| DirBuilder::new().mode(0o700).create(&dir)).and_then(|()| File::open(&dir)) {
            Ok(held) => {
                // Where there are no locks, nobody takes it for left either.
                let _ = held.lock();
                // Unless another one's start came between the two.
                if dir.exists() {
                    return Ok((dir, held));
                }
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

fn remove_if_left(dir: &Path) -> io::Result<()> {
    let held = File::open(dir)?;
    if held.try_lock().is_ok() { fs::remove_dir_all(dir) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn paper() -> Paper {
        Paper { name: Raw::new("letter.pdf"), claimed: Raw::default(), bytes: b"%PDF-1.7\n".to_vec() }
    }

    #[test]
    fn only_an_address_over_tls_is_opened() {
        assert!(is_page("https://disputes-sandbox.casaphq.com/dispute/76851218-a1e8-418e-9151-8c2d61709521"));
        for address in [
            "",
            "https://",
            "http://a.example/",
            "file:///etc/passwd",
            "-x",
            "https://a/\"b",
            "https://a/ b",
            "https://a/$(b)",
            "https://ä/",
        ] {
            assert!(!is_page(address), "{address}");
            assert!(follow(&address.into()).is_err());
        }
    }

    #[test]
    fn a_copy_for_the_viewer_stays_until_its_own_program_is_left() {
        let store = tempfile::tempdir().unwrap();
        let mut one = Outside::begin(store.path());
        let first = one.copy(&paper()).unwrap();
        let mut two = Outside::begin(store.path());
        assert!(first.exists(), "a second terminal's start takes the first one's copy away");
        let second = two.copy(&paper()).unwrap();
        assert_ne!(first.parent(), second.parent());
        assert_eq!(fs::metadata(second.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        drop(one);
        assert!(!first.exists() && second.exists(), "leaving removes one's own copies and no other");
        drop(two);
        assert!(!store.path().join("opened").exists());
    }

    #[test]
    fn copies_of_a_program_that_is_gone_are_removed_at_the_next_start() {
        let store = tempfile::tempdir().unwrap();
        let gone = store.path().join(format!("opened/{}-1", std::process::id()));
        fs::create_dir_all(&gone).unwrap();
        fs::write(gone.join("letter.pdf"), "x").unwrap();
        fs::write(store.path().join("opened/letter.pdf"), "x").unwrap();
        let mut next = Outside::begin(store.path());
        assert_eq!(fs::read_dir(store.path().join("opened")).unwrap().count(), 0);
        // Nor is one that could not be removed taken for its own by a process of the same number.
        fs::create_dir_all(&gone).unwrap();
        assert_ne!(next.copy(&paper()).unwrap().parent().unwrap(), gone);
    }
}
