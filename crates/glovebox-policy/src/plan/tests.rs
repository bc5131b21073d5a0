//! The plan gate by itself: what it refuses without the statement gate, over the whole corpus.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use expect_test::expect;
use glovebox_fixture::{Room, parse};
use glovebox_model::{ColumnName, Timestamp};
use glovebox_sql::{Bound, Schema, TableSchema, bind, rewrite};

use super::{objections, rewritten};
use crate::{RuledTable, Rules, clear, guard, tables};

fn rooms() -> Vec<Room> {
    let mut folders: Vec<PathBuf> =
        vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")];
    let mut rooms = Vec::new();
    while let Some(folder) = folders.pop() {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "room") {
                #[expect(clippy::disallowed_methods, reason = "a test reads the corpus")]
                let text = std::fs::read_to_string(&path).unwrap();
                rooms.push(parse(&text).unwrap());
            }
        }
    }
    rooms
}

fn judging(room: &Room) -> (Schema, Rules) {
    let (mut schema, mut ruled) = (Schema::default(), BTreeMap::new());
    for (member, it) in room.tables() {
        let table = TableSchema { columns: it.columns.clone(), hidden: it.hidden.clone() };
        schema.tables.insert(it.name.clone(), table);
        let rule = RuledTable {
            owner: member.account,
            owner_name: member.name.clone(),
            configured_table: None,
            rule: it.rule.clone(),
            extension: glovebox_model::Extension {
                encryption: it.extension.encryption.clone(),
                ..glovebox_model::Extension::default()
            },
        };
        ruled.insert(it.name.clone(), rule);
    }
    (
        schema,
        Rules {
            runner: room.runner().unwrap().account,
            analysis: crate::Analysis::Direct,
            encryption: room.encryption.unwrap_or_default(),
            tables: ruled,
        },
    )
}

fn bound(schema: &Schema, sql: &str) -> Option<Bound> {
    bind(sql, schema, Timestamp::from_millis(0)).ok()
}

/// Refusals of custom rules that the plan gate has a part in.
const SHARED: [&str; 8] = [
    "analysis-not-allowed",
    "column-comparison",
    "disallowed-equated",
    "disallowed-literal",
    "disallowed-output",
    "identity-literal",
    "literal-comparison",
    "restricted-join",
];

/// Private plans are typed instead; encrypted columns have a test of their own.
const ELSEWHERE: [&str; 5] = ["cleartext-", "encrypted-", "fingerprint-", "private-", "sealed-"];

#[test]
fn the_plan_gate_alone_refuses_all_that_is_not_merely_a_form() {
    let mut missed: BTreeMap<bool, BTreeSet<String>> = BTreeMap::new();
    let (mut n_refused, mut n_missed) = (0, 0);
    let mut shared: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for room in rooms() {
        let (schema, rules) = judging(&room);
        for case in &room.cases {
            let Some(bound) = bound(&schema, &case.sql) else { continue };
            let names = bound.facts().lineage.scans.iter().map(|it| &it.table);
            let Some(kind) = tables::rule_kind(&rules, names) else { continue };
            let mut alone = objections(bound.facts(), &rules, kind, 0);
            alone.extend(super::encrypted(bound.facts(), &rules, kind).err());
            let Err(refusals) = clear(bound, &rules) else {
                assert_eq!(alone, [""; 0], "{}", case.sql);
                continue;
            };
            let custom = kind == glovebox_model::RuleKind::Custom;
            n_refused += u32::from(!custom);
            let found: BTreeSet<&str> =
                refusals.findings().iter().map(|it| it.title).filter(|_| custom).collect();
            for title in found.into_iter().filter(|it| SHARED.contains(it)) {
                let counts = shared.entry(title.to_owned()).or_default();
                *counts = (counts.0 + 1, counts.1 + u32::from(alone.is_empty()));
            }
            if alone.is_empty() {
                n_missed += u32::from(!custom);
                let titles = refusals.findings().iter().map(|it| it.title.to_owned());
                missed.entry(custom).or_default().extend(titles);
            }
        }
    }
    let missed = |custom: bool| {
        let titles = missed.get(&custom).into_iter().flatten().cloned();
        let titles = titles.filter(|it| !ELSEWHERE.iter().any(|word| it.starts_with(word)));
        titles.collect::<Vec<String>>().join("\n")
    };
    expect![[r#"
        group-expression
        having-expression
        join-kind
        join-match
        join-required
        list-join-kind
        list-join-required
        list-limit
        list-offset
        order-expression
        output-expression
        output-not-grouped
        scalar-argument
        scalar-nested
        scalar-not-granted"#]]
    .assert_eq(&missed(false));
    expect![[r#"
        aggregate-below-threshold
        aggregate-expression
        aggregate-unpaired
        column-comparison
        direct-result
        disallowed-equated
        disallowed-literal
        disallowed-order
        disallowed-output
        identity-literal
        limit-below-threshold
        literal-comparison
        restricted-aggregate
        restricted-construct
        restricted-scalar
        restricted-window
        row-count
        row-level-output
        subquery-below-threshold
        threshold-shape
        volatile-below-threshold
        window-below-threshold"#]]
    .assert_eq(&missed(true));
    assert!(n_missed * 6 < n_refused, "{n_missed} of {n_refused}");
    // What both gates of custom rules look for: how often only the first sees anything.
    let shared = shared.into_iter().map(|(title, (all, missed))| format!("{title} {missed}/{all}"));
    expect![[r#"
        analysis-not-allowed 0/8
        column-comparison 7/18
        disallowed-equated 24/28
        disallowed-literal 7/24
        disallowed-output 5/48
        identity-literal 5/36
        literal-comparison 20/44
        restricted-join 0/9"#]]
    .assert_eq(&shared.collect::<Vec<String>>().join("\n"));
}

#[test]
fn the_plan_gate_alone_notices_most_that_is_wrong_with_encrypted_columns() {
    let mut seen: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for room in rooms().iter().filter(|it| it.encryption.is_some()) {
        let (schema, rules) = judging(room);
        for case in &room.cases {
            let Some(bound) = bound(&schema, &case.sql) else { continue };
            let names = bound.facts().lineage.scans.iter().map(|it| &it.table);
            let Some(kind) = tables::rule_kind(&rules, names) else { continue };
            let missed = super::encrypted(bound.facts(), &rules, kind).is_ok();
            let Err(refusals) = clear(bound, &rules) else { continue };
            let titles: BTreeSet<&str> = refusals.findings().iter().map(|it| it.title).collect();
            for title in titles {
                let counts = seen.entry(title).or_default();
                *counts = (counts.0 + 1, counts.1 + u32::from(missed));
            }
        }
    }
    // How often only the text shows it. Nothing in a lineage tells which columns are read.
    let seen = seen.into_iter().map(|(title, (all, missed))| format!("{title} {missed}/{all}"));
    expect![[r#"
        cleartext-column 1/1
        encrypted-aggregate 0/7
        encrypted-computed 6/21
        encrypted-identity 0/5
        encrypted-mixed 2/5
        encrypted-nulls 12/21
        encrypted-order 1/5
        fingerprint-compared 1/25
        fingerprint-names 0/7
        private-bounds 1/1
        sealed-compared 0/8
        sealed-key 0/13"#]]
    .assert_eq(&seen.collect::<Vec<String>>().join("\n"));
}

#[test]
fn a_guard_that_is_lost_lowered_or_moved_is_noticed() {
    let room = rooms().into_iter().find(|it| it.title.contains("aggregation rule (1 to 57)"));
    let (schema, rules) = judging(&room.unwrap());
    let sql = "SELECT SUM(r.returned) FROM sales s JOIN returns r ON s.hashedemail = r.hashedemail";
    let bound = bound(&schema, sql).unwrap();
    let before = bound.facts().clone();
    let demanded = guard::demanded(&before.statement, &rules);
    assert_eq!(demanded.len(), 3);
    let after = rewrite::guard(bound, &demanded).unwrap().facts().clone();
    assert_eq!(rewritten(&before, &after, &demanded), Ok(()));
    let broken = |change: &dyn Fn(&mut glovebox_sql::Facts)| {
        let mut facts = after.clone();
        change(&mut facts);
        rewritten(&before, &facts, &demanded)
    };
    assert!(broken(&|it| drop(it.lineage.guards.pop())).is_err());
    assert!(broken(&|it| it.lineage.guards[0].minimum -= 1).is_err());
    assert!(broken(&|it| it.lineage.guards[1].minimum += 1).is_err());
    assert!(broken(&|it| it.lineage.guards[0].counted.scan ^= 1).is_err());
    let column = ColumnName::new("state").unwrap();
    assert!(broken(&|it| it.lineage.guards[0].counted.column = column.clone()).is_err());
    assert!(broken(&|it| drop(it.lineage.outputs.pop())).is_err());
    assert!(broken(&|it| it.lineage.outputs[0].aggregated.clear()).is_err());
    assert!(broken(&|it| it.lineage.aggregates[0].distinct = true).is_err());
    assert!(broken(&|it| drop(it.lineage.scans.pop())).is_err());
    assert!(broken(&|it| drop(it.lineage.joins.pop())).is_err());
    assert!(broken(&|it| it.lineage.limit = Some(1)).is_err());
    assert!(broken(&|it| it.statement.filter = it.statement.joins[0].condition.clone()).is_err());
}
