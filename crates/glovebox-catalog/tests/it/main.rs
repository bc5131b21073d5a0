//! The catalog over real folders.

mod buckets;
