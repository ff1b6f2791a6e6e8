//! Keeps a world's origin in a file beside the sandbox's store, so that the same cases, and what was done to them, are
//! there tomorrow. Every program that works on the sandbox serves the world itself: the file is what they share.

use std::{
    fmt, fs, io,
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{Keep, Origin, World, company};
use crate::{
    case::Moment,
    http::Response,
    provider::{Asked, StandIn},
};

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
    let damaged = |why: String| Damaged { file: place(directory), why };
    let _lock = lock(directory).map_err(|error| damaged(error.to_string()))?;
    let kept = if fresh { None } else { open(directory)? };
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

/// Writes the world, whole or not at all; one at a time. Once this is done it outlives a loss of power.
pub fn keep(directory: &Path, origin: &Origin) -> io::Result<()> {
    put(directory, WORLD, origin)
}

fn put(directory: &Path, file: &str, state: &impl Serialize) -> io::Result<()> {
    let half = directory.join(half(file));
    let written = write(&half, state).and_then(|()| fs::rename(&half, directory.join(file)));
    if written.is_err() {
        let _ = fs::remove_file(&half);
    }
    written.and_then(|()| fs::File::open(directory)?.sync_all())
}

/// A world on its way into its file. A program that is killed meanwhile leaves it, and the next one writes over it.
fn half(file: &str) -> String {
    format!("{file}.half")
}

const WORLD: &str = "world.json";

/// The names of all files in which worlds are kept, half-written ones too.
pub fn files() -> Vec<String> {
    let others = company::providers().into_iter().map(|(provider, _)| company::file(provider));
    let whole: Vec<_> = [WORLD.to_owned()].into_iter().chain(others).collect();
    whole.iter().flat_map(|file| [file.clone(), half(file)]).collect()
}

/// Until this is dropped nobody else writes the world. The directory itself is the lock.
fn lock(directory: &Path) -> io::Result<fs::File> {
    let lock = fs::File::open(directory)?;
    lock.lock()?;
    Ok(lock)
}

fn write(half: &Path, state: &impl Serialize) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(half)?;
    file.write_all(&serde_json::to_vec_pretty(state)?)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// The directory that a served world is kept in.
pub struct Home {
    directory: PathBuf,
    /// The file as it was last read or written from here.
    known: Option<Edition>,
}

/// Tells one state of the file from another: a file that takes its place has another number, or at least another size
/// or time.
#[derive(PartialEq)]
struct Edition {
    number: u64,
    size: u64,
    changed: (i64, i64),
}

impl Home {
    pub fn new(directory: PathBuf) -> Home {
        Home { directory, known: None }
    }

    /// Lets something happen in the world as everybody has it, while nobody else's sandbox writes: what others wrote is
    /// read first, and what is written is kept at once. Whatever a failure leaves in the file, the next one reads it.
    pub fn alone<T>(
        &mut self,
        world: &mut World,
        happen: impl FnOnce(&mut World, &mut Keep) -> T,
    ) -> io::Result<T> {
        let _lock = lock(&self.directory)?;
        self.catch_up(world)?;
        let Home { directory, known } = self;
        let outcome = happen(world, &mut |origin| {
            keep(directory, origin)?;
            *known = edition(&place(directory))?;
            Ok(())
        });
        Ok(outcome)
    }

    fn catch_up(&mut self, world: &mut World) -> io::Result<()> {
        let there = edition(&place(&self.directory))?;
        if there == self.known {
            return Ok(());
        }
        if let Some(origin) = open(&self.directory).map_err(io::Error::other)? {
            world.catch_up(origin);
        }
        self.known = there;
        Ok(())
    }
}

/// One stand-in's state in a file of its own beside the world, shared in the same way.
pub struct Shelf {
    directory: PathBuf,
    file: String,
    known: Option<Edition>,
}

impl Shelf {
    pub fn new(directory: PathBuf, file: String) -> Shelf {
        Shelf { directory, file, known: None }
    }

    /// Lets a stand-in answer from the state that everybody has, and keeps what that changed before the answer leaves.
    /// Where it cannot be kept, it never was.
    pub fn play(&mut self, stand_in: &mut dyn StandIn, asked: &Asked, now: Moment) -> io::Result<Response> {
        let _lock = lock(&self.directory)?;
        let place = self.directory.join(&self.file);
        let there = edition(&place)?;
        if there.is_some() && there != self.known {
            let kept = serde_json::from_slice(&fs::read(&place)?).map_err(io::Error::other)?;
            stand_in.catch_up(kept).map_err(io::Error::other)?;
            self.known = there;
        }
        if asked.method == "GET" {
            return Ok(stand_in.answer(asked, now));
        }
        let before = stand_in.kept();
        let answer = stand_in.answer(asked, now);
        let after = stand_in.kept();
        if after != before {
            if let Err(error) = put(&self.directory, &self.file, &after) {
                stand_in.catch_up(before).map_err(io::Error::other)?;
                return Err(error);
            }
            self.known = edition(&place)?;
        }
        Ok(answer)
    }
}

fn edition(file: &Path) -> io::Result<Option<Edition>> {
    match fs::metadata(file) {
        Ok(file) => {
            let changed = (file.mtime(), file.mtime_nsec());
            Ok(Some(Edition { number: file.ino(), size: file.len(), changed }))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn place(directory: &Path) -> PathBuf {
    directory.join(WORLD)
}
