//! A table brought into a collaboration, under a name.

use crate::{AccountId, Collaboration, ConfiguredTable, Id, Membership, TableName, Timestamp};

/// A configured table in a collaboration. Its name is unique there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Association {
    /// Names it.
    pub id: Id<Self>,
    /// The collaboration.
    pub collaboration: Id<Collaboration>,
    /// The member who brought it.
    pub account: AccountId,
    /// That member's membership.
    pub membership: Id<Membership>,
    /// The table.
    pub table: Id<ConfiguredTable>,
    /// The name under which it is queried.
    pub name: TableName,
    /// What it is.
    pub description: Option<String>,
    /// Stored and echoed.
    pub role_arn: String,
    /// Who could receive results when the table was brought: without a rule of the association,
    /// strict mode gives results of it to these only.
    pub receivers: Vec<AccountId>,
    /// When it was brought.
    pub created: Timestamp,
    /// When it changed last.
    pub updated: Timestamp,
    /// Changes when what queries use of it changes, never comes back.
    pub version: i64,
}
