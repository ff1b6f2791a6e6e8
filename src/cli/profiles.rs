//! A configured profile made ready to work with: its provider, where it leads, and how it shows who it is there. Secrets
//! are fetched when the way out is first needed, not here.

use std::{env, ffi::OsString};

use anyhow::{Context, Result, anyhow, bail};

use crate::{
    case::Settings,
    config::{CardKeyFile, CardPadding, Environment, Profile as Configured},
    desk::{Profile, Realm},
    http::{Address, Auth, Door, Pace, Secret, system_roots},
    provider::{self, Access, Given, Header, Provider},
    run::source::{Opened, Source},
    seal::card::{CardKey, Padding},
    text::Raw,
};

/// What the screen knows of a profile.
pub fn profile(settings: Settings, provider: &'static dyn Provider, realm: Realm) -> Profile {
    let queues =
        provider.manifest().queues.iter().map(|queue| (Raw::new(queue.id), Raw::new(queue.name))).collect();
    let (name, actions) = (settings.profile.clone(), provider.actions());
    Profile { name, provider: provider.manifest().title, realm, queues, actions, settings }
}

/// A profile and the way to it. Everything that can be refused without a secret is refused here, with its place in the
/// file.
pub fn configured(configured: Configured) -> Result<(Profile, Source)> {
    let provider = provider(&configured.provider).with_context(|| {
        let known: Vec<_> = provider::ALL.iter().map(|provider| provider.manifest().id).collect();
        let (place, id) = (&configured.place, &configured.provider);
        format!("{place}: there is no provider {id:?}; known are {}", known.join(", "))
    })?;
    let complaints = provider.check(&configured.settings);
    if !complaints.is_empty() {
        bail!("{}: {}", configured.place, complaints.join("; "));
    }
    let placed = |why: String| anyhow!("{}: {why}", configured.place);
    let access = access(&configured, provider).map_err(placed)?;
    for address in addresses(&configured, provider).map_err(placed)? {
        system_roots(&address, &var).map_err(placed)?;
    }
    let realm = if configured.environment == Environment::Live { Realm::Live } else { Realm::Test };
    let name = configured.name().to_owned();
    let settings = configured.settings.clone();
    let open = move || open_door(&configured, provider, access);
    Ok((profile(settings.clone(), provider, realm), Source::new(name, provider, settings, open)))
}

/// A provider by its id.
pub fn provider(id: &str) -> Option<&'static dyn Provider> {
    provider::ALL.iter().copied().find(|provider| provider.manifest().id == id)
}

fn var(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The provider's way in of the profile's `auth`.
fn access(configured: &Configured, provider: &dyn Provider) -> Result<&'static Access, String> {
    let ways = provider.manifest().access;
    ways.iter().find(|way| way.auth() == configured.auth).ok_or_else(|| {
        let taken: Vec<_> = ways.iter().map(|way| format!("{:?}", way.auth())).collect();
        format!(
            "{} does not take auth = {:?}; it takes {}",
            provider.manifest().title,
            configured.auth,
            taken.join(" or ")
        )
    })
}

/// Where a profile leads: the provider's API, and where its credentials become a token. Where they do not, both are the
/// API.
fn addresses(configured: &Configured, provider: &dyn Provider) -> Result<[Address; 2], String> {
    let manifest = provider.manifest();
    let usual = if configured.environment == Environment::Live { &manifest.live } else { &manifest.test };
    let base = match &configured.base {
        Some(base) => base.clone(),
        None => usual_address(usual.base, &configured.settings)?,
    };
    let token = match &configured.token {
        Some(token) => token.clone(),
        None if usual.token.is_empty() => base.clone(),
        None if usual.token.starts_with('/') => base.below(usual.token)?,
        // A key is sent as it is: nobody else is asked.
        None if !asks_for_a_token(access(configured, provider)?) => base.clone(),
        None => usual_address(usual.token, &configured.settings)?,
    };
    Ok([base, token])
}

fn asks_for_a_token(access: &Access) -> bool {
    matches!(access, Access::OAuth { .. } | Access::Login { .. })
}

/// A provider's own address, its words in braces filled in from the profile's table.
fn usual_address(pattern: &str, settings: &Settings) -> Result<Address, String> {
    let (mut whole, mut rest) = (String::new(), pattern);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        let word = settings.table.get(name).filter(|word| !word.is_empty());
        let word = word
            .ok_or_else(|| format!("its table says nothing of {name:?}, which the address {pattern} needs"))?;
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
            return Err(format!("{name} = {word:?} cannot stand in an address"));
        }
        whole.extend([before, word]);
        rest = behind;
    }
    whole.push_str(rest);
    if whole.is_empty() {
        return Err("its provider has no public address for this environment; set base".into());
    }
    Address::parse(&whole)
}

/// Fetches the secrets and opens the way to the provider.
fn open_door(configured: &Configured, provider: &dyn Provider, access: &Access) -> Result<Opened, String> {
    let [base, token] = addresses(configured, provider)?;
    let secret = |name: &str| configured.secret(name, &var);
    let auth = auth(access, token, &configured.settings, &secret)?;
    let card = configured.card.as_ref().map(card_key).transpose();
    let door = Door::new(base, &auth, Pace::default())?.with_turns(provider.manifest().per_minute);
    Ok(Opened { door, card })
}

/// A declared way in, with a profile's own secrets and words.
pub fn auth(
    access: &Access,
    token_url: Address,
    settings: &Settings,
    secret: &dyn Fn(&str) -> Result<Secret, String>,
) -> Result<Auth, String> {
    let filled = |headers: &[Header]| {
        let one = |header: &Header| {
            let value = match header.value {
                Given::Secret(name) => secret(name)?,
                Given::Set(word) => Secret::new(word(settings)),
            };
            let value = if header.before.is_empty() {
                value
            } else {
                Secret::new(format!("{}{}", header.before, value.reveal()))
            };
            Ok((header.name.to_owned(), value))
        };
        headers.iter().map(one).collect::<Result<Vec<_>, String>>()
    };
    Ok(match *access {
        Access::OAuth { scope, shown } => Auth::ClientCredentials {
            token_url,
            id: secret("client-id")?,
            secret: secret("client-secret")?,
            scope: scope.to_owned(),
            shown,
        },
        Access::Headers { headers, .. } => Auth::Headers(filled(headers)?),
        Access::Login { members, token_at, lives, .. } => Auth::Login {
            token_url,
            members: filled(members)?,
            token_at: token_at.iter().map(|at| (*at).to_owned()).collect(),
            lives,
        },
    })
}

fn card_key(file: &CardKeyFile) -> Result<(CardKey, Padding), String> {
    let padding = match file.padding {
        CardPadding::Pkcs1 => Padding::Pkcs1v15,
        CardPadding::OaepSha256 => Padding::OaepSha256,
    };
    let key = CardKey::from_pem(&file.read()?).map_err(|why| format!("{}: {why}", file.path.display()))?;
    Ok((key, padding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_address_that_lies_below_the_base_follows_a_set_base() {
        let mut profile = Configured {
            settings: Settings::of("keybank"),
            provider: "qolo".into(),
            environment: Environment::Test,
            base: None,
            token: None,
            auth: "login",
            secrets: Default::default(),
            card: None,
            place: "config.toml, line 1".into(),
        };
        let told = |profile: &Configured| {
            let provider = provider("qolo").unwrap();
            addresses(profile, provider).map(|both| both.map(|address| address.to_string()))
        };
        let [base, token] = told(&profile).unwrap();
        assert_eq!(base.trim_end_matches('/'), "https://qvapikeybank.qolopay.com");
        assert_eq!(token, "https://qvapikeybank.qolopay.com/api/v1/auth/login");
        profile.environment = Environment::Live;
        assert!(told(&profile).unwrap_err().contains("set base"));
        profile.base = Some(Address::parse("https://bank.example/qolo").unwrap());
        let token = told(&profile).unwrap()[1].clone();
        assert_eq!(token, "https://bank.example/qolo/api/v1/auth/login");
        profile.token = Some(Address::parse("https://login.example/in").unwrap());
        assert_eq!(told(&profile).unwrap()[1], "https://login.example/in");
    }

    #[test]
    fn words_of_the_table_stand_in_an_address_and_nothing_else_does() {
        let mut settings = Settings::of("p");
        let pattern = "https://{account.prefix}.api.example/organizations/{organization.id}";
        assert!(usual_address(pattern, &settings).unwrap_err().contains("account.prefix"));
        settings.table.insert("account.prefix".into(), "abcd1234".into());
        settings.table.insert("organization.id".into(), "org-7".into());
        let whole = usual_address(pattern, &settings).unwrap().to_string();
        assert_eq!(whole, "https://abcd1234.api.example/organizations/org-7");
        for word in ["evil.example/", "a b", "a@b", "../x", ""] {
            settings.table.insert("account.prefix".into(), word.into());
            assert!(usual_address(pattern, &settings).is_err(), "{word}");
        }
        assert!(usual_address("", &settings).unwrap_err().contains("set base"));
    }
}
