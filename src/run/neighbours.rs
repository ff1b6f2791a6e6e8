//! Other programs that have the same store open: each touches a file of its own when it changed something, and learns of
//! the others' touches from the kernel, asleep until there is one. What changed is not told; the store knows.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The directory of their files, in the store's.
const FOLDER: &str = "neighbours";

/// This program's file among its neighbours'. Clones share it; it goes with the last of them.
#[derive(Clone, Default)]
pub struct Neighbours(Option<Arc<Own>>);

struct Own {
    folder: PathBuf,
    name: OsString,
    file: Mutex<File>,
}

impl Neighbours {
    /// Joins them. Where that is not possible nobody is told, and each sees the others' changes with its next look.
    pub fn join(store: &Path) -> Neighbours {
        Neighbours(own(store).ok().map(Arc::new))
    }

    /// Something changed that the others may show.
    pub fn tell(&self) {
        if let Some(own) = &self.0 {
            let mut file = own.file.lock().unwrap_or_else(PoisonError::into_inner);
            // One byte is enough to be noticed. Who cannot be told looks later.
            let _ = file.write_all(b".");
        }
    }

    /// Calls `moved` whenever another program told something. Returns where it cannot be listened to any more.
    #[cfg(target_os = "linux")]
    pub fn listen(&self, mut moved: impl FnMut()) {
        use rustix::fs::inotify::{CreateFlags, Reader, WatchFlags, add_watch, init};
        use std::{mem::MaybeUninit, os::unix::ffi::OsStrExt};
        let Some(own) = &self.0 else { return };
        let Ok(watch) = init(CreateFlags::CLOEXEC) else { return };
        if add_watch(&watch, &own.folder, WatchFlags::MODIFY).is_err() {
            return;
        }
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut reader = Reader::new(watch, &mut buffer);
        while let Ok(event) = reader.next() {
            let name = event.file_name().map(|name| name.to_bytes());
            if name.is_some_and(|name| name != own.name.as_bytes()) {
                moved();
            }
        }
    }

    /// Elsewhere nobody is listened to.
    #[cfg(not(target_os = "linux"))]
    pub fn listen(&self, _moved: impl FnMut()) {}
}

fn own(store: &Path) -> io::Result<Own> {
    let folder = store.join(FOLDER);
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let name = OsString::from(std::process::id().to_string());
    let path = folder.join(&name);
    // One of that name was left by a program that is gone.
    let _ = fs::remove_file(&path);
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?;
    Ok(Own { folder, name, file: Mutex::new(file) })
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.folder.join(&self.name));
    }
}
