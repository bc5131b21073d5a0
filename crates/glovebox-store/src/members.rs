//! Members of collaborations, invited by account number.

use glovebox_model::{
    AccountId, Collaboration, Id, Member, MemberStatus, MemberTerms, Membership, Page, PageRequest,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, MemberDocument};
use crate::rows::{after, limit, moment, page, parsed, word};
use crate::{StoreError, Tx};

impl Tx {
    /// Invites an account; gives the stored form of its terms.
    pub(crate) async fn insert_member(
        &mut self,
        collaboration: Id<Collaboration>,
        account: AccountId,
        terms: &MemberTerms,
    ) -> Result<String, StoreError> {
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        let text = document::write::<MemberDocument>(terms)?;
        sqlx::query(
            "INSERT INTO members
                 (collaboration, account, seq, status, created, updated, version, document)
             VALUES (?1, ?2, ?3, 'INVITED', ?4, ?4, ?3, ?5)",
        )
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(version)
        .bind(now)
        .bind(&text)
        .execute(self.connection())
        .await?;
        Ok(text)
    }

    /// The place of an account in a collaboration, whatever its status.
    pub async fn member(
        &mut self,
        collaboration: Id<Collaboration>,
        account: AccountId,
    ) -> Result<Option<Member>, StoreError> {
        let row = sqlx::query(
            "SELECT members.*, memberships.id AS membership FROM members
             LEFT JOIN memberships ON memberships.collaboration = members.collaboration
             AND memberships.account = members.account
             WHERE members.collaboration = ?1 AND members.account = ?2",
        )
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .fetch_optional(self.connection())
        .await?;
        row.as_ref().map(member).transpose()
    }

    /// All members of a collaboration, the creator first, whatever their status.
    pub async fn members(
        &mut self,
        collaboration: Id<Collaboration>,
    ) -> Result<Vec<Member>, StoreError> {
        let mut request = PageRequest::first();
        let mut all = Vec::new();
        loop {
            let page = self.list_members(collaboration, request).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => request.after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// The members of a collaboration, the creator first, whatever their status.
    pub async fn list_members(
        &mut self,
        collaboration: Id<Collaboration>,
        request: PageRequest,
    ) -> Result<Page<Member>, StoreError> {
        let rows = sqlx::query(
            "SELECT members.*, memberships.id AS membership FROM members
             LEFT JOIN memberships ON memberships.collaboration = members.collaboration
             AND memberships.account = members.account
             WHERE members.collaboration = ?1 AND members.seq > ?2
             ORDER BY members.seq LIMIT ?3",
        )
        .bind(collaboration.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, member)
    }

    /// Moves a member to another status.
    pub(crate) async fn set_member_status(
        &mut self,
        collaboration: Id<Collaboration>,
        account: AccountId,
        status: MemberStatus,
    ) -> Result<(), StoreError> {
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        sqlx::query(
            "UPDATE members SET status = ?3, updated = ?4, version = ?5
             WHERE collaboration = ?1 AND account = ?2",
        )
        .bind(collaboration.to_string())
        .bind(account.to_string())
        .bind(status.aws_name())
        .bind(now)
        .bind(version)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn member(row: &SqliteRow) -> Result<Member, StoreError> {
    let membership: Option<&str> = row.try_get("membership")?;
    let membership: Option<Id<Membership>> = membership
        .map(|it| it.parse().map_err(|_| StoreError::Corrupt { what: "memberships" }))
        .transpose()?;
    Ok(Member {
        collaboration: parsed(row, "collaboration")?,
        account: parsed(row, "account")?,
        terms: document::read::<MemberDocument>(row.try_get("document")?)?,
        status: word(row, "status", MemberStatus::from_aws_name)?,
        membership,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
