//! Analysis rules of configured tables: at most one each.

use std::collections::BTreeMap;

use glovebox_ledger::Event;
use glovebox_model::{
    ApprovedTable, ConfiguredTable, Digest, Id, RuleKind, TableName, TableRule, WrittenRule,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, ApprovalsDocument, RuleDocument};
use crate::rows::{moment, parsed};
use crate::tombstones::Kind;
use crate::{StoreError, Tx};

/// What admitted templates resolved to, by ARN and by the name of a table.
pub type Approvals = BTreeMap<String, BTreeMap<TableName, ApprovedTable>>;

impl Tx {
    /// Gives a table its rule, or another of the same kind instead of the one it has.
    pub async fn put_rule(
        &mut self,
        table: &ConfiguredTable,
        written: WrittenRule,
        approvals: Approvals,
    ) -> Result<TableRule, StoreError> {
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<RuleDocument>(&written)?;
        sqlx::query(
            "INSERT INTO rules
                 (configured_table, kind, created, updated, version, document, approvals)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6)
             ON CONFLICT (configured_table) DO UPDATE SET updated = excluded.updated,
                 version = excluded.version, document = excluded.document,
                 approvals = excluded.approvals",
        )
        .bind(table.id.to_string())
        .bind(written.kind().aws_name())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .bind(document::write::<ApprovalsDocument>(&approvals)?)
        .execute(self.connection())
        .await?;
        let digest = Some(Digest::of(text.as_bytes()));
        self.record_rule(table, written.kind(), digest).await?;
        let made = self.rule(table.id).await?;
        made.ok_or(StoreError::Corrupt { what: "analysis rules" })
    }

    /// The rule of a table.
    pub async fn rule(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Option<TableRule>, StoreError> {
        let row = sqlx::query("SELECT * FROM rules WHERE configured_table = ?1")
            .bind(table.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(rule).transpose()
    }

    /// Takes the rule from a table: it can no longer be queried, in any collaboration.
    pub async fn delete_rule(
        &mut self,
        table: &ConfiguredTable,
        kind: RuleKind,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM rules WHERE configured_table = ?1 AND kind = ?2")
            .bind(table.id.to_string())
            .bind(kind.aws_name())
            .execute(self.connection())
            .await?;
        let buried = rule_name(table.id, kind);
        self.bury(Kind::Rule, &buried, table.owner).await?;
        self.record_rule(table, kind, None).await
    }

    async fn record_rule(
        &mut self,
        table: &ConfiguredTable,
        kind: RuleKind,
        digest: Option<Digest>,
    ) -> Result<(), StoreError> {
        let event = Event::RuleChanged {
            table: table.id,
            owner: table.owner,
            kind: kind.aws_name().to_owned(),
            digest,
        };
        self.record_of_table(table.owner, table.id, event).await
    }
}

/// The digest of a rule: what the ledger says of it.
pub fn rule_digest(written: &WrittenRule) -> Result<Digest, StoreError> {
    Ok(Digest::of(document::write::<RuleDocument>(written)?.as_bytes()))
}

/// How many bytes a rule takes in the store.
pub fn stored_rule_bytes(written: &WrittenRule) -> Result<u64, StoreError> {
    Ok(document::write::<RuleDocument>(written)?.len() as u64)
}

/// How a rule is called among the deleted things.
pub fn rule_name(table: Id<ConfiguredTable>, kind: RuleKind) -> String {
    format!("{table}/{}", kind.aws_name())
}

fn rule(row: &SqliteRow) -> Result<TableRule, StoreError> {
    Ok(TableRule {
        table: parsed(row, "configured_table")?,
        written: document::read::<RuleDocument>(row.try_get("document")?)?,
        approvals: document::read::<ApprovalsDocument>(row.try_get("approvals")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
