//! Judgement: pure, over one snapshot; the same text and the same rules give the same verdict.

use glovebox_model::{AccountId, ColumnName, Finding, TableName, Timestamp};
use glovebox_policy::{RuledTable, Rules};
use glovebox_privacy::{Priced, Terms};
use glovebox_sql::{Schema, TableSchema};
use glovebox_store::{Diagnostic, Refusal, Snapshot, SnapshotTable};

/// Text and rules to a price, through bind, clear and price, or all that speaks against it.
pub(super) fn judge(
    text: &str,
    snapshot: &Snapshot,
    runner: AccountId,
    now: Timestamp,
) -> Result<Priced, Refusal> {
    let bound = glovebox_sql::bind(text, &schema(snapshot), now)
        .map_err(|unbound| refusal(text, unbound.into_iter().map(Finding::from), &[]))?;
    let scans = &bound.facts().lineage.scans;
    let mut touched: Vec<TableName> = scans.iter().map(|it| it.table.clone()).collect();
    touched.sort();
    touched.dedup();
    let cleared = glovebox_policy::clear(bound, &rules(snapshot, runner)).map_err(|refusals| {
        if let Some(cause) = refusals.internal() {
            tracing::error!(cause, "the two gates of judgement disagree");
        }
        refusal(text, refusals.into_findings(), &touched)
    })?;
    glovebox_privacy::price(cleared, &Terms::default())
        .map_err(|findings| refusal(text, findings, &touched))
}

fn refusal(
    text: &str,
    findings: impl IntoIterator<Item = Finding>,
    touched: &[TableName],
) -> Refusal {
    let findings: Vec<Finding> = findings.into_iter().collect();
    Refusal {
        message: Finding::message(&findings, text),
        findings: findings.iter().map(|it| Diagnostic::of(it, text)).collect(),
        touched: touched.to_vec(),
    }
}

/// What the query can name: allowed columns; the others exist for guards only.
fn schema(snapshot: &Snapshot) -> Schema {
    let table = |table: &SnapshotTable| {
        let all = table.table.schema.columns.iter().chain(&table.table.schema.partition_keys);
        let allowed = |name: &ColumnName| table.table.allowed_columns.contains(name);
        let (columns, hidden) = all.cloned().partition(|it| allowed(&it.name));
        TableSchema { columns, hidden }
    };
    Schema { tables: snapshot.tables.iter().map(|(name, it)| (name.clone(), table(it))).collect() }
}

/// What the owners say. A rule that cannot be read any more allows nothing.
fn rules(snapshot: &Snapshot, runner: AccountId) -> Rules {
    let ruled = |table: &SnapshotTable| RuledTable {
        owner: table.association.account,
        owner_name: snapshot.display_name(table.association.account),
        configured_table: Some(table.table.id),
        rule: table.rule.as_ref().and_then(|(rule, _)| rule.rule().ok()),
    };
    Rules {
        runner,
        tables: snapshot.tables.iter().map(|(name, it)| (name.clone(), ruled(it))).collect(),
    }
}
