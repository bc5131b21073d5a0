//! The catalog over real folders.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod buckets;
mod conformance;
mod describe;
mod encrypted;
mod glue;
mod moto;
mod people;
mod postgres;
mod remote;
mod scan;
mod store;
mod tables;
mod uploads;
