//! What the operator's machine has: environment, profile, container or instance.
//!
//! It assumes the roles of members, and is itself used only for connections that the operator
//! bound to an account.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::provider_config::ProviderConfig;
use aws_credential_types::provider::{ProvideCredentials as _, SharedCredentialsProvider};
use glovebox_model::{Credentials, Secret};
use tokio::sync::OnceCell;

use super::Through;
use crate::{Egress, Listed, NoEgress, Unavailable};

/// The operator's own credentials, looked for when they are first needed: that may ask the machine
/// for its region, and a house whose members assume no role asks nobody. Clones are one.
#[derive(Clone, Default)]
pub struct Operator(Arc<OnceCell<SharedCredentialsProvider>>);

/// Where machines of AWS ask for their credentials.
const METADATA: [&str; 4] = ["169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254"];

impl Operator {
    /// AWS's default chain on this machine.
    async fn chain() -> Result<SharedCredentialsProvider, NoEgress> {
        let listed: Vec<Listed> = METADATA.iter().filter_map(|it| it.parse().ok()).collect();
        // A gate of its own: no member's address ever passes this one.
        let egress = Egress::new(listed, b"")?;
        let config = ProviderConfig::default().with_http_client(Through(egress));
        let chain = DefaultCredentialsChain::builder().configure(config).build().await;
        Ok(SharedCredentialsProvider::new(chain))
    }

    /// Keys for now, and when they stop working.
    pub async fn keys(&self) -> Result<(Credentials, Option<SystemTime>), Unavailable> {
        let none = || Unavailable::Operator("its machine has none");
        let chain = self.0.get_or_try_init(Self::chain).await.map_err(|_| none())?;
        let keys = chain.provide_credentials().await.map_err(|_| none())?;
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
