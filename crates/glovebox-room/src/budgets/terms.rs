//! What a budget may offer, and what freezes when it is made.

use std::collections::BTreeSet;

use glovebox_model::{
    AccessLimit, AccessPeriod, AccessTerms, AccountId, Accountant, Association, AutoRefresh,
    BudgetTerms, ConfiguredTable, Declared, Id, MemberAbility, Membership, PageRequest,
    PrivacyBudgetTemplate, PrivacyTerms,
};
use glovebox_privacy::default_delta_atto;
use glovebox_store::{PoolSpent, Tx};

use super::{NewAccessLimit, OfferUpdate};
use crate::association_rules::owned;
use crate::authorize::OwnMembership;
use crate::error::FieldFault;
use crate::rules::user_identifier;
use crate::{ConflictReason, ResourceKind, RoomError};

const EPSILON: std::ops::RangeInclusive<u32> = 1..=20;
const USERS_NOISE: std::ops::RangeInclusive<u32> = 10..=100;
const MOST_QUERIES: u32 = 1_000_000;

/// What stays as it was when the budget was made: how loss is added up, and the whole delta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frozen {
    pub(crate) accountant: Accountant,
    pub(crate) delta_atto: u64,
}

/// A new budget of privacy loss.
pub(super) async fn new_privacy(
    tx: &mut Tx,
    own: &OwnMembership,
    auto_refresh: AutoRefresh,
    (epsilon, users_noise): (u32, u32),
) -> Result<BudgetTerms, RoomError> {
    let OwnMembership { membership, collaboration, member } = own;
    check_ranges(epsilon, users_noise)?;
    if member.terms.may(MemberAbility::CanReceiveResults) {
        return Err(RoomError::invalid(
            "a member who can receive results cannot protect its own tables with differential \
             privacy",
        ));
    }
    if tx.privacy_template(collaboration.id, membership.account).await?.is_some() {
        return Err(RoomError::conflict(
            ConflictReason::AlreadyExists,
            (ResourceKind::Membership, membership.id),
            "the membership has a privacy budget template for differential privacy already",
        ));
    }
    let Frozen { accountant, delta_atto } = frozen(tx, membership).await?;
    let spent = tx.privacy_spent(collaboration.id, membership.account, auto_refresh).await?;
    // A loss in epsilon is bounded in rho, and not the other way round.
    let is_summable =
        |it: &PoolSpent| accountant == Accountant::Zcdp || it.accountant == accountant;
    if let Some(other) = spent.iter().find(|it| !is_summable(it)) {
        let (was, is) = (other.accountant.aws_name(), accountant.aws_name());
        return Err(RoomError::conflict(
            ConflictReason::InvalidState,
            (ResourceKind::Membership, membership.id),
            format!(
                "queries were charged under the accountant {was} in the running period, and the \
                 tables declare {is} now: declare {was} again, or wait for the next period"
            ),
        ));
    }
    Ok(BudgetTerms::Privacy(PrivacyTerms {
        epsilon,
        users_noise,
        auto_refresh,
        accountant,
        delta_atto,
    }))
}

/// A new budget of queries over a table.
pub(super) async fn new_access(
    tx: &mut Tx,
    own: &OwnMembership,
    auto_refresh: Option<AutoRefresh>,
    (association, limits): (Id<Association>, &[NewAccessLimit]),
) -> Result<BudgetTerms, RoomError> {
    if auto_refresh == Some(AutoRefresh::CalendarMonth) {
        let message = "an access budget renews as its budgetParameters say: leave it out";
        return Err(RoomError::field("autoRefresh", message));
    }
    let limits = access_limits(limits)?;
    let association = owned(tx, own.membership.id, association).await?.id;
    if tx.access_template(association).await?.is_some() {
        return Err(RoomError::conflict(
            ConflictReason::AlreadyExists,
            (ResourceKind::ConfiguredTableAssociation, association),
            "the table has an access budget already",
        ));
    }
    Ok(BudgetTerms::Access(AccessTerms { association, limits }))
}

/// What a template offers after an update.
pub(super) async fn changed(
    tx: &mut Tx,
    old: &PrivacyBudgetTemplate,
    update: Option<OfferUpdate>,
) -> Result<BudgetTerms, RoomError> {
    match (&old.terms, update) {
        (terms, None) => Ok(terms.clone()),
        (BudgetTerms::Access(terms), Some(OfferUpdate::Access(limits))) => {
            let limits = access_limits(&limits)?;
            Ok(BudgetTerms::Access(AccessTerms { limits, ..*terms }))
        }
        (BudgetTerms::Privacy(terms), Some(OfferUpdate::Privacy { epsilon, users_noise })) => {
            let epsilon = epsilon.unwrap_or(terms.epsilon);
            let users_noise = users_noise.unwrap_or(terms.users_noise);
            check_ranges(epsilon, users_noise)?;
            if epsilon < terms.epsilon
                && tx.privacy_was_spent(old.collaboration, old.account).await?
            {
                return Err(RoomError::conflict(
                    ConflictReason::InvalidState,
                    (ResourceKind::PrivacyBudgetTemplate, old.id),
                    "epsilon cannot be lowered once queries have been charged",
                ));
            }
            Ok(BudgetTerms::Privacy(PrivacyTerms { epsilon, users_noise, ..*terms }))
        }
        (BudgetTerms::Access(_) | BudgetTerms::Privacy(_), Some(_)) => {
            Err(RoomError::field("parameters", "the parameters are not of the privacyBudgetType"))
        }
    }
}

fn check_ranges(epsilon: u32, users_noise: u32) -> Result<(), RoomError> {
    let mut faults = Vec::new();
    let mut fault = |name: &str, message: &str| {
        let name = format!("parameters.differentialPrivacy.{name}");
        faults.push(FieldFault { name, message: message.to_owned() });
    };
    if !EPSILON.contains(&epsilon) {
        fault("epsilon", "must be 1 to 20");
    }
    if !USERS_NOISE.contains(&users_noise) {
        fault("usersNoisePerQuery", "must be 10 to 100");
    }
    if faults.is_empty() { Ok(()) } else { Err(RoomError::fields(faults)) }
}

/// One limit of a period of the calendar, one for ever, or both.
fn access_limits(limits: &[NewAccessLimit]) -> Result<Vec<AccessLimit>, RoomError> {
    let mut faults = Vec::new();
    let mut made = Vec::new();
    let mut kinds = BTreeSet::new();
    for (index, it) in limits.iter().enumerate() {
        let NewAccessLimit { period, budget, auto_refresh } = *it;
        let mut fault = |name: &str, message: &str| {
            let name = format!("parameters.accessBudget.budgetParameters[{index}].{name}");
            faults.push(FieldFault { name, message: message.to_owned() });
        };
        let is_for_ever = period == AccessPeriod::Lifetime;
        if !kinds.insert(is_for_ever) {
            fault("type", "there is one budget of a calendar period and one LIFETIME at most");
        }
        if budget > MOST_QUERIES {
            fault("budget", "must be 0 to 1000000");
        }
        if is_for_ever && auto_refresh == Some(true) {
            fault("autoRefresh", "a LIFETIME budget never renews: leave it out");
        }
        let auto_refresh = auto_refresh.unwrap_or(!is_for_ever);
        made.push(AccessLimit { period, budget, auto_refresh });
    }
    if limits.is_empty() {
        let name = "parameters.accessBudget.budgetParameters".to_owned();
        faults.push(FieldFault { name, message: "must have at least one item".to_owned() });
    }
    if faults.is_empty() { Ok(made) } else { Err(RoomError::fields(faults)) }
}

/// What a budget for differential privacy would freeze, were it made now: the accountant that the
/// owner's tables declare, and a delta for the greatest number of users that they declare.
pub(crate) async fn frozen(tx: &mut Tx, membership: &Membership) -> Result<Frozen, RoomError> {
    let tables = private_tables(tx, (membership.id, membership.account)).await?;
    let accountants: BTreeSet<Accountant> = tables.iter().map(|it| it.1.accountant).collect();
    if accountants.len() > 1 {
        let named =
            tables.iter().map(|(name, it)| format!("`{name}` {}", it.accountant.aws_name()));
        return Err(RoomError::invalid(format!(
            "the tables with differential privacy declare different accountants, and one budget \
             has one: {}",
            named.collect::<Vec<_>>().join(", ")
        )));
    }
    let users = tables.iter().filter_map(|it| it.1.declared_users).max();
    Ok(Frozen {
        accountant: accountants.first().copied().unwrap_or(Accountant::Zcdp),
        delta_atto: default_delta_atto(users.unwrap_or(1)),
    })
}

/// The owner's tables with a user identifier and what is declared of them: those brought into the
/// collaboration, or all of its tables while it has brought none.
pub(super) async fn private_tables(
    tx: &mut Tx,
    (membership, owner): (Id<Membership>, AccountId),
) -> Result<Vec<(String, Declared)>, RoomError> {
    let mut found = Vec::new();
    let mut page = PageRequest::first();
    loop {
        let some = tx.list_associations(membership, page).await?;
        for it in some.items {
            if let Some(declared) = private(tx, it.table).await? {
                found.push((it.name.to_string(), declared));
            }
        }
        match some.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let mut page = PageRequest::first();
    loop {
        let some = tx.list_tables(owner, page).await?;
        for it in some.items {
            if let Some(declared) = private(tx, it.id).await? {
                found.push((it.name, declared));
            }
        }
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// What is declared of a table, if its rule names a user identifier.
async fn private(tx: &mut Tx, table: Id<ConfiguredTable>) -> Result<Option<Declared>, RoomError> {
    let rule = tx.rule(table).await?;
    if rule.is_none_or(|it| user_identifier(&it.written).is_none()) {
        return Ok(None);
    }
    Ok(Some(tx.extension_in_force(table).await?.declared))
}
