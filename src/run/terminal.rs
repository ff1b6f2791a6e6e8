//! The terminal: taken once, given back on every way out. What is written to it beyond cells is here and nowhere
//! else: the start and stop sequences, our own clipboard copy, and what pictures hand over.

use std::{
    io::{self, IsTerminal, Write},
    os::fd::AsFd,
    panic,
    sync::{OnceLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use crossterm::{
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute, queue,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{backend::Backend, layout::Rect};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fs::{Mode, OFlags},
    io::Errno,
    process::{Signal, getpid, kill_process},
};

use super::{
    ansi::Ansi,
    out::{Ours, Out},
};
use crate::text::{Raw, SafeText, own, say};

/// A backend that can be taken and given back.
pub trait Screen: Backend {
    fn enter(&mut self) -> io::Result<()>;
    fn leave(&mut self) -> io::Result<()>;
    /// Stops this process as the shell's job control wants it; returns when it is continued.
    fn stop(&mut self) -> io::Result<()>;
    /// Hands lines to the terminal's clipboard; says what came of it.
    fn copy(&mut self, lines: &[SafeText]) -> io::Result<SafeText>;
    /// Writes what is no cell: a picture, or a question to the terminal. It leaves with the next flush.
    fn say(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// A picture stands in these cells: none of them is written again without need.
    fn cover(&mut self, area: Rect);
    /// What to say before the terminal is given back, however that comes about.
    fn will_say(&mut self, farewell: Vec<u8>);
}

/// The real one. It reads nothing: what a question is answered is heard where the keys are read.
pub type Tty = Ansi<Out<io::Stdout>>;

static OURS: OnceLock<Ours> = OnceLock::new();

fn ours() -> Ours {
    OURS.get_or_init(Ours::default).clone()
}

/// Takes the terminal. From here on a panic gives it back before it is told, on whichever thread it happens.
pub fn take() -> io::Result<Tty> {
    check()?;
    give_back_on_panic();
    let mut tty = Ansi::new(Out::new(io::stdout(), ours()));
    tty.enter()?;
    Ok(tty)
}

/// Refuses, in words, where there is no terminal to take.
pub fn check() -> io::Result<()> {
    match io::stdin().is_terminal() && io::stdout().is_terminal() {
        true => Ok(()),
        false => Err(io::Error::other("the screen needs a terminal: standard input and output must be one")),
    }
}

impl Screen for Tty {
    fn enter(&mut self) -> io::Result<()> {
        if !ours().hold(true) {
            // Continued after a stop that nobody announced: the shell may have changed every mode meanwhile.
            disable_raw_mode()?;
        }
        enable_raw_mode()?;
        self.forget();
        execute!(self, EnterAlternateScreen, Hide, EnableBracketedPaste)
    }

    fn leave(&mut self) -> io::Result<()> {
        give_back();
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        kill_process(getpid(), Signal::STOP)?;
        Ok(())
    }

    fn copy(&mut self, lines: &[SafeText]) -> io::Result<SafeText> {
        let text: Vec<_> = lines.iter().map(SafeText::as_str).collect();
        let mut bytes = format!("\x1b]52;c;{}\x07", STANDARD.encode(text.join("\n")));
        let tmux = std::env::var_os("TMUX").is_some();
        if tmux {
            // tmux hands on what is wrapped, with every escape doubled.
            bytes = format!("\x1bPtmux;{}\x1b\\", bytes.replace('\x1b', "\x1b\x1b"));
        }
        self.write_all(bytes.as_bytes())?;
        Write::flush(self)?;
        let through = own(if tmux { " through tmux" } else { "" });
        let what = match lines {
            [line] => say!("{} was", line),
            lines => say!("{} lines were", lines.len()),
        };
        Ok(say!(
            "{} sent to the terminal{}; whether it is on the clipboard is the terminal's to say",
            what,
            through
        ))
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn cover(&mut self, area: Rect) {
        Ansi::cover(self, area);
    }

    fn will_say(&mut self, farewell: Vec<u8>) {
        ours().will_say(farewell);
    }
}

/// What gives a terminal back: no pictures, no pasted brackets, the cursor, the screen that was there before.
fn last_words() -> Vec<u8> {
    let mut bytes = ours().farewell();
    // Writing into memory cannot fail.
    let _ = queue!(bytes, DisableBracketedPaste, Show, LeaveAlternateScreen);
    bytes
}

/// Gives the terminal back, once, as it was. A terminal that takes nothing any more is left as it is: there is nobody
/// to tell.
pub fn give_back() {
    if ours().hold(false) {
        let mut out = io::stdout();
        let _ = out.write_all(&last_words()).and_then(|()| out.flush());
        let _ = disable_raw_mode();
    }
}

/// The same without waiting for long: another thread may be stuck in the middle of writing to a terminal that takes
/// nothing.
pub fn give_back_at_once() {
    if ours().hold(false) {
        say_at_once(&last_words());
        let _ = disable_raw_mode();
    }
}

/// How long a terminal may take to make room for the last words: a frame may be on its way to it.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Writes to the controlling terminal what it takes soon.
fn say_at_once(bytes: &[u8]) {
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    if let Ok(tty) = rustix::fs::open("/dev/tty", flags, Mode::empty()) {
        say_within(LAST_WORDS, &tty, bytes);
    }
}

/// Writes what `tty`, which never makes its writer wait, takes within so long.
fn say_within(long: Duration, tty: impl AsFd, mut bytes: &[u8]) {
    let end = Instant::now() + long;
    while !bytes.is_empty() {
        match rustix::io::write(&tty, bytes) {
            Ok(written) => bytes = &bytes[written..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let left = end.saturating_duration_since(Instant::now());
                let Ok(left) = Timespec::try_from(left) else { return };
                let ready = poll(&mut [PollFd::new(&tty, PollFlags::OUT)], Some(&left));
                if !matches!(ready, Ok(1..) | Err(Errno::INTR)) || end <= Instant::now() {
                    return;
                }
            }
            Err(_) => return,
        }
    }
}

/// Whether writing failed because there is no terminal any more.
pub fn is_gone(error: &io::Error) -> bool {
    let gone = [Errno::IO, Errno::PIPE, Errno::NXIO].map(|errno| Some(errno.raw_os_error()));
    gone.contains(&error.raw_os_error())
}

/// How long an error stream may take for its last line.
const LAST_LINE: Duration = Duration::from_millis(500);

/// Tells one line on the error stream. One that is closed, or takes nothing, does not keep the program from ending.
pub fn tell_error(line: String) {
    let (done, told) = mpsc::channel();
    let write = move || {
        let _ = writeln!(io::stderr(), "{line}");
        let _ = done.send(());
    };
    if thread::Builder::new().spawn(write).is_ok() {
        let _ = told.recv_timeout(LAST_LINE);
    }
}

/// A panic on any thread gives the terminal back, says what happened in one safe line, and ends the program: what is
/// on the disk is whole, what is in memory can no longer be trusted.
fn give_back_on_panic() {
    panic::set_hook(Box::new(|info| {
        give_back_at_once();
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let what = info.payload_as_str().unwrap_or("no message");
        let line = Raw::new(format!("casedesk failed at {place}: {what}")).show();
        tell_error(format!("{line}\nEverything that was shown as kept is kept. Start it again to go on."));
        std::process::exit(101);
    }));
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        io::{PipeReader, PipeWriter, Read},
        path::Path,
        sync::atomic::{AtomicBool, Ordering},
    };

    use super::*;

    /// As a terminal with a frame on its way to it: it takes nothing more until it is read from.
    fn full() -> (PipeReader, PipeWriter) {
        let (reader, mut writer) = io::pipe().unwrap();
        rustix::fs::fcntl_setfl(&writer, OFlags::NONBLOCK).unwrap();
        while writer.write(&[b'.'; 4096]).is_ok() {}
        while writer.write(b".").is_ok() {}
        (reader, writer)
    }

    /// Whether a thread of this process sleeps in the kernel.
    fn sleeps(thread: &Path) -> bool {
        let stat = fs::read_to_string(Path::new("/proc").join(thread).join("stat")).unwrap();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
    }

    #[test]
    fn the_last_words_wait_until_a_frame_on_its_way_has_made_room() {
        let (mut reader, writer) = full();
        let speaker = fs::read_link("/proc/thread-self").unwrap();
        let (said, long) = (&AtomicBool::new(false), Duration::from_secs(60));
        let heard = thread::scope(|threads| {
            let heard = threads.spawn(move || {
                // The frame is taken only once somebody waits for that, or has given up.
                while !sleeps(&speaker) && !said.load(Ordering::SeqCst) {
                    thread::yield_now();
                }
                let mut heard = Vec::new();
                reader.read_to_end(&mut heard).map(|_| heard).unwrap()
            });
            say_within(long, &writer, b"the last words");
            said.store(true, Ordering::SeqCst);
            drop(writer);
            heard.join().unwrap()
        });
        assert!(heard.ends_with(b".the last words"), "{} bytes, and no last words", heard.len());
    }

    #[test]
    fn a_terminal_that_takes_nothing_is_not_waited_for_long() {
        let (_reader, writer) = full();
        say_within(Duration::from_millis(1), &writer, b"the last words");
    }
}
