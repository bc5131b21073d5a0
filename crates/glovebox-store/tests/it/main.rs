//! The store, through its public face.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod accounts;
mod backup;
mod connections;
mod handles;
mod house;
mod leftovers;
mod recorded;
mod rotation;
mod upgrade;
