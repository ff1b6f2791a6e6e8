//! The configuration file: what it may say, what it is told when it says something else, and who may touch it.

use std::{
    collections::HashMap,
    ffi::OsString,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use casedesk::{
    config::{CardPadding, Config, Environment, Given, Profile, SecretSource},
    graphics::Wish,
};
use tempfile::TempDir;

/// A home folder of its own and an environment that nobody else sees.
struct Desk {
    home: TempDir,
    vars: HashMap<String, OsString>,
}

impl Desk {
    fn new() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let vars = HashMap::from([("HOME".to_owned(), home.path().into())]);
        Desk { home, vars }
    }

    fn with(mut self, name: &str, value: impl Into<OsString>) -> Desk {
        self.vars.insert(name.to_owned(), value.into());
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn write(&self, name: &str, text: &str, mode: u32) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    fn get(&self, name: &str) -> Option<OsString> {
        self.vars.get(name).cloned()
    }

    fn load(&self, given: &Given) -> Result<Config, String> {
        Config::load(given, &|name| self.get(name))
    }

    /// Reads `text` as the usual file.
    fn read(&self, text: &str) -> Result<Config, String> {
        self.write(".config/casedesk/config.toml", text, 0o644);
        self.load(&Given::default())
    }

    /// The first profile's API key, fetched.
    fn key(&self, text: &str) -> Result<String, String> {
        key(&self.read(text)?.profiles[0], self)
    }
}

fn named(path: &Path) -> Given {
    Given { file: Some(path.to_owned()), ..Given::default() }
}

fn key_from(source: &str) -> String {
    format!(
        "[profile.bank]\nprovider = \"nets\"\nenvironment = \"test\"\nauth = \"api-key\"\napi-key = {source}\n"
    )
}

fn key(profile: &Profile, desk: &Desk) -> Result<String, String> {
    Ok(profile.secret("api-key", &|name| desk.get(name))?.reveal().to_owned())
}

#[test]
fn without_a_file_there_are_no_profiles_and_the_usual_folders() {
    let desk = Desk::new();
    let config = desk.load(&Given::default()).unwrap();
    assert_eq!((config.file, config.profiles), (None, vec![]));
    assert_eq!(config.store, desk.path(".local/share/casedesk"));
    assert_eq!(config.sandbox_store, desk.path(".local/share/casedesk-sandbox"));
}

#[test]
fn folders_follow_the_xdg_variables_where_they_are_absolute() {
    let desk = Desk::new().with("XDG_CONFIG_HOME", "relative").with("XDG_DATA_HOME", "/data");
    assert_eq!(desk.load(&Given::default()).unwrap().store, Path::new("/data/casedesk"));
    desk.write(".config/casedesk/config.toml", "", 0o600);
    assert!(desk.load(&Given::default()).unwrap().file.is_some());

    let elsewhere = desk.path("etc");
    let desk = desk.with("XDG_CONFIG_HOME", &elsewhere);
    assert_eq!(desk.load(&Given::default()).unwrap().file, None);
    let path = desk.write("etc/casedesk/config.toml", "store = \"cases\"", 0o600);
    let config = desk.load(&Given::default()).unwrap();
    assert_eq!((config.file, config.store), (Some(path), elsewhere.join("casedesk/cases")));
}

#[test]
fn a_store_that_cannot_be_placed_is_told() {
    let nowhere: fn(&str) -> Option<OsString> = |_| None;
    let why = Config::load(&Given::default(), &nowhere).unwrap_err();
    assert!(why.contains("XDG_DATA_HOME"), "{why}");
}

#[test]
fn a_file_that_was_named_or_that_leads_nowhere_is_never_passed_over() {
    let desk = Desk::new();
    let why = desk.load(&named(&desk.path("mine.toml"))).unwrap_err();
    assert!(why.contains("mine.toml") && why.contains("No such file"), "{why}");

    fs::create_dir_all(desk.path(".config/casedesk")).unwrap();
    let usual = desk.path(".config/casedesk/config.toml");
    symlink(desk.path("gone.toml"), &usual).unwrap();
    let why = desk.load(&Given::default()).unwrap_err();
    assert!(why.contains("No such file"), "{why}");

    fs::remove_file(&usual).unwrap();
    fs::create_dir(&usual).unwrap();
    let why = desk.load(&Given::default()).unwrap_err();
    assert!(why.contains("is not a file"), "{why}");
}

#[test]
fn everything_that_may_be_said_is_understood() {
    let text = r#"
        store = "~/cases"

        [profile.nets-live]
        provider = "nets"
        environment = "live"
        client-id = { command = ["pass", "show", "nets/id"] }
        client-secret = { credential = "nets-secret" }
        card-key = "nets.pem"

        [profile.nets-test]
        provider = "nets"
        environment = "test"
        base = "http://127.0.0.1:8080/v1"
        token = "https://token.example/token"
        auth = "oauth"
        client-id = { file = "/run/id" }
        client-secret = { file = "~/secret" }
        card-key = "/etc/nets.pem"
        card-padding = "oaep-sha256"

        [profile.nets-test.table]
        "path.create" = "/disputes"
        action.submit = "SUBMIT"
    "#;
    // A dotted key makes a table, which the override map is not.
    let desk = Desk::new();
    let why = desk.read(text).unwrap_err();
    assert!(why.contains("line 24") && why.contains("expected a string"), "{why}");

    let config = desk.read(&text.replace("action.submit", "\"action.submit\"")).unwrap();
    assert_eq!((config.store, config.sandbox_store), (desk.path("cases"), desk.path("cases-sandbox")));
    let [live, test] = config.profiles.as_slice() else { panic!("two profiles") };
    assert_eq!(
        (live.name(), live.provider.as_str(), live.environment),
        ("nets-live", "nets", Environment::Live)
    );
    assert_eq!((&live.base, &live.token, live.settings.table.len()), (&None, &None, 0));
    let command = ["pass", "show", "nets/id"].map(str::to_owned).to_vec();
    let (id, secret) = (SecretSource::Command(command), SecretSource::Credential("nets-secret".into()));
    assert_eq!(live.auth, "oauth");
    assert_eq!(live.secrets, [("client-id", id), ("client-secret", secret)].into());
    let card = live.card.as_ref().unwrap();
    assert_eq!(
        (card.path.as_path(), card.padding),
        (&*desk.path(".config/casedesk/nets.pem"), CardPadding::Pkcs1)
    );
    assert!(live.place.ends_with("config.toml, line 4"), "{}", live.place);

    assert_eq!(test.base.as_ref().unwrap().to_string(), "http://127.0.0.1:8080/v1");
    assert_eq!(test.token.as_ref().unwrap().to_string(), "https://token.example/token");
    let (id, secret) = (SecretSource::File("/run/id".into()), SecretSource::File(desk.path("secret")));
    assert_eq!(test.secrets, [("client-id", id), ("client-secret", secret)].into());
    assert_eq!(test.card.as_ref().unwrap().padding, CardPadding::OaepSha256);
    assert_eq!(test.settings.profile, "nets-test");
    assert_eq!(test.settings.table["path.create"], "/disputes");
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_is_allowed() {
    let oauth = "client-id = { file = \"a\" }\nclient-secret = { file = \"b\" }\n";
    let profile = |rest: &str| format!("[profile.p]\nprovider = \"nets\"\nenvironment = \"test\"\n{rest}");
    let live = |rest: &str| profile(&format!("{rest}\n{oauth}")).replace("test", "live");
    let table: Vec<(String, usize, usize, &[&str])> = vec![
        ("store = ".into(), 1, 0, &[]),
        ("colour = 1\n".into(), 1, 1, &["unknown field `colour`", "`store`", "`profile`"]),
        ("store = 5".into(), 1, 9, &["expected a string"]),
        ("store = \"\"".into(), 1, 9, &["store is a folder"]),
        ("\n[profile.p]\nprovider = \"nets\"\n".into(), 2, 0, &["missing field `environment`"]),
        (profile("paddding = 1"), 4, 1, &["unknown field `paddding`", "`card-padding`"]),
        (profile("").replace("test", "prod"), 3, 15, &["`prod`", "`test` or `live`"]),
        (
            profile("auth = \"basic\""),
            4,
            8,
            &["`basic`", "expected one of `oauth`, `api-key`, `key-and-secret`, `login`, `bearer`"],
        ),
        (profile("auth = \"api-key\""), 1, 10, &["api-key is missing", "command"]),
        (profile("client-id = { file = \"a\" }"), 1, 10, &["client-secret is missing"]),
        (
            profile(&format!("api-key = {{ file = \"a\" }}\n{oauth}")),
            4,
            11,
            &["not used with auth = \"oauth\""],
        ),
        (
            profile(&format!("auth = \"api-key\"\n{oauth}api-key = {{ file = \"a\" }}")),
            5,
            13,
            &["client-id is not used"],
        ),
        (profile(&format!("card-padding = \"pkcs1\"\n{oauth}")), 4, 16, &["without card-key"]),
        (profile(&format!("card-padding = \"none\"\n{oauth}")), 4, 16, &["`pkcs1` or `oaep-sha256`"]),
        (
            profile(&format!("base = \"http://api.example\"\n{oauth}")),
            4,
            8,
            &["base", "api.example", "use https"],
        ),
        (profile(&format!("base = \"nets\"\n{oauth}")), 4, 8, &["looks like https://host/path"]),
        (live("base = \"http://127.0.0.1:1/\""), 4, 8, &["a live profile cannot lead to this machine"]),
        (live("base = \"https://[::1]/\""), 4, 8, &["a live profile cannot lead to this machine"]),
        (live("token = \"http://127.0.0.1:1/\""), 4, 9, &["token", "cannot lead to this machine"]),
        (profile(oauth).replace("profile.p", "profile.\"a b\""), 1, 10, &["\"a b\"", "letters"]),
        (profile(oauth).replace("nets", ""), 2, 12, &["provider is empty"]),
        (format!("{}{}", profile(oauth), profile(oauth)), 6, 0, &["duplicate key"]),
        (
            profile("client-id = { env = \"ID\" }\nclient-secret = { file = \"b\" }"),
            4,
            13,
            &["--allow-env-secret"],
        ),
    ];
    for (text, line, column, parts) in table {
        let why = Desk::new().read(&text).unwrap_err();
        let place = match column {
            0 => format!("/.config/casedesk/config.toml, line {line}, column "),
            column => format!("/.config/casedesk/config.toml, line {line}, column {column}: "),
        };
        assert!(why.contains(&place), "{text}\n{why}");
        for part in parts {
            assert!(why.contains(part), "{text}\n{part}\n{why}");
        }
    }
}

#[test]
fn a_secret_that_stands_in_the_file_is_refused_and_not_repeated() {
    for value in [
        "\"sk_SESAME\"",
        "{ value = \"sk_SESAME\" }",
        "{ command = \"echo sk_SESAME\" }",
        "{ command = [] }",
        "{ command = [\"\"] }",
        "{ command = [\"echo\", 7] }",
        "{ credential = \"../SESAME\" }",
        "{ credential = \"..\" }",
        "{ env = \"SESAME=1\" }",
        "{ file = \"\" }",
        "{ file = \"SESAME\", env = \"SESAME\" }",
        "{}",
        "[\"sk_SESAME\"]",
        "12345678",
        "1.5",
        "true",
        "1979-05-27",
        "sk_SESAME",
        "\"sk_SESAME",
        "'''sk_SESAME",
        "\"sk\\qSESAME\"",
    ] {
        let why = Desk::new().read(&key_from(value)).unwrap_err();
        assert!(why.contains("config.toml, line "), "{value}: {why}");
        assert!(!why.contains("SESAME") && !why.contains("12345678"), "{value}: {why}");
    }
    let why = Desk::new().read(&key_from("\"sk_SESAME\"")).unwrap_err();
    assert!(why.contains("does not stand in the file") && why.contains("{ command = ["), "{why}");
}

#[test]
fn a_file_that_others_can_change_is_refused_with_the_cure() {
    for (mode, fine) in
        [(0o600, true), (0o644, true), (0o444, true), (0o664, false), (0o646, false), (0o777, false)]
    {
        let desk = Desk::new();
        let path = desk.write("config.toml", "", mode);
        let outcome = desk.load(&named(&path));
        assert_eq!(outcome.is_ok(), fine, "{mode:o}");
        if let Err(why) = outcome {
            let cure =
                format!("can be changed by others (mode {mode:04o}); run: chmod go-w {}", path.display());
            assert!(why.contains(&cure), "{why}");
        }
    }
}

#[test]
fn a_file_that_is_no_text_or_too_much_of_it_is_refused() {
    let desk = Desk::new();
    let path = desk.path("config.toml");
    fs::write(&path, b"store = \"\xff\"").unwrap();
    assert!(desk.load(&named(&path)).unwrap_err().contains("not UTF-8"));
    fs::write(&path, "#".repeat((1 << 20) + 1)).unwrap();
    assert!(desk.load(&named(&path)).unwrap_err().contains("larger than"));
}

#[test]
fn a_command_gives_the_secret_when_it_is_needed_and_not_before() {
    let desk = Desk::new();
    let mark = desk.path("ran");
    let text = key_from(&format!("{{ command = [\"sh\", \"-c\", \"touch {}; echo sk_1\"] }}", mark.display()));
    desk.read(&text).unwrap();
    assert!(!mark.exists());
    assert_eq!(desk.key(&text).as_deref(), Ok("sk_1"));
    assert!(mark.exists());
}

#[test]
fn a_command_is_run_as_it_stands_without_a_shell() {
    let key = Desk::new().key(&key_from("{ command = [\"printf\", \"%s\", \"$HOME; echo 'a' | b\"] }"));
    assert_eq!(key.as_deref(), Ok("$HOME; echo 'a' | b"));
}

#[test]
fn only_one_line_of_text_is_a_secret() {
    for (printed, given) in [
        ("sk", Ok("sk")),
        ("sk\\n", Ok("sk")),
        ("sk\\r\\n", Ok("sk")),
        (" sk ", Ok(" sk ")),
        ("", Err("gives nothing")),
        ("\\n", Err("gives nothing")),
        ("sk\\n\\n", Err("more than one line")),
        ("SESAME\\nuser: ann\\n", Err("more than one line")),
        ("SESAME\\033[2J", Err("control characters")),
        ("SESAME\\377", Err("not text")),
    ] {
        let key = Desk::new().key(&key_from(&format!("{{ command = [\"printf\", '{printed}'] }}")));
        match (key, given) {
            (Ok(key), Ok(expected)) => assert_eq!(key, expected, "{printed}"),
            (Err(why), Err(part)) => {
                assert!(why.contains(part) && why.contains("api-key of profile bank"), "{printed}: {why}");
                assert!(!why.contains("SESAME"), "{why}");
            }
            (found, expected) => panic!("{printed}: {found:?} instead of {expected:?}"),
        }
    }
}

#[test]
fn a_command_that_fails_or_floods_is_told_without_its_words() {
    for (command, part) in [
        ("[\"sh\", \"-c\", \"echo SESAME; echo SESAME >&2; exit 3\"]", "failed (exit status: 3)"),
        ("[\"sh\", \"-c\", \"kill -9 $$\"]", "failed (signal: 9"),
        ("[\"/nowhere/to/be/found\", \"x\"]", "could not be started"),
        ("[\"yes\", \"SESAME\"]", "more than 4096 bytes"),
    ] {
        let why = Desk::new().key(&key_from(&format!("{{ command = {command} }}"))).unwrap_err();
        assert!(why.contains(part) && !why.contains("SESAME"), "{why}");
    }
}

#[test]
fn a_secret_file_that_others_can_read_is_refused_with_the_cure() {
    for (mode, fine) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o660, false)] {
        let desk = Desk::new();
        let path = desk.write("key", "sk_2\n", mode);
        let outcome = desk.key(&key_from("{ file = \"~/key\" }"));
        match outcome {
            Ok(key) => assert!(fine && key == "sk_2", "{mode:o}"),
            Err(why) => {
                assert!(
                    !fine && why.contains(&format!("run: chmod go= {}", path.display())),
                    "{mode:o}: {why}"
                );
            }
        }
    }
    let why = Desk::new().key(&key_from("{ file = \"/dev/zero\" }")).unwrap_err();
    assert!(why.contains("is not a file"), "{why}");
    let desk = Desk::new();
    desk.write("key", &"k".repeat(4097), 0o600);
    assert!(desk.key(&key_from("{ file = \"~/key\" }")).unwrap_err().contains("larger than 4096 bytes"));
}

#[test]
fn a_relative_secret_file_lies_beside_the_configuration() {
    let desk = Desk::new();
    desk.write(".config/casedesk/keys/nets", "sk_3", 0o600);
    assert_eq!(desk.key(&key_from("{ file = \"keys/nets\" }")).as_deref(), Ok("sk_3"));
}

#[test]
fn a_credential_comes_from_where_systemd_puts_it() {
    let desk = Desk::new();
    let text = key_from("{ credential = \"nets\" }");
    let why = desk.key(&text).unwrap_err();
    assert!(why.contains("CREDENTIALS_DIRECTORY"), "{why}");
    let folder = desk.path("credentials");
    let desk = desk.with("CREDENTIALS_DIRECTORY", folder);
    assert!(desk.key(&text).unwrap_err().contains("No such file"));
    for (mode, fine) in [(0o400, true), (0o440, true), (0o444, false)] {
        let _ = fs::remove_file(desk.path("credentials/nets"));
        desk.write("credentials/nets", "sk_4", mode);
        assert_eq!(desk.key(&text).is_ok(), fine, "{mode:o}");
    }
}

#[test]
fn a_secret_from_the_environment_needs_to_be_allowed() {
    let desk = Desk::new().with("NETS_KEY", "sk_5");
    let path = desk.write("config.toml", &key_from("{ env = \"NETS_KEY\" }"), 0o600);
    assert!(desk.load(&named(&path)).is_err());
    let config = desk.load(&Given { allow_env_secret: true, ..named(&path) }).unwrap();
    let fetched = |desk: &Desk| key(&config.profiles[0], desk);
    assert_eq!(fetched(&desk).as_deref(), Ok("sk_5"));
    assert!(fetched(&Desk::new()).unwrap_err().contains("NETS_KEY is not set"));
}

#[test]
fn every_way_to_show_who_one_is_takes_its_own_secrets_and_no_others() {
    let ways: [(&str, &[&str]); 5] = [
        ("oauth", &["client-id", "client-secret"]),
        ("api-key", &["api-key"]),
        ("key-and-secret", &["api-key", "api-secret"]),
        ("login", &["login-id", "api-key"]),
        ("bearer", &["access-token"]),
    ];
    let profile = |auth: &str, secrets: &[&str]| {
        let secrets: String =
            secrets.iter().map(|name| format!("{name} = {{ command = [\"echo\", \"SESAME\"] }}\n")).collect();
        format!("[profile.p]\nprovider = \"any\"\nenvironment = \"test\"\nauth = {auth:?}\n{secrets}")
    };
    for (auth, secrets) in ways {
        let desk = Desk::new();
        let config = desk.read(&profile(auth, secrets)).unwrap();
        let read = &config.profiles[0];
        assert_eq!(read.auth, auth);
        assert!(!format!("{read:?}").contains("SESAME\")"));
        for name in secrets {
            let secret = read.secret(name, &|name| desk.get(name)).unwrap();
            assert_eq!((secret.reveal(), format!("{secret:?}").contains("SESAME")), ("SESAME", false));
            let without: Vec<_> = secrets.iter().copied().filter(|other| other != name).collect();
            let why = desk.read(&profile(auth, &without)).unwrap_err();
            assert!(why.contains(&format!("{name} is missing, which auth = {auth:?} needs")), "{why}");
        }
        for (other, theirs) in ways {
            let more = theirs.iter().find(|name| !secrets.contains(name));
            if let Some(name) = more {
                let all: Vec<_> = secrets.iter().copied().chain([*name]).collect();
                let why = desk.read(&profile(auth, &all)).unwrap_err();
                assert!(why.contains(&format!("{name} is not used with auth = {auth:?}")), "{other}: {why}");
            }
        }
        let token = format!("{}token = \"https://token.example/t\"\n", profile(auth, secrets));
        assert_eq!(desk.read(&token).is_ok(), matches!(auth, "oauth" | "login"), "{auth}");
    }
}

#[test]
fn a_card_key_that_others_can_exchange_is_not_used() {
    let desk = Desk::new();
    let text = format!("{}card-key = \"nets.pem\"", key_from("{ file = \"x\" }"));
    let card = desk.read(&text).unwrap().profiles[0].card.clone().unwrap();
    desk.write(".config/casedesk/nets.pem", "PEM", 0o644);
    assert_eq!(card.read().as_deref(), Ok(&b"PEM"[..]));
    desk.write(".config/casedesk/nets.pem", "PEM", 0o666);
    assert!(card.read().unwrap_err().contains("chmod go-w"));
}

#[test]
fn how_pictures_are_shown_is_the_users_word_and_the_environments_before_it() {
    let desk = Desk::new();
    let config = desk.load(&Given::default()).unwrap();
    assert_eq!((config.images, config.images_in_tmux), (Wish::Auto, false));
    let config = desk.read("images = \"half-blocks\"\nimages-in-tmux = true\n").unwrap();
    assert_eq!((config.images, config.images_in_tmux), (Wish::HalfBlocks, true));
    let told = desk.read("\nimages = \"Sixel\"\n").unwrap_err();
    assert!(told.ends_with(
        "config.toml, line 2, column 10: images is \"Sixel\"; it can be auto, kitty, sixel, iterm2, half-blocks, off"
    ));
    let desk = Desk::new().with("CASEDESK_IMAGES", "off");
    assert_eq!(desk.load(&Given::default()).unwrap().images, Wish::Off);
    assert_eq!(desk.read("images = \"sixel\"\n").unwrap().images, Wish::Off);
    let desk = Desk::new().with("CASEDESK_IMAGES", "");
    assert_eq!(desk.read("images = \"sixel\"\n").unwrap().images, Wish::Sixel);
    let told = Desk::new().with("CASEDESK_IMAGES", "yes").load(&Given::default()).unwrap_err();
    assert!(told.starts_with("CASEDESK_IMAGES is \"yes\"; it can be auto, "), "{told}");
}
