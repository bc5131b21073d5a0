//! What must stand in `GROUP BY`.

use datafusion::sql::sqlparser::keywords::Keyword;
use glovebox_model::Span;

use super::text::Text;
use crate::error::{Fault, Unbound};
use crate::facts::{
    AggregateCall, Block, BlockId, Blocks, Body, Expression, ExpressionKind, FormKind, SelectBlock,
    Statement,
};

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
        ExpressionKind::Window { .. } => windowed(expression).into_iter().any(aggregates),
        _ => expression.parts().into_iter().any(aggregates),
    }
}

/// The parts of a windowed call: the call itself is no aggregate; what is inside it may be.
fn windowed(expression: &Expression) -> Vec<&Expression> {
    let ExpressionKind::Window { call, partition, order, framed: _ } = &expression.kind else {
        return Vec::new();
    };
    let mut parts: Vec<&Expression> = partition.iter().chain(order).collect();
    let mut call = &**call;
    while let ExpressionKind::Other {
        form: FormKind::FilterClause | FormKind::WithinGroup,
        parts: adorned,
    } = &call.kind
        && let [inner, rest @ ..] = adorned.as_slice()
    {
        parts.extend(rest);
        call = inner;
    }
    parts.extend(call.parts());
    parts
}

/// The place of `GROUP BY ALL`.
pub(super) fn all_span(text: &Text, whole: Span) -> Span {
    let start = Span { end: whole.start, ..whole };
    let ends = text.through_keyword(start, &[Keyword::ALL], usize::MAX);
    let end = Span { start: ends.end.saturating_sub("ALL".len()), ..ends };
    text.with_keywords_before(end, &[Keyword::BY, Keyword::GROUP])
}

/// The columns outside aggregates and `GROUP BY`, as one finding per block.
pub(super) fn check(blocks: &Blocks) -> Vec<Unbound> {
    blocks.blocks.iter().filter_map(|it| check_block(it, blocks)).collect()
}

fn check_block(block: &Block, blocks: &Blocks) -> Option<Unbound> {
    let Body::Select(select) = &block.body else { return None };
    if !select.grouped {
        return None;
    }
    let mut check = Check { select, blocks, loose: Vec::new() };
    let outputs = select.outputs.iter().map(|it| &it.expression);
    for expression in outputs.chain(&select.having).chain(&select.qualify).chain(&block.order) {
        check.collect(expression);
    }
    let first = check.loose.first()?.1;
    let mut names: Vec<String> = Vec::new();
    for (name, _) in check.loose {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(Fault::NotGrouped { columns: names.join(", ") }.at(first))
}

/// One check of one block under way.
struct Check<'b> {
    select: &'b SelectBlock,
    blocks: &'b Blocks,
    loose: Vec<(String, Span)>,
}

impl Check<'_> {
    fn is_grouped(&self, expression: &Expression) -> bool {
        self.select.groups.iter().any(|group| match &group.kind {
            // The sets of ROLLUP and the like group by each of their parts.
            ExpressionKind::Other { form: FormKind::GroupingSets, parts } => {
                parts.iter().any(|part| same(part, expression))
            }
            _ => same(group, expression),
        })
    }

    fn collect(&mut self, expression: &Expression) {
        if self.is_grouped(expression) {
            return;
        }
        match &expression.kind {
            ExpressionKind::Aggregate(_)
            | ExpressionKind::Other {
                form: FormKind::FilterClause | FormKind::WithinGroup, ..
            } => {}
            ExpressionKind::Column { .. } | ExpressionKind::Reference { .. } => {
                self.column(expression, expression.span);
            }
            ExpressionKind::Subquery { block, .. } => {
                expression.parts().into_iter().for_each(|it| self.collect(it));
                for it in correlated(*block, self.blocks) {
                    if !self.is_grouped(it) {
                        self.column(it, it.span);
                    }
                }
            }
            ExpressionKind::Window { .. } => {
                windowed(expression).into_iter().for_each(|it| self.collect(it));
            }
            ExpressionKind::Case { .. }
            | ExpressionKind::Literal(_)
            | ExpressionKind::Operator { .. }
            | ExpressionKind::Other { .. }
            | ExpressionKind::Parameter { .. }
            | ExpressionKind::Scalar { .. } => {
                expression.parts().into_iter().for_each(|it| self.collect(it));
            }
        }
    }

    /// A column of this very block, outside `GROUP BY`.
    fn column(&mut self, expression: &Expression, span: Span) {
        let Some((relation, column)) = self.blocks.column(expression) else { return };
        if self.select.relations.contains(&relation) {
            let alias = self.blocks.relation(relation).map_or("", |it| &it.alias);
            let shown = match alias {
                // One that nobody wrote.
                alias if alias.is_empty() || alias.starts_with("__gb") => column.to_owned(),
                alias => format!("{alias}.{column}"),
            };
            self.loose.push((shown, span));
        }
    }
}

/// Every column that is named in a block, or in a block below it.
fn correlated(block: BlockId, blocks: &Blocks) -> Vec<&Expression> {
    let mut found = Vec::new();
    let mut rest = vec![block];
    while let Some(block) = rest.pop().and_then(|it| blocks.block(it)) {
        let mut parts: Vec<&Expression> = Vec::new();
        match &block.body {
            Body::Select(select) => {
                let outputs = select.outputs.iter().map(|it| &it.expression);
                let joins = select.joins.iter().filter_map(|it| it.condition.as_ref());
                let clauses = [&select.filter, &select.having, &select.qualify];
                parts.extend(outputs.chain(joins).chain(&select.groups).chain(&block.order));
                parts.extend(clauses.into_iter().flatten());
            }
            Body::SetOperation { left, right, .. } => rest.extend([*left, *right]),
            Body::Values(rows) => parts.extend(rows.iter().flatten()),
        }
        while let Some(part) = parts.pop() {
            match &part.kind {
                ExpressionKind::Column { .. } | ExpressionKind::Reference { .. } => {
                    found.push(part);
                }
                ExpressionKind::Subquery { block, .. } => rest.push(*block),
                _ => {}
            }
            parts.extend(part.parts());
        }
    }
    found
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
        (
            ExpressionKind::Case { operand: a, branches: one, otherwise: c },
            ExpressionKind::Case { operand: b, branches: two, otherwise: d },
        ) => a.is_some() == b.is_some() && one.len() == two.len() && c.is_some() == d.is_some(),
        // Other forms are never grouped by: their parts do not tell all there is to them.
        (
            ExpressionKind::Other { .. }
            | ExpressionKind::Subquery { .. }
            | ExpressionKind::Window { .. },
            _,
        ) => return false,
        (a, b) => return a == b,
    };
    let (a, b) = (a.parts(), b.parts());
    head && a.len() == b.len() && a.into_iter().zip(b).all(|(a, b)| same(a, b))
}
