//! What was deleted and whose it was: so that its owner may delete it again, quietly.

use glovebox_model::AccountId;

use crate::{StoreError, Tx};

/// Kinds of things that are deleted without leaving a row of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An association, by its id.
    Association,
    /// A connection, by its id.
    Connection,
    /// A rule, by its table or association and its kind.
    Rule,
    /// A configured table, by its id.
    Table,
    /// An analysis template, by its id.
    Template,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Association => "association",
            Self::Connection => "connection",
            Self::Rule => "rule",
            Self::Table => "table",
            Self::Template => "template",
        }
    }
}

impl Tx {
    /// Whether this was deleted and belonged to `account`.
    pub async fn was_deleted(
        &mut self,
        kind: Kind,
        id: &str,
        account: AccountId,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM tombstones WHERE kind = ?1 AND id = ?2 AND account = ?3";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(kind.word())
            .bind(id)
            .bind(account.to_string())
            .fetch_one(self.connection())
            .await?;
        Ok(found > 0)
    }

    pub(crate) async fn bury(
        &mut self,
        kind: Kind,
        id: &str,
        account: AccountId,
    ) -> Result<(), StoreError> {
        let now = self.now().as_millis();
        sqlx::query(
            "INSERT INTO tombstones (kind, id, account, deleted) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, id) DO UPDATE SET deleted = excluded.deleted",
        )
        .bind(kind.word())
        .bind(id)
        .bind(account.to_string())
        .bind(now)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
