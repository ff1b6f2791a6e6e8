//! The shape of the configuration file, and the words for what is wrong in it: file, line, column, what was found, what
//! is allowed.

use std::{collections::BTreeMap, ops::Range, path::Path};

use serde::Deserialize;
use toml::Spanned;

use super::{
    CardKeyFile, Config, Given, Profile, SecretSource, Vars,
    access::{self, Care},
    places, wishes,
};
use crate::{case::Settings, graphics::Wish, http::Address};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    Test,
    Live,
}

impl Environment {
    pub fn word(self) -> &'static str {
        match self {
            Environment::Test => "test",
            Environment::Live => "live",
        }
    }
}

/// How a card number is padded before it is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardPadding {
    #[default]
    Pkcs1,
    OaepSha256,
}

/// A way to show who one is, and the secrets that it takes. Which of them a provider takes is its own fact.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum AuthKind {
    #[default]
    #[serde(rename = "oauth")]
    OAuth,
    ApiKey,
    KeyAndSecret,
    Login,
    Bearer,
}

impl AuthKind {
    fn word(self) -> &'static str {
        match self {
            AuthKind::OAuth => "oauth",
            AuthKind::ApiKey => "api-key",
            AuthKind::KeyAndSecret => "key-and-secret",
            AuthKind::Login => "login",
            AuthKind::Bearer => "bearer",
        }
    }

    fn secrets(self) -> &'static [&'static str] {
        match self {
            AuthKind::OAuth => &["client-id", "client-secret"],
            AuthKind::ApiKey => &["api-key"],
            AuthKind::KeyAndSecret => &["api-key", "api-secret"],
            AuthKind::Login => &["login-id", "api-key"],
            AuthKind::Bearer => &["access-token"],
        }
    }

    /// Whether a token is fetched somewhere.
    fn asks_for_a_token(self) -> bool {
        matches!(self, AuthKind::OAuth | AuthKind::Login)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    store: Option<Spanned<String>>,
    #[serde(rename = "reason-codes")]
    reason_codes: Option<Spanned<String>>,
    images: Option<Spanned<String>>,
    #[serde(default, rename = "images-in-tmux")]
    images_in_tmux: bool,
    #[serde(default)]
    profile: BTreeMap<Spanned<String>, Section>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Section {
    provider: Spanned<String>,
    environment: Environment,
    base: Option<Spanned<String>>,
    token: Option<Spanned<String>>,
    #[serde(default)]
    auth: AuthKind,
    client_id: Option<Spanned<SecretSource>>,
    client_secret: Option<Spanned<SecretSource>>,
    api_key: Option<Spanned<SecretSource>>,
    api_secret: Option<Spanned<SecretSource>>,
    login_id: Option<Spanned<SecretSource>>,
    access_token: Option<Spanned<SecretSource>>,
    card_key: Option<Spanned<String>>,
    card_padding: Option<Spanned<CardPadding>>,
    #[serde(default)]
    table: BTreeMap<String, String>,
}

const LIMIT: u64 = 1 << 20;

pub(super) fn load(path: &Path, given: &Given, vars: Vars<'_>) -> Result<Config, String> {
    let bytes = access::read(path, Care::NobodyElseWrites, LIMIT)?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{}: not UTF-8 text", path.display()))?;
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let reading = Reading { path, text: &text, folder: &folder, given, vars };
    let whole: Whole = toml::from_str(&text).map_err(|why| {
        // Its `Display` quotes the line, and the line may hold a secret that should not stand there.
        reading.wrong(&why.span().unwrap_or(0..0), why.message())
    })?;
    let store = match &whole.store {
        Some(folder) if folder.as_ref().is_empty() => {
            return Err(reading.wrong(&folder.span(), "store is a folder"));
        }
        Some(folder) => reading.resolve(folder.as_ref()),
        None => places::usual_store(vars)?,
    };
    let profiles = whole.profile.into_iter().map(|(name, section)| reading.profile(name, section));
    let profiles = profiles.collect::<Result<_, _>>()?;
    let reason_codes = match &whole.reason_codes {
        Some(file) if file.as_ref().is_empty() => {
            return Err(reading.wrong(&file.span(), "reason-codes is a file"));
        }
        file => file.as_ref().map(|file| reading.resolve(file.as_ref())),
    };
    let images = whole.images.as_ref().map(|word| {
        Wish::named(word.as_ref()).ok_or_else(|| reading.wrong(&word.span(), &wishes("images", word.as_ref())))
    });
    Ok(Config {
        file: Some(path.to_owned()),
        sandbox_store: places::beside(&store),
        store,
        reason_codes,
        images: super::images(images.transpose()?, vars)?,
        images_in_tmux: whole.images_in_tmux,
        profiles,
    })
}

struct Reading<'a> {
    path: &'a Path,
    text: &'a str,
    folder: &'a Path,
    given: &'a Given,
    vars: Vars<'a>,
}

impl Reading<'_> {
    fn wrong(&self, span: &Range<usize>, why: &str) -> String {
        let (line, column) = position(self.text, span.start);
        format!("{}, line {line}, column {column}: {why}", self.path.display())
    }

    fn resolve(&self, written: &str) -> std::path::PathBuf {
        places::resolve(written, self.folder, self.vars)
    }

    fn profile(&self, name: Spanned<String>, section: Section) -> Result<Profile, String> {
        let (span, name) = (name.span(), name.into_inner());
        if !is_name(&name) {
            let why = format!("the profile name {name:?}: up to 40 letters (a-z), digits, - and _ are allowed");
            return Err(self.wrong(&span, &why));
        }
        if section.provider.as_ref().is_empty() {
            return Err(self.wrong(&section.provider.span(), "provider is empty"));
        }
        let environment = section.environment;
        let address = |what, address| self.address(what, environment, address);
        let (base, token) =
            (address("base", section.base.as_ref())?, address("token", section.token.as_ref())?);
        let card = self.card(&section)?;
        Ok(Profile {
            provider: section.provider.as_ref().clone(),
            auth: section.auth.word(),
            secrets: self.secrets(&span, &section)?,
            settings: Settings { profile: name, table: section.table },
            place: format!("{}, line {}", self.path.display(), position(self.text, span.start).0),
            environment,
            base,
            token,
            card,
        })
    }

    fn address(
        &self,
        what: &str,
        environment: Environment,
        text: Option<&Spanned<String>>,
    ) -> Result<Option<Address>, String> {
        let Some(text) = text else { return Ok(None) };
        let wrong = |why: &str| self.wrong(&text.span(), &format!("{what}: {why}"));
        let address = Address::parse(text.as_ref()).map_err(|why| wrong(&why))?;
        if environment == Environment::Live && address.is_loopback() {
            return Err(wrong("a live profile cannot lead to this machine; use environment = \"test\""));
        }
        Ok(Some(address))
    }

    /// The secrets that the profile's way in takes, each by its name; any other is refused.
    fn secrets(
        &self,
        span: &Range<usize>,
        section: &Section,
    ) -> Result<BTreeMap<&'static str, SecretSource>, String> {
        let (auth, mut secrets) = (section.auth, BTreeMap::new());
        for (name, source) in [
            ("client-id", &section.client_id),
            ("client-secret", &section.client_secret),
            ("api-key", &section.api_key),
            ("api-secret", &section.api_secret),
            ("login-id", &section.login_id),
            ("access-token", &section.access_token),
        ] {
            let word = auth.word();
            match (source, auth.secrets().contains(&name)) {
                (Some(source), true) => {
                    secrets.insert(name, self.allowed(source)?);
                }
                (Some(source), false) => {
                    return Err(self.wrong(&source.span(), &format!("{name} is not used with auth = {word:?}")));
                }
                (None, true) => {
                    let why = format!("{name} is missing, which auth = {word:?} needs; {}", source_help());
                    return Err(self.wrong(span, &why));
                }
                (None, false) => {}
            }
        }
        match &section.token {
            Some(token) if !auth.asks_for_a_token() => {
                Err(self.wrong(&token.span(), &format!("token is not used with auth = {:?}", auth.word())))
            }
            _ => Ok(secrets),
        }
    }

    fn allowed(&self, source: &Spanned<SecretSource>) -> Result<SecretSource, String> {
        if matches!(source.as_ref(), SecretSource::Env(_)) && !self.given.allow_env_secret {
            let why = "a secret in the environment is seen by every program started from it; \
                 start with --allow-env-secret if that is meant";
            return Err(self.wrong(&source.span(), why));
        }
        Ok(source.as_ref().clone().resolved(self.folder, self.vars))
    }

    fn card(&self, section: &Section) -> Result<Option<CardKeyFile>, String> {
        let padding = section.card_padding.as_ref();
        match (&section.card_key, padding) {
            (Some(path), _) if path.as_ref().is_empty() => Err(self.wrong(&path.span(), "card-key is a path")),
            (Some(path), padding) => Ok(Some(CardKeyFile {
                path: self.resolve(path.as_ref()),
                padding: padding.map_or(CardPadding::default(), |padding| *padding.as_ref()),
            })),
            (None, Some(padding)) => Err(self.wrong(&padding.span(), "card-padding without card-key")),
            (None, None) => Ok(None),
        }
    }
}

fn source_help() -> &'static str {
    "for example { command = [\"pass\", \"show\", \"NAME\"] }"
}

/// Profile names go into case ids and onto the screen.
fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_';
    (1..=40).contains(&name.len()) && name.bytes().all(fits)
}

/// Line and column, both from 1; columns count characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}
