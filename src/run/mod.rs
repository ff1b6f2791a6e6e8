//! HANDS: the loop, and everything that touches the world for the desk. One channel, total order: what has arrived is
//! drained, the desk hears each piece, its effects are handed out, and the screen is drawn once if it changed.
//!
//! ```text
//! keys ──────┐                       ┌─ memory thread (the store)
//! signals ───┤                       │
//! store ─────┼─> channel ─> desk ─> effects ─┼─ network thread (the providers)
//! providers ─┤                │      ├─ papers thread (documents, in a process of their own)
//! documents ─┤                │      └─ terminal (copy, redraw, suspend)
//! hang-up ───┘                └─> draw
//! ```

pub mod ansi;
pub mod author;
pub mod clock;
pub mod drafting;
pub mod editor;
pub mod files;
pub mod guard;
pub mod in_use;
pub mod keyboard;
pub mod listening;
pub mod memory;
pub mod neighbours;
pub mod network;
pub mod out;
pub mod outbox;
pub mod papers;
pub mod pictures;
pub mod register;
pub mod source;
pub mod terminal;
pub mod watch;

mod archive;
mod attaching;
mod leaving;
mod outside;
mod packing;
mod pages;
mod unasked;

use std::{
    io,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender},
    time::Duration,
};

use ratatui::{Terminal, TerminalOptions, Viewport, backend::Backend, layout::Size};

use crate::{
    desk::{
        Desk, Over, Setup, layout,
        words::{Effect, Event, Graphics, Told},
    },
    graphics::Answers,
    text::{Raw, SafeText, own, say},
    view::{self, style::Look},
};
use clock::Clock;
use editor::Editor;
use memory::Memory;
use network::Network;
use papers::Papers;
use pictures::{Pictures, Placement};
use terminal::Screen;

/// What comes down the channel.
#[derive(Debug)]
pub enum Heard {
    Desk(Told),
    /// What memory has no answer to and the providers shall be asked.
    PassOn(Effect),
    /// The outbox has something to do that no effect waits for; until as many have ended, the program is not idle.
    Begun,
    Ended,
    /// Another program changed something in the store.
    Neighbour,
    /// Leave now, with this exit code (a signal, a hang-up).
    Leave(i32),
    /// The shell wants us out of the way (SIGTSTP from outside).
    Suspend,
    /// We were stopped and go on: the screen may hold anything.
    Continued,
    /// Somebody listens for what the terminal will answer: it can be asked.
    Listening,
    /// What it answered; nothing, where it is silent.
    Answered(Answers),
}

/// A way to tell the desk something. Every event gets the time at which it was told.
#[derive(Clone)]
pub struct Teller {
    pub channel: Sender<Heard>,
    pub clock: Clock,
}

impl Teller {
    /// A desk that is gone does not mind what it misses.
    pub fn tell(&self, what: Event) {
        let _ = self.channel.send(Heard::Desk(Told { at: self.clock.now(), what }));
    }

    pub fn send(&self, heard: Heard) {
        let _ = self.channel.send(heard);
    }
}

/// The running desk with its hands. The terminal is a parameter, so that tests run the same loop on a screen in
/// memory.
pub struct Workplace<S: Screen> {
    pub desk: Desk,
    pub screen: Terminal<S>,
    look: Look,
    hands: Hands,
    heard: Receiver<Heard>,
    clock: Clock,
    /// Exact counts, for tests and benchmarks.
    pub counts: Counts,
    exit: Option<i32>,
    panic_at: Option<PanicAt>,
    pub pictures: Pictures,
    tries_picture: bool,
    /// The desk waits to be told what the terminal shows.
    is_asked: bool,
}

/// Who does what for the desk.
pub struct Hands {
    pub memory: Memory,
    pub network: Network,
    pub papers: Papers,
    pub editor: Editor,
    pub teller: Teller,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub frames: u64,
    pub events: u64,
    /// Effects that have no closing event yet.
    pub pending: u64,
}

/// Deliberate failures, for the tests of what a panic leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanicAt {
    Draw,
    Hear,
    Task,
}

impl<S: Screen> Workplace<S>
where
    io::Error: From<<S as Backend>::Error>,
{
    /// Opens the desk: draws its first frame from what the store holds and sends the first effects on their way.
    pub fn open(
        setup: Setup,
        screen: S,
        look: Look,
        hands: Hands,
        heard: Receiver<Heard>,
    ) -> io::Result<Workplace<S>> {
        let size = screen.size()?;
        let area = layout::drawn(size.width, size.height);
        // The library would take memory for every cell of the terminal, however large that says it is.
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        let screen = Terminal::with_options(screen, options)?;
        let clock = hands.teller.clock.clone();
        let (desk, effects) = Desk::open(setup, area, clock.now());
        let mut place = Workplace {
            desk,
            screen,
            look,
            hands,
            heard,
            clock,
            counts: Counts::default(),
            exit: None,
            panic_at: None,
            pictures: Pictures::default(),
            tries_picture: false,
            is_asked: false,
        };
        place.carry_out(effects)?;
        Ok(place)
    }

    pub fn panic_at(mut self, point: Option<PanicAt>) -> Workplace<S> {
        if point == Some(PanicAt::Task) {
            self.hands.network.panic();
        }
        self.panic_at = point;
        self
    }

    /// How pictures are shown. `tries` shows one of our own, for the tests of terminals.
    pub fn with_pictures(mut self, pictures: Pictures, tries: bool) -> Workplace<S> {
        (self.pictures, self.tries_picture) = (pictures, tries);
        self
    }

    /// Works until the analyst or the world ends it; gives the exit code.
    pub fn work(&mut self) -> io::Result<i32> {
        loop {
            self.turn()?;
            if let Some(code) = self.exit {
                return Ok(code);
            }
        }
    }

    /// Works until every effect has been answered: the program is idle.
    pub fn settle(&mut self) -> io::Result<()> {
        while self.counts.pending > 0 && self.exit.is_none() {
            self.turn()?;
        }
        Ok(())
    }

    /// The exit code, once the program is to end.
    pub fn exit(&self) -> Option<i32> {
        self.exit
    }

    /// Waits for one event (or for the moment the desk wants to be woken at), drains what else has come, then draws
    /// once if anything changed.
    pub fn turn(&mut self) -> io::Result<()> {
        let first = match self.desk.wake() {
            None => self.heard.recv().ok(),
            Some(at) => match self.heard.recv_timeout(self.clock.until(at)) {
                Ok(heard) => Some(heard),
                Err(RecvTimeoutError::Timeout) => {
                    Some(Heard::Desk(Told { at: self.clock.now(), what: Event::Woken }))
                }
                Err(RecvTimeoutError::Disconnected) => None,
            },
        };
        match first {
            Some(heard) => self.hear(heard)?,
            None => self.exit = Some(0),
        }
        while let Ok(heard) = self.heard.try_recv() {
            self.hear(heard)?;
        }
        if self.exit.is_none() && self.desk.take_changed() {
            self.draw()?;
        }
        Ok(())
    }

    fn hear(&mut self, heard: Heard) -> io::Result<()> {
        match heard {
            Heard::Desk(told) => {
                self.counts.events += 1;
                if self.panic_at == Some(PanicAt::Hear) && matches!(told.what, Event::Key(_)) {
                    panic!("asked to fail while hearing");
                }
                if told.what.closes() {
                    self.counts.pending = self.counts.pending.saturating_sub(1);
                }
                let effects = self.desk.hear(told);
                self.carry_out(effects)?;
                if self.desk.leaving {
                    self.exit.get_or_insert(0);
                }
            }
            Heard::PassOn(effect) => self.hands.network.take(effect),
            Heard::Begun => self.counts.pending += 1,
            Heard::Ended => self.counts.pending = self.counts.pending.saturating_sub(1),
            Heard::Neighbour => {
                self.hands.network.poke();
                self.hear(Heard::Desk(Told { at: self.clock.now(), what: Event::StoreMoved }))?;
            }
            Heard::Leave(code) => {
                self.exit = Some(code);
                let effects = self.desk.farewell();
                self.carry_out(effects)?;
            }
            Heard::Suspend => self.suspend()?,
            Heard::Continued => self.come_back()?,
            Heard::Listening => {
                let question = self.pictures.question();
                self.screen.backend_mut().say(&question)?;
                Backend::flush(self.screen.backend_mut())?;
            }
            Heard::Answered(answers) => {
                self.pictures.answered(&answers);
                self.tell_graphics();
                if !answers.kitty {
                    // A terminal that does not know a question may have shown it.
                    self.wipe()?;
                }
                self.draw()?;
            }
        }
        Ok(())
    }

    /// Tells the desk what pictures there can be, if it asked.
    fn tell_graphics(&mut self) {
        let Some((terminal, says)) = self.pictures.known() else { return };
        let cell = terminal.map(|terminal| (terminal.cell.width, terminal.cell.height));
        let means = own(terminal.map_or("no pictures", |terminal| terminal.protocol.words()));
        let graphics = Graphics { cell, says: say!("{}: {}", means, says) };
        if std::mem::take(&mut self.is_asked) {
            self.hands.teller.tell(Event::Graphics(graphics));
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        self.counts.frames += 1;
        let size = self.screen.size()?;
        let area = layout::drawn(size.width, size.height);
        if self.screen.get_frame().area() != area {
            self.screen.resize(area)?;
            self.pictures.forget();
        }
        let (desk, look, panic_at) = (&self.desk, self.look, self.panic_at);
        let placements = match self.desk.over {
            Over::Nothing if self.tries_picture => self.pictures.trial(),
            _ => {
                let shown = view::picture(desk);
                shown.map(|(area, picture, id)| Placement { area, picture, id }).into_iter().collect()
            }
        };
        let drawn = self.screen.draw(|frame| {
            if panic_at == Some(PanicAt::Draw) {
                panic!("asked to fail while drawing");
            }
            view::draw(desk, look, frame);
            self.pictures.fill(&placements, frame.buffer_mut());
        })?;
        if self.pictures.change_with(&placements) {
            let drawn = drawn.buffer.clone();
            self.pictures.show(&placements, &drawn, self.screen.backend_mut())?;
        }
        self.desk.drawn(self.clock.now());
        if self.tries_picture && self.counts.frames == 1 {
            self.pictures.want(self.screen.backend_mut());
        }
        Ok(())
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            self.counts.pending += 1;
            match effect {
                Effect::Look { .. }
                | Effect::Count
                | Effect::Open(_)
                | Effect::Urgent { .. }
                | Effect::Park { .. }
                | Effect::Unpark(_)
                | Effect::Find(_)
                | Effect::Begin(_)
                | Effect::KeepDraft { .. }
                | Effect::DropDraft(_)
                | Effect::Outbox
                | Effect::Note { .. }
                | Effect::Prefer(..) => self.hands.memory.take(effect),
                Effect::Ask(_)
                | Effect::Fetch { .. }
                | Effect::Save { .. }
                | Effect::Show(_)
                | Effect::ShowPage { .. }
                | Effect::Attach { .. }
                | Effect::Pack { .. }
                | Effect::ListFolder { .. }
                | Effect::Submit(_)
                | Effect::TakeBack(_)
                | Effect::LookAgain(_)
                | Effect::SendNow
                | Effect::Decide { .. } => self.hands.network.take(effect),
                Effect::Edit { draft, field, text } => {
                    let what = Event::Edited { draft, field, answer: self.edit(&text)? };
                    // Heard before any key that was typed ahead, or the end of the line, closes its form.
                    self.hear(Heard::Desk(Told { at: self.clock.now(), what }))?;
                }
                Effect::Picture { paper, page, viewport } => {
                    self.hands.papers.picture(paper, page, viewport);
                }
                Effect::Probe => {
                    self.is_asked = true;
                    if self.pictures.want(self.screen.backend_mut()) {
                        self.tell_graphics();
                    }
                }
                Effect::Copy(text) => {
                    let told = self.screen.backend_mut().copy(&text)?;
                    self.hands.teller.tell(Event::News(told));
                }
                Effect::Redraw => {
                    self.wipe()?;
                    self.draw()?;
                    self.hands.teller.tell(Event::Done);
                }
                Effect::Suspend => {
                    self.suspend()?;
                    self.hands.teller.tell(Event::Done);
                }
            }
        }
        Ok(())
    }

    /// Gives terminal and keyboard to the editor; everything else goes on meanwhile.
    fn edit(&mut self, text: &Raw) -> io::Result<Result<Raw, SafeText>> {
        self.screen.backend_mut().leave()?;
        let edited = self.hands.editor.edit(text);
        self.come_back()?;
        Ok(edited)
    }

    /// Gives the terminal back and stops; returns when the shell continues us.
    fn suspend(&mut self) -> io::Result<()> {
        self.screen.backend_mut().leave()?;
        self.screen.backend_mut().stop()?;
        self.come_back()
    }

    /// Empties the screen, so that the next frame paints everything. (The terminal library's own way of clearing
    /// would ask the terminal where its cursor is, and wait for the answer.)
    fn wipe(&mut self) -> io::Result<Size> {
        let size = self.screen.size()?;
        self.screen.resize(layout::drawn(size.width, size.height))?;
        self.pictures.forget();
        Ok(size)
    }

    /// After a stop everything may be different: the screen, its size, the time, the store.
    fn come_back(&mut self) -> io::Result<()> {
        self.screen.backend_mut().enter()?;
        let size = self.wipe()?;
        for what in [Event::Resize(size.width, size.height), Event::StoreMoved] {
            self.hear(Heard::Desk(Told { at: self.clock.now(), what }))?;
        }
        self.draw()
    }
}

/// What is said when one of the threads is gone. It should never be seen.
fn gone() -> SafeText {
    own("a part of the program has stopped; leave with q and start again: everything kept is kept")
}

/// A wait as long as the operating system likes it.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);
