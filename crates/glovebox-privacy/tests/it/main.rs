//! The doors: cheats that must not compile, and the check at release.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod calibration;
mod cheats;
mod coverage;
mod exact;
mod release;
