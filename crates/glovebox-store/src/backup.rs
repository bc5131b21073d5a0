//! A consistent copy of the database, taken while it is used.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions as _;
use sqlx::sqlite::SqliteConnectOptions;

use crate::{Store, StoreError};

impl Store {
    /// Writes a copy of the database as it is at this moment to `to`, which must not exist: whole,
    /// looked through and on disk, or not at all. Writers need not wait.
    pub async fn back_up(&self, to: &Path) -> Result<(), StoreError> {
        let failed = |source| StoreError::File { path: to.to_path_buf(), source };
        if to.exists() {
            return Err(failed(io::ErrorKind::AlreadyExists.into()));
        }
        let part = to.with_extension("part");
        let private = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part);
        drop(private.map_err(failed)?);
        let copied = self.copy_to(&part).await;
        let kept = match copied {
            Ok(()) => keep(&part, to).map_err(failed),
            Err(error) => Err(error),
        };
        if kept.is_err() {
            drop(fs::remove_file(&part));
        }
        kept
    }

    async fn copy_to(&self, part: &Path) -> Result<(), StoreError> {
        let name = part.to_str().ok_or(StoreError::File {
            path: PathBuf::from(part),
            source: io::ErrorKind::InvalidFilename.into(),
        })?;
        let mut connection = self.connection_outside_transactions().await?;
        sqlx::query("VACUUM INTO ?1").bind(name).execute(&mut *connection).await?;
        drop(connection);
        let options = SqliteConnectOptions::new().filename(part).read_only(true);
        let mut copy = options.connect().await?;
        let found: String = sqlx::query_scalar("PRAGMA quick_check").fetch_one(&mut copy).await?;
        match found.as_str() {
            "ok" => Ok(()),
            _ => Err(StoreError::Corrupt { what: "the copy" }),
        }
    }
}

fn keep(part: &Path, to: &Path) -> io::Result<()> {
    File::open(part)?.sync_all()?;
    fs::rename(part, to)?;
    File::open(to.parent().unwrap_or(Path::new(".")))?.sync_all()
}
