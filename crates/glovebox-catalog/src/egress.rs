//! The one gate to the outside: every address that a member gives, or that is found in a member's
//! metadata, is reached through it or not at all.
//!
//! TLS only, no redirects, no proxies, and no address of the house's own networks: what the
//! operator lists is excepted. A name is resolved once for each connection that is made, and the
//! address that was checked is the one that is used.

mod capped;
mod clients;
mod listed;
mod public;
mod trust;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpService,
};

use capped::{Asked, capped};
use clients::Clients;
use public::is_public;
use trust::Trust;

pub(crate) use capped::TooLong;
pub use listed::{BadListed, Listed};

/// Why an address is not reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Barred {
    /// It is of a network that is not for members.
    #[error("`{0}` is an address of the house's own networks: only its operator can list it")]
    Address(String),
    /// It is not encrypted.
    #[error("`{0}` would be reached without TLS: only its operator can list it")]
    Plain(String),
    /// It is not the address of a server.
    #[error("this is not an http(s) address of a host, without user and password")]
    NotAnAddress,
    /// A name behind which nothing may be reached. One text, whatever the reason: a member
    /// shall not learn which names there are in the house's own networks.
    #[error(
        "`{0}` is not reached: there is no such host, or it is of the house's own networks; only its operator can list it"
    )]
    Unreached(String),
}

impl Barred {
    /// The gate's answer at the bottom of an error.
    pub(crate) fn behind(error: &(dyn Error + 'static)) -> Option<Self> {
        cause(error).cloned()
    }
}

/// The first error of a type among an error and its causes.
pub(crate) fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |it| Error::source(*it)).find_map(|it| it.downcast_ref())
}

/// The gate. Clones are one.
#[derive(Clone)]
pub struct Egress {
    listed: Arc<[Listed]>,
    clients: Arc<Clients>,
    trust: Arc<Trust>,
}

/// Until a connection stands.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);

/// The gate cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum NoEgress {
    /// No roots of trust, or bad ones.
    #[error("the client for outside storage cannot be made")]
    Client(#[source] reqwest::Error),
    /// What the operator lists is no address.
    #[error(transparent)]
    Listed(#[from] BadListed),
}

impl Egress {
    /// A gate that lets through what the operator listed, and public addresses. `authorities`
    /// are certificates in PEM that are trusted beside those of the system.
    pub fn new(listed: Vec<Listed>, authorities: &[u8]) -> Result<Self, NoEgress> {
        let listed: Arc<[Listed]> = listed.into();
        let clients = Arc::new(Clients::new(Arc::clone(&listed), authorities)?);
        Ok(Self { listed, clients, trust: Arc::new(Trust::new(authorities)) })
    }

    /// Checks an address; what its host resolves to is checked again when it is reached.
    pub fn check(&self, address: &url::Url) -> Result<(), Barred> {
        let shown = || address.host_str().unwrap_or_default().to_owned();
        let is_anonymous = address.username().is_empty() && address.password().is_none();
        let (Some(host), Some(port), true) =
            (address.host(), address.port_or_known_default(), is_anonymous)
        else {
            return Err(Barred::NotAnAddress);
        };
        let (is_listed, is_public) = match host {
            url::Host::Domain(name) => (self.has_host(name, port), true),
            url::Host::Ipv4(it) => self.address(it.into(), port),
            url::Host::Ipv6(it) => self.address(it.into(), port),
        };
        match address.scheme() {
            "https" | "http" if !is_listed && !is_public => Err(Barred::Address(shown())),
            "https" => Ok(()),
            "http" if is_listed => Ok(()),
            "http" => Err(Barred::Plain(shown())),
            _ => Err(Barred::NotAnAddress),
        }
    }

    fn has_host(&self, name: &str, port: u16) -> bool {
        self.listed.iter().any(|it| it.has_host(name, Some(port)))
    }

    fn address(&self, address: IpAddr, port: u16) -> (bool, bool) {
        let is_listed = self.listed.iter().any(|it| it.has_address(address, Some(port)));
        (is_listed, is_public(address))
    }

    /// The addresses of a host that may be reached on a port, for protocols other than HTTP.
    /// Without TLS only what is listed may be.
    pub async fn resolve(
        &self,
        host: &str,
        port: u16,
        tls: bool,
    ) -> Result<Vec<SocketAddr>, Barred> {
        let none = || match host.parse::<IpAddr>() {
            Ok(_) => Barred::Address(host.into()),
            Err(_) => Barred::Unreached(host.into()),
        };
        let found = tokio::net::lookup_host((host, port)).await.map_err(|_| none())?;
        let named = self.has_host(host, port);
        let is_listed = |it: &SocketAddr| named || self.address(it.ip(), port).0;
        let is_allowed = |it: &SocketAddr| is_listed(it) || is_public(it.ip());
        let allowed: Vec<SocketAddr> = found.filter(is_allowed).collect();
        if allowed.is_empty() {
            return Err(none());
        }
        let plain: Vec<SocketAddr> = allowed.iter().copied().filter(is_listed).collect();
        match (tls, plain.is_empty()) {
            (true, _) => Ok(allowed),
            (false, false) => Ok(plain),
            (false, true) => Err(Barred::Plain(host.into())),
        }
    }

    /// How certificates are checked, for protocols other than HTTP; `None` if none is believed.
    pub(crate) fn tls(&self) -> Option<Arc<rustls::ClientConfig>> {
        self.trust.config()
    }

    /// A client for HTTP, for this address and no other.
    pub(crate) fn client(&self, address: &url::Url) -> Result<&reqwest::Client, Barred> {
        self.check(address)?;
        let port = address.port_or_known_default().ok_or(Barred::NotAnAddress)?;
        Ok(self.clients.of(port))
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("listed", &self.listed).finish_non_exhaustive()
    }
}

#[async_trait]
impl HttpService for Egress {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // A kind that is not tried again: the answer would be the same.
        let barred = |it: Barred| HttpError::new(HttpErrorKind::Decode, it);
        let address = url::Url::parse(&request.uri().to_string());
        let address = address.map_err(|_| barred(Barred::NotAnAddress))?;
        let client = self.client(&address).map_err(barred)?;
        let asked = Asked::by(&request);
        capped(asked, client.call(request).await?)
    }
}

/// Object stores reach the outside through the gate.
impl HttpConnector for Egress {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listed: &[&str], address: &str) -> Result<(), Barred> {
        let listed = listed.iter().map(|it| it.parse().unwrap()).collect();
        let egress = Egress::new(listed, b"").unwrap();
        egress.check(&address.parse().unwrap())
    }

    #[test]
    fn addresses_of_our_own_networks_are_barred_unless_listed() {
        for own in [
            "https://127.0.0.1",
            "https://10.0.0.1",
            "https://192.168.1.1",
            "https://169.254.169.254",
            "https://0.0.0.0",
            "https://100.64.0.1",
            "https://[::1]",
            "https://[::ffff:10.0.0.1]",
            "https://[64:ff9b::a00:1]",
            // 6to4 around 10.0.0.1 and 169.254.169.254.
            "https://[2002:a00:1::1]",
            "https://[2002:a9fe:a9fe::]",
            // Azure's host, as it is and within others; Teredo.
            "https://168.63.129.16",
            "https://[::ffff:168.63.129.16]",
            "https://[2002:a83f:8110::1]",
            "https://[2001:0:808:808::1]",
            "https://[2001::1]",
            "https://[fd00::1]",
            "https://[fe80::1]",
            "https://2130706433",
            "https://0x7f.1",
        ] {
            assert!(matches!(check(&[], own), Err(Barred::Address(_))), "{own}");
        }
        assert_eq!(check(&["10.0.0.0/8"], "https://10.9.8.7"), Ok(()));
        assert_eq!(check(&["10.0.0.0/8"], "http://10.9.8.7"), Ok(()));
        assert_eq!(check(&["127.0.0.1:9000"], "http://127.0.0.1:9000/x"), Ok(()));
        let other_port = check(&["127.0.0.1:9000"], "http://127.0.0.1:9001");
        assert_eq!(other_port, Err(Barred::Address("127.0.0.1".into())));
    }

    #[test]
    fn public_addresses_are_reached_with_tls_only_and_by_http_only() {
        assert_eq!(check(&[], "https://s3.us-east-1.amazonaws.com"), Ok(()));
        for public in [
            "https://8.8.8.8",
            "https://168.63.129.17",
            "https://[2001:4860:4860::8888]",
            // 6to4 around 8.8.8.8.
            "https://[2002:808:808::1]",
        ] {
            assert_eq!(check(&[], public), Ok(()), "{public}");
        }
        assert_eq!(check(&[], "http://8.8.8.8"), Err(Barred::Plain("8.8.8.8".into())));
        assert_eq!(check(&[], "http://example.org"), Err(Barred::Plain("example.org".into())));
        assert_eq!(check(&["example.org"], "http://example.org"), Ok(()));
        for bad in ["file:///etc/passwd", "ftp://example.org", "https://u:p@example.org"] {
            assert_eq!(check(&[], bad), Err(Barred::NotAnAddress), "{bad}");
        }
    }

    #[test]
    fn what_an_operator_can_list() {
        for good in
            ["minio", "minio:9000", "10.0.0.0/8", "10.0.0.1:80", "[::1]:80", "::1", "fd00::/8"]
        {
            assert!(good.parse::<Listed>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "10.0.0.0/33", "x:y", "http://x"] {
            assert!(bad.parse::<Listed>().is_err(), "{bad}");
        }
    }

    fn gate(listed: &[&str]) -> Egress {
        Egress::new(listed.iter().map(|it| it.parse().unwrap()).collect(), b"").unwrap()
    }

    /// Why a name was not reached; `None` if its address was tried.
    async fn barred(egress: &Egress, address: &str) -> Option<Barred> {
        let address: url::Url = address.parse().unwrap();
        let answer = egress.client(&address).unwrap().get(address).send().await;
        Barred::behind(&answer.unwrap_err())
    }

    #[tokio::test]
    async fn a_name_for_an_own_address_is_barred_when_it_is_resolved() {
        let egress = gate(&[]);
        let unreached = Barred::Unreached("localhost".into());
        assert_eq!(barred(&egress, "https://localhost:1/").await, Some(unreached.clone()));
        let barred = egress.resolve("localhost", 5432, true).await;
        assert_eq!(barred, Err(unreached));
        let egress = gate(&["localhost:5432"]);
        assert!(egress.resolve("localhost", 5432, false).await.is_ok());
        assert!(egress.resolve("localhost", 5433, false).await.is_err());
    }

    #[tokio::test]
    async fn a_port_that_is_listed_opens_no_other_one_of_a_name() {
        let unreached = Some(Barred::Unreached("localhost".into()));
        for listed in ["localhost:9", "127.0.0.1:9", "127.0.0.0/8:9"] {
            let egress = gate(&[listed, "[::1]:9", "10.0.0.1:1"]);
            assert_eq!(barred(&egress, "https://localhost:9/").await, None, "{listed}");
            for other in ["https://localhost:1/", "https://localhost:2/", "https://localhost/"] {
                assert_eq!(barred(&egress, other).await, unreached, "{listed} {other}");
            }
        }
        for listed in ["localhost", "127.0.0.1"] {
            let egress = gate(&[listed, "10.0.0.1:1"]);
            for any in ["https://localhost:1/", "https://localhost:2/"] {
                assert_eq!(barred(&egress, any).await, None, "{listed} {any}");
            }
        }
    }

    #[tokio::test]
    async fn names_that_there_are_and_names_that_there_are_not_get_one_answer() {
        let (egress, absent) = (gate(&[]), "absent.invalid");
        let unreached = Some(Barred::Unreached(absent.into()));
        assert_eq!(barred(&egress, "https://absent.invalid/").await, unreached);
        assert_eq!(egress.resolve(absent, 5432, true).await.err(), unreached);
        let text = |it: &str| Barred::Unreached(it.into()).to_string().replace(it, "");
        assert_eq!(text("localhost"), text(absent));
    }
}
