//! The catalog over real folders.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod athena;
mod azurite;
mod bad_input;
mod buckets;
mod clouds;
mod conformance;
mod describe;
mod encrypted;
mod endless;
mod formats;
mod gcs;
mod glue;
mod int96;
mod leftovers;
mod marks;
mod moto;
mod nulls;
mod people;
mod postgres;
mod probing;
mod remote;
mod rest;
mod scan;
mod store;
mod tables;
mod trouble;
mod uploads;
