//! Judges one query by every rule, through both gates, before and after the rewrites.

use std::collections::BTreeSet;

use glovebox_model::{Digest, RuleKind, TableName};
use glovebox_sql::rewrite::RewriteError;
use glovebox_sql::{Bound, Facts, rewrite};

use crate::query::Query;
use crate::{
    Cleared, Guard, PrivateQuery, Refusal, Refusals, Rules, aggregation, crafted, custom,
    encrypted, guard, list, plan, private, rule_digest, tables,
};

/// Allows the query with its thresholds in the plan, or says every no.
///
/// The statement is judged for the analyst, the plan once more and independently; where only
/// the plan objects, the query is refused and [`Refusals::internal`] says why, for the log.
/// The rewritten plan is judged again.
pub fn clear(bound: Bound, rules: &Rules) -> Result<Cleared, Refusals> {
    let encrypted = plan::encrypted_outputs(&bound, rules);
    cleared(bound, rules).map(|it| it.with_encrypted(encrypted))
}

fn cleared(bound: Bound, rules: &Rules) -> Result<Cleared, Refusals> {
    let facts = bound.facts();
    let kind = match judge(facts, rules) {
        Ok(kind) => kind,
        Err(refusals) => return Err(Refusals::new(refusals, rules)),
    };
    second_gate(facts, rules, kind, 0)?;
    plan::encrypted(facts, rules, kind).map_err(Refusals::disagreement)?;
    let crowdings = crafted::crowdings(&bound, rules).map_err(|it| Refusals::new(it, rules))?;
    let bound =
        rewrite::crowded(bound, &crowdings).map_err(|it| Refusals::disagreement(it.to_string()))?;
    let before = bound.facts().clone();
    if kind == RuleKind::Custom && private::is_private(&before, rules) {
        return noisy(bound, &before, rules);
    }
    let guarded = match kind {
        RuleKind::Aggregation => constrained(bound, &before, rules)?,
        RuleKind::Custom => protected(bound, &before, rules)?,
        RuleKind::List => total(bound)?,
    };
    let n_reduced = match kind {
        RuleKind::Aggregation => crafted::n_reduced(&before, rules),
        RuleKind::Custom | RuleKind::List => 0,
    };
    second_gate(guarded.facts(), rules, kind, n_reduced)?;
    let guards = match kind {
        RuleKind::Aggregation | RuleKind::List => {
            let demanded = guard::demanded(&before.statement, rules);
            plan::rewritten(&before, guarded.facts(), &demanded).map_err(Refusals::disagreement)?;
            guards(&before, &demanded, &guarded)?
        }
        RuleKind::Custom => {
            let (demanded, _) = custom::demanded(&before, rules);
            plan::protected(&before, guarded.facts(), &demanded).map_err(Refusals::disagreement)?;
            counted(&guarded)?
        }
    };
    let bound = if guard::may_tell(&guards, rules) {
        rewrite::remaindered(guarded).map_err(|it| Refusals::disagreement(it.to_string()))?
    } else {
        guarded
    };
    Ok(Cleared::new(bound, guards, digests(&before, rules)))
}

/// With differential privacy: total, and with bounded contributions beside it.
fn noisy(bound: Bound, before: &Facts, rules: &Rules) -> Result<Cleared, Refusals> {
    let bound = total(bound)?;
    second_gate(bound.facts(), rules, RuleKind::Custom, 0)?;
    let private = private::bounded(&bound, before, rules)?;
    Ok(Cleared::new(bound, Vec::new(), digests(before, rules)).with_private(private))
}

/// Whether a query over tables of users has a private answer, whatever else their rules say: what
/// can be known of a template before any owner admits it. Nothing is allowed by it. `None` when no
/// table of users is in the query.
pub fn private_answer(bound: Bound, rules: &Rules) -> Result<Option<PrivateQuery>, Refusals> {
    let before = bound.facts().clone();
    if !private::is_private(&before, rules) {
        return Ok(None);
    }
    let mut acc = Vec::new();
    let query = Query { statement: &before.statement, rules };
    encrypted::judge(&mut acc, &query, &before.blocks, RuleKind::Custom);
    if !acc.is_empty() {
        return Err(Refusals::new(acc, rules));
    }
    private::bounded(&total(bound)?, &before, rules).map(Some)
}

fn digests(before: &Facts, rules: &Rules) -> Vec<(TableName, Digest)> {
    let digest = |it: &TableName| {
        let ruled = rules.tables.get(it)?;
        Some((it.clone(), rule_digest(ruled.rule.as_ref()?, &ruled.extension)))
    };
    table_names(before).into_iter().filter_map(digest).collect()
}

/// With the thresholds of aggregation rules above its one aggregate, and total.
fn constrained(bound: Bound, before: &Facts, rules: &Rules) -> Result<Bound, Refusals> {
    let demanded = guard::demanded(&before.statement, rules);
    let bound = if demanded.is_empty() {
        bound
    } else {
        rewrite::guard(bound, &demanded).map_err(|it| Refusals::disagreement(it.to_string()))?
    };
    total(crafted::reduced(bound, rules)?)
}

/// With the thresholds of custom rules wherever people are put together, and total.
fn protected(bound: Bound, before: &Facts, rules: &Rules) -> Result<Bound, Refusals> {
    let (protected, row_level) = custom::demanded(before, rules);
    match rewrite::protect(bound, &protected, row_level) {
        Ok(bound) => total(crafted::reduced(bound, rules)?),
        Err(RewriteError::Shape(what)) => {
            Err(Refusals::new(vec![custom::no_way_to_count(before, rules, what)], rules))
        }
        Err(RewriteError::RowLevel(scan)) => {
            Err(Refusals::new(vec![custom::row_level(before, rules, scan)], rules))
        }
        Err(other) => Err(Refusals::disagreement(other.to_string())),
    }
}

fn total(bound: Bound) -> Result<Bound, Refusals> {
    bound.into_total().map_err(|it| Refusals::disagreement(it.to_string()))
}

/// Every table that either view of the query knows.
fn table_names(facts: &Facts) -> BTreeSet<&TableName> {
    let written = facts.statement.scans.iter().map(|it| &it.table);
    let planned = facts.lineage.scans.iter().map(|it| &it.table);
    written.chain(planned).chain(custom::tables(&facts.blocks)).collect()
}

/// The first gate: the statement, for the analyst.
fn judge(facts: &Facts, rules: &Rules) -> Result<RuleKind, Vec<Refusal>> {
    let query = Query { statement: &facts.statement, rules };
    let mut acc = Vec::new();
    let Some(kind) = tables::rule_kind(rules, table_names(facts).into_iter()) else {
        tables::every_table_has_a_rule(&mut acc, &query);
        tables::all_rules_are_of_one_type(&mut acc, &query);
        tables::inside(&mut acc, &query, &table_names(facts));
        return Err(acc);
    };
    match kind {
        RuleKind::Aggregation => aggregation::judge(&mut acc, &query),
        RuleKind::Custom => custom::judge(&mut acc, &query, &facts.blocks),
        RuleKind::List => list::judge(&mut acc, &query),
    }
    encrypted::judge(&mut acc, &query, &facts.blocks, kind);
    if acc.is_empty() { Ok(kind) } else { Err(acc) }
}

/// The second gate: the plan. It should never object to what the first one let pass.
///
/// `n_reduced` tables of the runner's are read as distinct rows.
fn second_gate(
    facts: &Facts,
    rules: &Rules,
    kind: RuleKind,
    n_reduced: usize,
) -> Result<(), Refusals> {
    match plan::objections(facts, rules, kind, n_reduced).as_slice() {
        [] => Ok(()),
        objections => Err(Refusals::disagreement(objections.join("; "))),
    }
}

fn guards(
    before: &Facts,
    demanded: &[rewrite::GuardRequest],
    bound: &Bound,
) -> Result<Vec<Guard>, Refusals> {
    let placed = bound.guards();
    if placed.len() != demanded.len() {
        return Err(Refusals::disagreement("a guard has no count to check".into()));
    }
    let mut guards = Vec::new();
    for (request, placed) in demanded.iter().zip(placed) {
        let Some(scan) = before.statement.scans.get(request.scan.0) else {
            return Err(Refusals::disagreement("a guard stands on no table".into()));
        };
        if placed.minimum != request.minimum {
            return Err(Refusals::disagreement("a guard has another minimum".into()));
        }
        guards.push(Guard {
            table: scan.table.clone(),
            alias: scan.alias.clone(),
            column: request.column.clone(),
            minimum: request.minimum,
            keyless: placed.keyless,
            may_be_absent: placed.may_be_absent,
            output_index: placed.output_index,
        });
    }
    Ok(guards)
}

/// The counts of a protected plan that reach its output.
fn counted(bound: &Bound) -> Result<Vec<Guard>, Refusals> {
    let scans = &bound.facts().lineage.scans;
    let guard = |it: &glovebox_sql::HiddenGuard| {
        let source = it.counted.first()?;
        let scan = scans.get(source.scan)?;
        Some(Guard {
            table: scan.table.clone(),
            alias: scan.alias.clone(),
            column: source.column.clone(),
            minimum: it.minimum,
            keyless: it.keyless,
            may_be_absent: it.may_be_absent,
            output_index: it.output_index,
        })
    };
    let guards: Option<Vec<Guard>> = bound.guards().iter().map(guard).collect();
    guards.ok_or_else(|| Refusals::disagreement("a guard stands on no table".into()))
}
