//! For owners: which attacks a rule lets through, and which rule a query needs.
//!
//! The linter plays an attacker on small tables, through the judge and the engine. It reports
//! what it has run and seen, and never says that a rule is safe.

mod attack;
mod change;
mod lint;
mod rule_json;
mod suggest;
mod target;
mod world;

pub use lint::{Report, Tried, Unlinted, Worked, lint};
pub use rule_json::policy;
pub use suggest::{DEFAULT_MINIMUM, NoRule, Suggestion, suggest};
pub use target::NoTarget;
pub use world::NoEngine;
