//! casedesk
#![forbid(unsafe_code)]

pub mod case;
pub mod config;
pub mod desk;
pub mod document;
pub mod http;
pub mod provider;
pub mod run;
pub mod sandbox;
pub mod seal;
pub mod store;
pub mod text;
pub mod view;
