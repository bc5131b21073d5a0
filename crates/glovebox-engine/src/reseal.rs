//! Kept files under another key: copies beside the old ones, which take their place when the key
//! has changed.
//!
//! Nothing says on disk whether the key has changed: a copy belongs to the key that opens it. So
//! whoever settles, at whichever moment the work was broken off, ends with files of its own key.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use glovebox_catalog::Folder;
use glovebox_model::{Id, Query};

use crate::encode::kept_folder;
use crate::sealed::{KeptKey, Place, Sealer, unseal};

const OLD: &str = ".sealed";
const NEW: &str = ".resealed";
/// More files than one result has.
const MOST: usize = 1_000_000;

/// Writes a copy under `to` beside every kept file of a query that opens under `from`, durably;
/// gives their number. A file that does not open is not whole, and nobody delivers it.
///
/// # Errors
/// When the disk says no; what was written stays, and is settled later.
pub fn reseal(data_dir: &Path, query: Id<Query>, from: &KeptKey, to: &KeptKey) -> io::Result<u64> {
    let Some(folder) = folder_of(data_dir, query)? else { return Ok(0) };
    let mut count = 0;
    for (index, name) in names(&folder, OLD)? {
        let place = Place { query, index };
        if !opens(&folder, &name, from, place)? {
            tracing::warn!(%query, "a kept file does not open and is left as it is");
            continue;
        }
        let copy = format!("{index}{NEW}");
        remove(&folder, &copy)?;
        let mut sealer = Sealer::begin(folder.create_file(&copy)?, to, place)?;
        unseal(folder.file(&name)?, from, place, &mut sealer)?;
        let (mut file, _) = sealer.finish()?;
        file.flush()?;
        file.sync_all()?;
        count += 1;
    }
    folder.sync()?;
    Ok(count)
}

/// Puts the copies of a query that open under `key` in the place of the old files, and removes the
/// others.
///
/// # Errors
/// When the disk says no: it may be done again.
pub fn settle(data_dir: &Path, query: Id<Query>, key: &KeptKey) -> io::Result<()> {
    let Some(folder) = folder_of(data_dir, query)? else { return Ok(()) };
    let copies = names(&folder, NEW)?;
    if copies.is_empty() {
        return Ok(());
    }
    for (index, name) in copies {
        if opens(&folder, &name, key, Place { query, index })? {
            folder.rename(&name, &folder, &format!("{index}{OLD}"), true)?;
        } else {
            remove(&folder, &name)?;
        }
    }
    folder.sync()
}

fn folder_of(data_dir: &Path, query: Id<Query>) -> io::Result<Option<Folder>> {
    match kept_folder(data_dir)?.folder(&query.to_string()) {
        Ok(folder) => Ok(Some(folder)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The files of a kind, with their numbers.
fn names(folder: &Folder, kind: &str) -> io::Result<Vec<(u32, String)>> {
    let entries = folder.entries(MOST)?;
    let numbered = |name: String| Some((name.strip_suffix(kind)?.parse().ok()?, name));
    Ok(entries.into_iter().filter_map(|it| numbered(it.name)).collect())
}

fn opens(folder: &Folder, name: &str, key: &KeptKey, place: Place) -> io::Result<bool> {
    match unseal(folder.file(name)?, key, place, &mut io::sink()) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::InvalidData | ErrorKind::UnexpectedEof => Ok(false),
            _ => Err(error),
        },
    }
}

fn remove(folder: &Folder, name: &str) -> io::Result<()> {
    match folder.remove_file(name) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn key(byte: u8) -> KeptKey {
        KeptKey::new(Zeroizing::new([byte; 32]))
    }

    fn query() -> Id<Query> {
        Id::from_random([9; 16])
    }

    /// Two kept files under the first key.
    fn kept() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let folder = kept_folder(dir.path()).unwrap();
        let folder = folder.folder_or_create(&query().to_string()).unwrap();
        for index in 0..2 {
            let file = folder.create_file(&format!("{index}{OLD}")).unwrap();
            let mut sealer = Sealer::begin(file, &key(1), Place { query: query(), index }).unwrap();
            sealer.write_all(&vec![index as u8; 100_000]).unwrap();
            sealer.finish().unwrap();
        }
        dir
    }

    /// Under which key the files of a query open, and the names that are there.
    fn found(dir: &tempfile::TempDir, key: &KeptKey) -> (bool, usize) {
        let folder = folder_of(dir.path(), query()).unwrap().unwrap();
        let all = (0..2).all(|index| {
            let mut plain = Vec::new();
            let file = folder.file(&format!("{index}{OLD}")).unwrap();
            let place = Place { query: query(), index };
            unseal(file, key, place, &mut plain).is_ok() && plain == vec![index as u8; 100_000]
        });
        (all, folder.entries(MOST).unwrap().len())
    }

    #[test]
    fn files_pass_to_the_key_that_is_in_force_when_it_is_settled() {
        let dir = kept();
        assert_eq!(reseal(dir.path(), query(), &key(1), &key(2)).unwrap(), 2);
        assert_eq!(found(&dir, &key(1)), (true, 4), "nothing has changed yet");
        // Once more, after a crash.
        assert_eq!(reseal(dir.path(), query(), &key(1), &key(2)).unwrap(), 2);
        settle(dir.path(), query(), &key(2)).unwrap();
        assert_eq!(found(&dir, &key(2)), (true, 2));
        settle(dir.path(), query(), &key(2)).unwrap();
        assert_eq!(found(&dir, &key(2)), (true, 2));
    }

    #[test]
    fn copies_for_a_key_that_never_came_into_force_are_removed() {
        let dir = kept();
        reseal(dir.path(), query(), &key(1), &key(2)).unwrap();
        settle(dir.path(), query(), &key(1)).unwrap();
        assert_eq!(found(&dir, &key(1)), (true, 2));
    }

    #[test]
    fn a_copy_that_was_torn_or_moved_only_half_way_is_settled_all_the_same() {
        let dir = kept();
        reseal(dir.path(), query(), &key(1), &key(2)).unwrap();
        let at = dir.path().join("kept").join(query().to_string());
        std::fs::rename(at.join("0.resealed"), at.join("0.sealed")).unwrap();
        settle(dir.path(), query(), &key(2)).unwrap();
        assert_eq!(found(&dir, &key(2)), (true, 2));
        reseal(dir.path(), query(), &key(2), &key(3)).unwrap();
        std::fs::write(at.join("1.resealed"), "torn").unwrap();
        settle(dir.path(), query(), &key(2)).unwrap();
        assert_eq!(found(&dir, &key(2)), (true, 2));
        assert_eq!(reseal(dir.path(), query(), &key(7), &key(3)).unwrap(), 0, "none opens");
        assert_eq!(reseal(dir.path(), Id::from_random([1; 16]), &key(7), &key(3)).unwrap(), 0);
    }
}
