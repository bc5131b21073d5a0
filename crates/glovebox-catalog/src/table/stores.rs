//! The object stores of a connection, one for each bucket, each with that connection's
//! credentials and behind the gate.

use std::sync::Arc;
use std::time::Duration;

use glovebox_model::{Credentials, ObjectProtocol, ObjectRoot, Objects};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, Checksum};
use object_store::azure::{MicrosoftAzure, MicrosoftAzureBuilder};
use object_store::gcp::{GcpCredential, GoogleCloudStorage, GoogleCloudStorageBuilder};
use object_store::multipart::MultipartStore;
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, RetryConfig, StaticCredentialProvider,
};

use super::storage::Bucket;
use super::{Reach, Unavailable};
use crate::probe::store_address;

/// How faults that pass are met: again, later and later, for half a minute.
fn retry() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        },
        max_retries: 8,
        retry_timeout: Duration::from_secs(30),
    }
}

/// The first root and its bucket.
pub(crate) fn first(
    objects: &Objects,
    reach: &Reach,
) -> Result<(ObjectRoot, Arc<Bucket>), Unavailable> {
    let root = objects.roots.first().ok_or(Unavailable::BadLocation)?;
    Ok((root.clone(), open(objects, &root.bucket, reach)?))
}

/// A bucket of the connection.
pub(crate) fn open(
    objects: &Objects,
    bucket: &str,
    reach: &Reach,
) -> Result<Arc<Bucket>, Unavailable> {
    if !objects.roots.iter().any(|it| it.bucket == bucket) {
        return Err(Unavailable::Outside { path: bucket.to_owned() });
    }
    let store: Arc<dyn ObjectStore> = match objects.protocol {
        ObjectProtocol::S3 => s3(objects, bucket, reach)?,
        ObjectProtocol::Gcs => Arc::new(gcs(objects, bucket, reach)?),
        ObjectProtocol::Azure => Arc::new(azure(objects, bucket, reach)?),
    };
    Ok(Arc::new(Bucket { name: bucket.to_owned(), store }))
}

/// A store that takes objects whole or in parts.
pub(crate) trait ResultsStore: ObjectStore + MultipartStore {}

impl<T: ObjectStore + MultipartStore> ResultsStore for T {}

/// A bucket to write results into: what arrives is compared with a checksum of what was sent.
pub(crate) fn results_store(
    objects: &Objects,
    bucket: &str,
    reach: &Reach,
) -> Result<Arc<dyn ResultsStore>, Unavailable> {
    match objects.protocol {
        ObjectProtocol::S3 => {
            let builder = builder(objects, bucket, reach)?;
            let mut builder = builder.with_checksum_algorithm(Checksum::SHA256);
            if let Some((word, key)) = objects.encryption.as_ref().map(|it| it.words()) {
                let option = |it: &str| it.parse::<AmazonS3ConfigKey>().map_err(unusable);
                builder = builder.with_config(option("aws_server_side_encryption")?, word);
                if let Some(key) = key {
                    builder = builder.with_config(option("aws_sse_kms_key_id")?, key);
                }
            }
            Ok(Arc::new(builder.build().map_err(unusable)?))
        }
        ObjectProtocol::Gcs => Ok(Arc::new(gcs(objects, bucket, reach)?)),
        ObjectProtocol::Azure => Ok(Arc::new(azure(objects, bucket, reach)?)),
    }
}

/// The gate decides about TLS and addresses; the builder's own options would only get in its way.
fn options() -> ClientOptions {
    ClientOptions::new().with_allow_http(true)
}

fn unusable<E>(_: E) -> Unavailable {
    Unavailable::Unusable("the object store cannot be addressed: look at region and endpoint")
}

fn s3(objects: &Objects, bucket: &str, reach: &Reach) -> Result<Arc<dyn ObjectStore>, Unavailable> {
    Ok(Arc::new(builder(objects, bucket, reach)?.build().map_err(unusable)?))
}

fn builder(objects: &Objects, bucket: &str, reach: &Reach) -> Result<AmazonS3Builder, Unavailable> {
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(&objects.region)
        .with_retry(retry())
        .with_client_options(options())
        .with_http_connector(reach.egress.clone());
    if let Some(endpoint) = &objects.endpoint {
        builder = builder.with_endpoint(endpoint).with_virtual_hosted_style_request(false);
    }
    match reach.credentials.current() {
        Credentials::Anonymous => Ok(builder.with_skip_signature(true)),
        Credentials::Keys { .. } => {
            Ok(builder.with_credentials(Arc::new(reach.credentials.clone())))
        }
        _ => Err(Unavailable::NoConnector("these credentials")),
    }
}

fn gcs(objects: &Objects, bucket: &str, reach: &Reach) -> Result<GoogleCloudStorage, Unavailable> {
    // The address is always said: the key of a service account may name another one, which would
    // be no address of the connection.
    let builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(bucket)
        .with_base_url(store_address(objects).trim_end_matches('/'))
        .with_retry(retry())
        .with_client_options(options())
        .with_http_connector(reach.egress.clone());
    let built = match reach.credentials.current() {
        Credentials::Anonymous => {
            // Nobody's credentials are credentials, too: without any, the library looks for those
            // of the operator's machine, and shows them when it writes.
            let nobody = GcpCredential { bearer: String::new() };
            let nobody = Arc::new(StaticCredentialProvider::new(nobody));
            let builder = builder.with_credentials(nobody).with_skip_signature(true);
            builder.build().map_err(unusable)?
        }
        Credentials::Token(account) => {
            let builder = builder.with_service_account_key(account.reveal());
            builder.build().map_err(|_| Unavailable::Unusable(NO_ACCOUNT))?
        }
        _ => return Err(Unavailable::NoConnector("these credentials")),
    };
    Ok(built)
}

/// A token of the wrong kind.
const NO_ACCOUNT: &str = "its token is not the JSON of the key of a Google service account";
const NO_KEY: &str = "its token is not the key of an Azure storage account, in Base64";

fn azure(objects: &Objects, bucket: &str, reach: &Reach) -> Result<MicrosoftAzure, Unavailable> {
    let mut builder = MicrosoftAzureBuilder::new()
        .with_account(&objects.region)
        .with_container_name(bucket)
        .with_retry(retry())
        .with_client_options(options())
        .with_http_connector(reach.egress.clone());
    if let Some(endpoint) = &objects.endpoint {
        builder = builder.with_endpoint(endpoint.clone());
    }
    let built = match reach.credentials.current() {
        Credentials::Anonymous => builder.with_skip_signature(true).build().map_err(unusable)?,
        Credentials::Token(key) => {
            let builder = builder.with_access_key(key.reveal());
            builder.build().map_err(|_| Unavailable::Unusable(NO_KEY))?
        }
        _ => return Err(Unavailable::NoConnector("these credentials")),
    };
    Ok(built)
}
