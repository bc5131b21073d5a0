//! `WHERE`: list columns, literals, and the operators AWS lists.

use glovebox_sql::{Expression, ExpressionKind};

use super::outputs::{Place, aggregate, list_column, scalar};
use crate::aggregation::is_listed;
use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0212 list-filter-expression
//
// WHERE compares list columns and literals by `=`, `<>`, `<`, `<=`, `>`, `>=`, IN, LIKE, BETWEEN
// and IS NULL, with AND, OR, NOT and arithmetic.
//
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2
//   WHERE g.seg3 IS NOT DISTINCT FROM 'x'
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM crm c JOIN seg g ON c.id2 = g.id2 WHERE g.seg3 = 'x'
// ```
pub(crate) fn filter(acc: &mut Vec<Refusal>, query: &Query<'_>, expression: &Expression) {
    let span = expression.span;
    let parts = expression.parts();
    match &expression.kind {
        ExpressionKind::Aggregate(_) => acc.push(aggregate(span)),
        ExpressionKind::Column { scan, column } => {
            return list_column(acc, query, (*scan, column), span, Place::Where);
        }
        ExpressionKind::Literal(_) => return,
        ExpressionKind::Operator { operator, operands: _ } => {
            if !is_listed(*operator) {
                let text = "this operator cannot stand in WHERE";
                acc.push(Refusal::new(RefusalKind::ListFilterExpression, span, text).help(
                    "use =, <>, <, <=, >, >=, IN, LIKE, BETWEEN, IS NULL, AND, OR, NOT, arithmetic",
                ));
            }
        }
        ExpressionKind::Scalar { name, .. } => acc.push(scalar(name, span)),
        _ => {
            if let Some(form) = expression.form() {
                super::forms::form(acc, form, span);
            }
        }
    }
    for part in parts {
        filter(acc, query, part);
    }
}
