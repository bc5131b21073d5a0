//! `UpdateProtectedQuery`: the wish that a query stop.

use glovebox_model::{Id, Membership, ProtectedQuery, Query};
use glovebox_store::CancelAnswer;

use super::read::of_membership;
use crate::authorize::OwnMembership;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

impl Room {
    /// `UpdateProtectedQuery` with `targetStatus` `CANCELLED`, the only one there is.
    pub async fn cancel_protected_query(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Query>,
    ) -> Result<ProtectedQuery, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateProtectedQuery;
        let authorized =
            self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        of_membership(&mut tx, membership, id).await?;
        match tx.request_cancel(id, authorized.access_key_id).await? {
            CancelAnswer::Cancelling(query) => {
                self.commit(tx, caller).await?;
                Ok(*query)
            }
            CancelAnswer::Ended(status) => Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::ProtectedQuery, id),
                format!("the query has ended with status {status}"),
            )),
            CancelAnswer::Unknown => Err(RoomError::not_found(ResourceKind::ProtectedQuery, id)),
        }
    }
}
