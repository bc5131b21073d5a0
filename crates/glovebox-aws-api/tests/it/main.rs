//! Tests of the crate as its callers see it.

mod botocore;
mod round_trip;
mod samples;
mod sigv4_gates;
mod sigv4_vectors;
mod violations;
