//! Admission: bounds on all connections, and on those whose upgrade or handshake is not complete.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::log::{Log, limited};
use crate::session::CloseReason;

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

/// The most connections that are kept only to be told that there is no room for them.
const TURNED_AWAY: usize = 256;

/// The time after which a client that meets a draining app may come back: load balancers know of it by then.
const DRAIN_RETURN: Duration = Duration::from_secs(1);

/// Counts the connections of an app.
#[derive(Debug)]
pub(crate) struct Admission {
    limits: AdmissionLimits,
    counts: Mutex<Counts>,
    /// Whoever comes from now on is turned away.
    draining: AtomicBool,
    log: Arc<Log>,
}

#[derive(Debug, Default)]
struct Counts {
    sessions: usize,
    handshakes: usize,
    handshakes_of: HashMap<IpAddr, usize>,
    /// Connections that are being turned away; no other number counts them.
    turned_away: usize,
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
    /// There is no room for it: it is only told so.
    TurnedAway,
}

impl Admission {
    pub(crate) fn new(limits: AdmissionLimits, log: Arc<Log>) -> Self {
        Self { limits, counts: Mutex::default(), draining: AtomicBool::new(false), log }
    }

    /// Turns away whoever has not completed the handshake, and whoever comes.
    pub(super) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a connection in, if only to [turn it away](Admitted::refusal); `None` when there is no room for
    /// that either.
    pub(crate) fn admit(self: &Arc<Self>, peer: Option<SocketAddr>) -> Option<Admitted> {
        let address = peer.map(|peer| holder(peer.ip()));
        let limits = &self.limits;
        let mut counts = self.counts();
        let reached = if counts.sessions >= limits.sessions {
            Some(("the app is full", limits.sessions))
        } else if counts.handshakes >= limits.handshakes {
            Some(("too many clients are in the handshake", limits.handshakes))
        } else {
            counts.reached_by(address, limits)
        };
        let stage = match reached.is_some() || self.is_draining() {
            true if counts.turned_away >= TURNED_AWAY => None,
            true => {
                counts.turned_away += 1;
                Some(Stage::TurnedAway)
            }
            false => {
                counts.sessions += 1;
                counts.handshakes += 1;
                counts.begin_handshake(address);
                Some(Stage::Opening)
            }
        };
        drop(counts);
        self.note(reached, peer);
        Some(Admitted { admission: self.clone(), address, stage: stage? })
    }

    /// Logs that a limit was reached, if one was.
    fn note(&self, reached: Option<(&str, usize)>, peer: Option<SocketAddr>) {
        if let Some((reason, limit)) = reached {
            limited!(self.log, ConnectionRefused, reason, limit, ?peer);
        }
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
    /// Returns the reason for which there is no place for the connection, if so: its client is to be told.
    pub(crate) fn refusal(&self) -> Option<CloseReason> {
        if self.admission.is_draining() {
            return Some(CloseReason::Drain { reconnect_in: DRAIN_RETURN });
        }
        (self.stage == Stage::TurnedAway).then_some(CloseReason::Full)
    }

    /// Notes the address of a connection that came through a proxy. Returns `false` when that has no room, not even
    /// to be turned away.
    pub(super) fn locate(&mut self, peer: Option<SocketAddr>) -> bool {
        let Some(peer) = peer.filter(|_| self.stage == Stage::Opening && self.address.is_none())
        else {
            return true;
        };
        let address = Some(holder(peer.ip()));
        let mut counts = self.admission.counts();
        let reached = counts.reached_by(address, &self.admission.limits);
        let is_told = counts.turned_away < TURNED_AWAY;
        if reached.is_none() {
            counts.begin_handshake(address);
            self.address = address;
        } else if is_told {
            counts.turned_away += 1;
            counts.sessions -= 1;
            counts.handshakes -= 1;
            self.stage = Stage::TurnedAway;
        }
        drop(counts);
        self.admission.note(reached, Some(peer));
        reached.is_none() || is_told
    }

    /// Counts another connection, which takes the place of this one: it is let in whatever the limits are.
    pub(crate) fn again(&self) -> Self {
        self.admission.counts().sessions += 1;
        Self { admission: self.admission.clone(), address: None, stage: Stage::Open }
    }

    /// Notes that the handshake is complete.
    pub(crate) fn opened(&mut self) {
        if self.stage == Stage::Opening {
            self.stage = Stage::Open;
            self.admission.counts().end_handshake(self.address);
        }
    }
}

impl Counts {
    /// Returns the limit that one address has reached.
    fn reached_by(
        &self,
        address: Option<IpAddr>,
        limits: &AdmissionLimits,
    ) -> Option<(&'static str, usize)> {
        let limit = limits.handshakes_per_address;
        let count = self.handshakes_of.get(&address?)?;
        (*count >= limit).then_some(("too many clients of one address are in the handshake", limit))
    }

    fn begin_handshake(&mut self, address: Option<IpAddr>) {
        if let Some(address) = address {
            *self.handshakes_of.entry(address).or_default() += 1;
        }
    }

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
        let mut counts = self.admission.counts();
        match self.stage {
            Stage::TurnedAway => counts.turned_away -= 1,
            Stage::Opening | Stage::Open => counts.sessions -= 1,
        }
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

    /// Returns `true` if there is no room, although the client may be told so.
    fn is_refused(admission: &Arc<Admission>, peer: Option<SocketAddr>) -> bool {
        admission.admit(peer).is_none_or(|admitted| admitted.refusal().is_some())
    }

    fn peer(text: &str) -> Option<SocketAddr> {
        Some(text.parse().expect("an address"))
    }

    #[tokio::test]
    async fn connections_count_until_they_end_and_handshakes_until_they_are_complete() {
        let admission = admission(2, 1, 9);
        let mut first = admission.admit(None).expect("there is room");
        assert!(is_refused(&admission, None), "one is in the handshake");
        first.opened();
        first.opened();
        let second = admission.admit(None).expect("there is room again");
        drop(second);
        let mut second = admission.admit(None).expect("one that went is not counted");
        second.opened();
        assert!(is_refused(&admission, None), "the app is full");
        drop(first);
        assert!(!is_refused(&admission, None));
    }

    #[tokio::test]
    async fn one_address_leaves_room_for_others() {
        let admission = admission(9, 9, 2);
        let one = admission.admit(peer("10.0.0.1:1")).expect("there is room");
        let mapped = admission.admit(peer("[::ffff:10.0.0.1]:2")).expect("there is room");
        assert!(is_refused(&admission, peer("10.0.0.1:3")));
        assert!(!is_refused(&admission, peer("10.0.0.2:1")));
        assert!(!is_refused(&admission, None), "without an address only the sum counts");
        drop((one, mapped));
        assert!(!is_refused(&admission, peer("10.0.0.1:4")));
        assert!(admission.counts().handshakes_of.is_empty(), "nothing is kept of who went");
    }

    #[tokio::test]
    async fn those_who_are_turned_away_take_no_place_and_are_not_too_many() {
        let admission = admission(1, 1, 9);
        let first = admission.admit(None).expect("there is room");
        let turned_away: Vec<_> = (0..TURNED_AWAY).map_while(|_| admission.admit(None)).collect();
        assert_eq!(turned_away.len(), TURNED_AWAY);
        assert!(turned_away.iter().all(|admitted| admitted.refusal() == Some(CloseReason::Full)));
        assert!(admission.admit(None).is_none(), "nobody is told any more");
        drop(first);
        assert!(!is_refused(&admission, None), "the place of the first");
        drop(turned_away);
        let counts = admission.counts();
        assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
    }

    #[tokio::test]
    async fn a_draining_app_has_no_place_for_those_who_are_not_in() {
        let admission = admission(9, 9, 9);
        let early = admission.admit(None).expect("there is room");
        admission.drain();
        let drain = Some(CloseReason::Drain { reconnect_in: DRAIN_RETURN });
        assert_eq!(early.refusal(), drain);
        let late = admission.admit(None).expect("it is told");
        assert_eq!((late.refusal(), late.stage), (drain, Stage::TurnedAway));
    }

    /// The address that counts is the one that the proxy names.
    #[tokio::test]
    async fn an_address_may_be_known_later() {
        let admission = admission(9, 9, 1);
        let admit = || admission.admit(None).expect("there is room");
        let (mut first, mut second, mut third) = (admit(), admit(), admit());
        assert!(first.locate(peer("10.0.0.1:1")) && first.refusal().is_none());
        assert!(second.locate(peer("10.0.0.1:2")) && second.refusal().is_some());
        assert!(third.locate(peer("10.0.0.2:1")) && third.refusal().is_none());
        third.opened();
        assert!(is_refused(&admission, peer("10.0.0.1:3")));
        assert!(!is_refused(&admission, peer("10.0.0.2:3")), "the third is in");
        drop(first);
        assert!(!is_refused(&admission, peer("10.0.0.1:3")));
        drop((second, third));
        let counts = admission.counts();
        assert_eq!((counts.sessions, counts.handshakes, counts.turned_away), (0, 0, 0));
        assert!(counts.handshakes_of.is_empty());
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
            assert_eq!(!is_refused(&admission, peer(second)), is_admitted, "{first} {second}");
        }
    }
}
