//! The gate's side of a cluster: messages of this node's clients for handlers on other nodes.

use std::fmt;
use std::hash::{BuildHasher, BuildHasherDefault};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::{FxHashMap, FxHasher};

use super::calls::{Call, Progress};
use super::frames::{
    Closed, Failure, Kind, ManifestRoute, Request, SessionState, node_lost, unavailable,
};
use super::peer::{Link, Peer};
use super::peers::Peers;
use crate::component::{Forward, Incoming, Step};
use crate::dispatch::Elsewhere;
use crate::metrics::Metrics;
use crate::routes::RouteHandler;
use crate::serializer::Encoder;
use crate::session::{Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The time that a client waits longer than the handler may take: the node's own answer says more.
const GRACE: Duration = Duration::from_millis(100);

/// The way from this node's sessions to the handlers of other nodes.
pub(super) struct Gate {
    this: Weak<Self>,
    pub(super) peers: Peers,
    routes: RwLock<FxHashMap<&'static [u8], Arc<RouteHandler>>>,
    /// All routes that any node ever had.
    known: Mutex<FxHashMap<&'static str, ManifestRoute>>,
    sessions: Mutex<FxHashMap<SessionId, Arc<Mutex<Travels>>>>,
    metrics: Option<Arc<Metrics>>,
    require_bind: bool,
}

/// The other nodes that one session has to do with.
#[derive(Debug, Default)]
struct Travels {
    /// The node of each component that was chosen for the session.
    chosen: FxHashMap<&'static str, u32>,
    /// The nodes that know the session: the epoch of the link, and the version of its state there.
    known: FxHashMap<u32, (u64, u64)>,
}

/// A route that other nodes have.
struct RemoteRoute {
    gate: Weak<Gate>,
    name: &'static str,
    /// The name up to the last dot: all routes of a component go to one node.
    component: &'static str,
    timeout: Duration,
    nodes: Vec<Arc<Peer>>,
}

impl Gate {
    pub(super) fn new(metrics: Option<Arc<Metrics>>, require_bind: bool) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            peers: Peers::default(),
            known: Mutex::default(),
            routes: RwLock::default(),
            sessions: Mutex::default(),
            metrics,
            require_bind,
        })
    }

    /// Learns the routes of all nodes anew. Where nodes disagree on a route, that of the lowest number counts.
    pub(super) fn learn(&self) {
        let mut nodes: FxHashMap<&'static str, (ManifestRoute, Vec<Arc<Peer>>)> =
            FxHashMap::default();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        for peer in self.peers.all().iter() {
            for route in peer.routes().iter() {
                if let Some(info) = route.info() {
                    let (_, nodes) =
                        nodes.entry(info.name()).or_insert_with(|| (route.clone(), Vec::new()));
                    nodes.push(peer.clone());
                }
            }
        }
        // Nobody has these for now: a node that comes back may.
        for (name, route) in known.drain() {
            nodes.entry(name).or_insert_with(|| (route, Vec::new()));
        }
        known.extend(nodes.iter().map(|(name, (route, _))| (*name, route.clone())));
        drop(known);
        let handler = |(name, (route, nodes)): (&'static str, (ManifestRoute, Vec<Arc<Peer>>))| {
            let (info, timeout) = (route.info()?.waiting_longer(GRACE), route.timeout()?);
            let component = name.rsplit_once('.').map_or(name, |(component, _)| component);
            let gate = self.this.clone();
            let forward = Arc::new(RemoteRoute { gate, name, component, timeout, nodes });
            let needs_user = route.needs_user || (self.require_bind && !route.guest);
            let handler = RouteHandler::elsewhere(info, needs_user, forward);
            Some((name.as_bytes(), Arc::new(handler.measured(self.metrics.as_ref()))))
        };
        let found = nodes.into_iter().filter_map(handler).collect();
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = found;
    }

    fn sessions(&self) -> MutexGuard<'_, FxHashMap<SessionId, Arc<Mutex<Travels>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message to the node that serves the component for this session.
    fn send(
        &self,
        session: &Session,
        route: &RemoteRoute,
        is_request: bool,
        body: &[u8],
    ) -> Result<Call> {
        let travels = self.sessions().entry(session.id()).or_default().clone();
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        let (peer, link) = route.choose(session.id(), &mut travels, &self.peers)?;
        let lost = || unavailable("the link to the node has ended");
        let call = link.calls.open(session.id()).ok_or_else(lost)?;
        let version = session.version();
        let known = (link.epoch, version);
        let (mut state, mut now_known) = (None, known);
        if travels.known.get(&peer.number) != Some(&known) {
            let (snapshot, version) = session.state_snapshot();
            now_known.1 = version;
            state = Some(SessionState {
                uid: snapshot.uid.as_ref().map(Into::into),
                address: session.remote_addr().map(|addr| addr.to_string()).unwrap_or_default(),
                data: snapshot.data.into(),
            });
        }
        let request = Request {
            session: session.id().get(),
            id: call.id,
            notify: !is_request,
            route: route.name.to_owned(),
            body: Bytes::copy_from_slice(body),
            time_left: u64::try_from(route.timeout.as_millis()).unwrap_or(u64::MAX),
            state,
        };
        let full = |_| unavailable("too much waits for the node");
        link.queue.offer(Kind::Request(request)).map_err(full)?;
        travels.known.insert(peer.number, now_known);
        Ok(call)
    }
}

impl Elsewhere for Gate {
    fn route(&self, name: &[u8]) -> Option<Arc<RouteHandler>> {
        self.routes.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn ended(&self, session: &Session) {
        let Some(travels) = self.sessions().remove(&session.id()) else { return };
        let travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        for peer in self.peers.all().iter() {
            let known = travels.known.get(&peer.number);
            if let (Some((epoch, _)), Some(link)) = (known, peer.link())
                && link.epoch == *epoch
            {
                link.queue.put(Kind::Closed(Closed { session: session.id().get() }));
                link.calls.session_ended(session.id());
            }
        }
    }
}

impl RemoteRoute {
    /// Returns the node of the session's component: the one of its last message, or else one that depends on nothing
    /// but the session, so that all its components meet on one node where they can.
    fn choose(
        &self,
        session: SessionId,
        travels: &mut Travels,
        peers: &Peers,
    ) -> Result<(&Arc<Peer>, Arc<Link>)> {
        if let Some(number) = travels.chosen.get(self.component).copied() {
            match self.nodes.iter().find(|peer| peer.number == number) {
                Some(peer) => {
                    if let Some(link) = peer.link() {
                        return Ok((peer, link));
                    }
                }
                None if peers.get(number).is_some() => {
                    let message = format!("node {number} has no route `{}`", self.name);
                    return Err(Error::new(ErrorKind::NotFound, message));
                }
                // It is no member any more.
                None => travels.known.retain(|number, _| peers.get(*number).is_some()),
            }
            travels.chosen.remove(self.component);
        }
        // One that is about to leave is better than none.
        let weight = |number: u32| {
            BuildHasherDefault::<FxHasher>::default().hash_one((session.get(), number))
        };
        let linked = self.nodes.iter().filter_map(|peer| Some((peer, peer.link()?)));
        let chosen = linked.max_by_key(|(peer, _)| (!peer.is_draining(), weight(peer.number)));
        let Some((peer, link)) = chosen else {
            return Err(unavailable("no node that has the route can be reached"));
        };
        travels.chosen.insert(self.component, peer.number);
        Ok((peer, link))
    }
}

impl Forward for RemoteRoute {
    fn forward(&self, message: Incoming<&Session>, body: &[u8]) -> Step<()> {
        let Some(gate) = self.gate.upgrade() else {
            message.fail(unavailable("the node is shutting down"));
            return Step::Ready(());
        };
        match gate.send(message.session(), self, message.is_request(), body) {
            Ok(call) => Step::pending(finish(message.into_owned(), call)),
            Err(error) => {
                message.fail(error);
                Step::Ready(())
            }
        }
    }
}

/// Waits until the handler has ended, and answers the message.
async fn finish(mut message: Incoming<Session>, call: Call) {
    loop {
        match call.progress().await {
            Progress::Answered(outcome) => {
                message.answer_early(&outcome.map_err(Failure::into_error));
            }
            Progress::Done if message.is_request() => {
                call.leave_to(message.defer(Encoder::<Bytes>::raw()));
                return message.leave_to_reply();
            }
            Progress::Lost if message.is_request() => return message.fail(node_lost()),
            Progress::Done | Progress::Lost => return message.ended_elsewhere(),
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("peers", &self.peers).finish_non_exhaustive()
    }
}
