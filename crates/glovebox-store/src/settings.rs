//! Values that a data directory has once: what was kept first stays.

use sqlx::sqlite::SqliteConnection;

use crate::StoreError;

/// What is kept under a name.
pub(crate) async fn read(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = ?1")
        .bind(name)
        .fetch_optional(connection)
        .await?)
}

/// Keeps a value unless another process was faster; gives what is kept.
pub(crate) async fn keep_first(
    connection: &mut SqliteConnection,
    name: &'static str,
    value: String,
) -> Result<String, StoreError> {
    sqlx::query("INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(value)
        .execute(&mut *connection)
        .await?;
    read(connection, name).await?.ok_or(StoreError::Corrupt { what: name })
}

/// Keeps a value, whatever was kept before.
pub(crate) async fn set(
    connection: &mut SqliteConnection,
    name: &'static str,
    value: &str,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps nothing under a name.
pub(crate) async fn remove(
    connection: &mut SqliteConnection,
    name: &'static str,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM settings WHERE name = ?1").bind(name).execute(connection).await?;
    Ok(())
}
