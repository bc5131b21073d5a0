//! What the Delta library sees of a bucket: the folder of one table, to be read, up to a limit.

use std::fmt;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use super::super::Unavailable;
use super::super::stop::Stop;
use super::super::storage::Bucket;
use super::super::unavailable::from_store;

/// Bytes of one table's log and deletion vectors at most.
const MAX_BYTES: u64 = 1 << 30;
/// Files of one table's log at most.
const MAX_LISTED: u64 = 100_000;

/// The folder of one table.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) bucket: Arc<Bucket>,
    pub(super) base: String,
    pub(super) stop: Stop,
    bytes: AtomicU64,
    pub(super) listed: AtomicU64,
    fault: Mutex<Option<Unavailable>>,
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bucket.name)
    }
}

impl Gate {
    pub(super) fn new(bucket: &Arc<Bucket>, base: &str, stop: &Stop) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            base: base.to_owned(),
            stop: stop.clone(),
            bytes: AtomicU64::new(0),
            listed: AtomicU64::new(0),
            fault: Mutex::default(),
        }
    }

    /// The first thing that went wrong with the bucket, or was not allowed.
    pub(super) fn fault(&self) -> Option<Unavailable> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Remembers what went wrong; the library is told nothing of it.
    pub(super) fn refuse(&self, fault: Unavailable) -> Error {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(fault);
        Error::NotImplemented { operation: "this".into(), implementer: "Gate".into() }
    }

    fn check(&self, key: &Path) -> Result<()> {
        if self.stop.is_stopped() {
            return Err(self.refuse(Unavailable::Stopped));
        }
        let inner = key.as_ref().strip_prefix(self.base.as_str());
        if inner.is_some_and(|it| it.is_empty() || it.starts_with('/')) {
            return Ok(());
        }
        Err(self.refuse(Unavailable::Outside { path: key.to_string() }))
    }

    fn count(&self, path: &Path, length: u64) -> Result<()> {
        let before = self.bytes.fetch_add(length, Ordering::Relaxed);
        if before.saturating_add(length) <= MAX_BYTES {
            return Ok(());
        }
        let path = path.to_string();
        Err(self.refuse(Unavailable::Limit { path, what: "bytes of log", limit: MAX_BYTES }))
    }

    fn met(&self, path: &Path, error: Error) -> Error {
        if !matches!(error, Error::NotFound { .. }) {
            drop(self.refuse(from_store(path.as_ref(), &error)));
        }
        error
    }

    fn read_only(&self) -> Error {
        self.refuse(Unavailable::Unusable("nothing is written to a table"))
    }
}

/// The gate as an object store.
#[derive(Debug, Clone)]
pub(super) struct Gated(pub(super) Arc<Gate>);

impl fmt::Display for Gated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Gated {
    fn listing(
        &self,
        prefix: Option<&Path>,
        offset: Option<&Path>,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        let gate = Arc::clone(&self.0);
        let whole = Path::default();
        let prefix = prefix.unwrap_or(&whole).clone();
        if let Err(error) = gate.check(&prefix) {
            return futures::stream::once(async { Err(error) }).boxed();
        }
        let listing = match offset {
            Some(offset) => gate.bucket.store.list_with_offset(Some(&prefix), offset),
            None => gate.bucket.store.list(Some(&prefix)),
        };
        let counted = move |object: Result<ObjectMeta>| {
            if gate.listed.fetch_add(1, Ordering::Relaxed) >= MAX_LISTED {
                let path = gate.base.clone();
                let what = "files of log";
                return Err(gate.refuse(Unavailable::Limit { path, what, limit: MAX_LISTED }));
            }
            gate.check(&prefix)?;
            object.map_err(|it| gate.met(&prefix, it))
        };
        listing.map(counted).boxed()
    }
}

#[async_trait]
impl ObjectStore for Gated {
    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> Result<PutResult> {
        Err(self.0.read_only())
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(self.0.read_only())
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        self.0.check(location)?;
        let is_head = options.head;
        let got = self.0.bucket.store.get_opts(location, options).await;
        let got = got.map_err(|it| self.0.met(location, it))?;
        let Range { start, end } = got.range;
        self.0.count(location, if is_head { 0 } else { end.saturating_sub(start) })?;
        Ok(got)
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let error = self.0.read_only();
        futures::stream::once(async { Err(error) }).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.listing(prefix, None)
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Path>,
        offset: &Path,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.listing(prefix, Some(offset))
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        Err(self.0.read_only())
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        Err(self.0.read_only())
    }
}
