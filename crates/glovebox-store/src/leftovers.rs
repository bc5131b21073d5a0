//! What queries began in members' accounts: written down until nothing is left of it.

use glovebox_model::{AccountId, Connection, Id, Leftover, Query, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, LeftoverDocument};
use crate::rows::{moment, parsed};
use crate::{Store, StoreError, Tx};

/// A leftover that is written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Names it.
    pub id: Id<Self>,
    /// The query that began it.
    pub query: Id<Query>,
    /// Behind which connection.
    pub connection: Id<Connection>,
    /// Whose connection that is.
    pub account: AccountId,
    /// When it was begun.
    pub noted: Timestamp,
    /// What it is.
    pub what: Leftover,
    /// How often the house tried to take it away.
    pub tries: u32,
    /// Whether the house does not try any more.
    pub is_given_up: bool,
}

/// Leftovers of one account that are taken away at the same time: nobody's many hold up another's.
const OF_ACCOUNT: i64 = 2;
/// Leftovers of a connection that are shown.
const SHOWN: i64 = 100;
/// The tries after which one is shown: they take longer than a private query is silent about what
/// it came to, a crash included.
const TRIES: i64 = 5;

impl Store {
    /// Writes down what the walk of a query begins.
    pub async fn note_leftover(
        &self,
        query: Id<Query>,
        connection: &Connection,
        what: &Leftover,
    ) -> Result<Id<Left>, StoreError> {
        let mut tx = self.begin().await?;
        let id: Id<Left> = tx.fresh_id()?;
        sqlx::query(
            "INSERT INTO leftovers
                 (id, query, connection, account, noted, document, state, tries, due)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'BEGUN', 0, ?5)",
        )
        .bind(id.to_string())
        .bind(query.to_string())
        .bind(connection.id.to_string())
        .bind(connection.account.to_string())
        .bind(tx.now().as_millis())
        .bind(document::write::<LeftoverDocument>(what)?)
        .execute(tx.connection())
        .await?;
        tx.commit().await?;
        Ok(id)
    }

    /// More is known of it.
    pub async fn amend_leftover(&self, id: Id<Left>, what: &Leftover) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE leftovers SET document = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(document::write::<LeftoverDocument>(what)?)
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// Nothing is left of it.
    pub async fn leftover_is_gone(&self, id: Id<Left>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM leftovers WHERE id = ?1")
            .bind(id.to_string())
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// The process that walked a query is gone: what it did not end is the house's to take away.
    /// Without a query, those of all queries. How many there are.
    pub async fn leave(&self, query: Option<Id<Query>>) -> Result<u64, StoreError> {
        let query = query.map(|it| it.to_string());
        // Most leave nothing: no writer waits for that.
        let mut tx = self.read().await?;
        let sql = "SELECT count(*) FROM leftovers
                   WHERE state = 'BEGUN' AND (?1 IS NULL OR query = ?1)";
        let begun: i64 = sqlx::query_scalar(sql).bind(&query).fetch_one(tx.connection()).await?;
        drop(tx);
        if begun == 0 {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let left = sqlx::query(
            "UPDATE leftovers SET state = 'LEFT', due = ?2
             WHERE state = 'BEGUN' AND (?1 IS NULL OR query = ?1)",
        )
        .bind(&query)
        .bind(tx.now().as_millis())
        .execute(tx.connection())
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(left)
    }

    /// What is to be taken away now, some of every account's.
    pub async fn due_leftovers(&self) -> Result<Vec<Left>, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query(
            "SELECT * FROM (
                 SELECT *, row_number() OVER (PARTITION BY account ORDER BY due, id) AS place
                 FROM leftovers WHERE state = 'LEFT' AND due <= ?1
             ) WHERE place <= ?2 ORDER BY due, id",
        )
        .bind(tx.now().as_millis())
        .bind(OF_ACCOUNT)
        .fetch_all(tx.connection())
        .await?;
        rows.iter().map(left).collect()
    }

    /// It could not be taken away: it is tried again then.
    pub async fn put_leftover_off(&self, id: Id<Left>, until: Timestamp) -> Result<(), StoreError> {
        self.tried(id, "LEFT", until).await
    }

    /// It could not be taken away, and is not tried any more; until then its owner is shown it.
    pub async fn give_leftover_up(&self, id: Id<Left>, until: Timestamp) -> Result<(), StoreError> {
        self.tried(id, "GIVEN_UP", until).await
    }

    async fn tried(&self, id: Id<Left>, state: &str, due: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // One that its owner made due again meanwhile stays so.
        sqlx::query(
            "UPDATE leftovers SET state = ?2, tries = tries + 1, due = ?3
             WHERE id = ?1 AND state = 'LEFT'",
        )
        .bind(id.to_string())
        .bind(state)
        .bind(due.as_millis())
        .execute(tx.connection())
        .await?;
        tx.commit().await
    }

    /// Forgets what was given up long ago.
    pub async fn forget_leftovers(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM leftovers WHERE state = 'GIVEN_UP' AND due <= ?1")
            .bind(tx.now().as_millis())
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }
}

impl Tx {
    /// What was left behind a connection and could not be taken away for a while, the oldest
    /// first.
    pub async fn leftovers_of(&mut self, connection: &Connection) -> Result<Vec<Left>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM leftovers WHERE connection = ?1 AND account = ?2
                 AND (state = 'GIVEN_UP' OR state = 'LEFT' AND tries >= ?4)
             ORDER BY noted, id LIMIT ?3",
        )
        .bind(connection.id.to_string())
        .bind(connection.account.to_string())
        .bind(SHOWN)
        .bind(TRIES)
        .fetch_all(self.connection())
        .await?;
        rows.iter().map(left).collect()
    }

    /// A connection changed: what could not be taken away with what it was may be now.
    pub(crate) async fn retry_leftovers(
        &mut self,
        connection: Id<Connection>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE leftovers SET state = 'LEFT', tries = 0, due = ?2
             WHERE connection = ?1 AND state <> 'BEGUN'",
        )
        .bind(connection.to_string())
        .bind(self.now().as_millis())
        .execute(self.connection())
        .await?;
        Ok(())
    }
}

fn left(row: &SqliteRow) -> Result<Left, StoreError> {
    let state: &str = row.try_get("state")?;
    Ok(Left {
        id: parsed(row, "id")?,
        query: parsed(row, "query")?,
        connection: parsed(row, "connection")?,
        account: parsed(row, "account")?,
        noted: moment(row, "noted")?,
        what: document::read::<LeftoverDocument>(row.try_get("document")?)?,
        tries: row.try_get("tries")?,
        is_given_up: state == "GIVEN_UP",
    })
}

/// A leftover as JSON, for the pipe of the process that began it.
pub fn leftover_to_text(what: &Leftover) -> Result<String, StoreError> {
    document::write::<LeftoverDocument>(what)
}

/// Reads it back.
pub fn leftover_of_text(text: &str) -> Result<Leftover, StoreError> {
    document::read::<LeftoverDocument>(text)
}
