//! Who sends: of all programs that have a store open, the one that holds the lock on one file of its directory. The
//! kernel gives it up when its holder is dead, and at no other time: one that only sleeps may wake up and send.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::fs::OFlags;

/// The file's name. It holds nothing and stays.
pub const FILE: &str = "outbox.lock";

/// The right to send, until this is dropped or the process ends.
#[derive(Debug)]
pub struct Held {
    _file: File,
}

/// Takes the lock if nobody holds it. `None`: another program does.
pub fn take(dir: &Path) -> io::Result<Option<Held>> {
    let file = open(dir)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Waits until its holder is gone. For a thread that has nothing else to do.
pub fn wait(dir: &Path) -> io::Result<Held> {
    let file = open(dir)?;
    file.lock()?;
    Ok(Held { _file: file })
}

fn open(dir: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
    options.open(dir.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_the_next_gets_it_when_that_one_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let held = take(dir.path()).unwrap().unwrap();
        assert!(take(dir.path()).unwrap().is_none());
        let place = dir.path().to_owned();
        let waiting = std::thread::spawn(move || wait(&place).unwrap());
        drop(held);
        let next = waiting.join().unwrap();
        assert!(take(dir.path()).unwrap().is_none());
        drop(next);
        assert!(take(dir.path()).unwrap().is_some());
    }
}
