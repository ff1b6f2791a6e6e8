//! `casedesk init`: a commented configuration with one profile for each provider, read from what the providers declare.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use clap::{ArgMatches, Command};

use super::{
    ends::{DONE, Stop},
    flag, tell,
};
use crate::{
    case::Settings,
    provider::{self, Access, Given, Header, Provider},
    text::{Raw, own, say},
};

pub fn command() -> Command {
    Command::new("init")
        .about("Writes a commented configuration with one profile for each provider.")
        .arg(flag("stdout", "print it instead"))
}

/// `file`: where the configuration belongs.
pub fn run(file: Option<&Path>, asked: &ArgMatches, out: &mut dyn Write) -> Result<u8, Stop> {
    let text = configuration();
    if asked.get_flag("stdout") {
        out.write_all(text.as_bytes())?;
        return Ok(DONE);
    }
    let file =
        file.ok_or_else(|| Stop::usage(own("neither HOME nor XDG_CONFIG_HOME says where it belongs")))?;
    let shown = Raw::new(file.display().to_string()).show();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut new) => new.write_all(text.as_bytes())?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(Stop::usage(say!("{} is there already and was left as it is", shown)));
        }
        Err(error) => return Err(Stop::from(error)),
    }
    tell(&say!("{} is written; take the # away from the profile that you work with", shown));
    Ok(DONE)
}

fn configuration() -> String {
    let mut text = String::from(
        "# casedesk: one profile is one provider in one environment with one set of credentials.\n\
         # Take the # away from what you work with. A secret never stands here; it comes from one of:\n\
         #   { command = [\"pass\", \"show\", \"NAME\"] }   { credential = \"NAME\" }   { file = \"PATH\" }\n\n\
         # store = \"~/.local/share/casedesk\"\n",
    );
    for provider in provider::ALL {
        profile(*provider, &mut text);
    }
    text
}

fn profile(provider: &dyn Provider, text: &mut String) {
    let facts = provider.manifest();
    // Writing into a text cannot fail.
    let _ = write!(
        text,
        "\n# ---- {}\n# [profile.{}-test]\n# provider = \"{}\"\n# environment = \"test\"   # or \"live\"\n",
        facts.title, facts.id, facts.id
    );
    if facts.test.base.is_empty() {
        text.push_str("# base = \"https://…\"   # it has no public address\n");
    }
    for (at, way) in facts.access.iter().enumerate() {
        let other = if at == 0 { "" } else { "# or: " };
        let _ = writeln!(text, "# {other}auth = \"{}\"", way.auth());
        for secret in secrets(way) {
            let _ = writeln!(text, "# {other}{secret} = {{ file = \"{}-{secret}\" }}", facts.id);
        }
    }
    if facts.seals_cards {
        let _ = writeln!(
            text,
            "# card-key = \"{}.pub.pem\"   # the provider's public key for card numbers",
            facts.id
        );
    }
    let mut missing = provider.check(&Settings::of(facts.id));
    let words = in_braces(facts.test.base);
    missing.extend(
        words.map(|word| {
            format!("its table has to say {word:?}, which stands in its address, unless base is set")
        }),
    );
    if !missing.is_empty() {
        text.push_str("# table = { … }   # with a row for each of these:\n");
    }
    for complaint in missing {
        let _ = writeln!(text, "#   {complaint}");
    }
}

/// The words of the table that an address is made with.
fn in_braces(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

/// The secrets of a way in, by the names that a configuration has for them.
pub(super) fn secrets(way: &Access) -> Vec<&'static str> {
    let named = |headers: &'static [Header]| {
        let secret = |header: &'static Header| match header.value {
            Given::Secret(name) => Some(name),
            Given::Set(_) => None,
        };
        headers.iter().filter_map(secret).collect()
    };
    match *way {
        Access::OAuth { .. } => vec!["client-id", "client-secret"],
        Access::Headers { headers, .. } => named(headers),
        Access::Login { members, .. } => named(members),
    }
}
