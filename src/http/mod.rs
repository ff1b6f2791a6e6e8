//! THE DOOR: the only way out. A request is a value; the door sends it with the profile's authorisation and says what
//! came back, or a fault.

pub mod request;
pub mod secret;

pub use request::{Body, Method, Request, Response};
pub use secret::Secret;
