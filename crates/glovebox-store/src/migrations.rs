//! The schema of the database, step by step; a step once released never changes.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::StoreError;

const STEPS: &[&str] = &[
    include_str!("../migrations/0001_nouns.sql"),
    include_str!("../migrations/0002_road.sql"),
    include_str!("../migrations/0003_doors.sql"),
    include_str!("../migrations/0004_rules.sql"),
];

/// Brings the database to the newest schema. Several processes may do so at once.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    let known = STEPS.len() as i64;
    let version = "PRAGMA user_version";
    let found: i64 = sqlx::query_scalar(version).fetch_one(&mut *connection).await?;
    if found == known {
        // Nearly always: every process opens the store, and need not wait for a writer.
        return Ok(());
    }
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let found: i64 = sqlx::query_scalar(version).fetch_one(&mut *tx).await?;
    let done = usize::try_from(found).map_err(|_| StoreError::Corrupt { what: "schema" })?;
    let Some(missing) = STEPS.get(done..) else {
        return Err(StoreError::Newer { found, known });
    };
    for step in missing {
        sqlx::raw_sql(*step).execute(&mut *tx).await?;
    }
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {known}")))
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(())
}
