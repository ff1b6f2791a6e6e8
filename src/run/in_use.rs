//! Who has a store open: each program holds a lock on one file of the directory as long as it works there, and only
//! somebody alone there may forget what lies in it. It never knows what that is.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use rustix::fs::OFlags;

/// The file's name. It holds nothing and stays.
const FILE: &str = "in-use.lock";

/// A directory in use, by this program among others, until this is dropped or the program ends however it ends.
#[derive(Debug)]
pub struct InUse {
    _held: File,
}

/// A directory that no other program has in use, nor can have while this lives.
#[derive(Debug)]
pub struct Alone {
    _held: File,
}

impl InUse {
    /// Joins those that have the store of a directory open; the directory exists and its guard was looked at.
    pub fn join(dir: &Path) -> Result<InUse, String> {
        let file = open(dir)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(InUse { _held: file }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another casedesk is just beginning anew in {}; nothing was changed: start again",
                dir.display()
            )),
            Err(TryLockError::Error(error)) => Err(no_locks(dir, &error)),
        }
    }
}

impl Alone {
    /// Refuses while another program has the store open.
    pub fn take(dir: &Path) -> Result<Alone, String> {
        let file = open(dir)?;
        match file.try_lock() {
            Ok(()) => Ok(Alone { _held: file }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another casedesk has the store in {} open; nothing was changed: leave it first",
                dir.display()
            )),
            Err(TryLockError::Error(error)) => Err(no_locks(dir, &error)),
        }
    }
}

fn open(dir: &Path) -> Result<File, String> {
    let path = dir.join(FILE);
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).custom_flags(flags);
    options.open(&path).map_err(|error| format!("{} could not be opened: {error}", path.display()))
}

fn no_locks(dir: &Path, error: &io::Error) -> String {
    format!(
        "{} lies on a file system without locks ({error}), where two terminals could damage the store: name a directory \
         on another disk with `store` in the configuration or with --store",
        dir.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_may_work_on_a_store_and_only_one_alone_may_forget_it() {
        let dir = tempfile::tempdir().unwrap();
        let (one, two) = (InUse::join(dir.path()).unwrap(), InUse::join(dir.path()).unwrap());
        drop(one);
        let told = Alone::take(dir.path()).unwrap_err();
        assert!(told.contains("another casedesk has the store") && told.contains("open"), "{told}");
        drop(two);
        let alone = Alone::take(dir.path()).unwrap();
        assert!(Alone::take(dir.path()).is_err());
        assert!(InUse::join(dir.path()).unwrap_err().contains("beginning anew"));
        drop(alone);
        InUse::join(dir.path()).unwrap();
    }

    #[test]
    fn a_lock_that_leads_elsewhere_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(dir.path().join("elsewhere"), dir.path().join(FILE)).unwrap();
        assert!(InUse::join(dir.path()).unwrap_err().contains(FILE));
        assert!(!dir.path().join("elsewhere").exists());
    }
}
