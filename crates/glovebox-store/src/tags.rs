//! Tags of things that have an ARN.

use std::collections::BTreeMap;

use glovebox_model::Resource;
use sqlx::Row as _;

use crate::{StoreError, Tx};

impl Tx {
    /// The tags of a thing.
    pub async fn tags(&mut self, of: Resource) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query("SELECT key, value FROM tags WHERE resource = ?1 ORDER BY key")
            .bind(of.to_string())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| Ok((row.try_get("key")?, row.try_get("value")?))).collect()
    }

    /// Adds tags to a thing; a tag of the same key gets the new value.
    pub async fn put_tags(
        &mut self,
        on: Resource,
        tags: &BTreeMap<String, String>,
    ) -> Result<(), StoreError> {
        for (key, value) in tags {
            sqlx::query(
                "INSERT INTO tags (resource, key, value) VALUES (?1, ?2, ?3)
                 ON CONFLICT (resource, key) DO UPDATE SET value = excluded.value",
            )
            .bind(on.to_string())
            .bind(key)
            .bind(value)
            .execute(self.connection())
            .await?;
        }
        Ok(())
    }

    /// Takes tags from a thing; those it does not have are passed over.
    pub async fn remove_tags(&mut self, from: Resource, keys: &[String]) -> Result<(), StoreError> {
        for key in keys {
            sqlx::query("DELETE FROM tags WHERE resource = ?1 AND key = ?2")
                .bind(from.to_string())
                .bind(key)
                .execute(self.connection())
                .await?;
        }
        Ok(())
    }

    /// Takes all tags from a thing that is deleted.
    pub async fn remove_all_tags(&mut self, from: Resource) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM tags WHERE resource = ?1")
            .bind(from.to_string())
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
