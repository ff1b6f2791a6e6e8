//! Pure cryptography: sealing, keyed hashes, the journal's chain, card numbers for a provider. It knows neither
//! files nor the database, and never shows a key.

pub mod card;
mod sealing;

pub use sealing::{InstallKey, NotOpened, SealProblem, about};
