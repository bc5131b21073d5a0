//! How the aggregates of a private query were bounded, as its runner may see it.

use crate::Bounds;
use crate::ability::words;

words! {
    /// The aggregations that noise is drawn for.
    PrivateAggregation {
        /// The mean.
        Avg "AVG",
        /// Of rows.
        Count "COUNT",
        /// Of users.
        CountDistinct "COUNT_DISTINCT",
        /// The standard deviation.
        Stddev "STDDEV",
        /// The sum.
        Sum "SUM",
    }
}

/// How one aggregate was bounded: a function of the text and of what owners declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sensitivity {
    /// What it is.
    pub aggregation: PrivateAggregation,
    /// As it stands in the text.
    pub expression: String,
    /// At most so many rows of one user count.
    pub user_contribution_limit: u32,
    /// No value counts as less or more, for those that add values up.
    pub bounds: Option<Bounds>,
}
