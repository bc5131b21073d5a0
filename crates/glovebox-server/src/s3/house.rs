//! What the S3 door needs of the house: keys, and a record of every download.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use axum::http::Method;
use glovebox_model::AccountId;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Result, s3_error};

/// The house could not be asked; the cause is in its own log.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the house did not answer")]
pub struct Unavailable;

/// An access key in use.
#[derive(Clone)]
pub struct S3Key {
    /// Whose it is.
    pub account: AccountId,
    /// What it signs with.
    pub secret: String,
    /// Whether it may change anything.
    pub may_write: bool,
}

impl fmt::Debug for S3Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Key")
    }
}

/// Bytes about to leave through the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Who takes them.
    pub account: AccountId,
    /// With which key.
    pub access_key_id: String,
    /// From which bucket.
    pub bucket: String,
    /// Which object.
    pub key: String,
    /// How many bytes the answer holds.
    pub bytes: u64,
}

/// What the S3 door asks the house.
#[async_trait]
pub trait S3House: fmt::Debug + Send + Sync + 'static {
    /// The key, if it is known, active, and its account is too. Asked for every request.
    async fn key(&self, access_key_id: &str) -> Result<Option<S3Key>, Unavailable>;

    /// Records a download before its first byte leaves; without the record none does.
    async fn downloaded(&self, download: Download) -> Result<(), Unavailable>;
}

/// Who asks, once the signature was verified.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) account: AccountId,
    pub(super) access_key_id: String,
}

/// Gives `s3s` the secret of a key.
pub(super) struct Keys(pub(super) Arc<dyn S3House>);

#[async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match self.0.key(access_key).await {
            Ok(Some(key)) => Ok(SecretKey::from(key.secret)),
            // The same answer as to a bad signature: nobody learns which keys exist.
            Ok(None) => Err(s3_error!(SignatureDoesNotMatch)),
            Err(Unavailable) => Err(s3_error!(ServiceUnavailable)),
        }
    }
}

fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Puts the [`Caller`] into a request whose signature was verified.
pub(super) struct Check(pub(super) Arc<dyn S3House>);

#[async_trait]
impl S3Access for Check {
    async fn check(&self, cx: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = cx.credentials() else { return Err(s3_error!(AccessDenied)) };
        let access_key_id = credentials.access_key.clone();
        match self.0.key(&access_key_id).await {
            // Analysts and auditors read; what lies in buckets is for owners to change.
            Ok(Some(key)) if !key.may_write && !reads(cx.method()) => Err(s3_error!(AccessDenied)),
            Ok(Some(key)) => {
                cx.extensions_mut().insert(Caller { account: key.account, access_key_id });
                Ok(())
            }
            Ok(None) => Err(s3_error!(SignatureDoesNotMatch)),
            Err(Unavailable) => Err(s3_error!(ServiceUnavailable)),
        }
    }
}
