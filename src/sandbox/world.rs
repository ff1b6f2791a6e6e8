//! Keeps a world's origin in a file beside the sandbox's store, so that the same cases are there tomorrow.

use std::{
    fmt, fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use super::Origin;
use crate::case::Moment;

/// A world file that cannot be used.
#[derive(Debug)]
pub struct Damaged {
    pub file: PathBuf,
    pub why: String,
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        write!(f, "the sandbox's world in {file} cannot be used ({}); --fresh makes a new one", self.why)
    }
}

impl std::error::Error for Damaged {}

/// The cases of a world that nobody asked to be larger.
pub const CASES: usize = 300;

/// The kept world, or a new one, which is then kept. `cases` is what was asked for, if anything was: another number
/// than the kept world has needs `fresh`, because the old world's cases would be gone.
pub fn found(directory: &Path, cases: Option<usize>, fresh: bool, now: Moment) -> Result<Origin, Damaged> {
    let kept = if fresh { None } else { open(directory)? };
    let damaged = |why: String| Damaged { file: place(directory), why };
    match kept {
        Some(origin) if cases.is_some_and(|cases| cases != origin.cases) => {
            Err(damaged(format!("it has {} cases", origin.cases)))
        }
        Some(origin) => Ok(origin),
        None => {
            let cases = cases.unwrap_or(CASES);
            let origin = Origin { seed: SEED, cases, born: now, changes: Vec::new() };
            keep(directory, &origin).map_err(|error| damaged(error.to_string()))?;
            Ok(origin)
        }
    }
}

/// Every first world is the same but for its dates, so that people can talk about its cases.
const SEED: u64 = 2026;

/// The world kept in `world.json` of a directory; `None` where there is none yet.
pub fn open(directory: &Path) -> Result<Option<Origin>, Damaged> {
    let file = place(directory);
    let damaged = |why: String| Damaged { file: file.clone(), why };
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(error.to_string())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(damaged(error.to_string())),
    }
}

/// Writes the world, whole or not at all.
pub fn keep(directory: &Path, origin: &Origin) -> io::Result<()> {
    let half = directory.join(format!("world.json.{}", std::process::id()));
    let written = write(&half, origin).and_then(|()| fs::rename(&half, place(directory)));
    if written.is_err() {
        let _ = fs::remove_file(&half);
    }
    written
}

fn write(half: &Path, origin: &Origin) -> io::Result<()> {
    let mut file = fs::File::create(half)?;
    file.write_all(&serde_json::to_vec_pretty(origin)?)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn place(directory: &Path) -> PathBuf {
    directory.join("world.json")
}
