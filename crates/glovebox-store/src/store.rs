//! The handle: one SQLite file, one writer at a time, any number of readers and processes.

use std::fmt;
use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use glovebox_ledger::SigningKey;
use glovebox_model::{AccessKeyId, Clock, Id, Query, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{Connection as _, Sqlite, Transaction};
use tokio::time::Instant;

use crate::head_counter::{Age, HeadCounter};
use crate::ledger::LedgerKey;
use crate::migrations::migrate;
use crate::{MasterKey, Observer, StoreError, WalkKeys, settings};

pub(crate) const CHECK: &str = "master-key-check";
const FILE: &str = "glovebox.sqlite";
const READERS: u32 = 4;
const BUSY: Duration = Duration::from_secs(30);

/// The store of one data directory. Cheap to clone; every clone is the same store.
///
/// Works beside other handles and other processes on the same directory. `K` is what it holds of
/// the house's secrets: whoever walks a query holds [`WalkKeys`] and can unseal nothing.
#[derive(Clone)]
pub struct Store<K = MasterKey> {
    writer: SqlitePool,
    readers: SqlitePool,
    inner: Arc<Inner>,
    keys: K,
    head_counter: Option<Arc<HeadCounter>>,
    observer: Option<Observer>,
}

struct Inner {
    directory: PathBuf,
    ledger_key: LedgerKey,
    clock: Arc<dyn Clock>,
}

/// A transaction. Dropped without [`Tx::commit`], it leaves nothing.
pub struct Tx {
    transaction: Transaction<'static, Sqlite>,
    inner: Arc<Inner>,
    now: Timestamp,
    acting: Option<AccessKeyId>,
    /// Of a transaction that writes: who is told how long it took, since when.
    observed: Option<(Observer, Instant)>,
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
        let (writer, readers) = connect(&path).await?;
        let ledger_key = {
            let mut connection = writer.acquire().await?;
            check_master_key(&mut connection, &master_key).await?;
            LedgerKey::load(&mut connection, &master_key).await?
        };
        let directory = directory.to_path_buf();
        let inner = Arc::new(Inner { directory, ledger_key, clock });
        Ok(Self { writer, readers, inner, keys: master_key, head_counter: None, observer: None })
    }

    /// The same store with its head counter in `folder`, which lies outside the data directory:
    /// without one, no privacy budget can be charged. One file for each house.
    #[must_use]
    pub fn guarded_by(self, folder: &Path) -> Self {
        let house = self.inner.ledger_key.signer().public_key().to_string();
        let counter = HeadCounter::at(folder.join(house));
        self.with_head_counter(counter)
    }

    /// Makes the file of the head counter once an owner offers a privacy budget: a walk behind its
    /// fence can raise it, and cannot make it. False when a charge would find no file to raise.
    pub async fn prepare_head_counter(&self) -> Result<bool, StoreError> {
        let mut tx = self.read().await?;
        if !tx.has_privacy_budgets().await? {
            return Ok(true);
        }
        match &self.head_counter {
            Some(counter) => tx.can_charge(counter).await,
            None => Ok(false),
        }
    }

    /// The files of the store in a directory.
    pub fn files(directory: &Path) -> [PathBuf; 3] {
        ["", "-wal", "-shm"].map(|it| directory.join(format!("{FILE}{it}")))
    }

    /// The master key of the directory.
    pub fn master_key(&self) -> &MasterKey {
        &self.keys
    }

    /// What the walk of one query needs. The key of its stored releases is that of its
    /// collaboration and receivers: its process reaches the folders of these receivers anyway,
    /// in which every release under that key was delivered.
    pub async fn walk_keys(&self, query: Id<Query>) -> Result<WalkKeys, StoreError> {
        let found = self.read().await?.query(query).await?;
        let found = found.ok_or(StoreError::Corrupt { what: "queries" })?;
        let ledger = self.inner.ledger_key.seed();
        let (kept_result, releases) = (self.keys.kept_key(query), self.keys.releases_key(&found));
        Ok(WalkKeys::new(query, ledger, kept_result, releases))
    }

    /// The same store in the hands of a walk within this process.
    pub async fn for_walk(&self, query: Id<Query>) -> Result<Store<WalkKeys>, StoreError> {
        Ok(Store {
            writer: self.writer.clone(),
            readers: self.readers.clone(),
            inner: Arc::clone(&self.inner),
            keys: self.walk_keys(query).await?,
            head_counter: self.head_counter.clone(),
            observer: self.observer.clone(),
        })
    }
}

impl Store<WalkKeys> {
    /// Opens the store of a directory that exists, in the process of a walk.
    pub async fn open_for_walk(
        directory: &Path,
        keys: WalkKeys,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StoreError> {
        let (writer, readers) = connect(&directory.join(FILE)).await?;
        let ledger_key = LedgerKey::of(keys.ledger_seed());
        let inner = Inner { directory: directory.to_path_buf(), ledger_key, clock };
        Ok(Self {
            writer,
            readers,
            inner: Arc::new(inner),
            keys,
            head_counter: None,
            observer: None,
        })
    }

    /// The keys of the walk.
    pub fn walk_keys(&self) -> &WalkKeys {
        &self.keys
    }
}

impl<K> Store<K> {
    /// The same store with this head counter.
    #[must_use]
    pub fn with_head_counter(self, counter: HeadCounter) -> Self {
        Self { head_counter: Some(Arc::new(counter)), ..self }
    }

    /// The same store, of whose write transactions `observer` is told.
    #[must_use]
    pub fn observed_by(self, observer: Observer) -> Self {
        Self { observer: Some(observer), ..self }
    }

    /// Its head counter, if it has one.
    pub fn head_counter(&self) -> Option<&HeadCounter> {
        self.head_counter.as_deref()
    }

    /// Whether the database is the newest one, as far as its head counter knows. An older one
    /// opens no query.
    pub async fn age(&self) -> Result<Age, StoreError> {
        match &self.head_counter {
            Some(counter) => self.read().await?.age(counter).await,
            None => Ok(Age::Newest),
        }
    }

    /// The writer's connection, for what no transaction can do.
    pub(crate) async fn connection_outside_transactions(
        &self,
    ) -> Result<PoolConnection<Sqlite>, StoreError> {
        Ok(self.writer.acquire().await?)
    }

    /// A transaction that may write (`BEGIN IMMEDIATE`): nobody else writes until it ends.
    ///
    /// A task that holds one must not begin another.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        let begun = Instant::now();
        let transaction = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        let observed = self.observer.clone().map(|it| (it, begun));
        Ok(Tx { observed, ..self.tx(transaction) })
    }

    /// A transaction that reads one consistent state and waits for no writer; it cannot write.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let transaction = self.readers.begin().await?;
        Ok(self.tx(transaction))
    }

    fn tx(&self, transaction: Transaction<'static, Sqlite>) -> Tx {
        let inner = Arc::clone(&self.inner);
        Tx { transaction, inner, now: self.inner.clock.now(), acting: None, observed: None }
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.inner.directory
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

    /// From here on the ledger says that this key acted.
    pub fn act_by(&mut self, key: &AccessKeyId) {
        self.acting = Some(key.clone());
    }

    /// The key that acts, if a request does.
    pub(crate) fn acting(&self) -> Option<AccessKeyId> {
        self.acting.clone()
    }

    /// Makes everything written durable, with the ledger entries that record it.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await?;
        if let Some((observer, begun)) = self.observed {
            observer.tell(begun.elapsed());
        }
        Ok(())
    }

    /// The clocks, to be compared now.
    pub(crate) fn clock(&self) -> &dyn Clock {
        self.inner.clock.as_ref()
    }

    /// The connection, for the statements of this crate.
    pub(crate) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    pub(crate) fn ledger_key(&self) -> &SigningKey {
        self.inner.ledger_key.signer()
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

impl<K> fmt::Debug for Store<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.inner.directory.display())
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tx({})", self.inner.directory.display())
    }
}

/// The pools of one writer and of readers, with the schema brought up to date.
async fn connect(path: &Path) -> Result<(SqlitePool, SqlitePool), StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .busy_timeout(BUSY)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        // What does not fit the cache stays in memory: never a file outside the directory.
        .pragma("temp_store", "MEMORY");
    let writer = writer(&options).await?;
    migrate(&mut *writer.acquire().await?).await?;
    let readers = pool()
        .max_connections(READERS)
        .acquire_timeout(BUSY)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok((writer, readers))
}

/// A pool that gives no connection away which believes itself in a transaction. A disk that is full
/// makes SQLite roll back by itself; `sqlx` then rolls back what is not there any more, and would
/// begin nothing on that connection ever again. (Each is asked whether it lives before: what was
/// dropped has been rolled back by then.)
fn pool() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .test_before_acquire(true)
        .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
}

/// How often the write-ahead log is asked for before a database counts as locked.
const ATTEMPTS: u32 = 200;

/// The writer. Turning the write-ahead log on needs the database for itself, and SQLite waits for
/// nobody then, whatever its busy timeout: whoever comes second asks again.
async fn writer(options: &SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = || pool().max_connections(1).acquire_timeout(BUSY);
    let is_busy = |error: &sqlx::Error| {
        let code = error.as_database_error().and_then(|it| it.code());
        code.is_some_and(|it| it == "5")
    };
    for _ in 1..ATTEMPTS {
        match pool().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) => tokio::time::sleep(BUSY / ATTEMPTS).await,
            connected => return Ok(connected?),
        }
    }
    Ok(pool().connect_with(options.clone()).await?)
}

/// Refuses a key other than the first one that was ever used here.
async fn check_master_key(
    connection: &mut SqliteConnection,
    master_key: &MasterKey,
) -> Result<(), StoreError> {
    let kept = match settings::read(connection, CHECK).await? {
        Some(kept) => kept,
        None => settings::keep_first(connection, CHECK, master_key.check_value()).await?,
    };
    if master_key.checks(&kept) { Ok(()) } else { Err(StoreError::WrongMasterKey) }
}

fn make_private(directory: &Path, file: &Path) -> Result<(), StoreError> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
    made.map_err(|source| StoreError::File { path: directory.to_path_buf(), source })?;
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    let opened = options.open(file);
    opened.map(drop).map_err(|source| StoreError::File { path: file.to_path_buf(), source })
}
