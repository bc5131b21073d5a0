//! Every table must have a rule, and all rules of one query must be of one type.

use std::collections::BTreeSet;

use glovebox_model::{Rule, RuleKind, Span, TableName};
use glovebox_sql::Statement;

use crate::query::Query;
use crate::{Refusal, RefusalKind, Rules};

/// The one type of rule that governs the query, if there is one.
pub(crate) fn rule_kind<'a>(
    rules: &Rules,
    mut tables: impl Iterator<Item = &'a TableName>,
) -> Option<RuleKind> {
    let kind = |it: &TableName| rules.tables.get(it)?.rule.as_ref().map(Rule::kind);
    let first = kind(tables.next()?)?;
    tables.all(|it| kind(it) == Some(first)).then_some(first)
}

// Refusal: GB0091 table-without-rule
//
// A table can be associated with a collaboration before its owner has written an analysis rule.
// Until then nobody can query it, not even its owner.
//
// ```
// SELECT COUNT(DISTINCT a) FROM bare
// ```
// ->
// ```
// SELECT COUNT(DISTINCT identifier) FROM sales
// ```
pub(crate) fn every_table_has_a_rule(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    for scan in &query.statement.scans {
        if query.rules.tables.get(&scan.table).is_none_or(|it| it.rule.is_none()) {
            let text =
                format!("table `{}` has no analysis rule, so nobody can query it", scan.table);
            acc.push(
                Refusal::new(RefusalKind::TableWithoutRule, scan.span, text)
                    .of(&scan.table)
                    .help("ask its owner to create an analysis rule"),
            );
        }
    }
}

// Refusal: GB0092 mixed-rule-types
//
// All tables of one query must have the same type of analysis rule: a list rule gives out rows
// without a threshold, an aggregation rule never does, and no query can obey both.
//
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN returns r ON c.id2 = r.hashedemail
// ```
// ->
// ```
// SELECT DISTINCT c.internalid FROM crm c JOIN seg g ON c.id2 = g.id2
// ```
pub(crate) fn all_rules_are_of_one_type(acc: &mut Vec<Refusal>, query: &Query<'_>) {
    let Statement { scans, .. } = query.statement;
    let kind = |it: &TableName| query.rules.tables.get(it)?.rule.as_ref().map(Rule::kind);
    let Some(first) = scans.first() else { return };
    let Some(first_kind) = kind(&first.table) else { return };
    for scan in scans {
        if let Some(other) = kind(&scan.table).filter(|it| *it != first_kind) {
            let text = format!(
                "table `{}` has {} and table `{}` has {}: they cannot stand in one query",
                scan.table,
                words(other),
                first.table,
                words(first_kind)
            );
            acc.push(
                Refusal::new(RefusalKind::MixedRuleTypes, scan.span, text)
                    .of(&scan.table)
                    .help("query tables with the same type of analysis rule"),
            );
        }
    }
}

fn words(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Aggregation => "an aggregation rule",
        RuleKind::Custom => "a custom rule",
        RuleKind::List => "a list rule",
    }
}

// Refusal: GB0093 no-table
//
// A query without a table has no owner whose rule could allow it.
//
// ```
// SELECT 1
// ```
// ->
// ```
// SELECT COUNT(DISTINCT identifier) FROM sales
// ```
pub(crate) fn inside(acc: &mut Vec<Refusal>, query: &Query<'_>, tables: &BTreeSet<&TableName>) {
    let form = query.statement.forms.first().map(|it| it.span);
    let whole =
        |kind, text: String| Refusal { span: form, ..Refusal::new(kind, Span::default(), text) };
    if tables.is_empty() {
        acc.push(
            whole(RefusalKind::NoTable, "the query uses no table".into())
                .help("query a table of this collaboration"),
        );
        return;
    }
    let ruled = |it: &&&TableName| query.rules.tables.get(**it).is_none_or(|it| it.rule.is_none());
    for table in tables.iter().filter(ruled) {
        if query.statement.scans.iter().all(|it| &it.table != *table) {
            let text = format!("table `{table}` has no analysis rule, so nobody can query it");
            acc.push(
                whole(RefusalKind::TableWithoutRule, text)
                    .of(table)
                    .help("ask its owner to create an analysis rule"),
            );
        }
    }
    if acc.is_empty() {
        let text = "the tables of this query have different types of analysis rules";
        acc.push(
            whole(RefusalKind::MixedRuleTypes, text.into())
                .help("query tables with the same type of analysis rule"),
        );
    }
}
