//! The doors behind a query, for its runner.

use glovebox_model::{Id, Query};
use glovebox_store::Progress;

use crate::{Action, Caller, ResourceKind, Room, RoomError};

impl Room {
    /// How far a query came. Who may get the query may see it.
    pub async fn protected_query_progress(
        &self,
        caller: &Caller,
        id: Id<Query>,
    ) -> Result<Progress, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetProtectedQueryProgress;
        self.authorize_query(&mut tx, caller, action, id).await?;
        let found = tx.progress(id).await?;
        found.ok_or_else(|| RoomError::not_found(ResourceKind::ProtectedQuery, id))
    }
}
