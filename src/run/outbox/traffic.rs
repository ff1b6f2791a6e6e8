//! How the outbox stands, for the screen: who sends, and to whom nothing is sent for now. Shared by the threads that know
//! it and those that show it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{case::Moment, text::SafeText};

/// Clones share it.
#[derive(Clone, Default)]
pub struct Traffic(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    elsewhere: bool,
    /// For want of the right to send, which comes and goes by itself.
    barred: BTreeMap<String, SafeText>,
    /// Until somebody says so.
    paused: BTreeMap<String, SafeText>,
    resting: BTreeMap<String, (Moment, SafeText)>,
}

impl Traffic {
    /// Another program sends.
    pub fn is_elsewhere(&self) -> bool {
        self.state().elsewhere
    }

    pub(super) fn set_elsewhere(&self, elsewhere: bool) {
        self.state().elsewhere = elsewhere;
    }

    /// Profiles to which nothing is sent until somebody says so or the right to send is had, and why.
    pub fn paused(&self) -> Vec<(String, SafeText)> {
        let state = self.state();
        let mut paused = state.paused.clone();
        paused.extend(state.barred.clone());
        paused.into_iter().collect()
    }

    pub(super) fn is_paused(&self, profile: &str) -> bool {
        let state = self.state();
        state.paused.contains_key(profile) || state.barred.contains_key(profile)
    }

    /// The right to send cannot be had, and why.
    pub(super) fn bar<'p>(&self, profiles: impl Iterator<Item = &'p str>, why: &SafeText) {
        self.state().barred = profiles.map(|profile| (profile.to_owned(), why.clone())).collect();
    }

    pub(super) fn unbar(&self) {
        self.state().barred.clear();
    }

    pub(super) fn pause(&self, profile: &str, why: SafeText) {
        self.state().paused.insert(profile.to_owned(), why);
    }

    pub(super) fn go_on(&self, profile: &str) {
        self.state().paused.remove(profile);
    }

    /// Profiles to which nothing is sent before a moment, and why.
    pub fn resting(&self) -> Vec<(String, Moment, SafeText)> {
        self.state()
            .resting
            .iter()
            .map(|(profile, (until, why))| (profile.clone(), *until, why.clone()))
            .collect()
    }

    pub(super) fn rest(&self, profile: &str, until: Moment, why: SafeText) {
        self.state().resting.insert(profile.to_owned(), (until, why));
    }

    pub(super) fn rest_no_longer(&self, profile: &str) {
        self.state().resting.remove(profile);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
