//! The world outside, as use-cases reach it: some at a time, and not for ever.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use glovebox_catalog::{Connected, Egress, Outside, Reach, Stop, TableLocation, Unavailable};
use glovebox_model::{AccountId, Connection, Secrets, TableReference};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Bound;
use crate::query::PROVING;
use crate::worker::{Seen, Sight, Wish, look, see};
use crate::{Room, RoomError, SupervisorConfig};

/// What use-cases find around the house.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    outside: Option<Outside>,
    /// How to start the process that looks at tables; without, this one does.
    looker: Option<Arc<Looker>>,
    turns: Arc<Mutex<BTreeMap<AccountId, Arc<Semaphore>>>>,
}

/// Looks of one account at distant tables at a time: it takes nobody else's turn.
const AT_ONCE: usize = 2;
/// How long one waits for its turn, and then may take. With the time in which a role is assumed
/// that is less than clients wait.
const TURN: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Looks at a time in processes of their own.
const LOOKS: usize = 8;

/// How to start the process that looks at tables.
#[derive(Debug)]
struct Looker {
    config: SupervisorConfig,
    places: Semaphore,
}

fn busy() -> RoomError {
    RoomError::throttled("too many tables are being looked at: try again")
}

/// The right to look at one distant table.
#[derive(Debug)]
pub(crate) struct Turn {
    _permit: OwnedSemaphorePermit,
}

/// Where a table lies, and whose turn it is if that is somewhere else.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) location: TableLocation,
    pub(crate) turn: Option<Turn>,
}

impl Surroundings {
    /// Without a world outside, only folders are read.
    pub(crate) fn new(outside: Option<Outside>) -> Self {
        Self { outside, looker: None, turns: Arc::default() }
    }

    /// The same, where processes of their own look at tables.
    pub(crate) fn looking_by(self, config: SupervisorConfig) -> Self {
        let places = Semaphore::new(LOOKS);
        Self { looker: Some(Arc::new(Looker { config, places })), ..self }
    }

    /// The gate.
    pub(super) fn gate(&self) -> Result<&Egress, RoomError> {
        Ok(self.outside()?.egress())
    }

    fn outside(&self) -> Result<&Outside, RoomError> {
        let none = || RoomError::invalid("this house reaches nothing outside of its folders");
        self.outside.as_ref().ok_or_else(none)
    }

    /// A connection that can be used, or why not.
    pub(super) async fn reach(
        &self,
        connection: Connection,
        secrets: &Secrets,
    ) -> Result<Result<Arc<Reach>, Unavailable>, RoomError> {
        let outside = self.outside()?;
        let reached = tokio::time::timeout(PROVING, outside.reach(connection, secrets));
        let late = || Err(Unavailable::Unproven("nobody answered in time".into()));
        Ok(reached.await.unwrap_or_else(|_| late()).map(Arc::new))
    }

    /// The account's turn to look at something distant.
    pub(super) async fn turn(&self, account: AccountId) -> Result<Turn, RoomError> {
        let own = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(Semaphore::new(AT_ONCE));
            Arc::clone(turns.entry(account).or_insert_with(fresh))
        };
        let permit = tokio::time::timeout(TURN, own.acquire_owned()).await.map_err(|_| busy())?;
        Ok(Turn { _permit: permit.map_err(|_| busy())? })
    }

    /// Looks at a table for its owner.
    pub(crate) async fn see(&self, located: Located, wish: Wish) -> Result<Seen, RoomError> {
        let Located { location, turn } = located;
        self.look(Sight::Table(location, wish), turn).await
    }

    /// Tries a connection for its owner.
    pub(super) async fn tried(
        &self,
        reach: Arc<Reach>,
        table: Option<(String, String)>,
        turn: Turn,
    ) -> Result<Seen, RoomError> {
        self.look(Sight::Connection(reach, table), Some(turn)).await
    }

    async fn look(&self, sight: Sight, turn: Option<Turn>) -> Result<Seen, RoomError> {
        let Some(looker) = &self.looker else {
            let work = move |stop: &Stop| Ok::<_, Unavailable>(see(&sight, stop));
            let seen = self.blocking(turn, work).await?;
            return Ok(
                seen.unwrap_or_else(|why| Seen::Fault { column: None, text: why.to_string() })
            );
        };
        let place = tokio::time::timeout(TURN, looker.places.acquire()).await;
        let _place = place.ok().and_then(Result::ok).ok_or_else(busy)?;
        let terms = self.outside.as_ref().map(Outside::terms);
        let seen = look(&looker.config, terms, &sight).await;
        drop(turn);
        seen.map_err(|error| RoomError::Internal(Box::new(error)))
    }

    /// Work on a thread that may block, told to stop when it takes too long.
    pub(crate) async fn blocking<T, E>(
        &self,
        turn: Option<Turn>,
        work: impl FnOnce(&Stop) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, RoomError>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let failed = |it: tokio::task::JoinError| RoomError::Internal(Box::new(it));
        let stop = Stop::default();
        let theirs = stop.clone();
        let work = move || {
            let done = work(&theirs);
            drop(turn);
            done
        };
        let mut working = tokio::task::spawn_blocking(work);
        match tokio::time::timeout(PATIENCE, &mut working).await {
            Ok(done) => done.map_err(failed),
            Err(_) => {
                stop.stop();
                let what = "it did not answer in time";
                let path = "the table".to_owned();
                Ok(Err(Unavailable::Unreachable { path, what }.into()))
            }
        }
    }
}

impl Room {
    /// Where a table of an account lies, for its owner.
    pub(crate) async fn location(
        &self,
        owner: AccountId,
        root: PathBuf,
        bound: Bound,
    ) -> Result<Located, RoomError> {
        let Bound { reference, connection } = bound;
        let TableReference { database, table, .. } = reference;
        let (location, turn) = match (reference.connection, connection) {
            (None, _) => {
                // In this process looks take little; those in others take turns.
                let turn = match self.surroundings.looker {
                    Some(_) => Some(self.surroundings.turn(owner).await?),
                    None => None,
                };
                (TableLocation::folder(root, database, table), turn)
            }
            (Some(_), None) => (TableLocation::Lost(Unavailable::NoConnection), None),
            (Some(_), Some(connection)) => {
                let turn = self.surroundings.turn(owner).await?;
                let location = match self.reach(connection).await? {
                    Ok(reach) => TableLocation::Connected(Connected { reach, database, table }),
                    Err(why) => TableLocation::Lost(why),
                };
                (location, Some(turn))
            }
        };
        Ok(Located { location, turn })
    }
}

#[cfg(test)]
mod tests;
