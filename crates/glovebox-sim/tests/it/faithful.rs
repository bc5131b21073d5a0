//! `faithful`: what the engine answers is what the oracle answers.

use glovebox_policy::clear;
use glovebox_sim::generate::{Names, Query, Random, Room, loose, print, ruled};
use glovebox_sim::oracle::{self, Value};
use glovebox_sql::bind;
use glovebox_sql::rewrite;

use crate::cases;
use crate::engine::{Engine, missing, now};

/// Panics with everything that is needed to see why when the answers differ.
fn compare(
    seed: u64,
    text: &str,
    query: &Query,
    room: &Room,
    found: &[Vec<Value>],
    by: &[Vec<Value>],
) {
    let limit = query.limit.unwrap_or(usize::MAX);
    let extra = missing(found, by);
    let lost = if query.limit.is_none() { missing(by, found) } else { Vec::new() };
    let enough = found.len() == by.len().min(limit);
    let ordered = found.windows(2).all(|pair| oracle::compare(query, &pair[0], &pair[1]).is_le());
    if extra.is_empty() && lost.is_empty() && enough && ordered {
        return;
    }
    let tables: Vec<String> = query
        .scans
        .iter()
        .map(|it| {
            let table = &room.tables[*it];
            let rows: Vec<String> = table.rows.iter().map(|it| format!("    {it:?}")).collect();
            let columns: Vec<String> =
                table.columns.iter().map(|it| format!("{} {:?}", it.name, it.kind)).collect();
            format!("  {} ({})\n{}", table.name, columns.join(", "), rows.join("\n"))
        })
        .collect();
    panic!(
        "seed {seed}\n{text}\n{}\nonly the engine: {extra:?}\nonly the oracle: {lost:?}\n\
         {} rows, not {}; in order: {ordered}",
        tables.join("\n"),
        found.len(),
        by.len()
    );
}

#[test]
fn faithful_the_engine_answers_cleared_queries_as_the_oracle_does() {
    let engine = Engine::new();
    let (total, mut accepted, mut answered) = (cases(200), 0, 0);
    let mut refused = std::collections::BTreeMap::<String, u64>::new();
    for seed in 0..total {
        let mut random = Random::new(seed);
        let room = Room::random(&mut random);
        let query = ruled(&mut random, &room);
        let text = print(&query, &room, &Names::default());
        let bound = bind(&text, &room.schema(), now())
            .unwrap_or_else(|faults| panic!("seed {seed}\n{text}\n{faults:?}"));
        let cleared = match clear(bound, &room.rules()) {
            Ok(cleared) => cleared,
            Err(refusals) => {
                assert_eq!(refusals.internal(), None, "seed {seed}\n{text}");
                for finding in refusals.findings() {
                    *refused.entry(format!("{} {}", finding.code, finding.title)).or_default() += 1;
                }
                continue;
            }
        };
        let found = engine.rows(cleared.plan(), &room, query.items.len());
        let by = oracle::answer(&query, &room, true);
        compare(seed, &text, &query, &room, &found, &by);
        accepted += 1;
        answered += u64::from(!found.is_empty());
    }
    println!("{total} queries: {accepted} accepted, {answered} with rows; refused: {refused:?}");
    assert!(answered * 10 >= total * 3, "only {answered} of {total} were accepted with rows");
}

#[test]
fn faithful_the_engine_means_what_the_oracle_means_beyond_any_rule() {
    let engine = Engine::new();
    let (total, mut answered) = (cases(250), 0);
    for seed in 0..total {
        let mut random = Random::new(1_000_000 + seed);
        let room = Room::random(&mut random);
        let query = loose(&mut random, &room);
        let text = print(&query, &room, &Names::default());
        let bound = bind(&text, &room.schema(), now())
            .unwrap_or_else(|faults| panic!("seed {seed}\n{text}\n{faults:?}"));
        let plan = bound.into_total().unwrap_or_else(|it| panic!("seed {seed}\n{text}\n{it}"));
        if seed % 5 == 0 {
            assert!(engine.adds_no_cast(plan.plan()), "seed {seed}\n{text}");
            let again = rewrite::total(plan.plan().clone(), now()).unwrap();
            assert_eq!(&again, plan.plan(), "a second run changes nothing\nseed {seed}\n{text}");
        }
        let found = engine.rows(plan.plan(), &room, query.items.len());
        let by = oracle::answer(&query, &room, false);
        compare(seed, &text, &query, &room, &found, &by);
        answered += u64::from(!found.is_empty());
    }
    println!("{total} queries: {answered} with rows");
    assert!(answered * 2 >= total, "only {answered} of {total} gave rows");
}
