//! The same SQL in plain DataFusion over the same store.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::config::ConfigOptions;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::optimizer::optimizer::Optimizer;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::collect;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use glovebox_engine::unhoused::{Technique, lean as lean_plan, planner};
use object_store::aws::AmazonS3Builder;
use url::Url;

use crate::{Fault, KEYS, REGION};

/// As `serve` gives a query on two cores.
pub(crate) const PARTITIONS: usize = 2;
/// Without a limit: its hash joins do not spill.
const MEMORY_BYTES: usize = 1 << 40;

/// The tables of the bench: name, and the bucket of its owner.
const TABLES: [(&str, &str); 2] = [("pub", "publisher"), ("adv", "advertiser")];

/// Rules that the house does without (`session.rs` of the engine says why).
const BANNED: [&str; 3] =
    ["single_distinct_aggregation_to_group_by", "FilterPushdown", "FilterPushdown(Post)"];

/// Where the tables lie.
pub(crate) enum Tables<'a> {
    /// In the buckets of the bench's own S3 server, at this URL.
    S3(&'a str),
    /// Each in a folder of its name.
    Folder(&'a Path),
}

/// The time from nothing known of the tables to all rows; `options` are those of the `engine`,
/// these with a plan made `lean`, the same without one technique (`lean-marks`), or DataFusion's
/// `own`.
pub(crate) async fn measured(tables: &Tables<'_>, options: &str, sql: &str) -> Result<(), Fault> {
    let started = Instant::now();
    let lean = techniques(options)?;
    let context = match options {
        _ if options == "engine" || lean.is_some() => context(as_engine(lean.is_some()), &BANNED)?,
        "own" => {
            let config = SessionConfig::new().with_target_partitions(PARTITIONS);
            context(config, &[])?
        }
        _ => return Err("OPTIONS is `engine`, `lean`, `lean-TECHNIQUE` or `own`".into()),
    };
    match tables {
        Tables::S3(url) => from_s3(&context, url).await?,
        Tables::Folder(folder) => from_folder(&context, folder).await?,
    }
    let frame = context.sql(sql).await?;
    let batches = match lean {
        None => frame.collect().await?,
        Some(techniques) => {
            let state = context.state();
            let plan = lean_plan(state.optimize(frame.logical_plan())?, &techniques);
            let plan = state.query_planner().create_physical_plan(&plan, &state).await?;
            collect(plan, context.task_ctx()).await?
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    let rows = rows(&batches)?;
    println!("{{\"seconds\": {seconds}, \"rows\": [{}]}}", rows.join(", "));
    Ok(())
}

/// What plans are made lean by; `None` if they are not.
fn techniques(options: &str) -> Result<Option<Vec<Technique>>, Fault> {
    let Some(left_out) = options.strip_prefix("lean") else { return Ok(None) };
    let left_out = match left_out {
        "" => None,
        "-fingerprints" => Some(Technique::Fingerprints),
        "-equal" => Some(Technique::Equal),
        "-marks" => Some(Technique::Marks),
        "-minimums" => Some(Technique::Minimums),
        _ => return Err("TECHNIQUE is `fingerprints`, `equal`, `marks` or `minimums`".into()),
    };
    Ok(Some(Technique::ALL.into_iter().filter(|it| Some(*it) != left_out).collect()))
}

async fn from_s3(context: &SessionContext, url: &str) -> Result<(), Fault> {
    for (table, bucket) in TABLES {
        let store = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(REGION)
            .with_endpoint(url)
            .with_allow_http(true)
            .with_access_key_id(KEYS.0)
            .with_secret_access_key(KEYS.1)
            .build()?;
        let root = Url::parse(&format!("s3://{bucket}"))?;
        context.register_object_store(&root, Arc::new(store));
        let options = ParquetReadOptions::default();
        context.register_parquet(table, format!("{root}/db/{table}/"), options).await?;
    }
    Ok(())
}

async fn from_folder(context: &SessionContext, folder: &Path) -> Result<(), Fault> {
    for table in std::fs::read_dir(folder)? {
        let table = table?;
        let name = table.file_name().to_string_lossy().into_owned();
        let path = format!("{}/", table.path().display());
        context.register_parquet(name, path, ParquetReadOptions::default()).await?;
    }
    Ok(())
}

fn context(config: SessionConfig, banned: &[&str]) -> Result<SessionContext, Fault> {
    let pool = Arc::new(FairSpillPool::new(MEMORY_BYTES));
    let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc()?;
    let mut logical = Optimizer::new().rules;
    logical.retain(|it| !banned.contains(&it.name()));
    let mut physical = PhysicalOptimizer::new().rules;
    physical.retain(|it| !banned.contains(&it.name()));
    let state = SessionStateBuilder::new()
        .with_default_features()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_optimizer_rules(logical)
        .with_query_planner(planner())
        .with_physical_optimizer_rules(physical)
        .build();
    Ok(SessionContext::new_with_state(state))
}

/// Plans are made lean over text as the house's scans give it.
fn as_engine(is_lean: bool) -> SessionConfig {
    let mut options = ConfigOptions::new();
    options.execution.parquet.schema_force_view_types = !is_lean;
    options.execution.target_partitions = PARTITIONS;
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    SessionConfig::from(options)
}

/// Each row as a JSON string, its values with commas between them: what the house delivers as CSV.
fn rows(batches: &[RecordBatch]) -> Result<Vec<String>, Fault> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let cells: Result<Vec<String>, _> =
                batch.columns().iter().map(|it| array_value_to_string(it, row)).collect();
            rows.push(format!("\"{}\"", cells?.join(",")));
        }
    }
    Ok(rows)
}
