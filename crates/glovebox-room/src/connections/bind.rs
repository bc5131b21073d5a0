//! Which connection a table is read through: decided when it is configured, and never exchanged
//! behind its owner's back.

use glovebox_model::{
    AccountId, ConfiguredTable, Connection, Place, ReferenceKind, TableReference,
};
use glovebox_store::Tx;

use crate::{ConflictReason, ResourceKind, RoomError};

/// A reference with what it is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    /// Where the table lies.
    pub(crate) reference: TableReference,
    /// What it is read through; none for the owner's folder.
    pub(crate) connection: Option<Connection>,
}

/// Binds what an owner wrote to the connection of its account that serves the database, if one
/// does. A table that was read through a connection before is never read from the folder.
pub(crate) async fn bind(
    tx: &mut Tx,
    owner: AccountId,
    written: &TableReference,
    old: Option<&ConfiguredTable>,
) -> Result<Bound, RoomError> {
    let connections = tx.connections_of(owner).await?;
    let serving = connections.into_iter().find(|it| it.serves(&written.database));
    let was_bound = old.is_some_and(|it| it.reference.connection.is_some());
    match (&written.kind, serving) {
        (ReferenceKind::Athena { work_group, .. }, serving) => {
            let field = "tableReference.athena";
            let is_it = |it: &Connection| matches!(&it.place, Place::Athena { workgroup, .. } if workgroup == work_group);
            let serving = serving.filter(is_it).ok_or_else(|| {
                RoomError::field(field, format!(
                    "no connection of this account serves the database `{}` by Athena's workgroup \
                     `{work_group}`: glovebox connection add --type athena",
                    written.database
                ))
            })?;
            Ok(bound(written, serving))
        }
        (ReferenceKind::Glue, Some(serving)) => Ok(bound(written, serving)),
        (ReferenceKind::Glue, None) if was_bound => Err(RoomError::field(
            "tableReference.glue.databaseName",
            format!(
                "no connection of this account serves the database `{}`, and a table that was \
                 read through a connection is never read from a folder: add the connection, or \
                 configure another table",
                written.database
            ),
        )),
        (ReferenceKind::Glue, None) => {
            let reference = TableReference { connection: None, ..written.clone() };
            Ok(Bound { reference, connection: None })
        }
    }
}

/// The same name for the same table, so that it has one population: catalogs of AWS fold names.
fn bound(written: &TableReference, connection: Connection) -> Bound {
    let named = connection.databases.iter().find(|it| it.eq_ignore_ascii_case(&written.database));
    let (database, table) = match &connection.place {
        Place::Glue { .. } | Place::Athena { .. } => {
            (written.database.to_ascii_lowercase(), written.table.to_ascii_lowercase())
        }
        Place::Files(_) | Place::Delta(_) | Place::Iceberg { .. } | Place::Postgresql { .. } => {
            (named.unwrap_or(&written.database).clone(), written.table.clone())
        }
    };
    let id = Some(connection.id);
    let reference = TableReference { database, table, connection: id, ..written.clone() };
    Bound { reference, connection: Some(connection) }
}

/// Whether the role of an association is that of the connection through which its table is read.
pub(crate) async fn check_role(
    tx: &mut Tx,
    table: &ConfiguredTable,
    role_arn: &str,
) -> Result<(), RoomError> {
    let Some(id) = table.reference.connection else { return Ok(()) };
    let Some(connection) = tx.connection_of_id(id).await? else {
        let message = "the connection through which the table is read was removed";
        return Err(RoomError::field("roleArn", message));
    };
    let role = connection.role_arn();
    if role == role_arn {
        return Ok(());
    }
    let message = format!("the table is read through the connection `{}`: {role}", connection.name);
    Err(RoomError::field("roleArn", message))
}

/// Whether the associations of a table may stay when it is read through something else. They may
/// when all of them name the role of its new connection: names are unique in an account, so the
/// old one was removed, and this one stands where the members saw it. What an account describes
/// under a name it could have changed in place as well.
pub(crate) async fn check_roles(
    tx: &mut Tx,
    old: &ConfiguredTable,
    new: &TableReference,
) -> Result<(), RoomError> {
    if new.connection == old.reference.connection {
        return Ok(());
    }
    let connection = match (old.reference.connection, new.connection) {
        (Some(_), Some(id)) => tx.connection_of_id(id).await?,
        _ => None,
    };
    let role = connection.map(|it| it.role_arn());
    let associations = tx.associations_of(old.id).await?;
    let Some(other) = associations.iter().find(|it| Some(&it.role_arn) != role.as_ref()) else {
        return Ok(());
    };
    let mend = match old.reference.connection {
        Some(_) => "delete such associations first, or give the new connection that name",
        None => "delete the associations first",
    };
    Err(RoomError::conflict(
        ConflictReason::SubresourcesExist,
        (ResourceKind::ConfiguredTable, old.id),
        format!(
            "the association `{}` names the role {}, and the table would be read through another \
             connection: {mend}",
            other.name, other.role_arn
        ),
    ))
}
