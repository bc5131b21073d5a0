//! What functions do with their arguments, as far as comparisons hide in them.
//!
//! A function that is not listed may compare anything with anything.

use glovebox_sql::Operator;
use glovebox_sql::functions::{AggregateClass, aggregate_class};

/// What a scalar function does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Compares its arguments, and gives one of them or a place: `NULLIF`, `GREATEST`.
    Compare,
    /// Takes its first argument as a condition: `IF`.
    If,
    /// Puts its arguments side by side: `CONCAT`, `COALESCE`.
    Mix,
    /// Is true or false about how its arguments compare: `RLIKE`.
    Predicate,
    /// Reshapes one argument; the others say how: `SUBSTR`, `ROUND`.
    Shape {
        /// Which one.
        subject: Subject,
    },
    /// Moves one argument by the others, in proportion: `DATEADD`.
    Shift {
        /// Which one.
        subject: Subject,
    },
    /// Anything.
    Unknown,
}

/// Which argument a function is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The first one.
    First,
    /// The last one.
    Last,
}

impl Subject {
    /// That argument.
    pub(crate) fn of<T>(self, arguments: &[T]) -> Option<&T> {
        match self {
            Self::First => arguments.first(),
            Self::Last => arguments.last(),
        }
    }
}

const COMPARE: &[&str] = &[
    "array_position",
    "charindex",
    "decode",
    "equal_null",
    "field",
    "find_in_set",
    "greatest",
    "instr",
    "least",
    "locate",
    "nullif",
    "position",
    "strpos",
];
const IF: &[&str] = &["if", "iff"];
const MIX: &[&str] = &[
    "array",
    "coalesce",
    "concat",
    "concat_ws",
    "ifnull",
    "named_struct",
    "nvl",
    "nvl2",
    "struct",
];
const PREDICATE: &[&str] = &[
    "array_contains",
    "map_contains_key",
    "arrays_overlap",
    "contains",
    "endswith",
    "ilike",
    "like",
    "regexp",
    "regexp_like",
    "rlike",
    "startswith",
];
const SHAPE_FIRST: &[&str] = &[
    "base64",
    "bround",
    "btrim",
    "cast",
    "convert",
    "date_format",
    "encode",
    "element_at",
    "from_unixtime",
    "get",
    "get_json_object",
    "left",
    "lpad",
    "ltrim",
    "power",
    "pow",
    "rand",
    "repeat",
    "right",
    "round",
    "rpad",
    "rtrim",
    "sha2",
    "substr",
    "substring",
    "to_char",
    "to_date",
    "to_number",
    "to_timestamp",
    "trim",
    "trunc",
    "try_cast",
    "unix_timestamp",
];
const SHAPE_LAST: &[&str] = &["date_part", "date_trunc", "datepart", "extract", "log"];
const SHIFT_FIRST: &[&str] = &["add_months", "date_add", "date_sub", "datediff", "months_between"];
const SHIFT_LAST: &[&str] = &["dateadd", "timestampadd"];

/// The role of a folded name, called with so many arguments.
pub(crate) fn role(name: &str, n_arguments: usize) -> Role {
    let is = |names: &[&str]| names.contains(&name);
    if name == "decode" && n_arguments < 3 {
        // The second argument is a character set.
        Role::Shape { subject: Subject::First }
    } else if is(COMPARE) {
        Role::Compare
    } else if is(IF) {
        Role::If
    } else if is(MIX) {
        Role::Mix
    } else if is(PREDICATE) {
        Role::Predicate
    } else if is(SHAPE_FIRST) {
        Role::Shape { subject: Subject::First }
    } else if is(SHAPE_LAST) {
        Role::Shape { subject: Subject::Last }
    } else if is(SHIFT_FIRST) {
        Role::Shift { subject: Subject::First }
    } else if is(SHIFT_LAST) {
        Role::Shift { subject: Subject::Last }
    } else {
        Role::Unknown
    }
}

/// Whether the scalar function holds its arguments against each other.
pub(crate) fn compares(name: &str, n_arguments: usize) -> bool {
    matches!(role(name, n_arguments), Role::Compare | Role::Predicate)
}

/// Whether the value of the scalar function is one of its arguments.
pub(crate) fn chooses(name: &str) -> bool {
    matches!(
        name,
        "coalesce" | "decode" | "greatest" | "if" | "ifnull" | "iff" | "least" | "nvl" | "nvl2"
    )
}

/// Whether the aggregate counts rows or values.
pub(crate) fn counts(name: &str) -> bool {
    matches!(aggregate_class(name), Some(AggregateClass::Count | AggregateClass::Sketch))
}

/// Whether the aggregate asks its argument for truth.
pub(crate) fn asks_for_truth(name: &str) -> bool {
    matches!(aggregate_class(name), Some(AggregateClass::Bits | AggregateClass::Count))
        && name != "count"
}

/// Whether the aggregate makes any other one beside it acceptable.
pub(crate) fn pairs(name: &str) -> bool {
    matches!(name, "avg" | "count" | "mean" | "sum")
}

/// Whether the aggregate or window function must have an average, count or sum beside it.
pub(crate) fn must_be_paired(name: &str) -> bool {
    matches!(name, "lag" | "lead" | "max" | "min") || is_order_statistic(name) || is_collector(name)
}

/// Whether it picks a value of one row, other than the least or the greatest.
pub(crate) fn is_order_statistic(name: &str) -> bool {
    aggregate_class(name) == Some(AggregateClass::OrderStatistic) && !matches!(name, "max" | "min")
}

/// Whether it gives out the values themselves.
pub(crate) fn is_collector(name: &str) -> bool {
    aggregate_class(name) == Some(AggregateClass::Collector)
}

/// Whether it gives out a sketch of the values, or of their bits.
pub(crate) fn is_sketch(name: &str) -> bool {
    matches!(aggregate_class(name), Some(AggregateClass::Bits | AggregateClass::Sketch))
}

/// Whether the operator computes a number or a moment.
pub(crate) fn is_arithmetic(operator: Operator) -> bool {
    match operator {
        Operator::Add
        | Operator::Divide
        | Operator::Modulo
        | Operator::Multiply
        | Operator::Subtract => true,
        Operator::And
        | Operator::Between
        | Operator::Equal
        | Operator::In
        | Operator::IsNull
        | Operator::Is
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Like
        | Operator::Not
        | Operator::NotEqual
        | Operator::Or => false,
    }
}
