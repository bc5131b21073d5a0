//! `ORDER BY`: what the groups are, or their aggregates.

use glovebox_sql::{Expression, ExpressionKind};

use super::aggregates::aggregate;
use super::roles::{Clause, dimension};
use super::scalars::scalar;
use crate::expression::{is_plain_literal, same};
use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0122 order-expression
//
// ORDER BY takes grouping items and granted aggregates, by themselves, by alias or by number.
//
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state ORDER BY SUM(r.returned) * -1
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state ORDER BY SUM(r.returned) DESC
// ```
pub(crate) fn order(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    let known = acc.len();
    if let Some(form) = expression.form() {
        return super::forms::form(acc, form, span);
    }
    match &expression.kind {
        ExpressionKind::Aggregate(call) => return aggregate(acc, query, call, span),
        ExpressionKind::Column { scan, column } => {
            dimension(acc, query, Clause::OrderBy, (*scan, column), span);
        }
        _ if is_plain_literal(expression) => {}
        ExpressionKind::Scalar { name, function, arguments } => {
            scalar(acc, query, Clause::OrderBy, (name, *function, arguments), span);
        }
        _ => return acc.push(refusal(expression)),
    }
    let grouped = query.statement.groups.iter().any(|it| same(it, expression));
    if acc.len() == known && !grouped {
        acc.push(refusal(expression));
    }
}

fn refusal(expression: &Expression) -> Refusal {
    let text = "ORDER BY takes grouping items and aggregates";
    Refusal::new(RefusalKind::OrderExpression, expression.span, text)
        .help("order by an item of GROUP BY, an aggregate, or the alias or number of one")
}
