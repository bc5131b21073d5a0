//! The S3 door: an account's own buckets, spoken to as S3.
//!
//! Bytes stream through, a chunk at a time. What S3 has and a folder of plain files cannot keep
//! (versions, tags, user metadata, encryption by the store, foreign grants) is refused by name,
//! never ignored.

mod body;
mod condition;
mod drain;
mod error;
mod gate;
mod house;
mod listing;
mod multipart;
mod operations;
mod read;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::extract::Request;
use axum::response::Response;
use glovebox_catalog::{AccountFolders, Buckets};
use glovebox_model::AccountId;
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{S3Request, S3Result, s3_error};

pub use gate::is_signature_v2;
pub use house::{Download, S3House, S3Key, Unavailable};

use error::blocking;
use house::{Caller, Check, Keys};

/// The largest XML document taken in, bytes: a thousand keys to delete fit many times.
const MAX_XML: usize = 4 << 20;

/// The S3 door. Clones share everything.
#[derive(Debug, Clone)]
pub struct S3Door {
    service: S3Service,
}

impl S3Door {
    /// A door to the buckets under `folders`, for the keys that `house` knows; `region` is what
    /// buckets say of themselves.
    pub fn new(house: Arc<dyn S3House>, folders: AccountFolders, region: &str) -> Self {
        let door = Door { house: Arc::clone(&house), folders, region: region.to_owned() };
        let mut builder = S3ServiceBuilder::new(door);
        builder.set_auth(Keys(Arc::clone(&house)));
        builder.set_access(Check(house));
        let mut config = S3Config::default();
        config.xml_max_body_size = MAX_XML;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Self { service: builder.build() }
    }

    /// Answers one request whose credential scope names `s3`, or that [`is_signature_v2`].
    pub async fn answer(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let waits = drain::waits(&parts);
        let (body, rest) = drain::shared(body);
        let answered = match gate::check(&parts) {
            Ok(()) => {
                let body = s3s::Body::http_body_unsync(body);
                let request = axum::http::Request::from_parts(parts, body);
                self.service.call(request).await.map_err(|_| s3_error!(InternalError))
            }
            Err(refusal) => Err(refusal),
        };
        let refused = answered.as_ref().map_or(true, |it| it.status().as_u16() >= 400);
        if refused && !waits {
            rest.drain().await;
        }
        let answered = match answered {
            Ok(response) => Ok(response),
            Err(error) => error.to_http_response(),
        };
        match answered {
            Ok(response) => response.map(axum::body::Body::new),
            Err(_) => {
                let mut response = Response::default();
                *response.status_mut() = axum::http::StatusCode::INTERNAL_SERVER_ERROR;
                response
            }
        }
    }
}

/// What the operations work on.
#[derive(Debug)]
pub(crate) struct Door {
    house: Arc<dyn S3House>,
    folders: AccountFolders,
    region: String,
}

impl Door {
    /// Who asks: put into the request by [`Check`], after the signature was verified.
    fn caller<T>(request: &S3Request<T>) -> S3Result<Caller> {
        request.extensions.get::<Caller>().cloned().ok_or_else(|| s3_error!(AccessDenied))
    }

    /// The caller's buckets; `owner` is whom the request expects to own them.
    async fn buckets<T>(
        &self,
        request: &S3Request<T>,
        owner: Option<&String>,
    ) -> S3Result<Buckets> {
        let account = Self::caller(request)?.account;
        if owner.is_some_and(|it| it != account.as_str()) {
            return Err(s3_error!(AccessDenied));
        }
        self.buckets_of(account).await
    }

    async fn buckets_of(&self, account: AccountId) -> S3Result<Buckets> {
        let folders = self.folders.clone();
        blocking(move || folders.buckets(&account)).await
    }
}
