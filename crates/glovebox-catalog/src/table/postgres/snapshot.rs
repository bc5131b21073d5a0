//! One moment at which all tables of a database are read: one connection holds it and asks, as
//! many as it takes join it and copy.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use super::asked::constant;
use super::server::Server;
use super::session::{Row, Session};
use crate::table::Unavailable;
use crate::table::stop::Stop;

/// The moment at which the tables of a database are read: the first time that one of them is
/// looked for. Clones are one; with the last one the connections end.
#[derive(Debug, Clone, Default)]
pub struct Moment(Arc<Mutex<Option<Arc<Snapshot>>>>);

/// A snapshot that the server holds for us, and the connections that see it.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) server: Arc<Server>,
    /// Its name there.
    exported: String,
    /// Which transactions it sees, of which life of the server.
    pub(super) sees: String,
    /// Whether the server compares bytes of UTF-8.
    pub(super) is_utf8: bool,
    /// The connection without which there is no snapshot, or why it is lost. It copies no rows:
    /// who stops a reading loses the reading's connection, and may read again at this moment.
    holder: Mutex<Result<Session, Unavailable>>,
    /// Further ones, over which rows are copied.
    idle: Mutex<Vec<Session>>,
    /// How many there are, the holder among them.
    open: AtomicUsize,
}

/// Connections of one snapshot at most, with the one that holds it.
const MAX_SESSIONS: usize = 32;

/// Before anything else. Names are looked for among the server's own only; nothing may write; no
/// row policy is passed over, and none is an error. A statement outlives neither its time nor
/// the house.
const SETTINGS: &str = "\
    SET LOCAL search_path = pg_catalog; \
    SET LOCAL client_min_messages = error; \
    SET LOCAL row_security = on; \
    SET LOCAL lock_timeout = '20s'; \
    SET LOCAL statement_timeout = '2h'; \
    SET LOCAL idle_in_transaction_session_timeout = '2h'; \
    SELECT pg_catalog.set_config(name, '5s', true) FROM pg_catalog.pg_settings \
    WHERE name = 'client_connection_check_interval' AND pg_catalog.version() LIKE '%linux%';";
const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";
/// The snapshot, and what is told by it.
const EXPORT: &str = "\
    SELECT pg_catalog.pg_export_snapshot(), \
    pg_catalog.txid_current_snapshot()::text, \
    extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text, \
    pg_catalog.getdatabaseencoding()::text;";

impl Moment {
    /// The snapshot; made when there is none yet, or when the server holds it no more.
    pub(super) fn snapshot(
        &self,
        server: Server,
        stop: &Stop,
    ) -> Result<Arc<Snapshot>, Unavailable> {
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let made = Arc::new(stop.wait(Snapshot::begin(Arc::new(server)))?);
        // Whoever came first meanwhile is it.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.as_ref().filter(|it| it.lives()) {
            Some(known) => Ok(Arc::clone(known)),
            None => Ok(Arc::clone(kept.insert(made))),
        }
    }

    /// Forgets the snapshot: its connections end with the last table that is read at it.
    pub(in crate::table) fn end(&self) {
        drop(self.0.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    fn known(&self) -> Option<Arc<Snapshot>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|it| it.lives()).map(Arc::clone)
    }
}

impl Snapshot {
    async fn begin(server: Arc<Server>) -> Result<Self, Unavailable> {
        let name = server.name();
        let session = Session::start(&server).await?;
        let told = session.ask(&format!("{BEGIN} {SETTINGS} {EXPORT}"), &name).await?;
        let told: Option<Vec<String>> =
            told.into_iter().last().and_then(|it| it.into_iter().collect());
        let [exported, transactions, life, encoding] = told
            .and_then(|it| <[String; 4]>::try_from(it).ok())
            .ok_or(Unavailable::Corrupt { path: name, row_group: None })?;
        Ok(Self {
            server,
            exported,
            sees: format!("{transactions} {life}"),
            is_utf8: encoding == "UTF8",
            holder: Mutex::new(Ok(session)),
            idle: Mutex::default(),
            open: AtomicUsize::new(1),
        })
    }

    /// Whether others can still join it.
    fn lives(&self) -> bool {
        let is_held = |it: &Result<Session, Unavailable>| it.as_ref().is_ok_and(|it| !it.is_over());
        match self.holder.try_lock() {
            Ok(holder) => is_held(&holder),
            Err(TryLockError::Poisoned(holder)) => is_held(holder.get_ref()),
            // Somebody asks.
            Err(TryLockError::WouldBlock) => true,
        }
    }

    /// What the server answers to statements that read no rows, one after the other. What they
    /// lock is locked while the snapshot lives. One that fails ends it, and is the answer to all
    /// that are asked later.
    pub(super) fn ask(
        &self,
        question: &str,
        (path, stop): (&str, &Stop),
    ) -> Result<Vec<Row>, Unavailable> {
        let mut holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        let outcome = match &*holder {
            Ok(session) => stop.wait(session.ask(question, path)),
            Err(why) => return Err(why.clone()),
        };
        if let Err(why) = &outcome {
            let lost = std::mem::replace(&mut *holder, Err(why.clone()));
            drop(holder);
            if let Ok(session) = lost {
                session.abandon();
            }
        }
        outcome
    }

    /// Copies rows over one of the further connections. One that failed, or that says `false`, is
    /// not used again, and what it still runs is cancelled.
    pub(super) fn with<T>(
        &self,
        (path, stop): (&str, &Stop),
        work: impl FnOnce(&Session) -> Result<(T, bool), Unavailable>,
    ) -> Result<T, Unavailable> {
        let session = self.session(path, stop)?;
        let outcome = work(&session);
        if matches!(outcome, Ok((_, true))) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        } else {
            session.abandon();
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        outcome.map(|it| it.0)
    }

    fn session(&self, path: &str, stop: &Stop) -> Result<Session, Unavailable> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        while let Some(session) = idle() {
            if !session.is_over() {
                return Ok(session);
            }
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        if self.open.fetch_add(1, Ordering::Relaxed) >= MAX_SESSIONS {
            self.open.fetch_sub(1, Ordering::Relaxed);
            let (path, limit) = (path.to_owned(), MAX_SESSIONS as u64);
            return Err(Unavailable::Limit { path, what: "readings at the same time", limit });
        }
        let joined = stop.wait(self.join(path));
        if joined.is_err() {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
        joined
    }

    /// A further connection that sees the same.
    async fn join(&self, path: &str) -> Result<Session, Unavailable> {
        let session = Session::start(&self.server).await?;
        let snapshot = constant(&self.exported).ok_or(Unavailable::BadLocation)?;
        let text = format!("{BEGIN} SET TRANSACTION SNAPSHOT {snapshot}; {SETTINGS}");
        session.ask(&text, path).await?;
        Ok(session)
    }
}
