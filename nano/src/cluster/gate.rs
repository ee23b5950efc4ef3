//! The gate's side of a cluster: messages of this node's clients for handlers on other nodes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::FxHashMap;

use super::calls::{Call, Progress};
use super::choice::Choice;
use super::frames::{
    Closed, Failure, Kind, ManifestRoute, Request, SessionState, node_lost, unavailable,
};
use super::linked::Link;
use super::own::Own;
use super::peer::Peer;
use super::peers::Peers;
use super::rendezvous;
use crate::component::{Forward, Incoming, Step};
use crate::dispatch::{Answered, Elsewhere, Placed};
use crate::metrics::Metrics;
use crate::routes::RouteHandler;
use crate::serializer::Encoder;
use crate::session::{ComponentCall, RoomEntry, Session, SessionId};
use crate::{Error, ErrorKind, Result};

/// The time that a client waits longer than the handler may take: the node's own answer says more.
pub(super) const GRACE: Duration = Duration::from_millis(100);

/// The way from this node's sessions to the handlers of other nodes.
pub(super) struct Gate {
    this: Weak<Self>,
    pub(super) own: Own,
    pub(super) peers: Peers,
    choices: BTreeMap<String, Choice>,
    /// All routes that any node ever had.
    ever: Mutex<FxHashMap<&'static str, ManifestRoute>>,
    known: RwLock<Known>,
    /// Counts the calls that any node may handle.
    pub(super) turn: AtomicUsize,
    sessions: Mutex<FxHashMap<SessionId, Arc<Mutex<Travels>>>>,
    metrics: Option<Arc<Metrics>>,
    require_bind: bool,
}

/// The handlers of other nodes.
#[derive(Default)]
struct Known {
    /// For the messages of clients.
    routes: FxHashMap<&'static [u8], Arc<RouteHandler>>,
    /// For the calls of components, internal ones included.
    callable: FxHashMap<&'static str, Arc<RemoteRoute>>,
}

/// The other nodes that one session has to do with.
#[derive(Debug, Default)]
pub(super) struct Travels {
    /// The node of each component that was chosen for the session.
    chosen: FxHashMap<&'static str, Chosen>,
    /// The nodes that know the session: the epoch of the link, and the version of its state there.
    known: FxHashMap<u32, (u64, u64)>,
}

/// The node of one component.
#[derive(Clone, Copy, Debug)]
struct Chosen {
    node: u32,
    /// The number of the link over which the session has entered a room there; 0 for none.
    room: u64,
}

impl Travels {
    /// Notes the node of a room that the session enters, and the number of the link to it.
    pub(super) fn enter(&mut self, component: &'static str, node: u32, link: u64) {
        self.chosen.insert(component, Chosen { node, room: link });
    }

    /// Notes that the session is in no room of a component any more. Its next message still goes to that node.
    pub(super) fn leave(&mut self, component: &str) {
        if let Some(chosen) = self.chosen.get_mut(component) {
            chosen.room = 0;
        }
    }

    /// Sends a message over a link, with the state of its session if the node does not know it.
    pub(super) fn send(
        &mut self,
        session: &Session,
        node: u32,
        link: &Link,
        mut request: Request,
    ) -> Result<()> {
        if self.known.get(&node) == Some(&(link.epoch, session.version())) {
            return link.send(request);
        }
        let (state, version) = SessionState::of(session);
        request.state = Some(state);
        link.send(request)?;
        self.known.insert(node, (link.epoch, version));
        Ok(())
    }
}

/// A route that other nodes have.
pub(super) struct RemoteRoute {
    gate: Weak<Gate>,
    pub(super) name: &'static str,
    /// The name up to the last dot: all routes of a component go to one node.
    component: &'static str,
    pub(super) timeout: Duration,
    pub(super) nodes: Vec<Arc<Peer>>,
    choice: Option<Choice>,
}

impl Gate {
    pub(super) fn new(
        own: Own,
        choices: BTreeMap<String, Choice>,
        metrics: Option<Arc<Metrics>>,
        require_bind: bool,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            own,
            peers: Peers::default(),
            choices,
            ever: Mutex::default(),
            known: RwLock::default(),
            turn: AtomicUsize::new(0),
            sessions: Mutex::default(),
            metrics,
            require_bind,
        })
    }

    /// Learns the routes of all nodes anew. Where nodes disagree on a route, that of the lowest number counts.
    pub(super) fn learn(&self) {
        let mut nodes: FxHashMap<&'static str, (ManifestRoute, Vec<Arc<Peer>>)> =
            FxHashMap::default();
        let mut ever = self.ever.lock().unwrap_or_else(PoisonError::into_inner);
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
        for (name, route) in ever.drain() {
            nodes.entry(name).or_insert_with(|| (route, Vec::new()));
        }
        ever.extend(nodes.iter().map(|(name, (route, _))| (*name, route.clone())));
        let mut known = Known::default();
        for (name, (route, nodes)) in nodes {
            let Some((info, timeout)) = route.info().zip(route.timeout()) else { continue };
            let component = info.component();
            let (gate, choice) = (self.this.clone(), self.choices.get(component).cloned());
            let remote = RemoteRoute { gate, name, component, timeout, nodes, choice };
            let remote = Arc::new(remote);
            known.callable.insert(name, remote.clone());
            if !route.internal {
                let needs_user = route.needs_user || (self.require_bind && !route.guest);
                let info = info.waiting_longer(GRACE);
                let handler = RouteHandler::elsewhere(info, needs_user, remote);
                let handler = Arc::new(handler.measured(self.metrics.as_ref()));
                known.routes.insert(name.as_bytes(), handler);
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        // Held until here, so that a later look is not overwritten by an earlier one.
        drop(ever);
    }

    /// Returns a route that a component may call on other nodes.
    pub(super) fn callable(&self, route: &str) -> Option<Arc<RemoteRoute>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).callable.get(route).cloned()
    }

    fn sessions(&self) -> MutexGuard<'_, FxHashMap<SessionId, Arc<Mutex<Travels>>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what is known of a session's way to other nodes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Closed`] when the session has ended.
    pub(super) fn travels(&self, session: &Session) -> Result<Arc<Mutex<Travels>>> {
        let travels = self.sessions().entry(session.id()).or_default().clone();
        // Its end may have come in between, and would not come again.
        if session.has_ended() {
            self.ended(session);
            return Err(Error::new(ErrorKind::Closed, "the session has ended"));
        }
        Ok(travels)
    }

    /// Takes note of a node that knows a session from another one, or that could not take its state.
    pub(super) fn attached(&self, session: &Session, node: u32, link: &Link) {
        let Ok(travels) = self.travels(session) else {
            return link.queue.put(Kind::Closed(Closed { session: session.id().get() }));
        };
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        // No version is as high: the next message tells the state.
        travels.known.insert(node, (link.epoch, u64::MAX));
        drop(travels);
        // Its end may have come in between, when the node was not known yet.
        if session.has_ended() {
            link.queue.put(Kind::Closed(Closed { session: session.id().get() }));
        }
    }

    /// Sends a message to the node that serves the component for this session.
    fn send(
        &self,
        session: &Session,
        route: &RemoteRoute,
        is_request: bool,
        body: &[u8],
    ) -> Result<Call> {
        let travels = self.travels(session)?;
        let (peer, link) = route.choose(session, &travels, &self.peers)?;
        let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
        let lost = || unavailable("the link to the node has ended");
        let call = link.calls.open(session.id()).ok_or_else(lost)?;
        let request = Request {
            session: session.id().get(),
            id: call.id,
            notify: !is_request,
            route: route.name.to_owned(),
            body: Bytes::copy_from_slice(body),
            time_left: u64::try_from(route.timeout.as_millis()).unwrap_or(u64::MAX),
            state: None,
            calls: 0,
            room: None,
        };
        travels.send(session, peer.number, &link, request)?;
        Ok(call)
    }
}

impl Elsewhere for Gate {
    fn route(&self, name: &[u8]) -> Option<Arc<RouteHandler>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).routes.get(name).cloned()
    }

    fn unroute(&self, session: &Session, component: &str) {
        let travels = self.sessions().get(&session.id()).cloned();
        if let Some(travels) = travels {
            let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
            // Who is in a room stays with it.
            travels.chosen.retain(|name, chosen| *name != component || chosen.room != 0);
        }
    }

    fn call(&self, call: ComponentCall<Session>, is_here: bool) -> Placed {
        self.take_call(call, is_here)
    }

    fn enter_room(self: Arc<Self>, entry: RoomEntry<Session>) -> Answered {
        Box::pin(self.enter_there(entry))
    }

    fn leave_room(&self, session: &Session, component: &'static str) -> bool {
        self.leave_there(session, component, 0)
    }

    fn ended(&self, session: &Session) {
        let Some(travels) = self.sessions().remove(&session.id()) else { return };
        if session.link().owner().is_some() {
            // Its gate tells all nodes that know it.
            return;
        }
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
    /// Returns the nodes that can be reached. Those that are about to leave are among them only if there are no others.
    pub(super) fn linked(&self) -> Vec<(&Arc<Peer>, Arc<Link>)> {
        let linked = self.nodes.iter().filter_map(|peer| Some((peer, peer.open_link()?)));
        let mut linked: Vec<_> = linked.collect();
        if linked.iter().any(|(peer, _)| !peer.is_draining()) {
            linked.retain(|(peer, _)| !peer.is_draining());
        }
        linked
    }

    /// Returns the node of the session's component: that of its last message, or else the one that the application
    /// chooses, or one that depends on nothing but the session, so that all its components meet on one node where they
    /// can.
    pub(super) fn choose(
        &self,
        session: &Session,
        travels: &Mutex<Travels>,
        peers: &Peers,
    ) -> Result<(&Arc<Peer>, Arc<Link>)> {
        let locked = || travels.lock().unwrap_or_else(PoisonError::into_inner);
        let last = locked().chosen.get(self.component).copied();
        if let Some(Chosen { node: number, room }) = last {
            if room != 0 && !peers.is_linked(number, room) {
                locked().chosen.remove(self.component);
                session.part_room_there(self.component, number, true);
                return Err(Error::new(ErrorKind::RoomClosed, "the node of the room was lost"));
            }
            match self.nodes.iter().find(|peer| peer.number == number) {
                Some(peer) => {
                    if let Some(link) = peer.open_link() {
                        return Ok((peer, link));
                    }
                }
                None if peers.get(number).is_some() => {
                    let message = format!("node {number} has no route `{}`", self.name);
                    return Err(Error::new(ErrorKind::NotFound, message));
                }
                // It is no member any more.
                None => locked().known.retain(|number, _| peers.get(*number).is_some()),
            }
            locked().chosen.remove(self.component);
        }
        // The application's code runs without the lock.
        let (peer, link) = self.choose_anew(session)?;
        locked().chosen.insert(self.component, Chosen { node: peer.number, room: 0 });
        Ok((peer, link))
    }

    fn choose_anew(&self, session: &Session) -> Result<(&Arc<Peer>, Arc<Link>)> {
        let unreachable = || unavailable("no node that has the route can be reached");
        let linked = self.linked();
        if linked.is_empty() {
            return Err(unreachable());
        }
        if let Some(Choice(choose)) = &self.choice {
            let nodes: Vec<_> = linked.iter().map(|(peer, _)| peer.node()).collect();
            if let Some(number) = choose(session, &nodes) {
                let chosen = linked.into_iter().find(|(peer, _)| peer.number == number);
                return chosen.ok_or_else(|| {
                    let component = self.component;
                    unavailable(format!("node {number}, chosen for `{component}`, is not among those that can be reached"))
                });
            }
        }
        let weight = |number: u32| rendezvous::weight(session.id().get(), number);
        linked.into_iter().max_by_key(|(peer, _)| weight(peer.number)).ok_or_else(unreachable)
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
