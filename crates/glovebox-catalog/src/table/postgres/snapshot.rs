//! One moment at which all tables of a database are read, by as many connections as it takes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::asked::constant;
use super::server::Server;
use super::session::Session;
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
    idle: Mutex<Vec<Session>>,
    open: AtomicUsize,
}

/// Connections of one snapshot at most.
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
    /// The snapshot; made when there is none yet, or none of whose connections lives.
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
            idle: Mutex::new(vec![session]),
            open: AtomicUsize::new(1),
        })
    }

    fn lives(&self) -> bool {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let are_busy = self.open.load(Ordering::Relaxed) > idle.len();
        are_busy || idle.iter().any(|it| !it.is_over())
    }

    /// Does work over one of its connections. One that failed, or that says `false`, is not used
    /// again, and what it still runs is cancelled.
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
