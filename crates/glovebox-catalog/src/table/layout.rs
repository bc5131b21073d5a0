//! The files of a table as they lie below it: one format, `key=value` folders of one depth.

use std::sync::Arc;

use glovebox_model::{Column, ColumnName};

use super::csv::Dialect;
use super::storage::Storage;
use super::{Format, Unavailable, hive};

/// The files of a table, found but not opened.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) format: Format,
    /// By path.
    pub(crate) files: Vec<FoundFile>,
    /// In the order of the folders.
    pub(crate) partition_keys: Vec<ColumnName>,
    /// What a catalog says of the table; the files alone else.
    pub(crate) declared: Option<Arc<Declared>>,
}

/// What a catalog says of a table.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// The columns in the files, in their order.
    pub(crate) columns: Vec<Column>,
    /// The partition keys with their types.
    pub(crate) partition_keys: Vec<Column>,
    /// How delimited text is written.
    pub(super) dialect: Dialect,
    /// Whether text that does not read as its column's type is a fault, not NULL.
    pub(super) is_typed: bool,
}

/// A file with what it was when it was found.
#[derive(Debug, Clone)]
pub(crate) struct FoundFile {
    pub(crate) storage: Storage,
    /// Relative to the root of the storage.
    pub(crate) path: String,
    pub(crate) version: super::Version,
    /// One for each partition key; `None` is NULL.
    pub(crate) partition: Vec<Option<String>>,
    /// How many fields of a line are columns, if a catalog says so; further columns are NULL.
    pub(crate) fields: Option<usize>,
}

pub(super) const MAX_FILES: usize = 10_000;
pub(super) const MAX_FILE_BYTES: u64 = 256 << 30;
pub(super) const MAX_PARTITION_KEYS: usize = 8;
pub(super) const FORMATS: [(&str, Format); 3] =
    [(".csv", Format::Csv), (".ndjson", Format::Ndjson), (".parquet", Format::Parquet)];

pub(super) fn format_of(name: &str) -> Option<Format> {
    FORMATS.iter().find(|it| name.ends_with(it.0)).map(|it| it.1)
}

/// Whether a database or table name is one segment of a path.
pub(super) fn is_segment(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains(['/', '\0'])
}

/// Whether a name is Hadoop's own mark, such as `_SUCCESS` and `.x.crc`.
pub(super) fn is_mark(name: &str) -> bool {
    name.starts_with(['_', '.'])
}

/// The folders in which table formats keep which files count.
pub(super) const LOGS: [&str; 2] = ["_delta_log", ".hoodie"];

/// Refuses the table at `table` if `folder` in it says that it is of a table format: its files
/// alone would bring back rows that were removed or replaced.
pub(super) fn check_mark(table: &str, folder: &str) -> Result<(), Unavailable> {
    let table = || table.to_owned();
    match folder {
        "_delta_log" => {
            let what = "a connection of type delta, or its registration in Glue as a Delta \
                table, which it is";
            Err(Unavailable::Needs { path: table(), what })
        }
        ".hoodie" => Err(Unavailable::Unsupported { table: table(), what: "a Hudi table".into() }),
        _ => Ok(()),
    }
}

/// Collects files and checks that they fit together.
#[derive(Debug, Default)]
pub(super) struct Layout {
    format: Option<Format>,
    files: Vec<FoundFile>,
    keys: Vec<ColumnName>,
}

impl Layout {
    /// The value that a folder at `depth` below the table stands for.
    pub(super) fn partition(
        &mut self,
        depth: usize,
        name: &str,
        path: &str,
    ) -> Result<Option<String>, Unavailable> {
        let path = path.to_owned();
        let Some((key, value)) = hive::key_value(name) else {
            return Err(Unavailable::Unexpected { path });
        };
        let key =
            ColumnName::new(&key).map_err(|cause| Unavailable::BadName { name: key, cause })?;
        match self.keys.get(depth) {
            Some(known) if *known == key => {}
            Some(_) => {
                return Err(Unavailable::Mixed { path, reason: "another partition key" });
            }
            None if self.keys.contains(&key) => {
                return Err(Unavailable::Clash { path, column: key });
            }
            None if depth == MAX_PARTITION_KEYS => {
                let limit = MAX_PARTITION_KEYS as u64;
                return Err(Unavailable::Limit { path, what: "partition keys", limit });
            }
            None => self.keys.push(key),
        }
        Ok(value)
    }

    /// Takes a data file.
    pub(super) fn add(&mut self, file: FoundFile, format: Format) -> Result<(), Unavailable> {
        let path = file.path.clone();
        if *self.format.get_or_insert(format) != format {
            return Err(Unavailable::Mixed { path, reason: "another format" });
        }
        if self.files.len() == MAX_FILES {
            return Err(too_many(&path));
        }
        if file.version.size() > MAX_FILE_BYTES {
            return Err(Unavailable::Limit { path, what: "bytes", limit: MAX_FILE_BYTES });
        }
        self.files.push(file);
        Ok(())
    }

    /// The files of the table at `path`: at least one, all of one depth.
    pub(super) fn finish(self, path: String) -> Result<Found, Unavailable> {
        let format = self.format.ok_or(Unavailable::Empty { path })?;
        if let Some(file) = self.files.iter().find(|it| it.partition.len() != self.keys.len()) {
            let path = file.path.clone();
            return Err(Unavailable::Mixed { path, reason: "another depth of partition folders" });
        }
        Ok(Found { format, files: self.files, partition_keys: self.keys, declared: None })
    }
}

pub(super) fn too_many(path: &str) -> Unavailable {
    Unavailable::Limit { path: path.to_owned(), what: "files", limit: MAX_FILES as u64 }
}
