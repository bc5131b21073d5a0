//! Change requests: proposed by the creator, approved by the members, then carried out.

mod derive;
mod protected;

use std::collections::BTreeMap;

use glovebox_model::{
    ApprovalStatus, Change, ChangeAction, ChangeRequest, ChangeRequestParts, ChangeRequestStatus,
    ChangeSpecification, ChangeType, Collaboration, CollaborationTerms, Id, Member, MemberStatus,
    Page, PageRequest,
};
use glovebox_store::Tx;

use crate::authorize::Place;
use crate::{Action, Caller, ConflictReason, PaymentDraft, ResourceKind, Room, RoomError};

/// A change as asked for.
#[derive(Debug, Clone)]
pub enum NewChange {
    /// `member`, with the payment as sent.
    Member(glovebox_model::MemberChange, Option<PaymentDraft>),
    /// `collaboration`
    AutoApproved(Vec<ChangeType>),
}

impl Room {
    /// `CreateCollaborationChangeRequest`: by the creator. When no change in it needs approval, it
    /// is carried out at once.
    pub async fn create_change_request(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        asked: Vec<NewChange>,
    ) -> Result<ChangeRequest, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateCollaborationChangeRequest;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let creator = authorized.account;
        let Place { collaboration, .. } = authorized.resource;
        let quota = self.quotas.change_requests_per_collaboration;
        if tx.count_open_change_requests(id).await? >= quota {
            let name = "Open change requests per collaboration";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let members = tx.members(id).await?;
        let changes = derive::changes(&members, asked)?;
        self.check_members(&members, &changes)?;
        protected::check(&mut tx, id, &changes).await?;
        let waived = &collaboration.terms.auto_approved_changes;
        let is_waived = |it: &ChangeType| waived.iter().any(|name| name == it.aws_name());
        let auto_approved = changes.iter().flat_map(|it| &it.types).all(is_waived);
        let active = members.iter().filter(|it| it.status == MemberStatus::Active);
        let approvals = active.map(|it| {
            let said = it.account == creator || auto_approved;
            (it.account, if said { ApprovalStatus::Approved } else { ApprovalStatus::Pending })
        });
        // The creator asks for it, and so approves it, also before it has joined.
        let approvals = approvals.chain([(creator, ApprovalStatus::Approved)]).collect();
        let parts = ChangeRequestParts { changes, auto_approved, approvals };
        let status = match auto_approved {
            true => ChangeRequestStatus::Committed,
            false => decided(&parts, &members),
        };
        let made = tx.insert_change_request(id, creator, status, parts).await?;
        if auto_approved {
            carry_out(&mut tx, &collaboration, &members, &made).await?;
        }
        self.commit(tx, caller).await?;
        Ok(made)
    }

    /// `GetCollaborationChangeRequest`
    pub async fn get_change_request(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        request: Id<ChangeRequest>,
    ) -> Result<ChangeRequest, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetCollaborationChangeRequest;
        self.authorize::<Place>(&mut tx, caller, action, id).await?;
        found(&mut tx, id, request).await
    }

    /// `ListCollaborationChangeRequests`: oldest first.
    pub async fn list_change_requests(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        status: Option<ChangeRequestStatus>,
        page: PageRequest,
    ) -> Result<Page<ChangeRequest>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListCollaborationChangeRequests;
        self.authorize::<Place>(&mut tx, caller, action, id).await?;
        Ok(tx.list_change_requests(id, status, page).await?)
    }

    /// `UpdateCollaborationChangeRequest`: active members approve or deny; the creator cancels, and
    /// commits what all have approved.
    pub async fn update_change_request(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        request: Id<ChangeRequest>,
        asked: ChangeAction,
    ) -> Result<ChangeRequest, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdateCollaborationChangeRequest;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let account = authorized.account;
        let Place { collaboration, member } = authorized.resource;
        let creator = collaboration.creator == account;
        let may = match asked {
            ChangeAction::Approve | ChangeAction::Deny => member.status == MemberStatus::Active,
            ChangeAction::Cancel | ChangeAction::Commit => creator,
        };
        if !may {
            return Err(RoomError::access_denied());
        }
        let found = found(&mut tx, id, request).await?;
        if found.status.is_final() {
            let status = found.status.aws_name();
            return Err(wrong_state(request, format!("the change request is {status}")));
        }
        let members = tx.members(id).await?;
        let mut parts = found.parts.clone();
        let status = match asked {
            ChangeAction::Approve => {
                parts.approvals.insert(account, ApprovalStatus::Approved);
                decided(&parts, &members)
            }
            ChangeAction::Deny => {
                parts.approvals.insert(account, ApprovalStatus::Denied);
                ChangeRequestStatus::Denied
            }
            ChangeAction::Cancel => ChangeRequestStatus::Cancelled,
            ChangeAction::Commit => {
                if decided(&parts, &members) != ChangeRequestStatus::Approved {
                    let message = "not every active member has approved the change request";
                    return Err(wrong_state(request, message));
                }
                carry_out(&mut tx, &collaboration, &members, &found).await?;
                ChangeRequestStatus::Committed
            }
        };
        let said = (account, asked.aws_name());
        let made = tx.update_change_request(&found, said, status, parts).await?;
        self.commit(tx, caller).await?;
        Ok(made)
    }

    fn check_members(&self, members: &[Member], changes: &[Change]) -> Result<(), RoomError> {
        let quota = self.quotas.members_per_collaboration;
        let added = changes.iter().filter(|it| it.types.contains(&ChangeType::AddMember)).count();
        let there = members.iter().filter(|it| it.status.takes_part()).count();
        // The creator is not counted.
        if added > 0 && (there + added).saturating_sub(1) as u64 > quota {
            let name = "Members invited per collaboration";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        Ok(())
    }
}

fn wrong_state(request: Id<ChangeRequest>, message: impl Into<String>) -> RoomError {
    let resource = (ResourceKind::ChangeRequest, request);
    RoomError::conflict(ConflictReason::InvalidState, resource, message)
}

async fn found(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    request: Id<ChangeRequest>,
) -> Result<ChangeRequest, RoomError> {
    let found = tx.change_request(request).await?;
    let found = found.filter(|it| it.collaboration == collaboration);
    found.ok_or_else(|| RoomError::not_found(ResourceKind::ChangeRequest, request))
}

/// Approved once every member that is active now has approved: also who joined meanwhile.
fn decided(parts: &ChangeRequestParts, members: &[Member]) -> ChangeRequestStatus {
    let approved =
        |it: &Member| parts.approvals.get(&it.account) == Some(&ApprovalStatus::Approved);
    let mut active = members.iter().filter(|it| it.status == MemberStatus::Active);
    match active.all(approved) {
        true => ChangeRequestStatus::Approved,
        false => ChangeRequestStatus::Pending,
    }
}

/// Carries a request out, if it still amounts to what was approved.
async fn carry_out(
    tx: &mut Tx,
    collaboration: &Collaboration,
    members: &[Member],
    request: &ChangeRequest,
) -> Result<(), RoomError> {
    let by = collaboration.creator;
    let asked = request.parts.changes.iter().map(|it| match &it.specification {
        ChangeSpecification::Member(it) => NewChange::Member(it.clone(), None),
        ChangeSpecification::AutoApproved(types) => NewChange::AutoApproved(types.clone()),
    });
    let now = derive::changes(members, asked.collect());
    if now.as_ref().ok() != Some(&request.parts.changes) {
        let message = "the collaboration has changed since: ask for the change anew";
        return Err(wrong_state(request.id, message));
    }
    protected::check(tx, collaboration.id, &request.parts.changes).await?;
    let there: BTreeMap<_, _> = members.iter().map(|it| (it.account, it)).collect();
    for change in &request.parts.changes {
        match &change.specification {
            ChangeSpecification::Member(wanted) => {
                let old = there.get(&wanted.account).copied();
                let terms = derive::terms(wanted, old);
                match old {
                    Some(old) => tx.update_member(collaboration, (by, old), &terms).await?,
                    None => tx.invite(collaboration, (by, wanted.account), &terms).await?,
                }
            }
            ChangeSpecification::AutoApproved(types) => {
                let names = types.iter().map(|it| it.aws_name().to_owned()).collect();
                let terms = collaboration.terms.clone();
                let terms = CollaborationTerms { auto_approved_changes: names, ..terms };
                tx.update_collaboration(collaboration, by, terms).await?;
            }
        }
    }
    Ok(())
}
