//! What must stand in `GROUP BY`.

use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::text::Text;
use crate::error::{Fault, Unbound};
use crate::facts::{AggregateCall, Expression, ExpressionKind, FormKind, Scan, Statement};

/// Whether the block groups its rows: `GROUP BY`, `HAVING`, or any aggregate call.
pub(super) fn is_grouped(statement: &Statement) -> bool {
    !statement.groups.is_empty()
        || statement.having.is_some()
        || statement.outputs.iter().any(|it| aggregates(&it.expression))
        || statement.order.iter().any(aggregates)
}

/// Whether an aggregate call stands anywhere in it.
pub(super) fn aggregates(expression: &Expression) -> bool {
    match &expression.kind {
        ExpressionKind::Aggregate(_) => true,
        // A windowed call is no aggregate; what is inside it may be.
        ExpressionKind::Other { form: FormKind::Window, parts } => {
            let inside = parts.iter().flat_map(Expression::parts);
            inside.into_iter().any(aggregates)
        }
        _ => expression.parts().into_iter().any(aggregates),
    }
}

/// The place of `GROUP BY ALL`.
pub(super) fn all_span(text: &Text, whole: Span) -> Span {
    let start = Span { end: whole.start, ..whole };
    let ends = text.through_keyword(start, &[Keyword::ALL], usize::MAX);
    let end = Span { start: ends.end.saturating_sub("ALL".len()), ..ends };
    text.with_keywords_before(end, &[Keyword::BY, Keyword::GROUP])
}

/// The columns outside aggregates and `GROUP BY`, as one finding.
pub(super) fn check(statement: &Statement) -> Option<Unbound> {
    if !is_grouped(statement) {
        return None;
    }
    let mut loose = Vec::new();
    for output in &statement.outputs {
        collect(&output.expression, &statement.groups, &mut loose);
    }
    for expression in statement.having.iter().chain(&statement.order) {
        collect(expression, &statement.groups, &mut loose);
    }
    let first = loose.first()?.1;
    let mut names: Vec<String> = Vec::new();
    for (name, _) in loose.into_iter().map(|it| (show(it.0, &statement.scans), it.1)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(Fault::NotGrouped { columns: names.join(", ") }.at(first))
}

fn collect<'e>(
    expression: &'e Expression,
    groups: &[Expression],
    loose: &mut Vec<(&'e ExpressionKind, Span)>,
) {
    if groups.iter().any(|it| same(it, expression)) {
        return;
    }
    // The sets of ROLLUP and the like group by each of their parts.
    let in_sets = |it: &Expression| match &it.kind {
        ExpressionKind::Other { form: FormKind::GroupingSets, parts } => {
            parts.iter().any(|part| same(part, expression))
        }
        _ => false,
    };
    if groups.iter().any(in_sets) {
        return;
    }
    match &expression.kind {
        ExpressionKind::Aggregate(_)
        | ExpressionKind::Other { form: FormKind::FilterClause | FormKind::WithinGroup, .. } => {}
        ExpressionKind::Column { .. } => loose.push((&expression.kind, expression.span)),
        ExpressionKind::Case { .. }
        | ExpressionKind::Literal(_)
        | ExpressionKind::Operator { .. }
        | ExpressionKind::Other { .. }
        | ExpressionKind::Parameter { .. }
        | ExpressionKind::Reference { .. }
        | ExpressionKind::Scalar { .. }
        | ExpressionKind::Subquery { .. }
        | ExpressionKind::Window { .. } => {
            expression.parts().into_iter().for_each(|it| collect(it, groups, loose));
        }
    }
}

fn show(kind: &ExpressionKind, scans: &[Scan]) -> String {
    match kind {
        ExpressionKind::Column { scan, column } => match scans.get(scan.0) {
            Some(scan) => format!("{}.{column}", scan.alias),
            None => column.to_string(),
        },
        _ => String::new(),
    }
}

/// Whether two expressions say the same, wherever they stand.
pub(super) fn same(a: &Expression, b: &Expression) -> bool {
    let head = match (&a.kind, &b.kind) {
        (ExpressionKind::Aggregate(a), ExpressionKind::Aggregate(b)) => {
            let head = |it: &AggregateCall| (it.name.clone(), it.distinct, it.star);
            head(a) == head(b)
        }
        (
            ExpressionKind::Operator { operator: a, .. },
            ExpressionKind::Operator { operator: b, .. },
        ) => a == b,
        (
            ExpressionKind::Scalar { name: a, function: f, .. },
            ExpressionKind::Scalar { name: b, function: g, .. },
        ) => a == b && f == g,
        // Forms are never grouped by: their parts do not tell all there is to them.
        _ if a.form().is_some() || b.form().is_some() => return false,
        (a, b) => return a == b,
    };
    let (a, b) = (a.parts(), b.parts());
    head && a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| same(a, b))
}
