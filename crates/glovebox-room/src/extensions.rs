//! What AWS's shapes cannot carry: extensions of tables, and locks of associations.

use glovebox_model::{
    AccountId, Association, Collaboration, ConfiguredTable, Digest, Extension, Id, RuleKind,
    TableName,
};
use glovebox_store::{Tx, extension_digest};

use crate::authorize::{OwnAssociation, OwnTable, Place};
use crate::connections::Bound;
use crate::declared::{check_accountant, check_declared, check_population};
use crate::encrypted::check_encryption;
use crate::schemas::visible;
use crate::{Action, Caller, ConflictReason, ResourceKind, Room, RoomError};

/// An extension with its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExtensionView {
    /// What is in force: what the owner set, else the defaults of the house.
    pub extension: Extension,
    /// Of its stored form, as the ledger says it.
    pub digest: Digest,
    /// Whether the owner set it.
    pub is_set: bool,
}

/// What members see of a table beyond AWS's shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeSchema {
    /// The table in the collaboration.
    pub association: Association,
    /// The type of its rule.
    pub rule: Option<RuleKind>,
    /// How the rule is read.
    pub extension: ExtensionView,
    /// Who is shut out from it.
    pub locked_out: Vec<AccountId>,
}

impl Room {
    /// How the rule of a table is read, for its owner.
    pub async fn get_extension(
        &self,
        caller: &Caller,
        table: Id<ConfiguredTable>,
    ) -> Result<ExtensionView, RoomError> {
        let mut tx = self.store.read().await?;
        self.authorize::<OwnTable>(&mut tx, caller, Action::GetExtension, table).await?;
        view(&mut tx, table).await
    }

    /// Says how the rule of a table is read: by its owner, in every collaboration it is in.
    pub async fn put_extension(
        &self,
        caller: &Caller,
        table: Id<ConfiguredTable>,
        extension: Extension,
    ) -> Result<ExtensionView, RoomError> {
        let action = Action::PutExtension;
        let (read, bound, root) = {
            let mut tx = self.store.read().await?;
            let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, table).await?;
            let root = self.tables_folder(&mut tx, authorized.account).await?;
            let OwnTable { table } = authorized.resource;
            let rule = tx.rule(table.id).await?.map(|it| it.written);
            check_encryption(&table, rule.as_ref(), &extension)?;
            let connection = match table.reference.connection {
                Some(id) => tx.connection_of_id(id).await?,
                None => None,
            };
            let bound = Bound { reference: table.reference.clone(), connection };
            (table, bound, root)
        };
        if !extension.encryption.columns.is_empty() {
            let located = self.location(read.owner, root, bound).await?;
            self.check_data(located, &read, &extension.encryption).await?;
        }
        let mut tx = self.store.begin().await?;
        let authorized = self.authorize::<OwnTable>(&mut tx, caller, action, table).await?;
        let OwnTable { table } = authorized.resource;
        if table != read {
            return Err(RoomError::conflict(
                ConflictReason::InvalidState,
                (ResourceKind::ConfiguredTable, table.id),
                "the configured table was changed at the same time: try again",
            ));
        }
        enforced(&extension)?;
        let rule = tx.rule(table.id).await?.map(|it| it.written);
        check_encryption(&table, rule.as_ref(), &extension)?;
        check_declared(&table, rule.as_ref(), &extension)?;
        let accountant = extension.declared.accountant;
        check_accountant(&mut tx, &table, rule.as_ref(), accountant).await?;
        check_population(&mut tx, &table, rule.as_ref(), &extension).await?;
        tx.put_extension(&table, &extension).await?;
        let view = view(&mut tx, table.id).await?;
        self.commit(tx, caller).await?;
        Ok(view)
    }

    /// What members see of a table beyond AWS's shapes.
    pub async fn native_schema(
        &self,
        caller: &Caller,
        id: Id<Collaboration>,
        name: &TableName,
    ) -> Result<NativeSchema, RoomError> {
        let mut tx = self.store.read().await?;
        self.authorize::<Place>(&mut tx, caller, Action::GetNativeSchema, id).await?;
        let association = visible(&mut tx, id, name).await?;
        let rule = tx.rule(association.table).await?.map(|it| it.written.kind());
        let extension = view(&mut tx, association.table).await?;
        let locked_out = tx.locked_out(association.id).await?;
        Ok(NativeSchema { association, rule, extension, locked_out })
    }

    /// Lets runners whose queries failed too often query a table again: by its owner.
    pub async fn unlock_association(
        &self,
        caller: &Caller,
        id: Id<Association>,
    ) -> Result<Association, RoomError> {
        let mut tx = self.store.begin().await?;
        let action = Action::UnlockAssociation;
        let authorized = self.authorize::<OwnAssociation>(&mut tx, caller, action, id).await?;
        let OwnAssociation(association) = authorized.resource;
        tx.unlock(&association).await?;
        self.commit(tx, caller).await?;
        Ok(association)
    }
}

/// Nobody is promised what nothing enforces.
fn enforced(extension: &Extension) -> Result<(), RoomError> {
    if extension.max_groups_per_identity == Some(0) {
        return Err(RoomError::field("maxGroupsPerIdentity", "a key stands in one group at least"));
    }
    Ok(())
}

async fn view(tx: &mut Tx, table: Id<ConfiguredTable>) -> Result<ExtensionView, RoomError> {
    let is_set = tx.extension(table).await?.is_some();
    let extension = tx.extension_in_force(table).await?;
    let digest = extension_digest(&extension)?;
    Ok(ExtensionView { extension, digest, is_set })
}
