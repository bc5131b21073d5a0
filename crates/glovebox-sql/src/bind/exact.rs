//! Matches in `ON` that would compare something coarser than the columns.
//!
//! Comparing columns of unlike types casts one of them. A cast that makes many keys one lets a
//! crafted table match keys that its owner does not know: eight million floats stand for half of
//! all bigints, and a day for every text that begins with it.

use glovebox_model::{ColumnName, ColumnType};

use super::binder::Binder;
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, Operator, ScanId, Statement};

impl Binder<'_> {
    /// Refuses matches of columns whose types meet only roughly.
    pub(super) fn exact_matches(&mut self, condition: &Expression, statement: &Statement) {
        let mut rest = vec![condition];
        while let Some(expression) = rest.pop() {
            let ExpressionKind::Operator { operator, operands } = &expression.kind else {
                continue;
            };
            match (operator, operands.as_slice()) {
                (
                    Operator::Equal,
                    [
                        Expression { kind: ExpressionKind::Column { scan, column }, .. },
                        Expression {
                            kind: ExpressionKind::Column { scan: scan2, column: column2 },
                            ..
                        },
                    ],
                ) => {
                    let kind = |scan: &ScanId, column: &ColumnName| {
                        let table = &statement.scans.get(scan.0)?.table;
                        let columns = &self.schema.tables.get(table)?.columns;
                        columns.iter().find(|it| it.name == *column).map(|it| it.kind)
                    };
                    let kinds = kind(scan, column).zip(kind(scan2, column2));
                    if kinds.is_some_and(|(one, other)| is_rough(one, other)) {
                        self.fault(Fault::WrongArguments, expression.span);
                    }
                }
                _ => rest.extend(operands),
            }
        }
    }
}

/// Whether comparing makes many values of a type one.
fn is_rough(one: ColumnType, other: ColumnType) -> bool {
    let rough = |one, other| match (one, other) {
        (ColumnType::Float, ColumnType::Double | ColumnType::Float) => false,
        (ColumnType::Float, _) => true,
        (ColumnType::Boolean | ColumnType::Date, ColumnType::String) => true,
        _ => false,
    };
    rough(one, other) || rough(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_casts_that_make_many_keys_one_are_rough() {
        let decimal = ColumnType::Decimal { precision: 20, scale: 0 };
        let rough = [
            (ColumnType::Float, ColumnType::Bigint),
            (decimal, ColumnType::Float),
            (ColumnType::String, ColumnType::Float),
            (ColumnType::Date, ColumnType::String),
            (ColumnType::String, ColumnType::Boolean),
        ];
        assert!(rough.iter().all(|(one, other)| is_rough(*one, *other)));
        let exact = [
            (ColumnType::Float, ColumnType::Double),
            (ColumnType::Int, ColumnType::Bigint),
            (ColumnType::Int, decimal),
            (ColumnType::String, ColumnType::Bigint),
            (ColumnType::Date, ColumnType::Timestamp),
            (ColumnType::String, ColumnType::String),
        ];
        assert!(exact.iter().all(|(one, other)| !is_rough(*one, *other)));
    }
}
