//! What owners say beyond AWS's shapes: at most one extension per configured table.

use glovebox_ledger::Event;
use glovebox_model::{ConfiguredTable, Digest, Extension, Id, Mode};

use crate::document::{self, ExtensionDocument};
use crate::{Store, StoreError, Tx, settings};

/// The setting that says how rules are read whose owners say nothing.
pub(crate) const DEFAULT_MODE: &str = "default-mode";

impl Store {
    /// Says how rules are read whose owners say nothing: the operator's choice for emulation.
    pub async fn set_default_mode(&self, mode: Mode) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        settings::set(tx.connection(), DEFAULT_MODE, mode.aws_name()).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Sets the extension of a table; gives its digest.
    pub async fn put_extension(
        &mut self,
        table: &ConfiguredTable,
        extension: &Extension,
    ) -> Result<Digest, StoreError> {
        let version = self.next_version().await?;
        let now = self.now();
        let text = document::write::<ExtensionDocument>(extension)?;
        sqlx::query(
            "INSERT INTO extensions (configured_table, updated, version, document)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (configured_table) DO UPDATE SET updated = excluded.updated,
                 version = excluded.version, document = excluded.document",
        )
        .bind(table.id.to_string())
        .bind(now.as_millis())
        .bind(version)
        .bind(&text)
        .execute(self.connection())
        .await?;
        let digest = Digest::of(text.as_bytes());
        let event = Event::ExtensionChanged {
            table: table.id,
            owner: table.owner,
            mode: extension.mode.aws_name().to_owned(),
            digest,
        };
        self.record_of_table(table.owner, table.id, event).await?;
        Ok(digest)
    }

    /// How the rule of a table is read: what its owner set, else the defaults of the house.
    pub async fn extension_in_force(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Extension, StoreError> {
        match self.extension(table).await? {
            Some(set) => Ok(set),
            None => Ok(Extension { mode: self.default_mode().await?, ..Extension::default() }),
        }
    }

    /// How rules are read whose owners say nothing.
    async fn default_mode(&mut self) -> Result<Mode, StoreError> {
        let set = settings::read(self.connection(), DEFAULT_MODE).await?;
        let corrupt = StoreError::Corrupt { what: "settings" };
        set.map_or(Ok(Mode::Strict), |it| Mode::from_aws_name(&it).ok_or(corrupt))
    }

    /// The extension that the owner of a table set; `None` for the defaults of the house.
    pub async fn extension(
        &mut self,
        table: Id<ConfiguredTable>,
    ) -> Result<Option<Extension>, StoreError> {
        let sql = "SELECT document FROM extensions WHERE configured_table = ?1";
        let text: Option<String> = sqlx::query_scalar(sql)
            .bind(table.to_string())
            .fetch_optional(self.connection())
            .await?;
        text.as_deref().map(document::read::<ExtensionDocument>).transpose()
    }
}

/// The digest of an extension: what the ledger says of it.
pub fn extension_digest(extension: &Extension) -> Result<Digest, StoreError> {
    Ok(Digest::of(document::write::<ExtensionDocument>(extension)?.as_bytes()))
}
