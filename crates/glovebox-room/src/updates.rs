//! Changes of what is there: collaborations, memberships, associations, and members removed.

use glovebox_model::{
    AccountId, Association, Collaboration, CollaborationTerms, DefaultResult, Id, MemberStatus,
    Membership, MembershipStatus, MembershipTerms,
};

use crate::association_rules::owned;
use crate::authorize::{OwnMembership, Place};
use crate::connections::check_role;
use crate::memberships::check_default;
use crate::{
    Action, AssociationView, Caller, CollaborationView, ConflictReason, MembershipView,
    PaymentDraft, ResourceKind, Room, RoomError, payments,
};

/// What a creator says of its collaboration; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct CollaborationUpdate {
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether the engine asked for is the one that AWS ended (`CLEAN_ROOMS_SQL`).
    pub legacy_engine: bool,
}

/// What a member says of its membership; what is absent stays.
#[derive(Debug, Clone, Default)]
pub struct MembershipUpdate {
    /// Whether queries are logged for it.
    pub query_log: Option<bool>,
    /// Whether jobs are logged for it.
    pub job_log: Option<bool>,
    /// Where its results go unless a query says otherwise.
    pub default_result: Option<DefaultResult>,
    /// What it agrees to pay.
    pub payment: Option<PaymentDraft>,
    /// Whether it said anything of `queryCompute`; if not, that part of `payment` is void.
    pub says_query_compute: bool,
}

impl Room {
    /// `UpdateCollaboration`: name and description, by the creator.
    pub async fn update_collaboration(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        update: CollaborationUpdate,
    ) -> Result<CollaborationView, RoomError> {
        let CollaborationUpdate { name, description, legacy_engine } = update;
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateCollaboration;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        if legacy_engine {
            return Err(RoomError::field(
                "analyticsEngine",
                "CLEAN_ROOMS_SQL has ended: use SPARK or leave it out",
            ));
        }
        let Place { collaboration, member } = authorized.resource;
        let old = collaboration.terms.clone();
        let terms = CollaborationTerms {
            name: name.unwrap_or(old.name),
            description: description.or(old.description),
            ..collaboration.terms.clone()
        };
        let by = authorized.account;
        let collaboration = tx.update_collaboration(&collaboration, by, terms).await?;
        self.commit(tx, caller).await?;
        Ok(Place { collaboration, member }.into())
    }

    /// `DeleteMember`: the creator removes a member for ever; its tables leave at once. Quiet the
    /// second time.
    pub async fn delete_member(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        account: AccountId,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteMember;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let by = authorized.account;
        let Place { collaboration, .. } = authorized.resource;
        if account == collaboration.creator {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Collaboration, id),
                "the creator of a collaboration cannot be removed from it",
            ));
        }
        let member = tx.member(id, account).await?;
        let member =
            member.ok_or_else(|| RoomError::not_found(ResourceKind::Membership, account))?;
        match member.status {
            MemberStatus::Removed => return Ok(()),
            MemberStatus::Left => {
                return Err(RoomError::conflict(
                    ConflictReason::InvalidState,
                    (ResourceKind::Collaboration, id),
                    "the member has left the collaboration",
                ));
            }
            MemberStatus::Active | MemberStatus::Invited => {}
        }
        tx.remove_member(&collaboration, by, &member).await?;
        self.commit(tx, caller).await
    }

    /// `UpdateMembership`
    pub async fn update_membership(
        &self,
        caller: &Caller,
        id: Id<Membership>,
        update: MembershipUpdate,
    ) -> Result<MembershipView, RoomError> {
        let MembershipUpdate { query_log, job_log, default_result, payment, says_query_compute } =
            update;
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateMembership;
        let authorized = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        let OwnMembership { membership, collaboration, member } = authorized.resource;
        if membership.status != MembershipStatus::Active {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, id),
                "the membership is not active any more",
            ));
        }
        check_default(member.account, default_result.as_ref())?;
        let old = membership.terms.clone();
        let payment = match payment {
            None => old.payment,
            Some(draft) => {
                let asked = member.terms.payment.query_compute;
                let query_compute = if says_query_compute { draft.query_compute } else { asked };
                payments::agree(&member, Some(PaymentDraft { query_compute, ..draft }))?
            }
        };
        let terms = MembershipTerms {
            query_log: query_log.unwrap_or(old.query_log),
            job_log: job_log.unwrap_or(old.job_log),
            default_result: default_result.or(old.default_result),
            payment,
            metrics: old.metrics,
            intervals: old.intervals,
        };
        let membership = tx.update_membership(&membership, terms).await?;
        self.commit(tx, caller).await?;
        Ok(MembershipView { membership, collaboration, member })
    }

    /// `UpdateConfiguredTableAssociation`
    pub async fn update_configured_table_association(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Association>,
        description: Option<String>,
        role_arn: Option<String>,
    ) -> Result<AssociationView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateConfiguredTableAssociation;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let found = owned(&mut tx, membership, id).await?;
        let description = description.or_else(|| found.description.clone());
        if let Some(role_arn) = &role_arn {
            let gone = || RoomError::not_found(ResourceKind::ConfiguredTable, found.table);
            let table = tx.table(found.table).await?.ok_or_else(gone)?;
            check_role(&mut tx, &table, role_arn).await?;
        }
        let role_arn = role_arn.unwrap_or_else(|| found.role_arn.clone());
        let made = tx.update_association(&found, description, role_arn).await?;
        let made = crate::associations::view(&mut tx, made).await?;
        self.commit(tx, caller).await?;
        Ok(made)
    }
}
