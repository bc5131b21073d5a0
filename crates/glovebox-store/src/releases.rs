//! Stored releases: results of private queries that answer the same question again, for nothing.
//!
//! The same bytes say nothing new. A question is the same when its plan, its rules and
//! declarations, its tables, its runner, its receivers and the form of the result are, all by
//! digest; it is asked of the same data when the listings of all inputs are the same. What is
//! taken for another question costs budget, never privacy: nothing is put into a canonical form.

use glovebox_model::{
    Collaboration, Destination, Digest, Id, ProtectedQuery, Query, ResultFormat, TableName,
};
use glovebox_privacy::ResultFiles;
use sqlx::Row as _;

use crate::claim::Order;
use crate::queries::CORRUPT;
use crate::results::{self, FileV1, ResultV1};
use crate::snapshot::Pins;
use crate::{Store, StoreError, Tx};

/// How long a release is stored, in milliseconds: 30 days.
const KEPT_MILLIS: i64 = 30 * 24 * 60 * 60 * 1000;
/// How many bytes of results are stored for one collaboration: 1 GiB.
const MOST_BYTES: i64 = 1 << 30;

/// What is asked, as far as the answer depends on it.
pub(crate) struct Question<'a> {
    pub(crate) query: &'a ProtectedQuery,
    pub(crate) plan: Digest,
    pub(crate) rules: &'a [Digest],
    pub(crate) tables: &'a [TableName],
    pub(crate) pins: &'a Pins,
    pub(crate) destinations: &'a [Destination],
}

impl Question<'_> {
    /// The digest of each part with its length before it.
    pub(crate) fn digest(&self) -> Result<Digest, StoreError> {
        let Self { query, plan, rules, tables, pins, destinations } = self;
        let mut parts = vec!["glovebox question 1".to_owned(), plan.to_string()];
        parts.push(query.runner.to_string());
        parts.extend(tables.iter().map(ToString::to_string));
        parts.extend(rules.iter().map(ToString::to_string));
        parts.push(pins.of_tables().to_text()?);
        for Destination { account, bucket: _, key_prefix: _, format, single_file } in *destinations
        {
            let format = match format {
                ResultFormat::Csv => "csv",
                ResultFormat::Parquet => "parquet",
            };
            parts.push(format!("{account} {format} {single_file}"));
        }
        let mut text = String::new();
        for part in parts {
            text.push_str(&format!("{}:{part}\n", part.len()));
        }
        Ok(Digest::of(text.as_bytes()))
    }
}

/// Whether any release answers this question, asked of whichever data.
pub(crate) async fn is_known(
    tx: &mut Tx,
    collaboration: Id<Collaboration>,
    asked: &str,
) -> Result<bool, StoreError> {
    let since = since(tx);
    let sql = "SELECT EXISTS (
        SELECT 1 FROM releases WHERE collaboration = ?1 AND asked = ?2 AND created >= ?3)";
    Ok(sqlx::query_scalar(sql)
        .bind(collaboration.to_string())
        .bind(asked)
        .bind(since)
        .fetch_one(tx.connection())
        .await?)
}

/// The release that answers the question of a query, asked of these inputs, and its query.
pub(crate) async fn find(
    tx: &mut Tx,
    id: Id<Query>,
    inputs: Digest,
) -> Result<Option<(Id<Query>, ResultV1)>, StoreError> {
    let since = since(tx);
    let found: Option<String> = sqlx::query_scalar(
        "SELECT releases.query FROM releases JOIN queries
             ON queries.collaboration = releases.collaboration AND queries.asked = releases.asked
         WHERE queries.id = ?1 AND releases.inputs = ?2 AND releases.created >= ?3",
    )
    .bind(id.to_string())
    .bind(inputs.to_string())
    .bind(since)
    .fetch_optional(tx.connection())
    .await?;
    let Some(found) = found else { return Ok(None) };
    let source = found.parse().map_err(|_| CORRUPT)?;
    let result = results::read(tx, source).await?.ok_or(CORRUPT)?;
    Ok(Some((source, result)))
}

/// The same sealed files as those of another query; `None` when a receiver is not among the
/// destinations.
pub(crate) fn addressed_anew(
    result: ResultV1,
    id: Id<Query>,
    (inputs, destinations): (Digest, &[Destination]),
) -> Option<ResultV1> {
    let anew = |file: FileV1| {
        let to = destinations.iter().find(|it| it.account.as_str() == file.receiver)?;
        let (_, name) = file.key.rsplit_once('/')?;
        let key = match to.key_prefix.as_str() {
            "" => format!("{id}/{name}"),
            prefix => format!("{prefix}/{id}/{name}"),
        };
        Some(FileV1 { bucket: to.bucket.clone(), key, ..file })
    };
    let files = result.files.into_iter().map(anew).collect::<Option<_>>()?;
    Some(ResultV1 { inputs: inputs.to_string(), files })
}

/// Stores the result of a private query that was just recorded, unless it is itself from a stored
/// release, or is stored already, or is larger than all that may be stored.
pub(crate) async fn insert(
    tx: &mut Tx,
    query: &ProtectedQuery,
    result: &ResultV1,
) -> Result<(), StoreError> {
    let row = sqlx::query("SELECT asked, inputs, source, pins FROM queries WHERE id = ?1")
        .bind(query.id.to_string())
        .fetch_one(tx.connection())
        .await?;
    let asked: Option<String> = row.try_get(0)?;
    let (inputs, source): (Option<String>, Option<String>) = (row.try_get(1)?, row.try_get(2)?);
    let (Some(asked), Some(inputs), None) = (asked, inputs, source) else { return Ok(()) };
    let bytes: u64 = result.files.iter().map(|it| it.length).fold(0, u64::saturating_add);
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    drop_old(tx).await?;
    let pins: Option<String> = row.try_get(3)?;
    let pins = Pins::parse(&pins.ok_or(CORRUPT)?)?;
    // What it was answered under may be gone by now: then nobody can ask the same again.
    if bytes > MOST_BYTES || !pins.of_tables().hold(tx).await? {
        return Ok(());
    }
    let stored = sqlx::query(
        "INSERT INTO releases (collaboration, asked, inputs, query, bytes, created)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
    )
    .bind(query.collaboration.to_string())
    .bind(asked)
    .bind(inputs)
    .bind(query.id.to_string())
    .bind(bytes)
    .bind(tx.now().as_millis())
    .execute(tx.connection())
    .await?;
    if stored.rows_affected() == 0 {
        return Ok(());
    }
    for association in pins.associations()? {
        sqlx::query(
            "INSERT INTO release_tables (query, association, configured_table)
             SELECT ?1, id, configured_table FROM associations WHERE id = ?2",
        )
        .bind(query.id.to_string())
        .bind(association.to_string())
        .execute(tx.connection())
        .await?;
    }
    make_room(tx, query.collaboration).await
}

/// Drops the oldest releases of a collaboration until the others fit.
async fn make_room(tx: &mut Tx, collaboration: Id<Collaboration>) -> Result<(), StoreError> {
    // The newest fit whose bytes, with those of all that are newer, are not too many.
    sqlx::query(
        "DELETE FROM releases WHERE query IN (
             SELECT query FROM (
                 SELECT query, sum(bytes) OVER (ORDER BY created DESC, query DESC) AS newer
                 FROM releases WHERE collaboration = ?1
             ) WHERE newer > ?2
         )",
    )
    .bind(collaboration.to_string())
    .bind(MOST_BYTES)
    .execute(tx.connection())
    .await?;
    Ok(())
}

async fn drop_old(tx: &mut Tx) -> Result<(), StoreError> {
    let since = since(tx);
    sqlx::query("DELETE FROM releases WHERE created < ?1")
        .bind(since)
        .execute(tx.connection())
        .await?;
    Ok(())
}

fn since(tx: &Tx) -> i64 {
    tx.now().as_millis().saturating_sub(KEPT_MILLIS)
}

/// Whether the kept files of a query are needed after it has ended: they are a stored release, or
/// one that another query is about to deliver.
const IS_NEEDED: &str = "EXISTS (SELECT 1 FROM releases WHERE releases.query = ?1)
    OR EXISTS (SELECT 1 FROM queries WHERE (source = ?1 OR id = ?1) AND stage <> 'ENDED')";

impl<K> Store<K> {
    /// The release that would answer the question of a query asked of these inputs: its sealed
    /// files, under the names that they were first delivered to.
    pub async fn stored_release(
        &self,
        order: &Order,
        inputs: Digest,
    ) -> Result<Option<ResultFiles>, StoreError> {
        let mut tx = self.read().await?;
        let found = find(&mut tx, order.id(), inputs).await?;
        found.map(|(source, result)| result.files(source)).transpose()
    }

    /// Drops a release whose files are not there any more.
    pub async fn drop_release(&self, query: Id<Query>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM releases WHERE query = ?1")
            .bind(query.to_string())
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// Drops the releases that have been stored for 30 days.
    pub async fn drop_old_releases(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        drop_old(&mut tx).await?;
        tx.commit().await
    }

    /// Queries whose releases were dropped and whose files nobody needs any more.
    pub async fn dropped_releases(&self) -> Result<Vec<Id<Query>>, StoreError> {
        let mut tx = self.read().await?;
        let dropped: Vec<String> =
            sqlx::query_scalar("SELECT query FROM dropped_releases ORDER BY query LIMIT 1000")
                .fetch_all(tx.connection())
                .await?;
        let mut free = Vec::new();
        for query in dropped {
            let query = query.parse().map_err(|_| CORRUPT)?;
            if !is_needed(&mut tx, query).await? {
                free.push(query);
            }
        }
        Ok(free)
    }

    /// The files of a dropped release are gone.
    pub async fn release_is_gone(&self, query: Id<Query>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM dropped_releases WHERE query = ?1")
            .bind(query.to_string())
            .execute(tx.connection())
            .await?;
        tx.commit().await
    }

    /// Whether the kept files of a query are still needed: it has not ended, or they are a stored
    /// release, or another query is about to deliver them.
    pub async fn needs_files(&self, query: Id<Query>) -> Result<bool, StoreError> {
        is_needed(&mut self.read().await?, query).await
    }
}

async fn is_needed(tx: &mut Tx, query: Id<Query>) -> Result<bool, StoreError> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {IS_NEEDED}"));
    Ok(sqlx::query_scalar(sql).bind(query.to_string()).fetch_one(tx.connection()).await?)
}
