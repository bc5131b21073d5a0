//! From rows to files: `DIR/accounts/<id>/logs/<collaborationId>/<day>.ndjson`.
//!
//! The rows are the truth. New lines are appended to the file of their day, outside of any
//! transaction that others wait for; the rows are marked once the bytes are safe. A file that is
//! not as long as the rows say that were written (a crash came between, or the file was lost) is
//! written whole and put in place by renaming, as is one whose new lines do not belong at its end.
//!
//! Only the supervisor writes them, of which a data directory has one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::calendar::{DAY_MILLIS, date};
use crate::{Store, StoreError, Tx};

/// Lines that are copied at a time: each may be 500,000 characters long.
const LINES: usize = 16;

/// The lines of one account about one collaboration on one day.
struct Day {
    account: String,
    collaboration: String,
    day: i64,
}

/// What the rows say of a day.
struct Rows {
    /// Bytes of those that were written.
    written: u64,
    /// Whether all that were not come after them.
    follow: bool,
    /// The last there is.
    last: i64,
}

impl Store {
    /// Brings the files of members' logs up to date with the rows.
    pub async fn write_member_logs(&self) -> Result<(), StoreError> {
        self.write_days("WHERE written = 0", false).await
    }

    /// Writes every file of members' logs again.
    pub async fn rewrite_member_logs(&self) -> Result<(), StoreError> {
        self.write_days("", true).await
    }

    async fn write_days(&self, which: &'static str, anew: bool) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let days = sqlx::query(sqlx::AssertSqlSafe(format!(
            "SELECT DISTINCT account, collaboration, at / {DAY_MILLIS} FROM member_logs {which}"
        )))
        .fetch_all(tx.connection())
        .await?;
        drop(tx);
        for row in days {
            let day = Day {
                account: row.try_get(0)?,
                collaboration: row.try_get(1)?,
                day: row.try_get(2)?,
            };
            self.write_day(&day, anew).await?;
        }
        Ok(())
    }

    async fn write_day(&self, day: &Day, anew: bool) -> Result<(), StoreError> {
        let base = self.directory().join("accounts").join(&day.account);
        let folder = base.join("logs").join(&day.collaboration);
        let path = folder.join(format!("{}.ndjson", date(day.day)));
        let staged = base.join("staging").join(format!("log-{}-{}", day.collaboration, day.day));
        let failed = |source| StoreError::File { path: path.clone(), source };
        // What is seen does not change until it is copied.
        let mut tx = self.read().await?;
        let rows = day.rows(&mut tx).await?;
        let appends = !anew && rows.follow && length(&path).map_err(failed)? == rows.written;
        let to = if appends { &path } else { &staged };
        let mut file = open(to, &path, appends).map_err(failed)?;
        day.copy(&mut tx, &mut file, (appends, &path)).await?;
        drop(tx);
        file.sync_all().map_err(failed)?;
        put_in_place(to, &path).map_err(failed)?;
        let mut tx = self.begin().await?;
        day.mark(&mut tx, rows.last).await?;
        tx.commit().await
    }
}

impl Day {
    fn bounds(&self) -> (i64, i64) {
        (self.day * DAY_MILLIS, (self.day + 1) * DAY_MILLIS)
    }

    async fn rows(&self, tx: &mut Tx) -> Result<Rows, StoreError> {
        let (begin, end) = self.bounds();
        let row = sqlx::query(
            "SELECT coalesce(sum(octet_length(line) + 1) FILTER (WHERE written = 1), 0),
                 coalesce(max(at) FILTER (WHERE written = 1)
                     <= min(at) FILTER (WHERE written = 0), 1),
                 coalesce(max(seq), 0)
             FROM member_logs WHERE account = ?1 AND collaboration = ?2 AND at >= ?3 AND at < ?4",
        )
        .bind(&self.account)
        .bind(&self.collaboration)
        .bind(begin)
        .bind(end)
        .fetch_one(tx.connection())
        .await?;
        let written: i64 = row.try_get(0)?;
        Ok(Rows {
            written: u64::try_from(written).unwrap_or(0),
            follow: row.try_get(1)?,
            last: row.try_get(2)?,
        })
    }

    /// Copies the lines, or only those that were not written, in their order.
    async fn copy(
        &self,
        tx: &mut Tx,
        file: &mut File,
        (only_new, path): (bool, &PathBuf),
    ) -> Result<(), StoreError> {
        let (begin, end) = self.bounds();
        let mut after = (begin, i64::MIN);
        loop {
            let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
                "SELECT at, seq, line FROM member_logs WHERE account = ?1 AND collaboration = ?2
                 AND (at, seq) > (?3, ?4) AND at < ?5 AND written <= ?6
                 ORDER BY at, seq LIMIT {LINES}",
            )))
            .bind(&self.account)
            .bind(&self.collaboration)
            .bind(after.0)
            .bind(after.1)
            .bind(end)
            .bind(i64::from(!only_new))
            .fetch_all(tx.connection())
            .await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.try_get(0)?, last.try_get(1)?);
            let failed = |source| StoreError::File { path: path.clone(), source };
            file.write_all(&lines(&rows)?).map_err(failed)?;
        }
    }

    async fn mark(&self, tx: &mut Tx, last: i64) -> Result<(), StoreError> {
        let (begin, end) = self.bounds();
        sqlx::query(
            "UPDATE member_logs SET written = 1 WHERE account = ?1 AND collaboration = ?2
             AND at >= ?3 AND at < ?4 AND written = 0 AND seq <= ?5",
        )
        .bind(&self.account)
        .bind(&self.collaboration)
        .bind(begin)
        .bind(end)
        .bind(last)
        .execute(tx.connection())
        .await?;
        Ok(())
    }
}

fn lines(rows: &[SqliteRow]) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    for row in rows {
        let line: &str = row.try_get(2)?;
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// How long a file is; nothing if there is none.
fn length(path: &Path) -> io::Result<u64> {
    match fs::metadata(path) {
        Ok(it) => Ok(it.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

fn open(to: &Path, path: &Path, appends: bool) -> io::Result<File> {
    for folder in [to.parent(), path.parent()].into_iter().flatten() {
        fs::create_dir_all(folder)?;
    }
    match appends {
        true => OpenOptions::new().append(true).create(true).open(to),
        false => File::create(to),
    }
}

fn put_in_place(file: &Path, path: &Path) -> io::Result<()> {
    if file != path {
        fs::rename(file, path)?;
    }
    match path.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
