//! Who reads the keyboard: this program, or for a while the editor that it started. It never knows what is typed.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::process::{Signal, getpid, kill_process};

use crate::graphics::Surroundings;

/// The right to read the keyboard. Clones share it.
#[derive(Clone, Default)]
pub struct Keyboard(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    /// A thread of this program reads, or has handed over.
    is_read: bool,
    /// Somebody else wants to read.
    is_wanted: bool,
    is_handed_over: bool,
    /// The terminal is to be asked something, once the reader listens.
    question: Option<Surroundings>,
}

/// The keyboard in another program's hands, until this is dropped.
pub struct Lent(Keyboard);

/// How long the reader may take to look up.
const A_MOMENT: Duration = Duration::from_millis(50);

impl Keyboard {
    /// This thread reads from now on.
    pub fn begin(&self) {
        self.state().is_read = true;
    }

    /// Called by the reader whenever it has read something: gives way for as long as somebody else wants to read.
    pub fn hand_over(&self) {
        let mut state = self.state();
        while state.is_wanted {
            state.is_handed_over = true;
            self.0.moved.notify_all();
            state = self.0.moved.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.is_handed_over = false;
    }

    /// Takes the keyboard from the reader. It waits in the kernel for keys; the signal of a new size wakes it, too.
    pub fn lend(&self) -> Lent {
        let mut state = self.state();
        state.is_wanted = true;
        while state.is_read && !state.is_handed_over {
            // Where it cannot be woken, the next key does it.
            let _ = kill_process(getpid(), Signal::WINCH);
            let waited = self.0.moved.wait_timeout(state, A_MOMENT);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Lent(self.clone())
    }

    /// Has the reader listen for a terminal's answers. Tells whether there is a reader; it says itself when it listens.
    pub fn ask(&self, around: Surroundings) -> bool {
        let mut state = self.state();
        state.question = Some(around).filter(|_| state.is_read);
        // It waits in the kernel for keys. Where it cannot be woken, the next key does it.
        state.is_read && kill_process(getpid(), Signal::WINCH).is_ok()
    }

    pub fn is_asked(&self) -> bool {
        self.state().question.is_some()
    }

    /// Called by the reader: what it shall listen for.
    pub fn question(&self) -> Option<Surroundings> {
        self.state().question.take()
    }

    /// Whether another program reads: then what its terminal signals is meant for it.
    pub fn is_lent(&self) -> bool {
        self.state().is_wanted
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.0.state().is_wanted = false;
        self.0.0.moved.notify_all();
    }
}
