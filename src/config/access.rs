//! Reading files that somebody else must not be able to read or to change. Owner and mode are asked of the file that was
//! opened, so that no exchange between look and use goes unnoticed.

use std::{
    fs::OpenOptions,
    io::Read,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use rustix::{fs::OFlags, process::geteuid};

/// What must hold of a file before its contents are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// A secret: ours, and readable by nobody else.
    NobodyElseReads,
    /// A credential handed over by systemd, which sets owner and group as it needs: not readable by everybody.
    NotEverybodyReads,
    /// Settings: ours or root's, and changed by nobody else.
    NobodyElseWrites,
}

/// Reads at most `limit` bytes. Errors name the path and, where the mode is wrong, the command that sets it right.
pub(super) fn read(path: &Path, care: Care, limit: u64) -> Result<Vec<u8>, String> {
    let shown = path.display();
    let wrong = |why: std::io::Error| format!("{shown}: {why}");
    // A pipe would otherwise be waited for.
    let flags = OFlags::NONBLOCK.bits() as i32;
    let mut file = OpenOptions::new().read(true).custom_flags(flags).open(path).map_err(wrong)?;
    let about = file.metadata().map_err(wrong)?;
    if !about.is_file() {
        return Err(format!("{shown} is not a file"));
    }
    if let Some(why) = objection(about.mode(), about.uid(), geteuid().as_raw(), care, &shown.to_string()) {
        return Err(why);
    }
    // Sized at once, so that no copy is left behind by growing.
    let mut bytes = Vec::with_capacity(about.len().min(limit) as usize + 1);
    (&mut file).take(limit + 1).read_to_end(&mut bytes).map_err(wrong)?;
    if bytes.len() as u64 > limit {
        return Err(format!("{shown} is larger than {limit} bytes"));
    }
    Ok(bytes)
}

fn objection(mode: u32, owner: u32, us: u32, care: Care, path: &str) -> Option<String> {
    let (bits, what, cure) = match care {
        Care::NobodyElseReads => (0o077, "read", "go="),
        Care::NotEverybodyReads => (0o007, "read", "o="),
        Care::NobodyElseWrites => (0o022, "changed", "go-w"),
    };
    let owned = match care {
        Care::NobodyElseReads => owner == us,
        Care::NotEverybodyReads => true,
        Care::NobodyElseWrites => owner == us || owner == 0,
    };
    if !owned {
        return Some(format!("{path} belongs to another user (uid {owner}, you are {us})"));
    }
    let mode = mode & 0o7777;
    (mode & bits != 0)
        .then(|| format!("{path} can be {what} by others (mode {mode:04o}); run: chmod {cure} {path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owner_and_mode_decide_who_is_believed() {
        use Care::*;
        for (mode, owner, care, fine) in [
            (0o600, 7, NobodyElseReads, true),
            (0o400, 7, NobodyElseReads, true),
            (0o640, 7, NobodyElseReads, false),
            (0o604, 7, NobodyElseReads, false),
            (0o620, 7, NobodyElseReads, false),
            (0o600, 8, NobodyElseReads, false),
            (0o600, 0, NobodyElseReads, false),
            (0o440, 0, NotEverybodyReads, true),
            (0o444, 0, NotEverybodyReads, false),
            (0o644, 7, NobodyElseWrites, true),
            (0o644, 0, NobodyElseWrites, true),
            (0o644, 8, NobodyElseWrites, false),
            (0o664, 7, NobodyElseWrites, false),
            (0o646, 7, NobodyElseWrites, false),
        ] {
            let objection = objection(0o100000 | mode, owner, 7, care, "/f");
            assert_eq!(objection.is_none(), fine, "{mode:o} {owner} {care:?}: {objection:?}");
        }
        let told = objection(0o100664, 7, 7, NobodyElseWrites, "/f").unwrap();
        assert_eq!(told, "/f can be changed by others (mode 0664); run: chmod go-w /f");
    }
}
