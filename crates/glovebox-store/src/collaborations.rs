//! Collaborations: the rows of the agreement itself.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Collaboration, CollaborationTerms, Digest, Id, MemberStatus, MemberTerms, Page,
    PageRequest,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, CollaborationDocument};
use crate::rows::{after, limit, moment, page, parsed};
use crate::{StoreError, Tx};

impl Tx {
    /// Makes a collaboration and invites its members, the creator first.
    pub async fn insert_collaboration(
        &mut self,
        creator: AccountId,
        terms: CollaborationTerms,
        members: &[(AccountId, MemberTerms)],
    ) -> Result<Collaboration, StoreError> {
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<CollaborationDocument>(&terms)?;
        sqlx::query(
            "INSERT INTO collaborations
                 (id, seq, creator, deleted, created, updated, version, document)
             VALUES (?1, ?2, ?3, 0, ?4, ?4, ?2, ?5)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(creator.to_string())
        .bind(now.as_millis())
        .bind(&text)
        .execute(self.connection())
        .await?;
        let mut agreed = text;
        for (account, terms) in members {
            agreed.push('\n');
            agreed.push_str(account.as_str());
            agreed.push_str(&self.insert_member(id, *account, terms).await?);
        }
        let terms_digest = Digest::of(agreed.as_bytes());
        let event = Event::CollaborationCreated { collaboration: id, creator, terms: terms_digest };
        self.record_in(id, event).await?;
        Ok(Collaboration {
            id,
            creator,
            terms,
            deleted: false,
            created: now,
            updated: now,
            version,
        })
    }

    /// The collaboration of that id, also a deleted one.
    pub async fn collaboration(
        &mut self,
        id: Id<Collaboration>,
    ) -> Result<Option<Collaboration>, StoreError> {
        let row = sqlx::query("SELECT * FROM collaborations WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(collaboration).transpose()
    }

    /// The collaborations that an account takes part in, oldest first; of one status if given.
    pub async fn list_collaborations(
        &mut self,
        account: AccountId,
        status: Option<MemberStatus>,
        request: PageRequest,
    ) -> Result<Page<Collaboration>, StoreError> {
        let rows = sqlx::query(
            "SELECT collaborations.* FROM collaborations
             JOIN members ON members.collaboration = collaborations.id
             WHERE members.account = ?1 AND collaborations.deleted = 0
             AND members.status IN ('INVITED', 'ACTIVE')
             AND (?2 IS NULL OR members.status = ?2)
             AND collaborations.seq > ?3 ORDER BY collaborations.seq LIMIT ?4",
        )
        .bind(account.to_string())
        .bind(status.map(MemberStatus::aws_name))
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, collaboration)
    }

    /// The ids of the collaborations that an account has joined. Not of those it was only invited
    /// to: anybody can invite it, and must not learn what happens to its keys.
    pub(crate) async fn collaborations_of(
        &mut self,
        account: AccountId,
    ) -> Result<Vec<Id<Collaboration>>, StoreError> {
        let rows = sqlx::query(
            "SELECT collaborations.id FROM collaborations
             JOIN members ON members.collaboration = collaborations.id
             WHERE members.account = ?1 AND collaborations.deleted = 0
             AND members.status = 'ACTIVE' ORDER BY collaborations.seq",
        )
        .bind(account.to_string())
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(|row| parsed(row, "id")).collect()
    }

    /// How many collaborations that an account made are not deleted.
    pub async fn count_collaborations(&mut self, creator: AccountId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM collaborations WHERE creator = ?1 AND deleted = 0";
        let count: i64 =
            sqlx::query_scalar(sql).bind(creator.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// Ends a collaboration: nobody sees it any more, memberships say so.
    pub async fn delete_collaboration(
        &mut self,
        collaboration: &Collaboration,
    ) -> Result<(), StoreError> {
        let Collaboration { id, creator, .. } = collaboration;
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        sqlx::query(
            "UPDATE collaborations SET deleted = 1, updated = ?2, version = ?3 WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(now)
        .bind(version)
        .execute(self.connection())
        .await?;
        sqlx::query(
            "UPDATE memberships
             SET status = 'COLLABORATION_DELETED', updated = ?2, version = ?3
             WHERE collaboration = ?1 AND status = 'ACTIVE'",
        )
        .bind(id.to_string())
        .bind(now)
        .bind(version)
        .execute(self.connection())
        .await?;
        self.record_in(*id, Event::CollaborationDeleted { collaboration: *id, by: *creator }).await
    }
}

fn collaboration(row: &SqliteRow) -> Result<Collaboration, StoreError> {
    Ok(Collaboration {
        id: parsed(row, "id")?,
        creator: parsed(row, "creator")?,
        terms: document::read::<CollaborationDocument>(row.try_get("document")?)?,
        deleted: row.try_get("deleted")?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
