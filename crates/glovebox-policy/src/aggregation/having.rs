//! `HAVING`: granted aggregates compared with numbers.

use glovebox_sql::{Expression, ExpressionKind, Operator};

use super::aggregates::aggregate;
use crate::expression::is_number;
use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0121 having-expression
//
// HAVING compares granted aggregates with numeric literals by `=`, `<>`, `<`, `<=`, `>`, `>=`,
// and joins such comparisons with AND and OR. Nothing else can stand there.
//
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state HAVING SUM(r.returned) > AVG(r.returned)
// ```
// ->
// ```
// SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r
//   ON s.hashedemail = r.hashedemail GROUP BY r.state HAVING SUM(r.returned) > 1000
// ```
pub(crate) fn having(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    match &expression.kind {
        ExpressionKind::Operator { operator: Operator::And | Operator::Or, operands } => {
            for operand in operands {
                having(acc, query, operand);
            }
        }
        ExpressionKind::Operator { operator, operands } if is_comparison(*operator) => {
            match operands.as_slice() {
                [one, other] if is_number(other) => left(acc, query, one, expression),
                [one, other] if is_number(one) => left(acc, query, other, expression),
                _ => refuse(acc, expression),
            }
        }
        _ => match expression.form() {
            Some(form) => super::forms::form(acc, form, span),
            None => refuse(acc, expression),
        },
    }
}

fn left(acc: &mut Vec<Refusal>, query: &Query<'_>, side: &Expression, whole: &Expression) {
    match &side.kind {
        ExpressionKind::Aggregate(call) => aggregate(acc, query, call, side.span),
        _ => match side.form() {
            Some(form) => super::forms::form(acc, form, side.span),
            None => refuse(acc, whole),
        },
    }
}

fn refuse(acc: &mut Vec<Refusal>, expression: &Expression) {
    let text = "HAVING compares aggregates with numbers, and nothing else";
    acc.push(
        Refusal::new(RefusalKind::HavingExpression, expression.span, text)
            .help("write AGGREGATE(column) > number; conditions on dimensions belong to WHERE"),
    );
}

fn is_comparison(operator: Operator) -> bool {
    match operator {
        Operator::Equal
        | Operator::Greater
        | Operator::GreaterOrEqual
        | Operator::Less
        | Operator::LessOrEqual
        | Operator::NotEqual => true,
        Operator::Add
        | Operator::And
        | Operator::Between
        | Operator::Divide
        | Operator::In
        | Operator::Is
        | Operator::IsNull
        | Operator::Like
        | Operator::Modulo
        | Operator::Multiply
        | Operator::Not
        | Operator::Or
        | Operator::Subtract => false,
    }
}
