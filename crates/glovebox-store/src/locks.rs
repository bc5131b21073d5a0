//! Locks: a runner whose queries failed three times after rows of members had met is shut out from
//! the tables that they touched, until the owner lets it in again.

use glovebox_ledger::Event;
use glovebox_model::{AccountId, Association, Id};

use crate::{StoreError, Tx};

/// How many failures shut a runner out.
const FAILURES: i64 = 3;

impl Tx {
    /// Counts a failure of a runner's query against an association of another member.
    pub(crate) async fn count_failure(
        &mut self,
        association: Id<Association>,
        runner: AccountId,
    ) -> Result<(), StoreError> {
        let Some(found) = self.association(association).await? else { return Ok(()) };
        if found.account == runner {
            return Ok(());
        }
        let version = self.next_version().await?;
        let failures: i64 = sqlx::query_scalar(
            "INSERT INTO locks (association, runner, failures, locked, version)
             VALUES (?1, ?2, 1, 0, ?3)
             ON CONFLICT (association, runner) DO UPDATE SET failures = failures + 1,
                 version = excluded.version
             RETURNING failures",
        )
        .bind(association.to_string())
        .bind(runner.to_string())
        .bind(version)
        .fetch_one(self.connection())
        .await?;
        if failures != FAILURES {
            return Ok(());
        }
        sqlx::query("UPDATE locks SET locked = 1 WHERE association = ?1 AND runner = ?2")
            .bind(association.to_string())
            .bind(runner.to_string())
            .execute(self.connection())
            .await?;
        self.record_in(found.collaboration, Event::TableLocked { association, runner }).await
    }

    /// Who is shut out from an association.
    pub async fn locked_out(
        &mut self,
        association: Id<Association>,
    ) -> Result<Vec<AccountId>, StoreError> {
        let sql = "SELECT runner FROM locks WHERE association = ?1 AND locked = 1 ORDER BY runner";
        let runners: Vec<String> = sqlx::query_scalar(sql)
            .bind(association.to_string())
            .fetch_all(self.connection())
            .await?;
        let corrupt = |_| StoreError::Corrupt { what: "locks" };
        runners.iter().map(|it| it.parse().map_err(corrupt)).collect()
    }

    /// Lets everybody in again, and forgets the failures.
    pub async fn unlock(&mut self, association: &Association) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM locks WHERE association = ?1")
            .bind(association.id.to_string())
            .execute(self.connection())
            .await?;
        let event =
            Event::TableUnlocked { association: association.id, owner: association.account };
        self.record_in(association.collaboration, event).await
    }
}
