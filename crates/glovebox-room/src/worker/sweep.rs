//! What killed processes left on disk: kept and spilled files of queries that have ended.

use std::fs;
use std::io;
use std::path::Path;

use glovebox_model::{Id, Query};
use glovebox_store::{Store, StoreError};

/// Where walks keep results, and where they spill.
pub(super) const FOLDERS: [&str; 2] = [KEPT, "spill"];
const KEPT: &str = "kept";

/// Removes what one ended query left, but for a release that is stored.
pub(super) async fn forget(store: &Store, query: Id<Query>) {
    for folder in FOLDERS {
        let is_needed = folder == KEPT && store.needs_files(query).await.unwrap_or(true);
        if !is_needed {
            remove(store.directory(), folder, query);
        }
    }
}

/// Removes the files of releases that are not stored any more, the oldest ones among them.
pub(super) async fn releases(store: &Store) -> Result<(), StoreError> {
    store.drop_old_releases().await?;
    for query in store.dropped_releases().await? {
        if remove(store.directory(), KEPT, query) {
            store.release_is_gone(query).await?;
        }
    }
    Ok(())
}

fn remove(data_dir: &Path, folder: &str, query: Id<Query>) -> bool {
    let path = data_dir.join(folder).join(query.to_string());
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(path = %path.display(), %error, "a leftover could not be removed");
            false
        }
        _ => true,
    }
}

/// Removes what every ended query left.
pub(super) async fn all(store: &Store) {
    for folder in FOLDERS {
        let Ok(entries) = fs::read_dir(store.directory().join(folder)) else { continue };
        for entry in entries.flatten() {
            let Ok(query) = entry.file_name().to_string_lossy().parse() else { continue };
            let Ok(mut tx) = store.read().await else { return };
            let ended = match tx.query(query).await {
                Ok(found) => found.is_none_or(|it| it.status.is_final()),
                Err(_) => false,
            };
            if ended {
                drop(tx);
                forget(store, query).await;
            }
        }
    }
}
