//! Facts, golden.
