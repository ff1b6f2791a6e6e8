//! What only a terminal can show: that it is left as it was found, whatever ends the program, and that a program at
//! rest rests. The stories run the real program on its built-in sandbox.

mod gate;
mod pty;

use std::{fs, os::unix::fs::PermissionsExt, time::Duration};

use casedesk::{
    case::CaseId,
    store::{self, Store},
};
use pty::{Pty, Signal, Start};

/// Words on the first screen: the sandbox is named, and so are the queues.
const FIRST_SCREEN: [&str; 3] = ["SANDBOX", "1000 1st", "7000 Issu"];
/// What is promised to happen within a second gets five on a busy machine.
const SECOND: Duration = Duration::from_secs(5);

/// The program on its sandbox, with its first screen drawn and nothing left to do.
fn desk() -> Pty {
    desk_with(Start::default())
}

fn desk_with(start: Start<'_>) -> Pty {
    let pty = Pty::start_with(start);
    FIRST_SCREEN.iter().for_each(|words| pty.sees(words));
    // Until every provider was read the counts change.
    let profiles = casedesk::sandbox::providers().len() + 1;
    pty.sees(&format!("{profiles} profiles: as of"));
    pty.settles(Duration::from_millis(500));
    pty
}

/// The screen's words, row by row.
fn words(screen: &vt100::Screen) -> Vec<String> {
    let row = |row: &str| row.split_whitespace().collect::<Vec<_>>().join(" ");
    screen.contents().trim_end().lines().map(row).collect()
}

/// Asserts that the terminal is as the program found it.
#[track_caller]
fn assert_restored(pty: &Pty) {
    let screen = pty.screen();
    assert!(!screen.alternate_screen(), "the alternate screen was not left");
    assert!(!screen.hide_cursor(), "the cursor is hidden");
    assert!(!screen.bracketed_paste(), "bracketed paste is on");
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is captured");
    assert_eq!(modes_left(&pty.raw()), Vec::<String>::new(), "modes that were switched and not back");
    let (now, before) = pty.settings();
    assert_eq!(now, before, "the terminal's settings");
}

/// The private modes (`CSI ? … h` and `l`) whose last switch is not the state a terminal starts in: the cursor (25)
/// and automatic wrapping (7) on, everything else off.
fn modes_left(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    let mut modes = std::collections::BTreeMap::new();
    for rest in text.split("\x1b[?").skip(1) {
        let Some(end) = rest.find(|c: char| !c.is_ascii_digit() && c != ';') else { continue };
        for mode in rest[..end].split(';') {
            match &rest[end..end + 1] {
                "h" => modes.insert(mode, true),
                "l" => modes.insert(mode, false),
                _ => None,
            };
        }
    }
    modes.retain(|mode, on| *on != matches!(*mode, "25" | "7"));
    modes.into_keys().map(str::to_owned).collect()
}

#[test]
fn the_program_opens_on_the_sandbox() {
    let pty = desk();
    assert!(pty.screen().alternate_screen());
    assert!(pty.text().contains("1st Line Issuer"), "{}", pty.text());
}

#[test]
fn a_case_is_worked_in_the_real_program_and_found_again_the_next_day() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store");
    let arguments = ["--store", store.to_str().unwrap()];
    let mut pty = desk_with(Start { args: &arguments, ..Start::default() });
    for (keys, seen) in [
        ("6", "6000 Awaiting Dispute Submission"),
        (":2600410281\r", "Case 2600410281"),
        ("d", "SHA-256"),
        ("/dispute\r", "hit 1 of"),
        ("q", "Timeline"),
        ("uwaits for the merchant\r", "is parked"),
    ] {
        pty.type_keys(keys);
        pty.sees(seen);
    }
    pty.type_keys("qq");
    assert_eq!(pty.wait(), 0);

    let mut pty = desk_with(Start { args: &arguments, ..Start::default() });
    pty.sees("6000 Awaiting Dispute Submission");
    pty.type_keys(":view parked\r");
    pty.sees("Parked  1/1");
    pty.type_keys("w");
    pty.sees("waits for the merchant");
}

#[test]
fn a_second_terminal_opens_the_same_store_and_none_begins_it_anew() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store");
    let arguments = ["--store", store.to_str().unwrap()];
    let mut one = desk_with(Start { args: &arguments, ..Start::default() });
    let two = Pty::start_with(Start { args: &["--fresh", arguments[0], arguments[1]], ..Start::default() });
    assert_eq!(two.wait(), 2);
    assert!(two.text().replace('\n', "").contains("another casedesk has the store in"), "{}", two.text());
    let mut two = desk_with(Start { args: &arguments, ..Start::default() });
    two.type_keys("q");
    assert_eq!(two.wait(), 0);
    one.type_keys("6");
    one.sees("6000 Awaiting Dispute Submission");
    one.type_keys("q");
    assert_eq!(one.wait(), 0);
    let key = || fs::read(store.join("key")).unwrap();
    let before = key();
    desk_with(Start { args: &["--fresh", arguments[0], arguments[1]], ..Start::default() });
    assert_ne!(key(), before, "a new store has a new key");
}

#[test]
fn the_journal_names_whom_the_system_says_and_not_whom_the_environment_claims() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join("store");
    let mut pty = desk_with(Start {
        args: &["--store", store.to_str().unwrap()],
        envs: &[("USER", "boss"), ("SSH_CONNECTION", "192.0.2.7 50122 192.0.2.9 22")],
        ..Start::default()
    });
    pty.type_keys(":2600410281\r");
    pty.sees("Case 2600410281");
    pty.type_keys("uwaits for the merchant\r");
    pty.sees("is parked");
    pty.type_keys("qq");
    assert_eq!(pty.wait(), 0);
    let kept = Store::open(&store, &store::install_key(&store).unwrap()).unwrap();
    let case = CaseId { profile: "sandbox".to_owned(), number: "2600410281".into() };
    let entry = &kept.journal_of(&case).unwrap()[0];
    let who = entry.who.exact();
    assert!(!who.starts_with("boss") && who.contains(" (USER=boss)@"), "{who}");
    assert!(who.ends_with(" from 192.0.2.7"), "{who}");
}

#[test]
fn copies_for_the_desktops_viewer_go_when_the_program_is_left() {
    let home = tempfile::tempdir().unwrap();
    let (store, bin) = (home.path().join("store"), home.path().join("bin"));
    fs::create_dir(&bin).unwrap();
    let viewer = bin.join("xdg-open");
    fs::write(&viewer, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&viewer, fs::Permissions::from_mode(0o755)).unwrap();
    for signal in [None, Some(Signal::TERM)] {
        let mut pty = desk_with(Start {
            args: &["--store", store.to_str().unwrap()],
            envs: &[("DISPLAY", ":9"), ("PATH", bin.to_str().unwrap())],
            ..Start::default()
        });
        for (keys, seen) in [
            ("6", "6000 Awaiting Dispute Submission"),
            (":2600410281\r", "Case 2600410281"),
            ("d", "SHA-256"),
            ("O", "handed to the desktop's viewer"),
        ] {
            pty.type_keys(keys);
            pty.sees(seen);
        }
        assert_eq!(fs::read_dir(store.join("opened")).unwrap().count(), 1);
        match signal {
            None => pty.type_keys("qqq"),
            Some(signal) => pty.signal(signal),
        }
        assert_eq!(pty.wait(), if signal.is_some() { 143 } else { 0 });
        assert!(!store.join("opened").exists(), "a copy is left behind");
    }
}

#[test]
fn a_text_is_written_in_the_editor_of_the_environment() {
    let home = tempfile::tempdir().unwrap();
    let editor = home.path().join("editor");
    let script = format!(
        "#!/bin/sh\nstat -c %a \"$1\" >{0}/mode\nprintf ' Written outside.\\n' >>\"$1\"\n",
        home.path().display()
    );
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let mut pty = desk_with(Start { envs: &[("EDITOR", editor.to_str().unwrap())], ..Start::default() });
    for (keys, seen) in [
        ("6", "6000 Awaiting Dispute Submission"),
        (":2600410281\r", "Case 2600410281"),
        (":submit --force\r", "Submit 2600410281"),
        ("Typed here.", "Typed here."),
        ("\x05", "Typed here. Written outside."),
        (" And on.", "Written outside. And on."),
    ] {
        pty.type_keys(keys);
        pty.sees(seen);
    }
    assert_eq!(fs::read_to_string(home.path().join("mode")).unwrap().trim(), "600");
    pty.type_keys("\x1b");
    pty.sees("Timeline");
    pty.type_keys("qq");
    assert_eq!(pty.wait(), 0);
    assert_restored(&pty);
}

#[test]
fn q_leaves_the_terminal_as_it_was() {
    let mut pty = desk();
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
    assert_restored(&pty);
    assert_eq!(pty.text().trim(), "", "something was left on the main screen");
}

#[test]
fn a_signal_ends_the_program_and_leaves_the_terminal_as_it_was() {
    for (signal, code) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let pty = desk();
        pty.signal(signal);
        assert_eq!(pty.wait(), code);
        assert_restored(&pty);
    }
}

#[test]
fn a_signal_ends_a_program_whose_terminal_takes_nothing() {
    let mut pty = desk();
    pty.stall(true);
    // Whole screens, until the line is full and the program is stuck in the middle of one.
    pty.type_keys(&"\x0c".repeat(60));
    pty.signal(Signal::TERM);
    assert!(pty.is_gone_within(SECOND), "the program waits for a terminal that takes nothing");
    pty.stall(false);
    assert_eq!(pty.wait(), 143);
}

#[test]
fn what_follows_the_end_of_a_paste_at_once_presses_no_key() {
    let mut pty = desk();
    pty.type_keys("\x1b[200~hello\x1b[201~q");
    pty.sees("nothing here takes a paste");
    pty.settles(Duration::from_millis(300));
    assert!(pty.is_alive(), "a pasted letter left the program");
}

#[test]
fn lines_that_are_pasted_into_a_form_stay_lines_and_sequences_of_a_terminal_are_left_out() {
    let mut pty = desk();
    for (keys, seen) in [
        ("6", "6000 Awaiting Dispute Submission"),
        (":2600410281\r", "Case 2600410281"),
        (":submit --force\r", "Submit 2600410281"),
        ("\x1b[200~Never came.\rAsked\x1b[31m twice.\x1b[201~", "5 characters that are no text were left out"),
    ] {
        pty.type_keys(keys);
        pty.sees(seen);
    }
    let rows = words(&pty.screen());
    let first = rows.iter().position(|row| row.contains("Never came.")).unwrap();
    assert!(!rows[first].contains("Asked") && rows[first + 1].contains("Asked twice."), "{rows:?}");
}

#[test]
fn the_program_ends_when_its_terminal_goes_away() {
    let mut pty = desk_with(Start { will_hang_up: true, ..Start::default() });
    let before = pty.cpu_time();
    pty.hang_up();
    assert!(pty.is_gone_within(SECOND), "the program lives on without a terminal");
    assert_eq!(pty.wait(), 129, "as a shell reports a hang-up");
    let spent = pty.cpu_time() - before;
    assert!(spent < Duration::from_millis(200), "{spent:?} of processor time after the terminal went away");
}

#[test]
fn a_stopped_program_leaves_the_terminal_and_comes_back_to_it_whole() {
    let by_key: fn(&mut Pty) = |pty| pty.type_keys("\x1a");
    let by_signal: fn(&mut Pty) = |pty| pty.signal(Signal::TSTP);
    for stop in [by_key, by_signal] {
        let mut pty = desk();
        let before = words(&pty.screen());
        // Twice: what works once may have been used up.
        for _ in 0..2 {
            stop(&mut pty);
            pty.stops();
            assert_restored(&pty);
            pty.resume();
            pty.sees_that("the whole screen again", |screen| words(screen) == before);
            assert!(pty.screen().alternate_screen() && pty.screen().bracketed_paste());
        }
        pty.type_keys("q");
        assert_eq!(pty.wait(), 0);
        assert_restored(&pty);
    }
}

#[test]
fn a_panic_leaves_the_terminal_and_one_message() {
    for place in ["draw", "task", "hear"] {
        let mut pty = Pty::start(&["--panic-at", place], &[], 250, 40);
        if place == "hear" {
            // It fails on the first key.
            pty.sees("SANDBOX");
            pty.type_keys("j");
        }
        assert_eq!(pty.wait(), 101, "{place}");
        assert_restored(&pty);
        let text = pty.text();
        let message: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        assert!((1..=2).contains(&message.len()), "{place}: {text}");
        let raw = pty.raw();
        let words = message[0].trim().as_bytes();
        let bare = raw.windows(words.len()).any(|window| window == words);
        assert!(bare, "{place}: control bytes inside the message {text}");
    }
}

#[test]
fn a_storm_of_sizes_does_no_harm_and_the_last_one_wins() {
    let mut pty = desk();
    for round in 0..50 {
        for (cols, rows) in [(1, 1), (0, 0), (500, 200), (60 + round, 10 + round % 30)] {
            pty.resize(cols, rows);
        }
    }
    pty.resize(100, 30);
    pty.sees("SANDBOX");
    pty.settles(Duration::from_millis(500));
    // Laid out for this size: the rule of the panes runs from edge to edge.
    let stormed = pty.screen();
    let rule = stormed.contents().lines().nth(1).map(|row| row.chars().count());
    assert_eq!(rule, Some(100), "{}", pty.text());
    // And nothing of the other sizes was left: painting everything anew changes nothing.
    pty.type_keys("\x0c");
    pty.settles(Duration::from_millis(500));
    assert_eq!(words(&stormed), words(&pty.screen()));
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
    assert_restored(&pty);
}

#[test]
fn at_rest_no_thread_wakes_and_no_byte_is_written() {
    let pty = desk();
    pty.settles(Duration::from_secs(1));
    // The words of a deadline may change once within the time; not in three times in a row.
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(pty.rest());
        pty.is_silent(Duration::from_secs(3));
        if seen.last() == Some(&pty.rest()) {
            return;
        }
    }
    panic!("it wakes: {seen:?}, now {:?}", pty.rest());
}

#[test]
fn a_poor_terminal_gets_no_line_drawing_and_no_colour() {
    for (envs, colour, lines) in [
        ([("TERM", "dumb"), ("LANG", "C"), ("NO_COLOR", "1")], false, false),
        ([("TERM", "xterm-256color"), ("LANG", "C"), ("NO_COLOR", "")], true, false),
        ([("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("NO_COLOR", "1")], false, true),
    ] {
        let pty = desk_with(Start { envs: &envs, ..Start::default() });
        assert_eq!(has_colour(&pty.raw()), colour, "{envs:?}: colour");
        let drawn = pty.text().chars().any(|c| ('\u{2500}'..='\u{259f}').contains(&c));
        assert_eq!(drawn, lines, "{envs:?}: line drawing\n{}", pty.text());
        // Names from outside keep their letters and may be cut; signs of our own have plain forms.
        let sign = pty.text().chars().find(|c| !lines && !c.is_ascii() && !c.is_alphabetic() && *c != '…');
        assert_eq!(sign, None, "{envs:?}\n{}", pty.text());
    }
}

/// Whether an SGR sequence sets a colour (30 to 49 but for the two defaults, 90 to 107); bold, dim, reversed and
/// underlined are none.
fn has_colour(raw: &[u8]) -> bool {
    let text = String::from_utf8_lossy(raw);
    text.split("\x1b[").skip(1).any(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(rest.len());
        let colour = |code: &str| matches!(code.parse(), Ok(30..=38 | 40..=48 | 90..=107));
        rest[end..].starts_with('m') && rest[..end].split(';').any(colour)
    })
}

#[test]
fn answers_that_nobody_asked_for_change_nothing() {
    let mut pty = desk();
    let before = words(&pty.screen());
    for answer in [
        "\x1b[?64;1;2c",
        "\x1bP1$r0m\x1b\\",
        "\x1b]10;rgb:ffff/ffff/ffff\x07",
        "\x1b]11;rgb:0/0/0\x1b\\",
        "\x1b[?62;4c",
        "\x1b[4;5R",
    ] {
        pty.type_keys(answer);
        // A key with an effect that can be seen shows that the answer has been read.
        pty.type_keys("?");
        pty.sees_that("the help", |screen| words(screen) != before);
        pty.type_keys("\x1b");
        pty.sees_that("the list as it was", |screen| words(screen) == before);
    }
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
}

#[test]
fn every_byte_that_is_written_is_on_the_list_of_allowed_ones() {
    let mut pty = desk();
    for key in ["j", "j", "\x1b[6~", "G", "g", "\r", "\x1b", "/", "x", "\x1b", "?", "\x1b", "n", "d", "\x1b"] {
        pty.type_keys(key);
        pty.settles(Duration::from_millis(100));
    }
    pty.resize(60, 20);
    pty.settles(Duration::from_millis(100));
    pty.type_keys("\x1aq");
    pty.stops();
    pty.resume();
    pty.signal(Signal::TERM);
    pty.wait();
    let raw = pty.raw();
    assert!(raw.len() > 1000);
    assert_eq!(gate::only_allowed(&raw), Ok(()));
}

/// The terminal for tests, tried on small programs.
mod harness {
    use super::*;

    fn shell(script: &str) -> Pty {
        Pty::run("/bin/sh", Start { args: &["-c", script], ..Start::default() })
    }

    #[test]
    fn a_program_has_the_size_the_place_and_the_variables_that_were_asked_for() {
        let envs = [("TERM", "dumb"), ("LANG", "")];
        let script = "stty size; echo $TERM [$LANG] $XDG_DATA_HOME; pwd; [ -t 2 ] && echo errors too";
        let pty = Pty::run(
            "/bin/sh",
            Start { args: &["-c", script], envs: &envs, cols: 100, rows: 30, ..Start::default() },
        );
        pty.sees("30 100");
        pty.sees("dumb []");
        pty.sees(pty.home().join("data").to_str().unwrap());
        pty.sees("errors too");
        assert_eq!(pty.wait(), 0);
    }

    #[test]
    fn keys_reach_the_program_and_its_exit_code_comes_back() {
        let mut pty = shell("read -r line; echo \"heard $line\"; exit 7");
        pty.type_keys("hello\n");
        pty.sees("heard hello");
        assert_eq!(pty.wait(), 7);
        assert_eq!(pty.raw(), b"hello\r\nheard hello\r\n");
    }

    #[test]
    fn a_signal_reaches_the_program_alone() {
        let pty = shell("trap 'echo caught; exit 143' TERM; echo ready; while :; do read -r line; done");
        pty.sees("ready");
        pty.signal(Signal::TERM);
        assert_eq!(pty.wait(), 143);
        let pty = shell("echo ready; read -r line");
        pty.sees("ready");
        pty.signal(Signal::INT);
        assert_eq!(pty.wait(), 130);
    }

    #[test]
    fn settings_that_a_program_leaves_behind_are_noticed() {
        let pty = shell("stty raw -echo");
        assert_eq!(pty.wait(), 0);
        let (now, before) = pty.settings();
        assert_ne!(now, before);
        let pty = shell("saved=$(stty -g); stty raw -echo; stty \"$saved\"");
        pty.wait();
        let (now, before) = pty.settings();
        assert_eq!(now, before);
    }

    #[test]
    fn a_program_stops_and_goes_on() {
        let mut pty =
            shell("trap 'echo again' CONT; echo ready; while :; do read -r line && echo \"heard $line\"; done");
        pty.sees("ready");
        pty.type_keys("\x1a");
        pty.stops();
        pty.resume();
        pty.sees("again");
        pty.signal(Signal::TSTP);
        pty.stops();
        pty.resume();
        pty.type_keys("more\n");
        pty.sees("heard more");
        assert!(pty.is_alive());
    }

    #[test]
    fn settings_that_a_program_leaves_behind_when_it_stops_are_noticed() {
        let mut pty = shell("stty raw -echo; kill -STOP $$; stty sane");
        pty.stops();
        let (now, before) = pty.settings();
        assert_ne!(now, before);
        pty.resume();
        assert_eq!(pty.wait(), 0);
    }

    #[test]
    fn a_terminal_that_goes_away_ends_what_reads_from_it() {
        let mut pty = Pty::run("/bin/cat", Start { will_hang_up: true, ..Start::default() });
        pty.type_keys("x\n");
        pty.sees("x");
        pty.hang_up();
        // Reading from a terminal that hung up is the end of the file, or an error where it had not begun.
        assert!(matches!(pty.wait(), 0 | 1));
    }

    #[test]
    fn nothing_is_typed_when_a_terminal_goes_away() {
        let script = "stty raw -echo; echo ready; cat >heard; echo $? >ended";
        let mut pty =
            Pty::run("/bin/sh", Start { args: &["-c", script], will_hang_up: true, ..Start::default() });
        pty.sees("ready");
        pty.hang_up();
        pty.wait();
        assert_eq!(std::fs::read_to_string(pty.home().join("heard")).unwrap(), "");
    }

    #[test]
    fn a_program_that_spins_after_the_hang_up_is_noticed() {
        let script = "trap '' HUP; echo ready; read -r line; i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";
        let mut pty =
            Pty::run("/bin/sh", Start { args: &["-c", script], will_hang_up: true, ..Start::default() });
        pty.sees("ready");
        let before = pty.cpu_time();
        pty.hang_up();
        pty.wait();
        assert!(pty.cpu_time() - before > Duration::from_millis(50), "{:?}", pty.cpu_time());
    }

    #[test]
    fn rest_and_unrest_are_told_apart() {
        let mut pty = Pty::run("/bin/cat", Start::default());
        pty.type_keys("x\n");
        pty.sees("x\nx");
        pty.settles(Duration::from_millis(100));
        let before = pty.rest();
        assert!(pty.is_silent(Duration::from_millis(200)));
        assert_eq!(pty.rest(), before);
        let pty = shell("while sleep 0.02; do :; done");
        let before = pty.rest();
        assert!(pty.is_silent(Duration::from_millis(500)));
        assert!(pty.rest().switches > before.switches);
    }

    #[test]
    fn another_size_reaches_the_program_and_the_screen() {
        let mut pty = shell("trap 'stty size' WINCH; echo ready; while :; do read -r line; done");
        pty.sees("ready");
        for (cols, rows) in [(1, 1), (0, 0), (500, 200), (90, 20)] {
            pty.resize(cols, rows);
        }
        pty.sees("20 90");
        assert_eq!(pty.screen().size(), (20, 90));
    }

    #[test]
    fn the_modes_of_the_terminal_are_seen() {
        let pty = shell("printf '\\033[?1049h\\033[?25l\\033[?2004hhello'; read -r line");
        pty.sees("hello");
        let screen = pty.screen();
        assert!(screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste());
    }
}
