//! Privacy budget templates: what owners offer in a collaboration.

mod forecast;
mod state;
mod terms;

use std::collections::BTreeMap;

use glovebox_model::{
    AccessPeriod, AccountId, Association, AutoRefresh, BudgetTerms, Collaboration, Id, Membership,
    MembershipStatus, Page, PageRequest, PrivacyBudgetTemplate, PrivacyBudgetType, Resource,
};
use glovebox_store::{BudgetFilter, Tx};

pub use forecast::{Forecast, Outlook, Spending};
pub use state::{AccessLeft, Affordable, BudgetState, BudgetView};

use crate::authorize::{OwnMembership, Place};
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// What a member says of a new budget.
#[derive(Debug, Clone)]
pub struct NewBudgetTemplate {
    /// Its membership.
    pub membership: Id<Membership>,
    /// How it renews; for differential privacy `NONE` if it is not said.
    pub auto_refresh: Option<AutoRefresh>,
    /// What it offers.
    pub offer: Offer,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// What a member offers.
#[derive(Debug, Clone)]
pub enum Offer {
    /// Queries over one of its tables.
    Access(Id<Association>, Vec<NewAccessLimit>),
    /// Privacy loss.
    Privacy {
        /// 1 to 20.
        epsilon: u32,
        /// 10 to 100.
        users_noise: u32,
    },
}

/// At most so many queries in a period.
#[derive(Debug, Clone, Copy)]
pub struct NewAccessLimit {
    /// The period.
    pub period: AccessPeriod,
    /// Queries.
    pub budget: u32,
    /// Whether it renews; if it is not said, periods of the calendar do.
    pub auto_refresh: Option<bool>,
}

/// What changes of an offer; what is absent stays.
#[derive(Debug, Clone)]
pub enum OfferUpdate {
    /// All limits.
    Access(Vec<NewAccessLimit>),
    /// Of privacy loss.
    Privacy {
        /// May be raised at any time, and lowered until something was spent.
        epsilon: Option<u32>,
        /// May be changed at any time.
        users_noise: Option<u32>,
    },
}

/// A template, with whoever made its collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetTemplateView {
    /// The template.
    pub template: PrivacyBudgetTemplate,
    /// The creator of the collaboration.
    pub creator: AccountId,
}

impl Room {
    /// `CreatePrivacyBudgetTemplate`: at most one for differential privacy per member, and one for
    /// each of its tables.
    pub async fn create_privacy_budget_template(
        &self,
        caller: &Caller,
        new: NewBudgetTemplate,
    ) -> Result<BudgetTemplateView, RoomError> {
        let NewBudgetTemplate { membership, auto_refresh, offer, tags } = new;
        let mut tx = self.store.begin().await?;
        let action = Action::CreatePrivacyBudgetTemplate;
        let own = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let own = own.resource;
        self.check_tags(&tags)?;
        if own.membership.status != MembershipStatus::Active {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, membership),
                "the membership is not active any more",
            ));
        }
        let terms = match offer {
            Offer::Access(association, limits) => {
                terms::new_access(&mut tx, &own, auto_refresh, (association, &limits)).await?
            }
            Offer::Privacy { epsilon, users_noise } => {
                let auto_refresh = auto_refresh.unwrap_or(AutoRefresh::None);
                terms::new_privacy(&mut tx, &own, auto_refresh, (epsilon, users_noise)).await?
            }
        };
        let quota = self.quotas.access_budgets_per_collaboration;
        if terms.kind() == PrivacyBudgetType::AccessBudget
            && tx.count_access_templates(own.collaboration.id).await? >= quota
        {
            let name = "Access budget templates per collaboration";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        let template = tx.insert_budget_template(&own.membership, terms).await?;
        tx.put_tags(Resource::BudgetTemplate(template.id), &tags).await?;
        self.commit(tx, caller).await?;
        Ok(BudgetTemplateView { template, creator: own.collaboration.creator })
    }

    /// `GetPrivacyBudgetTemplate`
    pub async fn get_privacy_budget_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<PrivacyBudgetTemplate>,
    ) -> Result<BudgetTemplateView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetPrivacyBudgetTemplate;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let template = own(&mut tx, membership, id).await?.ok_or_else(|| unknown(id))?;
        Ok(BudgetTemplateView { template, creator: granted.resource.collaboration.creator })
    }

    /// `ListPrivacyBudgetTemplates`: of one membership, oldest first.
    pub async fn list_privacy_budget_templates(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        page: PageRequest,
    ) -> Result<Page<BudgetTemplateView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListPrivacyBudgetTemplates;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let creator = granted.resource.collaboration.creator;
        let listed = tx.list_budget_templates(membership, BudgetFilter::default(), page).await?;
        Ok(views(listed, creator))
    }

    /// `UpdatePrivacyBudgetTemplate`: never how it renews. What was spent stays spent.
    pub async fn update_privacy_budget_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<PrivacyBudgetTemplate>,
        (kind, update): (PrivacyBudgetType, Option<OfferUpdate>),
    ) -> Result<BudgetTemplateView, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UpdatePrivacyBudgetTemplate;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let creator = granted.resource.collaboration.creator;
        let found = own(&mut tx, membership, id).await?.ok_or_else(|| unknown(id))?;
        if found.terms.kind() != kind {
            let message = format!("the template is of type {}", found.terms.kind().aws_name());
            return Err(RoomError::field("privacyBudgetType", message));
        }
        let changed = terms::changed(&mut tx, &found, update).await?;
        if changed == found.terms {
            return Ok(BudgetTemplateView { template: found, creator });
        }
        let template = tx.update_budget_template(&found, changed).await?;
        self.commit(tx, caller).await?;
        Ok(BudgetTemplateView { template, creator })
    }

    /// `DeletePrivacyBudgetTemplate`: tables with differential privacy cannot be queried without;
    /// what was spent counts when a budget is made anew. Quiet the second time.
    pub async fn delete_privacy_budget_template(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<PrivacyBudgetTemplate>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeletePrivacyBudgetTemplate;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let Some(found) = own(&mut tx, membership, id).await? else {
            if tx.budget_template_was_deleted(id, membership).await? {
                return Ok(());
            }
            return Err(unknown(id));
        };
        tx.delete_budget_template(&found).await?;
        tx.remove_all_tags(Resource::BudgetTemplate(id)).await?;
        self.commit(tx, caller).await
    }

    /// `GetCollaborationPrivacyBudgetTemplate`: a template of any active member.
    pub async fn get_collaboration_privacy_budget_template(
        &self,
        caller: &Caller,
        collaboration: Id<Collaboration>,
        id: Id<PrivacyBudgetTemplate>,
    ) -> Result<BudgetTemplateView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetCollaborationPrivacyBudgetTemplate;
        let granted = self.authorize::<Place>(&mut tx, caller, action, collaboration).await?;
        let found = tx.budget_template(id).await?;
        let template =
            found.filter(|it| it.collaboration == collaboration).ok_or_else(|| unknown(id))?;
        let owner = tx.membership(template.membership).await?;
        if owner.is_none_or(|it| it.status != MembershipStatus::Active) {
            return Err(unknown(id));
        }
        Ok(BudgetTemplateView { template, creator: granted.resource.collaboration.creator })
    }

    /// `ListCollaborationPrivacyBudgetTemplates`: those of active members, oldest first.
    pub async fn list_collaboration_privacy_budget_templates(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        page: PageRequest,
    ) -> Result<Page<BudgetTemplateView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListCollaborationPrivacyBudgetTemplates;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let creator = granted.resource.collaboration.creator;
        let all = BudgetFilter::default();
        Ok(views(tx.list_collaboration_budget_templates(id, all, page).await?, creator))
    }
}

fn views(page: Page<PrivacyBudgetTemplate>, creator: AccountId) -> Page<BudgetTemplateView> {
    let Page { items, next } = page;
    let items = items.into_iter().map(|template| BudgetTemplateView { template, creator });
    Page { items: items.collect(), next }
}

fn unknown(id: Id<PrivacyBudgetTemplate>) -> RoomError {
    RoomError::not_found(ResourceKind::PrivacyBudgetTemplate, id)
}

async fn own(
    tx: &mut Tx,
    membership: Id<Membership>,
    id: Id<PrivacyBudgetTemplate>,
) -> Result<Option<PrivacyBudgetTemplate>, RoomError> {
    Ok(tx.budget_template(id).await?.filter(|it| it.membership == membership))
}

/// Whether queries over an owner's tables with differential privacy have a budget to draw on.
pub(crate) async fn is_offered(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    owner: AccountId,
) -> Result<bool, RoomError> {
    Ok(tx.privacy_template(collaboration, owner).await?.is_some())
}

/// What a budget for differential privacy made now would freeze, for whoever only asks.
pub(crate) use terms::{Frozen, frozen};

/// The terms of a budget for differential privacy.
pub(crate) fn privacy_terms(
    template: &PrivacyBudgetTemplate,
) -> Option<glovebox_model::PrivacyTerms> {
    match template.terms {
        BudgetTerms::Privacy(terms) => Some(terms),
        BudgetTerms::Access(_) => None,
    }
}
