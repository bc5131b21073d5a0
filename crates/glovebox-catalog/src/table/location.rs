//! Finds the files of a table.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

use glovebox_model::ColumnName;

use super::{Unavailable, hive};
use crate::beneath::{EntryKind, Folder, Identity, is_in_the_way, is_missing};

/// Where a table lies: `root/database/table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableLocation {
    /// The root of an account's tables: `DIR/accounts/<id>/tables`, or a folder that the
    /// operator named.
    pub root: PathBuf,
    /// A folder in it.
    pub database: String,
    /// The table in that: `<table>.parquet`, `.csv`, `.ndjson`, or a folder of such.
    pub table: String,
}

/// The formats that tables can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// RFC 4180 with a header.
    Csv,
    /// One JSON object per line.
    Ndjson,
    /// Apache Parquet.
    Parquet,
}

/// The files of a table, found but not opened.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) root: Folder,
    pub(super) format: Format,
    /// By path.
    pub(super) files: Vec<FoundFile>,
    /// In the order of the folders.
    pub(super) partition_keys: Vec<ColumnName>,
}

#[derive(Debug, Clone)]
pub(super) struct FoundFile {
    /// Relative to the root.
    pub(super) path: String,
    pub(super) identity: Identity,
    /// One for each partition key; `None` is NULL.
    pub(super) partition: Vec<Option<String>>,
}

pub(super) const MAX_FILES: usize = 10_000;
pub(super) const MAX_FILE_BYTES: u64 = 256 << 30;
const MAX_PARTITION_KEYS: usize = 8;
const FORMATS: [(&str, Format); 3] =
    [(".csv", Format::Csv), (".ndjson", Format::Ndjson), (".parquet", Format::Parquet)];

/// Finds the one candidate for the table, and its files with their identities.
pub(super) fn find(location: &TableLocation) -> Result<Found, Unavailable> {
    let TableLocation { root, database, table } = location;
    let path = format!("{database}/{table}");
    let legal = |it: &str| !it.is_empty() && it != "." && it != ".." && !it.contains(['/', '\0']);
    if !legal(database) || !legal(table) {
        return Err(Unavailable::BadLocation);
    }
    let missing = || Unavailable::Missing { path: path.clone() };
    let root = Folder::open_root(root).map_err(|_| missing())?;
    let folder = match root.folder(database) {
        Ok(folder) => folder,
        Err(error) if is_missing(&error) => return Err(missing()),
        Err(error) => return Err(Unavailable::io(database, &error)),
    };
    let mut candidates = Vec::new();
    for suffix in FORMATS.iter().map(|it| it.0).chain([""]) {
        let name = format!("{table}{suffix}");
        match folder.kind(&name) {
            Ok(kind) => candidates.push((name, kind)),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(Unavailable::io(&format!("{database}/{name}"), &error)),
        }
    }
    if let [first, second, ..] = candidates.as_slice() {
        return Err(Unavailable::Ambiguous {
            first: format!("{database}/{}", first.0),
            second: format!("{database}/{}", second.0),
        });
    }
    let (name, kind) = candidates.pop().ok_or_else(missing)?;
    let path = format!("{database}/{name}");
    let mut search = Search::default();
    match (kind, format_of(&name)) {
        (EntryKind::File, Some(format)) => search.file(&folder, &name, &path, format)?,
        (EntryKind::Folder, None) => {
            let inner = folder.folder(&name).map_err(|it| Unavailable::io(&path, &it))?;
            search.folder(&inner, &path)?;
        }
        _ => return Err(Unavailable::NotRegular { path }),
    }
    search.finish(root, path)
}

fn format_of(name: &str) -> Option<Format> {
    FORMATS.iter().find(|it| name.ends_with(it.0)).map(|it| it.1)
}

#[derive(Default)]
struct Search {
    format: Option<Format>,
    files: Vec<FoundFile>,
    keys: Vec<ColumnName>,
    partition: Vec<Option<String>>,
}

impl Search {
    fn folder(&mut self, folder: &Folder, path: &str) -> Result<(), Unavailable> {
        let entries = folder.entries(MAX_FILES).map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => too_many(path),
            _ => Unavailable::io(path, &error),
        })?;
        let mut seen = BTreeMap::new();
        for entry in entries {
            let path = format!("{path}/{}", entry.name);
            // Hadoop's own marks, such as `_SUCCESS` and `.x.crc`.
            if entry.name.starts_with(['_', '.']) {
                continue;
            }
            match (entry.kind, format_of(&entry.name)) {
                (EntryKind::File, Some(format)) => self.file(folder, &entry.name, &path, format)?,
                (EntryKind::Folder, _) => {
                    let inner =
                        folder.folder(&entry.name).map_err(|it| Unavailable::io(&path, &it))?;
                    self.partition_folder(&inner, &entry.name, &path, &mut seen)?;
                }
                (EntryKind::File, None) => return Err(Unavailable::Unexpected { path }),
                (EntryKind::Other, _) => return Err(Unavailable::NotRegular { path }),
            }
        }
        Ok(())
    }

    fn partition_folder(
        &mut self,
        folder: &Folder,
        name: &str,
        path: &str,
        seen: &mut BTreeMap<Option<String>, ()>,
    ) -> Result<(), Unavailable> {
        let path = path.to_owned();
        let Some((key, value)) = hive::key_value(name) else {
            return Err(Unavailable::Unexpected { path });
        };
        let key =
            ColumnName::new(&key).map_err(|cause| Unavailable::BadName { name: key, cause })?;
        let depth = self.partition.len();
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
        if seen.insert(value.clone(), ()).is_some() {
            return Err(Unavailable::Mixed { path, reason: "one partition value in two folders" });
        }
        self.partition.push(value);
        self.folder(folder, &path)?;
        self.partition.pop();
        Ok(())
    }

    fn file(
        &mut self,
        folder: &Folder,
        name: &str,
        path: &str,
        format: Format,
    ) -> Result<(), Unavailable> {
        let path = path.to_owned();
        if *self.format.get_or_insert(format) != format {
            return Err(Unavailable::Mixed { path, reason: "another format" });
        }
        if self.files.len() == MAX_FILES {
            return Err(too_many(&path));
        }
        let identity = folder.identity(name).map_err(|it| Unavailable::io(&path, &it))?;
        if identity.size > MAX_FILE_BYTES {
            return Err(Unavailable::Limit { path, what: "bytes", limit: MAX_FILE_BYTES });
        }
        self.files.push(FoundFile { path, identity, partition: self.partition.clone() });
        Ok(())
    }

    fn finish(self, root: Folder, path: String) -> Result<Found, Unavailable> {
        let format = self.format.ok_or(Unavailable::Empty { path })?;
        if let Some(file) = self.files.iter().find(|it| it.partition.len() != self.keys.len()) {
            let path = file.path.clone();
            return Err(Unavailable::Mixed { path, reason: "another depth of partition folders" });
        }
        Ok(Found { root, format, files: self.files, partition_keys: self.keys })
    }
}

fn too_many(path: &str) -> Unavailable {
    Unavailable::Limit { path: path.to_owned(), what: "files", limit: MAX_FILES as u64 }
}

impl Found {
    /// Opens a file as it was found: the same file, of the same size and time.
    pub(super) fn open(&self, file: &FoundFile) -> Result<std::fs::File, Unavailable> {
        open_beneath(&self.root, file)
    }
}

/// Opens `file` beneath `root` if it is still what was found.
pub(super) fn open_beneath(root: &Folder, file: &FoundFile) -> Result<std::fs::File, Unavailable> {
    let changed = || Unavailable::Changed { path: file.path.clone() };
    let disk = |error: std::io::Error| {
        if is_in_the_way(&error) { changed() } else { Unavailable::io(&file.path, &error) }
    };
    let mut segments: Vec<&str> = file.path.split('/').collect();
    let leaf = segments.pop().unwrap_or_default();
    let mut folder = root.try_clone().map_err(disk)?;
    for segment in segments {
        folder = folder.folder(segment).map_err(disk)?;
    }
    let opened = folder.file(leaf).map_err(disk)?;
    if Identity::of(&opened).map_err(disk)? == file.identity { Ok(opened) } else { Err(changed()) }
}
