//! Rules of associations: at most one each.

use glovebox_ledger::Event;
use glovebox_model::{Association, AssociationRule, AssociationTerms, Digest, Id, RuleKind};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, AssociationTermsDocument};
use crate::rows::{moment, parsed, word};
use crate::tombstones::Kind;
use crate::{StoreError, Tx};

impl Tx {
    /// Gives an association its rule, or another instead of the one it has.
    pub async fn put_association_rule(
        &mut self,
        association: &Association,
        kind: RuleKind,
        terms: AssociationTerms,
    ) -> Result<AssociationRule, StoreError> {
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<AssociationTermsDocument>(&terms)?;
        sqlx::query(
            "INSERT INTO association_rules (association, kind, created, updated, version, document)
             VALUES (?1, ?2, ?3, ?3, ?4, ?5)
             ON CONFLICT (association) DO UPDATE SET updated = excluded.updated,
                 version = excluded.version, document = excluded.document",
        )
        .bind(association.id.to_string())
        .bind(kind.aws_name())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        let digest = Some(Digest::of(text.as_bytes()));
        self.record_association_rule(association, kind, digest).await?;
        let made = self.association_rule(association.id).await?;
        made.ok_or(StoreError::Corrupt { what: "rules of associations" })
    }

    /// The rule of an association.
    pub async fn association_rule(
        &mut self,
        association: Id<Association>,
    ) -> Result<Option<AssociationRule>, StoreError> {
        let row = sqlx::query("SELECT * FROM association_rules WHERE association = ?1")
            .bind(association.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(rule).transpose()
    }

    /// Takes the rule from an association.
    pub async fn delete_association_rule(
        &mut self,
        association: &Association,
        kind: RuleKind,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM association_rules WHERE association = ?1")
            .bind(association.id.to_string())
            .execute(self.connection())
            .await?;
        let buried = association_rule_name(association.id, kind);
        self.bury(Kind::Rule, &buried, association.account).await?;
        self.record_association_rule(association, kind, None).await
    }

    async fn record_association_rule(
        &mut self,
        association: &Association,
        kind: RuleKind,
        digest: Option<Digest>,
    ) -> Result<(), StoreError> {
        let event = Event::AssociationRuleChanged {
            association: association.id,
            owner: association.account,
            kind: kind.aws_name().to_owned(),
            digest,
        };
        self.record_in(association.collaboration, event).await
    }
}

/// How the rule of an association is called among the deleted things.
pub fn association_rule_name(association: Id<Association>, kind: RuleKind) -> String {
    format!("association/{association}/{}", kind.aws_name())
}

fn rule(row: &SqliteRow) -> Result<AssociationRule, StoreError> {
    Ok(AssociationRule {
        association: parsed(row, "association")?,
        kind: word(row, "kind", RuleKind::from_aws_name)?,
        terms: document::read::<AssociationTermsDocument>(row.try_get("document")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
