//! Memberships: joined, seen and left.

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, Collaboration, DefaultResult, Id, Member, MemberAbility, MemberStatus, Membership,
    MembershipStatus, MembershipTerms, Page, PageRequest, Resource,
};

use crate::authorize::{Own, OwnMembership, Place};
use crate::{
    Action, Caller, ConflictReason, PaymentDraft, ResourceKind, Room, RoomError, payments,
};

/// What a member asks for when it joins.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// The collaboration it was invited to.
    pub collaboration: Id<Collaboration>,
    /// Whether queries are logged for it.
    pub query_log: bool,
    /// Whether jobs are logged for it.
    pub job_log: bool,
    /// Where its results go unless a query says otherwise.
    pub default_result: Option<DefaultResult>,
    /// What it agrees to pay.
    pub payment: Option<PaymentDraft>,
    /// Whether it asks for metrics.
    pub metrics: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// A membership, with the collaboration and what its creator gave to this member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipView {
    /// The membership.
    pub membership: Membership,
    /// The collaboration.
    pub collaboration: Collaboration,
    /// The member's place in it.
    pub member: Member,
}

impl From<OwnMembership> for MembershipView {
    fn from(own: OwnMembership) -> Self {
        let OwnMembership { membership, collaboration, member } = own;
        Self { membership, collaboration, member }
    }
}

impl Room {
    /// `CreateMembership`: an invited account joins, once.
    pub async fn create_membership(
        &self,
        caller: &Caller,
        new: NewMembership,
    ) -> Result<MembershipView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateMembership;
        let authorized =
            self.authorize::<Place>(&mut tx, caller, action, new.collaboration).await?;
        let Place { collaboration, member } = authorized.resource;
        if member.status == MemberStatus::Active {
            let joined = tx.membership_in(collaboration.id, authorized.account).await?;
            let id = joined.map(|it| it.id.to_string()).unwrap_or_default();
            return Err(RoomError::conflict(
                ConflictReason::AlreadyExists,
                (ResourceKind::Membership, id),
                "you are a member of this collaboration already",
            ));
        }
        let quota = self.quotas.memberships_per_account;
        if tx.count_memberships(authorized.account).await? >= quota {
            let name = "Memberships per account";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let (terms, tags) = join(&collaboration, &member, new)?;
        self.check_tags(&tags)?;
        let membership = tx.insert_membership(collaboration.id, member.account, terms).await?;
        tx.put_tags(Resource::Membership(membership.id), &tags).await?;
        let place = tx.member(collaboration.id, member.account).await?;
        let member = place.ok_or_else(RoomError::access_denied)?;
        self.commit(tx, caller).await?;
        Ok(MembershipView { membership, collaboration, member })
    }

    /// `GetMembership`
    pub async fn get_membership(
        &self,
        caller: &Caller,
        id: Id<Membership>,
    ) -> Result<MembershipView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetMembership;
        let authorized = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        Ok(authorized.resource.into())
    }

    /// `ListMemberships`: the caller's own, oldest first.
    pub async fn list_memberships(
        &self,
        caller: &Caller,
        status: Option<MembershipStatus>,
        page: PageRequest,
    ) -> Result<Page<MembershipView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListMemberships;
        let authorized = self.authorize::<Own>(&mut tx, caller, action, ()).await?;
        let Page { items, next } = tx.list_memberships(authorized.account, status, page).await?;
        let mut views = Vec::new();
        for membership in items {
            let collaboration = tx.collaboration(membership.collaboration).await?;
            let member = tx.member(membership.collaboration, membership.account).await?;
            if let (Some(collaboration), Some(member)) = (collaboration, member) {
                views.push(MembershipView { membership, collaboration, member });
            }
        }
        Ok(Page { items: views, next })
    }

    /// `DeleteMembership`: the member leaves, for ever; quiet the second time.
    pub async fn delete_membership(
        &self,
        caller: &Caller,
        id: Id<Membership>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let left = tx
            .membership(id)
            .await?
            .is_some_and(|it| it.account == caller.account && it.status == MembershipStatus::Left);
        if left && tx.key_is_enabled(caller.account, &caller.access_key_id).await? {
            return Ok(());
        }
        let action = Action::DeleteMembership;
        let authorized = self.authorize::<OwnMembership>(&mut tx, caller, action, id).await?;
        let OwnMembership { membership, collaboration, member: _ } = authorized.resource;
        let active = membership.status == MembershipStatus::Active;
        if active && collaboration.creator == membership.account {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, id),
                "Cannot delete membership for the creator of the collaboration while their \
                 membership is still ACTIVE",
            ));
        }
        let brought = tx.count_associations(id).await? + tx.count_templates(id).await?;
        if brought + tx.count_budget_templates(id).await? > 0 {
            return Err(RoomError::conflict(
                ConflictReason::SubresourcesExist,
                (ResourceKind::Membership, id),
                "All resources under a membership must be deleted",
            ));
        }
        tx.leave(&membership).await?;
        tx.remove_all_tags(Resource::Membership(id)).await?;
        self.commit(tx, caller).await
    }
}

/// Whether results can go to a member's default place.
pub(crate) fn check_default(
    account: AccountId,
    default: Option<&DefaultResult>,
) -> Result<(), RoomError> {
    if let Some(default) = default
        && let Err(bad) = default.output.destination(account)
    {
        let name = "defaultResultConfiguration.outputConfiguration.s3.keyPrefix";
        return Err(RoomError::field(name, bad.to_string()));
    }
    Ok(())
}

/// Checks what a member asks for against what it was given.
fn join(
    collaboration: &Collaboration,
    member: &Member,
    new: NewMembership,
) -> Result<(MembershipTerms, BTreeMap<String, String>), RoomError> {
    let NewMembership {
        collaboration: _,
        query_log,
        job_log,
        default_result,
        payment,
        metrics,
        tags,
    } = new;
    check_default(member.account, default_result.as_ref())?;
    let payment = payments::agree(member, payment)?;
    let concerned = payment.query_compute || member.terms.may(MemberAbility::CanQuery);
    if metrics && !(collaboration.terms.metrics && concerned) {
        return Err(RoomError::field(
            "isMetricsEnabled",
            "metrics are for who runs or pays, in collaborations that allow them",
        ));
    }
    let intervals = false;
    let terms = MembershipTerms { query_log, job_log, default_result, payment, metrics, intervals };
    Ok((terms, tags))
}
