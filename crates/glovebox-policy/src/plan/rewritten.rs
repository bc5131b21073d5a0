//! The pair assertion: a rewritten plan says the same, and its guards stand where they must.

use std::collections::BTreeSet;

use glovebox_model::{ColumnName, TableName};
use glovebox_sql::rewrite::GuardRequest;
use glovebox_sql::{Facts, Lineage, PlanOutput, PlanScan, Source};

/// A source by what it is, whatever its number in the plan.
type Named<'a> = (&'a TableName, &'a str, &'a ColumnName);

fn named<'a>(lineage: &'a Lineage, source: &'a Source) -> Option<Named<'a>> {
    let PlanScan { table, alias } = lineage.scans.get(source.scan)?;
    Some((table, alias, &source.column))
}

fn all<'a>(lineage: &'a Lineage, sources: &'a BTreeSet<Source>) -> BTreeSet<Option<Named<'a>>> {
    sources.iter().map(|it| named(lineage, it)).collect()
}

/// Compares the facts before and after; `Err` says what is different.
pub(crate) fn rewritten(
    before: &Facts,
    after: &Facts,
    demanded: &[GuardRequest],
) -> Result<(), String> {
    if before.statement != after.statement {
        return Err("a rewrite changed the statement".into());
    }
    let (one, two) = (&before.lineage, &after.lineage);
    let scans = |it: &Lineage| {
        let mut scans = it.scans.clone();
        scans.sort();
        scans
    };
    if scans(one) != scans(two) {
        return Err("a rewrite changed the tables".into());
    }
    let same_output = |(a, b): (&PlanOutput, &PlanOutput)| {
        all(one, &a.plain) == all(two, &b.plain)
            && all(one, &a.aggregated) == all(two, &b.aggregated)
    };
    if one.outputs.len() != two.outputs.len()
        || !one.outputs.iter().zip(&two.outputs).all(same_output)
    {
        return Err("a rewrite changed the outputs".into());
    }
    if aggregates(one) != aggregates(two) {
        return Err("a rewrite changed the aggregates".into());
    }
    if one.joins.len() != two.joins.len()
        || one.groups.len() != two.groups.len()
        || one.distinct != two.distinct
        || one.limit != two.limit
    {
        return Err("a rewrite changed joins, groups, DISTINCT or LIMIT".into());
    }
    guards(before, two, demanded)
}

/// An aggregate by what it is: name, DISTINCT, argument.
type Call<'a> = (&'a str, bool, Option<Option<Named<'a>>>);

fn aggregates(lineage: &Lineage) -> BTreeSet<Call<'_>> {
    lineage
        .aggregates
        .iter()
        .map(|it| {
            let bare = it.bare.as_ref().map(|bare| named(lineage, bare));
            (it.name.as_str(), it.distinct, bare)
        })
        .collect()
}

/// Exactly the demanded guards, no weaker and no other.
fn guards(before: &Facts, after: &Lineage, demanded: &[GuardRequest]) -> Result<(), String> {
    let mut wanted: Vec<(Option<Named<'_>>, u32)> = Vec::new();
    for request in demanded {
        let scan = before.statement.scans.get(request.scan.0);
        let name = scan.map(|it| (&it.table, it.alias.as_str(), &request.column));
        wanted.push((name, request.minimum));
    }
    let mut placed: Vec<(Option<Named<'_>>, u32)> =
        after.guards.iter().map(|it| (named(after, &it.counted), it.minimum)).collect();
    wanted.sort();
    placed.sort();
    if wanted.iter().any(|(name, _)| name.is_none()) || wanted != placed {
        return Err("the guards in the plan are not those that the rules demand".into());
    }
    Ok(())
}
