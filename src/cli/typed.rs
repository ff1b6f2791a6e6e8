//! What is typed at a terminal: a word that confirms, and what must not be seen. It is read whole and kept nowhere.

use std::{
    io::{self, BufRead, IsTerminal},
    thread,
};

use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr, tcsetattr,
};
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::{Handle, Signals},
    low_level::emulate_default_handler,
};
use zeroize::Zeroizing;

use super::ends::Stop;
use crate::text::{SafeText, Secret, say};

/// Goes on once the wanted letters were typed, after they were asked for; else with what to say.
pub fn confirmed(wanted: &SafeText, undone: SafeText) -> Result<(), Stop> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(Stop::usage(say!("{}: there is no terminal to ask on; --yes does it unasked", undone)));
    }
    // What was typed before there was anything to read confirms nothing.
    tcflush(io::stdin(), QueueSelector::IFlush).map_err(io::Error::from)?;
    eprint!("{}", say!("type {} to confirm: ", wanted));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if answer.trim() == wanted.as_str() { Ok(()) } else { Err(Stop::unsent(undone)) }
}

/// One line of standard input, without its end; on a terminal asked for, and without an echo.
pub fn unseen(asks: &SafeText) -> io::Result<Secret> {
    let silence = if io::stdin().is_terminal() { Some(Silence::begin()?) } else { None };
    if silence.is_some() {
        eprint!("{asks}");
    }
    let mut line = Zeroizing::new(String::with_capacity(64));
    let read = io::stdin().lock().read_line(&mut line);
    if let Some(silence) = silence {
        drop(silence);
        eprintln!();
    }
    read?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

/// A terminal that shows nothing of what is typed, until this is dropped or a signal ends the program.
struct Silence {
    before: Termios,
    signals: Handle,
    watch: Option<thread::JoinHandle<()>>,
}

impl Silence {
    fn begin() -> io::Result<Silence> {
        let before = tcgetattr(io::stdin())?;
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let (handle, restored) = (signals.handle(), before.clone());
        let watch = thread::Builder::new().name("silence".into()).spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &restored);
                let _ = emulate_default_handler(signal);
            }
        })?;
        let silence = Silence { before, signals: handle, watch: Some(watch) };
        let mut silent = silence.before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // Stopped and continued, it would be a terminal that shows what is typed again.
        silent.special_codes[SpecialCodeIndex::VSUSP] = 0;
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(silence)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = tcsetattr(io::stdin(), OptionalActions::Flush, &self.before);
        self.signals.close();
        if let Some(watch) = self.watch.take() {
            let _ = watch.join();
        }
    }
}
