//! Encrypted columns over the plan, from its lineage alone: before thresholds are put into it.

use std::collections::BTreeSet;

use glovebox_model::{EncryptedKind, RuleKind};
use glovebox_sql::{Bound, PlanComparison, PlanOutput, PlanUse, Source};

use super::Plan;
use crate::Rules;
use crate::encrypted::{encryption, identity_columns, keeps_nulls};

/// Functions by which an encrypted value can be part of an output: a column that FULL JOIN USING
/// made of two, and counts over windows.
const PASSING: [&str; 3] = ["coalesce", "count", "over"];
/// What may compare fingerprints.
const EQUALITIES: [&str; 6] = ["<>", "=", "coalesce", "in", "in subquery", "is"];

pub(super) fn judge(acc: &mut Vec<String>, plan: &Plan<'_>, kind: RuleKind) {
    let has = |scan: usize| {
        plan.table(scan).and_then(|it| encryption(plan.rules, it)).is_some_and(|it| !it.is_empty())
    };
    if !(0..plan.lineage.scans.len()).any(has) {
        return;
    }
    let ciphers = Ciphers { plan };
    for (index, scan) in plan.lineage.scans.iter().enumerate() {
        let rule = plan.rules.tables.get(&scan.table).and_then(|it| it.rule.as_ref());
        for column in rule.map(identity_columns).unwrap_or_default() {
            ciphers.counts(acc, &Source { scan: index, column: column.clone() }, "people");
        }
    }
    for call in &plan.lineage.aggregates {
        let Some(bare) = &call.bare else { continue };
        if ciphers.kind(bare).is_some() && call.name != "count" {
            acc.push(format!("{:?} in {}", bare.column, call.name));
        } else if call.distinct {
            ciphers.counts(acc, bare, "distinct values");
        } else if ciphers.kind(bare).is_some() && !ciphers.keeps_nulls(bare) {
            acc.push(format!("{:?} is counted with its NULLs", bare.column));
        }
    }
    for output in &plan.lineage.outputs {
        let computes = output.functions.iter().any(|it| !PASSING.contains(&it.as_str()));
        if computes && output.plain.iter().any(|it| ciphers.is_sealed(it)) {
            acc.push("a sealed value is computed with".into());
        }
    }
    let no_uses = Vec::new();
    // The list rule asks for DISTINCT.
    let distincts = if kind == RuleKind::List { &no_uses } else { &plan.lineage.distincts };
    for found in plan.lineage.groups.iter().chain(distincts) {
        ciphers.key(acc, found);
    }
    for order in plan.lineage.orders.iter().filter(|it| !it.functions.contains("over")) {
        for source in order.plain.iter().filter(|it| ciphers.kind(it).is_some()) {
            acc.push(format!("{:?} orders rows", source.column));
        }
    }
    for comparison in &plan.lineage.comparisons {
        ciphers.comparison(acc, comparison);
    }
}

/// The columns of a result that are encrypted as they stand in a table, in order.
pub(crate) fn encrypted_outputs(bound: &Bound, rules: &Rules) -> Vec<(String, EncryptedKind)> {
    let lineage = &bound.facts().lineage;
    let kind = |source: &Source| {
        let scan = lineage.scans.get(source.scan)?;
        encryption(rules, &scan.table)?.kind(source.column.as_str())
    };
    let outputs = bound.output_names().iter().zip(&lineage.outputs);
    let is_plain = |it: &PlanOutput| it.functions.is_empty() && it.aggregated.is_empty();
    outputs
        .filter(|(_, output)| is_plain(output))
        .filter_map(|(name, output)| Some((name.clone(), output.plain.iter().find_map(kind)?)))
        .collect()
}

struct Ciphers<'p, 'a> {
    plan: &'p Plan<'a>,
}

impl Ciphers<'_, '_> {
    fn kind(&self, source: &Source) -> Option<EncryptedKind> {
        encryption(self.plan.rules, self.plan.table(source.scan)?)?.kind(source.column.as_str())
    }

    fn is_sealed(&self, source: &Source) -> bool {
        self.kind(source) == Some(EncryptedKind::Sealed)
    }

    fn keeps_nulls(&self, source: &Source) -> bool {
        let table = self.plan.table(source.scan);
        table.is_some_and(|it| keeps_nulls(self.plan.rules, it, source.column.as_str()))
    }

    /// What is counted by a column that must tell equal values from others, and from NULLs.
    fn counts(&self, acc: &mut Vec<String>, source: &Source, what: &str) {
        match self.kind(source) {
            Some(EncryptedKind::Fingerprint) if self.keeps_nulls(source) => {}
            Some(kind) => {
                acc.push(format!("{what} by {} {:?}", kind.aws_name(), source.column));
            }
            None => {}
        }
    }

    /// What puts equal values together.
    fn key(&self, acc: &mut Vec<String>, found: &PlanUse) {
        if found.functions.contains("over") {
            return; // A count over a window, or the like.
        }
        for source in &found.plain {
            self.counts(acc, source, "groups");
        }
    }

    fn comparison(&self, acc: &mut Vec<String>, comparison: &PlanComparison) {
        let PlanComparison { name, sides } = comparison;
        let all: BTreeSet<&Source> = sides.iter().flat_map(|it| &it.values).collect();
        if all.iter().any(|it| self.is_sealed(it)) {
            acc.push(format!("a sealed value is compared by {name}"));
        }
        let is_print = |it: &Source| self.kind(it) == Some(EncryptedKind::Fingerprint);
        if name == "window" || !all.iter().any(|it| is_print(it)) {
            return;
        }
        let only = sides.iter().all(|it| !it.is_constant() && it.values.iter().all(is_print));
        if !only || sides.len() < 2 || !EQUALITIES.contains(&name.as_str()) {
            acc.push(format!("a fingerprint is compared with something else by {name}"));
        }
        let names: BTreeSet<&str> = all.iter().map(|it| it.column.as_str()).collect();
        let any_name = self.plan.rules.encryption.allow_joins_on_columns_with_different_names;
        if names.len() > 1 && !any_name {
            acc.push("fingerprints of different names are compared".into());
        }
    }
}
