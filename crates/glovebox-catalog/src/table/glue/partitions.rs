//! Partitions as a catalog registers them: where their files lie, and whether these are written
//! as those of the table.

use aws_sdk_glue::types::{Column as GlueColumn, Partition, StorageDescriptor, Table};
use glovebox_model::{Column, ColumnName};

use super::super::csv::Dialect;
use super::super::{Format, Unavailable};
use super::format;

/// Where files of one partition lie.
pub(super) struct Place {
    pub(super) location: String,
    /// One for each partition key; `None` is NULL.
    pub(super) values: Vec<Option<String>>,
    /// How many fields of a line are columns, if the catalog says so of the partition.
    pub(super) fields: Option<usize>,
}

/// What the partitions of a table must agree with.
pub(super) struct Whole<'a> {
    pub(super) name: &'a str,
    pub(super) table: &'a Table,
    pub(super) written: &'a (Format, Dialect),
    pub(super) columns: &'a [Column],
    pub(super) keys: usize,
}

impl Whole<'_> {
    /// Where a partition lies, and its values.
    pub(super) fn place(&self, mut partition: Partition) -> Result<Place, Unavailable> {
        let mixed = |reason| Unavailable::Mixed { path: self.name.to_owned(), reason };
        let storage = partition.storage_descriptor.take();
        let storage = storage.ok_or_else(|| mixed("a partition without files"))?;
        if !self.is_written_so(&partition, &storage)? {
            return Err(mixed("a partition in another format"));
        }
        let values = partition.values.unwrap_or_default();
        if values.len() != self.keys {
            return Err(mixed("a partition with another number of values"));
        }
        let value = |it: String| (it != "__HIVE_DEFAULT_PARTITION__").then_some(it);
        let values = values.into_iter().map(value).collect();
        let columns = storage.columns.unwrap_or_default();
        let location = storage.location.ok_or_else(|| mixed("a partition without a location"))?;
        let fields = self.fields(&columns, &location)?;
        Ok(Place { location, values, fields })
    }

    /// Whether files are read alike, however that is said.
    fn is_written_so(
        &self,
        partition: &Partition,
        storage: &StorageDescriptor,
    ) -> Result<bool, Unavailable> {
        // What a partition does not say itself its table says.
        let mut above = format::of_table(self.table);
        above.extend(partition.parameters.clone().unwrap_or_default());
        Ok(format::of(self.name, storage, above)? == *self.written)
    }

    /// How many columns the lines of a partition have. Text goes by places: a partition may be
    /// older than the last columns of its table, but what it has must be what the table has.
    fn fields(&self, own: &[GlueColumn], location: &str) -> Result<Option<usize>, Unavailable> {
        // Whoever writes no columns of a partition means those of the table.
        if self.written.0 != Format::Csv || own.is_empty() {
            return Ok(None);
        }
        let is_that = |(own, column): (&GlueColumn, &Column)| {
            ColumnName::new(&own.name).is_ok_and(|it| it == column.name)
                && own.r#type.as_deref().and_then(format::column_type) == Some(column.kind)
        };
        if own.len() <= self.columns.len() && own.iter().zip(self.columns).all(is_that) {
            return Ok(Some(own.len()));
        }
        let (path, reason) = (location.to_owned(), "a partition with other columns");
        Err(Unavailable::Mixed { path, reason })
    }
}
