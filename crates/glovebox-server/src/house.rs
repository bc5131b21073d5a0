//! What all doors share.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use glovebox_aws_api::Pages;
use glovebox_catalog::AccountFolders;
use glovebox_model::KeyRole;
use glovebox_room::{Room, StoreError};

use crate::api::Bodies;
use crate::metrics::Metrics;
use crate::s3::{Download, S3Door, S3House, S3Key, Unavailable};
use crate::standing::Standing;

/// The house as the doors see it: one room, its S3 door, and the key of its page tokens.
#[derive(Clone)]
pub struct House {
    pub(crate) room: Room,
    pub(crate) s3: S3Door,
    pub(crate) pages: Pages,
    pub(crate) region: Arc<str>,
    pub(crate) bodies: Bodies,
    /// Whether TLS ends at our own door.
    pub(crate) tls: bool,
    pub(crate) standing: Standing,
    pub(crate) metrics: Metrics,
}

impl House {
    /// A house around `room`, whose ARNs name `region`. Page tokens are authenticated by a key
    /// that the master key gives, so that they outlive restarts.
    pub fn new(room: Room, region: &str) -> Self {
        let keys = Arc::new(Keys { room: room.clone() });
        let folders = AccountFolders::new(room.store().directory());
        let s3 = S3Door::new(keys, folders, region);
        let pages = Pages::new(&room.store().master_key().derive("page tokens"));
        let (standing, metrics) = (Standing::default(), Metrics::new());
        let (region, bodies) = (region.into(), Bodies::new());
        Self { room, s3, pages, region, bodies, tls: false, standing, metrics }
    }

    /// The same house, whose standing and figures others keep, too.
    #[must_use]
    pub fn watched(self, standing: Standing, metrics: Metrics) -> Self {
        Self { standing, metrics, ..self }
    }

    /// What is done once, before the first request: requests that fell with an earlier house may
    /// come again.
    pub(crate) async fn begin(&self) -> Result<(), StoreError> {
        self.room.store().forget_unfinished().await
    }

    /// Seconds since 1970, by the store's clock.
    pub(crate) fn now_seconds(&self) -> i64 {
        self.room.store().now().as_millis().div_euclid(1000)
    }
}

impl fmt::Debug for House {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("House")
    }
}

/// What the S3 door asks: keys and the record of downloads.
#[derive(Debug)]
struct Keys {
    room: Room,
}

#[async_trait]
impl S3House for Keys {
    async fn key(&self, access_key_id: &str) -> Result<Option<S3Key>, Unavailable> {
        match self.room.store().signer(access_key_id).await {
            Ok(signer) => Ok(signer.map(|it| S3Key {
                account: it.account,
                secret: it.secret.reveal().to_owned(),
                may_write: it.role == KeyRole::Owner,
            })),
            Err(error) => {
                tracing::error!(%error, "keys could not be read");
                Err(Unavailable)
            }
        }
    }

    async fn downloaded(&self, download: Download) -> Result<(), Unavailable> {
        let Download { account, access_key_id, bucket, key, bytes: _ } = download;
        let signer = access_key_id.parse().map_err(|_| Unavailable)?;
        let by = (account, &signer);
        self.room.store().record_download(by, &bucket, &key).await.map_err(|error| {
            tracing::error!(%error, "a download could not be recorded");
            Unavailable
        })
    }
}
