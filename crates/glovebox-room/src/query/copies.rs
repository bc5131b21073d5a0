//! What became of each receiver's copy of a result, for the runner; for a receiver, of its own.

use glovebox_model::{AccountId, DeliveryState, Id, MembershipStatus, Query, Timestamp};

use crate::authorize::OwnMembership;
use crate::{Action, Caller, ResourceKind, Room, RoomError};

/// One receiver's copy of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultCopy {
    /// Whose copy.
    pub receiver: AccountId,
    /// What became of it.
    pub state: CopyState,
}

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyState {
    /// It came to this, then.
    Known(DeliveryState, Timestamp),
    /// There is none: the query was refused, failed or was stopped before its result was kept, or
    /// was open in an older copy of the database.
    None,
    /// It may still be delivered.
    Pending,
}

impl Room {
    /// Every receiver's copy, by account, for whoever may get the query. A receiver that is an
    /// active member is told of its own copy, and of no other.
    pub async fn protected_query_copies(
        &self,
        caller: &Caller,
        id: Id<Query>,
    ) -> Result<Vec<ResultCopy>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetProtectedQueryDeliveries;
        let missing = || RoomError::not_found(ResourceKind::ProtectedQuery, id);
        let runs = self.authorize_query(&mut tx, caller, action, id).await;
        let query = tx.query(id).await?.ok_or_else(missing)?;
        let own = match runs {
            Ok(()) => None,
            Err(RoomError::NotFound { .. }) if query.receivers.contains(&caller.account) => {
                let membership = tx.membership_in(query.collaboration, caller.account).await?;
                let active = membership.filter(|it| it.status == MembershipStatus::Active);
                let membership = active.ok_or_else(missing)?.id;
                self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
                Some(caller.account)
            }
            Err(error) => return Err(error),
        };
        let receivers = query.receivers.iter().filter(|it| own.is_none_or(|own| own == **it));
        let copy = |receiver: &AccountId| {
            let known = query.deliveries.iter().find(|it| it.receiver == *receiver);
            let state = match known {
                Some(it) => CopyState::Known(it.state, it.at),
                None if query.status.is_final() => CopyState::None,
                None => CopyState::Pending,
            };
            ResultCopy { receiver: *receiver, state }
        };
        Ok(receivers.map(copy).collect())
    }
}
