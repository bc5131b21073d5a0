//! Accounts: made, listed and disabled by the operator.

use std::path::PathBuf;

use glovebox_ledger::Event;
use glovebox_model::{AccessKeyId, Account, AccountId, KeyRole};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::document::{self, AccountDocument};
use crate::keys::SecretKey;
use crate::rows::{moment, parsed};
use crate::{Store, StoreError, Tx};

const NAME_CHARACTERS: usize = 100;

/// What the operator says of a new account.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// Its number; `None` draws one.
    pub id: Option<AccountId>,
    /// How it is called: 1 to 100 characters, none of them a control character.
    pub name: String,
    /// A folder of its own for its tables: an absolute path.
    pub tables: Option<PathBuf>,
}

/// Why accounts and keys stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The number is taken.
    #[error("account {0} exists already")]
    Exists(AccountId),
    /// There is no such account.
    #[error("there is no account {0}")]
    Unknown(AccountId),
    /// There is no such key.
    #[error("there is no access key {0}")]
    UnknownKey(AccessKeyId),
    /// The account is disabled.
    #[error("account {0} is disabled")]
    Disabled(AccountId),
    /// The account has as many enabled keys as it may have.
    #[error("the account has {0} enabled access keys: disable one first")]
    TooManyKeys(usize),
    /// The name is empty, too long or holds control characters.
    #[error("a name has 1 to 100 characters, none of them a control character")]
    Name,
    /// The folder of tables is not given by an absolute path.
    #[error("the folder of an account's tables is given by an absolute path in UTF-8")]
    Folder,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Makes an account and its first access key. The secret is told once, here.
    pub async fn create_account(
        &self,
        new: NewAccount,
    ) -> Result<(Account, AccessKeyId, SecretKey), AccountError> {
        let NewAccount { id, name, tables } = new;
        let length = name.chars().count();
        if !(1..=NAME_CHARACTERS).contains(&length)
            || name.trim().is_empty()
            || name.chars().any(char::is_control)
        {
            return Err(AccountError::Name);
        }
        if tables.as_ref().is_some_and(|it| !it.is_absolute() || it.to_str().is_none()) {
            return Err(AccountError::Folder);
        }
        let mut tx = self.begin().await?;
        let id = match id {
            Some(id) => id,
            None => tx.unused_account_id().await?,
        };
        if tx.account(id).await?.is_some() {
            return Err(AccountError::Exists(id));
        }
        let version = tx.next_version().await?;
        let now = tx.now();
        sqlx::query(
            "INSERT INTO accounts (id, seq, enabled, created, version, document)
             VALUES (?1, ?2, 1, ?3, ?2, ?4)",
        )
        .bind(id.to_string())
        .bind(version)
        .bind(now.as_millis())
        .bind(document::write::<AccountDocument>(&(name.clone(), tables.clone()))?)
        .execute(tx.connection())
        .await?;
        tx.record_of_account(id, Event::AccountCreated { account: id }).await?;
        let (key, secret) = tx.insert_key(id, KeyRole::Owner, self.master_key()).await?;
        tx.commit().await?;
        Ok((Account { id, name, enabled: true, tables, created: now, version }, key, secret))
    }

    /// All accounts, oldest first.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let mut tx = self.read().await?;
        let rows =
            sqlx::query("SELECT * FROM accounts ORDER BY seq").fetch_all(tx.connection()).await?;
        rows.iter().map(account).collect()
    }

    /// Disables an account: none of its keys opens anything from now on. Quiet the second time.
    pub async fn disable_account(&self, id: AccountId) -> Result<(), AccountError> {
        let mut tx = self.begin().await?;
        let account = tx.account(id).await?.ok_or(AccountError::Unknown(id))?;
        if !account.enabled {
            return Ok(());
        }
        let version = tx.next_version().await?;
        sqlx::query("UPDATE accounts SET enabled = 0, version = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(version)
            .execute(tx.connection())
            .await?;
        tx.record_of_account(id, Event::AccountDisabled { account: id }).await?;
        Ok(tx.commit().await?)
    }
}

impl Tx {
    /// The account of that number.
    pub async fn account(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query("SELECT * FROM accounts WHERE id = ?1")
            .bind(id.to_string())
            .fetch_optional(self.connection())
            .await?;
        row.as_ref().map(account).transpose()
    }

    async fn unused_account_id(&mut self) -> Result<AccountId, StoreError> {
        loop {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).map_err(|_| StoreError::Entropy)?;
            // Twelve digits, the first of them not zero.
            let number = u64::from_be_bytes(bytes) % 900_000_000_000 + 100_000_000_000;
            let id = number.to_string().parse();
            let id = id.map_err(|_| StoreError::Corrupt { what: "accounts" })?;
            if self.account(id).await?.is_none() {
                return Ok(id);
            }
        }
    }
}

fn account(row: &SqliteRow) -> Result<Account, StoreError> {
    let (name, tables) = document::read::<AccountDocument>(row.try_get("document")?)?;
    Ok(Account {
        id: parsed(row, "id")?,
        name,
        enabled: row.try_get("enabled")?,
        tables,
        created: moment(row, "created")?,
        version: row.try_get("version")?,
    })
}
