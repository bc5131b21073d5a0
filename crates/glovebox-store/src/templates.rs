//! Analysis templates: rows that never change but for their descriptions.

use glovebox_ledger::Event;
use glovebox_model::{
    AnalysisTemplate, Collaboration, Digest, Id, Membership, Page, PageRequest, TemplateParts,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, TemplateDocument};
use crate::rows::{after, limit, moment, page, parsed};
use crate::tombstones::Kind;
use crate::{StoreError, Tx};

impl Tx {
    /// Makes a template. The caller has seen that the membership has none of its name.
    pub async fn insert_template(
        &mut self,
        membership: &Membership,
        parts: TemplateParts,
    ) -> Result<AnalysisTemplate, StoreError> {
        let Membership { id: membership, collaboration, account, .. } = membership;
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<TemplateDocument>(&parts)?;
        sqlx::query(
            "INSERT INTO templates (id, seq, collaboration, account, membership, name, created,
                 updated, version, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?2, ?8)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(membership.to_string())
        .bind(&parts.name)
        .bind(now.as_millis())
        .bind(&text)
        .execute(self.connection())
        .await?;
        let digest = Some(Digest::of(text.as_bytes()));
        let event = Event::TemplateChanged { template: id, author: *account, digest };
        self.record_in(*collaboration, event).await?;
        Ok(AnalysisTemplate {
            id,
            collaboration: *collaboration,
            membership: *membership,
            author: *account,
            parts,
            created: now,
            updated: now,
            version,
        })
    }

    /// The template of that id.
    pub async fn template(
        &mut self,
        id: Id<AnalysisTemplate>,
    ) -> Result<Option<AnalysisTemplate>, StoreError> {
        let row = sqlx::query("SELECT * FROM templates WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(template).transpose()
    }

    /// Whether a membership has a template of this name.
    pub async fn has_template_named(
        &mut self,
        membership: Id<Membership>,
        name: &str,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM templates WHERE membership = ?1 AND name = ?2";
        let found: i64 = sqlx::query_scalar(sql)
            .bind(membership.to_string())
            .bind(name)
            .fetch_one(self.connection())
            .await?;
        Ok(found > 0)
    }

    /// How many templates a membership has.
    pub async fn count_templates(&mut self, it: Id<Membership>) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM templates WHERE membership = ?1";
        let count: i64 =
            sqlx::query_scalar(sql).bind(it.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// The templates of a membership, oldest first.
    pub async fn list_templates(
        &mut self,
        membership: Id<Membership>,
        request: PageRequest,
    ) -> Result<Page<AnalysisTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM templates WHERE membership = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )
        .bind(membership.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, template)
    }

    /// The templates of a collaboration's active members, oldest first.
    pub async fn list_collaboration_templates(
        &mut self,
        collaboration: Id<Collaboration>,
        request: PageRequest,
    ) -> Result<Page<AnalysisTemplate>, StoreError> {
        let rows = sqlx::query(
            "SELECT templates.* FROM templates
             JOIN memberships ON memberships.id = templates.membership
             WHERE templates.collaboration = ?1 AND memberships.status = 'ACTIVE'
             AND templates.seq > ?2 ORDER BY templates.seq LIMIT ?3",
        )
        .bind(collaboration.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, template)
    }

    /// Gives a template another description. Its version stays: no query depends on it.
    pub async fn describe_template(
        &mut self,
        template: &AnalysisTemplate,
        description: Option<String>,
    ) -> Result<AnalysisTemplate, StoreError> {
        let now = self.now();
        let parts = TemplateParts { description, ..template.parts.clone() };
        sqlx::query("UPDATE templates SET updated = ?2, document = ?3 WHERE id = ?1")
            .bind(template.id.to_string())
            .bind(now.as_millis())
            .bind(document::write::<TemplateDocument>(&parts)?)
            .execute(self.connection())
            .await?;
        Ok(AnalysisTemplate { parts, updated: now, ..template.clone() })
    }

    /// Deletes a template: nobody can run it any more.
    pub async fn delete_template(&mut self, it: &AnalysisTemplate) -> Result<(), StoreError> {
        let AnalysisTemplate { id, collaboration, author, .. } = it;
        sqlx::query("DELETE FROM templates WHERE id = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        self.bury(Kind::Template, &id.to_string(), *author).await?;
        let event = Event::TemplateChanged { template: *id, author: *author, digest: None };
        self.record_in(*collaboration, event).await
    }
}

fn template(row: &SqliteRow) -> Result<AnalysisTemplate, StoreError> {
    Ok(AnalysisTemplate {
        id: parsed(row, "id")?,
        collaboration: parsed(row, "collaboration")?,
        membership: parsed(row, "membership")?,
        author: parsed(row, "account")?,
        parts: document::read::<TemplateDocument>(row.try_get("document")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
