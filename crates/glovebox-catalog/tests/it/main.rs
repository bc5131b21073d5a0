//! The catalog over real folders.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod buckets;
mod describe;
mod encrypted;
mod scan;
mod tables;
