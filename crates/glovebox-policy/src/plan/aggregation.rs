//! The aggregation rule over the plan.

use std::collections::BTreeSet;

use glovebox_model::{AggregationRule, Rule, ScalarFunction};
use glovebox_sql::{PlanAggregate, Source, functions};

use super::Plan;
use crate::aggregation::granted_name;

/// What may stand between aggregates and numbers.
const COMPARISONS: [&str; 8] = ["AND", "OR", "=", "<>", "<", "<=", ">", ">="];

/// What may stand in WHERE besides granted functions.
pub(super) const FILTER_OPERATORS: [&str; 18] = [
    "AND", "OR", "not", "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "like",
    "between", "is null",
];

pub(crate) fn judge(acc: &mut Vec<String>, plan: &Plan<'_>) {
    let lineage = plan.lineage;
    if lineage.distinct || lineage.limit.is_some() {
        acc.push("DISTINCT or LIMIT in the plan".into());
    }
    if !lineage.outputs.iter().any(|it| !it.aggregated.is_empty()) {
        acc.push("no output comes through an aggregate".into());
    }
    for output in &lineage.outputs {
        if !output.plain.is_empty() && !output.aggregated.is_empty() {
            acc.push("an output mixes columns and aggregates".into());
        }
        dimensions(acc, plan, &output.plain, "an output");
        if !output.aggregated.is_empty() && !output.functions.is_empty() {
            acc.push("an output computes with an aggregate".into());
        }
        if output.aggregated.is_empty() {
            granted_functions(acc, plan, &output.plain, &output.functions, "an output");
        }
    }
    for aggregate in &lineage.aggregates {
        granted_aggregate(acc, plan, aggregate);
    }
    for group in &lineage.groups {
        plan.plain_only(acc, group, "a group", |it| is_dimension(plan, it));
        granted_functions(acc, plan, &group.plain, &group.functions, "a group");
    }
    for filter in &lineage.filters {
        plan.plain_only(acc, filter, "a filter", |it| is_dimension(plan, it));
        filter_functions(acc, plan, &filter.functions);
    }
    for having in &lineage.havings {
        dimensions(acc, plan, &having.plain, "HAVING");
        if !having.plain.is_empty() || having.aggregated.is_empty() {
            acc.push("something else than aggregates in HAVING".into());
        }
        for name in having.functions.iter().filter(|it| !COMPARISONS.contains(&it.as_str())) {
            acc.push(format!("the function {name} in HAVING"));
        }
    }
    for order in &lineage.orders {
        dimensions(acc, plan, &order.plain, "ORDER BY");
        if !order.aggregated.is_empty() && !order.functions.is_empty() {
            acc.push("ORDER BY computes with an aggregate".into());
        }
        if order.aggregated.is_empty() {
            granted_functions(acc, plan, &order.plain, &order.functions, "ORDER BY");
        }
    }
    for (index, scan) in lineage.scans.iter().enumerate() {
        let required = rule(plan, index).is_none_or(AggregationRule::join_required);
        if required && !plan.is_joined_as_required(index) {
            acc.push(format!("{:?} is not joined as its owner demands", scan.table));
        }
    }
}

fn rule<'a>(plan: &Plan<'a>, scan: usize) -> Option<&'a AggregationRule> {
    match plan.rules.tables.get(plan.table(scan)?)?.rule.as_ref()? {
        Rule::Aggregation(rule) => Some(rule),
        Rule::Custom(_) | Rule::List(_) => None,
    }
}

fn is_dimension(plan: &Plan<'_>, source: &Source) -> bool {
    rule(plan, source.scan).is_some_and(|it| it.dimensions().contains(&source.column))
}

fn dimensions(acc: &mut Vec<String>, plan: &Plan<'_>, plain: &BTreeSet<Source>, place: &str) {
    for source in plain.iter().filter(|it| !is_dimension(plan, it)) {
        acc.push(format!("{:?} in {place}", source.column));
    }
}

fn granted_aggregate(acc: &mut Vec<String>, plan: &Plan<'_>, aggregate: &PlanAggregate) {
    let PlanAggregate { name, distinct, bare, sources, adorned } = aggregate;
    let function = granted_name(name, *distinct);
    let granted = bare.as_ref().is_some_and(|bare| {
        sources.len() == 1
            && sources.contains(bare)
            && rule(plan, bare.scan).is_some_and(|rule| {
                rule.aggregates()
                    .iter()
                    .any(|it| Some(it.function) == function && it.column == bare.column)
            })
    });
    if !granted || *adorned {
        acc.push(format!("the aggregate {name} is not granted"));
    }
}

/// Every function on the way is granted by every table whose columns take it.
fn granted_functions(
    acc: &mut Vec<String>,
    plan: &Plan<'_>,
    plain: &BTreeSet<Source>,
    names: &BTreeSet<String>,
    place: &str,
) {
    let mut scans: BTreeSet<usize> = plain.iter().map(|it| it.scan).collect();
    if scans.is_empty() {
        scans = (0..plan.lineage.scans.len()).collect();
    }
    for name in names {
        let function: Option<ScalarFunction> = functions::aws_scalar(name);
        let granted = function.is_some_and(|function| {
            scans.iter().all(|scan| {
                rule(plan, *scan).is_some_and(|it| it.scalar_functions().contains(&function))
            })
        });
        if !granted {
            acc.push(format!("the function {name} in {place} is not granted"));
        }
    }
}

/// A filter mixes the columns of all tables, so each function needs one owner who grants it
/// here; the statement gate knows which one.
fn filter_functions(acc: &mut Vec<String>, plan: &Plan<'_>, names: &BTreeSet<String>) {
    for name in names.iter().filter(|it| !FILTER_OPERATORS.contains(&it.as_str())) {
        let function = functions::aws_scalar(name);
        let granted = (0..plan.lineage.scans.len()).any(|scan| {
            let rule = rule(plan, scan);
            rule.is_some_and(|it| function.is_some_and(|f| it.scalar_functions().contains(&f)))
        });
        if !granted {
            acc.push(format!("the function {name} in a filter is not granted"));
        }
    }
}
