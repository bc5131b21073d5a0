//! Changes of nouns that are there: terms of collaborations, members, memberships, tables and
//! associations. What no query depends on keeps its version, so that no query is stopped by it.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Association, Collaboration, CollaborationTerms, ConfiguredTable, Digest, Member,
    MemberStatus, MemberTerms, Membership, MembershipStatus, MembershipTerms, PageRequest,
};

use crate::document::{
    self, AssociationDocument, CollaborationDocument, MemberDocument, MembershipDocument,
    TableDocument, TableParts,
};
use crate::{StoreError, Tx};

impl Tx {
    /// Gives a collaboration other terms. Its version stays: queries depend on its members, not
    /// on its name or on which changes need approval.
    pub async fn update_collaboration(
        &mut self,
        collaboration: &Collaboration,
        by: AccountId,
        terms: CollaborationTerms,
    ) -> Result<Collaboration, StoreError> {
        let now = self.now();
        let text = document::write::<CollaborationDocument>(&terms)?;
        sqlx::query("UPDATE collaborations SET updated = ?2, document = ?3 WHERE id = ?1")
            .bind(collaboration.id.to_string())
            .bind(now.as_millis())
            .bind(&text)
            .execute(self.connection())
            .await?;
        let (id, terms_digest) = (collaboration.id, Digest::of(text.as_bytes()));
        let event = Event::CollaborationChanged { collaboration: id, by, terms: terms_digest };
        self.record_in(id, event).await?;
        Ok(Collaboration { terms, updated: now, ..collaboration.clone() })
    }

    /// Invites another account to a collaboration that is there.
    pub async fn invite(
        &mut self,
        collaboration: &Collaboration,
        (by, account): (AccountId, AccountId),
        terms: &MemberTerms,
    ) -> Result<(), StoreError> {
        let text = self.insert_member(collaboration.id, account, terms).await?;
        self.record_terms(collaboration, by, account, &text).await
    }

    /// Gives a member other terms.
    pub async fn update_member(
        &mut self,
        collaboration: &Collaboration,
        (by, member): (AccountId, &Member),
        terms: &MemberTerms,
    ) -> Result<(), StoreError> {
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        let text = document::write::<MemberDocument>(terms)?;
        sqlx::query(
            "UPDATE members SET updated = ?3, version = ?4, document = ?5
             WHERE collaboration = ?1 AND account = ?2",
        )
        .bind(collaboration.id.to_string())
        .bind(member.account.to_string())
        .bind(now)
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        self.record_terms(collaboration, by, member.account, &text).await
    }

    async fn record_terms(
        &mut self,
        collaboration: &Collaboration,
        by: AccountId,
        account: AccountId,
        text: &str,
    ) -> Result<(), StoreError> {
        let id = collaboration.id;
        let terms = Digest::of(format!("{account}{text}").as_bytes());
        self.record_in(id, Event::CollaborationChanged { collaboration: id, by, terms }).await
    }

    /// Removes a member for ever, and its tables from the collaboration.
    pub async fn remove_member(
        &mut self,
        collaboration: &Collaboration,
        by: AccountId,
        member: &Member,
    ) -> Result<(), StoreError> {
        let (id, account) = (collaboration.id, member.account);
        if let Some(membership) = member.membership {
            let version = self.next_version().await?;
            let now = self.now().as_millis();
            sqlx::query(
                "UPDATE memberships SET status = ?2, updated = ?3, version = ?4 WHERE id = ?1",
            )
            .bind(membership.to_string())
            .bind(MembershipStatus::Removed.aws_name())
            .bind(now)
            .bind(version)
            .execute(self.connection())
            .await?;
            loop {
                let some = self.list_associations(membership, PageRequest::first()).await?;
                for association in &some.items {
                    self.delete_association(association).await?;
                    let resource =
                        glovebox_model::Resource::Association(membership, association.id);
                    self.remove_all_tags(resource).await?;
                }
                if some.items.is_empty() {
                    break;
                }
            }
        }
        self.set_member_status(id, account, MemberStatus::Removed).await?;
        let event = Event::MemberRemoved { collaboration: id, account, by };
        self.record_in(id, event).await
    }

    /// Gives a membership other terms.
    pub async fn update_membership(
        &mut self,
        membership: &Membership,
        terms: MembershipTerms,
    ) -> Result<Membership, StoreError> {
        let before = MembershipTerms {
            query_log: terms.query_log,
            job_log: terms.job_log,
            metrics: terms.metrics,
            ..membership.terms.clone()
        };
        let version =
            if terms == before { membership.version } else { self.next_version().await? };
        let now = self.now();
        let text = document::write::<MembershipDocument>(&terms)?;
        sqlx::query(
            "UPDATE memberships SET updated = ?2, version = ?3, document = ?4 WHERE id = ?1",
        )
        .bind(membership.id.to_string())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        let event = Event::MembershipChanged {
            account: membership.account,
            membership: membership.id,
            terms: Digest::of(text.as_bytes()),
        };
        self.record_in(membership.collaboration, event).await?;
        Ok(Membership { terms, updated: now, version, ..membership.clone() })
    }

    /// Describes a configured table anew. A change of its name or description alone stops no
    /// query.
    pub async fn update_table(
        &mut self,
        table: &ConfiguredTable,
        parts: TableParts,
    ) -> Result<ConfiguredTable, StoreError> {
        let matters = (&table.reference, &table.schema, &table.allowed_columns, table.method)
            != (&parts.reference, &parts.schema, &parts.allowed_columns, parts.method);
        let version = if matters { self.next_version().await? } else { table.version };
        let now = self.now();
        let text = document::write::<TableDocument>(&parts)?;
        sqlx::query(
            "UPDATE configured_tables SET updated = ?2, version = ?3, document = ?4 WHERE id = ?1",
        )
        .bind(table.id.to_string())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        let schema = Digest::of(text.as_bytes());
        let event = Event::TableChanged { table: table.id, owner: table.owner, schema };
        self.record_of_table(table.owner, table.id, event).await?;
        let found = self.table(table.id).await?;
        found.ok_or(StoreError::Corrupt { what: "configured tables" })
    }

    /// Describes an association anew. Its version stays: no query depends on it.
    pub async fn update_association(
        &mut self,
        association: &Association,
        description: Option<String>,
        role_arn: String,
    ) -> Result<Association, StoreError> {
        let now = self.now();
        let form = (description.clone(), role_arn.clone());
        sqlx::query("UPDATE associations SET updated = ?2, document = ?3 WHERE id = ?1")
            .bind(association.id.to_string())
            .bind(now.as_millis())
            .bind(document::write::<AssociationDocument>(&form)?)
            .execute(self.connection())
            .await?;
        Ok(Association { description, role_arn, updated: now, ..association.clone() })
    }
}
