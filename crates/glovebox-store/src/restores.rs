//! An older copy of the database that its operator accepts: what it ends and closes for good, and
//! whose word it waits for.
//!
//! Nobody knows what happened between the copy and the loss. So every query that is open in the
//! copy ends (it may have been answered), stored releases are dropped (what they were made under
//! may be gone), every period of a privacy budget that has begun stays closed (it may be spent),
//! and nothing is opened over what a member allows before that member has said again that it
//! does: rules, associations and memberships that were withdrawn have come back.

use glovebox_ledger::Event;
use glovebox_model::{AccountId, QueryErrorCode, QueryFailure, QueryStatus, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::claim::row;
use crate::close::{End, finish};
use crate::head_counter::{self, Age};
use crate::{Store, StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "restores" };

/// An older copy that was accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restore {
    /// The number of the head counter from which the copy counts as the newest again.
    pub number: u64,
    /// When it was accepted: by the clock, and never before anything that the copy has recorded.
    pub accepted: Timestamp,
    /// Periods of privacy budgets that had begun by then stay closed.
    pub closed: Timestamp,
}

/// What accepting a copy came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The copy.
    pub restore: Restore,
    /// How many queries were ended that were open in it.
    pub ended: usize,
}

impl Store {
    /// Accepts that this database is the newest that there is: by the operator, beside a running
    /// server or not. `None` when nothing says that it is older; `anyway` does it then too.
    pub async fn accept_restore(&self, anyway: bool) -> Result<Option<Accepted>, StoreError> {
        let counter = self.head_counter();
        let mut tx = self.begin().await?;
        let outside = match counter {
            Some(counter) => Some(counter.look()?),
            None => None,
        };
        let is_older = match (counter, &outside) {
            (Some(counter), Some(found)) => {
                found.is_damaged || tx.age(counter).await? == Age::Older
            }
            _ => false,
        };
        if !is_older && !anyway {
            return Ok(None);
        }
        let outside = outside.unwrap_or_default();
        let number = tx.charge_number_beyond(outside.number).await?;
        // The last charge that was lost raised the file: no clock of today says less.
        let touched = outside.touched.unwrap_or(i64::MIN);
        // A clock that is behind makes no account of the copy younger than this.
        let accepted = tx.moment_of_charge().await?;
        let closed = accepted.as_millis().max(touched);
        let restore = Restore { number, accepted, closed: Timestamp::from_millis(closed) };
        insert(&mut tx, restore).await?;
        let ended = end_all(&mut tx).await?;
        sqlx::query("DELETE FROM releases").execute(tx.connection()).await?;
        for tree in tx.trees().await? {
            tx.append(tree, Event::Restored { number, closed }).await?;
        }
        tx.commit().await?;
        if let Some(counter) = counter {
            head_counter::raise_anew(counter, (number, accepted), outside.is_damaged).await?;
        }
        Ok(Some(Accepted { restore, ended }))
    }
}

impl<K> Store<K> {
    /// How many accounts have not confirmed what they allow, of those over whose tables, or in
    /// whose collaborations, queries may be asked.
    pub async fn words_missing(&self) -> Result<usize, StoreError> {
        let mut tx = self.read().await?;
        if tx.last_restore().await?.is_none() {
            return Ok(0);
        }
        let sql = "SELECT account FROM associations
                   UNION SELECT creator FROM collaborations WHERE deleted = 0";
        let asked: Vec<String> = sqlx::query_scalar(sql).fetch_all(tx.connection()).await?;
        let mut missing = 0;
        for account in asked {
            let account = account.parse().map_err(|_| CORRUPT)?;
            missing += usize::from(!tx.has_confirmed(account).await?);
        }
        Ok(missing)
    }
}

impl Tx {
    /// The copy that was accepted last.
    pub async fn last_restore(&mut self) -> Result<Option<Restore>, StoreError> {
        let sql = "SELECT number, accepted, closed FROM restores ORDER BY number DESC LIMIT 1";
        let row = sqlx::query(sql).fetch_optional(self.connection()).await?;
        row.as_ref().map(restore).transpose()
    }

    /// Whether an account has said that what it allows here is what it allows; one that was made
    /// later than the copy was accepted need not.
    pub async fn has_confirmed(&mut self, account: AccountId) -> Result<bool, StoreError> {
        let sql = "SELECT NOT EXISTS (
            SELECT 1 FROM restores WHERE number > coalesce(
                (SELECT number FROM restore_confirmations WHERE account = ?1), -1)
            AND accepted >= coalesce((SELECT created FROM accounts WHERE id = ?1), -1)
        )";
        Ok(sqlx::query_scalar(sql).bind(account.to_string()).fetch_one(self.connection()).await?)
    }

    /// An account says that what it allows here is what it allows. Quiet the second time; `None`
    /// when no copy was ever accepted.
    pub async fn confirm_restore(
        &mut self,
        account: AccountId,
    ) -> Result<Option<Restore>, StoreError> {
        let Some(last) = self.last_restore().await? else { return Ok(None) };
        if self.has_confirmed(account).await? {
            return Ok(Some(last));
        }
        let number = i64::try_from(last.number).map_err(|_| CORRUPT)?;
        let now = self.now().as_millis();
        sqlx::query(
            "INSERT INTO restore_confirmations (account, number, confirmed) VALUES (?1, ?2, ?3)
             ON CONFLICT (account) DO UPDATE
                 SET number = excluded.number, confirmed = excluded.confirmed",
        )
        .bind(account.to_string())
        .bind(number)
        .bind(now)
        .execute(self.connection())
        .await?;
        let event = Event::RestoreConfirmed { account, number: last.number };
        self.record_of_account(account, event).await?;
        Ok(Some(last))
    }

    /// The first of these accounts whose word is missing.
    pub(crate) async fn unconfirmed_of(
        &mut self,
        accounts: impl IntoIterator<Item = AccountId>,
    ) -> Result<Option<AccountId>, StoreError> {
        if self.last_restore().await?.is_none() {
            return Ok(None);
        }
        for account in accounts {
            if !self.has_confirmed(account).await? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    /// Whether a period of this owner's budgets that begins at `from` stays closed.
    pub(crate) async fn is_closed(
        &mut self,
        owner: AccountId,
        from: i64,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM restores WHERE closed >= ?2
            AND accepted >= coalesce((SELECT created FROM accounts WHERE id = ?1), -1))";
        Ok(sqlx::query_scalar(sql)
            .bind(owner.to_string())
            .bind(from)
            .fetch_one(self.connection())
            .await?)
    }
}

async fn insert(tx: &mut Tx, restore: Restore) -> Result<(), StoreError> {
    let Restore { number, accepted, closed } = restore;
    sqlx::query("INSERT INTO restores (number, accepted, closed) VALUES (?1, ?2, ?3)")
        .bind(i64::try_from(number).map_err(|_| CORRUPT)?)
        .bind(accepted.as_millis())
        .bind(closed.as_millis())
        .execute(tx.connection())
        .await?;
    Ok(())
}

fn restore(row: &SqliteRow) -> Result<Restore, StoreError> {
    let number: i64 = row.try_get(0)?;
    Ok(Restore {
        number: u64::try_from(number).map_err(|_| CORRUPT)?,
        accepted: Timestamp::from_millis(row.try_get(1)?),
        closed: Timestamp::from_millis(row.try_get(2)?),
    })
}

/// Ends every query that is open, whatever it waits for: it may have been answered already, and
/// what a private one came to is not told, at this moment or another.
async fn end_all(tx: &mut Tx) -> Result<usize, StoreError> {
    let open: Vec<String> =
        sqlx::query_scalar("SELECT id FROM queries WHERE stage <> 'ENDED' ORDER BY seq")
            .fetch_all(tx.connection())
            .await?;
    for id in &open {
        let id = id.parse().map_err(|_| CORRUPT)?;
        let found = row(tx, id).await?.ok_or(CORRUPT)?;
        // The failures of a table do not count what the operator ended.
        sqlx::query("UPDATE queries SET fence = fence + 1, late = NULL WHERE id = ?1")
            .bind(format!("{id}"))
            .execute(tx.connection())
            .await?;
        let end = match (found.stage.as_str(), found.status) {
            ("WAITING" | "OPENED", QueryStatus::Cancelling) => End::Cancelled,
            ("OPENED", _) => End::Lost,
            _ => End::Failed(QueryFailure {
                code: QueryErrorCode::InternalError,
                message: RESTORED_MEANWHILE.into(),
            }),
        };
        finish(tx, id, end).await?;
    }
    Ok(open.len())
}

const RESTORED_MEANWHILE: &str = "GB0907 the query was open in an older copy of the database, to \
    which this house was restored: run it again";
