//! Pictures in a real terminal, as far as a test can be one: it is asked what it can show once a picture is wanted,
//! answers as kitty, foot, xterm or not at all, and no key is lost or made up meanwhile. The program shows a scale of
//! greys of its own (a hidden flag).

mod gate;
mod pty;

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    process::Command,
    time::{Duration, Instant},
};

use casedesk::{
    case::{Picture, Pixels},
    graphics::{CellSize, Protocol, Surroundings, Terminal, Tones, Wish, question},
};
use pty::{Pty, Signal, Start};
use ratatui::layout::Rect;

const KITTY: [&str; 4] = ["\x1bP>|kitty(0.36.1)\x1b\\", "\x1b_Gi=31;OK\x1b\\", "\x1b[6;20;10t", "\x1b[?62;c"];
const FOOT: [&str; 3] = ["\x1bP>|foot(1.16.2)\x1b\\", "\x1b[6;20;10t", "\x1b[?62;4;22c"];
const XTERM: [&str; 3] = ["\x1bP>|XTerm(380)\x1b\\", "\x1b[6;20;10t", "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"];

const AREA: Rect = Rect { x: 40, y: 20, width: 20, height: 5 };

/// At the end of a longer line a terminal is given a second to answer: a busy machine may need it, too.
const SSH: (&str, &str) = ("SSH_CONNECTION", "192.0.2.7 50122 192.0.2.9 22");

fn desk(envs: &[(&str, &str)]) -> Pty {
    Pty::start_with(Start { args: &["--try-picture"], envs, ..Start::default() })
}

/// Waits until every provider was read: until then the counts change.
fn rests(pty: &Pty) {
    let profiles = casedesk::sandbox::providers().len() + 1;
    pty.sees(&format!("{profiles} profiles: as of"));
    pty.settles(Duration::from_millis(500));
}

/// The screen without the blanks at the ends of its rows.
fn words(pty: &Pty) -> Vec<String> {
    pty.text().lines().map(|row| row.trim_end().to_owned()).collect()
}

/// What the terminal is asked.
fn asked(wish: Wish) -> Vec<u8> {
    let around = Surroundings { wish, term: "xterm-256color".to_owned(), ..Surroundings::default() };
    question(&around).unwrap()
}

fn terminal(protocol: Protocol) -> Terminal {
    Terminal { protocol, cell: CellSize { width: 10, height: 20 }, tones: Tones::Table }
}

/// The picture that the program shows, as bytes.
fn shown(protocol: Protocol, number: u32) -> Vec<u8> {
    let greys = (0..200 * 100).map(|at| (at % 200 * 255 / 200) as u8).collect();
    terminal(protocol).show(&Picture::new(200, 100, Pixels::Grey(greys)).unwrap(), AREA, number)
}

/// The numbers of the pictures that kitty was shown, in order.
fn numbers(raw: &[u8]) -> Vec<u32> {
    let text = String::from_utf8_lossy(raw);
    let shows = text.split("\x1b_Ga=T,f=100,C=1,i=").skip(1);
    shows.map(|rest| rest.split(',').next().unwrap().parse().unwrap()).collect()
}

fn last_at(raw: &[u8], part: &[u8]) -> Option<usize> {
    raw.windows(part.len()).rposition(|window| window == part)
}

/// Whether two tones stand in the cells of the picture.
fn has_half_blocks(screen: &vt100::Screen) -> bool {
    let dark = screen.cell(22, 41).map(|cell| (cell.bgcolor(), cell.fgcolor()));
    let light = screen.cell(22, 58).map(|cell| (cell.bgcolor(), cell.fgcolor()));
    let grey = |colour| matches!(colour, vt100::Color::Idx(16 | 231..));
    let any =
        |cell: Option<(vt100::Color, vt100::Color)>| cell.is_some_and(|(back, fore)| grey(back) || grey(fore));
    any(dark) && any(light) && dark != light
}

#[test]
fn a_terminal_that_answers_as_kitty_gets_its_picture_and_loses_no_key() {
    let mut pty = desk(&[SSH]);
    pty.writes(&asked(Wish::Auto));
    let [name, kitty, cell, attributes] = KITTY;
    pty.type_keys(":ab");
    pty.type_keys(&format!("{name}c{kitty}d{cell}\u{e6}"));
    pty.type_keys(&format!("{attributes}\x1b[Df"));
    pty.sees("abcdf\u{e6}");
    assert_eq!(numbers(&pty.raw()), Vec::<u32>::new(), "nothing is shown over what was opened");
    pty.type_keys("\x1b");
    pty.writes(b"\x1b_Ga=T,f=100,C=1,i=");
    pty.settles(Duration::from_millis(300));
    let first = numbers(&pty.raw())[0];
    pty.writes(&shown(Protocol::Kitty, first));
    // Under a page of help it goes, and comes back. A key that changes nothing writes nothing.
    let removed = |number| terminal(Protocol::Kitty).remove(number);
    pty.type_keys("?");
    pty.writes(&removed(first));
    pty.type_keys("\x1b");
    pty.writes(&shown(Protocol::Kitty, first + 1));
    rests(&pty);
    let before = pty.raw().len();
    pty.type_keys("Z");
    assert!(pty.is_silent(Duration::from_millis(300)), "{:?}", String::from_utf8_lossy(&pty.raw()[before..]));
    // It goes before the terminal is given back, when the program stops and when it ends.
    pty.type_keys("\x1a");
    pty.stops();
    let raw = pty.raw();
    assert!(last_at(&raw, &removed(first + 1)) < last_at(&raw, b"\x1b[?1049l"));
    assert!(last_at(&raw, &removed(first + 1)) > last_at(&raw, &shown(Protocol::Kitty, first + 1)));
    let known = numbers(&raw).len();
    pty.resume();
    pty.sees("1000 1st");
    pty.settles(Duration::from_millis(500));
    assert!(numbers(&pty.raw()).len() > known, "the picture is back");
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
    let raw = pty.raw();
    let last = *numbers(&raw).last().unwrap();
    assert!(last_at(&raw, &removed(last)) > last_at(&raw, &shown(Protocol::Kitty, last)));
    assert!(last_at(&raw, &removed(last)) < last_at(&raw, b"\x1b[?1049l"));
    // Nothing else was written than what is allowed.
    let mut known = vec![asked(Wish::Auto), b"\x1b\\".to_vec()];
    known.extend((first..=last).flat_map(|number| [shown(Protocol::Kitty, number), removed(number)]));
    assert_eq!(gate::only_allowed_and(&raw, &known), Ok(()));
    assert!(gate::only_allowed(&raw).is_err());
    known.pop();
    assert!(gate::only_allowed_and(&raw, &known).is_err(), "the gate lets through what it was not told of");
}

#[test]
fn a_picture_is_taken_away_whatever_ends_the_program() {
    for signal in [Some(Signal::TERM), None] {
        let args: &[&str] =
            if signal.is_none() { &["--try-picture", "--panic-at", "hear"] } else { &["--try-picture"] };
        let mut pty = Pty::start_with(Start { args, envs: &[SSH], ..Start::default() });
        pty.writes(&asked(Wish::Auto));
        pty.type_keys(&KITTY.concat());
        pty.writes(b"\x1b_Ga=T,f=100,C=1,i=");
        pty.settles(Duration::from_millis(300));
        let number = numbers(&pty.raw())[0];
        match signal {
            Some(signal) => pty.signal(signal),
            None => pty.type_keys("j"),
        }
        assert_eq!(pty.wait(), if signal.is_some() { 143 } else { 101 });
        let raw = pty.raw();
        assert!(last_at(&raw, &terminal(Protocol::Kitty).remove(number)).is_some(), "{signal:?}");
        assert!(!pty.screen().alternate_screen());
    }
}

#[test]
fn a_terminal_with_sixels_gets_them_and_its_cells_back() {
    let mut pty = desk(&[SSH]);
    pty.writes(&asked(Wish::Auto));
    pty.type_keys(&FOOT.concat());
    let picture = shown(Protocol::Sixel, 0);
    pty.writes(&picture);
    // The cells are written again once it goes.
    pty.type_keys("?");
    pty.sees("┌ Help");
    pty.settles(Duration::from_millis(300));
    let raw = pty.raw();
    let after = &raw[last_at(&raw, &picture).unwrap() + picture.len()..];
    let mut emulator = vt100::Parser::new(40, 120, 0);
    let dirt = (1..=40).map(|row| format!("\x1b[{row};1H{}", "#".repeat(120))).collect::<String>();
    emulator.process(dirt.as_bytes());
    emulator.process(after);
    for y in AREA.y..AREA.bottom() {
        let row = emulator.screen().rows(AREA.x, AREA.width).nth(usize::from(y)).unwrap();
        assert!(!row.contains('#'), "row {y} was not written again: {row:?}");
    }
    pty.type_keys("\x1b");
    pty.sees("1000 1st");
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
    let known = [asked(Wish::Auto), picture, b"\x1b\\".to_vec()];
    assert_eq!(gate::only_allowed_and(&pty.raw(), &known), Ok(()));
}

#[test]
fn a_terminal_without_pictures_gets_half_blocks() {
    let mut pty = desk(&[SSH]);
    pty.writes(&asked(Wish::Auto));
    pty.type_keys(&XTERM.concat());
    pty.sees_that("half blocks", has_half_blocks);
    pty.type_keys("q");
    assert_eq!(pty.wait(), 0);
    assert_eq!(gate::only_allowed_and(&pty.raw(), &[asked(Wish::Auto)]), Ok(()));
}

#[test]
fn a_silent_terminal_gets_half_blocks_soon_and_its_late_answers_do_nothing() {
    for late in [KITTY.as_slice(), &FOOT, &XTERM] {
        let mut pty = desk(&[]);
        pty.writes(&asked(Wish::Auto));
        let start = Instant::now();
        pty.type_keys(":xy");
        pty.sees("xy");
        pty.type_keys("\x1b");
        pty.sees_that("half blocks", has_half_blocks);
        assert!(start.elapsed() < Duration::from_millis(2500), "{:?}", start.elapsed());
        rests(&pty);
        let before = words(&pty);
        pty.type_keys(&late.concat());
        pty.type_keys("?");
        pty.sees("┌ Help");
        pty.type_keys("\x1b");
        pty.sees("1000 1st");
        pty.settles(Duration::from_millis(500));
        assert_eq!(words(&pty), before);
        pty.type_keys("q");
        assert_eq!(pty.wait(), 0);
    }
}

#[test]
fn a_slow_line_is_given_more_time() {
    let mut pty = desk(&[SSH]);
    pty.writes(&asked(Wish::Auto));
    // 400 ms, during which a key has its effect at once.
    let start = Instant::now();
    pty.type_keys(":xy");
    pty.sees("xy");
    assert!(start.elapsed() < Duration::from_millis(500));
    while start.elapsed() < Duration::from_millis(400) {
        pty.is_silent(Duration::from_millis(400).saturating_sub(start.elapsed()));
    }
    pty.type_keys(&KITTY.concat());
    pty.type_keys("z");
    pty.sees("xyz");
    pty.type_keys("\x1b");
    pty.writes(b"\x1b_Ga=T,f=100,C=1,i=");
}

#[test]
fn what_the_user_wants_goes_before_what_the_terminal_says() {
    for (wish, protocol) in [("sixel", Protocol::Sixel), ("iterm2", Protocol::Iterm2)] {
        let mut pty = desk(&[("CASEDESK_IMAGES", wish), SSH]);
        pty.writes(&asked(Wish::named(wish).unwrap()));
        pty.type_keys(&[KITTY[0], KITTY[2], KITTY[3]].concat());
        pty.writes(&shown(protocol, 0));
        let known = [asked(Wish::named(wish).unwrap()), shown(protocol, 0), b"\x1b\\".to_vec()];
        pty.type_keys("q");
        assert_eq!(pty.wait(), 0);
        assert_eq!(gate::only_allowed_and(&pty.raw(), &known), Ok(()));
    }
    for (envs, blocks) in [
        (vec![("CASEDESK_IMAGES", "half-blocks")], true),
        (vec![("CASEDESK_IMAGES", "off")], false),
        (vec![("TERM", "linux")], true),
        (vec![("STY", "1234.pts-0.host"), ("TERM", "screen-256color")], true),
        (vec![("CASEDESK_IMAGES", "half-blocks"), ("NO_COLOR", "1")], false),
    ] {
        let mut pty = desk(&envs);
        pty.sees("SANDBOX");
        pty.settles(Duration::from_millis(500));
        let is_grey = |screen: &vt100::Screen| {
            screen.cell(22, 41).map(vt100::Cell::bgcolor) != screen.cell(22, 58).map(vt100::Cell::bgcolor)
        };
        assert_eq!(is_grey(&pty.screen()), blocks, "{envs:?}\n{}", pty.text());
        pty.type_keys("q");
        assert_eq!(pty.wait(), 0);
        assert_eq!(gate::only_allowed(&pty.raw()), Ok(()), "nothing is asked: {envs:?}");
    }
    let pty = desk(&[("CASEDESK_IMAGES", "ascii")]);
    assert_eq!(pty.wait(), 2);
    assert!(pty.text().contains("half-blocks, off"), "{}", pty.text());
}

/// A tmux of its own, which ends with the test.
struct Tmux {
    folder: tempfile::TempDir,
}

impl Tmux {
    /// Nothing where there is no tmux.
    fn new(passthrough: bool) -> Option<Tmux> {
        let version = Command::new("tmux").arg("-V").output().ok()?;
        let folder = tempfile::tempdir().unwrap();
        let settings = format!(
            "set -g default-terminal tmux-256color\nset -g allow-passthrough {}\nset -g status off\n",
            if passthrough { "on" } else { "off" }
        );
        fs::write(folder.path().join("tmux.conf"), settings).unwrap();
        let desk = format!("images-in-tmux = {passthrough}\n");
        fs::write(folder.path().join("casedesk.toml"), desk).unwrap();
        fs::set_permissions(folder.path().join("casedesk.toml"), fs::Permissions::from_mode(0o600)).unwrap();
        version.status.success().then_some(Tmux { folder })
    }

    fn desk(&self) -> Pty {
        let file = |name: &str| self.folder.path().join(name).to_str().unwrap().to_owned();
        let settings = [file("tmux.conf"), file("casedesk.toml")];
        let envs = [("TMUX_TMPDIR", self.folder.path().to_str().unwrap()), SSH];
        let desk = ["--sandbox", "--try-picture", "--config", &settings[1]];
        let args =
            [["-u", "-f", &settings[0], "new-session", env!("CARGO_BIN_EXE_casedesk")].as_slice(), &desk]
                .concat();
        Pty::run("tmux", Start { args: &args, envs: &envs, ..Start::default() })
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").env("TMUX_TMPDIR", self.folder.path()).arg("kill-server").output();
    }
}

#[test]
fn inside_tmux_nothing_is_let_through_without_the_users_word() {
    let Some(tmux) = Tmux::new(false) else { return println!("skipped: there is no tmux here") };
    let mut pty = tmux.desk();
    pty.sees("SANDBOX");
    pty.sees_that("half blocks", has_half_blocks);
    assert_eq!(last_at(&pty.raw(), b"_G"), None, "kitty was asked through tmux");
    pty.type_keys(":xy");
    pty.sees("xy");
}

#[test]
fn tmux_hands_on_a_picture_and_keeps_the_letters_that_stand_for_it() {
    let Some(tmux) = Tmux::new(true) else { return println!("skipped: there is no tmux here") };
    let mut pty = tmux.desk();
    pty.writes(b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\");
    pty.type_keys("\x1b_Gi=31;OK\x1b\\");
    pty.writes(b"\x1b_Ga=T,U=1,f=100,i=");
    pty.sees_that("the letters", |screen| screen.contents().matches('\u{10eeee}').count() == 100);
    pty.type_keys("q");
    pty.writes(b"\x1b_Ga=d,d=I,i=");
    pty.wait();
}
