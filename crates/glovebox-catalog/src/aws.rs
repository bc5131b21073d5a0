//! AWS's services, reached through the gate, with the credentials of one connection.

mod assume;
mod config;
mod faults;
mod http;
mod keys;
mod operator;

pub use assume::{Assumed, assume_role};
pub(crate) use config::config;
pub(crate) use faults::from_service;
pub(crate) use http::{CALL, Through};
pub use keys::Held;
pub use operator::Operator;
