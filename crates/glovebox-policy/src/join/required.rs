//! Tables that demand a join must get one, directly or through others.

use std::collections::BTreeSet;

use glovebox_model::Rule;
use glovebox_sql::{Scan, ScanId};

use super::JoinKinds;
use crate::query::Query;
use crate::{Refusal, RefusalKind, RuledTable};

// Refusal: GB0112 join-required
//
// The owner of the table lets it be read only together with a table of the member who runs the
// query, so that the result speaks of people whom both know. The join may go through other
// tables. The runner's own table with this demand must be joined with any other table.
//
// ```
// SELECT SUM(returned) FROM returns
// ```
// ->
// ```
// SELECT SUM(r.returned) FROM returns r JOIN sales s ON r.hashedemail = s.hashedemail
// ```

// Refusal: GB0202 list-join-required
//
// Under list rules the query must join the runner's own table, directly or through others, with
// every other table: only the overlap is listed.
//
// ```
// SELECT DISTINCT seg3 FROM seg
// ```
// ->
// ```
// SELECT DISTINCT g.seg3 FROM seg g JOIN crm c ON g.id2 = c.id2
// ```
pub(crate) fn required(acc: &mut Vec<Refusal>, query: &Query<'_>, scan: &Scan, kinds: &JoinKinds) {
    let Some(id) = query.statement.scans.iter().position(|it| it == scan).map(ScanId) else {
        return;
    };
    let own = query.rules.is_runners(&scan.table);
    let met = joined_with(query, id).into_iter().filter_map(|it| query.table(it)).any(|other| {
        !query.rules.same_table(&scan.table, other) && (own || query.rules.is_runners(other))
    });
    if met {
        return;
    }
    let (text, help) = if own {
        (
            format!("table `{}` must be joined with another table", scan.table),
            "join it by [INNER] JOIN ... ON".to_owned(),
        )
    } else {
        (
            format!(
                "table `{}` must be joined to a table of the member who runs the query",
                scan.table
            ),
            match runner_tables(query, scan) {
                Some(tables) => format!("join it by [INNER] JOIN ... ON to {tables}"),
                None => "the runner has no such table in this collaboration".to_owned(),
            },
        )
    };
    let aws = format!("Inner join to query runner table required for table {}", scan.table);
    let refusal = Refusal::new(kinds.required, scan.span, text).of(&scan.table).help(help).aws(aws);
    // A list rule always demands the overlap.
    acc.push(if kinds.required == RefusalKind::JoinRequired {
        refusal.ask("leave joinRequired out")
    } else {
        refusal
    });
}

/// Those of the same type of rule, which alone can stand beside the table.
fn runner_tables(query: &Query<'_>, scan: &Scan) -> Option<String> {
    let kind = |it: &RuledTable| it.rule.as_ref().map(Rule::kind);
    let wanted = query.rules.tables.get(&scan.table).and_then(kind);
    let names: Vec<String> = query
        .rules
        .tables
        .iter()
        .filter(|(_, it)| it.owner == query.rules.runner && kind(it) == wanted)
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    (!names.is_empty()).then(|| names.join(" or "))
}

/// Every scan that inner joins with ON reach from this one.
fn joined_with(query: &Query<'_>, from: ScanId) -> BTreeSet<ScanId> {
    let mut reached = BTreeSet::from([from]);
    let mut grown = true;
    while grown {
        grown = false;
        for join in query.statement.joins.iter().filter(|it| it.inner && it.condition.is_some()) {
            let both = || join.left.iter().chain(&join.right);
            if both().any(|it| reached.contains(it)) {
                let before = reached.len();
                reached.extend(both());
                grown |= reached.len() > before;
            }
        }
    }
    reached
}
