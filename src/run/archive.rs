//! The network thread's own way into the store, opened when there is first something to keep, so that a large answer
//! never keeps the desk's store busy. It never knows what is kept.

use std::{
    cell::RefCell,
    path::{Path, PathBuf},
};

use super::memory::trouble;
use crate::{
    case::{Moment, moment::DAY},
    store::{self, Soundness, Store, StoreError},
    text::{Raw, SafeText},
};

/// How long a fetched document is kept, sealed, before it has to be fetched again; and how long an attached file that
/// nothing names any more, and the bytes of an entry that has ended.
const DAYS: i64 = 14;

pub struct Archive {
    dir: PathBuf,
    sound: Soundness,
    store: RefCell<Option<Store>>,
}

impl Archive {
    pub fn new(dir: PathBuf, sound: Soundness) -> Archive {
        Archive { dir, sound, store: RefCell::new(None) }
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Does something with the store. Nothing else does meanwhile: there is no waiting inside.
    pub fn with<T>(
        &self,
        now: Moment,
        act: impl FnOnce(&mut Store) -> Result<T, StoreError>,
    ) -> Result<T, SafeText> {
        let mut store = self.store.borrow_mut();
        let open = match &mut *store {
            Some(open) => open,
            none => none.insert(self.open(now)?),
        };
        act(open).map_err(|error| trouble(&error))
    }

    fn open(&self, now: Moment) -> Result<Store, SafeText> {
        let told = |why: String| Raw::new(why).show();
        let key = store::install_key(&self.dir).map_err(|why| told(why.to_string()))?;
        let mut store = Store::beside(&self.dir, &key, &self.sound).map_err(|why| told(why.to_string()))?;
        let before = now.plus(-DAYS * DAY);
        let tidied = store.forget_documents(before).and_then(|_| store.wipe_bodies(before));
        tidied.and_then(|_| store.forget_files(before)).map_err(|error| trouble(&error))?;
        Ok(store)
    }
}
