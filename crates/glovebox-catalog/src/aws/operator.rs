//! What the operator's machine has: environment, profile, container or instance.
//!
//! It assumes the roles of members, and is itself used only for connections that the operator
//! bound to an account.

use std::fmt;
use std::time::SystemTime;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use glovebox_model::{Credentials, Secret};

use super::Through;
use crate::{Egress, Listed, NoEgress, Unavailable};

/// The operator's own credentials, asked for when they are needed.
#[derive(Clone)]
pub struct Operator(SharedCredentialsProvider);

/// Where machines of AWS ask for their credentials.
const METADATA: [&str; 4] = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254"];

impl Operator {
    /// AWS's default chain on this machine. Nothing is asked yet.
    pub async fn of_machine() -> Result<Self, NoEgress> {
        let listed: Vec<Listed> = METADATA.iter().filter_map(|it| it.parse().ok()).collect();
        // A gate of its own: no member's address ever passes this one.
        let egress = Egress::new(listed, b"")?;
        let config = ProviderConfig::default().with_http_client(Through(egress));
        let chain = DefaultCredentialsChain::builder().configure(config).build().await;
        Ok(Self(SharedCredentialsProvider::new(chain)))
    }

    /// Keys for now, and when they stop working.
    pub async fn keys(&self) -> Result<(Credentials, Option<SystemTime>), Unavailable> {
        let none = Unavailable::Unusable("the operator's machine has no credentials");
        let keys = self.0.provide_credentials().await.map_err(|_| none)?;
        let credentials = Credentials::Keys {
            access_key_id: keys.access_key_id().to_owned(),
            secret_access_key: Secret::new(keys.secret_access_key().to_owned()),
            session_token: keys.session_token().map(|it| Secret::new(it.to_owned())),
        };
        Ok((credentials, keys.expiry()))
    }
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Operator(…)")
    }
}
