//! Access keys: sealed secrets, several per account, their state read on every request.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use glovebox_ledger::Event;
use glovebox_model::{AccessKey, AccessKeyId, AccountId, KeyRole};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;
use zeroize::Zeroizing;

use crate::accounts::AccountError;
use crate::rows::{moment, parsed, word};
use crate::{MasterKey, SealedFor, Store, StoreError, Tx};

/// Enough to rotate with overlap, few enough to look through.
const ENABLED_KEYS: usize = 10;
const SECRET_BYTES: usize = 30;

/// The secret half of an access key: 40 characters. Never printed; wiped when dropped.
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    fn fresh() -> Result<Self, StoreError> {
        let mut bytes = Zeroizing::new([0; SECRET_BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(|_| StoreError::Entropy)?;
        Ok(Self(Zeroizing::new(URL_SAFE_NO_PAD.encode(bytes.as_slice()))))
    }

    /// The secret itself: to sign, or to tell its owner once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

/// Who signs with a key, and the secret to check the signature.
#[derive(Debug, Clone)]
pub struct Signer {
    /// The account.
    pub account: AccountId,
    /// The key.
    pub access_key_id: AccessKeyId,
    /// What the key may do.
    pub role: KeyRole,
    /// The secret.
    pub secret: SecretKey,
}

impl Store {
    /// Who signs with this key; `None` if the key is unknown or disabled, or its account is.
    pub async fn signer(&self, access_key_id: &str) -> Result<Option<Signer>, StoreError> {
        let Ok(id) = access_key_id.parse::<AccessKeyId>() else { return Ok(None) };
        let mut tx = self.read().await?;
        let row = sqlx::query(
            "SELECT access_keys.account, access_keys.sealed, access_keys.role
             FROM access_keys JOIN accounts ON accounts.id = access_keys.account
             WHERE access_keys.id = ?1 AND access_keys.enabled = 1 AND accounts.enabled = 1",
        )
        .bind(id.as_str())
        .fetch_optional(tx.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account: AccountId = parsed(&row, "account")?;
        let sealed: &[u8] = row.try_get("sealed")?;
        let bytes = self.master_key().open(key_place(account.as_str(), id.as_str()), sealed)?;
        let text = std::str::from_utf8(&bytes);
        let text = text.map_err(|_| StoreError::Corrupt { what: "access keys" })?;
        let secret = SecretKey(Zeroizing::new(text.to_owned()));
        let role = word(&row, "role", KeyRole::from_aws_name)?;
        Ok(Some(Signer { account, access_key_id: id, role, secret }))
    }

    /// Adds a key to an account. The secret is told once, here. Older keys stay as they are.
    pub async fn add_key(
        &self,
        account: AccountId,
        role: KeyRole,
    ) -> Result<(AccessKeyId, SecretKey), AccountError> {
        let mut tx = self.begin().await?;
        let owner = tx.account(account).await?.ok_or(AccountError::Unknown(account))?;
        if !owner.enabled {
            return Err(AccountError::Disabled(account));
        }
        let enabled: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM access_keys WHERE account = ?1 AND enabled = 1",
        )
        .bind(account.to_string())
        .fetch_one(tx.connection())
        .await?;
        if enabled >= ENABLED_KEYS as i64 {
            return Err(AccountError::TooManyKeys(ENABLED_KEYS));
        }
        let key = tx.insert_key(account, role, self.master_key()).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// Disables a key: it opens nothing from now on. Quiet the second time.
    pub async fn disable_key(&self, id: &AccessKeyId) -> Result<(), AccountError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query("SELECT * FROM access_keys WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(tx.connection())
            .await?;
        let key = row.as_ref().map(access_key).transpose()?;
        let key = key.ok_or_else(|| AccountError::UnknownKey(id.clone()))?;
        if !key.enabled {
            return Ok(());
        }
        let version = tx.next_version().await?;
        sqlx::query("UPDATE access_keys SET enabled = 0, version = ?2 WHERE id = ?1")
            .bind(id.as_str())
            .bind(version)
            .execute(tx.connection())
            .await?;
        let event = Event::KeyDisabled { account: key.account, key: id.clone() };
        tx.record_of_account(key.account, event).await?;
        Ok(tx.commit().await?)
    }

    /// The keys of an account, oldest first, without their secrets.
    pub async fn keys(&self, account: AccountId) -> Result<Vec<AccessKey>, StoreError> {
        let mut tx = self.read().await?;
        let rows = sqlx::query("SELECT * FROM access_keys WHERE account = ?1 ORDER BY seq")
            .bind(account.to_string())
            .fetch_all(tx.connection())
            .await?;
        rows.iter().map(access_key).collect()
    }
}

impl Tx {
    pub(crate) async fn insert_key(
        &mut self,
        account: AccountId,
        role: KeyRole,
        master_key: &MasterKey,
    ) -> Result<(AccessKeyId, SecretKey), StoreError> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| StoreError::Entropy)?;
        let id = AccessKeyId::from_random(bytes);
        let secret = SecretKey::fresh()?;
        self.check_master_key(master_key).await?;
        let place = key_place(account.as_str(), id.as_str());
        let sealed = master_key.seal(place, secret.reveal().as_bytes())?;
        let version = self.next_version().await?;
        let now = self.now().as_millis();
        sqlx::query(
            "INSERT INTO access_keys (id, seq, account, enabled, created, version, sealed, role)
             VALUES (?1, ?2, ?3, 1, ?4, ?2, ?5, ?6)",
        )
        .bind(id.as_str())
        .bind(version)
        .bind(account.to_string())
        .bind(now)
        .bind(sealed)
        .bind(role.aws_name())
        .execute(self.connection())
        .await?;
        let said = (role != KeyRole::Owner).then(|| role.aws_name().to_owned());
        let event = Event::KeyAdded { account, key: id.clone(), role: said };
        self.record_of_account(account, event).await?;
        Ok((id, secret))
    }

    /// Whether this key of this account, and the account, are enabled.
    pub async fn key_is_enabled(
        &mut self,
        account: AccountId,
        id: &AccessKeyId,
    ) -> Result<bool, StoreError> {
        Ok(self.key_role(account, id).await?.is_some())
    }

    /// What this key may do for this account; `None` if it or the account is disabled.
    pub async fn key_role(
        &mut self,
        account: AccountId,
        id: &AccessKeyId,
    ) -> Result<Option<KeyRole>, StoreError> {
        let role: Option<String> = sqlx::query_scalar(
            "SELECT access_keys.role
             FROM access_keys JOIN accounts ON accounts.id = access_keys.account
             WHERE access_keys.id = ?1 AND access_keys.account = ?2
             AND access_keys.enabled = 1 AND accounts.enabled = 1",
        )
        .bind(id.as_str())
        .bind(account.to_string())
        .fetch_optional(self.connection())
        .await?;
        let corrupt = StoreError::Corrupt { what: "access keys" };
        role.map(|it| KeyRole::from_aws_name(&it).ok_or(corrupt)).transpose()
    }
}

/// What the secret of an access key is sealed for.
pub(crate) fn key_place<'a>(account: &'a str, id: &'a str) -> SealedFor<'a> {
    SealedFor { kind: "access-key", account, id }
}

fn access_key(row: &SqliteRow) -> Result<AccessKey, StoreError> {
    Ok(AccessKey {
        id: parsed(row, "id")?,
        account: parsed(row, "account")?,
        enabled: row.try_get("enabled")?,
        role: word(row, "role", KeyRole::from_aws_name)?,
        created: moment(row, "created")?,
    })
}
