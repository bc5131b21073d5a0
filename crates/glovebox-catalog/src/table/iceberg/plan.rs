//! From a table's metadata to the files of its current snapshot.

use std::sync::Arc;

use glovebox_model::Objects;
use iceberg::spec::{
    DataContentType, DataFileFormat, FormatVersion, Manifest, ManifestContentType, ManifestList,
    TableMetadata,
};

use super::super::described::Described;
use super::super::formatted::{Formatted, Wanted, headed};
use super::super::layout::{MAX_FILES, too_many};
use super::super::lookup::Lookup;
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::{Format, Unavailable};
use super::deletes::{self, DeleteFile, Scope};
use super::place::{Place, decoded, unpacked};
use super::schema;

/// Bytes of all manifests of a snapshot at most.
const MAX_ALL_BYTES: u64 = 512 << 20;

/// The table at `location`, as it is now.
pub(super) fn current(
    location: &str,
    data: &Objects,
    bucket: &Arc<Bucket>,
    stop: &Stop,
) -> Result<Formatted, Unavailable> {
    let place = Place { data, bucket, stop };
    let bytes = unpacked(location, place.fetch(location)?)?;
    let metadata: TableMetadata = decoded(location, || Ok(serde_json::from_slice(&bytes)?))?;
    let columns = decoded(location, || Ok(schema::of(&metadata, location)))??;
    let mut wanted = Vec::new();
    let mut pinned = format!("iceberg {} -", metadata.uuid());
    if let Some(snapshot) = metadata.current_snapshot() {
        pinned = format!("iceberg {} {}", metadata.uuid(), snapshot.snapshot_id());
        let list = (snapshot.manifest_list(), metadata.format_version());
        wanted = files(&place, list)?;
    }
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

/// The files of a snapshot, rows of theirs that it does not have any more left out.
fn files(
    place: &Place<'_>,
    (list, version): (&str, FormatVersion),
) -> Result<Vec<Wanted>, Unavailable> {
    let bytes = place.fetch(list)?;
    let manifests = decoded(list, || ManifestList::parse_with_version(&bytes, version))?;
    let mut all: u64 = 0;
    let (mut wanted, mut scopes, mut deletes) = (Vec::new(), Vec::new(), Vec::new());
    for listed in manifests.entries() {
        let location = &listed.manifest_path;
        if listed.key_metadata.is_some() {
            return Err(needs(location, ENCRYPTION));
        }
        let bytes = place.fetch(location)?;
        all = all.saturating_add(bytes.len() as u64);
        if all > MAX_ALL_BYTES {
            let (path, limit) = (list.to_owned(), MAX_ALL_BYTES);
            return Err(Unavailable::Limit { path, what: "bytes of manifests", limit });
        }
        let manifest = decoded(location, || Manifest::parse_avro(&bytes))?;
        for entry in manifest.entries().iter().filter(|it| it.is_alive()) {
            if wanted.len() + deletes.len() >= MAX_FILES {
                return Err(too_many(list));
            }
            let scope = Scope::of(listed, entry);
            let corrupt = || Unavailable::Corrupt { path: location.clone(), row_group: None };
            let scope = scope.ok_or_else(corrupt)?;
            let file = entry.data_file();
            if file.key_metadata().is_some() {
                return Err(needs(location, ENCRYPTION));
            }
            match (listed.content, file.content_type(), file.file_format()) {
                (ManifestContentType::Data, DataContentType::Data, DataFileFormat::Parquet) => {
                    let (path, size) = (place.key(file.file_path())?, file.file_size_in_bytes());
                    wanted.push(Wanted { path, size, partition: Vec::new(), deleted: None });
                    scopes.push(scope);
                }
                (ManifestContentType::Data, DataContentType::Data, _) => {
                    return Err(needs(location, "data files of another format than Parquet"));
                }
                (ManifestContentType::Deletes, _, _) => {
                    deletes.push(DeleteFile::of(location, file, scope)?);
                }
                // Never passed over: what they delete would be read.
                (ManifestContentType::Data, _, _) => return Err(corrupt()),
            }
        }
    }
    deletes::apply(place, &deletes, &scopes, &mut wanted)?;
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(wanted)
}

const ENCRYPTION: &str = "encryption by Iceberg, which is not known here";

pub(super) fn needs(location: &str, what: &'static str) -> Unavailable {
    Unavailable::Needs { path: location.to_owned(), what }
}
