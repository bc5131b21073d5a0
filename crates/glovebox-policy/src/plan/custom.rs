//! The custom rule over the plan, from its lineage alone.

use glovebox_model::{AllowedAnalyses, CustomRule, Rule};
use glovebox_sql::{Facts, Source};

use super::{Plan, comparisons};
use crate::Analysis;
use crate::custom::cannot_be_followed;
use crate::query::Query;

pub(crate) fn judge(acc: &mut Vec<String>, plan: &Plan<'_>, facts: &Facts) {
    let lineage = plan.lineage;
    let blocks = &facts.blocks;
    let root = blocks.root().and_then(|it| blocks.block(it));
    if root.is_none_or(|it| it.columns.len() != lineage.outputs.len()) {
        acc.push("the plan has other outputs than the text".into());
    }
    let query = Query { statement: &facts.statement, rules: plan.rules };
    if cannot_be_followed(query, blocks) {
        acc.push("a column of the text that cannot be followed".into());
    }
    for (index, scan) in lineage.scans.iter().enumerate() {
        if !crate::custom::tables(blocks).any(|it| *it == scan.table) {
            acc.push(format!("{:?} is read by the plan and not by the text", scan.table));
        }
        match rule(plan, index) {
            Some(rule) if is_allowed(plan, rule) => {}
            Some(_) | None => acc.push(format!("{:?} does not admit the analysis", scan.table)),
        }
    }
    for output in &lineage.outputs {
        for source in output.plain.iter().chain(&output.aggregated) {
            if is_disallowed(plan, source) {
                acc.push(format!("{:?} in an output", source.column));
            }
        }
    }
    let restricted =
        (0..lineage.scans.len()).any(|it| rule(plan, it).is_none_or(CustomRule::is_restricted));
    for (node, what) in [("GroupingSet", "grouping sets"), ("SemiJoin", "a semi or anti join")] {
        if restricted && lineage.nodes.contains_key(node) {
            acc.push(format!("{what} in the plan"));
        }
    }
    comparisons::judge(acc, plan);
}

pub(super) fn rule<'a>(plan: &Plan<'a>, scan: usize) -> Option<&'a CustomRule> {
    match plan.rules.tables.get(plan.table(scan)?)?.rule.as_ref()? {
        Rule::Custom(rule) => Some(rule),
        Rule::Aggregation(_) | Rule::List(_) => None,
    }
}

fn is_allowed(plan: &Plan<'_>, rule: &CustomRule) -> bool {
    let writer = match &plan.rules.analysis {
        Analysis::Direct => plan.rules.runner,
        Analysis::Template { creator, .. } => *creator,
    };
    match (rule.analyses(), &plan.rules.analysis) {
        (AllowedAnalyses::AnyQuery, _) => rule.providers().contains(&writer),
        (AllowedAnalyses::Templates(all), Analysis::Template { arn, .. }) => all.contains(arn),
        (AllowedAnalyses::Templates(_), Analysis::Direct) => false,
    }
}

fn is_disallowed(plan: &Plan<'_>, source: &Source) -> bool {
    rule(plan, source.scan).is_none_or(|it| it.disallowed_output().contains(&source.column))
}
