//! `GROUP BY`: dimension columns, granted functions of them, literals.

use glovebox_sql::{Expression, ExpressionKind};

use super::roles::{Clause, dimension};
use super::scalars::scalar;
use crate::expression::is_plain_literal;
use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0120 group-expression
//
// GROUP BY takes dimension columns, granted scalar functions of them, strings and numbers.
// ROLLUP, CUBE and GROUPING SETS would give subtotals, and the difference of two totals can
// be one person.
//
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY ROLLUP(r.state)
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state
// ```
pub(crate) fn group(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    match &expression.kind {
        ExpressionKind::Column { scan, column } => {
            dimension(acc, query, Clause::GroupBy, (*scan, column), span);
        }
        _ if is_plain_literal(expression) => {}
        ExpressionKind::Scalar { name, function, arguments } => {
            scalar(acc, query, Clause::GroupBy, (name, *function, arguments), span);
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
                group(acc, query, part);
            }
        }
        ExpressionKind::Aggregate(_)
        | ExpressionKind::Literal(_)
        | ExpressionKind::Operator { .. } => {
            let text = "GROUP BY takes dimension columns, functions of them, strings and numbers";
            acc.push(
                Refusal::new(RefusalKind::GroupExpression, span, text)
                    .help("group by the bare columns"),
            );
        }
    }
}
