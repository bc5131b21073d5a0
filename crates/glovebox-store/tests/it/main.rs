//! The store, through its public face.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod accounts;
mod connections;
mod handles;
mod house;
mod leftovers;
mod recorded;
