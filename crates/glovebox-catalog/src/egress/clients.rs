//! Clients for HTTP. The one that resolves a name knows which port it is for: what the operator
//! lists with a port is excepted on that port alone.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Client;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::listed::Listed;
use super::public::is_public;
use super::{Barred, CONNECT, NoEgress};

/// Without a byte.
const SILENCE: Duration = Duration::from_secs(30);

/// One client for each port that the operator lists, one for all others.
pub(super) struct Clients {
    listed: Arc<[Listed]>,
    authorities: Vec<u8>,
    others: Client,
    /// Made when first needed: each reads the system's roots of trust.
    ports: BTreeMap<u16, OnceLock<Client>>,
}

impl Clients {
    pub(super) fn new(listed: Arc<[Listed]>, authorities: &[u8]) -> Result<Self, NoEgress> {
        let others = client(&listed, authorities, None).map_err(NoEgress::Client)?;
        let ports = listed.iter().filter_map(Listed::port).map(|it| (it, OnceLock::new()));
        let ports = ports.collect();
        Ok(Self { listed, authorities: authorities.to_vec(), others, ports })
    }

    /// The client for a port.
    pub(super) fn of(&self, port: u16) -> &Client {
        let Some(cell) = self.ports.get(&port) else { return &self.others };
        cell.get_or_init(|| {
            let made = client(&self.listed, &self.authorities, Some(port));
            // The other one excepts less.
            made.unwrap_or_else(|_| self.others.clone())
        })
    }
}

fn client(
    listed: &Arc<[Listed]>,
    authorities: &[u8],
    port: Option<u16>,
) -> Result<Client, reqwest::Error> {
    let mut builder = Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .dns_resolver(Arc::new(Checked { listed: Arc::clone(listed), port }));
    for authority in reqwest::Certificate::from_pem_bundle(authorities)? {
        builder = builder.add_root_certificate(authority);
    }
    builder.build()
}

/// Resolves names and drops the addresses that may not be reached.
struct Checked {
    listed: Arc<[Listed]>,
    /// The port that will be reached; `None` for one that is not listed.
    port: Option<u16>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (listed, port) = (Arc::clone(&self.listed), self.port);
        Box::pin(async move {
            let host = name.as_str();
            let unreached = || Box::new(Barred::Unreached(host.into()));
            // A member shall not learn which names the house's own resolver knows.
            let Ok(found) = tokio::net::lookup_host((host, 0)).await else {
                return Err(unreached().into());
            };
            let named = listed.iter().any(|it| it.has_host(host, port));
            let is_listed =
                |it: &SocketAddr| named || listed.iter().any(|one| one.has_address(it.ip(), port));
            let allowed: Vec<SocketAddr> =
                found.filter(|it| is_public(it.ip()) || is_listed(it)).collect();
            if allowed.is_empty() {
                return Err(unreached().into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
