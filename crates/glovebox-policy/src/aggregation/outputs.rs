//! What the select list may show: aggregates, and what they are grouped by.

use glovebox_model::Span;
use glovebox_sql::{Expression, ExpressionKind};

use super::aggregates::aggregate;
use super::roles::{Clause, dimension};
use super::scalars::scalar;
use crate::expression::{has_aggregate, is_plain_literal, same};
use crate::query::{Query, say_it_like_aws};
use crate::{Refusal, RefusalKind};

// Refusal: GB0102 output-expression
//
// A select item is an aggregate, a dimension column, a granted scalar function of dimension
// columns, or a string or numeric literal. Arithmetic and concatenation are not: the ratio of
// two aggregates can tell about a group that is too small.
//
// ```
// SELECT SUM(r.returned) / COUNT(DISTINCT r.hashedemail) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT SUM(r.returned), COUNT(DISTINCT r.hashedemail) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail
// ```
pub(crate) fn outputs(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let mut found = Vec::new();
    for output in &query.statement.outputs {
        item(&mut found, query, &output.expression);
    }
    say_it_like_aws(&mut found, RefusalKind::OutputColumn);
    acc.append(&mut found);
}

fn item(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    match &expression.kind {
        ExpressionKind::Aggregate(call) => aggregate(acc, query, call, span),
        ExpressionKind::Column { scan, column } => {
            let known = acc.len();
            dimension(acc, query, Clause::Select, (*scan, column), span);
            if acc.len() == known {
                grouped(acc, query, expression);
            }
        }
        ExpressionKind::Literal(_) if is_plain_literal(expression) => {
            grouped(acc, query, expression);
        }
        ExpressionKind::Operator { .. } if is_plain_literal(expression) => {
            grouped(acc, query, expression);
        }
        ExpressionKind::Literal(_) => {
            let text = "only strings and numbers can stand as literals in SELECT";
            acc.push(Refusal::new(RefusalKind::OutputExpression, span, text).help("leave it out"));
        }
        ExpressionKind::Operator { operands, .. } => {
            let text = "an operator cannot stand in SELECT";
            acc.push(
                Refusal::new(RefusalKind::OutputExpression, span, text)
                    .help("select its operands one by one, and compute with the result"),
            );
            for operand in operands {
                inside(acc, query, operand);
            }
        }
        ExpressionKind::Scalar { name, function, arguments } => {
            let known = acc.len();
            scalar(acc, query, Clause::Select, (name, *function, arguments), span);
            if acc.len() == known {
                grouped(acc, query, expression);
            }
        }
        ExpressionKind::Case { .. }
        | ExpressionKind::Other { .. }
        | ExpressionKind::Parameter { .. }
        | ExpressionKind::Reference { .. }
        | ExpressionKind::Subquery { .. }
        | ExpressionKind::Window { .. } => {
            if let Some(form) = expression.form() {
                super::forms::form(acc, form, span);
            }
            for part in expression.parts() {
                inside(acc, query, part);
            }
        }
    }
}

/// A part of a select item that is refused already: only names of columns still matter.
fn inside(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    match &expression.kind {
        ExpressionKind::Aggregate(call) => aggregate(acc, query, call, expression.span),
        ExpressionKind::Column { scan, column } => {
            dimension(acc, query, Clause::Select, (*scan, column), expression.span);
        }
        _ => {
            for part in expression.parts() {
                inside(acc, query, part);
            }
        }
    }
}

// Refusal: GB0109 output-not-grouped
//
// Every select item that is no aggregate must stand in GROUP BY as it is written in SELECT,
// literals too.
//
// ```
// SELECT 'x' AS tag, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail
// ```
// ->
// ```
// SELECT 'x' AS tag, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY 'x'
// ```
fn grouped(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    if !query.statement.groups.iter().any(|it| same(it, expression)) {
        let text = "this select item must stand in GROUP BY as well";
        acc.push(
            Refusal::new(RefusalKind::OutputNotGrouped, expression.span, text)
                .help("write it in GROUP BY, or aggregate it"),
        );
    }
}

// Refusal: GB0101 no-aggregate
//
// The result of a query under aggregation rules speaks of groups of people: at least one item
// of SELECT must be an aggregate function.
//
// ```
// SELECT r.state FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```
pub(crate) fn has_an_aggregate(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let outputs = &query.statement.outputs;
    if outputs.iter().any(|it| has_aggregate(&it.expression)) {
        return;
    }
    let spans = outputs.iter().map(|it| it.expression.span);
    let span = spans
        .reduce(|one, two| Span { start: one.start.min(two.start), end: one.end.max(two.end) });
    let granted: Vec<String> = query
        .tables()
        .into_iter()
        .filter_map(|it| Some((it, query.aggregation_rule(it)?.aggregates().first()?)))
        .map(|(table, it)| format!("{} of `{}` of `{table}`", it.function.aws_name(), it.column))
        .collect();
    acc.push(
        Refusal::new(
            RefusalKind::NoAggregate,
            span.unwrap_or_default(),
            "the query has no aggregate function in SELECT",
        )
        .help(format!("select an aggregate, such as {}", granted.join(", "))),
    );
}
