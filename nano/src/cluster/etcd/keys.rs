//! The keys of a cluster in etcd.

use crate::cluster::claims::{Claim, ClaimKind, Holder};

/// The kinds of names, in keys.
const USERS: &str = "users";
const ROOMS: &str = "rooms";

fn kind_in_keys(kind: ClaimKind) -> &'static str {
    match kind {
        ClaimKind::User => USERS,
        ClaimKind::Room => ROOMS,
    }
}

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
        self.key(format_args!("{}/{name}", kind_in_keys(kind)))
    }

    /// The note that a holder has lost a name.
    pub(super) fn loss(&self, holder: Holder, kind: ClaimKind, name: &str) -> Vec<u8> {
        let (node, id, kind) = (holder.node(), holder.id(), kind_in_keys(kind));
        self.key(format_args!("lost/{node}/{id}/{kind}/{name}"))
    }

    /// The notes for one node: the first key, and the first one behind them.
    pub(super) fn losses(&self, number: u32) -> (Vec<u8>, Vec<u8>) {
        (self.key(format_args!("lost/{number}/")), self.key(format_args!("lost/{number}0")))
    }

    /// The claim that a node has lost, by the key of the note.
    pub(super) fn lost(&self, number: u32, key: &[u8]) -> Option<Claim> {
        let rest = key.strip_prefix(&self.losses(number).0[..])?;
        let mut parts = std::str::from_utf8(rest).ok()?.splitn(3, '/');
        let (id, kind, name) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = match kind {
            USERS => ClaimKind::User,
            ROOMS => ClaimKind::Room,
            _ => return None,
        };
        Some(Claim::new(kind, name, Holder::new(number, id.parse().ok()?)))
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

    #[test]
    fn the_note_of_a_loss_says_whose_it_is() {
        let (keys, holder) = (Keys::of("nano"), Holder::new(12, 34));
        let (first, end) = keys.losses(12);
        for (kind, key) in [
            (ClaimKind::User, "/nano/nano/lost/12/34/users/text:a/b"),
            (ClaimKind::Room, "/nano/nano/lost/12/34/rooms/text:a/b"),
        ] {
            let note = keys.loss(holder, kind, "text:a/b");
            assert_eq!(note, key.as_bytes());
            assert!(first <= note && note < end);
            assert_eq!(keys.lost(12, &note), Some(Claim::new(kind, "text:a/b", holder)));
        }
        let of_another = keys.loss(Holder::new(120, 1), ClaimKind::User, "7");
        assert!(!(first..end).contains(&of_another));
        for wrong in ["lost/12/34/users", "lost/12/x/users/7", "lost/12/34/x/7", "users/7"] {
            assert_eq!(keys.lost(12, &keys.key(wrong)), None, "{wrong}");
        }
    }
}
