//! Joins, for every type of rule: kinds, matches, operators, and who must be joined.

mod matches;
mod required;

use glovebox_model::{ColumnName, JoinOperators, Rule, TableName};

use crate::RefusalKind;
use crate::query::Query;

pub(crate) use matches::joins;
pub(crate) use required::required;

/// The codes under which one type of rule refuses joins.
#[derive(Debug)]
pub(crate) struct JoinKinds {
    pub(crate) kind: RefusalKind,
    pub(crate) required: RefusalKind,
    pub(crate) matches: RefusalKind,
    pub(crate) column: RefusalKind,
    pub(crate) sides: RefusalKind,
    pub(crate) operator: RefusalKind,
}

impl JoinKinds {
    pub(crate) const AGGREGATION: Self = Self {
        kind: RefusalKind::JoinKind,
        required: RefusalKind::JoinRequired,
        matches: RefusalKind::JoinMatch,
        column: RefusalKind::JoinColumn,
        sides: RefusalKind::JoinSides,
        operator: RefusalKind::JoinOperator,
    };
    pub(crate) const LIST: Self = Self {
        kind: RefusalKind::ListJoinKind,
        required: RefusalKind::ListJoinRequired,
        matches: RefusalKind::ListJoinMatch,
        column: RefusalKind::ListJoinColumn,
        sides: RefusalKind::ListJoinSides,
        operator: RefusalKind::ListJoinOperator,
    };
}

/// The join columns of a table with a rule.
pub(crate) fn join_columns<'a>(
    query: &Query<'a>,
    table: &TableName,
) -> Option<&'a std::collections::BTreeSet<ColumnName>> {
    match query.rules.tables.get(table)?.rule.as_ref()? {
        Rule::Aggregation(rule) => Some(rule.join_columns()),
        Rule::Custom(_) => None,
        Rule::List(rule) => Some(rule.join_columns()),
    }
}

/// The operators that the table's owner grants between matches; none without a rule.
pub(crate) fn join_operators(rules: &crate::Rules, table: &TableName) -> JoinOperators {
    match rules.tables.get(table).and_then(|it| it.rule.as_ref()) {
        Some(Rule::Aggregation(rule)) => rule.join_operators(),
        Some(Rule::List(rule)) => rule.join_operators(),
        Some(Rule::Custom(_)) | None => JoinOperators { and: false, or: false },
    }
}
