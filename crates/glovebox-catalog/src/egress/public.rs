//! Which addresses are those of the public internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the public internet.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(it) => is_public_v4(it),
        IpAddr::V6(it) => match it.to_ipv4_mapped().or_else(|| embedded(it)) {
            Some(inner) => is_public_v4(inner),
            None => is_public_v6(it),
        },
    }
}

/// Where Azure's machines reach the host that they run on: public by its number only.
const HOST_OF_AZURE: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

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
        || it == HOST_OF_AZURE
        || it.is_loopback()
        || it.is_private()
        || it.is_link_local()
        || it.is_multicast()
        || it.is_documentation()
        || it.is_broadcast())
}

fn is_public_v6(it: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; of it, 2001:db8::/32 is for documentation, and 2001::/32 is
    // Teredo: tunnels to IPv4 addresses, whoever's these are.
    let [first, second, ..] = it.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && matches!(second, 0 | 0x0db8))
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
