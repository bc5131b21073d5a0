//! Filters of the form column, operator, literal: hints to a source, applied again by the engine.
//!
//! They come from the text of a query and nowhere else: no value of a row is ever among them.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator};
use glovebox_model::ColumnName;

/// Rows for which it does not hold may be left out by whoever reads them.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// The column.
    pub(crate) column: ColumnName,
    /// What must hold of it.
    pub(crate) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Compare(Comparison, ScalarValue),
    In(Vec<ScalarValue>),
    IsNull,
    IsNotNull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// As SQL writes it.
    pub(crate) fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// The most literals of one `IN`.
const MAX_LITERALS: usize = 1_000;

impl Hint {
    /// The hint in a filter, if it is one.
    pub fn of(filter: &Expr) -> Option<Self> {
        if let Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) = filter {
            return Self::of(left)?.or(Self::of(right)?);
        }
        let (column, test) = match filter {
            Expr::BinaryExpr(BinaryExpr { left, op, right }) => match (&**left, &**right) {
                (Expr::Column(column), Expr::Literal(value, _)) => {
                    (column, Test::Compare(comparison(*op)?, known(value)?))
                }
                (Expr::Literal(value, _), Expr::Column(column)) => {
                    (column, Test::Compare(comparison(op.swap()?)?, known(value)?))
                }
                _ => return None,
            },
            Expr::InList(list) if !list.negated && list.list.len() <= MAX_LITERALS => {
                let Expr::Column(column) = &*list.expr else { return None };
                let literal = |it: &Expr| match it {
                    Expr::Literal(value, _) => known(value),
                    _ => None,
                };
                (column, Test::In(list.list.iter().map(literal).collect::<Option<_>>()?))
            }
            Expr::IsNull(of) => (column(of)?, Test::IsNull),
            Expr::IsNotNull(of) => (column(of)?, Test::IsNotNull),
            _ => return None,
        };
        Some(Self { column: ColumnName::new(&column.name).ok()?, test })
    }
}

impl Hint {
    /// Both as one, if they are equalities of one column: how short an `IN` comes.
    fn or(self, other: Self) -> Option<Self> {
        let values = |it| match it {
            Test::Compare(Comparison::Equal, value) => Some(vec![value]),
            Test::In(values) => Some(values),
            _ => None,
        };
        let Self { column, test } = self;
        let mut all = values(test)?;
        all.extend(values(other.test)?);
        (column == other.column && all.len() <= MAX_LITERALS)
            .then_some(Self { column, test: Test::In(all) })
    }
}

fn column(of: &Expr) -> Option<&datafusion::common::Column> {
    if let Expr::Column(column) = of { Some(column) } else { None }
}

fn known(value: &ScalarValue) -> Option<ScalarValue> {
    (!value.is_null()).then(|| value.clone())
}

fn comparison(operator: Operator) -> Option<Comparison> {
    Some(match operator {
        Operator::Eq => Comparison::Equal,
        Operator::Lt => Comparison::Less,
        Operator::LtEq => Comparison::LessOrEqual,
        Operator::Gt => Comparison::Greater,
        Operator::GtEq => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit};

    use super::*;

    #[test]
    fn only_column_operator_literal_is_a_hint() {
        let hint = Hint::of(&lit(5_i64).lt(col("A"))).unwrap();
        assert_eq!(hint.test, Test::Compare(Comparison::Greater, ScalarValue::Int64(Some(5))));
        assert_eq!(hint.column.as_str(), "a");
        assert!(Hint::of(&col("a").in_list(vec![lit(1), lit(2)], false)).is_some());
        assert!(Hint::of(&col("a").is_null()).is_some());
        let three = col("a").eq(lit(1)).or(col("a").eq(lit(2))).or(lit(3).eq(col("a")));
        assert_eq!(
            Hint::of(&three),
            Hint::of(&col("a").in_list(vec![lit(1), lit(2), lit(3)], false))
        );
        for other in [
            col("a").eq(col("b")),
            (col("a") + lit(1)).eq(lit(2)),
            col("a").eq(lit(ScalarValue::Int64(None))),
            col("a").not_eq(lit(2)),
            col("a").in_list(vec![lit(1)], true),
            col("a").in_list(vec![col("b")], false),
            col("a").eq(lit(1)).or(col("b").eq(lit(2))),
            col("a").eq(lit(1)).or(col("a").gt(lit(2))),
        ] {
            assert_eq!(Hint::of(&other), None, "{other}");
        }
    }
}
