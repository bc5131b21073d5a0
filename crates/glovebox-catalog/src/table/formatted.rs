//! A table of a table format: its schema and its files come from metadata.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use glovebox_model::Column;

use super::batches::constant;
use super::deleted::Deleted;
use super::described::Described;
use super::files::{FileOf, LOOKED_AT, Parts, footers};
use super::layout::FoundFile;
use super::lookup::Lookup;
use super::manifest::line;
use super::objects::{found, head};
use super::source::{Listed, Opening, Readable};
use super::stop::Stop;
use super::storage::Bucket;
use super::{Format, Manifest, Unavailable};

/// A table of a table format, as its metadata says; the data is Parquet.
#[derive(Debug)]
pub(super) struct Formatted {
    pub(super) described: Described,
    /// The columns whose values stand in the metadata.
    pub(super) partition_keys: Vec<Column>,
    pub(super) lookup: Arc<Lookup>,
    pub(super) files: Vec<FileOf>,
    /// What was pinned: the version or snapshot.
    pub(super) pinned: String,
}

/// A file that metadata names.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) partition: Vec<Option<String>>,
    pub(super) deleted: Option<Arc<Deleted>>,
}

/// Files that are looked for at once.
const PARALLEL: usize = 32;

/// The files with their ETags: each must be there, as long as the metadata says.
pub(super) fn headed(
    bucket: &Arc<Bucket>,
    wanted: Vec<Wanted>,
    stop: &Stop,
) -> Result<Vec<FileOf>, Unavailable> {
    let one = |it: Wanted| async move {
        let Wanted { path, size, partition, deleted } = it;
        let object = head(bucket, path.clone()).await?;
        let Some(object) = object else { return Err(Unavailable::Absent { path }) };
        if object.size != size {
            return Err(Unavailable::Mixed { path, reason: "another size than the metadata says" });
        }
        Ok((found(bucket, &object, partition), deleted))
    };
    stop.wait(stream::iter(wanted).map(one).buffered(PARALLEL).try_collect())
}

impl Formatted {
    /// Whether the values in the metadata are of the types that it says.
    fn check_partitions(&self) -> Result<(), Unavailable> {
        for (file, _) in &self.files {
            for (key, value) in self.partition_keys.iter().zip(&file.partition) {
                let is_null = constant(key, Some(value), 1).is_null(0);
                if value.is_some() && is_null {
                    let path = file.path.clone();
                    return Err(Unavailable::Corrupt { path, row_group: None });
                }
            }
        }
        Ok(())
    }
}

impl Listed for Formatted {
    fn manifest(&self) -> Manifest {
        let mut text = format!("glovebox manifest 1\n{}\n", self.pinned);
        let mut bytes: u64 = 0;
        for (file, _) in &self.files {
            bytes = bytes.saturating_add(file.version.size());
            text.push_str(&line(file));
        }
        Manifest::new(&text, self.files.len(), bytes)
    }

    fn describe(&self, stop: &Stop) -> Result<Described, Unavailable> {
        self.check_partitions()?;
        // Their footers must fit the schema.
        let some: Vec<FoundFile> =
            self.files.iter().take(LOOKED_AT).map(|it| it.0.clone()).collect();
        footers(&some, &self.lookup, None, stop)?;
        Ok(self.described.clone())
    }

    fn open(self: Box<Self>, opening: Opening<'_>) -> Result<Arc<dyn Readable>, Unavailable> {
        self.check_partitions()?;
        let known = || self.described.columns.iter().chain(&self.partition_keys);
        if let Some(column) =
            opening.configured.iter().find(|column| !known().any(|it| it == *column))
        {
            let (path, column) = (self.pinned.clone(), column.name.clone());
            return Err(Unavailable::SchemaChanged { path, column });
        }
        let Self { partition_keys, lookup, files, .. } = *self;
        let partition_keys = partition_keys.into_iter().map(|it| it.name).collect();
        let format = Format::Parquet;
        let parts = Parts { format, files, partition_keys, declared: None, lookup };
        Ok(Arc::new(parts.open(opening)?))
    }
}
