//! Admission: bounds on all connections, and on those whose upgrade or handshake is not complete.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::log::{Log, limited};

/// The bounds on connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AdmissionLimits {
    /// Connections in all.
    pub(crate) sessions: usize,
    /// Connections whose upgrade or handshake is not complete.
    pub(crate) handshakes: usize,
    /// Connections of one address whose upgrade or handshake is not complete.
    pub(crate) handshakes_per_address: usize,
}

/// Counts the connections of an app.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: AdmissionLimits,
    counts: Mutex<Counts>,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Counts {
    sessions: usize,
    handshakes: usize,
    handshakes_of: HashMap<IpAddr, usize>,
}

/// A connection that was let in, which counts until this is dropped.
#[derive(Debug)]
pub(crate) struct Admitted {
    admission: Arc<Admission>,
    address: Option<IpAddr>,
    stage: Stage,
}

/// The stage of an admitted connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Opening,
    Open,
}

impl Admission {
    pub(crate) fn new(limits: AdmissionLimits, log: Arc<Log>) -> Self {
        Self { limits, counts: Mutex::default(), log }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in; `None` when there is no room for it.
    pub(crate) fn admit(self: &Arc<Self>, peer: Option<SocketAddr>) -> Option<Admitted> {
        let address = peer.map(|peer| holder(peer.ip()));
        let limits = &self.limits;
        let mut counts = self.counts();
        let of_address = address.and_then(|address| counts.handshakes_of.get(&address));
        let reached = if counts.sessions >= limits.sessions {
            Some(("the app is full", limits.sessions))
        } else if counts.handshakes >= limits.handshakes {
            Some(("too many clients are in the handshake", limits.handshakes))
        } else if of_address.is_some_and(|count| *count >= limits.handshakes_per_address) {
            let limit = limits.handshakes_per_address;
            Some(("too many clients of one address are in the handshake", limit))
        } else {
            None
        };
        if let Some((reason, limit)) = reached {
            drop(counts);
            limited!(self.log, ConnectionRefused, reason, limit, ?peer);
            return None;
        }
        counts.sessions += 1;
        counts.handshakes += 1;
        if let Some(address) = address {
            *counts.handshakes_of.entry(address).or_default() += 1;
        }
        drop(counts);
        Some(Admitted { admission: self.clone(), address, stage: Stage::Opening })
    }
}

/// The address that stands for a peer. One holder of IPv6 addresses has a whole network of them, of 64
/// bits at least.
fn holder(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address => address,
    }
}

impl Admitted {
    /// Notes that the handshake is complete.
    pub(crate) fn opened(&mut self) {
        if std::mem::replace(&mut self.stage, Stage::Open) == Stage::Opening {
            self.admission.counts().end_handshake(self.address);
        }
    }
}

impl Counts {
    fn end_handshake(&mut self, address: Option<IpAddr>) {
        self.handshakes -= 1;
        let Some(address) = address else { return };
        if let Some(count) = self.handshakes_of.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                self.handshakes_of.remove(&address);
            }
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        self.opened();
        self.admission.counts().sessions -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(sessions: usize, handshakes: usize, per_address: usize) -> Arc<Admission> {
        let handshakes_per_address = per_address;
        let limits = AdmissionLimits { sessions, handshakes, handshakes_per_address };
        Arc::new(Admission::new(limits, Arc::default()))
    }

    fn peer(text: &str) -> Option<SocketAddr> {
        Some(text.parse().expect("an address"))
    }

    #[tokio::test]
    async fn connections_count_until_they_end_and_handshakes_until_they_are_complete() {
        let admission = admission(2, 1, 9);
        let mut first = admission.admit(None).expect("there is room");
        assert!(admission.admit(None).is_none(), "one is in the handshake");
        first.opened();
        first.opened();
        let second = admission.admit(None).expect("there is room again");
        drop(second);
        let mut second = admission.admit(None).expect("one that went is not counted");
        second.opened();
        assert!(admission.admit(None).is_none(), "the app is full");
        drop(first);
        assert!(admission.admit(None).is_some());
    }

    #[tokio::test]
    async fn one_address_leaves_room_for_others() {
        let admission = admission(9, 9, 2);
        let one = admission.admit(peer("10.0.0.1:1")).expect("there is room");
        let mapped = admission.admit(peer("[::ffff:10.0.0.1]:2")).expect("there is room");
        assert!(admission.admit(peer("10.0.0.1:3")).is_none());
        assert!(admission.admit(peer("10.0.0.2:1")).is_some());
        assert!(admission.admit(None).is_some(), "without an address only the sum counts");
        drop((one, mapped));
        assert!(admission.admit(peer("10.0.0.1:4")).is_some());
        assert!(admission.counts().handshakes_of.is_empty(), "nothing is kept of who went");
    }

    /// The holder of one IPv6 address has 2^64 of them.
    #[tokio::test]
    async fn a_network_of_ipv6_is_one_address() {
        for (first, second, is_admitted) in [
            ("[2001:db8:0:1::1]:1", "[2001:db8:0:1::1]:2", false),
            ("[2001:db8:0:1::1]:1", "[2001:db8:0:1:ffff:ffff:ffff:ffff]:1", false),
            ("[2001:db8:0:1::1]:1", "[2001:db8:0:2::1]:1", true),
            ("[::1]:1", "[::2]:1", false),
            ("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:1", true),
            ("[::ffff:10.0.0.1]:1", "10.0.0.1:2", false),
            ("10.0.0.1:1", "10.0.0.2:1", true),
        ] {
            let admission = admission(9, 9, 1);
            let _first = admission.admit(peer(first)).expect("there is room");
            assert_eq!(admission.admit(peer(second)).is_some(), is_admitted, "{first} {second}");
        }
    }
}
