//! The keys of a cluster in etcd.

use crate::cluster::claims::ClaimKind;

/// The keys of one cluster.
#[derive(Debug)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn of(cluster: &str) -> Self {
        // A name with a slash must not lead to the keys of another cluster.
        let cluster = cluster.replace('%', "%25").replace('/', "%2F");
        Self { prefix: format!("/nano/{cluster}/") }
    }

    fn key(&self, rest: impl std::fmt::Display) -> Vec<u8> {
        format!("{}{rest}", self.prefix).into_bytes()
    }

    /// The last number that was given.
    pub(super) fn next(&self) -> Vec<u8> {
        self.key("next")
    }

    /// The record of a node.
    pub(super) fn node(&self, number: u32) -> Vec<u8> {
        self.key(format_args!("nodes/{number}"))
    }

    /// The records of all nodes: the first key, and the first one behind them.
    pub(super) fn nodes(&self) -> (Vec<u8>, Vec<u8>) {
        (self.key("nodes/"), self.key("nodes0"))
    }

    /// The number of the node whose record a key has.
    pub(super) fn number(&self, key: &[u8]) -> Option<u32> {
        let rest = key.strip_prefix(&self.key("nodes/")[..])?;
        std::str::from_utf8(rest).ok()?.parse().ok()
    }

    /// The number of the node with this name.
    pub(super) fn name(&self, name: &str) -> Vec<u8> {
        self.key(format_args!("names/{name}"))
    }

    /// The number of the node at this address.
    pub(super) fn address(&self, address: &str) -> Vec<u8> {
        self.key(format_args!("addresses/{address}"))
    }

    /// The holder of a claimed name.
    pub(super) fn claim(&self, kind: ClaimKind, name: &str) -> Vec<u8> {
        let kind = match kind {
            ClaimKind::User => "users",
            ClaimKind::Room => "rooms",
        };
        self.key(format_args!("{kind}/{name}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_clusters_do_not_meet() {
        let keys = Keys::of("nano");
        assert_eq!(keys.node(12), b"/nano/nano/nodes/12");
        assert_eq!(keys.number(&keys.node(12)), Some(12));
        assert_eq!(keys.number(b"/nano/nano/names/12"), None);
        let (first, end) = keys.nodes();
        assert!(first <= keys.node(u32::MAX) && keys.node(u32::MAX) < end && keys.next() < first);
        assert_eq!(Keys::of("nano/nodes").next(), b"/nano/nano%2Fnodes/next");
    }
}
