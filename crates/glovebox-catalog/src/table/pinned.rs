//! Pins a table's files, then opens them as they were pinned.

use std::sync::Arc;

use datafusion::catalog::TableProvider;
use glovebox_model::{Column, ColumnName};

use super::location::{Format, Found, TableLocation, find};
use super::parquet::Footer;
use super::provider::FolderTable;
use super::ranges::Ranges;
use super::reading::{ReadRecorder, Reading};
use super::work::{Source, SourceFile};
use super::{Manifest, Unavailable};

/// A table whose files are known by path, inode, size and time; none has been opened.
#[derive(Debug)]
pub struct Pinned {
    found: Found,
    manifest: Manifest,
}

/// A table that a plan can scan.
#[derive(Debug)]
pub struct Opened {
    /// What the plan scans.
    pub provider: Arc<dyn TableProvider>,
    /// How its reading goes on and ends.
    pub reading: Arc<Reading>,
    /// What was pinned.
    pub manifest: Manifest,
}

/// Row groups of one table at most, all of whose descriptions stand in memory.
const MAX_ROW_GROUPS: usize = 100_000;

/// Lists the table's files; reads none of them.
pub fn pin(location: &TableLocation) -> Result<Pinned, Unavailable> {
    let found = find(location)?;
    let manifest = Manifest::of(&found.files);
    Ok(Pinned { found, manifest })
}

impl Pinned {
    /// What was pinned.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Checks that every file still has the `configured` columns as they were configured, and
    /// makes a table of exactly the `shown` ones, in that order. Columns named as a partition key
    /// come from the folders.
    ///
    /// # Errors
    /// [`Unavailable::SchemaChanged`] when a column is missing or has another type;
    /// [`Unavailable::Changed`] when a file is not what was pinned.
    pub fn open(
        self,
        configured: &[Column],
        shown: &[ColumnName],
        recorder: Option<Arc<dyn ReadRecorder>>,
    ) -> Result<Opened, Unavailable> {
        let (source, manifest) = self.source(configured, shown, recorder)?;
        let reading = Arc::new(Reading::default());
        let provider = FolderTable::new(source, Arc::clone(&reading));
        Ok(Opened { provider: Arc::new(provider), reading, manifest })
    }

    /// The same, to be read without a plan.
    pub(super) fn source(
        self,
        configured: &[Column],
        shown: &[ColumnName],
        recorder: Option<Arc<dyn ReadRecorder>>,
    ) -> Result<(Source, Manifest), Unavailable> {
        let columns = chosen(configured, shown)?;
        let Self { found, manifest } = self;
        let mut files = Vec::with_capacity(found.files.len());
        let mut row_groups = 0;
        for file in &found.files {
            let footer = match found.format {
                Format::Parquet => {
                    let ranges = Ranges {
                        file: Arc::new(found.open(file)?),
                        length: file.identity.size,
                        path: file.path.clone(),
                        recorder: recorder.clone(),
                    };
                    Some(Footer::read(&ranges)?)
                }
                Format::Csv | Format::Ndjson => None,
            };
            if let Some(footer) = &footer {
                check(&found, footer, configured, &file.path)?;
                row_groups += footer.row_groups;
            }
            if row_groups > MAX_ROW_GROUPS {
                let (path, limit) = (file.path.clone(), MAX_ROW_GROUPS as u64);
                return Err(Unavailable::Limit { path, what: "row groups", limit });
            }
            files.push(SourceFile { file: file.clone(), footer });
        }
        let source = Source {
            root: found.root,
            format: found.format,
            files,
            partition_keys: found.partition_keys,
            columns,
            configured: configured.iter().map(|it| it.name.clone()).collect(),
            recorder,
        };
        Ok((source, manifest))
    }
}

fn chosen(configured: &[Column], shown: &[ColumnName]) -> Result<Vec<Column>, Unavailable> {
    let column = |name: &ColumnName| configured.iter().find(|it| it.name == *name).cloned();
    let missing = |column: &ColumnName| Unavailable::SchemaChanged {
        path: String::new(),
        column: column.clone(),
    };
    shown.iter().map(|it| column(it).ok_or_else(|| missing(it))).collect()
}

fn check(
    found: &Found,
    footer: &Footer,
    columns: &[Column],
    path: &str,
) -> Result<(), Unavailable> {
    for column in columns.iter().filter(|it| !found.partition_keys.contains(&it.name)) {
        if !footer.columns.contains(column) {
            let (path, column) = (path.to_owned(), column.name.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
    }
    Ok(())
}
