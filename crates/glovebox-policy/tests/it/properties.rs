//! Properties of judgement over the whole corpus.

use glovebox_fixture::Expected;
use glovebox_model::{AccountId, TableName};

use crate::corpus::rooms;
use crate::room::{judge_by, rules, schema};

#[test]
fn the_order_of_tables_and_owners_does_not_matter() {
    for (path, (_, room)) in rooms() {
        let runner = room.runner().unwrap().account;
        let mut turned = room.clone();
        turned.members.reverse();
        for member in &mut turned.members {
            member.tables.reverse();
        }
        for case in &room.cases {
            let one = judge_by(&schema(&room), &rules(&room, runner), &case.sql);
            let two = judge_by(&schema(&turned), &rules(&turned, runner), &case.sql);
            assert_eq!(one.err(), two.err(), "{} {}", path.display(), case.title);
        }
    }
}

#[test]
fn taking_a_rule_away_never_allows_more() {
    for (path, (_, room)) in rooms() {
        let runner = room.runner().unwrap().account;
        let full = rules(&room, runner);
        let tables: Vec<TableName> = full.tables.keys().cloned().collect();
        for case in room.cases.iter().filter(|it| it.expected != Expected::Allowed) {
            for table in &tables {
                let mut less = full.clone();
                less.tables.get_mut(table).unwrap().rule = None;
                let verdict = judge_by(&schema(&room), &less, &case.sql);
                assert!(verdict.is_err(), "{} {} without {table}", path.display(), case.title);
            }
        }
    }
}

#[test]
fn a_query_uses_no_table_without_its_rule() {
    for (path, (_, room)) in rooms() {
        let runner = room.runner().unwrap().account;
        let full = rules(&room, runner);
        for case in room.cases.iter().filter(|it| it.expected == Expected::Allowed) {
            let cleared = judge_by(&schema(&room), &full, &case.sql).unwrap();
            for table in cleared.tables() {
                let mut less = full.clone();
                less.tables.get_mut(table).unwrap().rule = None;
                let verdict = judge_by(&schema(&room), &less, &case.sql);
                assert!(verdict.is_err(), "{} {} without {table}", path.display(), case.title);
            }
        }
    }
}

#[test]
fn a_demanded_join_is_not_met_when_somebody_else_runs_the_query() {
    let stranger: AccountId = "999999999999".parse().unwrap();
    for (path, (_, room)) in rooms() {
        for case in &room.cases {
            let Ok(cleared) = judge_by(&schema(&room), &rules(&room, stranger), &case.sql) else {
                continue;
            };
            let demands =
                cleared.tables().any(|it| match &rules(&room, stranger).tables[it].rule {
                    Some(glovebox_model::Rule::Aggregation(rule)) => rule.join_required(),
                    Some(glovebox_model::Rule::List(_)) | None => true,
                });
            assert!(!demands, "{} {}", path.display(), case.title);
        }
    }
}
