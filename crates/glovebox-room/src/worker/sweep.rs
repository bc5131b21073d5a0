//! What killed processes left on disk: kept and spilled files of queries that have ended.

use std::fs;
use std::io;
use std::path::Path;

use glovebox_model::{Id, Query};
use glovebox_store::Store;

/// Where walks keep results, and where they spill.
pub(super) const FOLDERS: [&str; 2] = ["kept", "spill"];

/// Removes what one ended query left.
pub(super) fn forget(data_dir: &Path, query: Id<Query>) {
    for folder in FOLDERS {
        let path = data_dir.join(folder).join(query.to_string());
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(path = %path.display(), %error, "a leftover could not be removed");
            }
            _ => {}
        }
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
                forget(store.directory(), query);
            }
        }
    }
}
