//! What a terminal has received: the bytes, the screen they make, and the shell's marks among them. The reader
//! signals every change; a test waits for the change it wants.

use std::{
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::CEILING;

const MARK: &[u8] = b"\x1b]casedesk-test;";
const MARK_END: u8 = 7;

pub struct Seen {
    now: Mutex<Now>,
    changed: Condvar,
}

pub struct Now {
    pub raw: Vec<u8>,
    parser: vt100::Parser,
    /// Bytes that may become a mark.
    held: Vec<u8>,
    pub pid: Option<i32>,
    pub stops: usize,
    /// Counted by the test.
    pub resumed: usize,
    pub exit: Option<i32>,
    /// The reader is to end with the next byte.
    left: bool,
    /// The reader takes nothing more for now.
    stalled: bool,
}

impl Now {
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }
}

impl Seen {
    pub fn new(cols: u16, rows: u16) -> Seen {
        let parser = vt100::Parser::new(rows.max(1), cols.max(1), 0);
        let (raw, held) = (Vec::new(), Vec::new());
        let now =
            Now { raw, parser, held, pid: None, stops: 0, resumed: 0, exit: None, left: false, stalled: false };
        Seen { now: Mutex::new(now), changed: Condvar::new() }
    }

    /// Reads until the other side is gone, or the test has left.
    pub fn read(&self, output: &mut dyn Read) {
        let mut chunk = [0; 65536];
        while let Ok(count @ 1..) = output.read(&mut chunk) {
            let mut now = self.lock();
            if now.left {
                return;
            }
            now.held.extend_from_slice(&chunk[..count]);
            now.take_in();
            drop(now);
            self.changed.notify_all();
            let stalled = self.changed.wait_while(self.lock(), |now| now.stalled && !now.left);
            drop(stalled.unwrap_or_else(PoisonError::into_inner));
        }
    }

    pub fn leave(&self) {
        self.lock().left = true;
        self.changed.notify_all();
    }

    /// From its next piece on the terminal takes nothing, or takes again.
    pub fn stall(&self, stalled: bool) {
        self.lock().stalled = stalled;
        self.changed.notify_all();
    }

    pub fn resize(&self, cols: u16, rows: u16) {
        self.lock().parser.screen_mut().set_size(rows.max(1), cols.max(1));
    }

    pub fn look<T>(&self, look: impl FnOnce(&Now) -> T) -> T {
        look(&self.lock())
    }

    pub fn change(&self, change: impl FnOnce(&mut Now)) {
        change(&mut self.lock());
    }

    /// Waits until there is something; nothing after the ceiling.
    pub fn wait<T>(&self, mut there: impl FnMut(&Now) -> Option<T>) -> Option<T> {
        let mut found = None;
        let waiting = |now: &mut Now| {
            found = there(now);
            found.is_none()
        };
        let waited = self.changed.wait_timeout_while(self.lock(), CEILING, waiting);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        found
    }

    /// Waits so long for a byte; true where none comes.
    pub fn is_silent(&self, long: Duration) -> bool {
        let (now, end) = (self.lock(), Instant::now() + long);
        let before = now.raw.len();
        let waiting = |now: &mut Now| now.raw.len() == before && Instant::now() < end;
        let (now, _) =
            self.changed.wait_timeout_while(now, long, waiting).unwrap_or_else(PoisonError::into_inner);
        now.raw.len() == before
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    /// Sorts what has come into the program's bytes and the shell's marks; half a mark is held back.
    fn take_in(&mut self) {
        let held = std::mem::take(&mut self.held);
        let mut rest = held.as_slice();
        loop {
            let at = (0..rest.len()).find(|at| {
                let here = &rest[*at..];
                here.starts_with(MARK) || MARK.starts_with(here)
            });
            let (own, mark) = rest.split_at(at.unwrap_or(rest.len()));
            self.raw.extend_from_slice(own);
            self.show(own);
            let Some(end) = mark.iter().position(|byte| *byte == MARK_END) else {
                self.held = mark.to_vec();
                return;
            };
            self.note(&String::from_utf8_lossy(&mark[MARK.len()..end]));
            rest = &mark[end + 1..];
        }
    }

    /// Puts bytes on the screen, one escape sequence and the text behind it at a time: the emulator can fail on what
    /// was meant for another size, which a terminal does not, and goes on with the next sequence.
    fn show(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let next = rest.iter().skip(1).position(|byte| *byte == 0x1b).map_or(rest.len(), |at| at + 1);
            let (piece, more) = rest.split_at(next);
            let parser = &mut self.parser;
            let _ = catch_unwind(AssertUnwindSafe(|| parser.process(piece)));
            rest = more;
        }
    }

    fn note(&mut self, mark: &str) {
        match mark.split_once(' ') {
            Some(("pid", pid)) => self.pid = pid.parse().ok(),
            Some(("exit", code)) => self.exit = code.parse().ok(),
            _ => self.stops += 1,
        }
    }
}
