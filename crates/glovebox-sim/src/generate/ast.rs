//! Queries as the generator makes them: by place, not by name, so that printing them with
//! other names is another text of the same query.

use crate::oracle::{Kind, Value};

/// One `SELECT`.
#[derive(Debug, Clone)]
pub struct Query {
    /// `DISTINCT`
    pub distinct: bool,
    /// The select list.
    pub items: Vec<Item>,
    /// The tables of `FROM`, by place in the room; the first, then the joined ones.
    pub scans: Vec<usize>,
    /// The condition of each join: one less than there are scans.
    pub joins: Vec<Match>,
    /// `WHERE`
    pub filter: Option<Condition>,
    /// `GROUP BY`: places in the select list.
    pub groups: Vec<usize>,
    /// `HAVING`
    pub having: Option<Having>,
    /// `ORDER BY`: places in the select list, and whether descending.
    pub order: Vec<(usize, bool)>,
    /// `LIMIT`
    pub limit: Option<usize>,
}

/// One item of the select list.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A call of an aggregate function on a bare column.
    Aggregate(Aggregate, Column),
    /// Something of each row.
    Plain(Expr),
}

/// A column of a scan, both by place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Which scan.
    pub scan: usize,
    /// Which column of its table.
    pub column: usize,
}

/// Aggregate functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// `AVG`
    Avg,
    /// `COUNT`
    Count,
    /// `COUNT(DISTINCT)`
    CountDistinct,
    /// `SUM`
    Sum,
    /// `SUM(DISTINCT)`
    SumDistinct,
}

/// A condition of a join.
#[derive(Debug, Clone)]
pub enum Match {
    /// Both hold.
    And(Box<Match>, Box<Match>),
    /// One column of each side.
    Equal(Column, Column),
    /// One of them holds.
    Or(Box<Match>, Box<Match>),
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A call of a scalar function.
    Call(Function, Vec<Expr>),
    /// A column.
    Column(Column),
    /// A constant.
    Literal(Value),
    /// An arithmetic operator: one of `+ - * / %`.
    Math(char, Box<Expr>, Box<Expr>),
}

/// Scalar functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// `ABS`
    Abs,
    /// `CAST(... AS kind)`
    Cast(Kind),
    /// `CEILING`
    Ceiling,
    /// `COALESCE`
    Coalesce,
    /// `EXTRACT(YEAR FROM ...)`
    Year,
    /// `FLOOR`
    Floor,
    /// `LOWER`
    Lower,
    /// `RTRIM`
    Rtrim,
    /// `SUBSTRING`
    Substring,
    /// `TRIM`
    Trim,
    /// `UPPER`
    Upper,
}

/// What is true, false or unknown of a row.
#[derive(Debug, Clone)]
pub enum Condition {
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// Between two bounds.
    Between(Expr, Expr, Expr),
    /// One of `= <> < <= > >=`.
    Compare(&'static str, Expr, Expr),
    /// One of a list, or none of them when negated.
    In(Expr, Vec<Expr>, bool),
    /// NULL, or not when negated.
    IsNull(Expr, bool),
    /// Like a pattern, or not when negated.
    Like(Expr, String, bool),
    /// Not so.
    Not(Box<Condition>),
    /// One of them holds.
    Or(Box<Condition>, Box<Condition>),
}

/// What is true, false or unknown of a group.
#[derive(Debug, Clone)]
pub enum Having {
    /// Both hold.
    And(Box<Having>, Box<Having>),
    /// An aggregate beside a number.
    Compare(&'static str, Aggregate, Column, Value),
    /// One of them holds.
    Or(Box<Having>, Box<Having>),
}
