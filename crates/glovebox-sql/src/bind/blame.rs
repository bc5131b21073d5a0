//! Which part of a statement the planner cannot take: the one without which it can.

use datafusion::sql::sqlparser::ast::{self, SetExpr};
use glovebox_model::Span;

use crate::facts::Statement;

/// Items of a select list at most that are left out one by one: each time all is planned anew.
const MAX_TRIED: usize = 50;

/// The place of the culprit, when one part alone is to blame. `plans` says whether a statement
/// can be planned.
pub(super) fn blame(
    statement: &ast::Statement,
    facts: &Statement,
    plans: &dyn Fn(ast::Statement) -> bool,
) -> Option<Span> {
    let without = |change: &dyn Fn(&mut ast::Query)| {
        let mut changed = statement.clone();
        let ast::Statement::Query(query) = &mut changed else { return false };
        change(query);
        plans(changed)
    };
    let select = |query: &mut ast::Query, change: &dyn Fn(&mut ast::Select)| {
        if let SetExpr::Select(select) = query.body.as_mut() {
            change(select);
        }
    };
    if let Some(filter) = &facts.filter
        && without(&|query| select(query, &|it| it.selection = None))
    {
        return Some(filter.span);
    }
    if let Some(having) = &facts.having
        && without(&|query| select(query, &|it| it.having = None))
    {
        return Some(having.span);
    }
    if let Some(limit) = &facts.limit
        && without(&|query| query.limit_clause = None)
    {
        return Some(limit.span);
    }
    if let Some(first) = facts.order.first()
        && without(&|query| query.order_by = None)
    {
        return Some(first.span);
    }
    if facts.outputs.len() < 2 {
        return facts.outputs.first().map(|it| it.expression.span);
    }
    if facts.outputs.len() > MAX_TRIED {
        return None;
    }
    let culprit = facts.outputs.iter().enumerate().find(|(index, _)| {
        without(&|query| {
            select(query, &|it| {
                it.projection.remove(*index);
            });
        })
    });
    culprit.map(|(_, output)| output.expression.span)
}
