//! Ledger rows: every fact is appended in the transaction that makes it true.

mod export;
mod signing;

use std::collections::BTreeSet;

use glovebox_ledger::{Entry, Event, Frontier, Head, Nonce, Opening, TreeName};
use glovebox_model::{AccessKeyId, AccountId, Timestamp};

use crate::close::each_once;
use crate::{Store, StoreError, Tx, results};

pub use export::Reader;
pub(crate) use signing::LedgerKey;

/// What stands behind a commitment, and the accounts that may know it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The value, its label and its nonce.
    pub opening: Opening,
    /// Who may know it.
    pub readers: BTreeSet<AccountId>,
}

impl Shown {
    /// Shows `opening` to `readers` only.
    pub fn to(opening: Opening, readers: impl IntoIterator<Item = AccountId>) -> Self {
        Self { opening, readers: readers.into_iter().collect() }
    }
}

/// Appends one fact to one tree and gives its place; the tree begins with its first entry.
pub(crate) async fn append(tx: &mut Tx, tree: TreeName, event: Event) -> Result<u64, StoreError> {
    append_showing(tx, tree, event, Vec::new()).await
}

/// Appends one fact, with what stands behind its commitments.
pub(crate) async fn append_showing(
    tx: &mut Tx,
    tree: TreeName,
    event: Event,
    shown: Vec<Shown>,
) -> Result<u64, StoreError> {
    let name = tree.to_string();
    let sql = "SELECT edge, json_extract(head, '$.at') FROM ledger_trees WHERE name = ?1";
    let last: Option<(String, i64)> =
        sqlx::query_as(sql).bind(&name).fetch_optional(tx.connection()).await?;
    let (edge, last) = last.unwrap_or_else(|| ("0:".to_owned(), i64::MIN));
    let mut edge: Frontier =
        edge.parse().map_err(|_| StoreError::Corrupt { what: "the ledger" })?;
    let entry = Entry::new(tx.now(), event).by(tx.acting());
    let leaf = entry.leaf();
    let position = edge.append(leaf);
    sqlx::query("INSERT INTO ledger_entries (tree, position, leaf, entry) VALUES (?1, ?2, ?3, ?4)")
        .bind(&name)
        .bind(position as i64)
        .bind(leaf.to_string())
        .bind(entry.canonical())
        .execute(tx.connection())
        .await?;
    // No head is of an earlier moment than the one before, whatever the clock shows: periods of
    // budgets go by the newest moment that any head tells.
    let at = Timestamp::from_millis(last.max(tx.now().as_millis()));
    let head = Head::sign(tree, edge.size(), edge.root(), at, tx.ledger_key());
    sqlx::query(
        "INSERT INTO ledger_trees (name, edge, head) VALUES (?1, ?2, ?3)
         ON CONFLICT (name) DO UPDATE SET edge = excluded.edge, head = excluded.head",
    )
    .bind(&name)
    .bind(edge.to_string())
    .bind(export::head_text(&head)?)
    .execute(tx.connection())
    .await?;
    for (place, shown) in (0_i64..).zip(shown) {
        show(tx, (&name, position as i64, place), shown).await?;
    }
    Ok(position)
}

async fn show(tx: &mut Tx, at: (&str, i64, i64), shown: Shown) -> Result<(), StoreError> {
    let (name, position, place) = at;
    let opening = serde_json::to_string(&shown.opening)
        .map_err(|_| StoreError::Corrupt { what: "the ledger" })?;
    sqlx::query("INSERT INTO ledger_openings VALUES (?1, ?2, ?3, ?4)")
        .bind(name)
        .bind(position)
        .bind(place)
        .bind(opening)
        .execute(tx.connection())
        .await?;
    for reader in shown.readers {
        add_reader(tx, at, reader).await?;
    }
    Ok(())
}

async fn add_reader(
    tx: &mut Tx,
    (name, position, place): (&str, i64, i64),
    reader: AccountId,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO ledger_readers VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING")
        .bind(name)
        .bind(position)
        .bind(place)
        .bind(reader.to_string())
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// Lets more accounts know what stands behind the entry at `position`: the text of a query is
/// for the owners of the tables that it turned out to touch.
pub(crate) async fn show_to(
    tx: &mut Tx,
    tree: TreeName,
    position: i64,
    readers: &BTreeSet<AccountId>,
) -> Result<(), StoreError> {
    let name = tree.to_string();
    for reader in readers {
        add_reader(tx, (&name, position, 0), *reader).await?;
    }
    Ok(())
}

/// A value with a fresh nonce, to be committed to.
pub(crate) fn commit_to(label: &str, value: impl Into<String>) -> Result<Opening, StoreError> {
    let mut nonce = [0; 32];
    getrandom::fill(&mut nonce).map_err(|_| StoreError::Entropy)?;
    Ok(Opening::new(label, value, Nonce::from_random(nonce)))
}

impl Tx {
    /// Appends one fact to one tree and gives its place; the tree begins with its first entry.
    pub async fn append(&mut self, tree: TreeName, event: Event) -> Result<u64, StoreError> {
        append(self, tree, event).await
    }
}

impl Store {
    /// Records that a text was judged without being run; its reader is who asked.
    pub async fn record_explained(
        &self,
        tree: TreeName,
        (account, key): (AccountId, AccessKeyId),
        text: &str,
        codes: Vec<String>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let opening = commit_to("text", text)?;
        let text = opening.commitment();
        let event = Event::Explained { account, key, text, codes: each_once(codes) };
        append_showing(&mut tx, tree, event, vec![Shown::to(opening, [account])]).await?;
        tx.commit().await
    }

    /// Records that an account read an object of its buckets: in its own tree and, if the object
    /// is part of a result, in that of the collaboration. Only the account is shown which.
    pub async fn record_download(
        &self,
        (account, access_key): (AccountId, &AccessKeyId),
        bucket: &str,
        key: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.act_by(access_key);
        let mut trees = vec![TreeName::Account(account)];
        trees.extend(collaboration_of(&mut tx, account, bucket, key).await?);
        for tree in trees {
            let opening = commit_to("object", format!("{bucket}/{key}"))?;
            let event = Event::ResultDownloaded { account, object: opening.commitment() };
            append_showing(&mut tx, tree, event, vec![Shown::to(opening, [account])]).await?;
        }
        tx.commit().await
    }
}

/// The tree of the collaboration whose query delivered this object to this account.
async fn collaboration_of(
    tx: &mut Tx,
    account: AccountId,
    bucket: &str,
    key: &str,
) -> Result<Option<TreeName>, StoreError> {
    // A result's key ends in `<queryId>/part-00000.csv`.
    let Some(Ok(query)) = key.rsplit('/').nth(1).map(str::parse) else { return Ok(None) };
    let Some(result) = results::read(tx, query).await? else { return Ok(None) };
    let account = account.to_string();
    let delivered = result
        .files
        .iter()
        .any(|it| it.receiver == account && it.bucket == bucket && it.key == key);
    if !delivered {
        return Ok(None);
    }
    let found = tx.query(query).await?;
    Ok(found.map(|it| TreeName::Collaboration(it.collaboration)))
}
