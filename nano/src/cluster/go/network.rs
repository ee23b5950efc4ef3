//! Networks by their addresses, such as `10.0.0.0/8`.

use std::net::IpAddr;

/// A network, or a single address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads an address, or a network with the length of its prefix.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok())?;
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Returns `true` if the address is of the network. An IPv4 address in the form of IPv6 counts as IPv4.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let (own, other, bits) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(own.to_bits()), u128::from(other.to_bits()), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let rest = bits - u32::from(self.prefix);
        own.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_the_addresses_that_begin_as_it_does() {
        for (network, inside, outside) in [
            ("10.0.0.0/8", &["10.1.2.3", "::ffff:10.1.2.3"][..], &["11.0.0.1", "::1"][..]),
            ("192.168.7.0/24", &["192.168.7.255"], &["192.168.8.0"]),
            ("127.0.0.1", &["127.0.0.1"], &["127.0.0.2"]),
            ("0.0.0.0/0", &["8.8.8.8"], &["2001:db8::1"]),
            ("fd00::/8", &["fd12::1"], &["fe80::1", "10.0.0.1"]),
            ("::/0", &["2001:db8::1"], &["10.0.0.1"]),
            ("::1", &["::1"], &["::2"]),
        ] {
            let network = Network::parse(network).expect("a network");
            let contains = |address: &&str| network.contains(address.parse().expect("an address"));
            assert!(inside.iter().all(contains), "{network:?}");
            assert!(!outside.iter().any(contains), "{network:?}");
        }
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "host"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}
