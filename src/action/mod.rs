//! VERBS: what may be done to a dispute, as data. Nothing here asks, stores, draws, reads a clock or knows a provider.

pub mod life;
