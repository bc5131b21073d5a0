//! Change requests of collaborations.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, ChangeRequest, ChangeRequestParts, ChangeRequestStatus, Collaboration, Digest, Id,
    Page, PageRequest,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, ChangeDocument};
use crate::rows::{after, limit, moment, page, parsed, word};
use crate::{StoreError, Tx};

impl Tx {
    /// Makes a change request.
    pub async fn insert_change_request(
        &mut self,
        collaboration: Id<Collaboration>,
        by: AccountId,
        status: ChangeRequestStatus,
        parts: ChangeRequestParts,
    ) -> Result<ChangeRequest, StoreError> {
        let id = self.fresh_id()?;
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<ChangeDocument>(&parts)?;
        sqlx::query(
            "INSERT INTO change_requests
                 (id, seq, collaboration, status, created, updated, version, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?2, ?6)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(collaboration.to_string())
        .bind(status.aws_name())
        .bind(now.as_millis())
        .bind(&text)
        .execute(self.connection())
        .await?;
        self.record_request((collaboration, id), by, "CREATE", &text).await?;
        let (created, updated) = (now, now);
        Ok(ChangeRequest { id, collaboration, status, parts, created, updated, version })
    }

    /// The change request of that id.
    pub async fn change_request(
        &mut self,
        id: Id<ChangeRequest>,
    ) -> Result<Option<ChangeRequest>, StoreError> {
        let row = sqlx::query("SELECT * FROM change_requests WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(request).transpose()
    }

    /// The change requests of a collaboration, oldest first; of one status if given.
    pub async fn list_change_requests(
        &mut self,
        collaboration: Id<Collaboration>,
        status: Option<ChangeRequestStatus>,
        asked: PageRequest,
    ) -> Result<Page<ChangeRequest>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM change_requests WHERE collaboration = ?1
             AND (?2 IS NULL OR status = ?2) AND seq > ?3 ORDER BY seq LIMIT ?4",
        )
        .bind(collaboration.to_string())
        .bind(status.map(ChangeRequestStatus::aws_name))
        .bind(after(asked))
        .bind(limit(asked))
        .fetch_all(self.connection())
        .await?;
        page(&rows, asked, request)
    }

    /// How many change requests of a collaboration are neither carried out nor given up.
    pub async fn count_open_change_requests(
        &mut self,
        collaboration: Id<Collaboration>,
    ) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM change_requests
             WHERE collaboration = ?1 AND status IN ('PENDING', 'APPROVED')",
        )
        .bind(collaboration.to_string())
        .fetch_one(self.connection())
        .await?;
        Ok(count.unsigned_abs())
    }

    /// Notes what a member did with a change request: `action` is AWS's word for it.
    pub async fn update_change_request(
        &mut self,
        request: &ChangeRequest,
        (by, action): (AccountId, &str),
        status: ChangeRequestStatus,
        parts: ChangeRequestParts,
    ) -> Result<ChangeRequest, StoreError> {
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<ChangeDocument>(&parts)?;
        sqlx::query(
            "UPDATE change_requests SET status = ?2, updated = ?3, version = ?4, document = ?5
             WHERE id = ?1",
        )
        .bind(request.id.to_string())
        .bind(status.aws_name())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        self.record_request((request.collaboration, request.id), by, action, &text).await?;
        Ok(ChangeRequest { status, parts, updated: now, version, ..request.clone() })
    }

    async fn record_request(
        &mut self,
        (collaboration, request): (Id<Collaboration>, Id<ChangeRequest>),
        by: AccountId,
        action: &str,
        text: &str,
    ) -> Result<(), StoreError> {
        let (action, digest) = (action.to_owned(), Digest::of(text.as_bytes()));
        let event = Event::ChangeRequestChanged { request, by, action, digest };
        self.record_in(collaboration, event).await
    }
}

fn request(row: &SqliteRow) -> Result<ChangeRequest, StoreError> {
    Ok(ChangeRequest {
        id: parsed(row, "id")?,
        collaboration: parsed(row, "collaboration")?,
        status: word(row, "status", ChangeRequestStatus::from_aws_name)?,
        parts: document::read::<ChangeDocument>(row.try_get("document")?)?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}
