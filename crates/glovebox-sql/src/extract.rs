//! Plan to facts: an exhaustive match, so that an upgrade that adds a node does not compile.
//!
//! This is also the gate for plans: what it does not know, it denies.

mod comparison;
mod expression;
mod node;

use std::collections::BTreeSet;

use datafusion::common::{Column, DFSchema, ScalarValue};
use datafusion::logical_expr::{Distinct, Expr, Limit, LogicalPlan, Projection};

use crate::facts::{Lineage, Source};
use crate::lineage::Flow;

/// A node, an expression or a function that plans must not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Denied(pub(crate) &'static str);

/// Reads a plan. `hidden` names the guard columns that our own rewrite put in.
pub(crate) fn lineage(plan: &LogicalPlan, hidden: &BTreeSet<String>) -> Result<Extracted, Denied> {
    let mut extraction =
        Extraction { lineage: Lineage::default(), hidden, outer: Vec::new(), depth: 0 };
    let rows = extraction.node(plan, None)?;
    let visible = rows.flows.iter().filter(|it| it.guard.is_empty());
    let outputs = visible.map(Flow::as_output).collect();
    let mut lineage = extraction.lineage;
    lineage.outputs = outputs;
    lineage.withheld = is_withheld(plan);
    (lineage.distinct, lineage.limit) = top(plan);
    Ok(Extracted { lineage, marks: rows.flows.into_iter().map(|it| it.guard).collect() })
}

/// What a plan tells.
pub(crate) struct Extracted {
    pub(crate) lineage: Lineage,
    /// For each output column of the plan: what it counts, when it is a guard's.
    pub(crate) marks: Vec<BTreeSet<Source>>,
}

/// One extraction under way.
struct Extraction<'a> {
    lineage: Lineage,
    hidden: &'a BTreeSet<String>,
    /// The rows around a correlated subquery, innermost last.
    outer: Vec<Rows>,
    depth: usize,
}

/// What a node gives.
#[derive(Debug, Clone)]
struct Rows {
    schema: DFSchema,
    flows: Vec<Flow>,
    /// Whether an aggregate lies below.
    aggregated: bool,
    /// The scans below.
    scans: BTreeSet<usize>,
}

/// Whether the last that happens is a filter that lets nothing pass.
fn is_withheld(plan: &LogicalPlan) -> bool {
    match plan {
        LogicalPlan::Filter(it) => {
            matches!(it.predicate, Expr::Literal(ScalarValue::Boolean(Some(false)), _))
        }
        _ => false,
    }
}

/// Whether the final rows are made distinct, and their limit.
fn top(plan: &LogicalPlan) -> (bool, Option<u64>) {
    let mut node = plan;
    let mut limit = None;
    loop {
        node = match node {
            LogicalPlan::Limit(Limit { skip: _, fetch, input }) => {
                let rows = fetch.as_deref().and_then(expression::row_count);
                limit = limit.or(rows);
                input
            }
            LogicalPlan::Filter(filter) if is_withheld(node) => &filter.input,
            LogicalPlan::Sort(sort) => &sort.input,
            LogicalPlan::SubqueryAlias(alias) => &alias.input,
            LogicalPlan::Projection(projection) if keeps_all(projection) => &projection.input,
            LogicalPlan::Distinct(Distinct::All(_)) => return (true, limit),
            _ => return (false, limit),
        };
    }
}

/// Whether every column of the rows below goes on: without one of them, different rows can
/// become equal ones.
fn keeps_all(projection: &Projection) -> bool {
    let kept: BTreeSet<Column> = projection.expr.iter().filter_map(bare).cloned().collect();
    projection.input.schema().columns().iter().all(|it| kept.contains(it))
}

/// The column, when the expression is nothing else, under whatever name.
fn bare(expr: &Expr) -> Option<&Column> {
    match expr {
        Expr::Column(column) => Some(column),
        Expr::Alias(alias) => bare(&alias.expr),
        _ => None,
    }
}
