//! Where things lie unless said otherwise (XDG Base Directory Specification). It only names folders, it never makes one.

use std::path::{Path, PathBuf};

use super::Vars;

/// `$XDG_CONFIG_HOME/casedesk/config.toml`, else `~/.config/casedesk/config.toml`; none without a home.
pub(super) fn usual_file(vars: Vars<'_>) -> Option<PathBuf> {
    let folder = folder("XDG_CONFIG_HOME", ".config", vars)?;
    Some(folder.join("casedesk").join("config.toml"))
}

/// `$XDG_DATA_HOME/casedesk`, else `~/.local/share/casedesk`.
pub(super) fn usual_store(vars: Vars<'_>) -> Result<PathBuf, String> {
    let folder = folder("XDG_DATA_HOME", ".local/share", vars);
    let folder = folder.ok_or("neither HOME nor XDG_DATA_HOME says where the store shall lie")?;
    Ok(folder.join("casedesk"))
}

/// The sandbox's store beside a store: `casedesk` has `casedesk-sandbox`.
pub(super) fn beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push("-sandbox");
    store.with_file_name(name)
}

/// A path as written in a file of `folder`: `~/` is the home folder, anything relative starts at `folder`.
pub(super) fn resolve(written: &str, folder: &Path, vars: Vars<'_>) -> PathBuf {
    match (written.strip_prefix("~/"), home(vars)) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => folder.join(written),
    }
}

fn folder(name: &str, below_home: &str, vars: Vars<'_>) -> Option<PathBuf> {
    absolute(name, vars).or_else(|| Some(home(vars)?.join(below_home)))
}

fn home(vars: Vars<'_>) -> Option<PathBuf> {
    absolute("HOME", vars)
}

/// The specification has relative values ignored.
fn absolute(name: &str, vars: Vars<'_>) -> Option<PathBuf> {
    vars(name).map(PathBuf::from).filter(|path| path.is_absolute())
}
