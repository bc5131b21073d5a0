//! Queries put together at random from parts that are known to be good or bad: a query is
//! allowed exactly if all of its parts are good, and every bad part is named.

use std::cell::Cell;
use std::collections::BTreeSet;

use glovebox_fixture::{Room, parse};
use glovebox_model::Code;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::room::judge;

/// A part of a query, and the code that must refuse it (0: it is good).
type Part = (&'static str, u16);

const AGGREGATES: [Part; 10] = [
    ("SUM(r.returned)", 0),
    ("AVG(r.returned)", 0),
    ("COUNT(DISTINCT r.hashedemail)", 0),
    ("COUNT(DISTINCT s.identifier)", 0),
    ("SUM(s.purchases)", 0),
    ("MAX(r.returned)", 106),
    ("COUNT(r.hashedemail)", 106),
    ("COUNT(*)", 107),
    ("SUM(r.returned + 1)", 107),
    ("SUM(r.returned) + 1", 102),
];

const GROUPS: [Part; 9] = [
    ("r.state", 0),
    ("s.demoseg", 0),
    ("UPPER(r.state)", 0),
    ("TRUNC(s.purchasedate)", 0),
    ("'x'", 0),
    ("r.hashedemail", 119),
    ("UPPER(s.demoseg)", 124),
    ("UPPER(LOWER(r.state))", 125),
    ("RTRIM(r.state, 'x')", 126),
];

const FILTERS: [Part; 12] = [
    ("r.state = 'NY'", 0),
    ("r.returndate > s.purchasedate", 0),
    ("UPPER(r.productline) LIKE 'T%'", 0),
    ("NOT (s.demoseg IN ('a', 'b') OR s.demoseg IS NULL)", 0),
    ("1 = 1", 0),
    ("s.productline BETWEEN 'a' AND 'b'", 0),
    ("r.hashedemail = 'x'", 117),
    ("r.returned > 5", 117),
    ("LOWER(s.demoseg) = 'x'", 124),
    ("r.state IS DISTINCT FROM 'NY'", 118),
    ("r.state IN (SELECT region FROM panel)", 128),
    ("CASE WHEN r.state = 'NY' THEN TRUE ELSE FALSE END", 129),
];

const HAVINGS: [Part; 7] = [
    ("SUM(r.returned) > 10", 0),
    ("5 >= COUNT(DISTINCT r.hashedemail)", 0),
    ("AVG(s.purchases) <> -1.5", 0),
    ("SUM(r.returned) > AVG(r.returned)", 121),
    ("SUM(r.returned) + 1 > 5", 121),
    ("MIN(r.returned) > 5", 106),
    ("NOT SUM(r.returned) > 5", 121),
];

const JOINS: [Part; 10] = [
    ("JOIN returns r ON s.hashedemail = r.hashedemail", 0),
    ("INNER JOIN returns r ON r.hashedemail = s.hashedemail", 0),
    (
        "JOIN panel p ON p.hashedemail = s.hashedemail JOIN returns r ON r.hashedemail = p.hashedemail",
        0,
    ),
    ("JOIN returns r ON s.hashedemail = r.hashedemail AND r.hashedemail = s.hashedemail", 0),
    ("LEFT JOIN returns r ON s.hashedemail = r.hashedemail", 111),
    ("JOIN returns r ON s.hashedemail = r.hashedemail AND r.state = 'NY'", 113),
    ("JOIN returns r ON s.hashedemail = r.state", 114),
    ("JOIN returns r ON s.hashedemail = s.hashedemail", 115),
    ("JOIN returns r ON s.hashedemail = r.hashedemail OR r.hashedemail = s.hashedemail", 116),
    ("CROSS JOIN returns r", 111),
];

const ENDS: [Part; 5] = [
    ("", 0),
    ("ORDER BY 1", 0),
    ("ORDER BY SUM(r.returned) DESC", 0),
    ("LIMIT 5", 127),
    ("ORDER BY SUM(r.returned) * 2", 122),
];

const OPERATORS: [&str; 2] = ["AND", "OR"];

/// Mostly good parts, so that whole queries are often good.
fn pick(parts: &[Part], index: Index, bad: bool) -> Part {
    let some: Vec<Part> = parts.iter().copied().filter(|it| bad || it.1 == 0).collect();
    some[index.index(some.len())]
}

#[derive(Debug)]
struct Assembled {
    sql: String,
    bad: BTreeSet<u16>,
}

fn parts() -> impl Strategy<Value = Vec<(Index, bool)>> {
    let one = (any::<Index>(), proptest::bool::weighted(0.15));
    proptest::collection::vec(one, 9)
}

prop_compose! {
    fn query()(
        parts in parts(),
        n_groups in 0..3_usize,
        n_filters in 0..3_usize,
        n_havings in 0..3_usize,
        operator in select(&OPERATORS[..]),
        by_number in any::<bool>(),
    ) -> Assembled {
        let take = |at: usize, from: &[Part]| pick(from, parts[at].0, parts[at].1);
        let aggregate = take(0, &AGGREGATES);
        let mut groups: Vec<Part> = (1..=n_groups).map(|it| take(it, &GROUPS)).collect();
        groups.sort();
        groups.dedup();
        let filters: Vec<Part> = (3..3 + n_filters).map(|it| take(it, &FILTERS)).collect();
        let havings: Vec<Part> = (5..5 + n_havings).map(|it| take(it, &HAVINGS)).collect();
        let join = take(7, &JOINS);
        let end = take(8, &ENDS);
        let mut items: Vec<String> = vec![format!("{} AS a0", aggregate.0)];
        let mut keys = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            items.push(format!("{} AS g{index}", group.0));
            keys.push(if by_number { (index + 2).to_string() } else { group.0.to_owned() });
        }
        let clause = |word: &str, parts: &[Part]| {
            let texts: Vec<&str> = parts.iter().map(|it| it.0).collect();
            if texts.is_empty() { String::new() } else {
                format!("{word} {}", texts.join(&format!(" {operator} ")))
            }
        };
        let by = if keys.is_empty() { String::new() } else {
            format!("GROUP BY {}", keys.join(", "))
        };
        let sql = format!(
            "SELECT {}\nFROM sales s {}\n{}\n{by}\n{}\n{}",
            items.join(", "), join.0, clause("WHERE", &filters), clause("HAVING", &havings), end.0,
        );
        let all = [vec![aggregate, join, end], groups, filters, havings].concat();
        let bad = all.into_iter().map(|it| it.1).filter(|it| *it != 0).collect();
        Assembled { sql, bad }
    }
}

fn room() -> Room {
    let mut text = include_str!("../../../../corpus/standard.room").to_owned();
    text.push_str(
        "member panelist table panel (hashedemail text, region text) rule aggregation \
         aggregate count(distinct hashedemail) join hashedemail dimension region \
         threshold hashedemail 50",
    );
    parse(&text).expect("the room is well-formed")
}

#[test]
fn a_query_is_allowed_exactly_if_all_its_parts_are() {
    let room = room();
    let (n_allowed, n_refused) = (Cell::new(0_u32), Cell::new(0_u32));
    let config = ProptestConfig { cases: 600, ..ProptestConfig::default() };
    let mut runner = proptest::test_runner::TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    runner
        .run(&query(), |Assembled { sql, bad }| {
            match judge(&room, &sql) {
                Ok(cleared) => {
                    n_allowed.set(n_allowed.get() + 1);
                    prop_assert!(bad.is_empty(), "allowed in spite of {:?}:\n{}", bad, sql);
                    prop_assert!(cleared.guards().len() >= 3, "{}", sql);
                }
                Err(findings) => {
                    n_refused.set(n_refused.get() + 1);
                    let found: BTreeSet<u16> = findings.iter().map(|it| it.code.0).collect();
                    prop_assert!(!bad.is_empty(), "refused though good: {:?}\n{}", findings, sql);
                    prop_assert!(bad.is_subset(&found), "{:?} of {:?}:\n{}", found, bad, sql);
                    prop_assert!(!findings.iter().any(|it| it.code == Code(99)), "{}", sql);
                }
            }
            Ok(())
        })
        .unwrap();
    let (n_allowed, n_refused) = (n_allowed.get(), n_refused.get());
    assert!(n_allowed > 150 && n_refused > 150, "{n_allowed} allowed, {n_refused} refused");
}
