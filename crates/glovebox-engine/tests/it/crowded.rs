//! The attack by ninety-nine known members and one target for each group, stopped before any row
//! of the other member is read.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use glovebox_catalog::ReadRecorder;
use glovebox_engine::{Cause, Failed};
use glovebox_model::{Extension, QueryErrorCode, TableName};
use glovebox_privacy::{Executed, SecureDraw, release};

use crate::house::{BRAND, House, SELLER, house};

const BY_SEGMENT: &str = "SELECT segment, SUM(amount) AS total FROM orders \
     JOIN audience ON orders.person = audience.person GROUP BY segment";

/// A hundred people of the seller's with one order each.
fn orders() -> String {
    let rows = (0..100).map(|it| format!("p{it},eu,{it}\n"));
    format!("person,region,amount\n{}", rows.collect::<String>())
}

/// Three groups: the same ninety-seven people, and in each one more.
fn crafted() -> String {
    let mut text = String::from("person,segment\n");
    for group in 0..3 {
        (0..97).for_each(|it| text.push_str(&format!("p{it},g{group}\n")));
        text.push_str(&format!("p{},g{group}\n", 97 + group));
    }
    text
}

/// One segment for each person, some people twice.
fn honest() -> String {
    let rows = (0..120).map(|it| format!("p{},s{}\n", it % 100, it % 4));
    format!("person,segment\n{}", rows.collect::<String>())
}

fn most(limit: u32) -> Extension {
    Extension { max_groups_per_identity: Some(limit), ..Extension::default() }
}

/// Runs with a recorder; what was read of each table, as file names.
async fn run(house: &mut House, sql: &str, seller: Extension) -> (Outcome, BTreeSet<String>) {
    let recorder = Arc::new(Recorded::default());
    house.config.recorder = Some(recorder.clone());
    let outcome = house.run(house.reserved_with(sql, seller), house.inputs()).await;
    let seen = recorder.0.lock().unwrap().clone();
    (outcome, seen)
}

type Outcome = Result<Executed, Failed>;

#[derive(Debug, Default)]
struct Recorded(Mutex<BTreeSet<String>>);

impl ReadRecorder for Recorded {
    fn read(&self, path: &str, _offset: u64, _length: u64) {
        self.0.lock().unwrap().insert(path.to_owned());
    }
}

fn failed(outcome: Outcome) -> Failed {
    match outcome {
        Ok(_) => panic!("it was executed"),
        Err(failed) => failed,
    }
}

#[tokio::test]
async fn a_key_in_three_groups_stops_the_query_before_the_other_table_is_opened() {
    let mut house = house(&orders(), &crafted());
    for limit in [1, 2] {
        let (outcome, seen) = run(&mut house, BY_SEGMENT, most(limit)).await;
        let failed = failed(outcome);
        let audience = TableName::new("audience").unwrap();
        let expected = |it: &Cause| matches!(it, Cause::Crowded { table, limit: it } if *table == audience && *it == limit);
        assert!(expected(&failed.cause), "{:?}", failed.cause);
        let told = failed.analyst();
        assert_eq!(told.code, QueryErrorCode::MalformedQuery);
        assert!(told.message.starts_with("GB0098 a key of your table `audience`"), "{told:?}");
        assert!(failed.owner_detail().is_none());
        assert!(seen.iter().all(|it| it.contains("audience")) && !seen.is_empty(), "{seen:?}");
    }
    for extension in [most(3), Extension::default()] {
        let (outcome, seen) = run(&mut house, BY_SEGMENT, extension).await;
        assert!(outcome.is_ok() && seen.iter().any(|it| it.contains("orders")), "{seen:?}");
    }
}

#[tokio::test]
async fn an_honest_query_runs_under_the_least_limit() {
    let mut house = house(&orders(), &honest());
    let (outcome, _) = run(&mut house, BY_SEGMENT, most(1)).await;
    assert!(release(outcome.unwrap(), &mut SecureDraw::new().unwrap()).is_ok());
    // Copies of rows are no further groups, and both controls go together.
    let both = Extension { distinct_runner_rows: true, ..most(1) };
    let (outcome, _) = run(&mut house, BY_SEGMENT, both).await;
    assert!(outcome.is_ok());
}

#[tokio::test]
async fn people_without_a_key_crowd_nothing_and_no_group_is_a_group() {
    let text = "person,segment\n,a\n,b\n,c\np1,\np2,\np3,a\np4,a\n";
    let mut house = house(&orders(), text);
    let (outcome, _) = run(&mut house, BY_SEGMENT, most(1)).await;
    assert!(outcome.is_ok());
    std::fs::write(house.table(BRAND, "audience.csv"), "person,segment\np1,\np1,a\n").unwrap();
    let (outcome, _) = run(&mut house, BY_SEGMENT, most(1)).await;
    assert!(matches!(failed(outcome).cause, Cause::Crowded { .. }));
}

#[tokio::test]
async fn the_filters_of_the_query_do_not_hide_a_crowded_key() {
    let mut house = house(&orders(), &crafted());
    let sql = "SELECT segment, SUM(amount) AS total FROM orders JOIN audience \
               ON orders.person = audience.person WHERE segment = 'g1' GROUP BY segment";
    let (outcome, _) = run(&mut house, sql, most(1)).await;
    assert!(matches!(failed(outcome).cause, Cause::Crowded { .. }));
}

/// Changes the table when it is read for the first time.
#[derive(Debug)]
struct Swap(std::path::PathBuf, Mutex<bool>);

impl ReadRecorder for Swap {
    fn read(&self, path: &str, _offset: u64, _length: u64) {
        let mut done = self.1.lock().unwrap();
        if path.contains("audience") && !*done {
            std::fs::write(&self.0, crafted()).unwrap();
            *done = true;
        }
    }
}

#[tokio::test]
async fn another_table_after_the_check_is_not_read() {
    let mut house = house(&orders(), &honest());
    let path = house.table(BRAND, "audience.csv");
    house.config.recorder = Some(Arc::new(Swap(path, Mutex::new(false))));
    let outcome = house.run(house.reserved_with(BY_SEGMENT, most(1)), house.inputs()).await;
    let cause = failed(outcome).cause;
    let changed = matches!(cause, Cause::Changed | Cause::Source { .. } | Cause::Crowded { .. });
    assert!(changed, "{cause:?}");
    assert!(house.table(SELLER, "orders.csv").exists());
}
