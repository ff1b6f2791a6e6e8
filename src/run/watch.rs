//! What comes from outside without being asked: keys, signals, and the end of the line. Each has a thread that sleeps
//! in the kernel until there is something to tell.

use std::{
    io, process, thread,
    time::{Duration, Instant},
};

use crossterm::event::{self, KeyEventKind};
use rustix::event::{PollFd, PollFlags, poll};
use signal_hook::{
    consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP},
    iterator::Signals,
};

use super::{Heard, Teller, keyboard::Keyboard, listening, neighbours::Neighbours, terminal, unasked::Answers};
use crate::{desk::words::Event, text::Raw};

/// The exit code of a program that ended because its terminal went away, as a shell would report it.
pub const HUNG_UP: i32 = 128 + SIGHUP;

/// Listens for signals from here on: nothing ends the program without giving the terminal back. What a terminal signals
/// while another program reads the keyboard is meant for that one.
pub fn signals(teller: Teller, keyboard: Keyboard) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGINT | SIGTSTP | SIGCONT if keyboard.is_lent() => {}
                SIGTSTP => teller.send(Heard::Suspend),
                SIGCONT => teller.send(Heard::Continued),
                signal => leave(&teller, 128 + signal),
            }
        }
    })?;
    Ok(())
}

/// Watches the line itself: when the other end of the terminal is gone, reading keys from it would spin for ever, so
/// a thread of its own waits for just that.
pub fn hang_up(teller: Teller) -> io::Result<()> {
    thread::Builder::new().name("hang-up".into()).spawn(move || {
        let stdin = io::stdin();
        loop {
            // Nothing is asked for: a hang-up or an error is told all the same.
            let mut line = [PollFd::new(&stdin, PollFlags::empty())];
            match poll(&mut line, None) {
                Ok(_) if line[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) => {
                    return leave(&teller, HUNG_UP);
                }
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return leave(&teller, HUNG_UP),
            }
        }
    })?;
    Ok(())
}

/// How long the loop has to leave by itself.
const PATIENCE: Duration = Duration::from_millis(700);

/// Asks the loop to leave, and sees to it that the program ends all the same where the loop cannot: it may be stuck in
/// writing to a terminal that takes nothing.
fn leave(teller: &Teller, code: i32) {
    teller.send(Heard::Leave(code));
    let end = move || {
        thread::sleep(PATIENCE);
        terminal::give_back_at_once();
        process::exit(code);
    };
    // Without a thread to wait on, waiting is done here: nothing else is left to be watched.
    if thread::Builder::new().name("end".into()).spawn(end).is_err() {
        end();
    }
}

/// No hand presses a key so soon after a paste.
const AFTER_PASTE: Duration = Duration::from_millis(50);

/// How often is looked where the kernel does not tell.
const LOOKS: Duration = Duration::from_secs(20);

/// Listens to the other programs that have the same store open.
pub fn neighbours(teller: Teller, neighbours: Neighbours) -> io::Result<()> {
    let listen = move || {
        neighbours.listen(|| teller.send(Heard::Neighbour));
        // The kernel tells nothing, or nothing more: now and then is looked all the same.
        loop {
            thread::park_timeout(LOOKS);
            teller.send(Heard::Neighbour);
        }
    };
    thread::Builder::new().name("neighbours".into()).spawn(listen)?;
    Ok(())
}

/// Reads keys, pastes and sizes, as long as the keyboard is this program's.
pub fn keys(teller: Teller, keyboard: Keyboard) -> io::Result<()> {
    thread::Builder::new().name("keys".into()).spawn(move || {
        let mut keys = Keys { answers: Answers::default(), pasted: None };
        keyboard.begin();
        loop {
            // What the library has read already was typed before.
            let is_read_up = || !event::poll(Duration::ZERO).unwrap_or(true);
            if keyboard.is_asked()
                && is_read_up()
                && let Some(around) = keyboard.question()
            {
                teller.send(Heard::Listening);
                let mut tell = |heard| keys.sort(heard).into_iter().for_each(|what| teller.tell(what));
                let (answers, goes_on) = listening::listen(&around, &mut tell);
                if goes_on {
                    keys.answers.goes_on(Instant::now());
                }
                teller.send(Heard::Answered(answers));
            }
            let read = event::read();
            keyboard.hand_over();
            // The line is gone; the hang-up watch says so.
            let Ok(heard) = read else { return };
            keys.sort(heard).into_iter().for_each(|what| teller.tell(what));
        }
    })?;
    Ok(())
}

/// Tells what was typed from what only looks like it.
struct Keys {
    answers: Answers,
    pasted: Option<Instant>,
}

impl Keys {
    fn sort(&mut self, heard: event::Event) -> Option<Event> {
        match heard {
            event::Event::Key(key) if self.answers.swallow(&key, Instant::now()) => None,
            // A paste may hold the mark of its own end; what follows it at once is still part of it.
            event::Event::Key(_) if self.pasted.is_some_and(|at| at.elapsed() < AFTER_PASTE) => {
                self.pasted = Some(Instant::now());
                None
            }
            event::Event::Key(key) if key.kind != KeyEventKind::Release => Some(Event::Key(key)),
            event::Event::Paste(text) => {
                self.pasted = Some(Instant::now());
                Some(Event::Paste(Raw::new(text)))
            }
            event::Event::Resize(width, height) => Some(Event::Resize(width, height)),
            _ => None,
        }
    }
}
