//! A table of files: listed, described, opened.

use std::sync::Arc;

use datafusion::common::stats::Precision;
use futures::{StreamExt, TryStreamExt, stream};
use glovebox_model::{Column, ColumnName};

use super::deleted::Deleted;
use super::described::Described;
use super::layout::{Declared, Found, FoundFile};
use super::lookup::Lookup;
use super::parquet::Footer;
use super::ranges::Ranges;
use super::reading::ReadRecorder;
use super::source::{Listed, Opening, Readable, Scan};
use super::stop::Stop;
use super::storage::Storage;
use super::units::FilesWork;
use super::work::Work;
use super::{Format, Manifest, Unavailable};

/// A table's files, checked and ready to be read.
#[derive(Debug)]
pub(super) struct Files {
    pub(super) format: Format,
    pub(super) files: Vec<SourceFile>,
    pub(super) partition_keys: Vec<ColumnName>,
    /// The columns shown, in the order of the table.
    pub(super) columns: Vec<Column>,
    /// All columns that must be there, shown or not.
    pub(super) configured: Vec<Column>,
    pub(super) lookup: Arc<Lookup>,
    /// What a catalog says of the table.
    pub(super) declared: Option<Arc<Declared>>,
    pub(super) recorder: Option<Arc<dyn ReadRecorder>>,
    pub(super) stop: Stop,
}

#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) file: FoundFile,
    /// Of a Parquet file, unless it is looked at only when it is read.
    pub(super) footer: Option<Arc<Footer>>,
    /// A distant file so small that it came with its footer.
    pub(super) whole: Option<Ranges>,
    /// Rows that are not to be read.
    pub(super) deleted: Option<Arc<Deleted>>,
}

/// Row groups of one table at most, all of whose descriptions stand in memory.
const MAX_ROW_GROUPS: usize = 100_000;
/// So many distant files are looked at before the first is read; of more, each when its turn
/// comes: the first rows are not to wait for the last footer. Small ones stay in memory.
pub(super) const LOOKED_AT: usize = 64;
/// Footers that are fetched at once.
const PARALLEL: usize = 32;

/// The footers of Parquet files, in their order, each with its file if all of that came along.
pub(super) fn footers(
    files: &[FoundFile],
    lookup: &Lookup,
    recorder: Option<&Arc<dyn ReadRecorder>>,
    stop: &Stop,
) -> Result<Vec<(Footer, Option<Ranges>)>, Unavailable> {
    each_footer(files, (lookup, recorder, stop), |footer, whole| (footer, whole))
}

/// What is to be kept of the footers of Parquet files, in their order: one is decoded at a time.
pub(super) fn each_footer<T>(
    files: &[FoundFile],
    (lookup, recorder, stop): (&Lookup, Option<&Arc<dyn ReadRecorder>>, &Stop),
    keep: impl Fn(Footer, Option<Ranges>) -> T,
) -> Result<Vec<T>, Unavailable> {
    let open = |file: &FoundFile| Ranges::open(file, recorder.cloned(), stop);
    let is_distant = |it: &FoundFile| matches!(it.storage, Storage::Objects(_));
    if !files.iter().any(is_distant) {
        let read = |it: &FoundFile| Ok(keep(Footer::read(&open(it)?, lookup)?, None));
        return files.iter().map(read).collect();
    }
    let ranges: Vec<Ranges> = files.iter().map(open).collect::<Result<_, _>>()?;
    let keep = &keep;
    let fetched = ranges.into_iter().map(|it| async move {
        let (footer, ranges) = Footer::fetch(it, lookup).await?;
        Ok(keep(footer, ranges.is_at_hand().then_some(ranges)))
    });
    stop.wait(stream::iter(fetched).buffered(PARALLEL).try_collect())
}

impl Listed for Found {
    fn manifest(&self) -> Manifest {
        Manifest::of(&self.files)
    }

    fn describe(&self, stop: &Stop) -> Result<Described, Unavailable> {
        super::describe::files(self, stop)
    }

    fn open(self: Box<Self>, opening: Opening<'_>) -> Result<Arc<dyn Readable>, Unavailable> {
        let Self { format, files, partition_keys, declared } = *self;
        let files = files.into_iter().map(|it| (it, None)).collect();
        let lookup = Arc::default();
        let parts = Parts { format, files, partition_keys, declared, lookup };
        Ok(Arc::new(parts.open(opening)?))
    }
}

/// A file, and the rows of it that are not to be read.
pub(super) type FileOf = (FoundFile, Option<Arc<Deleted>>);

/// What a table of files is made of.
pub(super) struct Parts {
    pub(super) format: Format,
    pub(super) files: Vec<FileOf>,
    pub(super) partition_keys: Vec<ColumnName>,
    pub(super) declared: Option<Arc<Declared>>,
    pub(super) lookup: Arc<Lookup>,
}

impl Parts {
    pub(super) fn open(self, opening: Opening<'_>) -> Result<Files, Unavailable> {
        let columns = opening.columns()?;
        let Opening { configured, recorder, stop, .. } = opening;
        let Self { format, files, partition_keys, declared, lookup } = self;
        let (files, deleted): (Vec<FoundFile>, Vec<_>) = files.into_iter().unzip();
        let is_distant = |it: &FoundFile| matches!(it.storage, Storage::Objects(_));
        let is_late = files.len() > LOOKED_AT && files.iter().any(is_distant);
        let footers = match (format, is_late) {
            (Format::Parquet, false) => footers(&files, &lookup, recorder.as_ref(), &stop)?,
            _ => Vec::new(),
        };
        let mut footers = footers.into_iter();
        let file = |(file, deleted)| {
            let (footer, whole) = footers.next().unzip();
            let (footer, whole) = (footer.map(Arc::new), whole.flatten());
            SourceFile { file, footer, whole, deleted }
        };
        let files = files.into_iter().zip(deleted).map(file).collect();
        let configured = configured.to_vec();
        let table = Files {
            format,
            files,
            partition_keys,
            columns,
            configured,
            lookup,
            declared,
            recorder,
            stop,
        };
        table.check()?;
        Ok(table)
    }
}

impl Files {
    fn check(&self) -> Result<(), Unavailable> {
        if let Some(declared) = &self.declared {
            let Declared { columns, partition_keys, .. } = &**declared;
            let is_there = |it: &&Column| columns.contains(it) || partition_keys.contains(it);
            if let Some(column) = self.configured.iter().find(|it| !is_there(it)) {
                let (path, column) = ("the catalog".to_owned(), column.name.clone());
                return Err(Unavailable::SchemaChanged { path, column });
            }
        }
        let mut row_groups = 0;
        for SourceFile { file, footer, .. } in &self.files {
            let Some(footer) = footer else { continue };
            self.check_columns(footer, &file.path)?;
            row_groups += footer.row_groups;
            if row_groups > MAX_ROW_GROUPS {
                let (path, limit) = (file.path.clone(), MAX_ROW_GROUPS as u64);
                return Err(Unavailable::Limit { path, what: "row groups", limit });
            }
        }
        Ok(())
    }

    /// Whether a file has every configured column as it was configured.
    pub(super) fn check_columns(&self, footer: &Footer, path: &str) -> Result<(), Unavailable> {
        if let Lookup::Format(_) = *self.lookup {
            return Ok(());
        }
        let stored = self.configured.iter().filter(|it| !self.partition_keys.contains(&it.name));
        for column in stored {
            if !footer.columns.contains(column) {
                let (path, column) = (path.to_owned(), column.name.clone());
                return Err(Unavailable::SchemaChanged { path, column });
            }
        }
        Ok(())
    }
}

impl Readable for Files {
    fn columns(&self) -> &[Column] {
        &self.columns
    }

    fn rows(&self) -> Precision<usize> {
        let rows: Option<usize> =
            self.files.iter().map(|it| it.footer.as_ref().map(|it| it.rows)).sum();
        rows.map_or(Precision::Absent, Precision::Inexact)
    }

    fn scan(self: Arc<Self>, scan: Scan) -> Box<dyn Work> {
        Box::new(FilesWork::new(self, scan))
    }
}
