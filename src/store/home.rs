//! Where the store lies: a directory and files that nobody else can read, on a local disk, with the installation's
//! key beside the database. Knows nothing of what is in the database.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use zeroize::Zeroizing;

use super::problem::{OpenProblem, StoreError};
use crate::seal::InstallKey;

const DATABASE: &str = "casedesk.db";
const KEY: &str = "key";

/// The database's file in a store directory.
pub fn database(dir: &Path) -> PathBuf {
    dir.join(DATABASE)
}

/// The installation's key: read from the file `key` in the store directory, created with it on the first start.
/// A directory that has a database but no key is refused: a new key would not open it.
pub fn install_key(dir: &Path) -> Result<InstallKey, OpenProblem> {
    let dir = prepare(dir)?;
    let file = dir.join(KEY);
    match open_guarded(&file) {
        Ok(open) => read_key(open, file),
        Err(OpenProblem::Store(StoreError::Other(_))) if !file.exists() => create_key(&dir, file),
        Err(problem) => Err(problem),
    }
}

fn read_key(open: File, file: PathBuf) -> Result<InstallKey, OpenProblem> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(64));
    open.take(33).read_to_end(&mut bytes)?;
    match <[u8; 32]>::try_from(&bytes[..]) {
        Ok(bytes) => InstallKey::from_bytes(bytes).map_err(|problem| StoreError::from(problem).into()),
        Err(_) => Err(OpenProblem::KeyWrong { file }),
    }
}

fn create_key(dir: &Path, file: PathBuf) -> Result<InstallKey, OpenProblem> {
    if fs::symlink_metadata(database(dir)).is_ok_and(|found| found.len() > 0) {
        return Err(OpenProblem::KeyLost { file });
    }
    let key = InstallKey::generate().map_err(StoreError::from)?;
    // Written whole under another name and linked into place, so that a second program starting at the same time
    // reads either no key or all of it, and never replaces one that is there.
    let draft = dir.join(format!("{KEY}.{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    let written = open
        .set_permissions(Permissions::from_mode(0o600))
        .and_then(|()| open.write_all(key.bytes()))
        .and_then(|()| open.sync_all());
    let linked = written.and_then(|()| fs::hard_link(&draft, &file));
    fs::remove_file(&draft)?;
    match linked {
        Ok(()) => {
            File::open(dir)?.sync_all()?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read_key(open_guarded(&file)?, file),
        Err(error) => Err(error.into()),
    }
}

/// Makes the directory where it is missing, and refuses one that others can enter, that belongs to somebody else or
/// that lies on a network file system. Returns its path without symbolic links.
pub fn prepare(dir: &Path) -> Result<PathBuf, OpenProblem> {
    if !dir.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        // The umask may have taken more than asked for.
        fs::set_permissions(dir, Permissions::from_mode(0o700))?;
    }
    let dir = dir.canonicalize()?;
    guard(&dir, &fs::metadata(&dir)?, 0o700)?;
    match network(&dir) {
        Some(kind) => Err(OpenProblem::Network { path: dir, kind }),
        None => Ok(dir),
    }
}

/// Makes an empty database file where there is none and checks the guard on one that is there. Returns whether it
/// holds anything yet. An existing file is never opened here: closing it would drop the locks that another
/// connection of this process holds on it (sqlite.org/howtocorrupt, section 2.2).
pub fn prepare_database(file: &Path) -> Result<bool, OpenProblem> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(open) => open.set_permissions(Permissions::from_mode(0o600))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.into()),
    }
    let found = fs::symlink_metadata(file)?;
    guard(file, &found, 0o600)?;
    if found.nlink() != 1 {
        return Err(OpenProblem::Unguarded {
            path: file.to_owned(),
            why: "the file has a second name (hard link), which SQLite cannot protect".to_owned(),
            remedy: "remove the other name".to_owned(),
        });
    }
    Ok(found.len() > 0)
}

fn open_guarded(file: &Path) -> Result<File, OpenProblem> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32;
    let open = OpenOptions::new().read(true).custom_flags(flags).open(file).map_err(|error| {
        if fs::symlink_metadata(file).is_ok_and(|found| found.is_symlink()) {
            let why = "it is a symbolic link".to_owned();
            let remedy = "put the file itself in its place".to_owned();
            return OpenProblem::Unguarded { path: file.to_owned(), why, remedy };
        }
        error.into()
    })?;
    guard(file, &open.metadata()?, 0o600)?;
    Ok(open)
}

/// Refuses what others may read or what somebody else owns.
fn guard(path: &Path, found: &fs::Metadata, wanted: u32) -> Result<(), OpenProblem> {
    let refuse =
        |why: String, remedy: String| Err(OpenProblem::Unguarded { path: path.to_owned(), why, remedy });
    if found.is_dir() != (wanted == 0o700) || !(found.is_dir() || found.is_file()) {
        return refuse("it is not the kind of file it should be".to_owned(), "move it away".to_owned());
    }
    let me = rustix::process::geteuid().as_raw();
    if found.uid() != me {
        return refuse(
            format!("it belongs to user {}, not to you ({me})", found.uid()),
            "use your own".to_owned(),
        );
    }
    let mode = found.mode() & 0o7777;
    if mode & 0o077 != 0 {
        let shown = path.display();
        // A directory that many use, such as /tmp, must stay as it is.
        let shared = found.is_dir() && mode & 0o1000 != 0;
        let remedy = if shared {
            "name a directory of your own inside it".to_owned()
        } else {
            format!("chmod {wanted:o} {shown}")
        };
        return refuse(format!("others have access to it (mode {mode:o})"), remedy);
    }
    Ok(())
}

/// The kind of network file system a directory lies on, if it does.
fn network(dir: &Path) -> Option<&'static str> {
    let magic = rustix::fs::statfs(dir).ok()?.f_type as u64 & 0xFFFF_FFFF;
    let mounts = || fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    network_kind(magic, || mount_type(&mounts(), dir))
}

const FUSE: u64 = 0x6573_5546;

/// The numbers stand in statfs(2) of the Linux manual pages. FUSE is both local and remote: there the type of the
/// mount decides.
fn network_kind(magic: u64, mount_type: impl Fn() -> String) -> Option<&'static str> {
    match magic {
        0x6969 => Some("NFS"),
        0x517B => Some("SMB"),
        0xFF53_4D42 | 0xFE53_4D42 => Some("SMB/CIFS"),
        0x5346_414F => Some("AFS"),
        0x00C3_6400 => Some("Ceph"),
        0x0BD0_0BD0 => Some("Lustre"),
        0x7375_7245 => Some("Coda"),
        FUSE => {
            let kind = mount_type();
            [
                "sshfs",
                "rclone",
                "s3fs",
                "davfs",
                "glusterfs",
                "curlftpfs",
                "gcsfuse",
                "goofys",
                "smbnetfs",
                "ceph",
            ]
            .into_iter()
            .find(|name| kind.contains(name))
        }
        _ => None,
    }
}

/// The type of the mount that holds `dir`, from the text of /proc/self/mountinfo (format: proc(5)).
fn mount_type(mountinfo: &str, dir: &Path) -> String {
    let mut best = (0, "");
    for line in mountinfo.lines() {
        let Some((before, after)) = line.split_once(" - ") else { continue };
        let (Some(point), Some(kind)) = (before.split(' ').nth(4), after.split(' ').next()) else { continue };
        if dir.starts_with(point) && point.len() >= best.0 {
            best = (point.len(), kind);
        }
    }
    best.1.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_on_the_network_is_recognised() {
        let mounts = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n\
                      30 22 0:45 / /home/ann rw,nosuid shared:5 - fuse.sshfs ann@host: rw\n\
                      31 22 0:46 / /home/bob rw - fuse.gocryptfs /plain rw\n";
        let kind = |magic, dir: &str| network_kind(magic, || mount_type(mounts, Path::new(dir)));
        assert_eq!(kind(0x6969, "/srv"), Some("NFS"));
        assert_eq!(kind(0xFF53_4D42, "/srv"), Some("SMB/CIFS"));
        assert_eq!(kind(FUSE, "/home/ann/.local/share/casedesk"), Some("sshfs"));
        assert_eq!(kind(FUSE, "/home/bob/.local/share/casedesk"), None);
        assert_eq!(kind(0xEF53, "/home/annabel"), None);
    }
}
