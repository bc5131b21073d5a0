//! The private road as a whole: audited on neighbouring data sets, its plans fuzzed on data with
//! and without one user, its answers compared where they must not differ.

mod audited;
mod fuzzed;
mod interpreted;
mod planted;
mod uniform;
mod world;
