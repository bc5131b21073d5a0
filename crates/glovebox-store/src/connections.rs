//! Connections: what an account reaches outside of its folder, with sealed credentials.

use glovebox_ledger::Event;
use glovebox_model::{
    AccountId, Connection, CredentialMethod, Digest, Id, Page, PageRequest, Secrets,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use zeroize::Zeroizing;

use crate::document::{self, ConnectionDocument, ConnectionParts, SecretsDocument};
use crate::rows::{after, limit, moment, page, parsed, word};
use crate::tombstones::Kind;
use crate::{MasterKey, SealedFor, Store, StoreError, Tx};

const WHAT: &str = "connections";

/// Whether a connection could be made or changed as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taken {
    /// Another of the account's has that name.
    Name,
    /// Another of the account's serves this database.
    Database(String),
}

impl Store {
    /// With what a connection proves itself, as its owner gave it; `None` once it was removed or
    /// is not what it was.
    pub async fn secrets(&self, connection: &Connection) -> Result<Option<Secrets>, StoreError> {
        let mut tx = self.read().await?;
        let sql = "SELECT credentials FROM connections WHERE id = ?1 AND version = ?2";
        let sealed: Option<Vec<u8>> = sqlx::query_scalar(sql)
            .bind(connection.id.to_string())
            .bind(connection.version)
            .fetch_optional(tx.connection())
            .await?;
        let Some(sealed) = sealed else { return Ok(None) };
        let (account, id) = (connection.account.to_string(), connection.id.to_string());
        let bytes = self.master_key().open(credentials_place(&account, &id), &sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| StoreError::Corrupt { what: WHAT })?;
        document::read::<SecretsDocument>(text).map(Some)
    }
}

impl Tx {
    /// Makes a connection.
    pub async fn insert_connection(
        &mut self,
        account: AccountId,
        parts: &ConnectionParts,
        secrets: &Secrets,
        key: &MasterKey,
    ) -> Result<Result<Connection, Taken>, StoreError> {
        self.check_master_key(key).await?;
        let id: Id<Connection> = self.fresh_id()?;
        if let Some(taken) = self.taken(account, id, parts).await? {
            return Ok(Err(taken));
        }
        let version = self.next_version().await?;
        let text = document::write::<ConnectionDocument>(parts)?;
        sqlx::query(
            "INSERT INTO connections
                 (id, seq, account, name, created, updated, version, document, method,
                  has_catalog_token, credentials)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?2, ?6, ?7, ?8, ?9)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(account.to_string())
        .bind(&parts.name)
        .bind(self.now().as_millis())
        .bind(&text)
        .bind(secrets.credentials.method().word())
        .bind(secrets.catalog_token.is_some())
        .bind(sealed(key, account, id, secrets)?)
        .execute(self.connection())
        .await?;
        let terms = Digest::of(text.as_bytes());
        self.record_of_owner(account, Event::ConnectionAdded { account, connection: id, terms })
            .await?;
        self.made(id).await.map(Ok)
    }

    /// Changes a connection: what it reaches, with what, or both. Its version stays when only
    /// credentials change or databases are added: a query that runs goes on.
    pub async fn update_connection(
        &mut self,
        old: &Connection,
        parts: &ConnectionParts,
        secrets: &Secrets,
        key: &MasterKey,
    ) -> Result<Result<Connection, Taken>, StoreError> {
        self.check_master_key(key).await?;
        let Connection { id, account, .. } = *old;
        if let Some(taken) = self.taken(account, id, parts).await? {
            return Ok(Err(taken));
        }
        // Whatever was read through it is read as before: readers look themselves whether it
        // still serves their database.
        let serves_them = old.databases.iter().all(|it| parts.databases.contains(it));
        let same = serves_them && (&old.name, &old.place) == (&parts.name, &parts.place);
        let is_proof_of_a_kind = old.method == secrets.credentials.method();
        let version = match same && is_proof_of_a_kind {
            true => old.version,
            false => self.next_version().await?,
        };
        let text = document::write::<ConnectionDocument>(parts)?;
        sqlx::query(
            "UPDATE connections SET name = ?2, updated = ?3, version = ?4, document = ?5,
                 method = ?6, has_catalog_token = ?7, credentials = ?8 WHERE id = ?1",
        )
        .bind(id.to_string())
        .bind(&parts.name)
        .bind(self.now().as_millis())
        .bind(version)
        .bind(&text)
        .bind(secrets.credentials.method().word())
        .bind(secrets.catalog_token.is_some())
        .bind(sealed(key, account, id, secrets)?)
        .execute(self.connection())
        .await?;
        self.retry_leftovers(id).await?;
        let terms = Digest::of(text.as_bytes());
        self.record_of_owner(account, Event::ConnectionChanged { account, connection: id, terms })
            .await?;
        self.made(id).await.map(Ok)
    }

    /// Removes a connection with its credentials: nothing is read through it any more.
    pub async fn delete_connection(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Connection { id, account, .. } = *connection;
        sqlx::query("DELETE FROM connections WHERE id = ?1")
            .bind(id.to_string())
            .execute(self.connection())
            .await?;
        self.bury(Kind::Connection, &id.to_string(), account).await?;
        self.record_of_owner(account, Event::ConnectionRemoved { account, connection: id }).await
    }

    /// The connection of that id.
    pub async fn connection_of_id(
        &mut self,
        id: Id<Connection>,
    ) -> Result<Option<Connection>, StoreError> {
        let row = sqlx::query("SELECT * FROM connections WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(connection).transpose()
    }

    /// An account's connections, oldest first.
    pub async fn list_connections(
        &mut self,
        account: AccountId,
        request: PageRequest,
    ) -> Result<Page<Connection>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM connections WHERE account = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )
        .bind(account.to_string())
        .bind(after(request))
        .bind(limit(request))
        .fetch_all(self.connection())
        .await?;
        page(&rows, request, connection)
    }

    /// All connections of an account, oldest first.
    pub async fn connections_of(
        &mut self,
        account: AccountId,
    ) -> Result<Vec<Connection>, StoreError> {
        let rows = sqlx::query("SELECT * FROM connections WHERE account = ?1 ORDER BY seq")
            .bind(account.to_string())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(connection).collect()
    }

    /// What an account's roles are told when the house assumes them: made once, and nobody else's.
    pub async fn external_id(&mut self, account: AccountId) -> Result<String, StoreError> {
        let fresh: Id<Connection> = self.fresh_id()?;
        let sql = "INSERT INTO external_ids (account, external_id) VALUES (?1, ?2)
                   ON CONFLICT (account) DO UPDATE SET external_id = external_id
                   RETURNING external_id";
        Ok(sqlx::query_scalar(sql)
            .bind(account.to_string())
            .bind(format!("glovebox-{fresh}"))
            .fetch_one(self.connection())
            .await?)
    }

    async fn made(&mut self, id: Id<Connection>) -> Result<Connection, StoreError> {
        self.connection_of_id(id).await?.ok_or(StoreError::Corrupt { what: WHAT })
    }

    /// What another connection of the account has already of what this one asks for. Databases
    /// are the same whatever their case.
    async fn taken(
        &mut self,
        account: AccountId,
        own: Id<Connection>,
        parts: &ConnectionParts,
    ) -> Result<Option<Taken>, StoreError> {
        for other in self.connections_of(account).await? {
            if other.id == own {
                continue;
            }
            if other.name == parts.name {
                return Ok(Some(Taken::Name));
            }
            if let Some(database) = parts.databases.iter().find(|it| other.serves(it)) {
                return Ok(Some(Taken::Database(database.clone())));
            }
        }
        Ok(None)
    }
}

fn connection(row: &SqliteRow) -> Result<Connection, StoreError> {
    let ConnectionParts { name, databases, place } =
        document::read::<ConnectionDocument>(row.try_get("document")?)?;
    Ok(Connection {
        id: parsed(row, "id")?,
        account: parsed(row, "account")?,
        name,
        databases,
        place,
        method: word(row, "method", CredentialMethod::from_word)?,
        has_catalog_token: row.try_get("has_catalog_token")?,
        created: moment(row, "created")?,
        updated: moment(row, "updated")?,
        version: row.try_get("version")?,
    })
}

fn sealed(
    key: &MasterKey,
    account: AccountId,
    id: Id<Connection>,
    secrets: &Secrets,
) -> Result<Vec<u8>, StoreError> {
    let text = Zeroizing::new(document::write::<SecretsDocument>(secrets)?);
    key.seal(credentials_place(account.as_str(), &id.to_string()), text.as_bytes())
}

/// What the credentials of a connection are sealed for.
pub(crate) fn credentials_place<'a>(account: &'a str, id: &'a str) -> SealedFor<'a> {
    SealedFor { kind: "connection", account, id }
}

/// What an account says of a connection as JSON, for the same pipe as its secrets.
pub fn connection_to_text(parts: &ConnectionParts) -> Result<String, StoreError> {
    document::write::<ConnectionDocument>(parts)
}

/// Reads it back.
pub fn connection_of_text(text: &str) -> Result<ConnectionParts, StoreError> {
    document::read::<ConnectionDocument>(text)
}

/// Secrets as JSON, for the pipe of a process that reads with them.
pub fn secrets_to_text(secrets: &Secrets) -> Result<Zeroizing<String>, StoreError> {
    document::write::<SecretsDocument>(secrets).map(Zeroizing::new)
}

/// Reads them back.
pub fn secrets_of_text(text: &str) -> Result<Secrets, StoreError> {
    document::read::<SecretsDocument>(text)
}
