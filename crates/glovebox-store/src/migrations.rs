//! The schema of the database, step by step; a step once released never changes.

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use crate::StoreError;

const STEPS: &[&str] = &[
    include_str!("../migrations/0001_nouns.sql"),
    include_str!("../migrations/0002_road.sql"),
    include_str!("../migrations/0003_doors.sql"),
    include_str!("../migrations/0004_rules.sql"),
    include_str!("../migrations/0005_budgets.sql"),
    include_str!("../migrations/0006_suppression.sql"),
    include_str!("../migrations/0007_releases.sql"),
    include_str!("../migrations/0008_connections.sql"),
    include_str!("../migrations/0009_leftovers.sql"),
    include_str!("../migrations/0010_restores.sql"),
    include_str!("../migrations/0011_deliveries.sql"),
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

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    const OLD: &str = r#"
        INSERT INTO accounts VALUES ('1', 1, 1, 0, 1, '');
        INSERT INTO access_keys VALUES ('k', 2, '1', 1, 0, 2, x'00');
        INSERT INTO collaborations VALUES ('c', 3, '1', 0, 0, 0, 3, '');
        INSERT INTO members VALUES ('c', '1', 4, 'ACTIVE', 0, 0, 4,
            '{"v1":{"abilities":["CAN_QUERY"]}}');
        INSERT INTO members VALUES ('c', '2', 5, 'INVITED', 0, 0, 5,
            '{"v1":{"abilities":["CAN_QUERY","CAN_RECEIVE_RESULTS"]}}');
        INSERT INTO memberships VALUES ('m', 6, 'c', '1', 'ACTIVE', 0, 0, 6, '');
        INSERT INTO configured_tables VALUES ('t', 7, '1', 0, 0, 7, '');
        INSERT INTO rules VALUES ('t', 'LIST', 0, 0, 8, 'kept');
        INSERT INTO associations VALUES ('a', 9, 'c', '1', 'm', 't', 'n', 0, 0, 9, '');
    "#;

    #[tokio::test]
    async fn a_house_of_the_first_release_keeps_its_rules_and_receivers() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.sqlite");
        let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
        let mut old = options.foreign_keys(true).connect().await.unwrap();
        for step in &STEPS[..3] {
            sqlx::raw_sql(*step).execute(&mut old).await.unwrap();
        }
        sqlx::raw_sql("PRAGMA user_version = 3").execute(&mut old).await.unwrap();
        sqlx::raw_sql(OLD).execute(&mut old).await.unwrap();
        migrate(&mut old).await.unwrap();
        migrate(&mut old).await.unwrap();
        let mut found = Vec::new();
        for sql in [
            "SELECT kind || document || approvals FROM rules",
            "SELECT receivers FROM associations",
            "SELECT role FROM access_keys",
        ] {
            let text: String = sqlx::query_scalar(sql).fetch_one(&mut old).await.unwrap();
            found.push(text);
        }
        assert_eq!(found, ["LISTkept{}", r#"["2"]"#, "owner"]);
    }
}
