//! Privacy budget templates: what owners offer. A deleted one stays as a row, so that a budget made
//! anew begins where the old one ended.

mod spent;

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Association, BudgetTerms, Collaboration, ConfiguredTable, Digest, Id, Membership,
    Page, PageRequest, PrivacyBudgetTemplate, PrivacyBudgetType,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

pub use spent::{PoolSpent, PrivacyCharge};

use crate::document::{self, BudgetDocument};
use crate::rows::{after, limit, moment, page, parsed};
use crate::{StoreError, Tx};

/// Which templates a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BudgetFilter {
    /// Of this kind only.
    pub kind: Option<PrivacyBudgetType>,
    /// For this table only.
    pub association: Option<Id<Association>>,
}

impl Tx {
    /// Makes a template. The caller has seen that nothing like it is there.
    pub async fn insert_budget_template(
        &mut self,
        membership: &Membership,
        terms: BudgetTerms,
    ) -> Result<PrivacyBudgetTemplate, StoreError> {
        let Membership { id: membership, collaboration, account, .. } = membership;
        let version = self.next_version().await?;
        let now = self.now();
        let made = PrivacyBudgetTemplate {
            id: self.fresh_id()?,
            collaboration: *collaboration,
            membership: *membership,
            account: *account,
            terms,
            created: now,
            updated: now,
            version,
        };
        let text = document::write::<BudgetDocument>(&made.terms)?;
        sqlx::query(
            "INSERT INTO budget_templates (id, seq, collaboration, account, membership, kind,
                 association, deleted, created, updated, version, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8, ?8, ?2, ?9)",
        )
        .bind(made.id.to_string())
        .bind(version)
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(membership.to_string())
        .bind(made.terms.kind().aws_name())
        .bind(association(&made.terms).map(|it| it.to_string()))
        .bind(now.as_millis())
        .bind(&text)
        .execute(self.connection())
        .await?;
        self.record_budget(&made, Some(Digest::of(text.as_bytes()))).await?;
        Ok(made)
    }

    /// The template of that id, unless it was deleted.
    pub async fn budget_template(
        &mut self,
        id: Id<PrivacyBudgetTemplate>,
    ) -> Result<Option<PrivacyBudgetTemplate>, StoreError> {
        let row = sqlx::query("SELECT * FROM budget_templates WHERE id = ?1 AND deleted = 0")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(template).transpose()
    }

    /// Whether a template was deleted and belonged to that membership.
    pub async fn budget_template_was_deleted(
        &mut self,
        id: Id<PrivacyBudgetTemplate>,
        membership: Id<Membership>,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM budget_templates
                   WHERE id = ?1 AND membership = ?2 AND deleted = 1";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(id.to_string())
            .bind(membership.to_string())
            .fetch_one(self.connection())
            .await?;
        Ok(found > 0)
    }

    /// What an owner offers in a collaboration for differential privacy.
    pub async fn privacy_template(
        &mut self,
        collaboration: Id<Collaboration>,
        owner: AccountId,
    ) -> Result<Option<PrivacyBudgetTemplate>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM budget_templates WHERE collaboration = ?1 AND account = ?2
             AND kind = 'DIFFERENTIAL_PRIVACY' AND deleted = 0",
        )
        .bind(collaboration.to_string())
        .bind(owner.to_string())
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(template).transpose()
    }

    /// What the owner of a table offers for differential privacy where the table is.
    pub async fn privacy_templates_over(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Vec<PrivacyBudgetTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT DISTINCT budget_templates.* FROM budget_templates
             JOIN associations ON associations.collaboration = budget_templates.collaboration
             AND associations.account = budget_templates.account
             WHERE associations.configured_table = ?1 AND kind = 'DIFFERENTIAL_PRIVACY'
             AND deleted = 0 ORDER BY budget_templates.seq",
        )
        .bind(table.to_string())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(template).collect()
    }

    /// The budget of queries over a table.
    pub async fn access_template(
        &mut self,
        table: Id<Association>,
    ) -> Result<Option<PrivacyBudgetTemplate>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM budget_templates WHERE association = ?1 AND kind = 'ACCESS_BUDGET'
             AND deleted = 0",
        )
        .bind(table.to_string())
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(template).transpose()
    }

    /// How many budgets of queries are offered in a collaboration.
    pub async fn count_access_templates(
        &mut self,
        it: Id<Collaboration>,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM budget_templates
                   WHERE collaboration = ?1 AND kind = 'ACCESS_BUDGET' AND deleted = 0";
        let count: i64 =
            sqlx::query_scalar(sql).bind(it.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// How many budgets a membership offers.
    pub async fn count_budget_templates(&mut self, it: Id<Membership>) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM budget_templates WHERE membership = ?1 AND deleted = 0";
        let count: i64 =
            sqlx::query_scalar(sql).bind(it.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// The templates of a membership, oldest first.
    pub async fn list_budget_templates(
        &mut self,
        membership: Id<Membership>,
        filter: BudgetFilter,
        request: PageRequest,
    ) -> Result<Page<PrivacyBudgetTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM budget_templates WHERE membership = ?1 AND deleted = 0 AND seq > ?2
             AND (?4 IS NULL OR kind = ?4) AND (?5 IS NULL OR association = ?5)
             ORDER BY seq LIMIT ?3",
        )
        .bind(membership.to_string())
        .bind(after(request))
        .bind(limit(request))
        .bind(filter.kind.map(PrivacyBudgetType::aws_name))
        .bind(filter.association.map(|it| it.to_string()))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, template)
    }

    /// The templates of a collaboration's active members, oldest first.
    pub async fn list_collaboration_budget_templates(
        &mut self,
        collaboration: Id<Collaboration>,
        filter: BudgetFilter,
        request: PageRequest,
    ) -> Result<Page<PrivacyBudgetTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT budget_templates.* FROM budget_templates
             JOIN memberships ON memberships.id = budget_templates.membership
             WHERE budget_templates.collaboration = ?1 AND memberships.status = 'ACTIVE'
             AND deleted = 0 AND budget_templates.seq > ?2
             AND (?4 IS NULL OR kind = ?4) AND (?5 IS NULL OR association = ?5)
             ORDER BY budget_templates.seq LIMIT ?3",
        )
        .bind(collaboration.to_string())
        .bind(after(request))
        .bind(limit(request))
        .bind(filter.kind.map(PrivacyBudgetType::aws_name))
        .bind(filter.association.map(|it| it.to_string()))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, template)
    }

    /// Offers something else under the same template.
    pub async fn update_budget_template(
        &mut self,
        old: &PrivacyBudgetTemplate,
        terms: BudgetTerms,
    ) -> Result<PrivacyBudgetTemplate, StoreError> {
        let version = self.next_version().await?;
        let made = PrivacyBudgetTemplate { terms, updated: self.now(), version, ..old.clone() };
        let text = document::write::<BudgetDocument>(&made.terms)?;
        sqlx::query(
            "UPDATE budget_templates SET updated = ?2, version = ?3, document = ?4 WHERE id = ?1",
        )
        .bind(made.id.to_string())
        .bind(made.updated.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        self.record_budget(&made, Some(Digest::of(text.as_bytes()))).await?;
        Ok(made)
    }

    /// Withdraws an offer. What was taken under it still counts.
    pub async fn delete_budget_template(
        &mut self,
        it: &PrivacyBudgetTemplate,
    ) -> Result<(), StoreError> {
        let version = self.next_version().await?;
        let now = self.now();
        sqlx::query(
            "UPDATE budget_templates SET deleted = 1, updated = ?2, version = ?3 WHERE id = ?1",
        )
        .bind(it.id.to_string())
        .bind(now.as_millis())
        .bind(version)
        .execute(self.connection())
        .await?;
        self.record_budget(it, None).await
    }

    async fn record_budget(
        &mut self,
        it: &PrivacyBudgetTemplate,
        digest: Option<Digest>,
    ) -> Result<(), StoreError> {
        let kind = it.terms.kind().aws_name().to_owned();
        let event = Event::BudgetChanged { template: it.id, owner: it.account, kind, digest };
        self.record_in(it.collaboration, event).await
    }
}

/// The table that a budget of queries is for.
fn association(terms: &BudgetTerms) -> Option<Id<Association>> {
    match terms {
        BudgetTerms::Access(it) => Some(it.association),
        BudgetTerms::Privacy(_) => None,
    }
}

fn template(row: &SqliteRow) -> Result<PrivacyBudgetTemplate, StoreError> {
    Ok(PrivacyBudgetTemplate {
        id: parsed(row, "id")?,
        collaboration: parsed(row, "collaboration")?,
        membership: parsed(row, "membership")?,
        account: parsed(row, "account")?,
        terms: document::read::<BudgetDocument>(row.try_get("document")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
