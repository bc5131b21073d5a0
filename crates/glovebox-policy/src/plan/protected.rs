//! The pair assertion of custom rules: the rewritten plan says the same, and every protected
//! scan has its threshold.

use glovebox_sql::rewrite::Protected;
use glovebox_sql::{Facts, PlanGuard, Source};

/// Compares the facts before and after; `Err` says what is different.
pub(crate) fn protected(
    before: &Facts,
    after: &Facts,
    demanded: &[Protected],
) -> Result<(), String> {
    if before.statement != after.statement || before.blocks != after.blocks {
        return Err("a rewrite changed the text".into());
    }
    let (one, two) = (&before.lineage, &after.lineage);
    if one.scans != two.scans {
        return Err("a rewrite changed the tables".into());
    }
    let same_outputs = one.outputs.len() == two.outputs.len()
        && one
            .outputs
            .iter()
            .zip(&two.outputs)
            .all(|(a, b)| a.plain == b.plain && a.aggregated == b.aggregated);
    if !same_outputs {
        return Err("a rewrite changed the outputs".into());
    }
    // DISTINCT becomes an aggregate that counts.
    if one.joins.len() != two.joins.len() || one.limit != two.limit {
        return Err("a rewrite changed joins or LIMIT".into());
    }
    for Protected { scan, identity, outermost, default } in demanded {
        let counted = Source { scan: *scan, column: identity.clone() };
        let least = *(if outermost == &0 { outermost } else { outermost.min(default) });
        let holds = |it: &PlanGuard| {
            (it.counted == counted || it.merged.contains(&counted)) && it.minimum >= least
        };
        if least > 1 && !two.withheld && !two.guards.iter().any(holds) {
            return Err("a protected table has no threshold in the plan".into());
        }
    }
    if two.guards.len() > demanded.len() {
        return Err("the plan has thresholds that no rule demands".into());
    }
    Ok(())
}
