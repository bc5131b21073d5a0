//! What of a table's metadata lies where the connection reaches, fetched and decoded.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use glovebox_model::Objects;
use object_store::ObjectStoreExt;
use object_store::path::Path;

use super::super::Unavailable;
use super::super::caught::caught;
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::unavailable::from_store;

/// Bytes of one file of metadata at most.
const MAX_BYTES: u64 = 64 << 20;

/// Where a location of metadata says that it is.
pub(super) fn parts(location: &str) -> Option<(&str, &str)> {
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
pub(super) struct Place<'a> {
    pub(super) data: &'a Objects,
    pub(super) bucket: &'a Arc<Bucket>,
    pub(super) stop: &'a Stop,
}

impl Place<'_> {
    /// The key of a location that metadata names: in the table's bucket, below a root.
    pub(super) fn key(&self, location: &str) -> Result<String, Unavailable> {
        let (bucket, key) = parts(location).ok_or_else(|| outside(location))?;
        let is_plain = key.split('/').all(|it| !matches!(it, "" | "." | ".."));
        let is_held = self.data.roots.iter().any(|it| it.bucket == bucket && it.holds(key));
        if bucket == self.bucket.name && is_plain && is_held {
            Ok(key.to_owned())
        } else {
            Err(outside(location))
        }
    }

    pub(super) fn fetch(&self, location: &str) -> Result<Bytes, Unavailable> {
        let key = self.key(location)?;
        let path = Path::parse(&key).map_err(|_| outside(location))?;
        self.stop.wait(async {
            let failed = |error: object_store::Error| match error {
                // Nothing was pinned yet that could have changed.
                object_store::Error::NotFound { .. } => Unavailable::Absent { path: key.clone() },
                other => from_store(&key, &other),
            };
            let got = self.bucket.store.get(&path).await.map_err(failed)?;
            if got.meta.size > MAX_BYTES {
                let (path, limit) = (key.clone(), MAX_BYTES);
                return Err(Unavailable::Limit { path, what: "bytes of metadata", limit });
            }
            got.bytes().await.map_err(|it| from_store(&key, &it))
        })
    }
}

/// The text of a table's metadata, which may be compressed (`write.metadata.compression-codec`).
/// Its first bytes say so: names differ between writers.
pub(super) fn unpacked(location: &str, bytes: Bytes) -> Result<Bytes, Unavailable> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let path = || location.chars().take(200).collect();
    let mut clear = Vec::new();
    let read = MultiGzDecoder::new(&*bytes).take(MAX_BYTES + 1).read_to_end(&mut clear);
    if read.is_err() {
        return Err(Unavailable::Corrupt { path: path(), row_group: None });
    }
    if clear.len() as u64 > MAX_BYTES {
        let limit = MAX_BYTES;
        return Err(Unavailable::Limit { path: path(), what: "bytes of metadata", limit });
    }
    Ok(clear.into())
}

/// Metadata that does not decode, or on which the decoder panics, is corrupt.
pub(super) fn decoded<T>(
    location: &str,
    decode: impl FnOnce() -> Result<T, iceberg::Error>,
) -> Result<T, Unavailable> {
    let outcome = caught(|| decode().ok());
    let path = || location.chars().take(200).collect();
    outcome.flatten().ok_or_else(|| Unavailable::Corrupt { path: path(), row_group: None })
}
