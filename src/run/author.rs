//! Who works here, in words for the journal: whom the operating system says this process belongs to. What anybody can set
//! in the environment only stands beside that name, where it says something else.

use crate::text::Raw;

/// The longest part that is taken from the environment, in characters.
const LONGEST: usize = 64;

/// What the operating system knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Process {
    /// The real user's number.
    pub uid: u32,
    /// The text of /etc/passwd (format: passwd(5)); empty where it cannot be read.
    pub accounts: String,
    pub host: String,
    /// The terminal's name without `/dev/`; empty without one.
    pub terminal: String,
}

/// `ann@host pts/0`; `ann (USER=boss)@host pts/0 from 192.0.2.7` where the environment says more. A user without an
/// account in the file is `uid 1000`. `vars` looks up an environment variable.
pub fn author(process: &Process, vars: &dyn Fn(&str) -> Option<String>) -> Raw {
    let set = |name: &str| vars(name).map(|value| short(&value)).filter(|value| !value.is_empty());
    let name = account(&process.accounts, process.uid).map(short);
    let name = name.unwrap_or_else(|| format!("uid {}", process.uid));
    let mut claims: Vec<String> = Vec::new();
    let mut said = vec![name.clone()];
    for var in ["USER", "LOGNAME", "SUDO_USER"] {
        if let Some(claim) = set(var).filter(|claim| !said.contains(claim)) {
            claims.push(format!("{var}={claim}"));
            said.push(claim);
        }
    }
    let claims = if claims.is_empty() { String::new() } else { format!(" ({})", claims.join(", ")) };
    let mut words = format!("{name}{claims}@{}", process.host);
    if !process.terminal.is_empty() {
        words.push(' ');
        words.push_str(&process.terminal);
    }
    // "client port server port", as ssh(1) says.
    if let Some(client) = set("SSH_CONNECTION").as_deref().and_then(|line| line.split_whitespace().next()) {
        words.push_str(" from ");
        words.push_str(client);
    }
    Raw::new(words)
}

fn short(value: &str) -> String {
    value.chars().take(LONGEST).collect()
}

/// The name of the first account with a number.
fn account(accounts: &str, uid: u32) -> Option<&str> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, number) = (fields.next()?, fields.nth(1)?);
        (!name.is_empty() && number.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(uid: u32, vars: &[(&str, &str)]) -> Raw {
        let accounts = "root:x:0:0:root:/root:/bin/bash\n# note\nann:x:1000:1000::/home/ann:/bin/sh\n\
                        again:x:1000:1:::\n:x:7::::\n";
        let process =
            Process { uid, accounts: accounts.into(), host: "desk7".into(), terminal: "pts/0".into() };
        author(&process, &|name| {
            vars.iter().find(|(var, _)| *var == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_author_is_who_the_system_says_and_claims_stand_beside_it() {
        for (uid, vars, expected) in [
            (1000, &[][..], "ann@desk7 pts/0"),
            (1000, &[("USER", "ann"), ("LOGNAME", "ann")], "ann@desk7 pts/0"),
            (1000, &[("USER", "boss")], "ann (USER=boss)@desk7 pts/0"),
            (0, &[("USER", "root"), ("SUDO_USER", "ann")], "root (SUDO_USER=ann)@desk7 pts/0"),
            (1000, &[("USER", "boss"), ("LOGNAME", "")], "ann (USER=boss)@desk7 pts/0"),
            (4711, &[("USER", "ann")], "uid 4711 (USER=ann)@desk7 pts/0"),
            (4711, &[("USER", "ann"), ("LOGNAME", "ann")], "uid 4711 (USER=ann)@desk7 pts/0"),
            (1000, &[("USER", "boss"), ("LOGNAME", "eve")], "ann (USER=boss, LOGNAME=eve)@desk7 pts/0"),
            (7, &[], "uid 7@desk7 pts/0"),
            (1000, &[("SSH_CONNECTION", "192.0.2.7 50122 192.0.2.9 22")], "ann@desk7 pts/0 from 192.0.2.7"),
            (1000, &[("SSH_CONNECTION", " ")], "ann@desk7 pts/0"),
        ] {
            assert_eq!(told(uid, vars).exact(), expected);
        }
    }

    #[test]
    fn what_the_environment_says_is_short_and_shown_safely() {
        let long = "x".repeat(100_000);
        assert!(told(1000, &[("USER", &long), ("SSH_CONNECTION", &long)]).exact().len() < 200);
        let shown = told(1000, &[("USER", "\u{1b}[2J4111111111111111")]).show();
        assert_eq!(shown.as_str(), "ann (USER=^[[2J411111******1111)@desk7 pts/0");
    }
}
