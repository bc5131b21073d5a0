//! The ledger from outside: known vectors, properties, and copies that were tampered with.

mod copies;
mod properties;
mod vectors;
