//! What a plan compares.

use std::collections::BTreeSet;

use super::Source;

/// A comparison in the plan, in a filter, a join, a value or anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanComparison {
    /// The operator or the function, such as `=`, `in`, `contains`: a function of several
    /// arguments is reported whether it compares them or not. `truth` for a column that is a
    /// condition, `window` for the keys of a window, whose rows are compared with each other.
    pub name: String,
    /// What is compared with each other; equal to a constant when it is a single side. Constants
    /// of a list are one side.
    pub sides: Vec<PlanSide>,
}

/// One side of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanSide {
    /// Columns whose values reach it, also through an aggregate that is no count.
    pub values: BTreeSet<Source>,
    /// Whether the order of rows reaches it, as through RANK: then it is no constant.
    pub ordered: bool,
}

impl PlanSide {
    /// Whether no column has a part in it other than by being counted.
    pub fn is_constant(&self) -> bool {
        self.values.is_empty() && !self.ordered
    }
}
