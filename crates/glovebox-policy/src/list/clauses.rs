//! The clauses that a list query does not have, and its limit.

use glovebox_sql::{ExpressionKind, Literal};

use crate::query::Query;
use crate::{Refusal, RefusalKind};

// Refusal: GB0215 list-clause
//
// A list query has no GROUP BY, HAVING or ORDER BY.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 ORDER BY c.internalid
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
pub(crate) fn clauses(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let statement = query.statement;
    let found = [
        ("GROUP BY", statement.groups.first()),
        ("HAVING", statement.having.as_ref()),
        ("ORDER BY", statement.order.first()),
    ];
    for (word, expression) in found {
        if let Some(expression) = expression {
            let text = format!("{word} cannot be used under a list rule");
            acc.push(
                Refusal::new(RefusalKind::ListClause, expression.span, text)
                    .help("leave it out, and sort or group the result"),
            );
        }
    }
}

// Refusal: GB0216 list-limit
//
// LIMIT takes a positive integer.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 LIMIT 0
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2 LIMIT 1
// ```
pub(crate) fn limit(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let Some(limit) = &query.statement.limit else { return };
    let positive = match &limit.kind {
        ExpressionKind::Literal(Literal::Number(text)) => {
            text.parse::<i64>().is_ok_and(|it| it > 0)
        }
        _ => false,
    };
    if !positive {
        let text = "LIMIT takes a positive integer";
        acc.push(
            Refusal::new(RefusalKind::ListLimit, limit.span, text)
                .help("write LIMIT and a number from 1"),
        );
    }
}
