//! The catalog over real folders.

mod buckets;
mod describe;
mod scan;
mod tables;
