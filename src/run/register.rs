//! Keeping what a provider said of cases: where it lists none itself, its lists are made anew from what is known here.

use crate::{
    case::{Case, Kept, Moment},
    provider::Lists,
    run::source::Source,
    store::{Store, StoreError},
    text::Raw,
};

/// Keeps cases that were asked for by themselves, or that an answer to a write told of.
pub fn keep(store: &mut Store, source: &Source, cases: Vec<Case>, now: Moment) -> Result<Kept, StoreError> {
    let kept = store.keep_cases(cases, now)?;
    if source.lists() != Lists::Queues {
        enlist(store, source, None)?;
    }
    Ok(kept)
}

/// Makes the lists of a provider that has none. `read`: the queue whose cases were all read just now, and when.
pub fn enlist(store: &mut Store, source: &Source, read: Option<(&Raw, Moment)>) -> Result<(), StoreError> {
    let facts = source.provider.manifest().queues;
    let queues: Vec<_> = facts.iter().map(|queue| (Raw::new(queue.id), Raw::new(queue.name))).collect();
    store.enlist(&source.name, &queues, read)
}
