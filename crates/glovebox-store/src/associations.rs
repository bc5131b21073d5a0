//! Associations: tables brought into collaborations, under names unique there.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Association, Collaboration, ConfiguredTable, Id, Membership, Page, PageRequest,
    TableName,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, AssociationDocument};
use crate::rows::{after, limit, moment, page, parsed, word};
use crate::tombstones::Kind;
use crate::{StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "associations" };

/// What a member says when it brings a table into a collaboration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationParts {
    /// The table.
    pub table: Id<ConfiguredTable>,
    /// The name under which it is queried.
    pub name: TableName,
    /// What it is.
    pub description: Option<String>,
    /// Stored and echoed.
    pub role_arn: String,
    /// Who can receive results now.
    pub receivers: Vec<AccountId>,
}

impl Tx {
    /// Brings a table into a collaboration. The caller has seen that the name is free.
    pub async fn insert_association(
        &mut self,
        membership: &Membership,
        parts: AssociationParts,
    ) -> Result<Association, StoreError> {
        let AssociationParts { table, name, description, role_arn, receivers } = parts;
        let Membership { id: membership, collaboration, account, .. } = membership;
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        let text =
            document::write::<AssociationDocument>(&(description.clone(), role_arn.clone()))?;
        sqlx::query(
            "INSERT INTO associations (id, seq, collaboration, account, membership,
                 configured_table, name, created, updated, version, document, receivers)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?2, ?9, ?10)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(membership.to_string())
        .bind(table.to_string())
        .bind(name.as_str())
        .bind(now.as_millis())
        .bind(text)
        .bind(receivers_text(&receivers)?)
        .execute(self.connection())
        .await?;
        let event = Event::Associated {
            association: id,
            table,
            owner: *account,
            name: name.as_str().to_owned(),
        };
        self.record_in(*collaboration, event).await?;
        Ok(Association {
            id,
            collaboration: *collaboration,
            account: *account,
            membership: *membership,
            table,
            name,
            description,
            role_arn,
            receivers,
            created: now,
            updated: now,
            version,
        })
    }

    /// The association of that id.
    pub async fn association(
        &mut self,
        id: Id<Association>,
    ) -> Result<Option<Association>, StoreError> {
        let row = sqlx::query("SELECT * FROM associations WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(association).transpose()
    }

    /// The association that has this name in a collaboration.
    pub async fn association_named(
        &mut self,
        collaboration: Id<Collaboration>,
        name: &TableName,
    ) -> Result<Option<Association>, StoreError> {
        let sql = "SELECT * FROM associations WHERE collaboration = ?1 AND name = ?2";
        let row = sqlx::query(sql)
            .bind(collaboration.to_string())
            .bind(name.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(association).transpose()
    }

    /// The associations of a membership, oldest first.
    pub async fn list_associations(
        &mut self,
        membership: Id<Membership>,
        request: PageRequest,
    ) -> Result<Page<Association>, StoreError> {
        let sql =
            "SELECT * FROM associations WHERE membership = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3";
        let rows = sqlx::query(sql)
            .bind(membership.to_string())
            .bind(after(request))
            .bind(limit(request))
            .fetch_all(self.connection())
            .await?;
        page(&rows, request, association)
    }

    /// The tables that can be seen in a collaboration: those of its active members.
    pub async fn list_schemas(
        &mut self,
        collaboration: Id<Collaboration>,
        request: PageRequest,
    ) -> Result<Page<Association>, StoreError> {
        let rows = sqlx::query(
            "SELECT associations.* FROM associations
             JOIN memberships ON memberships.id = associations.membership
             WHERE associations.collaboration = ?1 AND memberships.status = 'ACTIVE'
             AND associations.seq > ?2 ORDER BY associations.seq LIMIT ?3",
        )
        .bind(collaboration.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, association)
    }

    /// All of them, page by page.
    pub async fn all_schemas(
        &mut self,
        collaboration: Id<Collaboration>,
    ) -> Result<Vec<Association>, StoreError> {
        let (mut all, mut page) = (Vec::new(), PageRequest::first());
        loop {
            let some = self.list_schemas(collaboration, page).await?;
            all.extend(some.items);
            match some.next {
                Some(next) => page.after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// How many tables a membership has brought.
    pub async fn count_associations(&mut self, it: Id<Membership>) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM associations WHERE membership = ?1";
        let count: i64 =
            sqlx::query_scalar(sql).bind(it.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// In how many places a configured table was brought.
    pub async fn count_associations_of(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM associations WHERE configured_table = ?1";
        let count: i64 =
            sqlx::query_scalar(sql).bind(table.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// All places where a configured table was brought, oldest first.
    pub async fn associations_of(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Vec<Association>, StoreError> {
        let sql = "SELECT * FROM associations WHERE configured_table = ?1 ORDER BY seq";
        let rows = sqlx::query(sql).bind(table.to_string()).fetch_all(self.connection()).await?;
        rows.iter().map(association).collect()
    }

    /// Takes a table out of a collaboration, with its budget of queries: it can no longer be
    /// queried there.
    pub async fn delete_association(&mut self, it: &Association) -> Result<(), StoreError> {
        let Association { id, collaboration, account, name, .. } = it;
        if let Some(budget) = self.access_template(*id).await? {
            self.delete_budget_template(&budget).await?;
        }
        for sql in [
            "DELETE FROM association_rules WHERE association = ?1",
            "DELETE FROM locks WHERE association = ?1",
        ] {
            sqlx::query(sql).bind(id.to_string()).execute(self.connection()).await?;
        }
        sqlx::query("DELETE FROM associations WHERE id = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        self.bury(Kind::Association, &id.to_string(), *account).await?;
        let event = Event::Dissociated {
            association: *id,
            owner: *account,
            name: name.as_str().to_owned(),
        };
        self.record_in(*collaboration, event).await
    }
}

fn receivers_text(receivers: &[AccountId]) -> Result<String, StoreError> {
    let numbers: Vec<&str> = receivers.iter().map(AccountId::as_str).collect();
    serde_json::to_string(&numbers).map_err(|_| CORRUPT)
}

fn receivers_of(text: &str) -> Result<Vec<AccountId>, StoreError> {
    let numbers: Vec<String> = serde_json::from_str(text).map_err(|_| CORRUPT)?;
    numbers.iter().map(|it| it.parse().map_err(|_| CORRUPT)).collect()
}

fn association(row: &SqliteRow) -> Result<Association, StoreError> {
    let (description, role_arn) = document::read::<AssociationDocument>(row.try_get("document")?)?;
    Ok(Association {
        id: parsed(row, "id")?,
        collaboration: parsed(row, "collaboration")?,
        account: parsed(row, "account")?,
        membership: parsed(row, "membership")?,
        table: parsed(row, "configured_table")?,
        name: word(row, "name", |it| TableName::new(it).ok())?,
        description,
        role_arn,
        receivers: receivers_of(row.try_get("receivers")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
