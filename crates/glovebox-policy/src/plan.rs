//! The second gate: the same rules over the bound plan, independently of the statement.
//!
//! It has no spans and no words for analysts; an objection that only this gate has is our bug.

mod aggregation;
mod comparisons;
mod custom;
mod encrypted;
mod list;
mod protected;
mod rewritten;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use glovebox_model::{RuleKind, TableName};
use glovebox_sql::{Facts, Lineage, PlanJoin, PlanUse, Source};

use crate::Rules;
use crate::join::join_operators;

pub(crate) use encrypted::encrypted_outputs;
pub(crate) use protected::protected;
pub(crate) use rewritten::rewritten;

/// What the plan does that the rules do not grant; about its shape and names only.
///
/// Under aggregation rules, DISTINCTs are those over `n_reduced` tables of the runner's.
pub(crate) fn objections(
    facts: &Facts,
    rules: &Rules,
    kind: RuleKind,
    n_reduced: usize,
) -> Vec<String> {
    let plan = Plan { lineage: &facts.lineage, rules };
    let mut acc = Vec::new();
    if kind == RuleKind::Custom {
        custom::judge(&mut acc, &plan, facts);
        return acc;
    }
    plan.shape(&mut acc, facts, kind, n_reduced);
    plan.joins(&mut acc);
    match kind {
        RuleKind::Aggregation => aggregation::judge(&mut acc, &plan),
        RuleKind::Custom => {}
        RuleKind::List => list::judge(&mut acc, &plan),
    }
    acc
}

/// What the plan, as it was bound, does with encrypted columns that nobody can answer.
///
/// # Errors
/// The objections in one text.
pub(crate) fn encrypted(facts: &Facts, rules: &Rules, kind: RuleKind) -> Result<(), String> {
    let mut acc = Vec::new();
    encrypted::judge(&mut acc, &Plan { lineage: &facts.lineage, rules }, kind);
    if acc.is_empty() { Ok(()) } else { Err(acc.join("; ")) }
}

/// The plan with its rules.
pub(crate) struct Plan<'a> {
    pub(crate) lineage: &'a Lineage,
    pub(crate) rules: &'a Rules,
}

impl<'a> Plan<'a> {
    pub(crate) fn table(&self, scan: usize) -> Option<&'a TableName> {
        self.lineage.scans.get(scan).map(|it| &it.table)
    }

    /// Only known nodes, as many as the statement says, and the same tables.
    fn shape(&self, acc: &mut Vec<String>, facts: &Facts, kind: RuleKind, n_reduced: usize) {
        for (&node, &count) in &self.lineage.nodes {
            let most = match (node, kind) {
                ("TableScan" | "SubqueryAlias" | "Projection" | "Filter" | "Join", _) => usize::MAX,
                ("Aggregate" | "Sort", RuleKind::Aggregation) => 1,
                ("Distinct", RuleKind::Aggregation) => n_reduced,
                ("Distinct" | "Limit", RuleKind::List) => 1,
                _ => 0,
            };
            if count > most {
                acc.push(format!("{count} plan nodes of kind {node}"));
            }
        }
        let tables = |names: Vec<&TableName>| {
            let mut names: Vec<TableName> = names.into_iter().cloned().collect();
            names.sort();
            names
        };
        let planned = tables(self.lineage.scans.iter().map(|it| &it.table).collect());
        let written = tables(facts.statement.scans.iter().map(|it| &it.table).collect());
        if planned != written || planned.is_empty() {
            acc.push("the plan reads other tables than the statement".into());
        }
        if self.lineage.outputs.len() != facts.statement.outputs.len() {
            acc.push("the plan has other outputs than the statement".into());
        }
        if self.lineage.joins.len() + 1 != self.lineage.scans.len() {
            acc.push("the plan has not one join for each further table".into());
        }
    }

    fn joins(&self, acc: &mut Vec<String>) {
        for join in &self.lineage.joins {
            let PlanJoin { inner, equalities, pure, has_or, left, right } = join;
            if !inner || !pure || equalities.is_empty() {
                acc.push("a join that is not an inner join by equalities".into());
            }
            for (one, other) in equalities {
                let across = (left.contains(&one.scan) && right.contains(&other.scan))
                    || (left.contains(&other.scan) && right.contains(&one.scan));
                let same = match (self.table(one.scan), self.table(other.scan)) {
                    (Some(one), Some(other)) => self.rules.same_table(one, other),
                    _ => true,
                };
                if !across || same {
                    acc.push("a match that does not relate two tables".into());
                }
                for source in [one, other] {
                    if !self.is_join_column(source) {
                        acc.push(format!("{:?} in a join", source.column));
                    }
                }
            }
            let involved: BTreeSet<&TableName> = equalities
                .iter()
                .flat_map(|(one, other)| [one, other])
                .filter_map(|it| self.table(it.scan))
                .collect();
            for table in involved {
                let granted = join_operators(self.rules, table);
                let several = equalities.len() > 1;
                if (*has_or && !granted.or) || (several && !has_or && !granted.and) {
                    acc.push(format!("{table:?} does not grant the operator of a join"));
                }
            }
        }
    }

    fn is_join_column(&self, source: &Source) -> bool {
        let rule = self
            .table(source.scan)
            .and_then(|it| self.rules.tables.get(it))
            .and_then(|it| it.rule.as_ref());
        match rule {
            Some(glovebox_model::Rule::Aggregation(rule)) => {
                rule.join_columns().contains(&source.column)
            }
            Some(glovebox_model::Rule::List(rule)) => rule.join_columns().contains(&source.column),
            Some(glovebox_model::Rule::Custom(_)) | None => false,
        }
    }

    /// Whether the scan is joined, directly or not, with a table that satisfies the demand: one
    /// of the runner's for others' tables, any other one for the runner's own.
    pub(crate) fn is_joined_as_required(&self, scan: usize) -> bool {
        let Some(table) = self.table(scan) else { return false };
        let own = self.rules.is_runners(table);
        let mut reached = BTreeSet::from([scan]);
        loop {
            let before = reached.len();
            for join in self.lineage.joins.iter().filter(|it| it.inner) {
                for (one, other) in &join.equalities {
                    if reached.contains(&one.scan) || reached.contains(&other.scan) {
                        reached.extend([one.scan, other.scan]);
                    }
                }
            }
            if reached.len() == before {
                break;
            }
        }
        reached
            .into_iter()
            .filter_map(|it| self.table(it))
            .any(|it| !self.rules.same_table(table, it) && (own || self.rules.is_runners(it)))
    }

    /// Objects unless every column that reaches the use by itself passes, and none comes
    /// through an aggregate.
    pub(crate) fn plain_only(
        &self,
        acc: &mut Vec<String>,
        found: &PlanUse,
        place: &str,
        passes: impl Fn(&Source) -> bool,
    ) {
        let PlanUse { plain, aggregated, functions: _ } = found;
        if !aggregated.is_empty() {
            acc.push(format!("an aggregate in {place}"));
        }
        for source in plain.iter().filter(|it| !passes(it)) {
            acc.push(format!("{:?} in {place}", source.column));
        }
    }
}
