//! Who reads the keyboard: this program, or for a while the editor that it started. It never knows what is typed.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// The right to read the keyboard. Clones share it.
#[derive(Clone, Default)]
pub struct Keyboard {
    turn: Arc<Mutex<()>>,
    lent: Arc<AtomicBool>,
}

/// The keyboard in somebody's hands, until this is dropped.
pub struct Held<'k> {
    keyboard: &'k Keyboard,
    is_lent: bool,
    _turn: MutexGuard<'k, ()>,
}

impl Keyboard {
    /// For as long as keys are taken that are there already.
    pub fn read(&self) -> Held<'_> {
        self.hold(false)
    }

    /// For as long as another program reads.
    pub fn lend(&self) -> Held<'_> {
        self.hold(true)
    }

    /// Whether another program reads: then what its terminal signals is meant for it.
    pub fn is_lent(&self) -> bool {
        self.lent.load(Ordering::Relaxed)
    }

    fn hold(&self, is_lent: bool) -> Held<'_> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.lent.store(is_lent, Ordering::Relaxed);
        Held { keyboard: self, is_lent, _turn: turn }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.is_lent {
            self.keyboard.lent.store(false, Ordering::Relaxed);
        }
    }
}
