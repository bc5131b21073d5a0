//! Tests of the crate as its callers see it.
#![allow(clippy::unwrap_used, reason = "tests: what is missing must stop them")]

mod botocore;
mod round_trip;
mod samples;
mod sigv4_gates;
mod sigv4_vectors;
mod violations;
