//! Members' query logs (AWS log format): written as rows in the transaction of the fact, and
//! from there, again and again if need be, into files of the members.

mod files;
mod policy;
mod record;

use std::collections::{BTreeMap, BTreeSet};

use glovebox_model::{
    AccountId, Id, MembershipStatus, ProtectedQuery, Query, QueryFailure, QueryStatus, TableName,
};
use serde::Serialize;

use crate::ledger::show_to;
use crate::{StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "members' logs" };

/// Writes the SUBMISSION records of a query that was found to touch these tables, and shows its
/// text in the ledger to the same members.
///
/// Gives everyone who may know the text and what became of it.
pub(crate) async fn submission(
    tx: &mut Tx,
    query: &ProtectedQuery,
    touched: &[TableName],
    errors: Option<&str>,
) -> Result<BTreeSet<AccountId>, StoreError> {
    let about = record::About::read(tx, query, touched).await?;
    let mut concerned: BTreeSet<AccountId> = query.receivers.iter().copied().collect();
    concerned.insert(query.runner);
    concerned.extend(about.owners());
    for account in logging(tx, query, &concerned).await? {
        for record in about.submissions(tx.now(), errors)? {
            insert(tx, query, account, "SUBMISSION", &record).await?;
        }
    }
    let tree = glovebox_ledger::TreeName::Collaboration(query.collaboration);
    let entry: i64 = sqlx::query_scalar("SELECT ledger_entry FROM queries WHERE id = ?1")
        .bind(query.id.to_string())
        .fetch_one(tx.connection())
        .await?;
    show_to(tx, tree, entry, &concerned).await?;
    Ok(concerned)
}

/// Writes the TERMINATION record, to everyone who has a SUBMISSION record, and first those
/// SUBMISSION records that were not written because the query never came to judgement.
pub(crate) async fn termination(
    tx: &mut Tx,
    query: &ProtectedQuery,
    status: QueryStatus,
    failure: Option<QueryFailure>,
) -> Result<(), StoreError> {
    let mut readers = readers(tx, query.id).await?;
    if readers.is_empty() {
        submission(tx, query, &[], None).await?;
        readers = self::readers(tx, query.id).await?;
    }
    let record = record::termination(tx.now(), query, status, failure)?;
    for account in readers {
        let account = account.parse().map_err(|_| CORRUPT)?;
        insert(tx, query, account, "TERMINATION", &record).await?;
    }
    Ok(())
}

/// Writes what the owner of a source, or of a store for results, may know of a failure, to that
/// owner alone.
///
/// Whether query logs are on does not matter: the line holds no text of a query and no value, and
/// nothing else tells an owner why its own source fails.
pub(crate) async fn detail(
    tx: &mut Tx,
    query: &ProtectedQuery,
    owner: AccountId,
    text: &str,
) -> Result<(), StoreError> {
    let membership = tx.membership_in(query.collaboration, owner).await?;
    if membership.is_some_and(|it| it.status == MembershipStatus::Active) {
        let record = record::detail(tx.now(), query, text)?;
        insert(tx, query, owner, "FAILURE_DETAIL", &record).await?;
    }
    Ok(())
}

/// Whether somebody was told more of a query than that it failed.
pub(crate) async fn has_detail(
    tx: &mut Tx,
    query: Id<Query>,
    account: AccountId,
) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM member_logs
             WHERE query = ?1 AND account = ?2 AND stage = 'FAILURE_DETAIL')",
    )
    .bind(query.to_string())
    .bind(account.to_string())
    .fetch_one(tx.connection())
    .await?)
}

async fn readers(tx: &mut Tx, query: Id<Query>) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT account FROM member_logs WHERE query = ?1 AND stage = 'SUBMISSION'",
    )
    .bind(query.to_string())
    .fetch_all(tx.connection())
    .await?)
}

/// Those of `accounts` for whom collaboration and membership both have logging on.
async fn logging(
    tx: &mut Tx,
    query: &ProtectedQuery,
    accounts: &BTreeSet<AccountId>,
) -> Result<Vec<AccountId>, StoreError> {
    let collaboration = tx.collaboration(query.collaboration).await?.ok_or(CORRUPT)?;
    let mut logging = Vec::new();
    if !collaboration.terms.query_log {
        return Ok(logging);
    }
    for account in accounts {
        let membership = tx.membership_in(query.collaboration, *account).await?;
        let on = membership
            .is_some_and(|it| it.terms.query_log && it.status == MembershipStatus::Active);
        if on {
            logging.push(*account);
        }
    }
    Ok(logging)
}

async fn insert<T: Serialize>(
    tx: &mut Tx,
    query: &ProtectedQuery,
    account: AccountId,
    stage: &str,
    record: &T,
) -> Result<(), StoreError> {
    let line = serde_json::to_string(record).map_err(|_| CORRUPT)?;
    sqlx::query(
        "INSERT INTO member_logs (query, account, collaboration, at, stage, line, written)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)",
    )
    .bind(query.id.to_string())
    .bind(account.to_string())
    .bind(query.collaboration.to_string())
    .bind(tx.now().as_millis())
    .bind(stage)
    .bind(line)
    .execute(tx.connection())
    .await?;
    Ok(())
}

/// JSON as a string: how the AWS format carries lists and maps.
fn nested<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| CORRUPT)
}

/// Names by account, for `memberDisplayNames` and `memberSchemaMapping`.
type ByAccount<T> = BTreeMap<String, T>;
