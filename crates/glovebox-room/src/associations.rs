//! Associations: a member's tables brought into a collaboration.

use std::collections::BTreeMap;

use glovebox_model::{
    Association, ConfiguredTable, Id, Membership, MembershipStatus, Page, PageRequest, Resource,
    RuleKind, TableName,
};
use glovebox_store::{AssociationParts, Kind, Tx};

use crate::association_rules::{can_receive, owned};
use crate::authorize::{OwnMembership, OwnTable};
use crate::budgets::privacy_terms;
use crate::connections::check_role;
use crate::declared;
use crate::rules::user_identifier;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// Prefixes that the real service keeps for itself, and ours.
const RESERVED_PREFIXES: [&str; 12] = [
    "__gb",
    "padb_",
    "pg_",
    "stcs_",
    "stl_",
    "stll_",
    "stv_",
    "svcs_",
    "svl_",
    "svv_",
    "sys_",
    "systable_",
];
const NAME_CHARACTERS: usize = 127;

/// What a member says when it brings a table.
#[derive(Debug, Clone)]
pub struct NewAssociation {
    /// Its membership.
    pub membership: Id<Membership>,
    /// Its table.
    pub table: Id<ConfiguredTable>,
    /// The name under which it is queried; unique in the collaboration, whatever its case.
    pub name: TableName,
    /// What it is.
    pub description: Option<String>,
    /// Names the connection of a table that is read through one; else stored and echoed.
    pub role_arn: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// An association and the kind of its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationView {
    /// The association.
    pub association: Association,
    /// `analysisRuleTypes`
    pub rule: Option<RuleKind>,
}

/// An association with what is there of its rule.
pub(crate) async fn view(
    tx: &mut Tx,
    association: Association,
) -> Result<AssociationView, RoomError> {
    let rule = tx.association_rule(association.id).await?.map(|it| it.kind);
    Ok(AssociationView { association, rule })
}

impl Room {
    /// `CreateConfiguredTableAssociation`
    pub async fn create_configured_table_association(
        &self,
        caller: &Caller,
        new: NewAssociation,
    ) -> Result<Association, RoomError> {
        let NewAssociation { membership, table, name, description, role_arn, tags } = new;
        let mut tx = self.store.begin().await?;
        let action = Action::CreateConfiguredTableAssociation;
        let own = self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let named = self.authorize::<OwnTable>(&mut tx, caller, action, table).await?;
        let OwnMembership { membership, .. } = own.resource;
        if membership.status != MembershipStatus::Active {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::Membership, membership.id),
                "the membership is not active any more",
            ));
        }
        check_name(&name)?;
        self.check_tags(&tags)?;
        if let Some(taken) = tx.association_named(membership.collaboration, &name).await? {
            let own = taken.account == membership.account;
            return Err(RoomError::Conflict {
                reason: ConflictReason::AlreadyExists,
                resource: own
                    .then(|| (taken.id.to_string(), ResourceKind::ConfiguredTableAssociation)),
                message: format!("the collaboration has a table named `{name}` already"),
            });
        }
        let quota = self.quotas.associations_per_membership;
        if tx.count_associations(membership.id).await? >= quota {
            let name = "Table associations per membership";
            return Err(RoomError::QuotaExceeded { name, value: quota });
        }
        check_private(&mut tx, &membership, &named.resource.table).await?;
        check_role(&mut tx, &named.resource.table, &role_arn).await?;
        let receivers = can_receive(&tx.members(membership.collaboration).await?);
        let parts = AssociationParts { table, name, description, role_arn, receivers };
        let made = tx.insert_association(&membership, parts).await?;
        tx.put_tags(Resource::Association(membership.id, made.id), &tags).await?;
        self.commit(tx, caller).await?;
        Ok(made)
    }

    /// `GetConfiguredTableAssociation`
    pub async fn get_configured_table_association(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Association>,
    ) -> Result<AssociationView, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::GetConfiguredTableAssociation;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let association = owned(&mut tx, membership, id).await?;
        view(&mut tx, association).await
    }

    /// `ListConfiguredTableAssociations`: of one membership, oldest first.
    pub async fn list_configured_table_associations(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        page: PageRequest,
    ) -> Result<Page<AssociationView>, RoomError> {
        let mut tx = self.store.read().await?;
        let action = Action::ListConfiguredTableAssociations;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let Page { items, next } = tx.list_associations(membership, page).await?;
        let mut views = Vec::new();
        for association in items {
            views.push(view(&mut tx, association).await?);
        }
        Ok(Page { items: views, next })
    }

    /// `DeleteConfiguredTableAssociation`: nobody can query the table there any more; quiet the
    /// second time.
    pub async fn delete_configured_table_association(
        &self,
        caller: &Caller,
        membership: Id<Membership>,
        id: Id<Association>,
    ) -> Result<(), RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::DeleteConfiguredTableAssociation;
        self.authorize::<OwnMembership>(&mut tx, caller, action, membership).await?;
        let Some(found) = tx.association(id).await?.filter(|it| it.membership == membership) else {
            let kind = Kind::Association;
            if self.was_deleted(&mut tx, caller, kind, &id.to_string()).await? {
                return Ok(());
            }
            return Err(RoomError::not_found(ResourceKind::ConfiguredTableAssociation, id));
        };
        tx.delete_association(&found).await?;
        tx.remove_all_tags(Resource::Association(membership, id)).await?;
        self.commit(tx, caller).await
    }
}

/// Whether a table with differential privacy adds loss up as the owner's budget there does.
async fn check_private(
    tx: &mut Tx,
    membership: &Membership,
    table: &ConfiguredTable,
) -> Result<(), RoomError> {
    let rule = tx.rule(table.id).await?;
    if rule.is_none_or(|it| user_identifier(&it.written).is_none()) {
        return Ok(());
    }
    let budget = tx.privacy_template(membership.collaboration, membership.account).await?;
    let frozen = budget.as_ref().and_then(privacy_terms).map(|it| it.accountant);
    let declared = tx.extension_in_force(table.id).await?.declared.accountant;
    declared::same(declared, frozen, table)
}

fn check_name(name: &TableName) -> Result<(), RoomError> {
    let text = name.as_str();
    let message = if text.len() > NAME_CHARACTERS {
        "a table name has at most 127 characters"
    } else if text.contains("--") {
        "a table name has no two hyphens in a row"
    } else if RESERVED_PREFIXES.iter().any(|it| text.starts_with(it)) {
        "the table name begins with a reserved prefix"
    } else {
        return Ok(());
    };
    Err(RoomError::field("name", message))
}
