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

use rustix::process::{Pid, test_kill_process};

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
        loop {
            let event = match reader.next() {
                Ok(event) => event,
                Err(rustix::io::Errno::INTR) => continue,
                Err(_) => return,
            };
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
    forget_the_dead(&folder);
    let name = OsString::from(std::process::id().to_string());
    let path = folder.join(&name);
    // One of that name was left by a program that is gone.
    let _ = fs::remove_file(&path);
    let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(&path)?;
    Ok(Own { folder, name, file: Mutex::new(file) })
}

/// Removes the files of programs that are gone. What cannot be removed harms nobody.
fn forget_the_dead(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let pid = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()).and_then(Pid::from_raw);
        if pid.is_some_and(|pid| test_kill_process(pid) == Err(rustix::io::Errno::SRCH)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.folder.join(&self.name));
    }
}
