//! The worker: one child process per query, watched over by one supervisor per data directory.

mod alone;
mod caps;
mod child;
mod cleaning;
mod fair;
mod fence;
#[cfg(test)]
mod fixture;
mod lines;
mod listening;
mod logs;
mod looking;
mod needed;
mod notes;
mod process;
mod proofs;
mod pulse;
mod resident;
mod showing;
mod supervisor;
mod sweep;
mod task;
mod telling;
mod watch;

pub use alone::{Alone, Rotated};
pub use caps::Caps;
pub(crate) use caps::aside;
pub use child::{TaskError, receive_task, walk_child};
pub use looking::{Look, TriedStatus, TriedStep, look_child, receive_look};
pub(crate) use looking::{Seen, Sight, Wish, look, see};
pub(crate) use needed::needed;
pub use pulse::Pulse;
pub use supervisor::{Supervisor, SupervisorConfig, SupervisorError};
pub use task::WalkTask;
