//! Matches in `ON` that would compare something coarser than the columns.
//!
//! Comparing columns of unlike types casts one of them. A cast that makes many keys one lets a
//! crafted table match keys that its owner does not know: eight million floats stand for half of
//! all bigints, and a day for every text that begins with it.

use glovebox_model::ColumnType;

use super::binder::Binder;
use crate::error::Fault;
use crate::facts::{Expression, ExpressionKind, Operator, RelationOrigin};

impl Binder<'_> {
    /// Refuses matches of columns whose types meet only roughly.
    pub(super) fn exact_matches(&mut self, condition: &Expression) {
        let mut rest = vec![condition];
        while let Some(expression) = rest.pop() {
            let ExpressionKind::Operator { operator, operands } = &expression.kind else {
                continue;
            };
            let kinds = match (operator, operands.as_slice()) {
                (Operator::Equal, [one, other]) => self.kind(one).zip(self.kind(other)),
                _ => None,
            };
            match kinds {
                Some((one, other)) if is_rough(one, other) => {
                    self.fault(Fault::WrongArguments, expression.span);
                }
                Some(_) => {}
                None => rest.extend(operands),
            }
        }
    }

    /// The type of a column of a base table.
    fn kind(&self, expression: &Expression) -> Option<ColumnType> {
        let (relation, name) = self.blocks.column(expression)?;
        let RelationOrigin::Table(table) = &self.blocks.relation(relation)?.origin else {
            return None;
        };
        let columns = &self.schema.tables.get(table)?.columns;
        columns.iter().find(|it| it.name.as_str() == name).map(|it| it.kind)
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
