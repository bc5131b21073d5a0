//! Collaborations: made, seen and ended.

mod agreement;

use std::collections::BTreeMap;

use glovebox_model::{
    AccountId, Collaboration, EncryptionMetadata, Id, Member, MemberAbility, MemberStatus,
    Membership, MlAbility, Page, PageRequest, Resource,
};
use glovebox_store::Tx;

use crate::authorize::{Own, Place};
use crate::{Action, Caller, PaymentDraft, Room, RoomError};

/// What the creator asks for.
#[derive(Debug, Clone)]
pub struct NewCollaboration {
    /// Its name, not unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// The creator's own part; its account is the caller's.
    pub creator: NewMember,
    /// The others.
    pub members: Vec<(AccountId, NewMember)>,
    /// The parameters of column encryption.
    pub encryption: Option<EncryptionMetadata>,
    /// Whether members may log queries.
    pub query_log: bool,
    /// Whether members may log jobs.
    pub job_log: bool,
    /// Kinds of change that need no approval, as AWS names them.
    pub auto_approved_changes: Vec<String>,
    /// Regions of results.
    pub allowed_result_regions: Vec<String>,
    /// Whether members may ask for metrics.
    pub metrics: bool,
    /// Whether the engine asked for is the one that AWS ended (`CLEAN_ROOMS_SQL`).
    pub legacy_engine: bool,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What the creator asks for one member.
#[derive(Debug, Clone, Default)]
pub struct NewMember {
    /// How it is called.
    pub display_name: String,
    /// What it may do.
    pub abilities: Vec<MemberAbility>,
    /// What it may do with models.
    pub ml_abilities: Vec<MlAbility>,
    /// What it is asked to pay.
    pub payment: Option<PaymentDraft>,
}

/// A collaboration as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollaborationView {
    /// The agreement.
    pub collaboration: Collaboration,
    /// Where the caller stands.
    pub member_status: MemberStatus,
    /// The caller's membership, once it has joined.
    pub membership: Option<Id<Membership>>,
}

impl From<Place> for CollaborationView {
    fn from(place: Place) -> Self {
        let Place { collaboration, member } = place;
        Self { collaboration, member_status: member.status, membership: member.membership }
    }
}

impl Room {
    /// `CreateCollaboration`: the creator is invited like everybody else and joins later.
    pub async fn create_collaboration(
        &self,
        caller: &Caller,
        new: NewCollaboration,
    ) -> Result<CollaborationView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::CreateCollaboration;
        let authorized = self.authorize::<Own>(&mut tx, caller, action, ()).await?;
        let creator = authorized.account;
        let quota = self.quotas.collaborations_per_account;
        if tx.count_collaborations(creator).await? >= quota {
            let name = "Collaborations created per account";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let quota = self.quotas.members_per_collaboration;
        if new.members.len() as u64 > quota {
            let name = "Members invited per collaboration";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let (terms, members, tags) = agreement::agree(creator, new)?;
        self.check_tags(&tags)?;
        let collaboration = tx.insert_collaboration(creator, terms, &members).await?;
        tx.put_tags(Resource::Collaboration(collaboration.id), &tags).await?;
        self.commit(tx, caller).await?;
        let member_status = MemberStatus::Invited;
        Ok(CollaborationView { collaboration, member_status, membership: None })
    }

    /// `GetCollaboration`: unknown, foreign and deleted ones are denied alike.
    pub async fn get_collaboration(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
    ) -> Result<CollaborationView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetCollaboration;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        Ok(authorized.resource.into())
    }

    /// `ListCollaborations`: those that the caller takes part in, oldest first.
    pub async fn list_collaborations(
        &self,
        caller: &Caller,
        status: Option<MemberStatus>,
        page: PageRequest,
    ) -> Result<Page<CollaborationView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListCollaborations;
        let authorized = self.authorize::<Own>(&mut tx, caller, action, ()).await?;
        let Page { items, next } = tx.list_collaborations(authorized.account, status, page).await?;
        let mut views = Vec::new();
        for collaboration in items {
            let member = tx.member(collaboration.id, authorized.account).await?;
            let member = member.ok_or_else(RoomError::access_denied)?;
            views.push(Place { collaboration, member }.into());
        }
        Ok(Page { items: views, next })
    }

    /// `ListMembers`: everybody who was invited, the creator first, whatever became of them.
    pub async fn list_members(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        page: PageRequest,
    ) -> Result<Page<Member>, RoomError> {
        let mut tx = self.store.read().await?;
        self.authorize::<Place>(&mut tx, caller, Action::ListMembers, id).await?;
        Ok(tx.list_members(id, page).await?)
    }

    /// `DeleteCollaboration`: by its creator; quiet the second time.
    pub async fn delete_collaboration(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        if self.has_deleted(&mut tx, caller, id).await? {
            return Ok(());
        }
        let action = Action::DeleteCollaboration;
        let authorized = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        tx.delete_collaboration(&authorized.resource.collaboration).await?;
        tx.remove_all_tags(Resource::Collaboration(id)).await?;
        self.commit(tx, caller).await
    }

    async fn has_deleted(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        id: Id<Collaboration>,
    ) -> Result<bool, RoomError> {
        let found = tx.collaboration(id).await?;
        let own = found.is_some_and(|it| it.deleted && it.creator == caller.account);
        Ok(own && tx.key_is_enabled(caller.account, &caller.access_key_id).await?)
    }
}
