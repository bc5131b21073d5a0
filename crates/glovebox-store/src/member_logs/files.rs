//! From rows to files: `DIR/accounts/<id>/logs/<collaborationId>/<day>.ndjson`.
//!
//! The rows are the truth: a file is written whole from all rows of its day and put in place by
//! renaming, so that a crash leaves the old file or the new one, and a lost file comes back.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use sqlx::Row as _;

use crate::calendar::{DAY_MILLIS, date};
use crate::{Store, StoreError};

impl Store {
    /// Brings the files of members' logs up to date with the rows.
    pub async fn write_member_logs(&self) -> Result<(), StoreError> {
        self.write_days("WHERE written = 0").await
    }

    /// Writes every file of members' logs again.
    pub async fn rewrite_member_logs(&self) -> Result<(), StoreError> {
        self.write_days("").await
    }

    async fn write_days(&self, which: &'static str) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let days = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT account, collaboration, at / {DAY_MILLIS} AS day, max(seq)
             FROM member_logs {which} GROUP BY account, collaboration, day"
        )))
        .fetch_all(tx.connection())
        .await?;
        drop(tx);
        for row in days {
            let (account, collaboration): (String, String) = (row.try_get(0)?, row.try_get(1)?);
            self.write_day(&account, &collaboration, row.try_get(2)?).await?;
        }
        Ok(())
    }

    async fn write_day(
        &self,
        account: &str,
        collaboration: &str,
        day: i64,
    ) -> Result<(), StoreError> {
        // The write lock is held over the file, so that two processes never swap files.
        let mut tx = self.begin().await?;
        let (begin, end) = (day * DAY_MILLIS, (day + 1) * DAY_MILLIS);
        let base = self.directory().join("accounts").join(account);
        let folder = base.join("logs").join(collaboration);
        let path = folder.join(format!("{}.ndjson", date(day)));
        let staged = base.join("staging").join(format!("log-{collaboration}-{day}"));
        let failed = |source| StoreError::File { path: path.clone(), source };
        let mut file = stage(&staged, &path).map_err(failed)?;
        let mut after = (begin, i64::MIN);
        // A few at a time: each line holds a text of up to 500,000 characters.
        loop {
            let rows = sqlx::query(
                "SELECT at, seq, line FROM member_logs WHERE account = ?1 AND collaboration = ?2
                 AND (at, seq) > (?3, ?4) AND at < ?5 ORDER BY at, seq LIMIT 16",
            )
            .bind(account)
            .bind(collaboration)
            .bind(after.0)
            .bind(after.1)
            .bind(end)
            .fetch_all(tx.connection())
            .await?;
            for row in &rows {
                let line: String = row.try_get(2)?;
                file.write_all(line.as_bytes()).map_err(failed)?;
                file.write_all(b"\n").map_err(failed)?;
                after = (row.try_get(0)?, row.try_get(1)?);
            }
            if rows.is_empty() {
                break;
            }
        }
        publish(&file, &staged, &path).map_err(failed)?;
        sqlx::query(
            "UPDATE member_logs SET written = 1 WHERE account = ?1 AND collaboration = ?2
             AND at >= ?3 AND at < ?4 AND written = 0",
        )
        .bind(account)
        .bind(collaboration)
        .bind(begin)
        .bind(end)
        .execute(tx.connection())
        .await?;
        tx.commit().await
    }
}

fn stage(staged: &Path, path: &Path) -> io::Result<File> {
    for folder in [staged.parent(), path.parent()].into_iter().flatten() {
        fs::create_dir_all(folder)?;
    }
    File::create(staged)
}

fn publish(file: &File, staged: &Path, path: &Path) -> io::Result<()> {
    file.sync_all()?;
    fs::rename(staged, path)?;
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
