//! THE DOOR: the only way out. A request is a value; the door sends it with the profile's authorisation and says what
//! came back, or a fault. It never knows what a request means, nor which provider it is for.

pub mod address;
pub mod door;
pub mod pace;
pub mod request;
pub mod turns;

mod client;
mod exchange;
mod token;

pub use crate::text::Secret;
pub use address::Address;
pub use client::system_roots;
pub use door::Door;
pub use pace::Pace;
pub use request::{Body, Method, Request, Response};
pub use token::{Auth, Pass, Shown};
pub use turns::Turns;
