//! A clock that jumps halts reservations until the operator says that it is right.
//!
//! Budgets have periods, and a period begins when the clock says so: whoever moves the clock moves
//! budgets. The clock on the wall is compared with one that nobody can set (it counts from the
//! start of the machine) in every transaction that opens a query, so that no moment lies between
//! a jump and the halt; and with the newest moment that the house has recorded, behind which it
//! may not fall. Differences add up from the moment at which the comparison began: many small
//! steps are one large one.

use glovebox_ledger::Event;
use glovebox_model::{Clock, Steady, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Store, StoreError, Tx, settings};

const CORRUPT: StoreError = StoreError::Corrupt { what: "the clock" };

/// From where differences are counted.
const BASE: &str = "clock-base";
/// The jump over which reservations are halted.
const HALTED: &str = "clock-halted";
/// The newest recorded moment behind which the clock may be: the operator said so.
const ACCEPTED: &str = "clock-accepted";

/// A clock that differs by more than this has jumped.
const TOLERANCE_MILLIS: i64 = 15 * 60 * 1000;

/// How far the clock jumped: forward, or back if it is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockJump {
    /// In milliseconds.
    pub millis: i64,
}

/// Both clocks at one moment.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BaseV1 {
    since: String,
    steady: i64,
    wall: i64,
}

impl BaseV1 {
    fn of(steady: Steady, wall: Timestamp) -> Self {
        Self { since: steady.since, steady: steady.millis, wall: wall.as_millis() }
    }

    /// How much further the clock went than the steady one; `None` when that counts anew since.
    fn drift(&self, now: &Self) -> Option<i64> {
        let counts_on = self.since == now.since && now.steady >= self.steady;
        let gone = (now.steady.saturating_sub(self.steady), now.wall.saturating_sub(self.wall));
        counts_on.then(|| gone.1.saturating_sub(gone.0))
    }
}

fn is_jump(millis: i64) -> bool {
    millis.unsigned_abs() > TOLERANCE_MILLIS.unsigned_abs()
}

impl<K> Store<K> {
    /// The jump over which no query is opened; `None` while the clock is right.
    pub async fn clock_jump(&self) -> Result<Option<ClockJump>, StoreError> {
        self.read().await?.clock_jump().await
    }

    /// Looks at the clock, and remembers a jump until the operator says that the clock is right:
    /// also one that is undone at once. Where the steady clock counts anew, after a start of the
    /// machine, the comparison begins here.
    pub async fn watch_clock(&self) -> Result<Option<ClockJump>, StoreError> {
        let mut tx = self.read().await?;
        let (found, is_halted) = (tx.clock_jump().await?, tx.halted().await?.is_some());
        let begins = tx.drift().await?.is_none() && tx.both_clocks().is_some();
        drop(tx);
        if !begins && (found.is_none() || is_halted) {
            return Ok(found);
        }
        let mut tx = self.begin().await?;
        let found = tx.clock_jump().await?;
        if let (Some(ClockJump { millis }), None) = (found, tx.halted().await?) {
            settings::set(tx.connection(), HALTED, &millis.to_string()).await?;
        }
        if tx.drift().await?.is_none() {
            tx.compare_from_here().await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// The operator says that the clock is right; gives the jump that is forgotten by that. What
    /// is charged counts on from the newest recorded moment: no earlier period opens again.
    pub async fn accept_clock(&self) -> Result<Option<ClockJump>, StoreError> {
        let mut tx = self.begin().await?;
        let Some(jump) = tx.clock_jump().await? else { return Ok(None) };
        settings::remove(tx.connection(), HALTED).await?;
        let newest = tx.newest_moment().await?;
        settings::set(tx.connection(), ACCEPTED, &newest.to_string()).await?;
        tx.compare_from_here().await?;
        for tree in tx.trees().await? {
            tx.append(tree, Event::ClockAccepted { millis: jump.millis }).await?;
        }
        tx.commit().await?;
        Ok(Some(jump))
    }
}

impl Tx {
    /// The jump over which no query is opened.
    pub(crate) async fn clock_jump(&mut self) -> Result<Option<ClockJump>, StoreError> {
        if let Some(millis) = self.halted().await? {
            return Ok(Some(ClockJump { millis }));
        }
        if let Some(millis) = self.drift().await?.filter(|it| is_jump(*it)) {
            return Ok(Some(ClockJump { millis }));
        }
        let newest = self.newest_moment().await?;
        let accepted = number(settings::read(self.connection(), ACCEPTED).await?)?;
        let behind = self.now().as_millis().saturating_sub(newest);
        let is_back = behind < 0 && is_jump(behind) && accepted.is_none_or(|it| newest > it);
        Ok(is_back.then_some(ClockJump { millis: behind }))
    }

    async fn halted(&mut self) -> Result<Option<i64>, StoreError> {
        number(settings::read(self.connection(), HALTED).await?)
    }

    /// How much further the clock went than the steady one, since they were first compared.
    async fn drift(&mut self) -> Result<Option<i64>, StoreError> {
        let Some(now) = self.both_clocks() else { return Ok(None) };
        let Some(text) = settings::read(self.connection(), BASE).await? else { return Ok(None) };
        let base: BaseV1 = serde_json::from_str(&text).map_err(|_| CORRUPT)?;
        Ok(base.drift(&now))
    }

    async fn compare_from_here(&mut self) -> Result<(), StoreError> {
        let Some(now) = self.both_clocks() else { return Ok(()) };
        let text = serde_json::to_string(&now).map_err(|_| CORRUPT)?;
        settings::set(self.connection(), BASE, &text).await
    }

    fn both_clocks(&self) -> Option<BaseV1> {
        let clock: &dyn Clock = self.clock();
        // The steady one first: should this thread wait in between, the clock seems ahead by that.
        let steady = clock.steady()?;
        Some(BaseV1::of(steady, clock.now()))
    }
}

fn number(text: Option<String>) -> Result<Option<i64>, StoreError> {
    text.map(|it| it.parse().map_err(|_| CORRUPT)).transpose()
}
