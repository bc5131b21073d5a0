//! Budgets as they stand: how much is left, and what a budget would afford.

use std::collections::BTreeSet;

use glovebox_model::{
    AccessLimit, AccessTerms, AccessWindow, AccountId, Association, AutoRefresh, BudgetTerms,
    Collaboration, Id, Membership, Page, PageRequest, PrivacyBudgetTemplate, PrivacyBudgetType,
    PrivacyTerms, PrivateAggregation,
};
use glovebox_privacy::{Aggregation, Allowance, Cost, preview};
use glovebox_store::{BudgetFilter, Pool, Tx};

use super::terms::private_tables;
use super::{Frozen, frozen, privacy_terms};
use crate::authorize::{OwnMembership, Place};
use crate::{Action, Caller, Room, RoomError};

/// A budget as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetView {
    /// What is offered.
    pub template: PrivacyBudgetTemplate,
    /// The creator of the collaboration.
    pub creator: AccountId,
    /// What is left of it.
    pub state: BudgetState,
}

/// What is left of a budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BudgetState {
    /// Of queries, limit by limit.
    Access(Vec<AccessLeft>),
    /// Of privacy loss.
    Privacy(Vec<Affordable>),
}

/// What is left of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessLeft {
    /// The limit.
    pub limit: AccessLimit,
    /// Whose queries count now.
    pub window: AccessWindow,
    /// Queries that may still open.
    pub left: u32,
}

/// How many queries with one aggregation each a budget affords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Affordable {
    /// Which aggregation.
    pub aggregation: PrivateAggregation,
    /// With the budget untouched.
    pub maximum: u64,
    /// With what is left of it.
    pub remaining: u64,
}

impl Room {
    /// `ListPrivacyBudgets`: what a membership offers and what is left of it.
    pub async fn list_privacy_budgets(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        (kind, table): (PrivacyBudgetType, Option<Id<Association>>),
        page: PageRequest,
    ) -> Result<Page<BudgetView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListPrivacyBudgets;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let creator = granted.resource.collaboration.creator;
        let filter = BudgetFilter { kind: Some(kind), association: table };
        let listed = tx.list_budget_templates(membership, filter, page).await?;
        views(&mut tx, listed, creator).await
    }

    /// `ListCollaborationPrivacyBudgets`: of all active members.
    pub async fn list_collaboration_privacy_budgets(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        (kind, table): (PrivacyBudgetType, Option<Id<Association>>),
        page: PageRequest,
    ) -> Result<Page<BudgetView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListCollaborationPrivacyBudgets;
        let granted = self.authorize::<Place>(&mut tx, caller, action, id).await?;
        let creator = granted.resource.collaboration.creator;
        let filter = BudgetFilter { kind: Some(kind), association: table };
        let listed = tx.list_collaboration_budget_templates(id, filter, page).await?;
        views(&mut tx, listed, creator).await
    }

    /// `PreviewPrivacyImpact`: what such a budget of this member would afford. Nothing changes.
    pub async fn preview_privacy_impact(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        (epsilon, users_noise): (u32, u32),
    ) -> Result<Vec<Affordable>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::PreviewPrivacyImpact;
        let granted = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let OwnMembership { membership, collaboration, .. } = granted.resource;
        let template = tx.privacy_template(collaboration.id, membership.account).await?;
        let frozen = match template.as_ref().and_then(privacy_terms) {
            Some(it) => Frozen { accountant: it.accountant, delta_atto: it.delta_atto },
            None => frozen(&mut tx, &membership).await?,
        };
        affordable(frozen, epsilon, users_noise, Cost::ZERO)
    }
}

async fn views(
    tx: &mut Tx,
    page: Page<PrivacyBudgetTemplate>,
    creator: AccountId,
) -> Result<Page<BudgetView>, RoomError> {
    let Page { items, next } = page;
    let mut views = Vec::new();
    for template in items {
        let state = match &template.terms {
            BudgetTerms::Access(terms) => BudgetState::Access(access(tx, terms).await?),
            BudgetTerms::Privacy(terms) => {
                let PrivacyTerms { epsilon, users_noise, accountant, delta_atto, .. } = *terms;
                let spent = spent(tx, &template, *terms).await?;
                let frozen = Frozen { accountant, delta_atto };
                BudgetState::Privacy(affordable(frozen, epsilon, users_noise, spent)?)
            }
        };
        views.push(BudgetView { template, creator, state });
    }
    Ok(Page { items: views, next })
}

async fn access(tx: &mut Tx, terms: &AccessTerms) -> Result<Vec<AccessLeft>, RoomError> {
    let AccessTerms { association, limits } = terms;
    let now = tx.now();
    let first = tx.first_access_budget(*association).await?.unwrap_or(now);
    let mut found = Vec::new();
    for limit in limits {
        let window = limit.window(first, now);
        let used = tx.access_used(*association, *limit, now).await?;
        found.push(AccessLeft { limit: *limit, window, left: limit.left(used) });
    }
    Ok(found)
}

/// What is gone in the running period of the pool that has the least left: what was taken, or what
/// a lifetime budget does not leave. What cannot be added up under the budget's accountant leaves
/// nothing.
pub(super) async fn spent(
    tx: &mut Tx,
    template: &PrivacyBudgetTemplate,
    terms: PrivacyTerms,
) -> Result<Cost, RoomError> {
    let (collaboration, owner) = (template.collaboration, template.account);
    let pools = tx.privacy_spent(collaboration, owner, terms.auto_refresh).await?;
    let mut populations: BTreeSet<String> = pools.into_iter().map(|it| it.population).collect();
    for (_, declared) in private_tables(tx, (template.membership, owner)).await? {
        populations.insert(declared.population_name().to_owned());
    }
    let total = Allowance::new(terms.accountant, terms.epsilon, terms.delta_atto).total;
    let mut most = Cost::ZERO;
    for population in &populations {
        let pool = Pool { collaboration: Some(collaboration), owner, population };
        most = greater(most, taken(tx, pool, terms).await?);
        let Some(lifetime) = tx.lifetime_epsilon(owner, population).await? else { continue };
        let of_lifetime = Allowance::new(terms.accountant, lifetime, terms.delta_atto).total;
        let (pool, ever) = (Pool { collaboration: None, ..pool }, AutoRefresh::None);
        let ever = taken(tx, pool, PrivacyTerms { auto_refresh: ever, ..terms }).await?;
        most = greater(most, total.less(of_lifetime.less(ever)));
    }
    Ok(most)
}

async fn taken(tx: &mut Tx, pool: Pool<'_>, terms: PrivacyTerms) -> Result<Cost, RoomError> {
    let now = tx.now();
    let spent = tx.spent(pool, terms, now).await?;
    let whole = |it: u128| u64::try_from(it).unwrap_or(u64::MAX);
    Ok(Cost {
        loss_nano: spent.map_or(u64::MAX, |it| whole(it.loss_nano)),
        delta_atto: spent.map_or(u64::MAX, |it| whole(it.delta_atto)),
    })
}

fn greater(one: Cost, other: Cost) -> Cost {
    Cost {
        loss_nano: one.loss_nano.max(other.loss_nano),
        delta_atto: one.delta_atto.max(other.delta_atto),
    }
}

/// How many queries of each kind are affordable.
pub(super) fn affordable(
    frozen: Frozen,
    epsilon: u32,
    users_noise: u32,
    spent: Cost,
) -> Result<Vec<Affordable>, RoomError> {
    let allowance = Allowance::new(frozen.accountant, epsilon, frozen.delta_atto);
    let found = preview(allowance, spent, users_noise).map_err(|_| {
        RoomError::field("parameters.differentialPrivacy.usersNoisePerQuery", "must be 10 to 100")
    })?;
    let shown = found.map(|it| Affordable {
        aggregation: named(it.aggregation),
        maximum: it.maximum,
        remaining: it.remaining,
    });
    Ok(shown.to_vec())
}

fn named(it: Aggregation) -> PrivateAggregation {
    match it {
        Aggregation::Average => PrivateAggregation::Avg,
        Aggregation::Count => PrivateAggregation::Count,
        Aggregation::CountDistinct => PrivateAggregation::CountDistinct,
        Aggregation::StandardDeviation => PrivateAggregation::Stddev,
        Aggregation::Sum => PrivateAggregation::Sum,
    }
}
