//! Finds the files of a table in a folder.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use super::layout::{
    FORMATS, Found, FoundFile, Layout, MAX_FILES, check_mark, format_of, is_mark, is_segment,
    too_many,
};
use super::storage::{Storage, Version};
use super::{Format, Unavailable};
use crate::beneath::{EntryKind, Folder, is_missing};

/// Where a table lies: `root/database/table`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderLocation {
    /// The root of an account's tables: `DIR/accounts/<id>/tables`, or a folder that the
    /// operator named.
    pub root: PathBuf,
    /// A folder in it.
    pub database: String,
    /// The table in that: `<table>.parquet`, `.csv`, `.ndjson`, or a folder of such.
    pub table: String,
}

/// Finds the one candidate for the table, and its files with their identities.
pub(crate) fn find(location: &FolderLocation) -> Result<Found, Unavailable> {
    let FolderLocation { root, database, table } = location;
    let path = format!("{database}/{table}");
    if !is_segment(database) || !is_segment(table) {
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
    let storage = Storage::Folder(Arc::new(root));
    let mut search = Search { storage, layout: Layout::default(), partition: Vec::new() };
    match (kind, format_of(&name)) {
        (EntryKind::File, Some(format)) => search.file(&folder, &name, path.clone(), format)?,
        (EntryKind::Folder, None) => {
            let inner = folder.folder(&name).map_err(|it| Unavailable::io(&path, &it))?;
            search.folder(&inner, &path)?;
        }
        _ => return Err(Unavailable::NotRegular { path }),
    }
    search.layout.finish(path)
}

struct Search {
    storage: Storage,
    layout: Layout,
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
            let table = path;
            let path = format!("{table}/{}", entry.name);
            if is_mark(&entry.name) {
                if matches!(entry.kind, EntryKind::Folder) {
                    check_mark(table, &entry.name)?;
                }
                continue;
            }
            match (entry.kind, format_of(&entry.name)) {
                (EntryKind::File, Some(format)) => self.file(folder, &entry.name, path, format)?,
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
        let value = self.layout.partition(self.partition.len(), name, path)?;
        if seen.insert(value.clone(), ()).is_some() {
            let path = path.to_owned();
            return Err(Unavailable::Mixed { path, reason: "one partition value in two folders" });
        }
        self.partition.push(value);
        self.folder(folder, path)?;
        self.partition.pop();
        Ok(())
    }

    fn file(
        &mut self,
        folder: &Folder,
        name: &str,
        path: String,
        format: Format,
    ) -> Result<(), Unavailable> {
        let identity = folder.identity(name).map_err(|it| Unavailable::io(&path, &it))?;
        let (storage, partition) = (self.storage.clone(), self.partition.clone());
        let version = Version::Disk(identity);
        let file = FoundFile { storage, path, version, partition, fields: None };
        self.layout.add(file, format)
    }
}
