//! Credentials that may be exchanged for newer ones while a query runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use glovebox_model::Credentials;
use object_store::CredentialProvider;
use object_store::aws::AwsCredential;

/// What a connection proves itself with, now. Clones are one.
#[derive(Clone)]
pub struct Held(Arc<RwLock<Credentials>>);

impl Held {
    /// Holds credentials.
    pub fn new(credentials: Credentials) -> Self {
        Self(Arc::new(RwLock::new(credentials)))
    }

    /// What is held now.
    pub fn current(&self) -> Credentials {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on others are used.
    pub fn replace(&self, credentials: Credentials) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = credentials;
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Held(…)")
    }
}

/// For object stores: asked at every request.
#[async_trait]
impl CredentialProvider for Held {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        match self.current() {
            Credentials::Keys { access_key_id, secret_access_key, session_token } => {
                Ok(Arc::new(AwsCredential {
                    key_id: access_key_id,
                    secret_key: secret_access_key.reveal().to_owned(),
                    token: session_token.map(|it| it.reveal().to_owned()),
                }))
            }
            _ => Err(object_store::Error::NotImplemented {
                operation: "credentials".into(),
                implementer: "without keys".into(),
            }),
        }
    }
}

/// For AWS's clients, which keep no identity: asked at every request, too.
impl ProvideCredentials for Held {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match self.current() {
            Credentials::Keys { access_key_id, secret_access_key, session_token } => {
                Ok(aws_credential_types::Credentials::new(
                    access_key_id,
                    secret_access_key.reveal(),
                    session_token.map(|it| it.reveal().to_owned()),
                    None,
                    "connection",
                ))
            }
            _ => Err(CredentialsError::not_loaded("the connection has no keys")),
        })
    }
}
