//! Keeping what a provider said of cases: where it lists none itself, its lists are made of what is known here.

use crate::{
    case::{Case, Kept, Moment},
    provider::Lists,
    run::source::Source,
    store::{Store, StoreError},
    text::Raw,
};

/// Keeps cases that were asked for by themselves, or that an answer to a write told of.
pub fn keep(store: &mut Store, source: &Source, cases: Vec<Case>, now: Moment) -> Result<Kept, StoreError> {
    match source.lists() {
        Lists::Queues => store.keep_cases(cases, now),
        Lists::Singly | Lists::Nothing => store.keep_registered(cases, &queues(source), now),
    }
}

/// Makes the lists of a provider that has none. `read`: the queue whose cases were all read just now, and when.
pub fn enlist(store: &mut Store, source: &Source, read: Option<(&Raw, Moment)>) -> Result<(), StoreError> {
    store.enlist(&source.name, &queues(source), read)
}

fn queues(source: &Source) -> Vec<(Raw, Raw)> {
    let facts = source.provider.manifest().queues;
    facts.iter().map(|queue| (Raw::new(queue.id), Raw::new(queue.name))).collect()
}
