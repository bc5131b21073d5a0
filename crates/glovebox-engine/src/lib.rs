//! Runs reserved plans, and takes released results to their receivers.
//!
//! Three doors: `execute` (a reserved plan to exact rows, sealed), `encode` (released rows to
//! encrypted files on disk) and `deliver` (kept files to the receivers' buckets).

mod ahead;
mod cancel;
mod config;
mod cooperative;
mod deliver;
mod encode;
mod engine;
mod failure;
mod faults;
mod finish;
mod inputs;
mod lean;
mod manifests;
mod once;
mod pushed;
mod reseal;
mod run;
mod sample;
mod sealed;
mod session;
mod spill;
mod together;
#[doc(hidden)]
pub mod unhoused;
mod unordered;
mod waiting;

pub use cancel::{Cancel, Canceller, cancel};
pub use config::EngineConfig;
pub use deliver::{Delivered, DeliveredObject, Undelivered, UndeliveredCause};
pub use engine::{Engine, EngineError};
pub use failure::{Cause, Failed};
pub use faults::Faults;
pub use inputs::{Input, Pinned};
pub use reseal::{reseal as reseal_kept, settle as settle_kept};
pub use run::Limits;
pub use sealed::KeptKey;
