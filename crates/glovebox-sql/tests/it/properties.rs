//! Properties over generated texts: nothing panics, spans are true, and the two gates agree.

use std::collections::BTreeSet;

use glovebox_model::{ColumnName, Finding};
use glovebox_sql::rewrite::{GuardRequest, guard};
use glovebox_sql::{Bound, Expression, ExpressionKind, FormKind, ScanId, Source, digest};
use proptest::prelude::*;
use proptest::sample::select;

use crate::room::bind;

const CASES: u32 = 400;

/// Words that queries are made of, good and bad.
const WORDS: &[&str] = &[
    "SELECT",
    "DISTINCT",
    "FROM",
    "WHERE",
    "GROUP BY",
    "HAVING",
    "ORDER BY",
    "LIMIT",
    "JOIN",
    "LEFT JOIN",
    "ON",
    "USING",
    "AS",
    "AND",
    "OR",
    "NOT",
    "IN",
    "IS NULL",
    "BETWEEN",
    "LIKE",
    "CASE",
    "WHEN",
    "THEN",
    "ELSE",
    "END",
    "UNION ALL",
    "WITH",
    "EXISTS",
    "(",
    ")",
    ",",
    "=",
    "<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "||",
    "::",
    ".",
    ";",
    "'x'",
    "''",
    "1",
    "2.5",
    "1e5",
    "NULL",
    "TRUE",
    "sales",
    "returns",
    "s",
    "r",
    "state",
    "returned",
    "hashedemail",
    "producttype",
    "\"state\"",
    "`r`",
    "SUM(returned)",
    "COUNT(*)",
    "COUNT(DISTINCT hashedemail)",
    "UPPER(state)",
    "CAST(state AS INT)",
    "EXTRACT(year FROM returndate)",
    "--",
    "/*",
    "*/",
    "\n",
    "é",
    "DESC",
    "DATE '2020-01-01'",
    "OVER ()",
    "FILTER (WHERE TRUE)",
    "ROLLUP(state)",
    "__gb_guard_0",
    "OFFSET",
];

fn spans_are_true(text: &str) {
    let within = |span: glovebox_model::Span| {
        assert!(text.get(span.start..span.end).is_some(), "{span:?} in {text:?}");
    };
    match bind(text) {
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                let finding = Finding::from(fault);
                finding.span.into_iter().for_each(within);
                assert!(!finding.line(text).contains("datafusion"));
            }
        }
        Ok(bound) => {
            let facts = bound.facts();
            facts.statement.forms.iter().for_each(|it| within(it.span));
            for output in &facts.statement.outputs {
                within(output.expression.span);
            }
            assert_eq!(facts.statement.outputs.len(), facts.lineage.outputs.len());
            digest(&bound);
            gates_agree(text);
            rewrites_hold(bound, text);
        }
    }
}

/// What a rule may allow can be guarded and made total, and both leave the facts as they were.
fn rewrites_hold(bound: Bound, text: &str) {
    let before = bound.facts().clone();
    let plain = before.statement.forms.iter().all(|it| {
        matches!(it.kind, FormKind::Between | FormKind::Star | FormKind::Limit | FormKind::Case)
    });
    let groups = before.lineage.nodes.get("Aggregate") == Some(&1)
        && !before.lineage.nodes.contains_key("Limit")
        && !before.lineage.distinct;
    let column = |name| ColumnName::new(name).unwrap();
    let requests: Vec<GuardRequest> = before
        .statement
        .scans
        .iter()
        .enumerate()
        .filter(|(_, it)| ["sales", "returns"].contains(&it.table.as_str()))
        .map(|(index, _)| GuardRequest {
            scan: ScanId(index),
            column: column("hashedemail"),
            minimum: 2,
        })
        .collect();
    let guarded = guard(bound, &requests);
    if !plain || !groups {
        // May be refused, must not panic.
        let _total = guarded.and_then(Bound::into_total);
        return;
    }
    let total = guarded.and_then(Bound::into_total);
    let total = total.unwrap_or_else(|error| panic!("{error}: {text}"));
    let after = &total.facts().lineage;
    assert_eq!(after.guards.len(), requests.len(), "{text}");
    assert_eq!(total.facts().statement, before.statement);
    let mut same = after.clone();
    same.guards.clear();
    same.nodes.clone_from(&before.lineage.nodes);
    assert_eq!(same, before.lineage, "{text}");
}

/// Columns outside and inside aggregate calls.
fn columns(it: &Expression, inside: bool, found: &mut (BTreeSet<Source>, BTreeSet<Source>)) {
    match &it.kind {
        ExpressionKind::Aggregate(call) => {
            call.arguments.iter().for_each(|it| columns(it, true, found));
        }
        ExpressionKind::Column { scan, column } => {
            let source = Source { scan: scan.0, column: column.clone() };
            let found = if inside { &mut found.1 } else { &mut found.0 };
            found.insert(source);
        }
        _ => it.parts().into_iter().for_each(|it| columns(it, inside, found)),
    }
}

/// What the text says and what the plan does name the same columns in the same roles.
fn gates_agree(text: &str) {
    let bound = bind(text).unwrap();
    let (statement, lineage) = (&bound.facts().statement, &bound.facts().lineage);
    let nested = statement.forms.iter().any(|it| {
        matches!(
            it.kind,
            FormKind::Cte
                | FormKind::DerivedTable
                | FormKind::Exists
                | FormKind::FilterClause
                | FormKind::InSubquery
                | FormKind::ScalarSubquery
                | FormKind::SetOperation
                | FormKind::Window
                | FormKind::Values
                | FormKind::GroupingSets
                | FormKind::Qualify
                | FormKind::NaturalJoin
                | FormKind::Using
        )
    });
    if nested {
        return;
    }
    let roles = |it: &Expression| {
        let mut found = Default::default();
        columns(it, false, &mut found);
        found
    };
    let written: Vec<_> = statement.outputs.iter().map(|it| roles(&it.expression)).collect();
    let planned: Vec<_> =
        lineage.outputs.iter().map(|it| (it.plain.clone(), it.aggregated.clone())).collect();
    assert_eq!(written, planned, "{text}");
    let scans: Vec<_> = statement.scans.iter().map(|it| (&it.table, &it.alias)).collect();
    let planned: Vec<_> = lineage.scans.iter().map(|it| (&it.table, &it.alias)).collect();
    assert_eq!(scans, planned, "{text}");
    let filter: Vec<_> = statement.filter.iter().map(|it| roles(it).0).collect();
    let planned: Vec<_> = lineage.filters.iter().map(|it| it.plain.clone()).collect();
    assert_eq!(filter, planned, "{text}");
    let having: Vec<_> = statement.having.iter().map(roles).collect();
    let planned: Vec<_> =
        lineage.havings.iter().map(|it| (it.plain.clone(), it.aggregated.clone())).collect();
    assert_eq!(having, planned, "{text}");
    let groups: BTreeSet<_> = statement.groups.iter().map(|it| roles(it).0).collect();
    let planned: BTreeSet<_> = lineage.groups.iter().map(|it| it.plain.clone()).collect();
    assert_eq!(groups, planned, "{text}");
    let pairs = |it: &Expression| roles(it).0;
    let on: BTreeSet<_> =
        statement.joins.iter().filter_map(|it| it.condition.as_ref()).flat_map(pairs).collect();
    for join in &lineage.joins {
        for (one, other) in &join.equalities {
            assert!(on.contains(one) && on.contains(other), "{text}");
        }
    }
}

/// A text of random words.
fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(select(WORDS), 0..40).prop_map(|words| words.join(" "))
}

/// A query that often binds.
fn likely() -> impl Strategy<Value = String> {
    let item = select(
        &[
            "r.state",
            "UPPER(r.state)",
            "SUM(r.returned)",
            "COUNT(DISTINCT s.identifier)",
            "'x'",
            "1",
            "CAST(r.price_dim AS STRING)",
            "s.demoseg",
            "AVG(returned) + 1",
            "COUNT(*)",
            "state AS z",
            "SUM(returned) / COUNT(*) AS ratio",
            "CASE WHEN state = 'a' THEN 1 END AS c",
            "*",
            "s.*",
            "MAX(state) OVER (PARTITION BY price_dim) AS w",
            "SUM(price_dim)",
            "COUNT(state)",
            "(SELECT MAX(region) FROM panel) AS q",
        ][..],
    );
    let condition = select(
        &[
            "",
            " WHERE state = 'NY'",
            " WHERE price_dim / 0 > 1 AND demoseg IN ('a', 'b')",
            " WHERE r.hashedemail LIKE 'a%' OR NOT state IS NULL",
            " WHERE purchasedate BETWEEN '1' AND '2'",
            " WHERE EXISTS (SELECT 1 FROM panel p WHERE p.hashedemail = r.hashedemail)",
            " WHERE (((state = 'a' OR state = 'b') OR price_dim = '5') AND TRUE)",
        ][..],
    );
    let group = select(
        &[
            "",
            "",
            " GROUP BY 1",
            " GROUP BY ALL",
            " GROUP BY r.state",
            " GROUP BY z",
            " GROUP BY ALL",
            " GROUP BY state, UPPER(state), s.demoseg",
            " GROUP BY ROLLUP(state)",
            " GROUP BY 'x'",
        ][..],
    );
    let having =
        select(&["", "", "", " HAVING SUM(returned) > 5", " HAVING COUNT(*) = 1 OR ratio > 0"][..]);
    let order = select(
        &[
            "",
            "",
            "",
            " ORDER BY 1",
            " ORDER BY 1 DESC, 2",
            " ORDER BY z",
            " ORDER BY SUM(returned)",
            " ORDER BY ratio + 1",
            " LIMIT 5",
            " ORDER BY state LIMIT 5 OFFSET 2",
        ][..],
    );
    let from = select(
        &[
            "sales s JOIN returns r ON s.hashedemail = r.hashedemail",
            "returns r JOIN sales s ON (r.hashedemail = s.hashedemail AND r.productline = s.productline)",
            "sales s LEFT JOIN returns r ON s.hashedemail = r.hashedemail OR state = 'a'",
            "sales s, returns r",
            "sales s JOIN returns r USING (hashedemail)",
            "(SELECT * FROM sales) s JOIN returns r ON s.hashedemail = r.hashedemail",
            "returns r LEFT SEMI JOIN sales s ON s.hashedemail = r.hashedemail",
        ][..],
    );
    let items = prop::collection::vec(item, 1..4);
    (items, from, condition, group, having, order).prop_map(|(items, from, a, b, c, d)| {
        format!("SELECT {} FROM {from}{a}{b}{c}{d}", items.join(", "))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_binds_or_is_refused(text in any::<String>()) {
        spans_are_true(&text);
    }

    #[test]
    fn any_words_bind_or_are_refused(text in soup()) {
        spans_are_true(&text);
        spans_are_true(&format!("SELECT {text}"));
    }

    #[test]
    fn likely_queries_bind_with_gates_that_agree(text in likely()) {
        spans_are_true(&text);
    }

    #[test]
    fn a_query_cut_or_doubled_anywhere_is_no_worse(text in likely(), from in 0usize..200, len in 0usize..40) {
        let clamp = |it: usize| it.min(text.len());
        let (start, end) = (clamp(from), clamp(from + len));
        spans_are_true(&format!("{}{}", &text[..start], &text[end..]));
        spans_are_true(&format!("{}{}", &text[..end], &text[start..]));
    }

    #[test]
    fn case_and_comments_change_nothing(text in likely()) {
        let quiet = |text: &str| bind(text).map(|it| (digest(&it), it.output_names().join("|").to_lowercase()))
            .map_err(|faults| faults.into_iter().map(|it| it.fault.code()).collect::<Vec<_>>());
        let spaced = text.replace(' ', "/* x */\n\t");
        prop_assert_eq!(quiet(&text), quiet(&spaced));
        let lower = text.replace("'NY'", "'ny'");
        let upper: String = lower.split('\'').enumerate()
            .map(|(index, part)| if index % 2 == 0 { part.to_uppercase() } else { part.to_owned() })
            .collect::<Vec<_>>().join("'");
        let names = |text: &str| bind(text).map(|it| it.facts().lineage.clone())
            .map_err(|faults| faults.into_iter().map(|it| it.fault.code()).collect::<Vec<_>>());
        prop_assert_eq!(names(&lower), names(&upper));
    }
}

#[test]
fn a_fair_share_of_the_likely_queries_binds() {
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = likely();
    let bound =
        (0..500).filter(|_| bind(&strategy.new_tree(&mut runner).unwrap().current()).is_ok());
    let share = bound.count();
    assert!(share > 75, "{share} of 500");
}
