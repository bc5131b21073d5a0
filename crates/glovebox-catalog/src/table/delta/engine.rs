//! The Delta library's engine, with every address that a log names checked before it is used:
//! the library's own would fetch a signed address by a client of its own.

use std::sync::Arc;

use bytes::Bytes;
use delta_kernel::schema::SchemaRef;
use delta_kernel::{
    Engine, EngineData, EvaluationHandler, FileDataReadResultIterator, FileMeta, FileSlice,
    FilteredEngineData, JsonHandler, KernelError, KernelResult, KernelResultIterator,
    KernelResultIteratorStatic, ParquetFooter, ParquetHandler, PredicateRef, StorageHandler,
};
use delta_kernel_default_engine::DefaultEngine;
use delta_kernel_default_engine::executor::tokio::TokioMultiThreadExecutor;
use tokio::runtime::{Handle, RuntimeFlavor};
use url::Url;

use super::super::Unavailable;
use super::gate::{Gate, Gated};

type Inner = DefaultEngine<TokioMultiThreadExecutor>;

pub(super) struct GatedEngine {
    inner: Inner,
    guard: Guard,
}

#[derive(Clone)]
struct Guard {
    gate: Arc<Gate>,
    root: Url,
}

impl Guard {
    /// Whether an address lies in the table's folder, and is nothing but such an address.
    fn check(&self, address: &Url) -> KernelResult<()> {
        let root = &self.root;
        let same = address.scheme() == root.scheme()
            && address.host_str() == root.host_str()
            && address.port().is_none()
            && address.username().is_empty()
            && address.query().is_none()
            && address.path().starts_with(root.path());
        if same {
            return Ok(());
        }
        let path = address.path().to_owned();
        drop(self.gate.refuse(Unavailable::Outside { path }));
        Err(KernelError::generic("outside"))
    }

    fn check_all(&self, files: &[FileMeta]) -> KernelResult<()> {
        files.iter().try_for_each(|it| self.check(&it.location))
    }
}

fn read_only<T>() -> KernelResult<T> {
    Err(KernelError::generic("read only"))
}

impl GatedEngine {
    pub(super) fn new(gate: &Arc<Gate>, root: &Url) -> Result<Self, Unavailable> {
        let runtime = Handle::try_current().map_err(|_| Unavailable::Stopped)?;
        if runtime.runtime_flavor() != RuntimeFlavor::MultiThread {
            return Err(Unavailable::Unusable("Delta tables need a runtime of several threads"));
        }
        let store = Arc::new(Gated(Arc::clone(gate)));
        let executor = Arc::new(TokioMultiThreadExecutor::new(runtime));
        let inner = DefaultEngine::builder(store).with_task_executor(executor).build();
        Ok(Self { inner, guard: Guard { gate: Arc::clone(gate), root: root.clone() } })
    }
}

impl Engine for GatedEngine {
    fn evaluation_handler(&self) -> Arc<dyn EvaluationHandler> {
        self.inner.evaluation_handler()
    }

    fn storage_handler(&self) -> Arc<dyn StorageHandler> {
        Arc::new(Storage { inner: self.inner.storage_handler(), guard: self.guard.clone() })
    }

    fn json_handler(&self) -> Arc<dyn JsonHandler> {
        Arc::new(Json { inner: self.inner.json_handler(), guard: self.guard.clone() })
    }

    fn parquet_handler(&self) -> Arc<dyn ParquetHandler> {
        Arc::new(Parquet { inner: self.inner.parquet_handler(), guard: self.guard.clone() })
    }
}

struct Storage {
    inner: Arc<dyn StorageHandler>,
    guard: Guard,
}

impl StorageHandler for Storage {
    fn list_from(&self, path: &Url) -> KernelResult<KernelResultIteratorStatic<FileMeta>> {
        self.guard.check(path)?;
        self.inner.list_from(path)
    }

    fn read_files(&self, files: Vec<FileSlice>) -> KernelResult<KernelResultIteratorStatic<Bytes>> {
        files.iter().try_for_each(|it| self.guard.check(&it.0))?;
        self.inner.read_files(files)
    }

    fn copy_atomic(&self, _: &Url, _: &Url) -> KernelResult<()> {
        read_only()
    }

    fn put(&self, _: &Url, _: Bytes, _: bool) -> KernelResult<()> {
        read_only()
    }

    fn head(&self, path: &Url) -> KernelResult<FileMeta> {
        self.guard.check(path)?;
        self.inner.head(path)
    }

    fn delete(&self, _: &Url) -> KernelResult<()> {
        read_only()
    }
}

struct Json {
    inner: Arc<dyn JsonHandler>,
    guard: Guard,
}

impl JsonHandler for Json {
    fn parse_json(
        &self,
        strings: Box<dyn EngineData>,
        schema: SchemaRef,
    ) -> KernelResult<Box<dyn EngineData>> {
        self.inner.parse_json(strings, schema)
    }

    fn read_json_files(
        &self,
        files: &[FileMeta],
        schema: SchemaRef,
        predicate: Option<PredicateRef>,
    ) -> KernelResult<FileDataReadResultIterator> {
        self.guard.check_all(files)?;
        self.inner.read_json_files(files, schema, predicate)
    }

    fn write_json_file(
        &self,
        _: &Url,
        _: KernelResultIterator<'_, FilteredEngineData>,
        _: bool,
    ) -> KernelResult<u64> {
        read_only()
    }
}

struct Parquet {
    inner: Arc<dyn ParquetHandler>,
    guard: Guard,
}

impl ParquetHandler for Parquet {
    fn read_parquet_files(
        &self,
        files: &[FileMeta],
        schema: SchemaRef,
        predicate: Option<PredicateRef>,
    ) -> KernelResult<FileDataReadResultIterator> {
        self.guard.check_all(files)?;
        self.inner.read_parquet_files(files, schema, predicate)
    }

    fn write_parquet_file(
        &self,
        _: Url,
        _: KernelResultIteratorStatic<Box<dyn EngineData>>,
    ) -> KernelResult<u64> {
        read_only()
    }

    fn read_parquet_footer(&self, file: &FileMeta) -> KernelResult<ParquetFooter> {
        self.guard.check(&file.location)?;
        self.inner.read_parquet_footer(file)
    }
}
