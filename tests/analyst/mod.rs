//! The harness: an analyst with a keyboard and eyes, at the real loop, a real store file and the sandbox over real
//! HTTP. Time stands still unless the story moves it; nothing sleeps: a story goes on when every effect has its
//! answer.
#![allow(dead_code)]

mod eyes;
#[path = "../gate/mod.rs"]
pub mod gate;
#[path = "../world/mod.rs"]
mod world;

use std::{fs, os::unix::fs::PermissionsExt, sync::mpsc, thread, time::Duration};

use casedesk::{
    case::Settings,
    cli::profiles,
    desk::{
        self, Over, Profile, Realm, Setup, Start, Tone,
        unseen::READING,
        words::{Effect, Event, Told},
    },
    graphics::{Surroundings, Wish},
    provider,
    run::{
        Counts, Hands, Heard, Teller, Workplace,
        drafting::Declared,
        editor::Editor,
        keyboard::Keyboard,
        memory::Memory,
        neighbours::Neighbours,
        network::{Network, Places},
        outbox::traffic::Traffic,
        papers::Papers,
        pictures::Pictures,
        source::Source,
    },
    sandbox::Seen,
    text::Raw,
    view::style::{Look, Signs, Theme},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use eyes::Eyes;
pub use world::*;

/// How often a question is tried.
const TRIES: u32 = 3;

impl World {
    /// How often the provider was asked to change something, whatever came of it.
    pub fn writes_tried(&self) -> usize {
        let writes = |seen: &&Seen| seen.method == "PUT" || seen.path.ends_with("/dispute");
        self.served.seen().iter().filter(writes).count()
    }

    /// A file beside the store, where files are looked for.
    pub fn has_file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.home.path().join(name), bytes).unwrap();
    }

    /// The editor of the environment is this shell script.
    pub fn has_editor(&self, script: &str) {
        self.has_file("editor", format!("#!/bin/sh\n{script}\n").as_bytes());
        fs::set_permissions(self.home.path().join("editor"), fs::Permissions::from_mode(0o700)).unwrap();
    }

    /// An analyst sits down at 120x40.
    pub fn analyst(&self) -> Analyst<'_> {
        self.analyst_at(120, 40)
    }

    pub fn analyst_at(&self, width: u16, height: u16) -> Analyst<'_> {
        let look = Look { theme: Theme::Default, signs: Signs::Unicode };
        self.seat(Eyes::new(width, height), look, Realm::Sandbox, self.source(TRIES, true))
    }

    /// An analyst who works with these providers, each under its own name.
    pub fn analyst_of(&self, providers: &[&str]) -> Analyst<'_> {
        let look = Look { theme: Theme::Default, signs: Signs::Unicode };
        let sources: Vec<_> = providers.iter().map(|id| self.source_of(id, TRIES)).collect();
        let profile =
            |source: &Source| profiles::profile(source.settings.clone(), source.provider, Realm::Sandbox);
        let profiles = sources.iter().map(profile).collect();
        self.seat_with(Eyes::new(120, 40), look, profiles, sources)
    }

    /// An analyst whose profile has no key for card numbers.
    pub fn analyst_without_card_key(&self) -> Analyst<'_> {
        let look = Look { theme: Theme::Default, signs: Signs::Unicode };
        self.seat(Eyes::new(120, 40), look, Realm::Sandbox, self.source(TRIES, false))
    }

    pub fn analyst_with_look(&self, look: Look) -> Analyst<'_> {
        self.seat(Eyes::new(120, 40), look, Realm::Sandbox, self.source(TRIES, true))
    }

    fn seat(&self, eyes: Eyes, look: Look, realm: Realm, source: Source) -> Analyst<'_> {
        let profile = profiles::profile(Settings::of(SANDBOX), &provider::nets::Nets, realm);
        self.seat_with(eyes, look, vec![profile], vec![source])
    }

    fn seat_with(&self, eyes: Eyes, look: Look, profiles: Vec<Profile>, sources: Vec<Source>) -> Analyst<'_> {
        let (channel, heard) = mpsc::channel();
        let teller = Teller { channel, clock: self.clock.clone() };
        let store = self.store();
        let start = store.preference(desk::START).unwrap();
        let start = start.and_then(|kept| serde_json::from_str::<Start>(&kept).ok()).unwrap_or_default();
        let who = Raw::new("ann");
        let sound = store.soundness();
        let (traffic, neighbours) = (Traffic::default(), Neighbours::default());
        let papers = Papers::start(env!("CARGO_BIN_EXE_casedesk").into(), teller.clone());
        let places = Places {
            store: self.dir(),
            sound,
            saves: self.home.path().to_owned(),
            papers: papers.bringer(),
            traffic: traffic.clone(),
            neighbours: neighbours.clone(),
            points: self.points.clone(),
        };
        let words = vec![self.home.path().join("editor").into()];
        let setup = Setup { profiles, start };
        let declared = Declared::of(&setup.profiles);
        let hands = Hands {
            memory: Memory::start(store, who.clone(), declared, traffic, neighbours, teller.clone()),
            network: Network::start(sources, places, who, teller.clone()),
            papers,
            editor: Editor { words, folder: self.home.path().to_owned(), keyboard: Keyboard::default() },
            teller: teller.clone(),
        };
        let watchdog = Watchdog::start(teller.clone());
        let around = Surroundings::of(Wish::HalfBlocks, false, &|name| {
            (name == "TERM").then(|| "xterm-256color".into())
        });
        let pictures = Pictures::new(around, Keyboard::default(), 0);
        let place = Workplace::open(setup, eyes, look, hands, heard).unwrap().with_pictures(pictures, false);
        let mut analyst = Analyst { place, teller, world: self, keys: 0, excused: false, watchdog };
        analyst.settle();
        analyst
    }
}

/// An analyst at the desk. When the story ends, no problem may be left that it did not look at, and every byte that
/// went to the terminal was an allowed one.
pub struct Analyst<'w> {
    pub place: Workplace<Eyes>,
    pub teller: Teller,
    pub world: &'w World,
    /// How many keys were pressed so far; what was typed is not counted.
    pub keys: usize,
    excused: bool,
    watchdog: Watchdog,
}

impl Analyst<'_> {
    /// Presses keys, named as the key table names them, separated by blanks, and waits after each until everything it
    /// set off is done.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            self.keys += 1;
            self.tell(Event::Key(key_named(name)));
            self.settle();
        }
        self
    }

    /// Presses all keys at once, as a held key or a fast typist does, then waits.
    pub fn press_at_once(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            self.tell(Event::Key(key_named(name)));
        }
        self.settle();
        self
    }

    /// Presses keys without waiting for what they set off, as while a provider is slow.
    pub fn press_nowait(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            self.tell(Event::Key(key_named(name)));
            self.place.turn().unwrap();
        }
        self
    }

    /// Types a text, letter by letter.
    pub fn types(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            self.tell(Event::Key(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE)));
            self.settle();
        }
        self
    }

    pub fn pastes(&mut self, text: &str) -> &mut Self {
        self.tell(Event::Paste(Raw::new(text)));
        self.settle();
        self
    }

    /// A command after `:`.
    pub fn commands(&mut self, line: &str) -> &mut Self {
        self.press(":").types(line).press("Enter")
    }

    pub fn resizes(&mut self, width: u16, height: u16) -> &mut Self {
        self.place.screen.backend_mut().cells.resize(width, height);
        self.tell(Event::Resize(width, height));
        self.settle();
        self
    }

    /// The terminal says it has this size; only so much of it as `kept` can be looked at.
    pub fn claims(&mut self, (width, height): (u16, u16), kept: (u16, u16)) -> &mut Self {
        let screen = self.place.screen.backend_mut();
        screen.cells.resize(kept.0, kept.1);
        screen.claims = Some((width, height).into());
        self.tell(Event::Resize(width, height));
        self.settle()
    }

    /// Time passes, and the desk is woken if it asked to be by then.
    pub fn waits_until(&mut self, at: &str) -> &mut Self {
        let at = moment(at);
        let due = self.place.desk.wake().is_some_and(|wake| wake <= at);
        self.world.clock.set(at);
        if due {
            self.tell(Event::Woken);
            self.settle();
        }
        self
    }

    /// Looks at what is on the screen for as long as a dialog wants to be read before it listens.
    pub fn reads(&mut self) -> &mut Self {
        let at = self.world.clock.now().plus(READING);
        self.waits_until(&at.rfc3339())
    }

    /// Reviews the form that is open, and sends it.
    pub fn sends(&mut self) -> &mut Self {
        self.press("Ctrl-r").reads().press("s")
    }

    /// Time passes for everybody: what the outbox wants to do by then is done.
    pub fn later(&mut self, milliseconds: i64) -> &mut Self {
        let at = self.world.clock.now().plus(milliseconds);
        self.waits_until(&at.rfc3339());
        self.is_nudged()
    }

    /// Learns that another terminal changed something in the store, as from the kernel.
    pub fn is_nudged(&mut self) -> &mut Self {
        self.teller.send(Heard::Neighbour);
        self.settle()
    }

    /// The line drops.
    pub fn loses_the_line(mut self) {
        self.teller.send(Heard::Leave(1));
        self.settle();
        assert_eq!(self.place.exit(), Some(1));
        self.excused = true;
    }

    /// Presses keys and does not wait for anything they set off.
    pub fn tell_keys(&mut self, keys: &str) -> &mut Self {
        for name in keys.split_whitespace() {
            self.tell(Event::Key(key_named(name)));
        }
        self
    }

    /// Works, event by event, until a text is on the screen, whatever else is still outstanding.
    pub fn turns_until(&mut self, text: &str) -> &mut Self {
        while !self.screen().contains(text) {
            self.place.turn().unwrap();
            assert_ne!(self.place.exit(), Some(WATCHDOG), "\"{text}\" never came:\n{}", self.screen());
        }
        self
    }

    pub fn tell(&self, event: Event) {
        self.teller.tell(event);
    }

    /// The desk alone hears this, at once; what it wants done is left to the story, which answers when it likes.
    pub fn desk_hears(&mut self, what: Event) -> Vec<Effect> {
        let at = self.world.clock.now();
        self.place.desk.hear(Told { at, what })
    }

    /// As [`Analyst::desk_hears`], for keys.
    pub fn desk_hears_keys(&mut self, keys: &str) -> Vec<Effect> {
        keys.split_whitespace().flat_map(|name| self.desk_hears(Event::Key(key_named(name)))).collect()
    }

    /// Lets everything that is under way come to its end.
    pub fn settle(&mut self) -> &mut Self {
        self.place.turn().unwrap();
        self.place.settle().unwrap();
        assert_ne!(self.place.exit(), Some(WATCHDOG), "an effect was never answered:\n{}", self.screen());
        self
    }

    /// The whole screen as text, blanks at the line ends removed.
    pub fn screen(&self) -> String {
        let buffer = self.place.screen.backend().cells.buffer();
        let width = usize::from(buffer.area.width);
        let mut screen = String::new();
        for row in buffer.content.chunks(width.max(1)) {
            let mut skip = 0;
            let mut line = String::new();
            for cell in row {
                if skip == 0 {
                    line.push_str(cell.symbol());
                }
                skip = ratatui::text::Span::raw(cell.symbol()).width().max(skip).saturating_sub(1);
            }
            screen.push_str(line.trim_end());
            screen.push('\n');
        }
        screen
    }

    /// The line of the screen that holds a text.
    pub fn line_with(&self, text: &str) -> String {
        let screen = self.screen();
        let found = screen.lines().find(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("\"{text}\" is not on the screen:\n{screen}")).to_owned()
    }

    pub fn sees(&mut self, text: &str) -> &mut Self {
        assert!(self.screen().contains(text), "\"{text}\" is not on the screen:\n{}", self.screen());
        self
    }

    pub fn misses(&mut self, text: &str) -> &mut Self {
        assert!(!self.screen().contains(text), "\"{text}\" is on the screen:\n{}", self.screen());
        self
    }

    /// Reads a problem that the desk tells of; from then on it is excused.
    pub fn is_told(&mut self, text: &str) -> &mut Self {
        self.excused = true;
        let notice = self.place.desk.notice.as_ref().map(|notice| notice.text.as_str().to_owned());
        assert!(
            notice.as_ref().is_some_and(|notice| notice.contains(text)),
            "\"{text}\" was not told, but {notice:?}"
        );
        self
    }

    pub fn counts(&self) -> Counts {
        self.place.counts
    }

    /// How many bytes went to the terminal so far.
    pub fn bytes(&self) -> usize {
        self.place.screen.backend().byte_count()
    }

    pub fn copied(&self) -> &[String] {
        &self.place.screen.backend().copied
    }

    /// Leaves the desk and waits until its threads are done.
    pub fn leaves(mut self) {
        while self.place.exit().is_none() {
            self.press("q");
        }
    }
}

impl Drop for Analyst<'_> {
    fn drop(&mut self) {
        self.watchdog.rest();
        if thread::panicking() {
            return;
        }
        if let Err(forbidden) = gate::only_allowed(&self.place.screen.backend().bytes()) {
            panic!("the terminal was sent what it must never get: {forbidden}");
        }
        let unread = self.place.desk.notice.as_ref().filter(|notice| notice.tone == Tone::Bad && !self.excused);
        if let Some(notice) = unread {
            panic!("a problem was never looked at: {}", notice.text);
        }
        assert!(
            matches!(self.place.desk.over, Over::Nothing) || self.excused,
            "something was left half typed or open"
        );
    }
}

/// A story whose effects are never answered would wait for ever; this ends it, loudly.
struct Watchdog {
    stop: Option<mpsc::Sender<()>>,
}

const WATCHDOG: i32 = 99;

impl Watchdog {
    fn start(teller: Teller) -> Watchdog {
        let (stop, stopped) = mpsc::channel::<()>();
        thread::spawn(move || {
            if stopped.recv_timeout(Duration::from_secs(120)) == Err(mpsc::RecvTimeoutError::Timeout) {
                teller.send(Heard::Leave(WATCHDOG));
            }
        });
        Watchdog { stop: Some(stop) }
    }

    fn rest(&mut self) {
        self.stop = None;
    }
}

/// A key by the name that the table of keys gives it.
pub fn key_named(name: &str) -> KeyEvent {
    let (held, name) = match name.strip_prefix("Ctrl-") {
        Some(rest) if !rest.is_empty() => (KeyModifiers::CONTROL, rest),
        _ => (KeyModifiers::NONE, name),
    };
    let code = match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "BackTab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Space" => KeyCode::Char(' '),
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PgUp" => KeyCode::PageUp,
        "PgDn" => KeyCode::PageDown,
        "F5" => KeyCode::F(5),
        letter if letter.chars().count() == 1 => KeyCode::Char(letter.chars().next().unwrap()),
        other => panic!("there is no key {other}"),
    };
    KeyEvent::new(code, held)
}

/// A screen with the ids that are made anew each time written as nothing but zeros.
pub fn steady(screen: &str) -> String {
    let mut steady = screen.to_owned();
    let is_id = |part: &str| {
        let shape = part.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        shape && part.len() == 36
    };
    for at in 0..screen.len().saturating_sub(35) {
        if screen.get(at..at + 36).is_some_and(is_id) {
            steady.replace_range(at..at + 36, "00000000-0000-7000-8000-000000000000");
        }
    }
    steady
}

/// Compares the whole screen with the one that was approved.
#[macro_export]
macro_rules! sees_screen {
    ($analyst:expr, $name:literal) => {
        insta::assert_snapshot!($name, $crate::analyst::steady(&$analyst.screen()))
    };
}
