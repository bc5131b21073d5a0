//! The handle: one SQLite file, one writer at a time, any number of readers and processes.

use std::fmt;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use glovebox_model::{Clock, Id, Timestamp};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use crate::migrations::migrate;
use crate::{MasterKey, StoreError};

const FILE: &str = "glovebox.sqlite";
const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(30);

/// The store of one data directory. Cheap to clone; every clone is the same store.
///
/// Works beside other handles and other processes on the same directory.
#[derive(Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    inner: Arc<Inner>,
}

struct Inner {
    directory: PathBuf,
    master_key: MasterKey,
    clock: Arc<dyn Clock>,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
pub struct Tx {
    transaction: Transaction<'static, Sqlite>,
    inner: Arc<Inner>,
    now: Timestamp,
}

impl Store {
    /// Opens the store of `directory`, making directory (0700), file (0600) and schema as needed.
    ///
    /// Refuses a master key other than the one the directory was made with.
    pub async fn open(
        directory: &Path,
        master_key: MasterKey,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let path = directory.join(FILE);
        make_private(directory, &path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .busy_timeout(BUSY)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY)
            .connect_with(options.clone())
            .await?;
        migrate(&mut *writer.acquire().await?).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY)
            .connect_lazy_with(options.pragma("query_only", "ON"));
        let directory = directory.to_path_buf();
        let store =
            Self { writer, readers, inner: Arc::new(Inner { directory, master_key, clock }) };
        store.check_master_key().await?;
        Ok(store)
    }

    async fn check_master_key(&self) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let kept: Option<String> =
            sqlx::query_scalar("SELECT value FROM settings WHERE name = 'master-key-check'")
                .fetch_optional(tx.connection())
                .await?;
        drop(tx);
        match kept {
            Some(kept) if self.inner.master_key.checks(&kept) => return Ok(()),
            Some(_) => return Err(StoreError::WrongMasterKey),
            None => {}
        }
        let mut tx = self.begin().await?;
        let fresh = self.inner.master_key.check_value();
        let kept: String = sqlx::query_scalar(
            "INSERT INTO settings (name, value) VALUES ('master-key-check', ?1)
             ON CONFLICT (name) DO UPDATE SET value = value RETURNING value",
        )
        .bind(fresh)
        .fetch_one(tx.connection())
        .await?;
        if !self.inner.master_key.checks(&kept) {
            return Err(StoreError::WrongMasterKey);
        }
        tx.commit().await
    }

    /// A transaction that may write (`BEGIN IMMEDIATE`): nobody else writes until it ends.
    ///
    /// A task that holds one must not begin another.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Tx { transaction, inner: Arc::clone(&self.inner), now: self.inner.clock.now() })
    }

    /// A transaction that reads one consistent state and waits for no writer; it cannot write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let transaction = self.readers.begin().await?;
        Ok(Tx { transaction, inner: Arc::clone(&self.inner), now: self.inner.clock.now() })
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
    }

    /// The master key of the directory.
    pub fn master_key(&self) -> &MasterKey {
        &self.inner.master_key
    }

    /// The present moment, by the clock of this store.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Waits for open transactions and closes the file.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

impl Tx {
    /// The moment at which this transaction happens: read once, after the write lock was taken.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Makes everything written durable, with the ledger entries that record it.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }

    /// The connection, for the statements of this crate.
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    pub(crate) fn master_key(&self) -> &MasterKey {
        &self.inner.master_key
    }

    /// A number never given before in this store: versions of rows and their order of creation.
    ///
    /// A row that is deleted and made again therefore never has an old version.
    pub(crate) async fn next_version(&mut self) -> Result<i64, StoreError> {
        let sql = "UPDATE versions SET last = last + 1 RETURNING last";
        Ok(sqlx::query_scalar(sql).fetch_one(self.connection()).await?)
    }

    /// A fresh random id.
    pub fn fresh_id<K>(&self) -> Result<Id<K>, StoreError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| StoreError::Entropy)?;
        Ok(Id::from_random(bytes))
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.inner.directory.display())
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tx({})", self.inner.directory.display())
    }
}

fn make_private(directory: &Path, file: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|source| StoreError::File { path: directory.to_path_buf(), source })?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let opened = options.open(file);
    opened.map(drop).map_err(|source| StoreError::File { path: file.to_path_buf(), source })
}
