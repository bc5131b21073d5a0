//! The files of a house at one moment, and houses that were made before.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use glovebox_store::Store;
use tempfile::TempDir;

use super::clock::SimClock;
use super::people;
use super::state::State;
use super::stuck::Done;
use super::world::{BEGIN, open};
use crate::generate::Random;

/// The database and what is kept, as they lie on disk: not what belongs to members.
#[derive(Debug, Clone)]
pub(super) struct Image(Vec<(PathBuf, Vec<u8>)>);

/// Files, with what was known when they were taken.
#[derive(Debug, Clone)]
pub(super) struct Backup {
    pub(super) image: Image,
    pub(super) state: State,
}

impl Image {
    /// The files as they are now, while nobody writes.
    pub(super) fn of(data: &Path) -> Done<Self> {
        let mut files = Vec::new();
        let [database, log, _] = Store::files(Path::new(""));
        for file in [database, log] {
            if let Ok(bytes) = fs::read(data.join(&file)) {
                files.push((file, bytes));
            }
        }
        let kept = PathBuf::from("kept");
        for query in listed(&data.join(&kept)) {
            for file in listed(&data.join(&kept).join(&query)) {
                let path = kept.join(&query).join(file);
                files.push((path.clone(), fs::read(data.join(path))?));
            }
        }
        Ok(Self(files))
    }

    /// Puts them in the place of those that are there.
    pub(super) fn put(self, data: &Path) -> Done<()> {
        for file in Store::files(data) {
            let _ = fs::remove_file(file);
        }
        let _ = fs::remove_dir_all(data.join("kept"));
        for (path, bytes) in self.0 {
            let path = data.join(path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, bytes)?;
        }
        Ok(())
    }
}

/// How many houses there are to begin with: making one takes longer than most that happens in it.
const SHAPES: u64 = 48;

static MADE: Mutex<BTreeMap<u64, Backup>> = Mutex::new(BTreeMap::new());

/// The house that a seed begins with.
pub(super) async fn begin(seed: u64) -> Done<Backup> {
    let shape = seed % SHAPES;
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner).get(&shape).cloned();
    if let Some(made) = made {
        return Ok(made);
    }
    let folder = folder()?;
    let clock = Arc::new(SimClock::at(BEGIN));
    let (room, sql) = open(folder.path(), &clock, true).await?;
    let state = people::build(&room, &mut Random::new(shape), BEGIN).await?;
    sql.close().await;
    room.store().close().await;
    let made = Backup { image: Image::of(&folder.path().join("data"))?, state };
    MADE.lock().unwrap_or_else(PoisonError::into_inner).insert(shape, made.clone());
    Ok(made)
}

/// A folder in memory, where there is one: nothing here outlives the machine.
pub(super) fn folder() -> Done<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { tempfile::tempdir_in(memory)? } else { tempfile::tempdir()? })
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<PathBuf> =
        entries.flatten().map(|it| PathBuf::from(it.file_name())).collect();
    names.sort();
    names
}
