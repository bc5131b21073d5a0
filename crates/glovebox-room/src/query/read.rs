//! `GetProtectedQuery` and `ListProtectedQueries`: a runner's own queries.

use glovebox_model::{Id, Membership, Page, PageRequest, ProtectedQuery, Query, QueryStatus};
use glovebox_store::Tx;

use crate::authorize::OwnMembership;
use crate::{Action, Caller, ResourceKind, Room, RoomError};

impl Room {
    /// `GetProtectedQuery`
    pub async fn get_protected_query(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Query>,
    ) -> Result<ProtectedQuery, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetProtectedQuery;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        of_membership(&mut tx, membership, id).await
    }

    /// `ListProtectedQueries`: newest first.
    pub async fn list_protected_queries(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        status: Option<QueryStatus>,
        page: PageRequest,
    ) -> Result<Page<ProtectedQuery>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListProtectedQueries;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        Ok(tx.list_queries(membership, status, page).await?)
    }
}

impl Room {
    /// Whether the caller may do this with a query that is named without its membership. Another
    /// account learns nothing of a query, not even that it exists.
    pub(super) async fn authorize_query(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        action: Action,
        id: Id<Query>,
    ) -> Result<(), RoomError> {
        let missing = || RoomError::not_found(ResourceKind::ProtectedQuery, id);
        let membership = tx.query(id).await?.ok_or_else(missing)?.membership;
        match self.authorize::<OwnMembership>(tx, caller, action, membership).await {
            Ok(_) => Ok(()),
            Err(RoomError::NotFound { .. }) => Err(missing()),
            Err(other) => Err(other),
        }
    }
}

/// The query, if it belongs to the membership.
pub(super) async fn of_membership(
    tx: &mut Tx,
    membership: Id<Membership>,
    id: Id<Query>,
) -> Result<ProtectedQuery, RoomError> {
    let query = tx.query(id).await?.filter(|it| it.membership == membership);
    query.ok_or_else(|| RoomError::not_found(ResourceKind::ProtectedQuery, id))
}
