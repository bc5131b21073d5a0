//! Columns in their place: dimensions outside aggregates.

use glovebox_model::{AggregationRule, ColumnName, Span};
use glovebox_sql::ScanId;

use crate::query::Query;
use crate::{Refusal, RefusalKind};

/// The clauses where dimension columns can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clause {
    GroupBy,
    OrderBy,
    Select,
    Where,
}

impl Clause {
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::GroupBy => "GROUP BY",
            Self::OrderBy => "ORDER BY",
            Self::Select => "SELECT",
            Self::Where => "WHERE",
        }
    }

    fn column_kind(self) -> RefusalKind {
        match self {
            Self::GroupBy => RefusalKind::GroupColumn,
            Self::OrderBy => RefusalKind::OrderExpression,
            Self::Select => RefusalKind::OutputColumn,
            Self::Where => RefusalKind::FilterColumn,
        }
    }
}

// Refusal: GB0103 output-column
//
// Outside aggregate functions only dimension columns can stand in SELECT. A join column or an
// aggregate column there would show values of single people.
//
// ```
// SELECT r.hashedemail, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.hashedemail
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```

// Refusal: GB0117 filter-column
//
// WHERE may name dimension columns only. A filter on a join column would ask about one person,
// a filter on an aggregate column would cut values out of sums one by one.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.hashedemail LIKE '00%'
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.state LIKE 'N%'
// ```

// Refusal: GB0119 group-column
//
// GROUP BY may name dimension columns only.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   GROUP BY r.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   GROUP BY r.state
// ```
pub(crate) fn dimension(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    clause: Clause,
    (scan, column): (ScanId, &ColumnName),
    span: Span,
) {
    let Some(table) = query.table(scan) else {
        let text = format!("column `{column}` belongs to no table of this query");
        acc.push(Refusal::new(clause.column_kind(), span, text).about(column));
        return;
    };
    let rule = query.aggregation_rule(table);
    if rule.is_some_and(|it| it.dimensions().contains(column)) {
        return;
    }
    let text = format!("column `{column}` of table `{table}` cannot stand in {}", clause.words());
    let refusal = Refusal::new(clause.column_kind(), span, text)
        .of(table)
        .about(column)
        .help(rule.map(|it| advice(it, column)).unwrap_or_default());
    // A column has one role only: one that is joined or aggregated cannot become a dimension.
    let free = rule.is_some_and(|it| {
        !it.join_columns().contains(column) && it.aggregates().iter().all(|it| &it.column != column)
    });
    acc.push(if free {
        refusal.ask(format!("add `{column}` to dimensionColumns"))
    } else {
        refusal
    });
}

/// Where the column may stand, and which columns may stand here.
fn advice(rule: &AggregationRule, column: &ColumnName) -> String {
    let functions: Vec<&str> = rule
        .aggregates()
        .iter()
        .filter(|it| &it.column == column)
        .map(|it| it.function.aws_name())
        .collect();
    let join = rule.join_columns().contains(column);
    let place = match (join, functions.is_empty()) {
        (true, true) => "it can stand in ON only; ".to_owned(),
        (true, false) => format!("it can stand in ON and inside {}; ", functions.join(", ")),
        (false, false) => format!("it can stand inside {}; ", functions.join(", ")),
        (false, true) => String::new(),
    };
    let dimensions: Vec<String> = rule.dimensions().iter().map(|it| format!("`{it}`")).collect();
    if dimensions.is_empty() {
        format!("{place}this table has no dimension columns")
    } else {
        format!("{place}the dimension columns of this table are {}", dimensions.join(", "))
    }
}
