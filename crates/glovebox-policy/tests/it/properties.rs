//! Properties of judgement over the whole corpus.

use std::collections::BTreeMap;

use expect_test::expect;
use glovebox_fixture::{Case, Expected, Room};
use glovebox_model::{AccountId, Code, Finding, Id, RuleKind, TableName};

use crate::corpus::rooms;
use crate::room::{judge, judge_by, judge_case, judge_case_by};

#[test]
fn the_order_of_tables_and_owners_does_not_matter() {
    for (path, (_, room)) in &rooms() {
        let mut turned = room.clone();
        turned.members.reverse();
        for member in &mut turned.members {
            member.tables.reverse();
        }
        for case in &room.cases {
            let one = judge_case(room, case);
            let two = judge_case(&turned, case);
            assert_eq!(one.err(), two.err(), "{} {}", path.display(), case.title);
        }
    }
}

#[test]
fn taking_a_rule_away_never_allows_more() {
    for (path, (_, room)) in rooms() {
        for case in room.cases.iter().filter(|it| it.expected != Expected::Allowed) {
            let full = room.rules_for(case).unwrap();
            let tables: Vec<TableName> = full.tables.keys().cloned().collect();
            for table in &tables {
                let mut less = full.clone();
                less.tables.get_mut(table).unwrap().rule = None;
                let verdict = judge_case_by(&room, case, &less);
                assert!(verdict.is_err(), "{} {} without {table}", path.display(), case.title);
            }
        }
    }
}

#[test]
fn a_query_uses_no_table_without_its_rule() {
    for (path, (_, room)) in rooms() {
        for case in room.cases.iter().filter(|it| it.expected == Expected::Allowed) {
            let full = room.rules_for(case).unwrap();
            let cleared = judge_case_by(&room, case, &full).unwrap();
            for table in cleared.tables() {
                let mut less = full.clone();
                less.tables.get_mut(table).unwrap().rule = None;
                let verdict = judge_case_by(&room, case, &less);
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
            let Ok(cleared) = judge_case_by(&room, case, &room.rules(stranger)) else {
                continue;
            };
            let demands = cleared.tables().any(|it| match &room.rules(stranger).tables[it].rule {
                Some(glovebox_model::Rule::Aggregation(rule)) => rule.join_required(),
                Some(glovebox_model::Rule::Custom(_) | glovebox_model::Rule::List(_)) | None => {
                    true
                }
            });
            assert!(!demands, "{} {}", path.display(), case.title);
        }
    }
}

/// Codes of a verdict about the text in the place of a case; none when allowed.
fn codes(room: &Room, case: &Case, sql: &str) -> Vec<Code> {
    let case = Case { sql: sql.to_owned(), ..case.clone() };
    judge_case(room, &case).err().into_iter().flatten().map(|it| it.code).collect()
}

/// Whether the rules of the room know nested queries.
fn has_custom_rules(room: &Room) -> bool {
    let kind = |it: &glovebox_model::Rule| it.kind() == RuleKind::Custom;
    room.tables().any(|(_, it)| it.rule.as_ref().is_some_and(kind))
}

/// Replaces whole words outside string literals.
fn renamed(text: &str, names: &BTreeMap<&str, &str>) -> String {
    let mut renamed = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let word = rest.get(..word.unwrap_or(rest.len())).unwrap();
        if word.is_empty() {
            let quoted = rest.strip_prefix('\'').and_then(|it| it.find('\'')).map(|it| it + 2);
            let first = rest.chars().next().unwrap().len_utf8();
            let (taken, left) = rest.split_at(quoted.unwrap_or(first));
            renamed.push_str(taken);
            rest = left;
        } else {
            let folded = word.to_ascii_lowercase();
            renamed.push_str(names.get(folded.as_str()).copied().unwrap_or(word));
            rest = &rest[word.len()..];
        }
    }
    renamed
}

#[test]
fn renaming_tables_and_aliases_never_changes_a_verdict() {
    let names = BTreeMap::from([
        ("sales", "zz_mine"),
        ("returns", "aa_theirs"),
        ("panel", "mm"),
        ("s", "z9"),
        ("r", "sales"),
        ("p", "q"),
        ("crm", "their_list"),
        ("seg", "crm2"),
        ("third", "seg"),
        ("c", "g"),
        ("g", "c"),
    ]);
    let mut n_compared = 0;
    for (path, (_, room)) in rooms() {
        let folder = path.parent().unwrap().file_name().unwrap();
        if folder == "sql" || path.ends_with("attacks/alias_smuggling.room") {
            continue; // the names are the point
        }
        let mut names = names.clone();
        for (_, table) in room.tables() {
            for column in table.columns.iter().chain(&table.hidden) {
                names.remove(column.name.as_str());
            }
        }
        let mut other = room.clone();
        for table in other.members.iter_mut().flat_map(|it| &mut it.tables) {
            if let Some(name) = names.get(table.name.as_str()) {
                table.name = TableName::new(name).unwrap();
            }
        }
        for case in &room.cases {
            let sql = renamed(&case.sql, &names);
            let (one, two) = (codes(&room, case, &case.sql), codes(&other, case, &sql));
            assert_eq!(one, two, "{} {}\n{sql}", path.display(), case.title);
            n_compared += 1;
        }
    }
    assert!(n_compared > 400);
}

#[test]
fn wrapping_never_turns_a_no_into_a_yes() {
    for (path, (_, room)) in rooms() {
        for case in &room.cases {
            let sql = case.sql.trim_end_matches(';');
            let wraps = [
                format!("WITH w AS ({sql}) SELECT * FROM w"),
                format!("SELECT * FROM ({sql}) AS w"),
                format!("SELECT DISTINCT * FROM ({sql}) AS w"),
                format!("{sql} UNION {sql}"),
            ];
            let custom = has_custom_rules(&room);
            for wrapped in wraps {
                let allows = case.expected == Expected::Allowed && custom;
                // Rows of people made distinct are groups, which a threshold can let pass.
                let groups = wrapped.starts_with("SELECT DISTINCT") && custom;
                assert!(
                    allows || groups || !codes(&room, case, &wrapped).is_empty(),
                    "{} {wrapped}",
                    path.display()
                );
            }
            if case.expected != Expected::Allowed {
                let twice = format!("({sql})");
                assert!(!codes(&room, case, &twice).is_empty(), "{} {twice}", path.display());
            }
        }
    }
}

#[test]
fn turning_the_sides_of_an_equality_never_changes_a_verdict() {
    for (path, (_, room)) in rooms() {
        for case in room.cases.iter().filter(|it| it.expected == Expected::Allowed) {
            let sql = case.sql.replace(';', " ;");
            let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
            let Some((head, tail)) = sql.split_once(" ON ") else { continue };
            if sql.contains("--") || sql.contains("JOIN (") || tail.starts_with('(') {
                continue; // a comment would swallow the rest, a parenthesis the second side
            }
            let words: Vec<&str> = tail.splitn(4, ' ').collect();
            if let [one, "=", other, rest] = words.as_slice() {
                let turned = format!("{head} ON {other} = {one} {rest}");
                assert_eq!(codes(&room, case, &turned), [], "{} {turned}", path.display());
            }
        }
    }
}

#[test]
fn a_hidden_column_and_a_made_up_one_are_refused_in_the_same_words() {
    let text = include_str!("../../../../corpus/attacks/hidden_columns.room");
    let room = glovebox_fixture::parse(text).unwrap();
    let mut n_compared = 0;
    for case in room.cases.iter().filter(|it| it.sql.contains("producttype")) {
        let made_up = case.sql.replace("producttype", "producttypo");
        let hidden = judge(&room, &case.sql).unwrap_err();
        let unknown = judge(&room, &made_up).unwrap_err();
        let shown = |findings: &[Finding]| format!("{findings:#?}");
        assert_eq!(
            shown(&hidden).replace("producttype", "producttypo"),
            shown(&unknown),
            "{}",
            case.sql
        );
        n_compared += 1;
    }
    assert!(n_compared >= 5);
}

#[test]
fn two_associations_of_one_configured_table_are_the_same_table() {
    let room = glovebox_fixture::parse(
        "member runner can query
           table mine (h text, n int)
           rule aggregation aggregate sum(n) join h threshold h 2
         member partner
           table one (h text, n int)
           rule aggregation aggregate sum(n) join h required threshold h 2
           table two (h text, n int)
           rule aggregation aggregate sum(n) join h required threshold h 2",
    )
    .unwrap();
    let sql = "SELECT SUM(one.n) FROM mine JOIN one ON mine.h = one.h JOIN two ON one.h = two.h";
    let mut rules = room.rules(room.runner().unwrap().account);
    assert!(judge_by(&room.schema(), &rules, sql).is_ok());
    for name in ["one", "two"] {
        let table = rules.tables.get_mut(&TableName::new(name).unwrap()).unwrap();
        table.configured_table = Some(Id::from_random([7; 16]));
    }
    let refused = judge_by(&room.schema(), &rules, sql).unwrap_err();
    assert_eq!(refused.iter().map(|it| it.code).collect::<Vec<_>>(), [Code(115)]);
}

#[test]
fn a_cleared_query_prints_nothing_and_names_its_rules() {
    let text = include_str!("../../../../corpus/standard.room");
    let room = glovebox_fixture::parse(text).unwrap();
    let sql = "SELECT r.state AS \"St\", SUM(r.returned) FROM sales s JOIN returns r \
               ON s.hashedemail = r.hashedemail WHERE r.state = 'secret' GROUP BY r.state";
    let cleared = judge(&room, sql).unwrap();
    assert_eq!(format!("{cleared:?}"), "Cleared");
    assert_eq!(cleared.output_names(), ["St", "sum(returned)"]);
    let tables: Vec<&str> = cleared.tables().map(TableName::as_str).collect();
    assert_eq!(tables, ["returns", "sales"]);
    let places: Vec<usize> = cleared.guards().iter().map(|it| it.output_index).collect();
    assert_eq!(places, [2, 3, 4]);
    assert_eq!(cleared.plan().schema().fields().len(), 5);
}

#[test]
fn the_cleared_plan_holds_its_thresholds_below_the_users_having() {
    let text = include_str!("../../../../corpus/standard.room");
    let room = glovebox_fixture::parse(text).unwrap();
    let sql = "SELECT r.state, SUM(r.returned) FROM sales s JOIN returns r \
               ON s.hashedemail = r.hashedemail WHERE r.productline = 'tv' \
               GROUP BY r.state HAVING SUM(r.returned) > 10 ORDER BY 2";
    let plan = judge(&room, sql).unwrap().plan().display_indent().to_string();
    expect![[r#"
        Sort: sum(returned) ASC NULLS FIRST
          Projection: r.state, sum(r.returned) AS sum(returned), __gb_guard_0, __gb_guard_1, __gb_guard_2
            Filter: __gb_normal(sum(r.returned)) > Float64(10)
              Filter: __gb_guard_0 >= Int64(2) AND __gb_guard_1 >= Int64(100) AND __gb_guard_2 >= Int64(2)
                Aggregate: groupBy=[[r.state]], aggr=[[sum(r.returned), count(DISTINCT s.hashedemail) AS __gb_guard_0, count(DISTINCT r.hashedemail) AS __gb_guard_1, count(DISTINCT r.producttype) AS __gb_guard_2]]
                  Filter: r.productline = Utf8("tv")
                    Inner Join:  Filter: s.hashedemail = r.hashedemail
                      SubqueryAlias: s
                        TableScan: sales
                      SubqueryAlias: r
                        TableScan: returns"#]].assert_eq(&plan);
}

#[test]
fn a_flood_of_faults_is_cut() {
    let text = include_str!("../../../../corpus/standard.room");
    let room = glovebox_fixture::parse(text).unwrap();
    let items: Vec<String> = (0..400).map(|it| format!("hashedemail AS c{it}")).collect();
    let sql = format!("SELECT {}, SUM(purchases) FROM sales GROUP BY hashedemail", items.join(","));
    let refused = judge(&room, &sql).unwrap_err();
    assert_eq!(refused.len(), 100);
    assert!(Finding::message(&refused, &sql).len() <= Finding::MAX_MESSAGE_BYTES);
}
