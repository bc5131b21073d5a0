//! The worker: one child process per query, watched over by one supervisor per data directory.

mod alone;
mod child;
mod fence;
mod needed;
mod process;
mod proofs;
mod pulse;
mod supervisor;
mod sweep;
mod task;
mod telling;
mod watch;

pub use alone::{Alone, Rotated};
pub use child::{TaskError, receive_task, walk_child};
pub(crate) use needed::needed;
pub use pulse::Pulse;
pub use supervisor::{Supervisor, SupervisorConfig, SupervisorError};
pub use task::WalkTask;
