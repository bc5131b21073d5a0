//! From a table's metadata to the files of its current snapshot.

use std::sync::Arc;

use glovebox_model::Objects;
use iceberg::spec::{
    DataContentType, DataFileFormat, FormatVersion, Manifest, ManifestContentType, ManifestList,
    TableMetadata,
};
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::super::caught::caught;
use super::super::described::Described;
use super::super::formatted::{Formatted, Wanted, headed};
use super::super::layout::{MAX_FILES, too_many};
use super::super::lookup::Lookup;
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::unavailable::from_store;
use super::super::{Format, Unavailable};
use super::schema;

/// Bytes of one file of metadata at most.
const MAX_BYTES: u64 = 64 << 20;
/// Bytes of all manifests of a snapshot at most.
const MAX_ALL_BYTES: u64 = 512 << 20;

/// Where a location of metadata says that it is.
fn parts(location: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = location.split_once("://")?;
    matches!(scheme, "s3" | "s3a" | "s3n" | "gs").then_some(())?;
    rest.split_once('/')
}

fn outside(location: &str) -> Unavailable {
    Unavailable::Outside { path: location.chars().take(200).collect() }
}

pub(super) fn bucket_of(location: &str) -> Result<&str, Unavailable> {
    parts(location).map(|it| it.0).ok_or_else(|| outside(location))
}

/// The bucket of a table, and what of it the connection may read.
struct Place<'a> {
    data: &'a Objects,
    bucket: &'a Arc<Bucket>,
    stop: &'a Stop,
}

impl Place<'_> {
    /// The key of a location that metadata names: in the table's bucket, below a root.
    fn key(&self, location: &str) -> Result<String, Unavailable> {
        let (bucket, key) = parts(location).ok_or_else(|| outside(location))?;
        let is_plain = key.split('/').all(|it| !matches!(it, "" | "." | ".."));
        let is_held = self.data.roots.iter().any(|it| it.bucket == bucket && it.holds(key));
        if bucket == self.bucket.name && is_plain && is_held {
            Ok(key.to_owned())
        } else {
            Err(outside(location))
        }
    }

    fn fetch(&self, location: &str) -> Result<bytes::Bytes, Unavailable> {
        let key = self.key(location)?;
        let path = Path::parse(&key).map_err(|_| outside(location))?;
        self.stop.wait(async {
            let got = self.bucket.store.get(&path).await.map_err(|it| from_store(&key, &it))?;
            if got.meta.size > MAX_BYTES {
                let (path, limit) = (key.clone(), MAX_BYTES);
                return Err(Unavailable::Limit { path, what: "bytes of metadata", limit });
            }
            got.bytes().await.map_err(|it| from_store(&key, &it))
        })
    }
}

/// Metadata that does not decode, or on which the decoder panics, is corrupt.
fn decoded<T>(
    location: &str,
    decode: impl FnOnce() -> Result<T, iceberg::Error>,
) -> Result<T, Unavailable> {
    let outcome = caught(|| decode().ok());
    let path = || location.chars().take(200).collect();
    outcome.flatten().ok_or_else(|| Unavailable::Corrupt { path: path(), row_group: None })
}

/// The table at `location`, as it is now.
pub(super) fn current(
    location: &str,
    data: &Objects,
    bucket: &Arc<Bucket>,
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let place = Place { data, bucket, stop };
    let bytes = place.fetch(location)?;
    let metadata: TableMetadata = decoded(location, || Ok(serde_json::from_slice(&bytes)?))?;
    let columns = decoded(location, || Ok(schema::of(&metadata, location)))??;
    let mut wanted = Vec::new();
    let mut pinned = format!("iceberg {} -", metadata.uuid());
    if let Some(snapshot) = metadata.current_snapshot() {
        pinned = format!("iceberg {} {}", metadata.uuid(), snapshot.snapshot_id());
        let list = (snapshot.manifest_list(), metadata.format_version());
        files(&place, list, &mut wanted)?;
    }
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Formatted {
        described: Described {
            columns: columns.iter().map(|it| it.column.clone()).collect(),
            partition_keys: Vec::new(),
            format: Some(Format::Parquet),
        },
        partition_keys: Vec::new(),
        lookup: Arc::new(Lookup::Format(columns)),
        files: headed(bucket, wanted, stop)?,
        pinned,
    })
}

fn files(
    place: &Place<'_>,
    (list, version): (&str, FormatVersion),
    wanted: &mut Vec<Wanted>,
) -> Result<(), Unavailable> {
    let bytes = place.fetch(list)?;
    let manifests = decoded(list, || ManifestList::parse_with_version(&bytes, version))?;
    let mut all: u64 = 0;
    for entry in manifests.entries() {
        let location = &entry.manifest_path;
        let unsupported = |what| Unavailable::Needs { path: location.clone(), what };
        if entry.content == ManifestContentType::Deletes {
            // Never passed over: what they delete would be read.
            return Err(unsupported("deletes by merge on read, which are not known here"));
        }
        if entry.key_metadata.is_some() {
            return Err(unsupported("encryption by Iceberg, which is not known here"));
        }
        let bytes = place.fetch(location)?;
        all = all.saturating_add(bytes.len() as u64);
        if all > MAX_ALL_BYTES {
            let (path, limit) = (list.to_owned(), MAX_ALL_BYTES);
            return Err(Unavailable::Limit { path, what: "bytes of manifests", limit });
        }
        let manifest = decoded(location, || Manifest::parse_avro(&bytes))?;
        for file in manifest.entries().iter().filter(|it| it.is_alive()) {
            let file = file.data_file();
            if file.content_type() != DataContentType::Data {
                return Err(unsupported("deletes by merge on read, which are not known here"));
            }
            if file.file_format() != DataFileFormat::Parquet {
                return Err(unsupported("data files of another format than Parquet"));
            }
            if file.key_metadata().is_some() {
                return Err(unsupported("encryption by Iceberg, which is not known here"));
            }
            if wanted.len() == MAX_FILES {
                return Err(too_many(list));
            }
            let (path, size) = (place.key(file.file_path())?, file.file_size_in_bytes());
            wanted.push(Wanted { path, size, partition: Vec::new(), deleted: None });
        }
    }
    Ok(())
}
