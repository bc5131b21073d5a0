//! Tests of the crate as its callers see it.

mod sigv4_gates;
mod sigv4_vectors;
