//! What a walk works with, and where it may be told to die.

use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::Stop;
use glovebox_engine::{Engine, EngineConfig, EngineError, KeptKey, Limits};
use glovebox_store::{ClaimLimits, Store, WalkKeys};

use super::lead::Lead;
use super::reaches::Reaches;
use super::stopped::Stopped;

/// The hands of one walk: the store, an engine, and the keys of what this query keeps.
#[derive(Debug)]
pub struct Walker {
    pub(crate) store: Store<WalkKeys>,
    pub(crate) engine: Engine,
    pub(crate) key: KeptKey,
    /// Of what a private query keeps.
    pub(crate) releases: KeptKey,
    /// What it reaches outside.
    pub(crate) reaches: Arc<Reaches>,
    pub(crate) limits: Limits,
    pub(crate) claim: ClaimLimits,
    pub(crate) crash: CrashPoint,
    /// The house ends.
    pub(crate) halt: Stop,
    pub(super) lead: Option<Arc<dyn Lead>>,
}

/// How long and how large a walk may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkLimits {
    /// From the first pinned file to the last row.
    pub time: Duration,
    /// Bytes of a result.
    pub result_bytes: u64,
    /// Queries of one membership that run at once.
    pub running_per_membership: u32,
}

impl Default for WalkLimits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(60 * 60),
            result_bytes: 1 << 30,
            running_per_membership: 5,
        }
    }
}

/// The most rows of a result; the limit in bytes comes first for all but the narrowest.
const RESULT_ROWS: u64 = 1_000_000_000;

impl Walker {
    /// A walker of the query that the store's keys are for, with an engine of its own.
    pub fn new(
        store: Store<WalkKeys>,
        engine: EngineConfig,
        limits: &WalkLimits,
        crash: CrashPoint,
    ) -> Result<Self, EngineError> {
        let key = KeptKey::new(store.walk_keys().kept_result());
        let releases = KeptKey::new(store.walk_keys().releases());
        let engine = Engine::new(engine)?;
        let WalkLimits { time, result_bytes, running_per_membership } = *limits;
        Ok(Self {
            store,
            engine,
            key,
            releases,
            reaches: Arc::default(),
            limits: Limits { wall: time, result_rows: RESULT_ROWS, result_bytes },
            claim: ClaimLimits { running_per_membership },
            crash,
            halt: Stop::default(),
            lead: None,
        })
    }

    /// The same walker, which reaches these connections.
    #[must_use]
    pub fn reaching(self, reaches: Arc<Reaches>) -> Self {
        Self { reaches, ..self }
    }

    /// The same walker, which ends its work when this is stopped: the query is left as if its
    /// process had died, and nothing of it elsewhere.
    #[must_use]
    pub fn halted_by(self, halt: Stop) -> Self {
        Self { halt, ..self }
    }
}

/// Where a walk dies, for tests of what is left behind: a door, and `before` or `after`.
///
/// Doors: `claim`, `snapshot`, `reserve`, `execute`, `release`, `encode`, `keep`, `deliver`,
/// `record` (what became of one of several receivers' copies), `close`, `forget`; such as
/// `reserve:before`; `deliver:open` once a receiver's stores are reached, `deliver:failed` and
/// `deliver:again` before what failed is delivered once more; of private queries `sensitivity`,
/// `pin` (their files are listed), `answer` (of a question that was asked before), `hold` and
/// `tell` too. A build without debug assertions dies nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrashPoint(Option<(String, Death)>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Death {
    /// The process aborts.
    Abort,
    /// The walk stops and closes nothing, as if its process had died.
    Stop,
}

impl CrashPoint {
    /// The process aborts at this point; nowhere when the text is empty.
    pub fn abort_at(point: &str) -> Self {
        if cfg!(debug_assertions) && !point.is_empty() {
            Self(Some((point.to_owned(), Death::Abort)))
        } else {
            Self(None)
        }
    }

    /// The walk stops at this point without a word, within a process that lives on.
    pub fn stop_at(point: &str) -> Self {
        Self(cfg!(debug_assertions).then(|| (point.to_owned(), Death::Stop)))
    }

    /// The point at which the process aborts; empty when it does not.
    pub(crate) fn point(&self) -> &str {
        match &self.0 {
            Some((point, Death::Abort)) => point,
            Some((_, Death::Stop)) | None => "",
        }
    }

    pub(crate) fn at(&self, point: &str) -> Result<(), Stopped> {
        match &self.0 {
            Some((chosen, Death::Abort)) if chosen == point => std::process::abort(),
            Some((chosen, Death::Stop)) if chosen == point => Err(Stopped::Dead),
            _ => Ok(()),
        }
    }
}
