//! Group keys that a public relation lists: `public LEFT JOIN users ... GROUP BY public columns`.
//!
//! Such a query asks for every key of the relation, whether any user has it or not. The keys are
//! then a function of public rows, whoever is in the protected tables: they need no threshold.

// Proof: private.proof.md

use std::sync::Arc;

use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{Column, DFSchema, JoinType};
use datafusion::logical_expr::{Aggregate, Expr, LogicalPlan};

use super::expression::looks_elsewhere;
use super::typing::{Rows, built, node};
use super::{PrivateFault, PrivateRequest};
use crate::rewrite::bare;

/// The distinct keys of `groups` over the public side of the outer join that `input` is, when all
/// of them are computed of that side alone and no row of it is dropped above the join.
pub(super) fn keys(
    groups: &[Expr],
    input: &LogicalPlan,
    request: &PrivateRequest,
) -> Result<Option<LogicalPlan>, PrivateFault> {
    if groups.is_empty() || groups.iter().any(looks_elsewhere) {
        return Ok(None);
    }
    let groups = groups.iter().map(|it| bare(it).clone()).collect();
    let Some((side, groups)) = preserved(groups, input) else { return Ok(None) };
    let Rows::Public = node(side, request)?.rows else { return Ok(None) };
    let named = |(index, it): (usize, Expr)| it.alias(format!("__gb_key_{index}"));
    let groups = groups.into_iter().enumerate().map(named).collect();
    let keys = built(Aggregate::try_new(Arc::new(side.clone()), groups, Vec::new()))?;
    Ok(Some(LogicalPlan::Aggregate(keys)))
}

/// The side of an outer join of which every row is kept, and the expressions over it.
fn preserved(groups: Vec<Expr>, plan: &LogicalPlan) -> Option<(&LogicalPlan, Vec<Expr>)> {
    match plan {
        LogicalPlan::Projection(it) => {
            let below = |index: usize| Some(bare(it.expr.get(index)?).clone());
            preserved(replaced(groups, &it.schema, below)?, &it.input)
        }
        LogicalPlan::SubqueryAlias(it) => {
            let columns = it.input.schema().columns();
            let below = |index: usize| columns.get(index).cloned().map(Expr::Column);
            preserved(replaced(groups, &it.schema, below)?, &it.input)
        }
        LogicalPlan::Join(it) => {
            let side = match it.join_type {
                JoinType::Left => &it.left,
                JoinType::Right => &it.right,
                JoinType::Inner
                | JoinType::Full
                | JoinType::LeftSemi
                | JoinType::RightSemi
                | JoinType::LeftAnti
                | JoinType::RightAnti
                | JoinType::LeftMark
                | JoinType::RightMark => return None,
            };
            let is_of_side = |it: &&Column| side.schema().index_of_column(it).is_ok();
            let all = groups.iter().all(|it| it.column_refs().iter().all(is_of_side));
            all.then_some((side.as_ref(), groups))
        }
        // Whatever else there is could drop rows.
        _ => None,
    }
}

/// The expressions with other ones for their columns.
fn replaced(
    groups: Vec<Expr>,
    schema: &DFSchema,
    below: impl Fn(usize) -> Option<Expr>,
) -> Option<Vec<Expr>> {
    let replace = |group: Expr| {
        let mut is_whole = true;
        let made = group.transform_up(|it| {
            let Expr::Column(column) = &it else { return Ok(Transformed::no(it)) };
            let found = schema.index_of_column(column).ok().and_then(&below);
            Ok(match found {
                Some(found) => Transformed::yes(found),
                None => {
                    is_whole = false;
                    Transformed::no(it)
                }
            })
        });
        made.ok().map(|it| it.data).filter(|_| is_whole)
    };
    groups.into_iter().map(replace).collect()
}
