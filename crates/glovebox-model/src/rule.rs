//! Analysis rules as data, legal by construction.

mod aggregation;
mod custom;
mod encryption;
mod extension;
mod list;
mod written;

pub use aggregation::{
    Aggregate, AggregateFunction, AggregationDraft, AggregationRule, OutputConstraint,
    ScalarFunction,
};
pub use custom::{
    ANY_JOB, ANY_QUERY, AggregateExpressions, AggregationThreshold, AllowedAnalyses,
    ComparisonControls, CustomRule, Threshold, WrittenComparisons, WrittenCustom,
};
pub use encryption::{CellFault, EncryptedKind, Encryption, RuleConflict, check_cell};
pub use extension::{Bounds, Declared, DeclaredFault, Extension, Mode};
pub use list::ListRule;
pub use written::{
    AdditionalAnalyses, AggregateColumns, JoinOperator, WrittenAggregation, WrittenList,
    WrittenRule,
};

use crate::ColumnName;

/// The kinds of analysis rules, as AWS names them. All tables of a query must be of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RuleKind {
    /// `AGGREGATION`
    Aggregation,
    /// `CUSTOM`
    Custom,
    /// `LIST`
    List,
}

/// What the owner of a table says may be learned from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// Only aggregates over groups of a minimum size.
    Aggregation(AggregationRule),
    /// Any SQL of those whom the owner admits, within thresholds and controls.
    Custom(CustomRule),
    /// Only rows that overlap with the runner's own table.
    List(ListRule),
}

impl RuleKind {
    /// AWS's spelling, such as `AGGREGATION`.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::Aggregation => "AGGREGATION",
            Self::Custom => "CUSTOM",
            Self::List => "LIST",
        }
    }

    /// The kind of that spelling.
    pub fn from_aws_name(text: &str) -> Option<Self> {
        [Self::Aggregation, Self::Custom, Self::List].into_iter().find(|it| it.aws_name() == text)
    }
}

impl Rule {
    /// The kind of the rule.
    pub fn kind(&self) -> RuleKind {
        match self {
            Self::Aggregation(_) => RuleKind::Aggregation,
            Self::Custom(_) => RuleKind::Custom,
            Self::List(_) => RuleKind::List,
        }
    }
}

/// The logical operators that may stand between the matches of one `ON`.
///
/// AWS: omitted means `AND`; an empty list means a single equality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct JoinOperators {
    /// `AND` may join matches.
    pub and: bool,
    /// `OR` may join matches.
    pub or: bool,
}

impl Default for JoinOperators {
    fn default() -> Self {
        Self { and: true, or: false }
    }
}

/// Why a rule cannot exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// A column is named in two sets that must be disjoint.
    #[error("column `{column}` is in both {first} and {second}, which must not overlap")]
    Overlap {
        /// The column.
        column: ColumnName,
        /// The one set, by its AWS name.
        first: &'static str,
        /// The other set, by its AWS name.
        second: &'static str,
    },
    /// The same thing is said twice.
    #[error("{0} is given twice")]
    Twice(String),
    /// A list that must not be empty is empty.
    #[error("{0} must have at least one item")]
    Empty(&'static str),
    /// A minimum outside 2..=100000.
    #[error("the minimum of `{column}` must be 2 to 100000")]
    Minimum {
        /// The constrained column.
        column: ColumnName,
    },
    /// Templates and wildcards stand in one list.
    #[error("allowedAnalyses holds either template ARNs or wildcards, not both")]
    Mixed,
    /// A control is given beside one with which it cannot be combined.
    #[error("{0} cannot go with {1}")]
    Together(&'static str, &'static str),
    /// A list that must have exactly one item has another number of them.
    #[error("{0} must have exactly one item")]
    NotOne(&'static str),
}
