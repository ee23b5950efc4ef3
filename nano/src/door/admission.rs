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
    /// Connections of one address.
    pub(crate) sessions_per_address: usize,
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
    addresses: HashMap<IpAddr, Held>,
    /// Connections that are being turned away; no other number counts them.
    turned_away: usize,
}

/// The connections of one address.
#[derive(Debug, Default)]
struct Held {
    sessions: usize,
    handshakes: usize,
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
                counts.locate(address);
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
pub(crate) fn holder(address: IpAddr) -> IpAddr {
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
            counts.locate(address);
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

    /// Counts a session towards the address over which its client is back, whatever the limits are: it has a place.
    pub(crate) fn moved(&mut self, peer: Option<SocketAddr>) {
        let address = peer.map(|peer| holder(peer.ip()));
        if address != self.address {
            let mut counts = self.admission.counts();
            counts.leave(self.address);
            if let Some(address) = address {
                counts.addresses.entry(address).or_default().sessions += 1;
            }
            self.address = address;
        }
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
        let held = self.addresses.get(&address?)?;
        if held.sessions >= limits.sessions_per_address {
            return Some(("too many clients of one address", limits.sessions_per_address));
        }
        let limit = limits.handshakes_per_address;
        let reason = "too many clients of one address are in the handshake";
        (held.handshakes >= limit).then_some((reason, limit))
    }

    /// Counts a connection in the handshake towards its address.
    fn locate(&mut self, address: Option<IpAddr>) {
        if let Some(address) = address {
            let held = self.addresses.entry(address).or_default();
            held.sessions += 1;
            held.handshakes += 1;
        }
    }

    fn end_handshake(&mut self, address: Option<IpAddr>) {
        self.handshakes -= 1;
        if let Some(held) = address.and_then(|address| self.addresses.get_mut(&address)) {
            held.handshakes -= 1;
        }
    }

    fn end(&mut self, address: Option<IpAddr>) {
        self.sessions -= 1;
        self.leave(address);
    }

    fn leave(&mut self, address: Option<IpAddr>) {
        let Some(address) = address else { return };
        if let Some(held) = self.addresses.get_mut(&address) {
            held.sessions -= 1;
            if held.sessions == 0 {
                self.addresses.remove(&address);
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
            Stage::Opening | Stage::Open => counts.end(self.address),
        }
    }
}

#[cfg(test)]
mod tests;
