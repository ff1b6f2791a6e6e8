//! The outbox: what was submitted, from queued to proven, durable before anybody acts on it. Every function here is one
//! transaction, with its note in the journal; a disk that is full leaves what was there before.
//!
//! It must never decide what may become of an entry: [`crate::action::life`] does, and whoever calls brings its word.
//! Each change carries the version it was decided on, and comes to nothing where somebody else was faster.

mod moving;
mod queueing;
mod reading;
mod standing;
mod steps;

pub use moving::{Change, Ended, Follows};
pub use queueing::{NewEntry, Queued};
pub(super) use reading::carried;
