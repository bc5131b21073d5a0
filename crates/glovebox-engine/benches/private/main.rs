//! One private query over large tables, beside the same SQL in plain DataFusion: what bounding
//! and noise cost. Part of `cargo xtask bench private`, which makes the tables.
//!
//! `private FOLDER QUERY`: one measurement of each as JSON, in seconds. `private list`: the names.
//! `private accuracy FOLDER RUNS`: errors and coverage of many releases of one small query.

mod accuracy;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use glovebox_catalog::TableLocation;
use glovebox_engine::{Engine, EngineConfig, Input, Limits, cancel};
use glovebox_fixture::{Room, parse};
use glovebox_model::{Accountant, AutoRefresh, Id, PrivacyTerms, TableName, Timestamp};
use glovebox_policy::clear;
use glovebox_privacy::{
    Draw, Priced, Reserved, ResultFile, SampleKey, SecureDraw, SecureNoise, Terms, price, release,
};
use glovebox_sql::bind;

/// Of the reference: bounds 0 to 120, four rows of a person in a group.
const ROOM: &str = r#"
member runner can query, can receive
  table adv (uid text, segment text)
  rule custom any query by runner
member owner
  table pub (uid text, campaign text, amount bigint)
  rule custom any query by runner user uid
    bounds amount 0 to 120
    groups per user GROUPS rows per group 4
"#;

const TABLES: [&str; 2] = ["adv", "pub"];
const PARTITIONS: usize = 2;

/// Name, groups of one person, text.
const QUERIES: [(&str, u32, &str); 3] = [
    (
        "join by segment, 1 group of a person",
        1,
        "SELECT a.segment, COUNT(DISTINCT p.uid) AS users, COUNT(*) AS n, SUM(p.amount) AS total \
         FROM pub p JOIN adv a ON p.uid = a.uid GROUP BY a.segment",
    ),
    (
        "join by campaign, 3 groups of a person",
        3,
        "SELECT p.campaign, COUNT(DISTINCT p.uid) AS users, COUNT(*) AS n, SUM(p.amount) AS total \
         FROM pub p JOIN adv a ON p.uid = a.uid GROUP BY p.campaign",
    ),
    (
        "one table by campaign, 3 groups of a person",
        3,
        "SELECT p.campaign, COUNT(DISTINCT p.uid) AS users, COUNT(*) AS n, SUM(p.amount) AS total \
         FROM pub p GROUP BY p.campaign",
    ),
];

type Fault = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    // `cargo bench` puts `--bench` behind.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    let outcome = match arguments.as_slice() {
        [] => Ok(()),
        [word] if word == "list" => {
            QUERIES.iter().for_each(|(name, _, sql)| println!("{name}\t{sql}"));
            Ok(())
        }
        [word, folder, runs] if word == "accuracy" => errors(Path::new(folder), runs),
        [folder, name] => measured(Path::new(folder), name),
        _ => Err("usage: private FOLDER QUERY | list | accuracy FOLDER RUNS".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Fault> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(PARTITIONS).enable_all().build()?)
}

fn errors(folder: &Path, runs: &str) -> Result<(), Fault> {
    runtime()?.block_on(accuracy::measured(folder, runs.parse()?))
}

fn measured(folder: &Path, name: &str) -> Result<(), Fault> {
    let found = QUERIES.iter().find(|it| it.0 == name);
    let &(_, groups, sql) = found.ok_or("there is no such query: see `private list`")?;
    let runtime = runtime()?;
    let (raw, n_raw) = runtime.block_on(raw(folder, sql))?;
    let scene = Scene::new(folder, groups)?;
    let (ours, batches) = runtime.block_on(scene.answer(sql, false, &mut SecureDraw::new()?))?;
    let (raw, ours) = (raw.as_secs_f64(), ours.as_secs_f64());
    let n_ours: usize = batches.iter().map(RecordBatch::num_rows).sum();
    println!(
        "{{\"datafusion\": {raw}, \"glovebox\": {ours}, \"rows\": {n_raw}, \"released\": {n_ours}}}"
    );
    Ok(())
}

/// The time of plain DataFusion, and how many rows came out.
async fn raw(folder: &Path, sql: &str) -> Result<(Duration, usize), Fault> {
    let config = SessionConfig::new().with_target_partitions(PARTITIONS);
    let context = SessionContext::new_with_config(config);
    for table in TABLES {
        let path = folder.join(format!("tables/db/{table}.parquet"));
        let path = path.to_str().ok_or("the folder's name is not text")?;
        context.register_parquet(table, path, ParquetReadOptions::default()).await?;
    }
    let started = Instant::now();
    let batches = context.sql(sql).await?.collect().await?;
    Ok((started.elapsed(), batches.iter().map(RecordBatch::num_rows).sum()))
}

/// Tables in a folder, and who owns them.
struct Scene {
    room: Room,
    engine: Engine,
    inputs: Vec<Input>,
}

impl Scene {
    /// `groups`: to how many groups one person contributes.
    fn new(folder: &Path, groups: u32) -> Result<Self, Fault> {
        let room = parse(&ROOM.replace("GROUPS", &groups.to_string()))
            .map_err(|it| format!("the room of this bench: {it:?}"))?;
        let mut config = EngineConfig::new(folder.to_owned());
        (config.partitions, config.memory_bytes) = (PARTITIONS, 8 << 30);
        let inputs = inputs(folder, &room)?;
        Ok(Self { room, engine: Engine::new(config)?, inputs })
    }

    /// The time from the text of a query to its noisy rows, and the rows.
    async fn answer(
        &self,
        sql: &str,
        intervals: bool,
        draw: &mut dyn Draw,
    ) -> Result<(Duration, Vec<RecordBatch>), Fault> {
        let query = Id::from_random([1; 16]);
        let limits =
            Limits { wall: Duration::from_secs(900), result_rows: 1 << 20, result_bytes: 64 << 20 };
        let (_canceller, cancel) = cancel();
        let key = SampleKey::fresh(&mut SecureNoise)?;
        let started = Instant::now();
        let priced = priced(&self.room, sql)?;
        let priced = if intervals { priced.with_intervals() } else { priced };
        #[expect(clippy::disallowed_methods, reason = "this bench stands in for the store")]
        let reserved = Reserved::assertion(priced);
        let inputs = self.inputs.clone();
        let executed = self.engine.execute(reserved, query, inputs, &limits, (&cancel, key)).await;
        let executed = executed.map_err(|it| format!("{:?}", it.cause))?;
        let finished = self.engine.finish(release(executed, draw)?, query).await;
        let finished = finished.map_err(|it| format!("{:?}", it.cause))?;
        let mut rows = Vec::new();
        let encoded = finished.encode(query, |_, batches| {
            rows = batches.to_vec();
            Ok::<Vec<ResultFile>, Fault>(Vec::new())
        });
        drop(encoded?);
        Ok((started.elapsed(), rows))
    }
}

fn priced(room: &Room, sql: &str) -> Result<Priced, Fault> {
    let runner = room.runner().ok_or("nobody runs")?.account;
    let rules = room.rules(runner);
    let bound = bind(sql, &room.schema(), Timestamp::from_millis(0))
        .map_err(|it| format!("the text does not bind: {it:?}"))?;
    let owner = rules.tables.get(&TableName::new("pub")?).ok_or("no table")?.owner;
    let budget = PrivacyTerms {
        epsilon: 10,
        users_noise: 30,
        auto_refresh: AutoRefresh::None,
        accountant: Accountant::Zcdp,
        delta_atto: 1_000_000_000_000,
    };
    let terms = Terms { budgets: BTreeMap::from([(owner, budget)]) };
    let cleared = clear(bound, &rules).map_err(|it| format!("refused: {it:?}"))?;
    Ok(price(cleared, &terms).map_err(|it| format!("has no price: {it:?}"))?)
}

fn inputs(folder: &Path, room: &Room) -> Result<Vec<Input>, Fault> {
    let schema = room.schema();
    let input = |name: &str| {
        let table = TableName::new(name)?;
        let root = folder.join("tables");
        let location = TableLocation::folder(root, "db", name);
        let columns = schema.tables.get(&table).ok_or("no table")?.columns.clone();
        Ok(Input { table, location, columns })
    };
    TABLES.into_iter().map(input).collect()
}
