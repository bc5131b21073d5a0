//! Judgement: pure, over one snapshot; the same text and the same rules give the same verdict.

use glovebox_model::{Code, ColumnName, Finding, TableName, Timestamp};
use glovebox_policy::{Analysis, RuledTable, Rules};
use glovebox_privacy::{Priced, Terms};
use glovebox_sql::{Schema, TableSchema};
use glovebox_store::{Diagnostic, Door, Refusal, Snapshot, SnapshotTable};

use super::consent::{self, Asked};

/// Text and rules to a price, through bind, clear and price, or all that speaks against it. Each
/// door is told to `passed` when it is behind.
pub(super) fn judge(
    text: &str,
    snapshot: &Snapshot,
    asked: &Asked<'_>,
    now: Timestamp,
    mut passed: impl FnMut(Door),
) -> Result<Priced, Refusal> {
    let schema = schema(snapshot);
    let bound = match asked.template {
        None => glovebox_sql::bind(text, &schema, now),
        Some(used) => glovebox_sql::bind_template(text, &schema, now, &used.parameters),
    };
    let bound =
        bound.map_err(|unbound| refusal(text, unbound.into_iter().map(Finding::from), &[]))?;
    passed(Door::Bind);
    let scans = &bound.facts().lineage.scans;
    let mut touched: Vec<TableName> = scans.iter().map(|it| it.table.clone()).collect();
    touched.sort();
    touched.dedup();
    let withheld = consent::withheld(snapshot, asked, &touched);
    let cleared = match glovebox_policy::clear(bound, &rules(snapshot, asked)) {
        Ok(cleared) if withheld.is_empty() => cleared,
        Ok(_) => return Err(refusal(text, withheld, &touched)),
        Err(refusals) => {
            if let Some(cause) = refusals.internal() {
                tracing::error!(cause, "the two gates of judgement disagree");
            }
            let findings = refusals.into_findings().into_iter().chain(withheld);
            return Err(refusal(text, findings, &touched));
        }
    };
    if cleared.private().is_some()
        && let Some(finding) = too_long(text)
    {
        return Err(refusal(text, [finding], &touched));
    }
    passed(Door::Clear);
    let priced = glovebox_privacy::price(cleared, &terms(snapshot))
        .map_err(|findings| refusal(text, findings, &touched))?;
    passed(Door::Price);
    Ok(priced)
}

/// Bytes of the text of a query with differential privacy at most (AWS: 90 KB).
const MAX_PRIVATE: usize = 90_000;

/// What is wrong with the length of a text that is answered with differential privacy.
pub(super) fn too_long(text: &str) -> Option<Finding> {
    (text.len() > MAX_PRIVATE).then(|| Finding {
        code: Code(433),
        title: "private-text-too-long",
        aws_text: None,
        text: format!("with differential privacy a text has at most {MAX_PRIVATE} bytes"),
        span: None,
        table: None,
        owner: None,
        help: Some("leave out comments and spaces, or ask in several queries".into()),
        ask_owner: None,
    })
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
        passed: Vec::new(),
    }
}

/// The privacy budgets that owners offer here.
pub(super) fn terms(snapshot: &Snapshot) -> Terms {
    let budgets = snapshot.budgets.iter().map(|(owner, it)| (*owner, it.terms));
    Terms { budgets: budgets.collect() }
}

/// What the query can name: allowed columns; the others exist for guards only.
pub(super) fn schema(snapshot: &Snapshot) -> Schema {
    let table = |table: &SnapshotTable| {
        let all = table.table.schema.columns.iter().chain(&table.table.schema.partition_keys);
        let allowed = |name: &ColumnName| table.table.allowed_columns.contains(name);
        let (columns, hidden) = all.cloned().partition(|it| allowed(&it.name));
        TableSchema { columns, hidden }
    };
    Schema { tables: snapshot.tables.iter().map(|(name, it)| (name.clone(), table(it))).collect() }
}

/// What the owners say. A rule that cannot be read any more allows nothing.
pub(super) fn rules(snapshot: &Snapshot, asked: &Asked<'_>) -> Rules {
    let ruled = |table: &SnapshotTable| RuledTable {
        owner: table.association.account,
        owner_name: snapshot.display_name(table.association.account),
        configured_table: Some(table.table.id),
        rule: table.rule.as_ref().and_then(|(rule, _)| rule.rule().ok()),
        extension: table.extension.clone(),
    };
    Rules {
        runner: asked.runner,
        analysis: match asked.template {
            None => Analysis::Direct,
            Some(used) => Analysis::Template { arn: used.arn.clone(), creator: used.author },
        },
        encryption: snapshot.collaboration.terms.encryption.unwrap_or_default(),
        tables: snapshot.tables.iter().map(|(name, it)| (name.clone(), ruled(it))).collect(),
    }
}
