//! Reading columns of rows back into nouns.

use std::str::FromStr;

use glovebox_model::{Page, PageRequest, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::StoreError;

/// The text in `column`, read as a `T`.
pub(crate) fn parsed<T: FromStr>(row: &SqliteRow, column: &'static str) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Corrupt { what: column })
}

/// The word in `column`, read by `read`.
pub(crate) fn word<T>(
    row: &SqliteRow,
    column: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T, StoreError> {
    let text: &str = row.try_get(column)?;
    read(text).ok_or(StoreError::Corrupt { what: column })
}

/// The moment in `column`.
pub(crate) fn moment(row: &SqliteRow, column: &'static str) -> Result<Timestamp, StoreError> {
    Ok(Timestamp::from_millis(row.try_get(column)?))
}

/// One more row than the page holds is asked for, to know whether there is a next page.
pub(crate) fn limit(page: PageRequest) -> i64 {
    i64::from(page.limit.clamp(1, PageRequest::MAX)) + 1
}

/// Where to continue: every `seq` is positive.
pub(crate) fn after(page: PageRequest) -> i64 {
    page.after.unwrap_or(0)
}

/// Makes a page of rows that were asked for with [`limit`] and carry `seq`.
pub(crate) fn page<T>(
    rows: &[SqliteRow],
    request: PageRequest,
    read: impl Fn(&SqliteRow) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let limit = request.limit.clamp(1, PageRequest::MAX) as usize;
    let kept = rows.get(..limit).unwrap_or(rows);
    let items = kept.iter().map(read).collect::<Result<_, _>>()?;
    let next = match kept.last() {
        Some(last) if rows.len() > limit => Some(last.try_get("seq")?),
        _ => None,
    };
    Ok(Page { items, next })
}
