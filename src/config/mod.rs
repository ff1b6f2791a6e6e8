//! CONFIGURATION: profiles, where their secrets come from, where the store lies. It never holds a secret itself (they
//! are fetched when first needed) and never knows what a provider makes of its table.

mod access;
mod file;
mod places;
mod secret_source;

use std::{
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use crate::{
    case::Settings,
    graphics::Wish,
    http::{Address, Secret},
};

pub use file::{CardPadding, Environment};
pub use secret_source::SecretSource;

/// How an environment variable is looked up; an argument, so that nothing here reads the process's own.
pub type Vars<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// What the command line says about the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// `--config PATH`.
    pub file: Option<PathBuf>,
    /// `--allow-env-secret`.
    pub allow_env_secret: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The file that was read; none where there is none.
    pub file: Option<PathBuf>,
    /// The folder of the store.
    pub store: PathBuf,
    /// The folder of the sandbox's own store, beside it.
    pub sandbox_store: PathBuf,
    /// A file with the bank's own rows of reason codes.
    pub reason_codes: Option<PathBuf>,
    /// How pictures are shown.
    pub images: Wish,
    /// tmux shall hand pictures on to the terminal around it.
    pub images_in_tmux: bool,
    /// By name.
    pub profiles: Vec<Profile>,
}

/// One provider in one environment with one set of credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The profile's name and its overrides of the provider's table. Only the provider knows which names there are.
    pub settings: Settings,
    /// The provider's id, not yet looked up.
    pub provider: String,
    pub environment: Environment,
    /// Instead of the provider's own address for this environment.
    pub base: Option<Address>,
    /// Instead of the provider's own token address for this environment.
    pub token: Option<Address>,
    /// How it shows who it is: "oauth", "api-key", "key-and-secret", "login" or "bearer".
    pub auth: &'static str,
    /// Where each secret that this takes comes from, by its name in the file.
    pub secrets: BTreeMap<&'static str, SecretSource>,
    pub card: Option<CardKeyFile>,
    /// Where the profile stands, for complaints about it: "FILE, line 3".
    pub place: String,
}

/// The provider's public key for card numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct CardKeyFile {
    pub path: PathBuf,
    pub padding: CardPadding,
}

impl Config {
    /// Reads the file named, or else the usual one. A usual one that does not exist is [`Config::absent`]; any other
    /// trouble is an error that names the place and what is allowed there, and nothing is used in its stead.
    pub fn load(given: &Given, vars: Vars<'_>) -> Result<Config, String> {
        let path = match &given.file {
            Some(path) => path.clone(),
            None => match places::usual_file(vars) {
                // A link that leads nowhere is there, and reading it tells so.
                Some(path) if !is_missing(&path) => path,
                _ => return Config::absent(vars),
            },
        };
        file::load(&path, given, vars)
    }

    /// What holds without a file: no profiles, the usual folders.
    pub fn absent(vars: Vars<'_>) -> Result<Config, String> {
        let store = places::usual_store(vars)?;
        let sandbox_store = places::beside(&store);
        Ok(Config {
            file: None,
            sandbox_store,
            store,
            reason_codes: None,
            images: images(None, vars)?,
            images_in_tmux: false,
            profiles: Vec::new(),
        })
    }

    /// The text of the bank's own reason codes, where there is such a file.
    pub fn own_reason_codes(&self) -> Result<Option<String>, String> {
        let Some(path) = &self.reason_codes else { return Ok(None) };
        let bytes = access::read(path, access::Care::NobodyElseWrites, 4 << 20)?;
        String::from_utf8(bytes).map(Some).map_err(|_| format!("{}: not UTF-8 text", path.display()))
    }

    /// Where the file is looked for if none is named.
    pub fn usual_file(vars: Vars<'_>) -> Option<PathBuf> {
        places::usual_file(vars)
    }

    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| profile.name() == name)
    }
}

const IMAGES: &str = "CASEDESK_IMAGES";

/// What the environment says is meant for one start, and goes before the file.
fn images(written: Option<Wish>, vars: Vars<'_>) -> Result<Wish, String> {
    match vars(IMAGES).filter(|word| !word.is_empty()) {
        None => Ok(written.unwrap_or_default()),
        Some(word) => {
            let word = word.to_string_lossy();
            Wish::named(&word).ok_or_else(|| wishes(IMAGES, &word))
        }
    }
}

fn wishes(what: &str, word: &str) -> String {
    format!("{what} is {word:?}; it can be {}", Wish::ALL.map(Wish::word).join(", "))
}

fn is_missing(path: &Path) -> bool {
    path.symlink_metadata().is_err_and(|why| why.kind() == std::io::ErrorKind::NotFound)
}

impl Profile {
    pub fn name(&self) -> &str {
        &self.settings.profile
    }

    /// Fetches one of its secrets, which can take as long as the command that gives it (10 seconds at most) and must not
    /// happen on a thread that draws.
    pub fn secret(&self, name: &str, vars: Vars<'_>) -> Result<Secret, String> {
        let source = self.secrets.get(name).ok_or_else(|| format!("profile {} has no {name}", self.name()))?;
        source.fetch(vars).map_err(|why| format!("{name} of profile {}: {why}", self.name()))
    }
}

impl CardKeyFile {
    /// The PEM file's bytes. Refused where others could exchange the key.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        access::read(&self.path, access::Care::NobodyElseWrites, 64 << 10)
    }
}
