//! All findings of a refused query, for its runner.

use glovebox_model::{Id, Query};
use glovebox_store::Diagnostic;

use super::read::of_membership;
use crate::authorize::OwnMembership;
use crate::{Action, Caller, ResourceKind, Room, RoomError};

impl Room {
    /// The findings of a refused query; none for any other. Who may get the query may see them.
    pub async fn protected_query_diagnostics(
        &self,
        caller: &Caller,
        id: Id<Query>,
    ) -> Result<Vec<Diagnostic>, RoomError> {
        let mut tx = self.store.read().await?;
        let missing = || RoomError::not_found(ResourceKind::ProtectedQuery, id);
        let membership = tx.query(id).await?.ok_or_else(missing)?.membership;
        let action = Action::GetProtectedQuery;
        let authorized = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await;
        // Another account learns nothing of a query, not even that it exists.
        authorized.map_err(|error| match error {
            RoomError::NotFound { .. } => missing(),
            other => other,
        })?;
        of_membership(&mut tx, membership, id).await?;
        tx.diagnostics(id).await?.ok_or_else(missing)
    }
}
