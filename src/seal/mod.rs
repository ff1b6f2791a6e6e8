//! Pure cryptography: sealing, keyed hashes, the journal chain, card numbers for a provider.

pub mod card;
