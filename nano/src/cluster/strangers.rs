//! The connections whose peers have not shown yet that they are nodes.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::tls::Named;
use crate::door::holder;
use crate::error::shown;

/// The time in which a peer has to show that it is a node.
pub(super) const GREETING: Duration = Duration::from_secs(5);

/// The bytes that are read of it until then, beside those of its TLS handshake.
pub(super) const LARGEST_GREETING: usize = 64 * 1024;

/// The most of them, and the most of one address: all nodes of a large cluster may have this one.
const MOST: usize = 512;
const MOST_OF_ADDRESS: usize = 128;

/// Counts them.
#[derive(Debug, Default)]
pub(super) struct Strangers(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    all: usize,
    addresses: HashMap<IpAddr, usize>,
}

/// One of them, which counts until this is dropped.
#[derive(Debug)]
pub(super) struct Stranger {
    counts: Arc<Mutex<Counts>>,
    address: Option<IpAddr>,
}

impl Strangers {
    /// Counts a connection.
    ///
    /// # Errors
    ///
    /// The limit that is reached.
    pub(super) fn admit(&self, peer: Option<SocketAddr>) -> Result<Stranger, String> {
        let address = peer.map(|peer| holder(peer.ip()));
        let mut counts = lock(&self.0);
        if counts.all >= MOST {
            return Err(format!("{MOST} connections have not shown yet that they are nodes"));
        }
        if let Some(address) = address {
            let of_address = counts.addresses.entry(address).or_default();
            if *of_address >= MOST_OF_ADDRESS {
                return Err(format!(
                    "{MOST_OF_ADDRESS} connections of its address have not shown yet that they are nodes"
                ));
            }
            *of_address += 1;
        }
        counts.all += 1;
        Ok(Stranger { counts: self.0.clone(), address })
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.all -= 1;
        if let Some(address) = self.address
            && let Some(of_address) = counts.addresses.get_mut(&address)
        {
            *of_address -= 1;
            if *of_address == 0 {
                counts.addresses.remove(&address);
            }
        }
    }
}

/// A connection on its way from a stranger's to a node's.
#[derive(Debug)]
pub(super) struct Pass {
    stranger: Mutex<Option<Stranger>>,
    /// The peer has said which node it is, if only to be refused.
    is_introduced: AtomicBool,
    /// Cancelled when it is a node's.
    pub(super) admitted: CancellationToken,
    /// The certificate of the peer, if it has to have the name of its node in it.
    certificate: Option<Named>,
}

impl Pass {
    pub(super) fn new(stranger: Option<Stranger>, certificate: Option<Named>) -> Arc<Self> {
        Arc::new(Self {
            stranger: Mutex::new(stranger),
            is_introduced: AtomicBool::new(false),
            admitted: CancellationToken::new(),
            certificate,
        })
    }

    /// Notes that the peer has said which node it is: what is wrong with it is told of that node.
    pub(super) fn introduce(&self) {
        self.is_introduced.store(true, Ordering::Relaxed);
    }

    pub(super) fn is_introduced(&self) -> bool {
        self.is_introduced.load(Ordering::Relaxed)
    }

    /// Takes the peer for the node of this name, which it has shown to be.
    ///
    /// # Errors
    ///
    /// The fault of its certificate.
    pub(super) fn admit(&self, name: &str) -> Result<(), String> {
        if let Some(certificate) = &self.certificate {
            certificate.check(name).map_err(|fault| {
                let shown = shown(name);
                format!("its certificate is not that of the node `{shown}`: {fault}")
            })?;
        }
        self.admitted.cancel();
        self.stranger.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_takes_no_more_than_its_share() {
        let strangers = Strangers::default();
        let peer = |last: u8, port: usize| {
            let port = u16::try_from(port).expect("a port");
            Some(SocketAddr::from(([192, 0, 2, last], port)))
        };
        let mut held: Vec<_> = (0..MOST_OF_ADDRESS)
            .map(|port| strangers.admit(peer(1, port)).expect("room"))
            .collect();
        let fault = strangers.admit(peer(1, 0)).expect_err("it is full");
        assert!(fault.starts_with("128 connections of its address"), "{fault}");
        for last in 2..=4 {
            held.extend(
                (0..MOST_OF_ADDRESS).map(|port| strangers.admit(peer(last, port)).expect("room")),
            );
        }
        let fault = strangers.admit(peer(5, 0)).expect_err("it is full");
        assert!(fault.starts_with("512 connections"), "{fault}");
        held.remove(0);
        let pass = Pass::new(strangers.admit(peer(5, 0)).ok(), None);
        assert!(strangers.admit(peer(6, 0)).is_err());
        pass.admit("a node").expect("no certificate is asked for");
        assert!(strangers.admit(peer(6, 0)).is_ok(), "a node counts no more");
        held.clear();
        assert!(lock(&strangers.0).addresses.is_empty());
    }
}
