//! The same question in other words: wrapping, renaming and reordering never turn a refusal of
//! a custom rule into an allowance, in either mode.

use std::fmt::Write as _;

use glovebox_fixture::{Case, Expected, Room, Table};
use glovebox_model::{Mode, RuleKind};

use crate::corpus::rooms;
use crate::room::judge_case;

/// Every query that a room with custom rules only refuses, in one mode, in other words.
fn stays_refused(mode: Mode, reword: impl Fn(&Room, &str) -> Option<String>) -> usize {
    let mut n_compared = 0;
    for (path, (_, room)) in rooms() {
        let custom =
            |it: &Table| it.rule.as_ref().is_none_or(|rule| rule.kind() == RuleKind::Custom);
        if !room.tables().all(|(_, it)| custom(it)) {
            continue;
        }
        let room = if mode == Mode::Aws { room.in_mode(mode) } else { room };
        for case in &room.cases {
            // Two statements would become one.
            if case.expected_in(mode) == &Expected::Allowed || case.sql.contains(';') {
                continue;
            }
            let Some(sql) = reword(&room, &case.sql) else { continue };
            let reworded = Case { sql, ..case.clone() };
            let verdict = judge_case(&room, &reworded);
            let name = path.file_name().unwrap().display();
            assert!(verdict.is_err(), "{name}:{} in {mode:?}: {}", case.line, reworded.sql);
            n_compared += 1;
        }
    }
    n_compared
}

/// The query with these named queries before its own.
fn with(ctes: &[String], sql: &str) -> Option<String> {
    if ctes.is_empty() {
        return None;
    }
    let ctes = ctes.join(", ");
    let starts = sql.get(..5).is_some_and(|it| it.eq_ignore_ascii_case("with "));
    let rest =
        if starts { sql.get(5..).map(|it| format!(", {it}")) } else { Some(format!(" {sql}")) };
    rest.map(|rest| format!("WITH {ctes}{rest}"))
}

/// The tables that the text names.
fn named<'a>(room: &'a Room, sql: &'a str) -> impl Iterator<Item = &'a Table> {
    let words = |name: &str| {
        let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.any(|it| it.eq_ignore_ascii_case(name))
    };
    room.tables().map(|(_, it)| it).filter(move |it| words(it.name.as_str()))
}

fn columns(table: &Table) -> impl Iterator<Item = &str> {
    table.columns.iter().map(|it| it.name.as_str())
}

/// Each table behind a named query of its own name.
fn behind_named_queries(room: &Room, sql: &str) -> Option<String> {
    let ctes = named(room, sql).map(|it| format!("{0} AS (SELECT * FROM {0})", it.name));
    with(&ctes.collect::<Vec<_>>(), sql)
}

/// Each table with its columns renamed, and renamed back two queries above.
fn renamed_and_back(room: &Room, sql: &str) -> Option<String> {
    let mut ctes = Vec::new();
    for table in named(room, sql) {
        let (mut away, mut back) = (Vec::new(), Vec::new());
        for (index, column) in columns(table).enumerate() {
            away.push(format!("{column} AS other_{index}"));
            back.push(format!("other_{index} AS {column}"));
        }
        let (away, back, name) = (away.join(", "), back.join(", "), &table.name);
        ctes.push(format!("away_{name} AS (SELECT {away} FROM {name})"));
        ctes.push(format!("{name} AS (SELECT {back} FROM away_{name} AS x)"));
    }
    with(&ctes, sql)
}

/// Each table as one side of a union with nothing.
fn beside_nothing(room: &Room, sql: &str) -> Option<String> {
    let mut ctes = Vec::new();
    for table in named(room, sql) {
        let name = &table.name;
        let mut text = format!("{name} AS (SELECT * FROM {name} ");
        write!(text, "UNION ALL SELECT * FROM {name} WHERE FALSE)").unwrap();
        ctes.push(text);
    }
    with(&ctes, sql)
}

/// The whole query inside two others.
fn inside_two(_: &Room, sql: &str) -> Option<String> {
    Some(format!("WITH v AS (SELECT * FROM ({sql}) AS w) SELECT * FROM v AS u"))
}

/// The two sides of the first join exchanged; an outer join turns its direction.
fn joins_turned(_: &Room, sql: &str) -> Option<String> {
    let (head, tail) = sql.split_once(" FROM ")?;
    let words: Vec<&str> = tail.split_whitespace().collect();
    let at = words.iter().position(|it| it.eq_ignore_ascii_case("JOIN"))?;
    let kind = words.get(at.checked_sub(1)?)?.to_ascii_uppercase();
    let (kind, before) = match kind.as_str() {
        "LEFT" => ("RIGHT ", at - 1),
        "RIGHT" => ("LEFT ", at - 1),
        "FULL" => ("FULL ", at - 1),
        "CROSS" => ("CROSS ", at - 1),
        "INNER" => ("", at - 1),
        "ANTI" | "NATURAL" | "OUTER" | "SEMI" => return None,
        _ => ("", at),
    };
    let after = words.get(at + 1..)?;
    let n_second = after.iter().position(|it| {
        ["ON", "USING", "WHERE", "GROUP", "ORDER", "JOIN"].contains(&it.to_uppercase().as_str())
    })?;
    let (one, other) = (words.get(..before)?.join(" "), after.get(..n_second)?.join(" "));
    let simple = |it: &str| !it.contains(['(', ')', ',']) && !it.contains("--");
    if !simple(&one) || !simple(&other) || sql.contains("--") {
        return None;
    }
    let rest = after.get(n_second..)?.join(" ");
    Some(format!("{head} FROM {other} {kind}JOIN {one} {rest}"))
}

#[test]
fn tables_behind_named_queries_stay_refused() {
    assert!(stays_refused(Mode::Strict, behind_named_queries) > 300);
}

#[test]
fn tables_behind_named_queries_stay_refused_in_aws_mode() {
    assert!(stays_refused(Mode::Aws, behind_named_queries) > 150);
}

#[test]
fn renamed_columns_stay_refused() {
    assert!(stays_refused(Mode::Strict, renamed_and_back) > 300);
}

#[test]
fn renamed_columns_stay_refused_in_aws_mode() {
    assert!(stays_refused(Mode::Aws, renamed_and_back) > 150);
}

#[test]
fn tables_in_a_union_with_nothing_stay_refused() {
    assert!(stays_refused(Mode::Strict, beside_nothing) > 300);
}

#[test]
fn a_query_inside_two_others_stays_refused() {
    assert!(stays_refused(Mode::Strict, inside_two) > 300);
    assert!(stays_refused(Mode::Aws, inside_two) > 150);
}

#[test]
fn a_query_with_its_joins_turned_stays_refused() {
    assert!(stays_refused(Mode::Strict, joins_turned) > 40);
    // USING shows the column of the first table; that the second one's is equal is a hole of the
    // real service.
    let without_using = |room: &Room, sql: &str| {
        if sql.contains(" USING ") { None } else { joins_turned(room, sql) }
    };
    assert!(stays_refused(Mode::Aws, without_using) > 10);
}

/// A text at its limit is judged as the short one; one character more and it is not read.
#[test]
fn padding_up_to_the_limit_changes_no_verdict() {
    let text = include_str!("../../../../corpus/redteam/scoping.room");
    let room = glovebox_fixture::parse(text).unwrap();
    for allowed in [false, true] {
        let column = if allowed { "gender" } else { "age" };
        let short = format!("SELECT {column} FROM users");
        let spaces = |n: usize| format!("SELECT {column} FROM{}users", " ".repeat(n));
        let comment = |n: usize| format!("SELECT {column} /*{}*/ FROM users", "x".repeat(n));
        for padded in [&spaces as &dyn Fn(usize) -> String, &comment] {
            let n = glovebox_sql::MAX_CHARACTERS - padded(0).len();
            let longest = crate::room::judge(&room, &padded(n));
            assert_eq!(longest.is_ok(), allowed);
            assert_eq!(longest.is_ok(), crate::room::judge(&room, &short).is_ok());
            let beyond = crate::room::judge(&room, &padded(n + 1)).unwrap_err();
            assert_eq!(beyond[0].code, glovebox_model::Code(2));
        }
    }
}
