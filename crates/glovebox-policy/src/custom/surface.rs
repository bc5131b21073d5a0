//! The SQL that may be used where thresholds or comparison controls stand (AWS user guide,
//! "SQL capabilities of restricted custom rules"). What AWS does not list is refused.

mod names;

use glovebox_model::Span;
use glovebox_sql::{Body, Expression, ExpressionKind, FormKind, JoinKind, SetOperator};

use super::Custom;
use super::lineage::expressions;
use crate::query::form_words;
use crate::{Refusal, RefusalKind};

/// Every construct, join, operator and function.
pub(crate) fn surface(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for form in &custom.query.statement.forms {
        construct(acc, form.kind, form.span);
    }
    for (_, block) in custom.all_blocks() {
        match &block.body {
            Body::Select(select) => {
                for it in &select.joins {
                    join(acc, it.kind, it.span);
                }
            }
            Body::SetOperation { operator, left, .. } => {
                let before = custom.blocks.block(*left).map(|it| it.span);
                let span = before.map_or(block.span, |it| Span { start: it.end, ..block.span });
                set_operation(acc, *operator, span);
            }
            Body::Values(_) => {}
        }
        for it in expressions(block) {
            expression(acc, it);
        }
    }
}

fn refuse(acc: &mut Vec<Refusal>, kind: RefusalKind, span: Span, what: &str, help: &str) {
    let text = format!(
        "{what} cannot be used where a rule has aggregation thresholds or comparison controls"
    );
    acc.push(Refusal::new(kind, span, text).help(help));
}

// Refusal: GB0310 restricted-construct
//
// Where a rule has thresholds or comparison controls, queries are made of SELECT, WITH,
// subqueries, VALUES, UNION, WHERE, GROUP BY, HAVING, ORDER BY, LIMIT, CASE and windows. Grouping
// sets, EXISTS, OFFSET, QUALIFY and FILTER are not among them.
//
// ```
// SELECT campaign_id, COUNT(*) FROM imp GROUP BY ROLLUP (campaign_id)
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*) FROM imp GROUP BY campaign_id
// ```
fn construct(acc: &mut Vec<Refusal>, form: FormKind, span: Span) {
    let help = match form {
        FormKind::Exists => "use a join, or IN with a subquery",
        FormKind::FilterClause => "use an inner query with WHERE",
        FormKind::GroupingSets => "use several queries, put together by UNION ALL",
        FormKind::LikeQuantified => "use LIKE for each pattern, put together by OR or AND",
        FormKind::Offset => "use LIMIT alone",
        FormKind::Qualify => "use an inner query, and WHERE around it",
        FormKind::WithinGroup => "use PERCENTILE(column, fraction)",
        // Joins have a refusal of their own, by their kind.
        FormKind::SemiJoin
        | FormKind::Between
        | FormKind::CacheTable
        | FormKind::Case
        | FormKind::CommaJoin
        | FormKind::CrossJoin
        | FormKind::Cte
        | FormKind::DerivedTable
        | FormKind::GroupByAll
        | FormKind::InSubquery
        | FormKind::Limit
        | FormKind::NaturalJoin
        | FormKind::OuterJoin
        | FormKind::Parameter
        | FormKind::ScalarSubquery
        | FormKind::SetOperation
        | FormKind::Star
        | FormKind::StringConcat
        | FormKind::Top
        | FormKind::Using
        | FormKind::Values
        | FormKind::Window => return,
    };
    refuse(acc, RefusalKind::RestrictedConstruct, span, form_words(form), help);
}

// Refusal: GB0311 restricted-join
//
// Where a rule has thresholds or comparison controls, tables meet by INNER, LEFT, RIGHT, FULL,
// CROSS and NATURAL joins and by UNION. Semi and anti joins, INTERSECT and EXCEPT list who is, or
// is not, in another table.
//
// ```
// SELECT COUNT(*) FROM imp i LEFT ANTI JOIN adv a ON i.user_id = a.user_id
// ```
// ->
// ```
// SELECT COUNT(*) FROM imp i LEFT JOIN adv a ON i.user_id = a.user_id
// ```
fn join(acc: &mut Vec<Refusal>, kind: JoinKind, span: Span) {
    let what = match kind {
        JoinKind::LeftAnti | JoinKind::RightAnti => "an anti join",
        JoinKind::LeftSemi | JoinKind::RightSemi => "a semi join",
        JoinKind::Cross | JoinKind::Full | JoinKind::Inner | JoinKind::Left | JoinKind::Right => {
            return;
        }
    };
    refuse(acc, RefusalKind::RestrictedJoin, span, what, "use an INNER or an outer join");
}

fn set_operation(acc: &mut Vec<Refusal>, operator: SetOperator, span: Span) {
    let what = match operator {
        SetOperator::Except => "EXCEPT",
        SetOperator::Intersect => "INTERSECT",
        SetOperator::Union => return,
    };
    refuse(acc, RefusalKind::RestrictedJoin, span, what, "use a join, or UNION");
}

fn expression(acc: &mut Vec<Refusal>, it: &Expression) {
    match &it.kind {
        ExpressionKind::Aggregate(call) => aggregate(acc, &call.name, it.span),
        ExpressionKind::Scalar { name, .. } => scalar(acc, name, it.span),
        ExpressionKind::Window { call, partition, order, framed: _ } => {
            let name = match &call.kind {
                ExpressionKind::Aggregate(call) => call.name.as_str(),
                ExpressionKind::Scalar { name, .. } => name.as_str(),
                _ => "a window",
            };
            window(acc, name, it.span);
            for part in call.parts().into_iter().chain(partition).chain(order) {
                expression(acc, part);
            }
            return;
        }
        _ => {}
    }
    for part in it.parts() {
        expression(acc, part);
    }
}

// Refusal: GB0313 restricted-scalar
//
// Where a rule has thresholds or comparison controls, only the scalar functions that AWS lists
// for such rules can be used.
//
// ```
// SELECT REVERSE(campaign_id), COUNT(*) FROM imp GROUP BY REVERSE(campaign_id)
// ```
// ->
// ```
// SELECT UPPER(campaign_id), COUNT(*) FROM imp GROUP BY UPPER(campaign_id)
// ```
fn scalar(acc: &mut Vec<Refusal>, name: &str, span: Span) {
    if !names::is_scalar(name) {
        let help = names::instead_of_scalar(name);
        refuse(acc, RefusalKind::RestrictedScalar, span, &name.to_uppercase(), help);
    }
}

// Refusal: GB0314 restricted-aggregate
//
// Where a rule has thresholds or comparison controls, only the aggregate functions that AWS lists
// for such rules can be used.
//
// ```
// SELECT campaign_id, COUNT(*), ANY_VALUE(zip) FROM imp GROUP BY campaign_id
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*), AVG(amount) FROM imp GROUP BY campaign_id
// ```
fn aggregate(acc: &mut Vec<Refusal>, name: &str, span: Span) {
    if !names::AGGREGATES.contains(&name) {
        let help = "use AVG, COUNT, SUM, MIN, MAX, STDDEV, VAR_SAMP, MEDIAN or PERCENTILE";
        refuse(acc, RefusalKind::RestrictedAggregate, span, &name.to_uppercase(), help);
    }
}

// Refusal: GB0315 restricted-window
//
// Where a rule has thresholds or comparison controls, windows are of ROW_NUMBER, RANK,
// DENSE_RANK, LAG, LEAD and the usual aggregates. NTILE, CUME_DIST, PERCENT_RANK and the values
// at a place of the window are not among them.
//
// ```
// SELECT campaign_id, COUNT(*), NTILE(4) OVER (ORDER BY COUNT(*)) FROM imp GROUP BY campaign_id
// ```
// ->
// ```
// SELECT campaign_id, COUNT(*), RANK() OVER (ORDER BY COUNT(*)) FROM imp GROUP BY campaign_id
// ```
fn window(acc: &mut Vec<Refusal>, name: &str, span: Span) {
    if !names::WINDOWS.contains(&name) {
        let help = "use ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD, AVG, COUNT, SUM, MIN or MAX";
        refuse(acc, RefusalKind::RestrictedWindow, span, &name.to_uppercase(), help);
    }
}
