//! What can go wrong with the store, in words for the analyst. No word of a case is ever in them.

use std::{fmt, io, path::PathBuf};

use rusqlite::ErrorCode;

use crate::seal::{NotOpened, SealProblem};

/// Why the store could not be opened. Nothing was overwritten in any of these cases.
#[derive(Debug)]
pub enum OpenProblem {
    /// Written by a newer casedesk. The file was left as it is.
    Newer { found: i64, known: i64 },
    /// The file is damaged, or no casedesk store at all. It was left as it is.
    Damaged { file: PathBuf, why: String },
    /// Others may read it, or it belongs to somebody else.
    Unguarded { path: PathBuf, why: String, remedy: String },
    /// On a network file system, where SQLite's locks cannot be relied upon.
    Network { path: PathBuf, kind: &'static str },
    /// There is a store, but its key file is gone.
    KeyLost { file: PathBuf },
    /// The key file is not the one that this store was sealed with, or is no key.
    KeyWrong { file: PathBuf },
    /// The program was built with an SQLite that may damage stores.
    OldSqlite { found: &'static str },
    /// A setting that the store depends on did not take.
    Setting { pragma: &'static str, found: String },
    /// Anything that a running store may meet too: no room, no permission, the other terminal.
    Store(StoreError),
}

impl fmt::Display for OpenProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OpenProblem::Newer { found, known } => write!(
                f,
                "this store was written by a newer casedesk (format {found}, this program knows {known}); it was \
                 left untouched: use the newer program"
            ),
            OpenProblem::Damaged { file, why } => write!(
                f,
                "{} is damaged or no casedesk store ({why}); it was left untouched: move it away together with its \
                 -wal and -shm files and start again to read every case anew from the provider",
                file.display()
            ),
            OpenProblem::Unguarded { path, why, remedy } => write!(f, "{}: {why}: {remedy}", path.display()),
            OpenProblem::Network { path, kind } => write!(
                f,
                "{} lies on a network file system ({kind}), where two terminals could damage the store: set `store` \
                 in the configuration to a directory on a local disk",
                path.display()
            ),
            OpenProblem::KeyLost { file } => write!(
                f,
                "the key file {} is gone, and without it the cases of this store cannot be read: put it back, or \
                 move the store away and start again",
                file.display()
            ),
            OpenProblem::KeyWrong { file } => write!(
                f,
                "the key file {} is not the one this store was sealed with: put the right one back, or move the \
                 store away and start again",
                file.display()
            ),
            OpenProblem::OldSqlite { found } => {
                write!(f, "this program was built with SQLite {found}; 3.51.3 or later is needed")
            }
            OpenProblem::Setting { pragma, found } => {
                write!(
                    f,
                    "the store's setting {pragma} did not take (it is {found}): the disk may not support it"
                )
            }
            OpenProblem::Store(problem) => problem.fmt(f),
        }
    }
}

impl std::error::Error for OpenProblem {}

/// Why the store could not do something. Whatever was being written was undone as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// No room left on the disk.
    Full,
    /// The file or its directory cannot be written.
    ReadOnly,
    /// Another terminal was writing for longer than five seconds.
    Busy,
    /// The disk reported an error.
    Disk,
    /// The file is damaged; nothing more is written to it.
    Damaged(String),
    /// Something sealed could not be opened with this installation's key.
    NotOpened,
    /// No random bytes or no cipher: nothing was sealed, nothing was written.
    NotSealed,
    /// There is no such case in the store.
    NoSuchCase,
    /// Anything else that SQLite said.
    Other(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Full => f.write_str("the disk is full: nothing was changed in the store"),
            StoreError::ReadOnly => {
                f.write_str("the store cannot be written: its directory or disk is read-only")
            }
            StoreError::Busy => f.write_str("the other terminal is writing: nothing was changed, try again"),
            StoreError::Disk => f.write_str("the disk reported an error: nothing was changed in the store"),
            StoreError::Damaged(why) => {
                write!(
                    f,
                    "the store is damaged ({why}): nothing more is written to it; move it away and start again"
                )
            }
            StoreError::NotOpened => {
                f.write_str("a record of the store does not open with this installation's key")
            }
            StoreError::NotSealed => f.write_str("the system gave no random bytes: nothing was written"),
            StoreError::NoSuchCase => f.write_str("there is no such case in the store"),
            StoreError::Other(why) => write!(f, "the store could not do it: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => StoreError::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => StoreError::Disk,
            Some(ErrorCode::DatabaseCorrupt) => {
                StoreError::Damaged("its pages contradict each other".to_owned())
            }
            Some(ErrorCode::NotADatabase) => StoreError::Damaged("it is no database".to_owned()),
            Some(code) => StoreError::Other(format!("{code:?}")),
            // A column of another type than the table declares: only damage does that.
            None => match error {
                rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::Utf8Error(..) => {
                    StoreError::Damaged("a value has the wrong type".to_owned())
                }
                rusqlite::Error::QueryReturnedNoRows => StoreError::Damaged("a record is missing".to_owned()),
                other => StoreError::Other(other.to_string()),
            },
        }
    }
}

impl From<SealProblem> for StoreError {
    fn from(_: SealProblem) -> StoreError {
        StoreError::NotSealed
    }
}

impl From<NotOpened> for StoreError {
    fn from(_: NotOpened) -> StoreError {
        StoreError::NotOpened
    }
}

impl From<StoreError> for OpenProblem {
    fn from(problem: StoreError) -> OpenProblem {
        OpenProblem::Store(problem)
    }
}

impl From<io::Error> for OpenProblem {
    fn from(error: io::Error) -> OpenProblem {
        OpenProblem::Store(match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
            other => StoreError::Other(other.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::{Connection, OpenFlags};

    #[test]
    fn what_the_store_cannot_do_is_said_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("casedesk.db");
        let other = Connection::open(&file).unwrap();
        other.execute_batch("CREATE TABLE a(b); BEGIN IMMEDIATE").unwrap();
        let told = |db: &Connection| StoreError::from(db.execute("INSERT INTO a VALUES (1)", []).unwrap_err());
        let busy = Connection::open(&file).unwrap();
        busy.busy_timeout(std::time::Duration::ZERO).unwrap();
        assert_eq!(told(&busy), StoreError::Busy);
        other.execute_batch("COMMIT").unwrap();
        let reader = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        assert_eq!(told(&reader), StoreError::ReadOnly);
        assert!(told(&reader).to_string().contains("read-only"));
        assert!(StoreError::Busy.to_string().contains("the other terminal is writing"));
    }
}
