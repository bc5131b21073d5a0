//! Memberships: joining and leaving.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Collaboration, Id, MemberStatus, Membership, MembershipStatus, MembershipTerms,
    Page, PageRequest,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, MembershipDocument};
use crate::rows::{after, limit, moment, page, parsed, word};
use crate::{StoreError, Tx};

impl Tx {
    /// An invited account joins.
    pub async fn insert_membership(
        &mut self,
        collaboration: Id<Collaboration>,
        account: AccountId,
        terms: MembershipTerms,
    ) -> Result<Membership, StoreError> {
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        sqlx::query(
            "INSERT INTO memberships
                 (id, seq, collaboration, account, status, created, updated, version, document)
             VALUES (?1, ?2, ?3, ?4, 'ACTIVE', ?5, ?5, ?2, ?6)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(now.as_millis())
        .bind(document::write::<MembershipDocument>(&terms)?)
        .execute(self.connection())
        .await?;
        self.set_member_status(collaboration, account, MemberStatus::Active).await?;
        let event = Event::MemberJoined { collaboration, account, membership: id };
        self.record_in(collaboration, event).await?;
        let status = MembershipStatus::Active;
        Ok(Membership {
            id,
            collaboration,
            account,
            terms,
            status,
            created: now,
            updated: now,
            version,
        })
    }

    /// The membership of that id, also one that its member has left.
    pub async fn membership(
        &mut self,
        id: Id<Membership>,
    ) -> Result<Option<Membership>, StoreError> {
        let row = sqlx::query("SELECT * FROM memberships WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(membership).transpose()
    }

    /// The membership of an account in a collaboration, also one that it has left.
    pub async fn membership_in(
        &mut self,
        collaboration: Id<Collaboration>,
        account: AccountId,
    ) -> Result<Option<Membership>, StoreError> {
        let sql = "SELECT * FROM memberships WHERE collaboration = ?1 AND account = ?2";
        let row = sqlx::query(sql)
            .bind(collaboration.to_string())
            .bind(account.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(membership).transpose()
    }

    /// An account's memberships, oldest first, without those it has left; of one status if given.
    pub async fn list_memberships(
        &mut self,
        account: AccountId,
        status: Option<MembershipStatus>,
        request: PageRequest,
    ) -> Result<Page<Membership>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM memberships WHERE account = ?1 AND status <> 'LEFT'
             AND (?2 IS NULL OR status = ?2) AND seq > ?3 ORDER BY seq LIMIT ?4",
        )
        .bind(account.to_string())
        .bind(status.map(MembershipStatus::aws_name))
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, membership)
    }

    /// How many memberships of an account are in force.
    pub async fn count_memberships(&mut self, account: AccountId) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM memberships WHERE account = ?1 AND status = 'ACTIVE'";
        let count: i64 =
            sqlx::query_scalar(sql).bind(account.to_string()).fetch_one(self.connection()).await?;
        Ok(count.unsigned_abs())
    }

    /// The member leaves, for ever; the row stays, so that it can never join again.
    pub async fn leave(&mut self, membership: &Membership) -> Result<(), StoreError> {
        let Membership { id, collaboration, account, status, .. } = membership;
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        let sql =
            "UPDATE memberships SET status = 'LEFT', updated = ?2, version = ?3 WHERE id = ?1";
        sqlx::query(sql)
            .bind(id.to_string())
            .bind(now)
            .bind(version)
            .execute(self.connection())
            .await?;
        if *status != MembershipStatus::Removed {
            self.set_member_status(*collaboration, *account, MemberStatus::Left).await?;
        }
        let event = Event::MemberLeft { collaboration: *collaboration, account: *account };
        self.record_in(*collaboration, event).await
    }
}

fn membership(row: &SqliteRow) -> Result<Membership, StoreError> {
    Ok(Membership {
        id: parsed(row, "id")?,
        collaboration: parsed(row, "collaboration")?,
        account: parsed(row, "account")?,
        terms: document::read::<MembershipDocument>(row.try_get("document")?)?,
        status: word(row, "status", MembershipStatus::from_aws_name)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
