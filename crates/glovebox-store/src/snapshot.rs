//! One read for one judgement: everything that a query depends on, each part with its version.

mod pins;

use std::collections::BTreeMap;
use std::path::PathBuf;

use glovebox_model::{
    AccessKeyId, Account, AccountId, AnalysisTemplate, Association, AssociationRule, Collaboration,
    ConfiguredTable, Connection, Digest, Extension, Id, Member, Membership, Query, TableName,
    TableRule,
};
use glovebox_privacy::Priced;
pub(crate) use pins::Pins;

use crate::claim::Order;
use crate::{FixedPopulation, PrivacyBudget, Store, StoreError, Tx, Users, rule_digest};

const CORRUPT: StoreError = StoreError::Corrupt { what: "the snapshot of a query" };

/// What a query depends on, as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The agreement.
    pub collaboration: Collaboration,
    /// Its members, whatever their status, by account.
    pub members: BTreeMap<AccountId, SnapshotMember>,
    /// The tables of active members, by the name under which they are queried.
    pub tables: BTreeMap<TableName, SnapshotTable>,
    /// The privacy budgets that members offer, by account.
    pub budgets: BTreeMap<AccountId, PrivacyBudget>,
    /// The template that the query runs, if it runs one that is still there.
    pub template: Option<AnalysisTemplate>,
    /// Whether the key that started the query, and its account, are still enabled.
    pub key_is_enabled: bool,
    /// The version of that key's row.
    pub(crate) key_version: Option<i64>,
}

/// One member, with its own side of the agreement once it has joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotMember {
    /// Its place in the collaboration.
    pub member: Member,
    /// Its own side; `None` before it joins.
    pub membership: Option<Membership>,
    /// Its account; `None` while it does not exist here.
    pub account: Option<Account>,
}

/// One table that the query could name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotTable {
    /// Under which name it was brought, by whom.
    pub association: Association,
    /// Where it lies and what it holds.
    pub table: ConfiguredTable,
    /// Its rule, with its digest.
    pub rule: Option<(TableRule, Digest)>,
    /// What its owner adds for this collaboration.
    pub association_rule: Option<AssociationRule>,
    /// What its owner says beyond AWS's shapes, else the defaults of the house.
    pub extension: Extension,
    /// The version of its row.
    pub(crate) extension_version: Option<i64>,
    /// What its rule says of its users, under differential privacy.
    pub users: Option<Users>,
    /// The population of its source, once it was queried with differential privacy.
    pub population: Option<FixedPopulation>,
    /// Another table of its owner over the same source whose rule says something else of its
    /// users: neither can be queried.
    pub at_odds: Option<String>,
    /// The newest version among the tables with a rule over the same source, their rules and
    /// extensions.
    pub(crate) source_version: Option<i64>,
    /// Whether the runner is shut out from it.
    pub locked: bool,
    /// The connection that it is read through; of a table that is bound to one and has none here,
    /// it was removed.
    pub connection: Option<Connection>,
    /// The folder below which its owner's tables lie.
    pub root: PathBuf,
}

impl Snapshot {
    /// How a member is called; its number while it is no member.
    pub fn display_name(&self, account: AccountId) -> String {
        match self.members.get(&account) {
            Some(it) => it.member.terms.display_name.clone(),
            None => account.to_string(),
        }
    }

    /// At which edge, in milliseconds after it is opened, a private query is told what it came to:
    /// by its plan and by what owners declare of their tables.
    pub fn edge_millis(&self, priced: &Priced) -> Option<i64> {
        priced.edge_millis(|table| self.tables.get(table)?.extension.declared.declared_users)
    }
}

impl<K> Store<K> {
    /// Reads everything that the query of `order` depends on, in one consistent state.
    pub async fn snapshot(&self, order: &Order) -> Result<Snapshot, StoreError> {
        let query = order.query();
        let mut tx = self.read().await?;
        let mut snapshot =
            read(self, &mut tx, query.collaboration, query.runner, &query.key).await?;
        if let Some(used) = &query.asked.template {
            snapshot.template = tx.template(used.template).await?;
        }
        Ok(snapshot)
    }

    /// The same for a query that does not exist yet: to judge a text without running it.
    pub async fn snapshot_for(
        &self,
        collaboration: Id<Collaboration>,
        runner: AccountId,
        key: &AccessKeyId,
    ) -> Result<Snapshot, StoreError> {
        let mut tx = self.read().await?;
        read(self, &mut tx, collaboration, runner, key).await
    }

    /// The folder below which the tables of an account lie.
    pub fn tables_of(&self, account: &Account) -> PathBuf {
        account.tables.clone().unwrap_or_else(|| {
            self.directory().join("accounts").join(account.id.as_str()).join("tables")
        })
    }
}

impl Tx {
    /// The connections through which a query that was opened reads its tables.
    pub async fn sources_of(&mut self, query: Id<Query>) -> Result<Vec<Connection>, StoreError> {
        let pins: Option<String> = sqlx::query_scalar("SELECT pins FROM queries WHERE id = ?1")
            .bind(query.to_string())
            .fetch_one(self.connection())
            .await?;
        let mut sources = Vec::new();
        for id in Pins::parse(&pins.ok_or(CORRUPT)?)?.connections()? {
            sources.extend(self.connection_of_id(id).await?);
        }
        Ok(sources)
    }
}

async fn read<K>(
    store: &Store<K>,
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    runner: AccountId,
    key: &AccessKeyId,
) -> Result<Snapshot, StoreError> {
    let collaboration = tx.collaboration(collaboration).await?.ok_or(CORRUPT)?;
    let mut members = BTreeMap::new();
    for member in tx.members(collaboration.id).await? {
        let account = member.account;
        let membership = tx.membership_in(collaboration.id, account).await?;
        let account_row = tx.account(account).await?;
        members.insert(account, SnapshotMember { member, membership, account: account_row });
    }
    let mut tables = BTreeMap::new();
    for association in tx.all_schemas(collaboration.id).await? {
        let owner = members.get(&association.account).and_then(|it| it.account.as_ref());
        let Some(owner) = owner.filter(|it| it.enabled) else { continue };
        let root = store.tables_of(owner);
        let name = association.name.clone();
        tables.insert(name, table(tx, association, runner, root).await?);
    }
    let budgets = tx.privacy_budgets(collaboration.id).await?;
    let key_is_enabled = tx.key_is_enabled(runner, key).await?;
    let key_version = pins::key_version(tx, key).await?;
    let template = None;
    Ok(Snapshot { collaboration, members, tables, budgets, template, key_is_enabled, key_version })
}

async fn table(
    tx: &mut Tx,
    association: Association,
    runner: AccountId,
    root: PathBuf,
) -> Result<SnapshotTable, StoreError> {
    let table = tx.table(association.table).await?.ok_or(CORRUPT)?;
    let rule = match tx.rule(table.id).await? {
        Some(rule) => {
            let digest = rule_digest(&rule.written)?;
            Some((rule, digest))
        }
        None => None,
    };
    let association_rule = tx.association_rule(association.id).await?;
    let extension = tx.extension_in_force(table.id).await?;
    let extension_version = pins::extension_version(tx, table.id).await?;
    let users = rule.as_ref().and_then(|(rule, _)| Users::of(rule, &extension));
    let population = tx.fixed_population(&table).await?;
    let at_odds = match rule {
        Some(_) => tx.at_odds(&table, users.as_ref()).await?,
        None => None,
    };
    let source_version = pins::source_version(tx, table.id).await?;
    let locked = tx.locked_out(association.id).await?.contains(&runner);
    let connection = match table.reference.connection {
        Some(id) => tx.connection_of_id(id).await?.filter(|it| it.account == table.owner),
        None => None,
    };
    Ok(SnapshotTable {
        association,
        table,
        rule,
        association_rule,
        extension,
        extension_version,
        users,
        population,
        at_odds,
        source_version,
        locked,
        connection,
        root,
    })
}
