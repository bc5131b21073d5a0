//! One locked session per query: only its plan, no text, no names, no functions by name.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::config::ConfigOptions;
use datafusion::error::Result;
use datafusion::execution::SessionState;
use datafusion::execution::disk_manager::DiskManagerBuilder;
use datafusion::execution::memory_pool::{FairSpillPool, MemoryPool};
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::session_state::SessionStateBuilder;
use datafusion::optimizer::optimizer::Optimizer;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::SessionConfig;

use crate::cooperative::CooperativeJoins;
use crate::lean::Planner;
use crate::once::LeftOnce;
use crate::spill::EncryptedSpill;
use crate::unordered::{BEFORE, UnorderedMerges};

/// How operators use memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Hash joins, which are fast and do not spill.
    Hash,
    /// Sort-merge joins and the older aggregation, which do.
    Spilling,
}

/// Rules that take our aggregates for DataFusion's by their names: this one would compute a sum
/// beside one distinct aggregate as a sum of sums, each of which may be NULL by overflow.
const BANNED: [&str; 1] = ["single_distinct_aggregation_to_group_by"];

/// Physical rules that move a filter to the input that has a column *of that name*, which of two is
/// not always the one it is about (apache/datafusion#25259, mended after 55.2): rows would come that
/// the query filters out. Logical filters are pushed down before, by qualified names.
const BANNED_PHYSICAL: [&str; 2] = ["FilterPushdown", "FilterPushdown(Post)"];

/// What a session may take.
#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) memory_bytes: usize,
    pub(crate) spill_bytes: u64,
    pub(crate) spill_folder: PathBuf,
    pub(crate) partitions: usize,
}

/// A session without analyzer, tables, functions and object stores: it plans what it is given.
///
/// The plan was analysed when it was judged; analysing it again could add casts that fail.
pub(crate) fn session(share: &Share, profile: Profile) -> Result<SessionState> {
    let pool: Arc<dyn MemoryPool> = Arc::new(FairSpillPool::new(share.memory_bytes));
    let disk = DiskManagerBuilder::default().with_temp_file_factory(Arc::new(EncryptedSpill::new(
        share.spill_folder.clone(),
        share.spill_bytes,
    )));
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(pool)
        .with_disk_manager_builder(disk)
        .build_arc()?;
    runtime.deregister_object_store(ObjectStoreUrl::local_filesystem().as_ref())?;
    let mut config = SessionConfig::from(options(share, profile));
    if profile == Profile::Spilling {
        // Operators hold several batches each: in a small pool they must be small.
        let rows = share.memory_bytes / share.partitions.max(1) / (16 << 10);
        config = config.with_batch_size(rows.clamp(256, 8192));
    }
    let logical = Optimizer::new().rules.into_iter().filter(|it| !BANNED.contains(&it.name()));
    let mut rules = PhysicalOptimizer::new().rules;
    rules.retain(|it| !BANNED_PHYSICAL.contains(&it.name()));
    let sorts = rules.iter().position(|it| it.name() == BEFORE).unwrap_or(0);
    rules.insert(sorts, Arc::new(UnorderedMerges));
    rules.push(Arc::new(CooperativeJoins));
    rules.push(Arc::new(LeftOnce));
    Ok(SessionStateBuilder::new()
        .with_config(config)
        .with_runtime_env(runtime)
        .with_analyzer_rules(Vec::new())
        .with_optimizer_rules(logical.collect())
        .with_physical_optimizer_rules(rules)
        .with_query_planner(Arc::new(Planner))
        .build())
}

fn options(share: &Share, profile: Profile) -> ConfigOptions {
    let mut options = ConfigOptions::new();
    options.catalog.create_default_catalog_and_schema = false;
    options.catalog.information_schema = false;
    options.execution.target_partitions = share.partitions.max(1);
    // No filter, bound or key set of one member's rows goes towards another member's source.
    // (Scans of the catalog would not take one either.)
    options.optimizer.enable_dynamic_filter_pushdown = false;
    options.optimizer.enable_join_dynamic_filter_pushdown = false;
    options.optimizer.enable_topk_dynamic_filter_pushdown = false;
    options.optimizer.enable_aggregate_dynamic_filter_pushdown = false;
    if profile == Profile::Spilling {
        options.optimizer.prefer_hash_join = false;
        options.execution.enable_migration_aggregate = false;
        options.execution.parquet.schema_force_view_types = false;
        // Sorts keep a reserve for merging what they spilled; its default (10 MiB for each
        // partition of each sort) alone is more than a small pool has.
        let reserve = share.memory_bytes / share.partitions.max(1) / 16;
        options.execution.sort_spill_reservation_bytes =
            reserve.min(options.execution.sort_spill_reservation_bytes);
    }
    options
}
