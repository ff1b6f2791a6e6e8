//! Starting the real program without a terminal: what is refused, in which words, with which exit code, and that
//! nothing was touched. A refusal comes before the terminal, so each story ends at the first thing that is wrong.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use casedesk::{
    case::Moment,
    document::Sha256,
    run::in_use::{Alone, InUse},
    store::{self, Note, Store},
    text::Raw,
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// A home of its own for one run of the program.
struct Home(TempDir);

impl Home {
    fn new() -> Home {
        Home(TempDir::new().unwrap())
    }

    /// A home in which the sandbox was used before.
    fn used() -> Home {
        let home = Home::new();
        let key = store::install_key(&home.store()).unwrap();
        let mut kept = Store::open(&home.store(), &key).unwrap();
        kept.prefer("list", "{}").unwrap();
        kept.record(&Note {
            at: Moment(0),
            who: Raw::new("ann"),
            event: "began",
            case: None,
            subject: Raw::default(),
            detail: Raw::default(),
        })
        .unwrap();
        drop(kept);
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the sandbox's store lies.
    fn store(&self) -> PathBuf {
        self.path().join("data/casedesk-sandbox")
    }

    fn live_store(&self) -> PathBuf {
        self.path().join("data/casedesk")
    }

    fn database(&self) -> PathBuf {
        store::database(&self.store())
    }

    fn config(&self, text: &str) -> PathBuf {
        let folder = self.path().join("config/casedesk");
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("config.toml");
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casedesk"));
        command.args(arguments).env_clear().current_dir(self.path()).stdin(Stdio::null());
        command.env("HOME", self.path()).env("USER", "ann").env("TERM", "xterm").env("LANG", "C.UTF-8");
        command.env("XDG_DATA_HOME", self.path().join("data"));
        command.env("XDG_CONFIG_HOME", self.path().join("config"));
        command
    }

    /// Runs the program to its end. It must end by itself, and print nothing that a terminal could take for a
    /// command.
    fn starts(&self, arguments: &[&str]) -> Ended {
        self.starts_among(arguments, &[])
    }

    /// The same with more in its environment.
    fn starts_among(&self, arguments: &[&str], vars: &[(&str, &str)]) -> Ended {
        let mut command = self.command(arguments);
        let Output { status, stdout, stderr } = ended(command.envs(vars.iter().copied()));
        let (out, told) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        for text in [&out, &told] {
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "control bytes: {text:?}");
        }
        Ended { code: status.code(), out, told }
    }

    /// Every file below the home with its hash and its mode. Left out is what SQLite keeps beside a database to
    /// read it: the index of its log, and a log with nothing in it.
    fn files(&self) -> BTreeMap<PathBuf, (String, u32)> {
        fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, (String, u32)>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let mode = path.symlink_metadata().unwrap().permissions().mode();
                if path.is_dir() {
                    files.insert(path.clone(), (String::new(), mode));
                    walk(&path, files);
                } else if !path.to_string_lossy().ends_with("-shm") && fs::metadata(&path).unwrap().len() > 0 {
                    let hash = Sha256::of(&fs::read(&path).unwrap()).to_string();
                    files.insert(path, (hash, mode));
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(self.path(), &mut files);
        files
    }

    /// Runs the program, which must refuse with exit code 2 in these words and leave every file as it was.
    #[track_caller]
    fn refuses(&self, arguments: &[&str], words: &[&str]) -> Ended {
        self.refuses_among(arguments, &[], words)
    }

    #[track_caller]
    fn refuses_among(&self, arguments: &[&str], vars: &[(&str, &str)], words: &[&str]) -> Ended {
        let before = self.files();
        let ended = self.starts_among(arguments, vars);
        assert_eq!(ended.code, Some(2), "{}", ended.told);
        for words in words {
            assert!(ended.told.contains(words), "{words:?} is not in: {}", ended.told);
        }
        assert!(!ended.told.contains("SESAME"), "a secret: {}", ended.told);
        assert_eq!(ended.out, "");
        assert_eq!(self.files(), before, "something was changed");
        ended
    }
}

/// Runs a program to its end; one that goes on where it should have ended is killed.
fn ended(command: &mut Command) -> Output {
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_child(&child);
    let (done, ending) = mpsc::channel::<()>();
    let watch = thread::spawn(move || {
        if ending.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = kill_process(pid, Signal::KILL);
        }
    });
    let output = child.wait_with_output().unwrap();
    drop(done);
    watch.join().unwrap();
    output
}

struct Ended {
    code: Option<i32>,
    out: String,
    told: String,
}

const NO_TERMINAL: &str = "the screen needs a terminal";

// ---- arguments

#[test]
fn version_and_help_are_told() {
    let home = Home::new();
    let ended = home.starts(&["--version"]);
    assert_eq!((ended.code, ended.told.as_str()), (Some(0), ""));
    assert_eq!(ended.out, format!("casedesk {}\n", env!("CARGO_PKG_VERSION")));
    let ended = home.starts(&["--help"]);
    assert_eq!((ended.code, ended.told.as_str()), (Some(0), ""));
    insta::assert_snapshot!("help", ended.out);
    insta::assert_snapshot!("help of the sandbox", home.starts(&["sandbox", "--help"]).out);
    assert!(home.files().is_empty(), "asking for help makes no files");
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    let home = Home::new();
    home.refuses(&["--what"], &["unexpected argument '--what'"]);
    home.refuses(&["--cases", "0"], &["1..=20000"]);
    home.refuses(&["--cases", "many"], &["many"]);
    home.refuses(&["--theme", "pink"], &["pink", "colour-blind"]);
    home.refuses(&["sandbox", "--listen", "nowhere"], &["nowhere"]);
    home.refuses(&["serve"], &["serve"]);
    home.refuses(&["--config"], &["--config"]);
}

#[test]
fn without_a_terminal_the_program_says_so() {
    let home = Home::used();
    let ended = home.starts(&[]);
    assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""));
    insta::assert_snapshot!("no terminal", ended.told);
    assert!(ended.told.contains(NO_TERMINAL));
}

// ---- the store

#[test]
fn a_store_of_a_newer_program_is_left_to_it() {
    let home = Home::used();
    let database = rusqlite::Connection::open(home.database()).unwrap();
    database.pragma_update(None, "user_version", 9_000).unwrap();
    drop(database);
    let ended = home.refuses(&[], &["written by a newer casedesk", "9000", "left untouched"]);
    insta::assert_snapshot!("newer store", ended.told);
}

#[test]
fn a_damaged_store_is_left_for_others_to_look_at() {
    let broken_header = |bytes: &mut Vec<u8>| bytes[..100].fill(b'x');
    let cut_short = |bytes: &mut Vec<u8>| bytes.truncate(bytes.len() / 2);
    let one_page = |bytes: &mut Vec<u8>| bytes.truncate(1000);
    let other_program = |bytes: &mut Vec<u8>| bytes[68..72].fill(7);
    for (name, harm) in [
        ("header overwritten", &broken_header as &dyn Fn(&mut Vec<u8>)),
        ("cut in the middle", &cut_short),
        ("cut in the first page", &one_page),
        ("another program's database", &other_program),
    ] {
        let home = Home::used();
        let mut bytes = fs::read(home.database()).unwrap();
        harm(&mut bytes);
        fs::write(home.database(), bytes).unwrap();
        let ended = home.refuses(&[], &["is damaged or no casedesk store", "left untouched", "move it away"]);
        insta::assert_snapshot!(
            format!("damaged store: {name}"),
            ended.told.replace(&*home.path().to_string_lossy(), "HOME")
        );
    }
}

#[test]
fn a_store_without_its_key_or_with_another_one_is_not_opened() {
    let home = Home::used();
    let key = home.store().join("key");
    let right = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    home.refuses(&[], &["the key file", "is gone", "put it back"]);
    for wrong in [vec![7; 32], vec![7; 31], Vec::new()] {
        fs::write(&key, wrong).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
        home.refuses(&[], &["is not the one this store was sealed with", "put the right one back"]);
    }
    fs::write(&key, right).unwrap();
    assert!(home.starts(&[]).told.contains(NO_TERMINAL), "with its own key it opens again");
}

#[test]
fn a_store_that_others_can_read_is_refused_with_the_cure() {
    let home = Home::used();
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    mode(&home.store(), 0o755);
    let cure = format!("chmod 700 {}", home.store().display());
    home.refuses(&[], &["others have access to it (mode 755)", &cure]);
    mode(&home.store(), 0o700);
    for name in ["casedesk.db", "key"] {
        let file = home.store().join(name);
        mode(&file, 0o640);
        home.refuses(&[], &["others have access to it (mode 640)", &format!("chmod 600 {}", file.display())]);
        mode(&file, 0o600);
    }
    let file = home.store().join("key");
    let elsewhere = home.path().join("key");
    fs::rename(&file, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &file).unwrap();
    home.refuses(&[], &["it is a symbolic link", "put the file itself in its place"]);
}

#[test]
fn a_first_start_makes_files_for_its_user_alone() {
    let home = Home::new();
    home.starts(&[]);
    let files = home.files();
    assert!(files.keys().any(|path| path.ends_with("casedesk-sandbox/casedesk.db")), "{files:?}");
    for (path, (_, mode)) in files.iter().filter(|(path, _)| path.starts_with(home.store())) {
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
    }
    assert!(!home.live_store().exists(), "the sandbox leaves the live store alone");
}

// ---- the configuration

const PROFILE: &str = "[profile.bank]\nprovider = \"nets\"\nenvironment = \"live\"\n\
    client-id = { file = \"id\" }\nclient-secret = { file = \"secret\" }\n";

#[test]
fn a_broken_configuration_is_told_with_its_place() {
    for (name, text, words) in [
        ("no TOML", "[profile.bank\nprovider = 1".to_owned(), &["line 1, column 14"][..]),
        ("unknown key", PROFILE.to_owned() + "colour = \"red\"\n", &["line 6, column 1", "colour"]),
        ("unknown top key", "stor = \"x\"\n".to_owned() + PROFILE, &["line 1, column 1", "stor"]),
        (
            "unknown provider",
            PROFILE.replace("\"nets\"", "\"nest\""),
            &["line 1", "there is no provider \"nest\"", "nets"],
        ),
        (
            "unknown table name",
            PROFILE.to_owned() + "table = { \"case.numbr\" = \"number\" }\n",
            &["line 1", "case.numbr"],
        ),
        ("unknown environment", PROFILE.replace("\"live\"", "\"prod\""), &["line 3", "prod", "live"]),
        (
            "secret in the file",
            PROFILE.replace("{ file = \"secret\" }", "\"SESAME\""),
            &["line 5, column 17", "command"],
        ),
        (
            "secret in the environment",
            PROFILE.replace("{ file = \"secret\" }", "{ env = \"CASEDESK_SECRET\" }"),
            &["line 5", "--allow-env-secret"],
        ),
        ("http", PROFILE.to_owned() + "base = \"http://nets.example/v1\"\n", &["line 6, column 8", "https"]),
        (
            "no secret",
            PROFILE.replace("client-secret = { file = \"secret\" }\n", ""),
            &["client-secret is missing"],
        ),
    ] {
        let home = Home::new();
        let file = home.config(&text);
        let file = file.to_string_lossy();
        let mut words = words.to_vec();
        words.push(&file);
        let ended = home.refuses(&[], &words);
        insta::assert_snapshot!(
            format!("configuration: {name}"),
            ended.told.replace(&*home.path().to_string_lossy(), "HOME")
        );
    }
}

#[test]
fn a_configuration_without_a_profile_does_not_open_the_sandbox() {
    for text in ["", "store = \"cases\"\n"] {
        let home = Home::new();
        let file = home.config(text);
        let ended = home.refuses(&[], &[&file.to_string_lossy(), "has no profile", "--sandbox"]);
        assert!(!home.store().exists() && !home.path().join("config/casedesk/cases-sandbox").exists());
        insta::assert_snapshot!(
            "configuration without a profile",
            ended.told.replace(&*home.path().to_string_lossy(), "HOME")
        );
        assert!(home.starts(&["--sandbox"]).told.contains(NO_TERMINAL), "named, it opens");
    }
}

#[test]
fn a_configuration_that_others_can_change_is_not_believed() {
    let home = Home::new();
    let file = home.config(PROFILE);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
    let cure = format!("chmod go-w {}", file.display());
    home.refuses(&[], &["can be changed by others (mode 0664)", &cure]);
    // Nor is the sandbox opened in its stead.
    home.refuses(&["--sandbox"], &["can be changed by others (mode 0664)"]);
}

#[test]
fn a_configuration_that_is_named_and_missing_is_told() {
    let home = Home::new();
    let missing = home.path().join("missing.toml");
    home.refuses(&["--config", &missing.to_string_lossy()], &["missing.toml", "No such file"]);
    home.refuses(&["--config", "."], &["is not a file"]);
}

#[test]
fn a_sound_configuration_leads_to_the_terminal_and_fetches_no_secret() {
    let home = Home::new();
    home.config(&PROFILE.replace("{ file = \"secret\" }", "{ command = [\"touch\", \"asked\"] }"));
    let ended = home.starts(&[]);
    assert!(ended.told.contains(NO_TERMINAL), "{}", ended.told);
    assert!(home.live_store().exists() && !home.store().exists());
    assert!(!home.files().keys().any(|path| path.ends_with("asked")), "secrets are fetched when first needed");
}

#[test]
fn an_environment_that_names_other_certificates_is_refused_for_a_provider() {
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let vars = [(name, "/tmp/mine.pem")];
        let home = Home::new();
        home.config(PROFILE);
        let ended = home.refuses_among(&[], &vars, &[name, "operating system's", &format!("env -u {name}")]);
        insta::assert_snapshot!(
            format!("other certificates: {name}"),
            ended.told.replace(&*home.path().to_string_lossy(), "HOME")
        );
        // The sandbox asks nobody, and neither does a profile that leads to this machine.
        assert!(home.starts_among(&["--sandbox"], &vars).told.contains(NO_TERMINAL));
        let here = PROFILE.replace("\"live\"", "\"test\"")
            + "base = \"https://127.0.0.1:8443/\"\ntoken = \"http://[::1]:8080/token\"\n";
        home.config(&here);
        assert!(home.starts_among(&[], &vars).told.contains(NO_TERMINAL));
        // Where credentials become a token matters as much.
        home.config(&here.replace("http://[::1]:8080", "https://id.example"));
        home.refuses_among(&[], &vars, &[name, "id.example"]);
    }
}

#[test]
fn fresh_never_forgets_a_live_store() {
    let home = Home::new();
    home.config(PROFILE);
    home.starts(&[]);
    assert!(store::database(&home.live_store()).exists());
    let ended = home.refuses(&["--fresh"], &["--fresh begins a new sandbox", "not touched", "--sandbox"]);
    insta::assert_snapshot!("fresh on a live store", ended.told);
    let live = home.live_store();
    // Nor where the sandbox is led to it.
    let there = ["--sandbox", "--store", &live.to_string_lossy()];
    let ended =
        home.refuses(&[&["--fresh"], &there[..]].concat(), &["not known to be one", "nothing was changed"]);
    insta::assert_snapshot!(
        "fresh sandbox on a live store",
        ended.told.replace(&*home.path().to_string_lossy(), "HOME")
    );
    let ended = home.refuses(&there, &["invented cases do not go into it", "nothing was changed"]);
    insta::assert_snapshot!(
        "sandbox on a live store",
        ended.told.replace(&*home.path().to_string_lossy(), "HOME")
    );
}

#[test]
fn fresh_forgets_no_store_that_is_not_known_to_be_a_sandbox() {
    let home = Home::used();
    let store = home.path().join("elsewhere");
    fs::rename(home.store(), &store).unwrap();
    let arguments = ["--fresh", "--store", &store.to_string_lossy()];
    home.refuses(&arguments, &["not known to be one"]);
    let database = store::database(&store);
    let sound = fs::read(&database).unwrap();
    fs::write(&database, b"no database").unwrap();
    home.refuses(&arguments, &["not known to be one"]);
    // Once the sandbox was opened there, it is known.
    fs::write(&database, sound).unwrap();
    assert!(home.starts(&["--store", &store.to_string_lossy()]).told.contains(NO_TERMINAL));
    assert!(home.starts(&arguments).told.contains(NO_TERMINAL));
}

#[test]
fn fresh_forgets_nothing_for_a_screen_that_cannot_be_opened() {
    let home = Home::used();
    let before = fs::read(home.store().join("key")).unwrap();
    assert!(home.starts(&["--fresh"]).told.contains(NO_TERMINAL));
    assert_eq!(fs::read(home.store().join("key")).unwrap(), before, "the store was begun anew for nothing");
}

#[test]
fn another_number_of_cases_needs_a_new_world() {
    let home = Home::used();
    fs::write(home.store().join("world.json"), r#"{"seed": 1, "cases": 300, "born": 0}"#).unwrap();
    home.refuses(&["--cases", "20"], &["has 300 cases", "--fresh makes a new one with 20"]);
    assert!(home.starts(&["--cases", "300"]).told.contains(NO_TERMINAL));
}

#[test]
fn fresh_takes_no_key_whose_database_was_moved_away() {
    // As the words about a damaged store advise.
    let live = Home::new();
    live.config(PROFILE);
    live.starts(&[]);
    for name in ["casedesk.db", "casedesk.db-wal", "casedesk.db-shm"] {
        let _ = fs::rename(live.live_store().join(name), live.path().join(name));
    }
    live.refuses(
        &["--sandbox", "--fresh", "--store", &live.live_store().to_string_lossy()],
        &["not known to be one", "nothing was changed"],
    );
    assert!(live.live_store().join("key").exists());

    // Nor a directory of somebody who never heard of casedesk.
    for name in ["key", "world.json"] {
        let home = Home::new();
        let other = home.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join(name), "mine").unwrap();
        home.refuses(&["--fresh", "--store", &other.to_string_lossy()], &["not known to be one"]);
    }

    // The usual sandbox, and a directory with nothing in it, begin anew.
    let home = Home::used();
    fs::remove_file(home.database()).unwrap();
    assert!(home.starts(&["--fresh"]).told.contains(NO_TERMINAL));
    let empty = home.path().join("empty");
    assert!(home.starts(&["--fresh", "--store", &empty.to_string_lossy()]).told.contains(NO_TERMINAL));
}

#[test]
fn fresh_looks_who_else_can_reach_the_sandbox_first() {
    let home = Home::used();
    fs::write(home.store().join("world.json"), "{}").unwrap();
    for database in [true, false] {
        if !database {
            fs::remove_file(home.database()).unwrap();
        }
        fs::set_permissions(home.store(), fs::Permissions::from_mode(0o777)).unwrap();
        home.refuses(&["--fresh"], &["others have access to it (mode 777)", "chmod 700"]);
        fs::set_permissions(home.store(), fs::Permissions::from_mode(0o700)).unwrap();
    }
}

#[test]
fn fresh_forgets_nothing_that_another_terminal_works_on() {
    let home = Home::used();
    let used = InUse::join(&home.store()).unwrap();
    let ended =
        home.refuses(&["--fresh"], &["another casedesk has the store in", "open", "nothing was changed"]);
    insta::assert_snapshot!(
        "fresh beside another terminal",
        ended.told.replace(&*home.path().to_string_lossy(), "HOME")
    );
    assert!(home.starts(&[]).told.contains(NO_TERMINAL), "a second terminal opens all the same");
    drop(used);
    let alone = Alone::take(&home.store()).unwrap();
    home.refuses(&[], &["another casedesk is just beginning anew"]);
    drop(alone);
    assert!(home.starts(&["--fresh"]).told.contains(NO_TERMINAL));
}

// ---- the journal

#[test]
fn the_journal_is_verified_without_a_terminal() {
    let home = Home::new();
    let verify = ["--sandbox", "journal", "verify"];
    home.refuses(&verify, &["there is no store at"]);
    let home = Home::used();
    let ended = home.starts(&verify);
    assert_eq!(
        (ended.code, ended.out.as_str(), ended.told.as_str()),
        (Some(0), "the journal is whole: 1 record\n", "")
    );
    // Somebody who can write the file makes ann's record somebody else's.
    let database = rusqlite::Connection::open(home.database()).unwrap();
    database.execute_batch("DROP TRIGGER journal_is_not_changed; UPDATE journal SET who = 'bob'").unwrap();
    drop(database);
    home.refuses(&verify, &["is not as it was written from record 1 on", "as evidence"]);
}

#[test]
fn whose_journal_is_verified_is_never_guessed() {
    let home = Home::used();
    home.refuses(&["journal", "verify"], &["there is no configuration", "--store", "--sandbox"]);
    let store = home.store();
    let whole = "the journal is whole: 1 record\n";
    assert_eq!(home.starts(&["--store", &store.to_string_lossy(), "journal", "verify"]).out, whole);
    home.config("# nothing yet\n");
    home.refuses(&["journal", "verify"], &["config.toml has no profile", "--sandbox"]);
    assert_eq!(home.starts(&["--store", &store.to_string_lossy(), "journal", "verify"]).out, whole);
    // With profiles it is theirs, and not the sandbox's.
    home.config(PROFILE);
    home.refuses(
        &["journal", "verify"],
        &["there is no store at", &home.live_store().join("casedesk.db").to_string_lossy()],
    );
}

#[test]
fn the_outbox_of_a_store_that_was_never_opened_is_empty() {
    let home = Home::new();
    for (asked, says) in
        [(&["list", "--json"] as &[&str], "[]\n"), (&["list"], ""), (&["send"], "nothing waits to be sent\n")]
    {
        let ended = home.starts(&[&["--sandbox", "outbox"], asked].concat());
        assert_eq!((ended.code, ended.out.as_str(), ended.told.as_str()), (Some(0), says, ""), "{asked:?}");
    }
    assert!(home.files().is_empty(), "nothing was made only to be looked at");
}

#[test]
fn a_home_that_is_not_there_is_told() {
    let home = Home::new();
    let ended = home.command(&[]).env_remove("HOME").env_remove("XDG_DATA_HOME").output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(told.contains("neither HOME nor XDG_DATA_HOME says where the store shall lie"), "{told}");
}

#[test]
fn a_hostile_file_name_is_told_safely() {
    let home = Home::new();
    let ended = home.starts(&["--config", "\u{1b}[2J\u{202e}gpj.toml"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.told.contains("^[[2J") && !ended.told.contains('\u{202e}'), "{:?}", ended.told);
}

// ---- the sandbox for other programs

#[test]
fn the_sandbox_listens_on_this_machine_only() {
    let home = Home::new();
    for address in ["0.0.0.0:0", "192.168.1.1:0", "[::]:0"] {
        home.refuses(&["sandbox", "--listen", address], &["loopback addresses only"]);
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    home.refuses(&["sandbox", "--listen", &address], &[&address, "in use"]);
}

/// A program that is ended with the story.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn asked(address: &str, request: String) -> String {
    let mut line = TcpStream::connect(address).unwrap();
    line.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_sandbox_serves_others_until_it_is_told_to_stop() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let mut command = home.command(&["sandbox", "--listen", "127.0.0.1:0", "--cases", "20"]);
        let mut served = Served(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
        let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut told = BTreeMap::new();
        for line in lines.by_ref() {
            if line.contains("END PUBLIC KEY") {
                break;
            }
            if let Some((label, value)) = line.split_once("  ") {
                told.insert(label.trim().to_owned(), value.trim().to_owned());
            }
        }
        let value = |label: &str| told.get(label).unwrap_or_else(|| panic!("no {label} in {told:?}")).as_str();
        let (base, token) = (value("base address"), value("token address"));
        let host = token.strip_prefix("http://").unwrap().split('/').next().unwrap();
        assert!(base.starts_with(&format!("http://{host}/")));

        let pair = STANDARD.encode(format!("{}:{}", value("client id"), value("client secret")));
        let grant = "grant_type=client_credentials";
        let answer = asked(
            host,
            format!(
                "POST /token HTTP/1.1\r\nHost: {host}\r\nAuthorization: Basic {pair}\r\nConnection: close\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{grant}",
                grant.len()
            ),
        );
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let body: serde_json::Value = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        let bearer = body["access_token"].as_str().unwrap();
        let path = base.split_once(host).unwrap().1;
        let queue = asked(
            host,
            format!(
                "GET {path}/disputeQueue?queueId=6000 HTTP/1.1\r\nHost: {host}\r\n\
                 Authorization: Bearer {bearer}\r\nConnection: close\r\n\r\n"
            ),
        );
        assert!(queue.starts_with("HTTP/1.1 200") && queue.contains("\"caseNumber\""), "{queue}");

        kill_process(Pid::from_child(&served.0), signal).unwrap();
        assert_eq!(served.0.wait().unwrap().code(), Some(0), "{signal:?}");
        let mut stderr = String::new();
        served.0.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(stderr, "");
        assert!(TcpStream::connect(host).is_err(), "nobody listens any more");
        assert!(home.files().is_empty(), "a stand-in for others keeps nothing");
    }
}

#[test]
fn a_sandbox_whose_addresses_nobody_reads_ends() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let Output { status, stderr, .. } = home.command(&["sandbox"]).stdout(writer).output().unwrap();
    assert_eq!(status.code(), Some(2));
    let told = String::from_utf8(stderr).unwrap();
    assert_eq!(told, "casedesk: the sandbox's addresses could not be printed: Broken pipe (os error 32)\n");
}
