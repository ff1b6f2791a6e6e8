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

use super::{Heard, Teller, terminal, unasked::Answers};
use crate::{desk::words::Event, text::Raw};

/// The exit code of a program that ended because its terminal went away, as a shell would report it.
const HUNG_UP: i32 = 128 + SIGHUP;

/// Listens for signals from here on: nothing ends the program without giving the terminal back.
pub fn signals(teller: Teller) -> io::Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for signal in signals.forever() {
            match signal {
                SIGTSTP => teller.send(Heard::Suspend),
                SIGCONT => teller.send(Heard::Continued),
                SIGHUP => hung_up(&teller),
                signal => teller.send(Heard::Leave(128 + signal)),
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
                    return hung_up(&teller);
                }
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(_) => return hung_up(&teller),
            }
        }
    })?;
    Ok(())
}

/// Asks the loop to leave, and leaves all the same where it cannot (it may be writing to a line that takes nothing).
fn hung_up(teller: &Teller) {
    teller.send(Heard::Leave(HUNG_UP));
    thread::sleep(Duration::from_millis(700));
    let _ = terminal::give_back();
    process::exit(HUNG_UP);
}

/// Reads keys, pastes and sizes.
pub fn keys(teller: Teller) -> io::Result<()> {
    thread::Builder::new().name("keys".into()).spawn(move || {
        let mut answers = Answers::default();
        loop {
            let what = match event::read() {
                Ok(event::Event::Key(key)) if answers.swallow(&key, Instant::now()) => continue,
                Ok(event::Event::Key(key)) if key.kind != KeyEventKind::Release => Event::Key(key),
                Ok(event::Event::Paste(text)) => Event::Paste(Raw::new(text)),
                Ok(event::Event::Resize(width, height)) => Event::Resize(width, height),
                Ok(_) => continue,
                // The line is gone; the hang-up watch says so.
                Err(_) => return,
            };
            teller.tell(what);
        }
    })?;
    Ok(())
}
