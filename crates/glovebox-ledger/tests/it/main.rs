//! The ledger from outside: known vectors, properties, and copies that were tampered with.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod copies;
mod properties;
mod vectors;
