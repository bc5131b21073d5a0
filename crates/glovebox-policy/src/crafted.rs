//! What owners ask against tables that a runner has crafted: copies of its rows count once, and a
//! key stands in few of its groups.

mod groups;

use std::collections::BTreeSet;

use glovebox_model::TableName;
use glovebox_sql::rewrite::distinct_scan;
use glovebox_sql::{Bound, Facts, Lineage};

use crate::{Refusals, Rules};

pub(crate) use groups::crowdings;

/// The scans (places in [`Lineage::scans`]) whose rows are reduced to distinct ones: all of the
/// runner's own tables, when the owner of any table of the query asks for it.
fn reduced_scans(lineage: &Lineage, rules: &Rules) -> BTreeSet<usize> {
    let asks = |it: &TableName| {
        rules.tables.get(it).is_some_and(|ruled| ruled.extension.distinct_runner_rows)
    };
    if !lineage.scans.iter().any(|it| asks(&it.table)) {
        return BTreeSet::new();
    }
    let scans = lineage.scans.iter().enumerate();
    scans.filter(|(_, it)| rules.is_runners(&it.table)).map(|(index, _)| index).collect()
}

/// How many DISTINCTs [`reduced`] puts into a plan.
pub(crate) fn n_reduced(facts: &Facts, rules: &Rules) -> usize {
    reduced_scans(&facts.lineage, rules).len()
}

/// The query over distinct rows of the runner's own tables, when an owner asks for it.
pub(crate) fn reduced(mut bound: Bound, rules: &Rules) -> Result<Bound, Refusals> {
    let n_distinct = |it: &Bound| it.facts().lineage.nodes.get("Distinct").copied().unwrap_or(0);
    let scans = reduced_scans(&bound.facts().lineage, rules);
    let expected = n_distinct(&bound) + scans.len();
    for scan in scans {
        bound = distinct_scan(bound, scan).map_err(|it| Refusals::disagreement(it.to_string()))?;
    }
    if n_distinct(&bound) == expected {
        Ok(bound)
    } else {
        Err(Refusals::disagreement("a table of the runner's is not made distinct".into()))
    }
}
