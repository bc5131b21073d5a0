//! The one gate to the outside: every address that a member gives, or that is found in a member's
//! metadata, is reached through it or not at all.
//!
//! TLS only, no redirects, no proxies, and no address of the house's own networks: what the
//! operator lists is excepted. A name is resolved once for each connection that is made, and the
//! address that was checked is the one that is used.

mod trust;

use std::error::Error;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpService,
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use trust::Trust;

/// An address or network of the operator's, `host[:port]` or `address[/bits][:port]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    target: Target,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Host(String),
    Network(IpAddr, u8),
}

/// The text is no address that an operator can list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("write host, address or address/bits, each with :port behind if only one is meant")]
pub struct BadListed;

impl FromStr for Listed {
    type Err = BadListed;

    fn from_str(text: &str) -> Result<Self, BadListed> {
        if let Ok(address) = text.parse::<SocketAddr>() {
            return Ok(Self { target: alone(address.ip()), port: Some(address.port()) });
        }
        let (target, port) = match text.rsplit_once(':') {
            Some((target, port)) if !target.contains(':') || target.ends_with(']') => {
                (target, Some(port.parse().map_err(|_| BadListed)?))
            }
            _ => (text, None),
        };
        let target = target.trim_start_matches('[').trim_end_matches(']');
        let target = match target.split_once('/') {
            Some((address, bits)) => {
                let address: IpAddr = address.parse().map_err(|_| BadListed)?;
                let bits: u8 = bits.parse().map_err(|_| BadListed)?;
                if bits > width(address) {
                    return Err(BadListed);
                }
                Target::Network(address, bits)
            }
            None => match target.parse() {
                Ok(address) => alone(address),
                Err(_) => Target::Host(host(target)?),
            },
        };
        Ok(Self { target, port })
    }
}

fn alone(address: IpAddr) -> Target {
    Target::Network(address, width(address))
}

fn width(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn host(text: &str) -> Result<String, BadListed> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    if text.is_empty() || !text.chars().all(legal) {
        return Err(BadListed);
    }
    Ok(text.to_ascii_lowercase())
}

impl Listed {
    fn has_host(&self, host: &str, port: u16) -> bool {
        let same = matches!(&self.target, Target::Host(it) if it.eq_ignore_ascii_case(host));
        same && self.port.is_none_or(|it| it == port)
    }

    fn has_address(&self, address: IpAddr, port: Option<u16>) -> bool {
        let within = match (&self.target, address) {
            (Target::Network(IpAddr::V4(network), bits), IpAddr::V4(it)) => {
                let shift = 32 - u32::from(*bits);
                network.to_bits().checked_shr(shift) == it.to_bits().checked_shr(shift)
            }
            (Target::Network(IpAddr::V6(network), bits), IpAddr::V6(it)) => {
                let shift = 128 - u32::from(*bits);
                network.to_bits().checked_shr(shift) == it.to_bits().checked_shr(shift)
            }
            _ => false,
        };
        within && (self.port.is_none() || port.is_none() || self.port == port)
    }
}

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
    /// There is no such host.
    #[error("there is no host `{0}`")]
    Unknown(String),
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
    client: reqwest::Client,
    trust: Arc<Trust>,
}

/// Until a connection stands.
pub(crate) const CONNECT: Duration = Duration::from_secs(5);
/// Without a byte.
const SILENCE: Duration = Duration::from_secs(30);

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
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .dns_resolver(Arc::new(Checked(Arc::clone(&listed))));
        for authority in
            reqwest::Certificate::from_pem_bundle(authorities).map_err(NoEgress::Client)?
        {
            builder = builder.add_root_certificate(authority);
        }
        let client = builder.build().map_err(NoEgress::Client)?;
        Ok(Self { listed, client, trust: Arc::new(Trust::new(authorities)) })
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
            url::Host::Domain(name) => (self.listed.iter().any(|it| it.has_host(name, port)), true),
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
        let found = tokio::net::lookup_host((host, port)).await;
        let found: Vec<SocketAddr> = found.map_err(|_| Barred::Unknown(host.into()))?.collect();
        if found.is_empty() {
            return Err(Barred::Unknown(host.into()));
        }
        let named = self.listed.iter().any(|it| it.has_host(host, port));
        let is_listed = |it: &SocketAddr| named || self.address(it.ip(), port).0;
        let is_allowed = |it: &SocketAddr| is_listed(it) || is_public(it.ip());
        let allowed: Vec<SocketAddr> = found.into_iter().filter(is_allowed).collect();
        if allowed.is_empty() {
            return Err(Barred::Address(host.into()));
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

    /// A client for HTTP. Whoever uses it calls [`Egress::check`] for every address first.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }
}

impl fmt::Debug for Egress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Egress").field("listed", &self.listed).finish_non_exhaustive()
    }
}

/// Whether an address is one of the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => match it.to_ipv4_mapped().or_else(|| embedded(it)) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(it),
        },
    }
}

fn is_public_v4(it: Ipv4Addr) -> bool {
    let [a, b, c, _] = it.octets();
    let is_special = matches!(
        (a, b, c),
        // This network, shared by carriers, protocol assignments, benchmarks, 6to4 relays,
        // reserved.
        (0, ..)
            | (100, 64..=127, _)
            | (192, 0, 0)
            | (198, 18 | 19, _)
            | (192, 88, 99)
            | (240.., ..)
    );
    !(is_special
        || it.is_loopback()
        || it.is_private()
        || it.is_link_local()
        || it.is_multicast()
        || it.is_documentation()
        || it.is_broadcast())
}

fn is_public_v6(it: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; of it, 2001:db8::/32 is for documentation.
    let [first, second, ..] = it.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && second == 0x0db8)
}

/// The IPv4 address within one of NAT64 or 6to4.
fn embedded(it: Ipv6Addr) -> Option<Ipv4Addr> {
    match it.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

/// Resolves names and drops the addresses that may not be reached.
struct Checked(Arc<[Listed]>);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let listed = Arc::clone(&self.0);
        Box::pin(async move {
            let host = name.as_str();
            let found = tokio::net::lookup_host((host, 0)).await?;
            // The port is not known here: `check` has compared it for hosts that are listed.
            let named = listed.iter().any(|it| matches!(&it.target, Target::Host(h) if h == host));
            let is_allowed = |it: &SocketAddr| {
                named
                    || is_public(it.ip())
                    || listed.iter().any(|listed| listed.has_address(it.ip(), None))
            };
            let allowed: Vec<SocketAddr> = found.filter(is_allowed).collect();
            if allowed.is_empty() {
                return Err(Box::new(Barred::Address(host.into())).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[async_trait]
impl HttpService for Egress {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let barred = |it: Barred| HttpError::new(HttpErrorKind::Request, it);
        let address = url::Url::parse(&request.uri().to_string());
        let address = address.map_err(|_| barred(Barred::NotAnAddress))?;
        self.check(&address).map_err(barred)?;
        self.client.call(request).await
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
        assert_eq!(check(&[], "https://8.8.8.8"), Ok(()));
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

    #[tokio::test]
    async fn a_name_for_an_own_address_is_barred_when_it_is_resolved() {
        let egress = Egress::new(Vec::new(), b"").unwrap();
        let answer = egress.client().get("https://localhost:1/").send().await.unwrap_err();
        assert!(format!("{answer:?}").contains("Address"), "{answer:?}");
        let barred = egress.resolve("localhost", 5432, true).await;
        assert_eq!(barred, Err(Barred::Address("localhost".into())));
        let egress = Egress::new(vec!["localhost:5432".parse().unwrap()], b"").unwrap();
        assert!(egress.resolve("localhost", 5432, false).await.is_ok());
        assert!(egress.resolve("localhost", 5433, false).await.is_err());
    }
}
