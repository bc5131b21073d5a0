//! Protected queries: asked for, watched, stopped, and walked door by door.

mod authority;
mod cancel;
mod consent;
mod deliveries;
mod destination;
mod diagnostics;
mod explain;
mod intervals;
mod judge;
mod lead;
mod private;
mod progress;
mod reaches;
mod read;
mod recorded;
mod repeat;
mod run;
mod start;
mod stopped;
mod text;
mod turns;
mod unpaid;
mod validate;
mod walk;
mod walker;

pub(crate) use destination::takes;
pub use explain::{ExplainQuery, Explained};
pub use lead::Lead;
pub use private::{GroupsPreview, PrivatePreview};
pub use reaches::Reaches;
pub(crate) use reaches::{PROVING, Proof, prove};
pub use recorded::RecordedQuery;
pub use start::{StartOutput, StartQuery};
pub(crate) use turns::Turns;
pub use walk::{WalkError, Walked};
pub use walker::{CrashPoint, WalkLimits, Walker};
