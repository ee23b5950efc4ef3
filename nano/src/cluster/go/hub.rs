//! The nodes of Go nano, as this node has to do with them.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tonic::Request;
use tonic::metadata::{Ascii, MetadataValue};

use super::members::Members;
use super::pairs::Pairs;
use super::settings::GoNano;
use super::wire::Info;
use crate::cluster::frames::{Farewell, Goodbye, Kind};
use crate::cluster::linked::Link;
use crate::cluster::registry::View;
use crate::session::SessionId;

/// What this node knows of nodes of Go nano.
pub(in crate::cluster) struct Hub {
    pub(super) settings: GoNano,
    pub(super) members: Members,
    /// Those that this node has reached, by their numbers.
    peers: Mutex<BTreeMap<u32, Arc<GoPeer>>>,
    /// Counts up when one of them is reached, or is no more.
    reached: watch::Sender<u64>,
    /// Counts the sessions of Go nano's gates.
    counter: AtomicU64,
    authorization: Option<MetadataValue<Ascii>>,
    /// This node, as a master of Go nano has let it in.
    registered: Mutex<Option<Info>>,
    /// For the messages of other nodes' clients that nodes of Go nano sent on, and that are handled.
    pub(super) relayed: Arc<Semaphore>,
}

/// The messages that nodes of Go nano sent on, and that are handled at a time.
const RELAYED: usize = 16_384;

/// A node of Go nano that this one has reached.
pub(super) struct GoPeer {
    pub(super) number: u32,
    pub(super) address: String,
    pub(super) link: Arc<Link>,
    /// The sessions of its clients.
    pub(super) pairs: Pairs,
    /// Cancelled when it has been told that this node leaves.
    pub(super) left: CancellationToken,
}

impl Hub {
    pub(in crate::cluster) fn new(settings: GoNano) -> Self {
        let authorization = settings.token.as_ref().and_then(|token| {
            // The start of the app has checked its letters.
            let mut value = MetadataValue::try_from(format!("Bearer {token}")).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Self {
            settings,
            members: Members::default(),
            peers: Mutex::default(),
            reached: watch::Sender::default(),
            // Those of an earlier start are not given again.
            counter: AtomicU64::new(RandomState::new().build_hasher().finish()),
            authorization,
            registered: Mutex::default(),
            relayed: Arc::new(Semaphore::new(RELAYED)),
        }
    }

    /// Returns `true` if the master is a node of Go nano: there is no registry that decides anything.
    pub(in crate::cluster) fn has_go_master(&self) -> bool {
        self.settings.master.is_some()
    }

    /// Returns changes of the nodes, of which the first is there at once.
    pub(in crate::cluster) fn changes(&self) -> watch::Receiver<u64> {
        let mut changes = self.members.changes();
        changes.mark_changed();
        changes
    }

    /// Adds the nodes that are known by Go nano's protocol to a view. Behind a master of Go nano, these are all.
    pub(in crate::cluster) fn merged(&self, view: &View) -> View {
        let mut nodes = view.nodes().to_vec();
        for member in self.members.all() {
            let is_new = nodes.iter().all(|node| node.number() != member.number);
            if is_new && member.number > 0 && (member.is_go() || self.has_go_master()) {
                nodes.push(member.node());
            }
        }
        View::new(view.revision(), nodes)
    }

    fn peers(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<GoPeer>>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, peer: Arc<GoPeer>) {
        self.peers().insert(peer.number, peer);
        self.reached.send_modify(|count| *count += 1);
    }

    pub(super) fn remove(&self, peer: &Arc<GoPeer>) {
        self.peers().retain(|_, other| !Arc::ptr_eq(other, peer));
        self.reached.send_modify(|count| *count += 1);
    }

    pub(super) fn peer(&self, number: u32) -> Option<Arc<GoPeer>> {
        self.peers().get(&number).cloned()
    }

    /// Returns the node of Go nano at an address, if it is reached.
    pub(super) fn at(&self, address: &str) -> Option<Arc<GoPeer>> {
        self.peer(self.members.get(address)?.number)
    }

    /// Returns the node that a call with this number was made to, if it is reached.
    pub(super) fn asked(&self, call: u64) -> Option<Arc<GoPeer>> {
        self.peers().values().find(|peer| peer.link.has_call(call)).cloned()
    }

    pub(super) fn all(&self) -> Vec<Arc<GoPeer>> {
        self.peers().values().cloned().collect()
    }

    /// Returns the node of Go nano at an address, as soon as it is reached. It never ends by itself.
    pub(super) async fn reached(&self, address: &str) -> Arc<GoPeer> {
        let (mut changes, mut reached) = (self.members.changes(), self.reached.subscribe());
        loop {
            if let Some(peer) = self.at(address) {
                return peer;
            }
            tokio::select! {
                _ = changes.changed() => {}
                _ = reached.changed() => {}
            }
        }
    }

    /// Closes the sessions of all gates of Go nano: what they know of this node would outlive it.
    pub(in crate::cluster) async fn leave(&self) {
        let peers = self.all();
        for peer in &peers {
            let text = "the node shuts down".to_owned();
            let reason = Farewell::Leaving.into();
            peer.link.queue.put(Kind::Goodbye(Goodbye { text, reason }));
        }
        for peer in &peers {
            peer.left.cancelled().await;
        }
    }

    /// Returns an id for a session of a gate with this number.
    pub(super) fn session_id(&self, gate: u32) -> SessionId {
        SessionId::of_node(gate, self.counter.fetch_add(1, Ordering::Relaxed))
    }

    /// Checks that a node is one of those that are trusted. The addresses of names are not known.
    ///
    /// # Errors
    ///
    /// The fault.
    pub(super) fn check(&self, info: &Info) -> Result<(), String> {
        match info.ip() {
            Some(ip) if !self.settings.trusts(ip) => {
                Err(format!("{} is not of a trusted network", info.address))
            }
            _ => Ok(()),
        }
    }

    /// Notes that a master has let this node in.
    pub(super) fn set_registered(&self, own: Info) {
        *self.registered.lock().unwrap_or_else(PoisonError::into_inner) = Some(own);
    }

    /// Returns this node, as a master of Go nano has let it in.
    pub(super) fn registered(&self) -> Option<Info> {
        self.registered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A call with the token, if there is one.
    pub(super) fn call<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(authorization) = &self.authorization {
            request.metadata_mut().insert("authorization", authorization.clone());
        }
        request
    }
}

impl fmt::Debug for Hub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("settings", &self.settings).finish_non_exhaustive()
    }
}
