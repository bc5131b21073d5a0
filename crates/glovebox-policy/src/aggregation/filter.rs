//! `WHERE`: dimension columns, granted functions, literals, and the operators AWS lists.

use glovebox_sql::{Expression, ExpressionKind, Operator};

use super::roles::{Clause, dimension};
use super::scalars::scalar;
use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0118 filter-expression
//
// WHERE compares dimension columns, granted functions of them and literals by
// `=`, `<>`, `<`, `<=`, `>`, `>=`, IN, LIKE, BETWEEN and IS NULL, with AND, OR, NOT and
// arithmetic. Aggregates and other operators cannot stand there.
//
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.state IS DISTINCT FROM 'NY'
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail
//   WHERE r.state <> 'NY' OR r.state IS NULL
// ```
pub(crate) fn filter(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    match &expression.kind {
        ExpressionKind::Aggregate(_) => {
            let text = "an aggregate function cannot stand in WHERE";
            acc.push(
                Refusal::new(RefusalKind::FilterExpression, span, text)
                    .help("compare it with a number in HAVING"),
            );
        }
        ExpressionKind::Column { scan, column } => {
            dimension(acc, query, Clause::Where, (*scan, column), span);
        }
        ExpressionKind::Literal(_) => {}
        ExpressionKind::Operator { operator, operands } => {
            if !is_listed(*operator) {
                let text = "this operator cannot stand in WHERE";
                acc.push(Refusal::new(RefusalKind::FilterExpression, span, text).help(
                    "use =, <>, <, <=, >, >=, IN, LIKE, BETWEEN, IS NULL, AND, OR, NOT, \
                         arithmetic",
                ));
            }
            for operand in operands {
                filter(acc, query, operand);
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
                filter(acc, query, part);
            }
        }
        ExpressionKind::Scalar { name, function, arguments } => {
            scalar(acc, query, Clause::Where, (name, *function, arguments), span);
        }
    }
}

/// The operators that AWS lists for `WHERE`, and BETWEEN, which AWS's own example uses.
pub(crate) fn is_listed(operator: Operator) -> bool {
    match operator {
        Operator::Add
        | Operator::And
        | Operator::Between
        | Operator::Divide
        | Operator::Equal
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::In
        | Operator::IsNull
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::Like
        | Operator::Modulo
        | Operator::Multiply
        | Operator::Not
        | Operator::NotEqual
        | Operator::Or
        | Operator::Subtract => true,
        Operator::Is => false,
    }
}
