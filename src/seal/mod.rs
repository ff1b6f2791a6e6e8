//! Pure cryptography: sealing, keyed hashes, the journal's chain, card numbers for a provider, and ids that nobody
//! else has. It knows neither files nor the database, and never shows a key.

pub mod card;
mod id;
mod sealing;

pub use id::new_id;
pub use sealing::{InstallKey, NotOpened, SealProblem, about};
