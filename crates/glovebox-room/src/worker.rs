//! The worker: one child process per query, watched over by one supervisor per data directory.

mod child;
mod fence;
mod process;
mod supervisor;
mod sweep;
mod task;

pub use child::{TaskError, receive_task, walk_child};
pub use supervisor::{Supervisor, SupervisorConfig, SupervisorError};
pub use task::WalkTask;
