//! From a table's log to the files of its latest version.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use delta_kernel::scan::state::ScanFile;
use delta_kernel::snapshot::Snapshot;
use delta_kernel::{Engine, KernelError};
use object_store::path::Path;
use url::Url;

use super::super::Unavailable;
use super::super::caught::caught;
use super::super::deleted::{Deleted, MAX_DELETED};
use super::super::formatted::{Formatted, Wanted, headed};
use super::super::layout::{MAX_FILES, too_many};
use super::super::lookup::Lookup;
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::engine::GatedEngine;
use super::gate::Gate;
use super::{described, schema};

/// The table at `base`, as its log says now.
pub(super) fn latest(
    bucket: &Arc<Bucket>,
    base: &str,
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let mut root = Url::parse("s3://table/").map_err(|_| Unavailable::BadLocation)?;
    root.set_host(Some(&bucket.name)).map_err(|_| Unavailable::BadLocation)?;
    root.set_path(&format!("/{base}/"));
    let gate = Arc::new(Gate::new(bucket, base, stop));
    let engine = GatedEngine::new(&gate, &root)?;
    let planned = caught(|| plan(&engine, &gate, &root));
    let corrupt = || Unavailable::Corrupt { path: format!("{base}/_delta_log"), row_group: None };
    let Planned { columns, version, wanted } = planned.ok_or_else(corrupt)??;
    let described = described(&columns);
    let files = headed(bucket, wanted, stop)?;
    Ok(Formatted {
        described,
        partition_keys: columns.keys.iter().map(|it| it.column.clone()).collect(),
        lookup: Arc::new(Lookup::Format(columns.stored)),
        files,
        pinned: format!("delta {version} {base}"),
    })
}

struct Planned {
    columns: schema::Columns,
    version: u64,
    wanted: Vec<Wanted>,
}

fn plan(engine: &GatedEngine, gate: &Gate, root: &Url) -> Result<Planned, Unavailable> {
    let failed = |it: KernelError| failed(gate, &it);
    let snapshot = Snapshot::builder_for(root.as_str()).build(engine).map_err(failed)?;
    let columns = schema::of(&snapshot, &gate.base)?;
    let version = snapshot.version();
    let scan = snapshot.scan_builder().build().map_err(failed)?;
    let mut found: Vec<ScanFile> = Vec::new();
    for batch in scan.scan_metadata(engine).map_err(failed)? {
        let batch = batch.map_err(failed)?;
        found = batch
            .visit_scan_files(found, |found, file| {
                if found.len() <= MAX_FILES {
                    found.push(file);
                }
            })
            .map_err(failed)?;
        if found.len() > MAX_FILES {
            return Err(too_many(&gate.base));
        }
    }
    let mut deleted_rows = 0;
    let mut wanted = Vec::with_capacity(found.len());
    for file in found {
        let path = key(&file.path, root, gate)?;
        let corrupt = || Unavailable::Corrupt { path: path.clone(), row_group: None };
        let deleted = deleted(&file, engine, gate, root, &mut deleted_rows)?;
        let value = |key: &super::super::lookup::Mapped| {
            file.partition_values.get(&key.physical).filter(|it| !it.is_empty()).cloned()
        };
        let partition = columns.keys.iter().map(value).collect();
        let size = u64::try_from(file.size).map_err(|_| corrupt())?;
        wanted.push(Wanted { path, size, partition, deleted });
    }
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Planned { columns, version, wanted })
}

fn deleted(
    file: &ScanFile,
    engine: &dyn Engine,
    gate: &Gate,
    root: &Url,
    so_far: &mut u64,
) -> Result<Option<Arc<Deleted>>, Unavailable> {
    let said = file.dv_info.cardinality().map_err(|it| failed(gate, &it))?;
    let limit = MAX_DELETED as u64;
    let too_many = || {
        let (path, what) = (gate.base.clone(), "deleted rows");
        Unavailable::Limit { path, what, limit }
    };
    if so_far.saturating_add(said.unwrap_or(0)) > limit {
        return Err(too_many());
    }
    let rows = file.dv_info.get_row_indexes(engine, root).map_err(|it| failed(gate, &it))?;
    let Some(rows) = rows else { return Ok(None) };
    *so_far = so_far.saturating_add(rows.len() as u64);
    if *so_far > limit {
        return Err(too_many());
    }
    if said.is_some_and(|it| it != rows.len() as u64) {
        let path = gate.base.clone();
        return Err(Unavailable::Corrupt { path, row_group: None });
    }
    Ok(Some(Arc::new(Deleted::new(rows))))
}

/// The key of a file that the log names: below the table's folder.
fn key(named: &str, root: &Url, gate: &Gate) -> Result<String, Unavailable> {
    let outside = || Unavailable::Outside { path: named.chars().take(200).collect() };
    let address = root.join(named).map_err(|_| outside())?;
    let is_plain = address.query().is_none() && address.fragment().is_none();
    let is_same = matches!(address.scheme(), "s3" | "s3a")
        && address.host_str() == root.host_str()
        && address.port().is_none()
        && address.path().starts_with(root.path());
    if !is_plain || !is_same {
        return Err(outside());
    }
    let key = Path::from_url_path(address.path()).map_err(|_| outside())?.to_string();
    let inner = key.strip_prefix(gate.base.as_str());
    if inner.is_some_and(|it| it.starts_with('/')) { Ok(key) } else { Err(outside()) }
}

/// What the library said, without its words: they may hold what stands in the log.
fn failed(gate: &Gate, error: &KernelError) -> Unavailable {
    let path = format!("{}/_delta_log", gate.base);
    if let Some(fault) = gate.fault() {
        fault
    } else if gate.listed.load(Ordering::Relaxed) == 0 {
        Unavailable::Missing { path: gate.base.clone() }
    } else if matches!(error, KernelError::Unsupported(_)) {
        Unavailable::Needs { path, what: "a feature of Delta that is not known here" }
    } else {
        Unavailable::Corrupt { path, row_group: None }
    }
}
