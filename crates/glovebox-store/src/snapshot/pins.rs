//! The versions of everything a query depends on, compared again at the doors.

use std::collections::BTreeSet;

use glovebox_model::{
    AccessKeyId, AccountId, Association, ConfiguredTable, Connection, Id, Mode, ProtectedQuery,
    TableName,
};
use serde::{Deserialize, Serialize};

use super::{CORRUPT, Snapshot, SnapshotTable};
use crate::extensions::DEFAULT_MODE;
use crate::{StoreError, Tx};

/// Rows and their versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Pins(BTreeSet<Pin>);

/// One row: of which kind, which one, and its version when it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Pin {
    kind: Kind,
    id: String,
    version: Option<i64>,
    /// The one receiver whose copy depends on it; all copies do when nobody is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receiver: Option<AccountText>,
}

/// An account, as its text.
type AccountText = String;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Kind {
    Account,
    Association,
    AssociationRule,
    Collaboration,
    /// What a table is read through.
    Connection,
    /// How rules are read whose owners say nothing.
    DefaultMode,
    Extension,
    Key,
    /// Whether a runner is shut out from an association; not how often its queries failed.
    Lock,
    Member,
    Membership,
    Rule,
    /// The tables of one owner over one source, by one of them: their versions, rules and
    /// extensions.
    Source,
    Table,
    Template,
}

impl Pins {
    /// What `query` depends on when it touches these tables.
    pub(crate) fn of(
        snapshot: &Snapshot,
        query: &ProtectedQuery,
        touched: &[TableName],
    ) -> Result<Self, StoreError> {
        let collaboration = &snapshot.collaboration;
        let mut pins = Self(BTreeSet::new());
        pins.add(Kind::Collaboration, collaboration.id.to_string(), Some(collaboration.version));
        pins.add(Kind::Key, query.key.to_string(), snapshot.key_version);
        let mut people = BTreeSet::from([query.runner]);
        people.extend(query.asked.payer);
        // Whoever is asked to pay must stay a member, or all queries stop.
        let payers = snapshot.members.values().map(|it| &it.member);
        people.extend(payers.filter(|it| it.terms.payment.query_compute).map(|it| it.account));
        for name in touched {
            let table = snapshot.tables.get(name).ok_or(CORRUPT)?;
            let association = &table.association;
            people.insert(association.account);
            pins.add(Kind::Association, association.id.to_string(), Some(association.version));
            pins.add(Kind::Table, table.table.id.to_string(), Some(table.table.version));
            let rule = table.rule.as_ref().map(|(rule, _)| rule.version);
            pins.add(Kind::Rule, table.table.id.to_string(), rule);
            if let Some(id) = table.table.reference.connection {
                let version = table.connection.as_ref().map(|it| it.version);
                pins.add(Kind::Connection, id.to_string(), version);
            }
            pins.add(Kind::Source, table.table.id.to_string(), table.source_version);
            pins.add_terms(table, query.runner);
        }
        if let Some(template) = &snapshot.template {
            pins.add(Kind::Template, template.id.to_string(), Some(template.version));
            people.insert(template.author);
        }
        // Who only receives: its own copy depends on it, and no other.
        let receivers: BTreeSet<AccountId> = query.receivers.iter().copied().collect();
        for account in receivers.difference(&people) {
            pins.add_person(snapshot, *account, Some(account.to_string()));
        }
        for account in people {
            pins.add_person(snapshot, account, None);
        }
        Ok(pins)
    }

    fn add_person(
        &mut self,
        snapshot: &Snapshot,
        account: AccountId,
        receiver: Option<AccountText>,
    ) {
        let place = snapshot.collaboration.id;
        let mut add = |kind, id, version| {
            self.0.insert(Pin { kind, id, version, receiver: receiver.clone() });
        };
        let member = snapshot.members.get(&account);
        let version = member.map(|it| it.member.version);
        add(Kind::Member, format!("{place}/{account}"), version);
        let version = member.and_then(|it| it.account.as_ref()).map(|it| it.version);
        add(Kind::Account, account.to_string(), version);
        if let Some(membership) = member.and_then(|it| it.membership.as_ref()) {
            add(Kind::Membership, membership.id.to_string(), Some(membership.version));
        }
    }

    fn add_terms(&mut self, table: &SnapshotTable, runner: AccountId) {
        let association = table.association.id.to_string();
        let rule = table.association_rule.as_ref().map(|it| it.version);
        self.add(Kind::Lock, format!("{association}/{runner}"), table.locked.then_some(1));
        self.add(Kind::AssociationRule, association, rule);
        if table.extension_version.is_none() {
            let aws = i64::from(table.extension.mode == Mode::Aws);
            self.add(Kind::DefaultMode, DEFAULT_MODE.to_owned(), Some(aws));
        }
        self.add(Kind::Extension, table.table.id.to_string(), table.extension_version);
    }

    fn add(&mut self, kind: Kind, id: String, version: Option<i64>) {
        self.0.insert(Pin { kind, id, version, receiver: None });
    }

    /// Those of the tables that the query touches, and of what their owners say of them.
    pub(crate) fn of_tables(&self) -> Self {
        let is_of_table = |it: &&Pin| match it.kind {
            Kind::Association
            | Kind::AssociationRule
            | Kind::Connection
            | Kind::DefaultMode
            | Kind::Extension
            | Kind::Rule
            | Kind::Table => true,
            Kind::Account
            | Kind::Collaboration
            | Kind::Key
            | Kind::Lock
            | Kind::Member
            | Kind::Membership
            | Kind::Source
            | Kind::Template => false,
        };
        Self(self.0.iter().filter(is_of_table).cloned().collect())
    }

    /// Those that every copy of the result depends on.
    pub(crate) fn of_all(&self) -> Self {
        Self(self.0.iter().filter(|it| it.receiver.is_none()).cloned().collect())
    }

    /// Those that only this receiver's copy depends on.
    pub(crate) fn of_receiver(&self, receiver: AccountId) -> Self {
        let is_own = |it: &&Pin| it.receiver.as_deref() == Some(receiver.as_str());
        Self(self.0.iter().filter(is_own).cloned().collect())
    }

    /// The associations among them: the tables that the query touches.
    pub(crate) fn associations(&self) -> Result<Vec<Id<Association>>, StoreError> {
        let found = self.0.iter().filter(|it| it.kind == Kind::Association);
        found.map(|it| it.id.parse().map_err(|_| CORRUPT)).collect()
    }

    /// The connections among them: those through which its tables are read.
    pub(crate) fn connections(&self) -> Result<Vec<Id<Connection>>, StoreError> {
        let found = self.0.iter().filter(|it| it.kind == Kind::Connection);
        found.map(|it| it.id.parse().map_err(|_| CORRUPT)).collect()
    }

    /// Whether every row still has the version it had.
    pub(crate) async fn hold(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        for Pin { kind, id, version, receiver: _ } in &self.0 {
            if version_of(tx, *kind, id).await? != *version {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(crate) fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|_| CORRUPT)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        serde_json::from_str(text).map_err(|_| CORRUPT)
    }
}

async fn version_of(tx: &mut Tx, kind: Kind, id: &str) -> Result<Option<i64>, StoreError> {
    let sql = match kind {
        Kind::Account => "SELECT version FROM accounts WHERE id = ?1",
        Kind::Association => "SELECT version FROM associations WHERE id = ?1",
        Kind::AssociationRule => "SELECT version FROM association_rules WHERE association = ?1",
        Kind::Collaboration => "SELECT version FROM collaborations WHERE id = ?1",
        Kind::Connection => "SELECT version FROM connections WHERE id = ?1",
        Kind::DefaultMode => "SELECT count(*) FROM settings WHERE name = ?1 AND value = 'aws'",
        Kind::Extension => "SELECT version FROM extensions WHERE configured_table = ?1",
        Kind::Key => "SELECT version FROM access_keys WHERE id = ?1",
        Kind::Lock => "SELECT 1 FROM locks WHERE association || '/' || runner = ?1 AND locked = 1",
        Kind::Member => "SELECT version FROM members WHERE collaboration || '/' || account = ?1",
        Kind::Membership => "SELECT version FROM memberships WHERE id = ?1",
        Kind::Rule => "SELECT version FROM rules WHERE configured_table = ?1",
        Kind::Source => OVER_ONE_SOURCE,
        Kind::Table => "SELECT version FROM configured_tables WHERE id = ?1",
        Kind::Template => "SELECT version FROM templates WHERE id = ?1",
    };
    Ok(sqlx::query_scalar(sql).bind(id).fetch_optional(tx.connection()).await?)
}

/// The newest version among the tables with a rule over the source of a table. What is deleted
/// speaks against nothing; what is made or changed has a version greater than all before.
const OVER_ONE_SOURCE: &str = "SELECT coalesce(max(max(it.version),
        max(coalesce(rules.version, 0)), max(coalesce(extensions.version, 0))), 0)
    FROM configured_tables AS own JOIN configured_tables AS it ON it.owner = own.owner
        AND json_extract(it.document, '$.v1.reference.database')
            = json_extract(own.document, '$.v1.reference.database')
        AND json_extract(it.document, '$.v1.reference.table')
            = json_extract(own.document, '$.v1.reference.table')
    JOIN rules ON rules.configured_table = it.id
    LEFT JOIN extensions ON extensions.configured_table = it.id
    WHERE own.id = ?1";

/// The newest version among the tables with a rule over the source of a table.
pub(super) async fn source_version(
    tx: &mut Tx,
    table: Id<ConfiguredTable>,
) -> Result<Option<i64>, StoreError> {
    version_of(tx, Kind::Source, &table.to_string()).await
}

/// The version of the row of an access key.
pub(super) async fn key_version(tx: &mut Tx, id: &AccessKeyId) -> Result<Option<i64>, StoreError> {
    version_of(tx, Kind::Key, id.as_str()).await
}

/// The version of the row of an extension.
pub(super) async fn extension_version(
    tx: &mut Tx,
    table: Id<ConfiguredTable>,
) -> Result<Option<i64>, StoreError> {
    version_of(tx, Kind::Extension, &table.to_string()).await
}
