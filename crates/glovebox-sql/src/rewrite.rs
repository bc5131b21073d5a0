//! Rewrites of a bound query: each gives a new `Bound` with facts extracted anew.

mod coerce;
mod crowded;
mod distinct_scan;
mod filters;
mod guard;
mod identity;
mod remainder;
mod scanned;
mod substitute;
mod total;
mod total_check;

pub use crate::error::RewriteError;
pub(crate) use coerce::bare;
pub use crowded::{Crowding, crowded};
pub use distinct_scan::distinct_scan;
pub use filters::scan_filters;
pub use guard::{GuardRequest, guard};
pub use identity::{Protected, RowLevel, protect};
pub use remainder::remaindered;
pub use scanned::scanned;
pub use substitute::substitute;
pub use total::total;
