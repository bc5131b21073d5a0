//! All findings of a refused query, for its runner.

use glovebox_model::{Id, Query};
use glovebox_store::Diagnostic;

use crate::{Action, Caller, ResourceKind, Room, RoomError};

impl Room {
    /// The findings of a refused query; none for any other. Who may get the query may see them.
    pub async fn protected_query_diagnostics(
        &self,
        caller: &Caller,
        id: Id<Query>,
    ) -> Result<Vec<Diagnostic>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetProtectedQueryDiagnostics;
        self.authorize_query(&mut tx, caller, action, id).await?;
        let found = tx.diagnostics(id).await?;
        found.ok_or_else(|| RoomError::not_found(ResourceKind::ProtectedQuery, id))
    }
}
