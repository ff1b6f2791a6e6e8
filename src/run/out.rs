//! The way to the terminal: everything a frame writes leaves in one piece, and nothing leaves after the terminal was
//! given back.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

/// From this size on a frame is wrapped in a synchronised update (mode 2026), so that a terminal that knows it never
/// shows half a frame. Smaller ones arrive in one packet anyway.
const WORTH_WRAPPING: usize = 1024;
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Collects what is written until it is flushed. Clones share whether the terminal is ours.
pub struct Out<W: Write> {
    to: W,
    frame: Vec<u8>,
    ours: Ours,
}

/// Whether the terminal belongs to us, how many bytes it was sent, and what is to be said before it is given back.
#[derive(Clone, Default)]
pub struct Ours {
    held: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    farewell: Arc<Mutex<Vec<u8>>>,
}

impl Ours {
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::SeqCst)
    }

    /// Takes or gives back; tells whether that changed anything.
    pub fn hold(&self, held: bool) -> bool {
        self.held.swap(held, Ordering::SeqCst) != held
    }

    /// What takes the pictures away that now stand on the terminal.
    pub fn will_say(&self, farewell: Vec<u8>) {
        *self.farewell.lock().unwrap_or_else(PoisonError::into_inner) = farewell;
    }

    /// Taken once. Never waits: a thread that holds it may have failed.
    pub fn farewell(&self) -> Vec<u8> {
        self.farewell.try_lock().map(|mut farewell| std::mem::take(&mut *farewell)).unwrap_or_default()
    }

    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

impl<W: Write> Out<W> {
    pub fn new(to: W, ours: Ours) -> Out<W> {
        Out { to, frame: Vec::with_capacity(16 << 10), ours }
    }
}

impl<W: Write> Write for Out<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.frame.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        if !self.ours.is_held() {
            self.frame.clear();
            return Ok(());
        }
        if self.frame.len() >= WORTH_WRAPPING {
            self.frame.splice(0..0, BEGIN.iter().copied());
            self.frame.extend_from_slice(END);
        }
        let sent = self.to.write_all(&self.frame).and_then(|()| self.to.flush());
        self.ours.written.fetch_add(self.frame.len() as u64, Ordering::Relaxed);
        self.frame.clear();
        sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_after_the_terminal_was_given_back() {
        let ours = Ours::default();
        ours.hold(true);
        let mut sent = Vec::new();
        {
            let mut out = Out::new(&mut sent, ours.clone());
            out.write_all(b"before").unwrap();
            out.flush().unwrap();
            ours.hold(false);
            out.write_all(b"after").unwrap();
            out.flush().unwrap();
        }
        assert_eq!(sent, b"before");
    }

    #[test]
    fn a_large_frame_is_one_synchronised_piece() {
        let ours = Ours::default();
        ours.hold(true);
        let mut sent = Vec::new();
        {
            let mut out = Out::new(&mut sent, ours);
            out.write_all(&[b'x'; WORTH_WRAPPING]).unwrap();
            out.flush().unwrap();
        }
        assert!(sent.starts_with(BEGIN) && sent.ends_with(END));
        assert_eq!(sent.len(), WORTH_WRAPPING + BEGIN.len() + END.len());
    }
}
