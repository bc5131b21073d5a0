//! Queries over tables with differential privacy.
//!
//! A total plan is split at its one aggregate over people. Below it every row is typed: public,
//! or about one user, whose identifier it holds. The part below is rewritten so that it gives,
//! for each user and group, the integers from which bounded contributions are made; the part
//! above runs over released numbers only. (`differential-privacy.md` 2.2 to 2.4; ZetaSQL's
//! differential privacy by Wilson et al., 2019.)

// Proof: private.proof.md

mod aggregate;
mod beside;
mod contributing;
mod expression;
mod fixed;
mod interval;
mod join;
mod relation;
mod split;
mod typing;
mod window;

use std::collections::BTreeMap;
use std::fmt;

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::LogicalPlan;
use glovebox_model::{Bounds, ColumnName, TableName};

pub use beside::WithIntervals;
pub use contributing::{Partial, contributing};
pub use split::{RELEASED, private, released_column};

/// What the plan is typed by: public knowledge about its tables.
#[derive(Debug, Clone, Default)]
pub struct PrivateRequest {
    /// Every table of the plan; one that is not here makes the query impossible.
    pub tables: BTreeMap<TableName, PrivateTable>,
    /// At most so many rows of one user count in one group.
    pub max_rows: u32,
}

/// What a table is in a query with differential privacy.
#[derive(Debug, Clone)]
pub enum PrivateTable {
    /// Nothing about its rows is protected here.
    Public,
    /// Each row is about one user.
    Users {
        /// The column that tells users apart.
        identifier: ColumnName,
        /// Equal for tables whose identifiers are from one population of one owner.
        population: usize,
        /// The declared bounds of its columns.
        bounds: BTreeMap<ColumnName, Bounds>,
    },
}

/// A query whose contributions are bounded.
#[derive(Clone)]
pub struct PrivatePlan {
    /// For each (group, user): the columns of the group, the user, and partial sums.
    pub lower: LogicalPlan,
    /// What becomes of released numbers: a plan over one table named [`RELEASED`].
    pub upper: LogicalPlan,
    /// The same with an interval beside each number, for receivers who ask for it.
    pub beside: WithIntervals,
    /// The distinct keys of all groups, when a public relation lists them.
    pub key_relation: Option<LogicalPlan>,
    /// The columns of a group: the first columns of both plans.
    pub keys: Vec<PrivateKey>,
    /// The released columns behind them, in order.
    pub cells: Vec<Cell>,
    /// The integers that a user contributes to a group, in order.
    pub units: Vec<Unit>,
    /// Whether a user is in one group at most, because there is one group only, or because every
    /// key is computed from the user's identifier alone.
    pub one_group: bool,
}

/// A column of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateKey {
    /// Its type.
    pub kind: DataType,
    /// The column of the table that it is, when it is nothing else.
    pub source: Option<(TableName, ColumnName)>,
    /// What the query calls it.
    pub name: String,
}

/// A released column.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What it is.
    pub kind: CellKind,
    /// Its type in the result.
    pub released: DataType,
    /// What the query calls it, such as `sum(t.delay)`.
    pub name: String,
    /// The places of its integers in [`PrivatePlan::units`].
    pub units: std::ops::Range<usize>,
    /// The value of one step of its integers.
    pub grid: Grid,
    /// The declared bounds of the argument, narrowed, in steps.
    pub low: i128,
    /// See `low`.
    pub high: i128,
    /// What is subtracted from each value before it is added, in steps.
    pub middle: i128,
}

/// The sorts of released columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    /// `AVG(x)`: integers: sum of distances from the middle, count.
    Average,
    /// `STDDEV(x)`, `VARIANCE(x)`: integers: squares, sum of distances, count.
    Moment {
        /// The root of it.
        root: bool,
        /// Divided by one less than the count.
        sample: bool,
    },
    /// `COUNT(*)`, `COUNT(x)`
    Rows,
    /// `SUM(x)`
    Sum,
    /// `COUNT(DISTINCT user)`
    Users,
}

/// The value of one step: integers are exact, floats lie on a grid of a power of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grid {
    /// 10^-scale
    Decimal(u8),
    /// 2^exponent
    Binary(i32),
}

impl Grid {
    /// One step.
    pub fn step(self) -> f64 {
        match self {
            Self::Decimal(scale) => 10f64.powi(-i32::from(scale)),
            Self::Binary(exponent) => 2f64.powi(exponent),
        }
    }
}

/// How one user's contribution to one group is made of the partial sums of the lower plan, whose
/// columns are counted from the first behind the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unit {
    /// 1, or with a column 1 when that count is not zero.
    Presence {
        /// The count of rows that qualify.
        count: Option<usize>,
    },
    /// The count, at most `most`.
    Count {
        /// The count.
        count: usize,
        /// R: rows per user and group.
        most: i128,
    },
    /// The sum, clamped.
    Sum {
        /// The sum.
        sum: usize,
        /// The least that counts.
        low: i128,
        /// The most that counts.
        high: i128,
    },
    /// The sum over `count` rows scaled down to `most` rows, rounded towards zero.
    Scaled {
        /// The sum.
        sum: usize,
        /// The rows behind it.
        count: usize,
        /// R: rows per user and group.
        most: i128,
        /// No row is farther from zero.
        greatest: i128,
    },
}

impl Unit {
    /// By how much one user can change this integer in one group: the largest magnitude of a
    /// contribution.
    pub fn sensitivity(&self) -> i128 {
        match self {
            Self::Presence { .. } => 1,
            Self::Count { most, .. } => *most,
            Self::Sum { low, high, .. } => low.abs().max(high.abs()),
            Self::Scaled { most, greatest, .. } => most.saturating_mul(*greatest),
        }
    }

    /// The contribution of one user to one group.
    pub fn contribution(&self, partials: &[i128]) -> i128 {
        let at = |index: &usize| partials.get(*index).copied().unwrap_or(0);
        match self {
            Self::Presence { count } => i128::from(count.as_ref().is_none_or(|it| at(it) > 0)),
            Self::Count { count, most } => at(count).clamp(0, *most),
            Self::Sum { sum, low, high } => at(sum).clamp(*low, *high),
            Self::Scaled { sum, count, most, greatest: _ } => {
                let rows = at(count);
                if rows <= 0 {
                    return 0;
                }
                let kept = rows.min(*most);
                // Sums of at most 2^40 rows of at most 2^84 steps, times at most 2^20.
                let scaled = at(sum).saturating_mul(kept) / rows;
                let bound = self.sensitivity();
                scaled.clamp(-bound, bound)
            }
        }
    }
}

/// Why a query cannot be answered with differential privacy. It depends on the plan alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateFault {
    /// Rows of single users would come out.
    NotAggregated,
    /// An inner query gives rows that are not about one user each.
    NotUserLevel(&'static str),
    /// Two tables of users are not joined on their identifiers.
    Join,
    /// Tables of two populations or owners meet.
    Populations,
    /// A join whose rows are not about the users.
    JoinSide(&'static str),
    /// A window that reaches over several users.
    Window,
    /// LIMIT or OFFSET over rows of users.
    Limit,
    /// A set operation above the aggregate, or one that mixes users with others.
    SetOperation,
    /// An aggregate that has no noisy form.
    Aggregate(String),
    /// No bounds are known for the argument of an aggregate: it names the columns that lack them.
    Unbounded {
        /// The aggregate.
        name: String,
        /// The columns without bounds, by table.
        columns: Vec<(TableName, ColumnName)>,
    },
    /// A type that the aggregate cannot be taken of.
    Type(String),
    /// A table that is neither public nor of these users.
    Table(TableName),
    /// A function that differs from row to row.
    Volatile,
    /// A query inside an expression reads rows of users.
    Subquery,
    /// A group key that is a float.
    FloatKey(String),
    /// A construct that has no form with privacy.
    Construct(&'static str),
    /// Numbers that could outgrow the integers of the mechanism.
    TooWide(String),
    /// The rewrite failed: a fault of the house.
    Rewrite,
}

impl fmt::Debug for PrivatePlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivatePlan")
            .field("keys", &self.keys.len())
            .field("units", &self.units)
            .finish_non_exhaustive()
    }
}
