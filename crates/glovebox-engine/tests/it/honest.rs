//! In how many of its own groups a key stands in queries that people really ask: what a limit would
//! cost. The rooms are in `corpus/honest`; the table is in the decision record.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use glovebox_catalog::TableLocation;
use glovebox_engine::{Cause, Engine, EngineConfig, Input};
use glovebox_fixture::{Case, Room, parse};
use glovebox_model::Timestamp;
use glovebox_policy::clear;
use glovebox_privacy::{Reserved, Terms, price};
use glovebox_sql::bind;
use tempfile::TempDir;

use crate::house::{limits, query, sample_key, uncancelled};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The tables of a room as files: the runner's own with its rows, those of others empty.
fn files(room: &Room) -> (TempDir, Vec<Input>) {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir_all(dir.path().join("tables/db")).unwrap();
    let runner = room.runner().unwrap().account;
    let mut inputs = Vec::new();
    for (member, table) in room.tables() {
        let name = table.name.as_str();
        let to = |ending: &str| dir.path().join(format!("tables/db/{name}.{ending}"));
        let real = root().join(format!("examples/airlines/data/{name}.parquet"));
        if member.account == runner && real.exists() {
            std::fs::copy(real, to("parquet")).unwrap();
        } else if member.account == runner {
            let made = root().join(format!("corpus/honest/data/{name}.csv"));
            std::fs::copy(made, to("csv")).unwrap();
        } else {
            let names: Vec<&str> = table.columns.iter().map(|it| it.name.as_str()).collect();
            std::fs::write(to("csv"), format!("{}\n", names.join(","))).unwrap();
        }
        let root = dir.path().join("tables");
        let location = TableLocation::folder(root, "db", name);
        let columns = table.columns.clone();
        inputs.push(Input { table: table.name.clone(), location, columns });
    }
    (dir, inputs)
}

/// Whether the query runs under that limit.
async fn runs(room: &Room, case: &Case, limit: u32, at: &(TempDir, Vec<Input>)) -> bool {
    let mut rules = room.rules_for(case).unwrap();
    for table in rules.tables.values_mut() {
        table.extension.max_groups_per_identity = Some(limit);
    }
    let bound = bind(&case.sql, &room.schema(), Timestamp::from_millis(0)).unwrap();
    let cleared = clear(bound, &rules).unwrap();
    let priced = price(cleared, &Terms::default()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "this test stands in for the store")]
    let reserved = Reserved::assertion(priced);
    let engine = Engine::new(EngineConfig::new(at.0.path().to_owned())).unwrap();
    let (_canceller, cancel) = uncancelled();
    match engine.execute(reserved, query(), at.1.clone(), &limits(), (&cancel, sample_key())).await
    {
        Ok(_) => true,
        Err(failed) => match failed.cause {
            Cause::Crowded { .. } => false,
            other => panic!("{}: {other:?}", case.title),
        },
    }
}

/// The least limit under which the query runs; `said` is what it was before.
async fn least(room: &Room, case: &Case, at: &(TempDir, Vec<Input>), said: Option<u32>) -> u32 {
    if let Some(said) = said
        && runs(room, case, said, at).await
        && (said == 1 || !runs(room, case, said - 1, at).await)
    {
        return said;
    }
    let mut most = 1;
    while !runs(room, case, most, at).await {
        most *= 2;
    }
    let mut too_few = most / 2;
    while too_few + 1 < most {
        let middle = u32::midpoint(too_few, most);
        if runs(room, case, middle, at).await {
            most = middle;
        } else {
            too_few = middle;
        }
    }
    most
}

#[tokio::test]
async fn what_a_limit_of_groups_per_key_would_cost_is_what_the_decision_says() {
    let path = root().join("docs/decisions/0011-groups-per-key.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut rooms = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("corpus/honest")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|it| it == "room") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            rooms.insert(name, parse(&std::fs::read_to_string(path).unwrap()).unwrap());
        }
    }
    let mut table =
        String::from("| room | query | groups of one key, at most | limit 1 | 2 | 5 |\n");
    table.push_str("|---|---|---|---|---|---|\n");
    let mut counts = [0; 4];
    for (name, room) in &rooms {
        let at = files(room);
        for case in &room.cases {
            let row = page.split_once(&format!("| {} | ", case.title)).map(|it| it.1);
            let said = row.and_then(|it| it.split(' ').next()?.parse().ok());
            let most = least(room, case, &at, said).await;
            let passes = [1, 2, 5].map(|it| most <= it);
            let words = passes.map(|it| if it { "yes" } else { "no" }).join(" | ");
            let _ = writeln!(table, "| {name} | {} | {most} | {words} |", case.title);
            counts[0] += 1;
            (0..3).for_each(|it| counts[it + 1] += usize::from(passes[it]));
        }
    }
    let [all, one, two, five] = counts;
    let _ = writeln!(table, "| | of {all} | | {one} | {two} | {five} |");
    println!("{table}");
    let start = page.find("| room | query |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap() + 1;
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECT") {
        std::fs::write(path, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
    } else {
        assert_eq!(&page[start..end], table, "UPDATE_EXPECT=1 writes it");
    }
}
