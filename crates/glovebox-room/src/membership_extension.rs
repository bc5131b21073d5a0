//! What a member says of the results that it receives, beyond AWS's shapes.

use glovebox_model::{Id, Membership, MembershipStatus, MembershipTerms};

use crate::authorize::OwnMembership;
use crate::error::{ConflictReason, ResourceKind};
use crate::{Action, Caller, Room, RoomError};

/// How results are delivered to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MembershipExtension {
    /// An interval stands beside each number of a private result.
    pub intervals: bool,
}

impl Room {
    /// How results are delivered to a member, for that member.
    pub async fn get_membership_extension(
        &self,
        caller: &Caller,
        id: Id<Membership>,
    ) -> Result<MembershipExtension, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetMembershipExtension;
        let own = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        Ok(MembershipExtension { intervals: own.resource.membership.terms.intervals })
    }

    /// Says how results are delivered to a member: by that member. Queries that are on their way
    /// are judged by what is in force when they are opened.
    pub async fn put_membership_extension(
        &self,
        caller: &Caller,
        id: Id<Membership>,
        extension: MembershipExtension,
    ) -> Result<MembershipExtension, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::PutMembershipExtension;
        let own = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        let membership = own.resource.membership;
        if membership.status != MembershipStatus::Active {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, id),
                "the membership is not active any more",
            ));
        }
        let MembershipExtension { intervals } = extension;
        let terms = MembershipTerms { intervals, ..membership.terms.clone() };
        tx.update_membership(&membership, terms).await?;
        self.commit(tx, caller).await?;
        Ok(extension)
    }
}
