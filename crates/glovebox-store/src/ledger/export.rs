//! Copies of trees, as one account may see them.

use glovebox_ledger::{Export, ExportedEntry, Head, Opening, Tree, TreeName};
use glovebox_model::AccountId;
use sqlx::Row as _;

use crate::{Store, StoreError, Tx};

const CORRUPT: StoreError = StoreError::Corrupt { what: "the ledger" };

/// A page ends with the entry that brings what is shown behind its entries above so many bytes:
/// a thousand texts of queries would not fit the memory.
const LARGEST_PAGE: usize = 4 * 1024 * 1024;

/// Whose eyes a copy is for.
#[derive(Debug, Clone, Copy)]
pub enum Reader {
    /// The operator, who has the files anyway.
    Operator,
    /// One account: only what was opened to it.
    Account(AccountId),
}

pub(super) fn head_text(head: &Head) -> Result<String, StoreError> {
    serde_json::to_string(head).map_err(|_| CORRUPT)
}

impl Store {
    /// The newest signed head of a tree; `None` when nothing was appended yet.
    pub async fn ledger_head(&self, tree: TreeName) -> Result<Option<Head>, StoreError> {
        head(&mut self.read().await?, &tree.to_string()).await
    }

    /// At most `limit` entries of a tree from `from` on, and fewer when much is shown behind them,
    /// with proofs; `None` when there is no such tree. A `from` beyond the end is the end.
    pub async fn ledger_export(
        &self,
        tree: TreeName,
        from: u64,
        limit: u64,
        reader: Reader,
    ) -> Result<Option<Export>, StoreError> {
        let mut tx = self.read().await?;
        let name = tree.to_string();
        let Some(head) = head(&mut tx, &name).await? else { return Ok(None) };
        // Where rows were tampered with, proofs are missing, and verifying the copy says so.
        let tree = leaves(&mut tx, &name).await?;
        let from = from.min(head.size);
        let rows = sqlx::query(
            "SELECT position, entry FROM ledger_entries
             WHERE tree = ?1 AND position >= ?2 ORDER BY position LIMIT ?3",
        )
        .bind(&name)
        .bind(from as i64)
        .bind(limit.min(i64::MAX as u64) as i64)
        .fetch_all(tx.connection())
        .await?;
        let (mut entries, mut bytes) = (Vec::new(), 0);
        for row in rows {
            if bytes > LARGEST_PAGE {
                break;
            }
            let position: i64 = row.try_get(0)?;
            let index = position as u64;
            let openings = openings(&mut tx, &name, position, reader).await?;
            bytes += openings.iter().map(|it| it.value.len()).sum::<usize>();
            entries.push(ExportedEntry {
                index,
                entry: row.try_get(1)?,
                openings,
                inclusion: tree.inclusion(index, head.size).unwrap_or_default(),
            });
        }
        let consistency = tree.consistency(from, head.size).unwrap_or_default();
        Ok(Some(Export { head, from, entries, consistency }))
    }

    /// Every tree of the data directory, for `glovebox ledger verify --data-dir`.
    pub async fn ledger_trees(&self) -> Result<Vec<TreeName>, StoreError> {
        self.read().await?.trees().await
    }
}

impl Tx {
    /// Every tree, by name.
    pub(crate) async fn trees(&mut self) -> Result<Vec<TreeName>, StoreError> {
        let names: Vec<String> = sqlx::query_scalar("SELECT name FROM ledger_trees ORDER BY name")
            .fetch_all(self.connection())
            .await?;
        names.iter().map(|name| name.parse().map_err(|_| CORRUPT)).collect()
    }
}

async fn head(tx: &mut Tx, name: &str) -> Result<Option<Head>, StoreError> {
    let head: Option<String> = sqlx::query_scalar("SELECT head FROM ledger_trees WHERE name = ?1")
        .bind(name)
        .fetch_optional(tx.connection())
        .await?;
    head.map(|head| serde_json::from_str(&head).map_err(|_| CORRUPT)).transpose()
}

async fn leaves(tx: &mut Tx, name: &str) -> Result<Tree, StoreError> {
    let leaves: Vec<String> =
        sqlx::query_scalar("SELECT leaf FROM ledger_entries WHERE tree = ?1 ORDER BY position")
            .bind(name)
            .fetch_all(tx.connection())
            .await?;
    let leaves = leaves.iter().map(|leaf| leaf.parse().map_err(|_| CORRUPT));
    Ok(Tree::from_leaves(leaves.collect::<Result<_, _>>()?))
}

async fn openings(
    tx: &mut Tx,
    name: &str,
    position: i64,
    reader: Reader,
) -> Result<Vec<Opening>, StoreError> {
    let account = match reader {
        Reader::Operator => None,
        Reader::Account(account) => Some(account.to_string()),
    };
    let openings: Vec<String> = sqlx::query_scalar(
        "SELECT opening FROM ledger_openings o WHERE tree = ?1 AND position = ?2
           AND (?3 IS NULL OR EXISTS (SELECT 1 FROM ledger_readers r WHERE r.tree = o.tree
                AND r.position = o.position AND r.place = o.place AND r.account = ?3))
         ORDER BY place",
    )
    .bind(name)
    .bind(position)
    .bind(account)
    .fetch_all(tx.connection())
    .await?;
    openings.iter().map(|text| serde_json::from_str(text).map_err(|_| CORRUPT)).collect()
}
