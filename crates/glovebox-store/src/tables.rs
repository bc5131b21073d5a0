//! Configured tables.

use glovebox_ledger::Event;
use glovebox_model::{AccountId, Collaboration, ConfiguredTable, Digest, Id, Page, PageRequest};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, TableDocument, TableParts};
use crate::rows::{after, limit, moment, page, parsed};
use crate::tombstones::Kind;
use crate::{StoreError, Tx};

impl Tx {
    /// Configures a table.
    pub async fn insert_table(
        &mut self,
        owner: AccountId,
        parts: TableParts,
    ) -> Result<ConfiguredTable, StoreError> {
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<TableDocument>(&parts)?;
        sqlx::query(
            "INSERT INTO configured_tables (id, seq, owner, created, updated, version, document)
             VALUES (?1, ?2, ?3, ?4, ?4, ?2, ?5)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(owner.to_string())
        .bind(now.as_millis())
        .bind(&text)
        .execute(self.connection())
        .await?;
        let schema = Digest::of(text.as_bytes());
        let event = Event::TableConfigured { table: id, owner, schema };
        self.record_of_table(owner, id, event).await?;
        let TableParts {
            name,
            description,
            reference,
            schema,
            allowed_columns,
            method,
            selected_methods,
        } = parts;
        Ok(ConfiguredTable {
            id,
            owner,
            name,
            description,
            reference,
            schema,
            allowed_columns,
            method,
            selected_methods,
            created: now,
            updated: now,
            version,
        })
    }

    /// The configured table of that id.
    pub async fn table(
        &mut self,
        id: Id<ConfiguredTable>,
    ) -> Result<Option<ConfiguredTable>, StoreError> {
        let row = sqlx::query("SELECT * FROM configured_tables WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(table).transpose()
    }

    /// An account's configured tables, oldest first.
    pub async fn list_tables(
        &mut self,
        owner: AccountId,
        request: PageRequest,
    ) -> Result<Page<ConfiguredTable>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM configured_tables WHERE owner = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )
        .bind(owner.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, table)
    }

    /// How many tables an account has configured.
    pub async fn count_tables(&mut self, owner: AccountId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM configured_tables WHERE owner = ?1";
        let count: i64 =
            sqlx::query_scalar(sql).bind(owner.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// The collaborations that a table was brought into.
    pub(crate) async fn collaborations_with(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Vec<Id<Collaboration>>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT collaboration FROM associations WHERE configured_table = ?1
             ORDER BY collaboration",
        )
        .bind(table.to_string())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| parsed(row, "collaboration")).collect()
    }

    /// Deletes a table and its rule. The caller has seen that it is in no collaboration.
    pub async fn delete_table(&mut self, table: &ConfiguredTable) -> Result<(), StoreError> {
        let ConfiguredTable { id, owner, .. } = table;
        sqlx::query("DELETE FROM extensions WHERE configured_table = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        sqlx::query("DELETE FROM rules WHERE configured_table = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        sqlx::query("DELETE FROM configured_tables WHERE id = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        self.bury(Kind::Table, &id.to_string(), *owner).await?;
        self.record_of_table(*owner, *id, Event::TableDeleted { table: *id, owner: *owner }).await
    }
}

fn table(row: &SqliteRow) -> Result<ConfiguredTable, StoreError> {
    let TableParts {
        name,
        description,
        reference,
        schema,
        allowed_columns,
        method,
        selected_methods,
    } = document::read::<TableDocument>(row.try_get("document")?)?;
    Ok(ConfiguredTable {
        id: parsed(row, "id")?,
        owner: parsed(row, "owner")?,
        name,
        description,
        reference,
        schema,
        allowed_columns,
        method,
        selected_methods,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
