//! Lean plans without a house around them, for benches: nothing is judged, pinned or sealed here.

use std::sync::Arc;

use datafusion::execution::context::QueryPlanner;
use datafusion::logical_expr::LogicalPlan;

use crate::lean::{FingerprintKey, Known, Planner};
use crate::session::Profile;

pub use crate::lean::Technique;

/// What plans lean queries physically.
#[must_use]
pub fn planner() -> Arc<dyn QueryPlanner + Send + Sync> {
    Arc::new(Planner)
}

/// An optimised plan made lean by some techniques, as the engine does it with all of them where
/// memory is not short; the key of its fingerprints is no secret.
#[must_use]
pub fn lean(plan: LogicalPlan, techniques: &[Technique]) -> LogicalPlan {
    let key = FingerprintKey::new([7; 16]);
    crate::lean::lean(plan, Known { profile: Profile::Hash, key, guards: &[], techniques })
}
