//! Protected queries: asked for, watched, stopped, and walked door by door.

mod authority;
mod cancel;
mod diagnostics;
mod explain;
mod judge;
mod read;
mod run;
mod start;
mod stopped;
mod walk;
mod walker;

pub use start::{StartOutput, StartQuery};
pub use walk::{WalkError, Walked};
pub use walker::{CrashPoint, WalkLimits, Walker};
