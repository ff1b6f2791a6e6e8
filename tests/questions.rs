//! What the commands ask at a terminal: before anything is sent, the word of what is final, a card number that nobody sees,
//! and the letters of a person's decision.

mod pty;
mod shell;

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, path::Path};

use pty::{Pty, Signal, Start};
use shell::Shell;

/// A published test number.
const CARD: &str = "4111111111111111";

/// The store of a sandbox that several programs work on.
struct Desk(Shell);

impl Desk {
    fn new() -> Desk {
        Desk(Shell::new())
    }

    fn store(&self) -> String {
        self.0.path().join("store").to_str().unwrap().to_owned()
    }

    /// The first case of a queue, with its status.
    fn one(&self, queue: &str, status: &str) -> String {
        let cases = self.0.done(&["--store", &self.store(), "queue", queue, "--json"]).json();
        let fitting = |case: &&serde_json::Value| case["status"].as_str().unwrap().contains(status);
        cases.as_array().unwrap().iter().find(fitting).unwrap()["number"].as_str().unwrap().to_owned()
    }

    fn status(&self, number: &str) -> String {
        let case = self.0.done(&["--store", &self.store(), "case", number, "--json"]).json();
        format!("{} {}", case["queue"].as_str().unwrap(), case["status"].as_str().unwrap())
    }

    /// The program at a terminal.
    fn at_terminal(&self, words: &[&str]) -> Pty {
        let store = self.store();
        let words: Vec<_> = ["--sandbox", "--store", &store].into_iter().chain(words.iter().copied()).collect();
        Pty::start_with(Start { args: &words, cols: 140, ..Start::default() })
    }
}

#[test]
fn nothing_is_sent_before_yes_was_typed() {
    let desk = Desk::new();
    let number = desk.one("6000", "");
    for (typed, code) in [("no\r", 5), ("\r", 5), ("y\r", 5)] {
        let mut pty = desk.at_terminal(&["act", "close", &number, "--notes", "Too small"]);
        pty.sees("Too small");
        pty.sees("type yes to confirm:");
        pty.type_keys(typed);
        assert_eq!(pty.wait(), code, "{typed:?}");
        assert!(pty.text().contains("nothing was sent"), "{}", pty.text());
    }
    assert!(desk.status(&number).starts_with("6000"), "{}", desk.status(&number));
    let mut pty = desk.at_terminal(&["act", "close", &number, "--notes", "Too small"]);
    pty.sees("type yes to confirm:");
    pty.type_keys("yes\r");
    assert_eq!(pty.wait(), 0);
    assert!(pty.text().contains("accepted"), "{}", pty.text());
    assert!(desk.status(&number).starts_with("4000"), "{}", desk.status(&number));
}

#[test]
fn what_is_final_wants_the_last_letters_of_its_case() {
    let desk = Desk::new();
    let number = desk.one("processing", "chargeback_processed");
    let word = &number[number.len() - 4..];
    let mut pty = desk.at_terminal(&["act", "cancel", &number]);
    pty.sees("final: nothing takes it back");
    pty.sees(&format!("type {word} to confirm:"));
    pty.type_keys("yes\r");
    assert_eq!(pty.wait(), 5);
    assert!(desk.status(&number).contains("chargeback_processed"));
    let mut pty = desk.at_terminal(&["act", "cancel", &number]);
    pty.sees(&format!("type {word} to confirm:"));
    pty.type_keys(&format!("{word}\r"));
    assert_eq!(pty.wait(), 0);
    assert!(desk.status(&number).contains("chargeback_reversal_pending"));
}

const DISPUTE: [&str; 10] = [
    "create",
    "nets",
    "--transactionAmount",
    "12.50",
    "--transactionCurrency",
    "EUR",
    "--transactionDate",
    "2026-10-03",
    "--cardSchemeDisputeReasonCode",
    "13.1",
];

#[test]
fn a_card_number_is_asked_for_and_never_seen() {
    let desk = Desk::new();
    let mut pty = desk.at_terminal(&DISPUTE);
    pty.sees("Card number:");
    pty.type_keys(&format!("{CARD}\r"));
    pty.sees("type yes to confirm:");
    pty.type_keys("yes\r");
    assert_eq!(pty.wait(), 0);
    let raw = String::from_utf8(pty.raw()).unwrap();
    assert!(raw.contains("accepted") && !raw.contains(CARD) && !raw.contains("41111"), "{raw}");
    let (now, before) = pty.settings();
    assert_eq!(now, before, "the terminal's settings");
}

#[test]
fn a_documents_password_is_never_seen() {
    let desk = Desk::new();
    let letter = desk.0.path().join("letter.txt");
    fs::write(&letter, "Never arrived").unwrap();
    let mut pty = desk.at_terminal(&["doc", "show", letter.to_str().unwrap(), "--password"]);
    pty.sees("password:");
    pty.type_keys("SESAME \r");
    assert_eq!(pty.wait(), 0);
    let raw = String::from_utf8(pty.raw()).unwrap();
    assert!(raw.contains("Never arrived") && !raw.contains("SESAME"), "{raw}");
}

#[test]
fn a_signal_while_a_card_number_is_typed_gives_the_echo_back() {
    let desk = Desk::new();
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut pty = desk.at_terminal(&DISPUTE);
        pty.sees("Card number:");
        pty.type_keys("41111");
        pty.signal(signal);
        assert_eq!(pty.wait(), code);
        let (now, before) = pty.settings();
        assert_eq!(now, before, "the terminal's settings after {signal:?}");
        assert!(!String::from_utf8(pty.raw()).unwrap().contains("41111"));
    }
}

/// A configuration of one profile that leads where a copy is taken and never answered, and an entry that is lost so.
fn lost(folder: &Path, shell: &Shell) -> (String, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::Read;
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
        }
    });
    let private = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        file
    };
    private("token", "t\n");
    let profile = format!(
        "store = \"store\"\n[profile.q]\nprovider = \"qolo\"\nenvironment = \"test\"\nauth = \"bearer\"\n\
         base = \"http://{address}\"\naccess-token = {{ file = \"token\" }}\n"
    );
    let config = private("config.toml", &profile);
    let ended = shell.with(&config, &["create", "q", "--card_proxy", "p", "--yes", "--json"]);
    assert_eq!(ended.code, Some(4), "{}", ended.told);
    (config.to_str().unwrap().to_owned(), ended.json()["entry"].as_str().unwrap().to_owned())
}

#[test]
fn a_persons_decision_wants_the_last_letters_of_what_it_is_about() {
    let shell = Shell::new();
    let (config, entry) = lost(shell.path(), &shell);
    let number = "bfc3e3a6-0732-4184-983e-86eabde0c755";
    let words =
        ["--config", &config, "outbox", "settle", &entry, "--there", number, "--why", "Their desk, by phone"];
    let word = &entry[entry.len() - 4..];
    let asked = |typed: &str| {
        let mut pty = Pty::start_with(Start { args: &words, cols: 140, ..Start::default() });
        pty.sees("it is there");
        pty.sees(&format!("type {word} to confirm:"));
        pty.type_keys(typed);
        (pty.wait(), pty.text())
    };
    let (code, text) = asked("yes\r");
    assert_eq!(code, 5);
    assert!(text.contains("nothing was decided"), "{text}");
    let (code, text) = asked(&format!("{word}\r"));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(number) && text.contains("accepted"), "{text}");
}
