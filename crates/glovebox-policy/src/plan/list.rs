//! The list rule over the plan.

use glovebox_model::Rule;
use glovebox_sql::Source;

use super::Plan;
use super::aggregation::FILTER_OPERATORS;

pub(crate) fn judge(acc: &mut Vec<String>, plan: &Plan<'_>) {
    let lineage = plan.lineage;
    if !lineage.distinct {
        acc.push("the output is not distinct".into());
    }
    if lineage.limit == Some(0) {
        acc.push("a limit of no rows".into());
    }
    if !lineage.aggregates.is_empty()
        || !lineage.groups.is_empty()
        || !lineage.havings.is_empty()
        || !lineage.orders.is_empty()
        || !lineage.guards.is_empty()
    {
        acc.push("the plan groups or orders".into());
    }
    for output in &lineage.outputs {
        let bare = output.plain.len() == 1
            && output.aggregated.is_empty()
            && output.functions.is_empty()
            && output.plain.iter().all(|it| is_list_column(plan, it));
        if !bare {
            acc.push("an output is not one bare list column".into());
        }
    }
    for filter in &lineage.filters {
        plan.plain_only(acc, filter, "a filter", |it| is_list_column(plan, it));
        for name in filter.functions.iter().filter(|it| !FILTER_OPERATORS.contains(&it.as_str())) {
            acc.push(format!("the function {name} in a filter"));
        }
    }
    for (index, scan) in lineage.scans.iter().enumerate() {
        if !plan.is_joined_as_required(index) {
            acc.push(format!("{:?} does not overlap with a table of the runner", scan.table));
        }
    }
}

fn is_list_column(plan: &Plan<'_>, source: &Source) -> bool {
    let rule = plan
        .table(source.scan)
        .and_then(|it| plan.rules.tables.get(it))
        .and_then(|it| it.rule.as_ref());
    match rule {
        Some(Rule::List(rule)) => rule.list_columns().contains(&source.column),
        Some(Rule::Aggregation(_) | Rule::Custom(_)) | None => false,
    }
}
