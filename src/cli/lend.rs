//! `casedesk sandbox --into`: a folder with all that another casedesk needs to work on the served stand-ins: a
//! configuration, the secrets that it names, and the numbers of the disputes that nobody lists.

use std::{
    fmt::Write as _,
    fs::{self, DirBuilder, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use super::{init, profiles};
use crate::provider::Access;

/// A stand-in as it is served.
pub struct Way<'a> {
    pub provider: &'a str,
    pub base: &'a str,
    /// Empty where no token is given.
    pub token: &'a str,
    pub secrets: &'a [(&'a str, &'a str)],
    pub table: &'a [(&'a str, &'a str)],
    /// For sealing card numbers (SPKI, PEM).
    pub card_key: Option<&'a str>,
    /// Of its disputes, where it lists none.
    pub numbers: Vec<String>,
}

/// Writes all of it, and nothing over what is there already.
pub fn write(folder: &Path, ways: &[Way<'_>]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut text = String::from(
        "# Leads to the stand-ins of casedesk sandbox, as long as they are served.\nstore = \"store\"\n",
    );
    for way in ways {
        profile(way, &mut text);
        for (name, secret) in way.secrets {
            put(folder, &format!("{}-{name}", way.provider), secret)?;
        }
        if let Some(key) = way.card_key {
            put(folder, &card_key(way), key)?;
        }
        if !way.numbers.is_empty() {
            put(folder, &format!("{}.csv", way.provider), &format!("case\n{}", way.numbers.join("\n")))?;
        }
    }
    put(folder, "config.toml", &text)
}

fn profile(way: &Way<'_>, text: &mut String) {
    let access = profiles::provider(way.provider).and_then(|provider| provider.manifest().access.first());
    let Some(access) = access else { return };
    let provider = way.provider;
    // Writing into a text cannot fail.
    let _ = write!(
        text,
        "\n[profile.{provider}]\nprovider = \"{provider}\"\nenvironment = \"test\"\nbase = \"{}\"\nauth = \"{}\"\n",
        way.base,
        access.auth()
    );
    if matches!(access, Access::OAuth { .. } | Access::Login { .. }) {
        let _ = writeln!(text, "token = \"{}\"", way.token);
    }
    for name in init::secrets(access) {
        let _ = writeln!(text, "{name} = {{ file = \"{provider}-{name}\" }}");
    }
    if way.card_key.is_some() {
        let _ = writeln!(text, "card-key = \"{}\"", card_key(way));
    }
    let rows: Vec<_> = way.table.iter().map(|(name, value)| format!("\"{name}\" = \"{value}\"")).collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "table = {{ {} }}", rows.join(", "));
    }
}

fn card_key(way: &Way<'_>) -> String {
    format!("{}.pub.pem", way.provider)
}

fn put(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    let file = folder.join(name);
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", file.display()));
    let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(named)?;
    writeln!(new, "{}", text.trim_end()).map_err(named)
}

/// Whether a folder may be written into: it is not there, or it is empty.
pub fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut there) => Ok(there.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
