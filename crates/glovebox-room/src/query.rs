//! Protected queries: asked for, watched, stopped, and walked door by door.

mod cancel;
mod diagnostics;
mod read;
mod start;

pub use start::{StartOutput, StartQuery};
