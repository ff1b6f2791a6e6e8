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

/// The right, or the place in the queue for it.
#[derive(Debug)]
pub enum Turn {
    Ours(Held),
    Elsewhere(Queued),
}

/// Another program holds it.
#[derive(Debug)]
pub struct Queued {
    file: File,
}

/// Takes the lock if nobody holds it.
pub fn take(dir: &Path) -> io::Result<Turn> {
    let file = open(dir)?;
    match file.try_lock() {
        Ok(()) => Ok(Turn::Ours(Held { _file: file })),
        Err(TryLockError::WouldBlock) => Ok(Turn::Elsewhere(Queued { file })),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Queued {
    /// Waits until its holder is gone. For a thread that has nothing else to do.
    pub fn wait(self) -> io::Result<Held> {
        loop {
            match self.file.lock() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(()) => return Ok(Held { _file: self.file }),
            }
        }
    }
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
        let ours = take(dir.path()).unwrap();
        assert!(matches!(ours, Turn::Ours(_)));
        let Turn::Elsewhere(queued) = take(dir.path()).unwrap() else { panic!("two hold it") };
        let waiting = std::thread::spawn(|| queued.wait().unwrap());
        drop(ours);
        let next = waiting.join().unwrap();
        assert!(matches!(take(dir.path()).unwrap(), Turn::Elsewhere(_)));
        drop(next);
        assert!(matches!(take(dir.path()).unwrap(), Turn::Ours(_)));
    }
}
