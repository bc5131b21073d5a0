//! Queries by place, not by name.

use std::cmp::Ordering;

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Hundredths.
    Decimal(i128),
    /// A double.
    Double(f64),
    /// NULL
    Null,
    /// Text
    Text(String),
    /// An int or a bigint.
    Whole(i64),
}

/// The sorts of values. All decimals have two digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// decimal(p, 2)
    Decimal,
    /// double
    Double,
    /// string
    Text,
    /// int or bigint
    Whole,
}

impl Value {
    /// The same number as another kind.
    pub fn promoted(self, to: Kind) -> Self {
        match (self, to) {
            (Self::Whole(it), Kind::Decimal) => Self::Decimal(i128::from(it) * 100),
            (Self::Whole(it), Kind::Double) => Self::Double(it as f64),
            (other, _) => other,
        }
    }

    /// The order of two values; nothing when one is NULL. NaN is greatest.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Null, _) | (_, Self::Null) => return None,
            (Self::Text(one), Self::Text(other)) => one.as_bytes().cmp(other.as_bytes()),
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            (Self::Double(one), Self::Double(other)) => match (one.is_nan(), other.is_nan()) {
                (false, false) => one.partial_cmp(other)?,
                (one, other) => one.cmp(&other),
            },
            (Self::Double(_), it) => self.order(&it.clone().promoted(Kind::Double))?,
            (it, Self::Double(_)) => it.clone().promoted(Kind::Double).order(other)?,
            (one, other) => {
                let hundredths = |it: &Self| match it {
                    Self::Decimal(it) => Some(*it),
                    Self::Whole(it) => Some(i128::from(*it) * 100),
                    _ => None,
                };
                hundredths(one)?.cmp(&hundredths(other)?)
            }
        })
    }

    /// The order of a sort: NULL comes first.
    pub fn sorted(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Less,
            (_, Self::Null) => Ordering::Greater,
            _ => self.order(other).unwrap_or(Ordering::Equal),
        }
    }

    /// As the engine shows it.
    pub fn shown(&self) -> String {
        match self {
            Self::Decimal(it) => format!("{it} hundredths"),
            Self::Double(it) => format!("{it}"),
            Self::Null => "NULL".to_owned(),
            Self::Text(it) => it.clone(),
            Self::Whole(it) => it.to_string(),
        }
    }
}

/// A table; its first column is the user.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [(&'static str, Kind)],
    /// The population of its users; a public table has none.
    pub population: Option<u32>,
    /// The declared bounds of its columns.
    pub bounds: &'static [Option<(f64, f64)>],
}

const N: Option<(f64, f64)> = None;

/// The tables of every room.
pub const TABLES: [Table; 4] = [
    Table {
        name: "clicks",
        columns: &[
            ("uid", Kind::Text),
            ("grp", Kind::Text),
            ("x", Kind::Whole),
            ("d", Kind::Double),
            ("price", Kind::Decimal),
        ],
        population: Some(0),
        bounds: &[N, N, Some((-5.0, 10.0)), Some((0.0, 2.0)), Some((0.0, 100.0))],
    },
    Table {
        name: "visits",
        columns: &[("uid", Kind::Text), ("page", Kind::Text), ("n", Kind::Whole)],
        population: Some(0),
        bounds: &[N, N, Some((0.0, 50.0))],
    },
    Table {
        name: "audience",
        columns: &[("uid", Kind::Text), ("segment", Kind::Text), ("w", Kind::Whole)],
        population: None,
        bounds: &[N, N, N],
    },
    Table {
        name: "sites",
        columns: &[("uid", Kind::Text), ("host", Kind::Text), ("m", Kind::Whole)],
        population: Some(1),
        bounds: &[N, N, Some((-3.0, 3.0))],
    },
];

/// Rows from somewhere.
#[derive(Debug, Clone)]
pub enum Relation {
    /// A nested query.
    Select(Box<Select>),
    /// By place in [`TABLES`].
    Table(usize),
    /// UNION ALL of queries with equal columns.
    Union(Vec<Select>),
}

/// FROM and WHERE. Columns are counted through both sides of the join.
#[derive(Debug, Clone)]
pub struct Source {
    /// The left side, or the only one.
    pub from: Relation,
    /// The right side.
    pub join: Option<Join>,
    /// WHERE
    pub filter: Option<Condition>,
}

/// The right side of a join.
#[derive(Debug, Clone)]
pub struct Join {
    /// Which join.
    pub kind: JoinKind,
    /// The right side.
    pub with: Relation,
    /// ON
    pub on: Option<Condition>,
}

/// The joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// FULL JOIN
    Full,
    /// JOIN, or CROSS JOIN without a condition.
    Inner,
    /// LEFT JOIN
    Left,
    /// RIGHT JOIN
    Right,
}

/// A nested query; its columns are named by their places.
#[derive(Debug, Clone)]
pub struct Select {
    /// FROM and WHERE.
    pub source: Source,
    /// The select list.
    pub items: Vec<Item>,
    /// What becomes of the rows.
    pub shape: Shape,
}

/// What a nested query does with its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// DISTINCT
    Distinct,
    /// GROUP BY all plain items.
    Grouped,
    /// LIMIT
    Limited(u32),
    /// As they are.
    Plain,
}

/// An item of a nested select list.
#[derive(Debug, Clone)]
pub enum Item {
    /// An aggregate over a group.
    Aggregate(Inner, Expr),
    /// A value of the row.
    Plain(Expr),
    /// A window.
    Window(Window),
}

/// Functions over a group or a window of one user's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inner {
    /// AVG
    Average,
    /// COUNT
    Count,
    /// MAX
    Max,
    /// MIN
    Min,
    /// SUM
    Sum,
}

/// A window over rows with equal columns.
#[derive(Debug, Clone)]
pub struct Window {
    /// What is asked.
    pub function: Function,
    /// PARTITION BY, by place.
    pub partition: Vec<usize>,
    /// ORDER BY, and whether descending.
    pub order: Vec<(usize, bool)>,
}

/// Window functions.
#[derive(Debug, Clone)]
pub enum Function {
    /// LAG of a column.
    Lag(usize),
    /// RANK
    Rank,
    /// ROW_NUMBER
    RowNumber,
    /// An aggregate of a column, up to the row and its peers where there is an order.
    Running(Inner, usize),
}

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// ABS
    Abs(Box<Expr>),
    /// `a + b`
    Add(Box<Expr>, Box<Expr>),
    /// CASE WHEN THEN ELSE
    Case(Box<Condition>, Box<Expr>, Box<Expr>),
    /// COALESCE
    Coalesce(Box<Expr>, Box<Expr>),
    /// A column.
    Column(usize),
    /// CONCAT with a dash between.
    Concat(Box<Expr>, Box<Expr>),
    /// Division of whole numbers or doubles by a constant; a double.
    Divide(Box<Expr>, i64),
    /// The first characters of a text.
    First(Box<Expr>, usize),
    /// GREATEST with a constant.
    Greatest(Box<Expr>, i64),
    /// LEAST with a constant.
    Least(Box<Expr>, i64),
    /// A constant.
    Literal(Value),
    /// `a * b`; of decimals with a constant only.
    Multiply(Box<Expr>, Box<Expr>),
    /// `- a`
    Negate(Box<Expr>),
    /// `a - b`
    Subtract(Box<Expr>, Box<Expr>),
}

/// True, false or unknown of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// One of `= < > <= >= <>`.
    Compare(&'static str, Expr, Expr),
    /// In the column of the public table, of the rows whose `w` is more than this.
    InPublic(Expr, usize, i64),
    /// IS NULL, or not.
    IsNull(Expr, bool),
    /// Not so.
    Not(Box<Condition>),
    /// One of a list of texts.
    OneOf(Expr, Vec<&'static str>),
    /// One of both.
    Or(Box<Condition>, Box<Condition>),
}

/// The whole query: an aggregate over people.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is aggregated.
    pub source: Source,
    /// GROUP BY
    pub keys: Vec<Expr>,
    /// The aggregates.
    pub cells: Vec<Cell>,
}

/// An aggregate over people.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which.
    pub call: Call,
    /// Its argument; a bare column of the identifier for users, none for rows.
    pub argument: Option<Expr>,
    /// FILTER (WHERE ...)
    pub filter: Option<Condition>,
}

/// Aggregates over people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// AVG
    Average,
    /// COUNT of rows or values.
    Count,
    /// STDDEV_POP, STDDEV_SAMP, VAR_POP, VAR_SAMP
    Moment {
        /// The root.
        root: bool,
        /// Of a sample.
        sample: bool,
    },
    /// SUM
    Sum,
    /// COUNT(DISTINCT user)
    Users,
}

impl Relation {
    /// The kinds of its columns.
    pub fn kinds(&self) -> Vec<Kind> {
        match self {
            Self::Table(it) => TABLES[*it].columns.iter().map(|it| it.1).collect(),
            Self::Select(it) => it.kinds(),
            Self::Union(all) => all.first().map(Select::kinds).unwrap_or_default(),
        }
    }

    /// The names of its columns.
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Table(it) => TABLES[*it].columns.iter().map(|it| it.0.to_owned()).collect(),
            _ => (0..self.kinds().len()).map(|it| format!("c{it}")).collect(),
        }
    }
}

impl Source {
    /// The kinds of all its columns, from left to right.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut all = self.from.kinds();
        all.extend(self.join.iter().flat_map(|it| it.with.kinds()));
        all
    }
}

impl Select {
    /// The kinds of its columns.
    pub fn kinds(&self) -> Vec<Kind> {
        let below = self.source.kinds();
        let of = |it: &Item| match it {
            Item::Plain(it) => it.kind(&below),
            Item::Aggregate(function, it) => function.kind(it.kind(&below)),
            Item::Window(it) => match it.function {
                Function::Lag(column) => below[column],
                Function::Rank | Function::RowNumber => Kind::Whole,
                Function::Running(function, column) => function.kind(below[column]),
            },
        };
        self.items.iter().map(of).collect()
    }
}

impl Inner {
    fn kind(self, argument: Kind) -> Kind {
        match self {
            Self::Average => Kind::Double,
            Self::Count => Kind::Whole,
            Self::Max | Self::Min | Self::Sum => argument,
        }
    }
}

impl Expr {
    /// The kind of its values.
    pub fn kind(&self, columns: &[Kind]) -> Kind {
        match self {
            Self::Column(it) => columns[*it],
            Self::Literal(Value::Text(_)) | Self::Concat(..) | Self::First(..) => Kind::Text,
            Self::Literal(Value::Double(_)) | Self::Divide(..) => Kind::Double,
            Self::Literal(_) => Kind::Whole,
            Self::Abs(it) | Self::Negate(it) | Self::Greatest(it, _) | Self::Least(it, _) => {
                it.kind(columns)
            }
            Self::Add(one, other)
            | Self::Case(_, one, other)
            | Self::Coalesce(one, other)
            | Self::Multiply(one, other)
            | Self::Subtract(one, other) => match (one.kind(columns), other.kind(columns)) {
                (Kind::Whole, kind) | (kind, _) => kind,
            },
        }
    }

    /// The columns that it looks at, those in conditions too.
    pub fn columns(&self, all: &mut Vec<usize>) {
        match self {
            Self::Column(it) => all.push(*it),
            Self::Literal(_) => {}
            Self::Abs(it)
            | Self::Divide(it, _)
            | Self::First(it, _)
            | Self::Greatest(it, _)
            | Self::Least(it, _)
            | Self::Negate(it) => it.columns(all),
            Self::Add(one, other)
            | Self::Coalesce(one, other)
            | Self::Concat(one, other)
            | Self::Multiply(one, other)
            | Self::Subtract(one, other) => {
                one.columns(all);
                other.columns(all);
            }
            Self::Case(test, one, other) => {
                test.columns(all);
                one.columns(all);
                other.columns(all);
            }
        }
    }
}

impl Condition {
    fn columns(&self, all: &mut Vec<usize>) {
        match self {
            Self::And(one, other) | Self::Or(one, other) => {
                one.columns(all);
                other.columns(all);
            }
            Self::Compare(_, one, other) => {
                one.columns(all);
                other.columns(all);
            }
            // A nested query is no function of the columns alone: as if of everything.
            Self::InPublic(it, _, _) => {
                it.columns(all);
                all.push(usize::MAX);
            }
            Self::IsNull(it, _) | Self::OneOf(it, _) => it.columns(all),
            Self::Not(it) => it.columns(all),
        }
    }
}
