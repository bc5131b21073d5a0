//! The world outside, as use-cases reach it: some at a time, and not for ever.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use glovebox_catalog::{Connected, Egress, Outside, Reach, Stop, TableLocation, Unavailable};
use glovebox_model::{Connection, Secrets, TableReference};
use tokio::sync::Semaphore;

use super::Bound;
use crate::{Room, RoomError};

/// What use-cases find around the house.
#[derive(Debug, Clone)]
pub(crate) struct Surroundings {
    outside: Option<Outside>,
    at_once: Arc<Semaphore>,
    patience: Duration,
}

/// Looks at distant tables at a time.
const AT_ONCE: usize = 8;
/// How long one may take: shorter than clients wait.
const PATIENCE: Duration = Duration::from_secs(45);

impl Surroundings {
    /// Without a world outside, only folders are read.
    pub(crate) fn new(outside: Option<Outside>) -> Self {
        Self { outside, at_once: Arc::new(Semaphore::new(AT_ONCE)), patience: PATIENCE }
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
        let reached = tokio::time::timeout(self.patience, outside.reach(connection, secrets));
        let late = || Err(Unavailable::Unproven("nobody answered in time".into()));
        Ok(reached.await.unwrap_or_else(|_| late()).map(Arc::new))
    }

    /// Work on a thread that may block, told to stop when it takes too long.
    pub(crate) async fn blocking<T, E>(
        &self,
        work: impl FnOnce(&Stop) -> Result<T, E> + Send + 'static,
    ) -> Result<Result<T, E>, RoomError>
    where
        T: Send + 'static,
        E: From<Unavailable> + Send + 'static,
    {
        let failed = |it: tokio::task::JoinError| RoomError::Internal(Box::new(it));
        let turn = tokio::time::timeout(self.patience, Arc::clone(&self.at_once).acquire_owned());
        let busy = || RoomError::throttled("too many tables are being looked at: try again");
        let turn = turn.await.map_err(|_| busy())?;
        let stop = Stop::default();
        let theirs = stop.clone();
        let work = move || {
            let done = work(&theirs);
            drop(turn);
            done
        };
        let mut working = tokio::task::spawn_blocking(work);
        match tokio::time::timeout(self.patience, &mut working).await {
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
    /// Where a table lies, for its owner.
    pub(crate) async fn location(
        &self,
        root: PathBuf,
        bound: Bound,
    ) -> Result<TableLocation, RoomError> {
        let Bound { reference, connection } = bound;
        let TableReference { database, table, .. } = reference;
        match (reference.connection, connection) {
            (None, _) => Ok(TableLocation::folder(root, database, table)),
            (Some(_), None) => Ok(TableLocation::Lost(Unavailable::NoConnection)),
            (Some(_), Some(connection)) => Ok(match self.reach(connection).await? {
                Ok(reach) => TableLocation::Connected(Connected { reach, database, table }),
                Err(why) => TableLocation::Lost(why),
            }),
        }
    }
}
