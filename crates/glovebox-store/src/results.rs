//! Rows of kept results: where the sealed files of a query lie, until they are delivered.

use glovebox_model::{Id, Query};
use glovebox_privacy::{ResultFile, ResultFiles};
use serde::{Deserialize, Serialize};

use crate::{StoreError, Tx};

pub(crate) const CORRUPT: StoreError = StoreError::Corrupt { what: "results" };

/// What was kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ResultV1 {
    /// The digest of the manifest of what was read.
    pub(crate) inputs: String,
    pub(crate) files: Vec<FileV1>,
}

/// One kept file and the object it becomes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FileV1 {
    pub(crate) receiver: String,
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) length: u64,
    pub(crate) digest: String,
    pub(crate) sealed: String,
}

impl ResultV1 {
    pub(crate) fn of(files: &ResultFiles) -> Self {
        let ResultFiles { query: _, inputs, files } = files;
        Self { inputs: inputs.to_string(), files: files.iter().map(FileV1::of).collect() }
    }

    pub(crate) fn files(self, query: Id<Query>) -> Result<ResultFiles, StoreError> {
        let Self { inputs, files } = self;
        let inputs = inputs.parse().map_err(|_| CORRUPT)?;
        let files = files.into_iter().map(FileV1::file).collect::<Result<_, _>>()?;
        Ok(ResultFiles { query, inputs, files })
    }
}

impl FileV1 {
    fn of(file: &ResultFile) -> Self {
        let ResultFile { receiver, bucket, key, length, digest, sealed } = file.clone();
        let (receiver, digest) = (receiver.to_string(), digest.to_string());
        Self { receiver, bucket, key, length, digest, sealed }
    }

    fn file(self) -> Result<ResultFile, StoreError> {
        let Self { receiver, bucket, key, length, digest, sealed } = self;
        let receiver = receiver.parse().map_err(|_| CORRUPT)?;
        let digest = digest.parse().map_err(|_| CORRUPT)?;
        Ok(ResultFile { receiver, bucket, key, length, digest, sealed })
    }
}

/// The kept result of a query.
pub(crate) async fn read(tx: &mut Tx, query: Id<Query>) -> Result<Option<ResultV1>, StoreError> {
    let text: Option<String> = sqlx::query_scalar("SELECT document FROM results WHERE query = ?1")
        .bind(query.to_string())
        .fetch_optional(tx.connection())
        .await?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| CORRUPT)).transpose()
}

/// Records what was kept; a second result of one query is an error.
pub(crate) async fn insert(
    tx: &mut Tx,
    query: Id<Query>,
    result: &ResultV1,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(result).map_err(|_| CORRUPT)?;
    sqlx::query("INSERT INTO results (query, created, document) VALUES (?1, ?2, ?3)")
        .bind(query.to_string())
        .bind(tx.now().as_millis())
        .bind(text)
        .execute(tx.connection())
        .await?;
    Ok(())
}

/// The digest of the manifest of what a query read, once something was kept.
pub(crate) async fn inputs_of(tx: &mut Tx, query: Id<Query>) -> Result<Option<String>, StoreError> {
    Ok(read(tx, query).await?.map(|it| it.inputs))
}
