//! The real binary, killed at every door and in the middle of work, and what is left behind.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod doors;
mod house;
mod kernel;
mod private;
mod processes;
mod tampering;
