//! `aggregationThresholds`: what may be said about identities, and what aggregates may be of.

use std::collections::BTreeSet;

use glovebox_model::{AggregateExpressions, Threshold};
use glovebox_sql::{Body, Expression, ExpressionKind, RelationId};

use super::Custom;
use super::calls;
use super::comparisons::ComparisonKind;
use super::disallowed::Classes;
use super::flow::Base;
use super::lineage::expressions as all_expressions;
use crate::{Refusal, RefusalKind};

// Refusal: GB0320 identity-literal
//
// The identity column tells people apart. It may never be compared with a literal, whatever the
// comparison controls say: not in IN, CASE or LIKE, not after a function, not by a join with
// VALUES. What is matched with it may not either.
//
// ```
// SELECT COUNT(DISTINCT user_id) FROM imp WHERE SUBSTR(user_id, 1, 3) = 'U-1'
// ```
// ->
// ```
// SELECT COUNT(DISTINCT i.user_id) FROM imp i JOIN adv a ON i.user_id = a.user_id
//   WHERE a.segment = 'loyal'
// ```
pub(crate) fn literals(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    if custom.protected.is_empty() {
        return;
    }
    let classes = Classes::new(custom);
    let identities: Vec<(RelationId, &Threshold, BTreeSet<Base<'_>>)> = custom
        .protected
        .iter()
        .map(|(relation, threshold)| {
            let base = Base { relation: *relation, column: threshold.identity.as_str() };
            let same = if custom.strict { classes.with(base) } else { BTreeSet::from([base]) };
            (*relation, *threshold, same)
        })
        .collect();
    for comparison in &custom.comparisons {
        let counts = match comparison.kind {
            ComparisonKind::Plain => true,
            ComparisonKind::Hidden => custom.strict,
            ComparisonKind::Keys | ComparisonKind::Mixed | ComparisonKind::Null => false,
        };
        if !counts {
            continue;
        }
        let compared = comparison.with_literals(true);
        for (relation, threshold, same) in &identities {
            let Some(found) = same.iter().find(|it| compared.contains(it)) else { continue };
            let Some(table) = custom.table(*relation) else { continue };
            let identity = &threshold.identity;
            let which = if found.relation == *relation && found.column == identity.as_str() {
                format!("the identity column `{identity}` of table `{table}`")
            } else {
                format!(
                    "column `{}`, which is matched with the identity column `{identity}` of \
                     table `{table}`,",
                    found.column
                )
            };
            let text = format!("{which} is compared with a literal");
            acc.push(
                Refusal::new(RefusalKind::IdentityLiteral, comparison.span, text)
                    .of(table)
                    .about(identity)
                    .help("choose people by other columns: a person can never be named"),
            );
        }
    }
}

/// The identities of all people of the query, and the columns that are matched with them.
pub(crate) fn identities<'a>(custom: &Custom<'a>) -> BTreeSet<Base<'a>> {
    let classes = Classes::new(custom);
    let identity = |(relation, threshold): (&RelationId, &&'a Threshold)| {
        classes.with(Base { relation: *relation, column: threshold.identity.as_str() })
    };
    custom.protected.iter().flat_map(identity).collect()
}

// Refusal: GB0321 aggregate-expression
//
// The owner of a table with a threshold admits columns and constants as arguments of aggregate
// and window functions, and nothing that is computed, neither in place nor in an inner query
// (`allowedAggregateExpressionType` is `COLUMNS_ONLY`): an expression could make one person
// outweigh all others.
//
// ```
// WITH x AS (SELECT amount * 1000 AS v FROM imp) SELECT SUM(v) FROM x
// ```
// ->
// ```
// WITH x AS (SELECT amount AS v FROM imp) SELECT SUM(v) FROM x
// ```
pub(crate) fn expressions(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    let strictest = custom
        .protected
        .iter()
        .find(|(_, threshold)| threshold.expressions == AggregateExpressions::ColumnsOnly);
    let Some(table) = strictest.and_then(|(relation, _)| custom.table(*relation)) else { return };
    for (_, block) in custom.all_blocks() {
        for expression in all_expressions(block) {
            each_call(expression, &mut |_, arguments| {
                for argument in arguments {
                    let flow = custom.trace.flow(argument);
                    if flow.computed && !flow.bases.is_empty() {
                        acc.push(
                            Refusal::new(
                                RefusalKind::AggregateExpression,
                                argument.span,
                                "the argument of this function is computed",
                            )
                            .of(table)
                            .help("take the aggregate of a column as it is")
                            .ask("set allowedAggregateExpressionType to ANY_EXPRESSION"),
                        );
                    }
                }
            });
        }
    }
}

/// Every aggregate and window call within an expression: its name and its arguments.
pub(crate) fn each_call<'a>(
    expression: &'a Expression,
    act: &mut impl FnMut(&'a str, &'a [Expression]),
) {
    match &expression.kind {
        ExpressionKind::Aggregate(call) => act(&call.name, &call.arguments),
        ExpressionKind::Window { call, partition, order, framed: _ } => {
            match &call.kind {
                ExpressionKind::Scalar { name, arguments, .. } => act(name, arguments),
                _ => each_call(call, act),
            }
            let parts = call.parts().into_iter().chain(partition).chain(order);
            for part in parts {
                each_call(part, act);
            }
            return;
        }
        _ => {}
    }
    for part in expression.parts() {
        each_call(part, act);
    }
}

// Refusal: GB0322 aggregate-unpaired
//
// Where a threshold stands, MIN, MAX, percentiles and collectors are acceptable only together
// with an AVG, COUNT or SUM in the same select: alone they are values of single people.
//
// ```
// SELECT event_date, MAX(amount) FROM imp GROUP BY event_date
// ```
// ->
// ```
// SELECT event_date, MAX(amount), COUNT(*) FROM imp GROUP BY event_date
// ```
pub(crate) fn pairs(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for (id, block) in custom.all_blocks() {
        let Body::Select(select) = &block.body else { continue };
        let Some(relation) = custom.live.reads(id).first() else { continue };
        let mut paired = false;
        for output in &select.outputs {
            each_call(&output.expression, &mut |name, _| paired |= calls::pairs(name));
        }
        if paired {
            continue;
        }
        for expression in all_expressions(block) {
            each_call(expression, &mut |name, _| {
                if calls::must_be_paired(name) {
                    let text = format!(
                        "{} stands without AVG, COUNT or SUM beside it",
                        name.to_uppercase()
                    );
                    let refusal =
                        Refusal::new(RefusalKind::AggregateUnpaired, expression.span, text)
                            .help("select COUNT(*) as well");
                    acc.push(match custom.table(*relation) {
                        Some(table) => refusal.of(table),
                        None => refusal,
                    });
                }
            });
        }
    }
}
