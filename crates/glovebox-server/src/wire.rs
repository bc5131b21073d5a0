//! A request as it came over the wire: for the signature, and who may have seen it on its way.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::request::Parts;
use glovebox_aws_api::sigv4::Request;

/// The headers of a request as pairs, in the order of arrival.
pub(crate) struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Headers<'a> {
    pub(crate) fn of(parts: &'a Parts) -> Self {
        Self(parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect())
    }

    /// The parts that a signature covers; path and query string stay raw.
    pub(crate) fn request(&'a self, parts: &'a Parts) -> Request<'a> {
        Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query().unwrap_or_default(),
            headers: &self.0,
        }
    }
}

/// Whether somebody else can have read a request on its way here, and send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Over TLS that ends here, or within this machine from end to end.
    Closed,
    /// Over a network, perhaps through a proxy.
    Open,
}

impl Way {
    /// The way of a request. `Host` is under the signature: where it names this machine itself,
    /// whoever signed spoke to this machine, and no proxy stood between.
    pub(crate) fn of(parts: &Parts, tls: bool) -> Self {
        let within = peer(parts).is_some_and(|it| it.is_loopback()) && names_this_machine(parts);
        if tls || within { Self::Closed } else { Self::Open }
    }
}

/// The address at the other end of the connection.
pub(crate) fn peer(parts: &Parts) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(address)| address.ip().to_canonical())
}

/// Who can choose its address freely within a network counts as one peer.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        address @ IpAddr::V4(_) => address,
        address if address.is_loopback() => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

fn names_this_machine(parts: &Parts) -> bool {
    let mut hosts = parts.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|it| it.to_str().ok()), hosts.next()) else {
        return false;
    };
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|it| it.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn way(peer: &str, hosts: &[&str], tls: bool) -> Way {
        let mut request = Request::builder();
        for host in hosts {
            request = request.header(HOST, *host);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        if let Ok(address) = peer.parse::<SocketAddr>() {
            parts.extensions.insert(ConnectInfo(address));
        }
        Way::of(&parts, tls)
    }

    #[test]
    fn what_stays_in_the_machine_is_closed() {
        for peer in ["127.0.0.1:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            for host in ["localhost", "LocalHost:8930", "127.0.0.1:8930", "[::1]:8930", "[::1]"] {
                assert_eq!(way(peer, &[host], false), Way::Closed, "{peer} {host}");
            }
        }
    }

    #[test]
    fn what_crossed_a_network_or_a_proxy_is_open_unless_tls_ends_here() {
        for (peer, hosts) in [
            ("192.0.2.1:9", &["192.0.2.2:8930"][..]),
            ("192.0.2.1:9", &["localhost:8930"]),
            // A proxy on this machine: whoever signed spoke to another name.
            ("127.0.0.1:9", &["rooms.example"]),
            ("127.0.0.1:9", &["localhost.rooms.example"]),
            ("127.0.0.1:9", &["127.0.0.1.rooms.example:80"]),
            ("127.0.0.1:9", &["localhost", "rooms.example"]),
            ("127.0.0.1:9", &[""]),
            ("127.0.0.1:9", &[]),
            ("unknown", &["localhost"]),
        ] {
            assert_eq!(way(peer, hosts, false), Way::Open, "{peer} {hosts:?}");
            assert_eq!(way(peer, hosts, true), Way::Closed, "{peer} {hosts:?}");
        }
    }
}
