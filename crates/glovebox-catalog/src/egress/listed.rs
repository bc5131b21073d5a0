//! What the operator lists: the addresses that members may reach beside those of the public internet.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

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
    /// The one port that is meant, if only one is.
    pub(super) fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether it means this host on this port; `None` is a port that nothing lists.
    pub(super) fn has_host(&self, host: &str, port: Option<u16>) -> bool {
        let same = matches!(&self.target, Target::Host(it) if it.eq_ignore_ascii_case(host));
        same && self.has_port(port)
    }

    /// Whether it means this address on this port; `None` is a port that nothing lists.
    pub(super) fn has_address(&self, address: IpAddr, port: Option<u16>) -> bool {
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
        within && self.has_port(port)
    }

    fn has_port(&self, port: Option<u16>) -> bool {
        self.port.is_none() || self.port == port
    }
}
