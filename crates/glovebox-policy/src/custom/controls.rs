//! `comparisonControls`: which columns may be compared with literals, which with columns.

use std::collections::BTreeSet;

use glovebox_model::ColumnName;

use super::Custom;
use super::comparisons::{Comparison, ComparisonKind};
use super::flow::Base;
use crate::{Refusal, RefusalKind};

// Refusal: GB0330 literal-comparison
//
// The owner lists the columns that may be compared with literals, wherever the comparison
// stands: in WHERE, ON, HAVING, CASE, IN, inside an aggregate, an inner query or a function.
// Constants that come through VALUES, WITH or the parameters of a template are literals. Grouping
// by a column compares nothing.
//
// ```
// SELECT COUNT(DISTINCT user_id) FROM imp WHERE zip = '10001'
// ```
// ->
// ```
// SELECT COUNT(DISTINCT user_id) FROM imp WHERE campaign_id = 'C1'
// ```

// Refusal: GB0331 column-comparison
//
// The owner lists the columns that may be compared with other columns: in JOIN, WHERE, CASE, IN
// with a subquery, and as keys of windows.
//
// ```
// SELECT COUNT(DISTINCT p.user_id) FROM imp p JOIN adv a ON p.zip = a.zip
// ```
// ->
// ```
// SELECT COUNT(DISTINCT p.user_id) FROM imp p JOIN adv a ON p.user_id = a.user_id
// ```
pub(crate) fn controls(acc: &mut Vec<Refusal>, custom: &Custom<'_>) {
    for comparison in &custom.comparisons {
        for base in literals(custom, comparison) {
            check(acc, custom, comparison, base, RefusalKind::LiteralComparison);
        }
        if comparison.kind == ComparisonKind::Mixed && !custom.strict {
            continue;
        }
        for base in comparison.with_columns() {
            check(acc, custom, comparison, base, RefusalKind::ColumnComparison);
        }
    }
}

fn literals<'a>(custom: &Custom<'a>, comparison: &Comparison<'a>) -> BTreeSet<Base<'a>> {
    if !custom.strict {
        return comparison.with_plain_literals();
    }
    let is_identity = |it: &Base<'_>| {
        custom.protected.get(&it.relation).is_some_and(|t| t.identity.as_str() == it.column)
    };
    let mut found = comparison.with_literals(false);
    found.extend(comparison.counted_with_literals());
    // Identities have a refusal of their own, and may be asked for NULL.
    found.retain(|it| !is_identity(it));
    found
}

fn check(
    acc: &mut Vec<Refusal>,
    custom: &Custom<'_>,
    comparison: &Comparison<'_>,
    base: Base<'_>,
    kind: RefusalKind,
) {
    let Some((table, rule)) = custom.rule_of(base) else { return };
    let Some(controls) = rule.comparisons() else { return };
    let (listed, list, what) = if kind == RefusalKind::LiteralComparison {
        (&controls.literal_columns, "allowedLiteralComparisonColumns", "a literal")
    } else {
        (&controls.column_columns, "allowedColumnComparisonColumns", "a column")
    };
    if listed.iter().any(|it| it.as_str() == base.column) {
        return;
    }
    let identity = rule.threshold().is_some_and(|it| it.identity.as_str() == base.column);
    if identity && kind == RefusalKind::LiteralComparison {
        return; // Refused in its own right.
    }
    let how = match comparison.kind {
        ComparisonKind::Plain => "is compared with",
        ComparisonKind::Hidden | ComparisonKind::Mixed => "can be told apart by a function with",
        ComparisonKind::Null => "is tested for NULL, as if compared with",
        ComparisonKind::Keys => "is a key of a window, as if compared with",
    };
    let text = format!(
        "column `{}` of table `{table}` {how} {what}, which its owner does not allow",
        base.column
    );
    let names: Vec<String> = listed.iter().map(|it| format!("`{it}`")).collect();
    let help = if names.is_empty() {
        format!("leave the comparison out: no column of `{table}` may be compared with {what}")
    } else {
        format!("compare only {} of `{table}` with {what}", names.join(", "))
    };
    let mut refusal = Refusal::new(kind, comparison.span, text).of(table).help(help);
    if let Ok(column) = ColumnName::new(base.column) {
        refusal = refusal.about(&column).ask(format!("add `{column}` to {list}"));
    }
    acc.push(refusal);
}
