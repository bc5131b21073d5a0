//! `disallowedOutputColumns`: what may not reach the final projection, by any way.

use glovebox_model::{ColumnName, Span, TableName};
use glovebox_sql::{BlockId, Body};

use super::Custom;
use super::flow::{Base, Flow, Way};
use crate::{Refusal, RefusalKind};

/// One item of the final rows: where it is written, and what flows into it.
pub(crate) struct Item<'a> {
    pub(crate) span: Span,
    pub(crate) flow: Flow<'a>,
}

/// The items of the final rows; those of both sides of a set operation.
pub(crate) fn items<'a>(custom: &Custom<'a>) -> Vec<Item<'a>> {
    items_of(custom, custom.blocks.root())
}

fn items_of<'a>(custom: &Custom<'a>, root: Option<BlockId>) -> Vec<Item<'a>> {
    let mut found = Vec::new();
    for id in selects_of(custom, root) {
        let Some(block) = custom.blocks.block(id) else { continue };
        let flows = custom.trace.outputs(id);
        let spans: Vec<Span> = match &block.body {
            Body::Select(select) => select.outputs.iter().map(|it| it.expression.span).collect(),
            Body::SetOperation { .. } | Body::Values(_) => vec![block.span; flows.len()],
        };
        found.extend(spans.into_iter().zip(flows).map(|(span, flow)| {
            let flow = flow.clone();
            Item { span, flow }
        }));
    }
    found
}

/// The blocks that write the final rows: the outermost, or those that it puts together.
pub(crate) fn final_selects(custom: &Custom<'_>) -> Vec<BlockId> {
    selects_of(custom, custom.blocks.root())
}

fn selects_of(custom: &Custom<'_>, root: Option<BlockId>) -> Vec<BlockId> {
    let mut found = Vec::new();
    let mut open: Vec<BlockId> = root.into_iter().collect();
    while let Some(id) = open.pop() {
        match custom.blocks.block(id).map(|it| &it.body) {
            Some(Body::SetOperation { left, right, .. }) => open.extend([*right, *left]),
            Some(Body::Select(_) | Body::Values(_)) => found.push(id),
            None => {}
        }
    }
    found
}

// Refusal: GB0303 disallowed-output
//
// The owner lets this column be used in JOIN, WHERE and inner queries, but its values may not
// reach the result: not by another name, not inside an expression, an aggregate or the keys of a
// window, not through WITH, a subquery or `*`. A table of CACHE TABLE may not hold it at all.
//
// ```
// WITH c AS (SELECT age AS a FROM users) SELECT MAX(a) FROM c
// ```
// ->
// ```
// WITH c AS (SELECT age AS a, gender FROM users) SELECT gender FROM c
// ```
pub(crate) fn outputs(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for Item { span, flow } in items(custom) {
        for (base, way) in &flow.bases {
            if let Some(refusal) = refusal(custom, *base, *way, span) {
                acc.push(refusal);
            }
        }
    }
    for id in &custom.blocks.cached {
        for Item { span, flow } in items_of(custom, Some(*id)) {
            let found = flow.bases.keys().filter_map(|it| cached(custom, *it, span));
            acc.extend(found);
        }
    }
}

/// The real service's rule for `CACHE TABLE` (user guide, "Disallowed output columns").
fn cached(custom: &Custom<'_>, base: Base<'_>, span: Span) -> Option<Refusal> {
    let (table, column) = disallowed(custom, base)?;
    let text = format!("column `{column}` of table `{table}` is in a cached table");
    Some(
        Refusal::new(RefusalKind::DisallowedOutput, span, text)
            .of(table)
            .about(column)
            .help("name the query by WITH, where the column can be matched with columns of others"),
    )
}

/// The column, when its owner forbids to output it.
fn disallowed<'a>(custom: &Custom<'a>, base: Base<'_>) -> Option<(&'a TableName, &'a ColumnName)> {
    let (table, rule) = custom.rule_of(base)?;
    let column = rule.disallowed_output().iter().find(|it| it.as_str() == base.column)?;
    Some((table, column))
}

fn refusal(custom: &Custom<'_>, base: Base<'_>, way: Way, span: Span) -> Option<Refusal> {
    let (table, column) = disallowed(custom, base)?;
    let how = if way.has(Way::VALUE) {
        "reaches the output"
    } else if way.has(Way::AGGREGATED.and(Way::COUNTED)) {
        "reaches the output through an aggregate"
    } else if way.has(Way::PARTITION.and(Way::ORDER)) {
        "reaches the output as a key of a window"
    } else {
        "reaches the output through a subquery"
    };
    let text = format!("column `{column}` of table `{table}` {how}, which its owner forbids");
    Some(
        Refusal::new(RefusalKind::DisallowedOutput, span, text)
            .of(table)
            .about(column)
            .help("leave it out of the select list; it can still be matched with columns of others")
            .ask(format!("take `{column}` out of disallowedOutputColumns")),
    )
}
