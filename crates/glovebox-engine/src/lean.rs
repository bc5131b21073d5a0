//! What the rules allow an engine to leave out, decided over the optimised plan just before it is
//! planned physically: the rows that come are the same.
//!
//! - Text that is only ever compared for equality stands as 128-bit fingerprints from its scan on
//!   ([`fingerprint`]): joins, groups and distinct counts then move numbers.
//! - Columns that an inner join made equal are counted once ([`equal`]).
//! - A distinct count becomes a count of marked rows ([`mark`]), which every partition does for
//!   itself.
//! - A distinct count that is only compared with a minimum stops at it ([`at_least`]): here, and
//!   when the result is released, where thresholds are checked again.
//!
//! Nothing here reaches a source: scans stay as they are.

mod aggregate;
mod at_least;
mod columns;
mod equal;
mod fingerprint;
mod mark;
mod technique;
mod uses;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::TableReference;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};

use self::columns::Columns;
pub(crate) use self::fingerprint::FingerprintKey;
pub(crate) use self::mark::Planner;
pub use self::technique::Technique;
use crate::session::Profile;

/// What is known of a plan beside what stands in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// How its operators use memory.
    pub(crate) profile: Profile,
    /// Of its fingerprints.
    pub(crate) key: FingerprintKey,
    /// Outputs that are looked at no further than whether they reach a minimum: the places of
    /// thresholds, each with the greatest number that it is compared with.
    pub(crate) guards: &'a [(usize, i64)],
    /// What may be done.
    pub(crate) techniques: &'a [Technique],
}

/// The plan with less to do; as it was where that is not possible. The rows are the same but for
/// guards, which have their minimum where they would have more.
pub(crate) fn lean(plan: LogicalPlan, known: Known<'_>) -> LogicalPlan {
    let Ok(columns) = Columns::of(&plan, known.guards) else { return plan };
    match rewritten(plan.clone(), &columns, known) {
        Ok(lean) if shown(&lean) == shown(&plan) => lean,
        Ok(_) => {
            tracing::error!("a lean plan would answer with other columns");
            plan
        }
        Err(_) => {
            tracing::error!("a lean plan could not be made");
            plan
        }
    }
}

/// The names and types that a plan answers with.
fn shown(plan: &LogicalPlan) -> Vec<(Option<&TableReference>, &str, &DataType)> {
    let columns = plan.schema().iter();
    columns.map(|(relation, it)| (relation, it.name().as_str(), it.data_type())).collect()
}

fn rewritten(plan: LogicalPlan, columns: &Columns, known: Known<'_>) -> Result<LogicalPlan> {
    let mut scans = columns.scans();
    let mut outputs = columns.aggregates();
    // Nodes come in the order in which `Columns` saw them.
    let lean = plan.transform_up(|node| {
        let node = match node {
            LogicalPlan::TableScan(_) => {
                let opaque = scans.next().unwrap_or_default();
                if known.does(Technique::Fingerprints) {
                    fingerprinted(node, &opaque, known.key)?
                } else {
                    node
                }
            }
            LogicalPlan::Aggregate(_) => {
                let minimums = outputs.next().unwrap_or_default();
                match node.recompute_schema()? {
                    LogicalPlan::Aggregate(node) => known.aggregate(node, &minimums)?,
                    other => other,
                }
            }
            other => other.recompute_schema()?,
        };
        Ok(Transformed::yes(node))
    })?;
    Ok(lean.data)
}

/// A scan, and above it fingerprints in place of the columns that are `opaque`.
fn fingerprinted(scan: LogicalPlan, opaque: &[bool], key: FingerprintKey) -> Result<LogicalPlan> {
    if !opaque.contains(&true) {
        return Ok(scan);
    }
    let shown: Vec<Expr> = scan
        .schema()
        .iter()
        .zip(opaque)
        .map(|((relation, field), is_opaque)| {
            let column = Expr::Column((relation, field).into());
            if !is_opaque {
                return column;
            }
            fingerprint::call(key, column).alias_qualified(relation.cloned(), field.name())
        })
        .collect();
    LogicalPlanBuilder::from(scan).project(shown)?.build()
}

#[cfg(test)]
mod tests;
