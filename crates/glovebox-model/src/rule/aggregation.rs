//! The aggregation rule (AWS Clean Rooms user guide, "Aggregation analysis rule").

use std::collections::BTreeSet;

use crate::ColumnName;
use crate::rule::{JoinOperators, RuleFault};

/// The aggregate functions an owner can grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AggregateFunction {
    /// `AVG(c)`
    Avg,
    /// `COUNT(c)`
    Count,
    /// `COUNT(DISTINCT c)`
    CountDistinct,
    /// `SUM(c)`
    Sum,
    /// `SUM(DISTINCT c)`
    SumDistinct,
}

impl AggregateFunction {
    /// Every function.
    pub const ALL: &'static [Self] =
        &[Self::Avg, Self::Count, Self::CountDistinct, Self::Sum, Self::SumDistinct];

    /// The function of that spelling.
    pub fn from_aws_name(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.aws_name() == text)
    }

    /// AWS's spelling, such as `COUNT_DISTINCT`.
    pub fn aws_name(self) -> &'static str {
        match self {
            Self::Avg => "AVG",
            Self::Count => "COUNT",
            Self::CountDistinct => "COUNT_DISTINCT",
            Self::Sum => "SUM",
            Self::SumDistinct => "SUM_DISTINCT",
        }
    }
}

/// One granted pair of function and column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Aggregate {
    /// The function.
    pub function: AggregateFunction,
    /// Its bare argument.
    pub column: ColumnName,
}

macro_rules! scalar_functions {
    ($($variant:ident $name:literal,)*) => {
        /// The scalar functions an owner can grant on dimension columns: AWS's whole enum.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ScalarFunction {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl ScalarFunction {
            /// Every function of the enum, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// AWS's spelling, such as `TO_CHAR`.
            pub fn aws_name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The function of that name, in any case.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.aws_name().eq_ignore_ascii_case(name))
            }
        }
    };
}

scalar_functions! {
    Abs "ABS",
    Cast "CAST",
    Ceiling "CEILING",
    Coalesce "COALESCE",
    Convert "CONVERT",
    CurrentDate "CURRENT_DATE",
    Dateadd "DATEADD",
    Extract "EXTRACT",
    Floor "FLOOR",
    Getdate "GETDATE",
    Ln "LN",
    Log "LOG",
    Lower "LOWER",
    Round "ROUND",
    Rtrim "RTRIM",
    Sqrt "SQRT",
    Substring "SUBSTRING",
    ToChar "TO_CHAR",
    ToDate "TO_DATE",
    ToNumber "TO_NUMBER",
    ToTimestamp "TO_TIMESTAMP",
    Trim "TRIM",
    Trunc "TRUNC",
    Upper "UPPER",
}

/// A group must hold at least `minimum` distinct non-null values of `column`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutputConstraint {
    /// Any column of the configured table, also one that cannot be queried.
    pub column: ColumnName,
    /// 2..=100000.
    pub minimum: u32,
}

/// An aggregation rule. Made by [`AggregationRule::new`], which checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggregationRule {
    aggregates: BTreeSet<Aggregate>,
    join_columns: BTreeSet<ColumnName>,
    join_required: bool,
    join_operators: JoinOperators,
    dimensions: BTreeSet<ColumnName>,
    scalar_functions: BTreeSet<ScalarFunction>,
    output_constraints: Vec<OutputConstraint>,
}

/// What an owner writes, before it is checked.
#[derive(Debug, Clone, Default)]
pub struct AggregationDraft {
    /// `aggregateColumns`, one item per pair.
    pub aggregates: Vec<Aggregate>,
    /// `joinColumns`
    pub join_columns: Vec<ColumnName>,
    /// `joinRequired: QUERY_RUNNER`
    pub join_required: bool,
    /// `allowedJoinOperators`
    pub join_operators: JoinOperators,
    /// `dimensionColumns`
    pub dimensions: Vec<ColumnName>,
    /// `scalarFunctions`
    pub scalar_functions: Vec<ScalarFunction>,
    /// `outputConstraints`
    pub output_constraints: Vec<OutputConstraint>,
}

impl AggregationRule {
    /// Checks a draft: all faults, not the first.
    pub fn new(draft: AggregationDraft) -> Result<Self, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let AggregationDraft {
            aggregates,
            join_columns,
            join_required,
            join_operators,
            dimensions,
            scalar_functions,
            output_constraints,
        } = draft;
        if aggregates.is_empty() {
            faults.push(RuleFault::Empty("aggregateColumns"));
        }
        if output_constraints.is_empty() {
            faults.push(RuleFault::Empty("outputConstraints"));
        }
        for constraint in &output_constraints {
            if !(2..=100_000).contains(&constraint.minimum) {
                faults.push(RuleFault::Minimum { column: constraint.column.clone() });
            }
        }
        let aggregates = unique(aggregates, &mut faults, |it| {
            format!("{} of column `{}`", it.function.aws_name(), it.column)
        });
        let join_columns = unique(join_columns, &mut faults, |it| format!("join column `{it}`"));
        let dimensions = unique(dimensions, &mut faults, |it| format!("dimension column `{it}`"));
        for column in dimensions.intersection(&join_columns) {
            faults.push(overlap(column, "dimensionColumns", "joinColumns"));
        }
        for column in &dimensions {
            if aggregates.iter().any(|it| &it.column == column) {
                faults.push(overlap(column, "dimensionColumns", "aggregateColumns"));
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let scalar_functions = scalar_functions.into_iter().collect();
        Ok(Self {
            aggregates,
            join_columns,
            join_required,
            join_operators,
            dimensions,
            scalar_functions,
            output_constraints,
        })
    }

    /// The granted pairs of function and column.
    pub fn aggregates(&self) -> &BTreeSet<Aggregate> {
        &self.aggregates
    }

    /// The columns that may stand in `ON`.
    pub fn join_columns(&self) -> &BTreeSet<ColumnName> {
        &self.join_columns
    }

    /// Whether the table must be joined to a table of the runner.
    pub fn join_required(&self) -> bool {
        self.join_required
    }

    /// The operators between the matches of one `ON`.
    pub fn join_operators(&self) -> JoinOperators {
        self.join_operators
    }

    /// The columns that group and filter.
    pub fn dimensions(&self) -> &BTreeSet<ColumnName> {
        &self.dimensions
    }

    /// The scalar functions granted on dimensions.
    pub fn scalar_functions(&self) -> &BTreeSet<ScalarFunction> {
        &self.scalar_functions
    }

    /// What every output row must meet; never empty.
    pub fn output_constraints(&self) -> &[OutputConstraint] {
        &self.output_constraints
    }
}

pub(super) fn unique<T: Ord>(
    items: Vec<T>,
    faults: &mut Vec<RuleFault>,
    name: impl Fn(&T) -> String,
) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    for item in items {
        let text = name(&item);
        if !set.insert(item) {
            faults.push(RuleFault::Twice(text));
        }
    }
    set
}

pub(super) fn overlap(column: &ColumnName, first: &'static str, second: &'static str) -> RuleFault {
    RuleFault::Overlap { column: column.clone(), first, second }
}
