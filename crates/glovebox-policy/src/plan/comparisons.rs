//! Comparisons over the plan: with literals and with columns, where owners forbid them.
//!
//! What is plainly one, by an operator or a function that is made for it: what hides in other
//! functions only the text shows.

use std::collections::BTreeSet;

use glovebox_model::CustomRule;
use glovebox_sql::{PlanComparison, PlanSide, Source};

use super::Plan;
use super::custom::rule;
use crate::custom::{compares, is_strict};

pub(super) fn judge(acc: &mut Vec<String>, plan: &Plan<'_>) {
    let strict = is_strict(plan.rules, plan.lineage.scans.iter().map(|it| &it.table));
    for comparison in plan.lineage.comparisons.iter().filter(|it| is_plain(it)) {
        for source in with_literals(comparison) {
            let Some(rule) = rule(plan, source.scan) else { continue };
            let hidden = strict && rule.disallowed_output().contains(&source.column);
            if hidden || !may_meet_literals(rule, source) {
                acc.push(format!("{:?} is compared with a literal", source.column));
            }
        }
        for source in with_columns(comparison) {
            let controls = rule(plan, source.scan).and_then(CustomRule::comparisons);
            if controls.is_some_and(|it| !it.column_columns.contains(&source.column)) {
                acc.push(format!("{:?} is compared with a column", source.column));
            }
        }
    }
}

/// Whether it is a comparison and no other function of several arguments.
fn is_plain(comparison: &PlanComparison) -> bool {
    let PlanComparison { name, sides } = comparison;
    const OPERATORS: [&str; 15] = [
        "<",
        "<=",
        "<>",
        "=",
        ">",
        ">=",
        "between",
        "case",
        "in",
        "in subquery",
        "is",
        "like",
        "like all",
        "like any",
        "truth",
    ];
    name == "window" || OPERATORS.contains(&name.as_str()) || compares(name, sides.len())
}

/// An identity never may, whatever is listed.
fn may_meet_literals(rule: &CustomRule, source: &Source) -> bool {
    if rule.threshold().is_some_and(|it| it.identity == source.column) {
        return false;
    }
    rule.comparisons().is_none_or(|it| it.literal_columns.contains(&source.column))
}

/// The columns that it compares with constants.
fn with_literals(comparison: &PlanComparison) -> BTreeSet<&Source> {
    let PlanComparison { name, sides } = comparison;
    let asks = sides.len() == 1 || sides.iter().any(PlanSide::is_constant);
    if asks && name != "window" { all(sides) } else { BTreeSet::new() }
}

/// The columns that it compares with columns.
fn with_columns(comparison: &PlanComparison) -> BTreeSet<&Source> {
    let PlanComparison { name, sides } = comparison;
    let n_sides = sides.iter().filter(|it| !it.values.is_empty()).count();
    if n_sides > 1 || name == "window" { all(sides) } else { BTreeSet::new() }
}

fn all(sides: &[PlanSide]) -> BTreeSet<&Source> {
    sides.iter().flat_map(|it| &it.values).collect()
}
