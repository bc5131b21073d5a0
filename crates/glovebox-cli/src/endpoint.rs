//! The arguments that name a server, and what a command finds around itself.

use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Args;
use glovebox_model::Clock;

use crate::{Client, Credentials, Environment};

/// What a command finds around itself.
#[derive(Clone)]
pub struct Surroundings {
    /// The process's variables.
    pub environment: Environment,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Surroundings")
    }
}

impl Surroundings {
    /// A client of a server. `AWS_CA_BUNDLE` names certificates to trust.
    pub(crate) fn client(&self, endpoint: &str, credentials: Credentials) -> Result<Client> {
        let bundle = match self.environment.get("AWS_CA_BUNDLE") {
            Some(path) => Some(std::fs::read(path).with_context(|| path.to_owned())?),
            None => None,
        };
        Client::new(endpoint, credentials, Arc::clone(&self.clock), bundle.as_deref())
    }
}

/// Which server to speak to, and as whom.
#[derive(Debug, Clone, Args)]
pub struct Endpoint {
    /// The server
    #[arg(long, value_name = "URL", env = "GLOVEBOX_ENDPOINT_URL", hide_env_values = true)]
    pub endpoint_url: Option<String>,
    /// A profile of ~/.aws/credentials instead of AWS_* variables
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
}

impl Endpoint {
    /// A client of the named server; without one of `AWS_ENDPOINT_URL`, else of the address
    /// where `glovebox serve` listens by default.
    pub fn client(&self, surroundings: &Surroundings) -> Result<Client> {
        let environment = &surroundings.environment;
        let endpoint = self
            .endpoint_url
            .as_deref()
            .or_else(|| environment.get("AWS_ENDPOINT_URL"))
            .unwrap_or("http://127.0.0.1:8930");
        let credentials = Credentials::find(environment, self.profile.as_deref())?;
        surroundings.client(endpoint, credentials)
    }
}
