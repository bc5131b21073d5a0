//! What the select list may show: list columns, each row once.

use glovebox_model::{ColumnName, ListRule, Span};
use glovebox_sql::{Expression, ExpressionKind, ScanId};

use crate::query::{Query, say_it_like_aws};
use crate::{Refusal, RefusalKind};

// Refusal: GB0201 distinct-required
//
// A list query begins with SELECT DISTINCT, so that nobody learns how often a row is there.
//
// ```
// SELECT c.internalid, g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT c.internalid, g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
pub(crate) fn distinct_required(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    if query.statement.distinct.is_some() {
        return;
    }
    let spans = query.statement.outputs.iter().map(|it| it.expression.span);
    let span = spans
        .reduce(|one, two| Span { start: one.start.min(two.start), end: one.end.max(two.end) });
    acc.push(
        Refusal::new(
            RefusalKind::ListDistinctRequired,
            span.unwrap_or_default(),
            "a list query must select DISTINCT rows",
        )
        .help("write SELECT DISTINCT"),
    );
}

// Refusal: GB0203 list-output-expression
//
// A list query selects bare columns: no literals, operators or other constructs.
//
// ```
// SELECT DISTINCT g.seg4 + 1 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg4 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
pub(crate) fn outputs(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let mut found = Vec::new();
    for output in &query.statement.outputs {
        item(&mut found, query, &output.expression, true);
    }
    say_it_like_aws(&mut found, RefusalKind::ListOutputColumn);
    acc.append(&mut found);
}

// Refusal: GB0213 list-scalar
//
// List rules grant no scalar functions.
//
// ```
// SELECT DISTINCT UPPER(g.seg3) FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```

// Refusal: GB0214 list-aggregate
//
// List rules grant no aggregate functions.
//
// ```
// SELECT DISTINCT COUNT(g.seg3) FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
fn item(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression, bare: bool) {
    let span = expression.span;
    let parts = expression.parts();
    match &expression.kind {
        ExpressionKind::Aggregate(_) => acc.push(aggregate(span)),
        ExpressionKind::Column { scan, column } => {
            return list_column(acc, query, (*scan, column), span, Place::Select);
        }
        ExpressionKind::Literal(_) => {
            if bare {
                acc.push(no_column(span, "a literal"));
            }
            return;
        }
        ExpressionKind::Operator { .. } => acc.push(no_column(span, "an operator")),
        ExpressionKind::Scalar { name, .. } => acc.push(scalar(name, span)),
        _ => {
            if let Some(form) = expression.form() {
                super::forms::form(acc, form, span);
            }
        }
    }
    for part in parts {
        item(acc, query, part, false);
    }
}

fn no_column(span: Span, what: &str) -> Refusal {
    let text = format!("{what} cannot stand in SELECT under a list rule");
    Refusal::new(RefusalKind::ListOutputExpression, span, text).help("select the bare columns")
}

pub(crate) fn aggregate(span: Span) -> Refusal {
    let text = "aggregate functions cannot be used under a list rule";
    Refusal::new(RefusalKind::ListAggregate, span, text).help("select the bare column")
}

pub(crate) fn scalar(name: &str, span: Span) -> Refusal {
    let text = format!("function `{}` cannot be used under a list rule", name.to_ascii_uppercase());
    Refusal::new(RefusalKind::ListScalar, span, text).help("use the bare column")
}

/// The clauses where list columns can stand.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place {
    Select,
    Where,
}

// Refusal: GB0204 list-output-column
//
// Only list columns can be selected. Join columns stand in ON and nowhere else.
//
// ```
// SELECT DISTINCT c.id2, g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
// ->
// ```
// SELECT DISTINCT c.internalid, g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
// ```

// Refusal: GB0211 list-filter-column
//
// WHERE may name list columns only: a filter on a join column would ask about one person.
//
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2 WHERE g.id2 = '123'
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2 WHERE g.seg3 = '123'
// ```
pub(crate) fn list_column(
    acc: &mut Vec<Refusal>,
    query: &Query<'_>,
    (scan, column): (ScanId, &ColumnName),
    span: Span,
    place: Place,
) {
    let (kind, words) = match place {
        Place::Select => (RefusalKind::ListOutputColumn, "SELECT"),
        Place::Where => (RefusalKind::ListFilterColumn, "WHERE"),
    };
    let Some(table) = query.table(scan) else {
        let text = format!("column `{column}` belongs to no table of this query");
        acc.push(Refusal::new(kind, span, text).about(column));
        return;
    };
    let rule = query.list_rule(table);
    if rule.is_some_and(|it| it.list_columns().contains(column)) {
        return;
    }
    let text = format!("column `{column}` of table `{table}` cannot stand in {words}");
    let help = rule.map(|it| advice(it, column)).unwrap_or_default();
    let refusal = Refusal::new(kind, span, text).of(table).about(column).help(help);
    let free = rule.is_some_and(|it| !it.join_columns().contains(column));
    acc.push(if free { refusal.ask(format!("add `{column}` to listColumns")) } else { refusal });
}

fn advice(rule: &ListRule, column: &ColumnName) -> String {
    let place = if rule.join_columns().contains(column) { "it can stand in ON only; " } else { "" };
    let columns: Vec<String> = rule.list_columns().iter().map(|it| format!("`{it}`")).collect();
    if columns.is_empty() {
        format!("{place}this table has no list columns")
    } else {
        format!("{place}the list columns of this table are {}", columns.join(", "))
    }
}
