//! The gate's side of a cluster: messages of this node's clients for handlers on other nodes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use bytes::Bytes;
use rustc_hash::FxHashMap;

use super::calls::{Call, Progress};
use super::choice::Choice;
use super::codes::Codes;
use super::derived::{self, Asked, Asker, Derived};
use super::frames::{Failure, ManifestRoute, Request, node_lost, unavailable};
use super::load::Load;
use super::manifest::ANY;
use super::own::Own;
use super::peer::Peer;
use super::peers::Peers;
use super::travels::Travels;
use crate::component::{Forward, Incoming, Step};
use crate::dispatch::{Answered, Elsewhere, Placed};
use crate::error::shown;
use crate::log::{Log, limited};
use crate::routes::RouteHandler;
use crate::serializer::Encoder;
use crate::session::{ComponentCall, RoomEntry, Session, SessionId, There};
use crate::wire::copies;
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
    pub(super) codes: Codes,
    /// Counts the calls that any node may handle.
    pub(super) turn: AtomicUsize,
    /// That of this node.
    pub(super) load: Load,
    sessions: Mutex<FxHashMap<SessionId, Arc<Mutex<Travels>>>>,
    /// The routes of components whose nodes do not tell them.
    derived: Derived,
    /// There are nodes of Go nano, which are told of the end of every session.
    pub(super) has_go: AtomicBool,
    pub(super) log: Arc<Log>,
    require_bind: bool,
}

/// The handlers of other nodes.
#[derive(Default)]
struct Known {
    /// For the messages of clients.
    routes: FxHashMap<&'static [u8], Arc<RouteHandler>>,
    /// For the calls of components, internal ones included.
    callable: FxHashMap<&'static str, Arc<RemoteRoute>>,
    /// For all routes of a component, by its name.
    any: FxHashMap<&'static str, (ManifestRoute, Vec<Arc<Peer>>)>,
}

/// A route that other nodes have.
pub(super) struct RemoteRoute {
    gate: Weak<Gate>,
    pub(super) name: &'static str,
    /// The name up to the last dot: all routes of a component go to one node.
    pub(super) component: &'static str,
    pub(super) timeout: Duration,
    pub(super) nodes: Vec<Arc<Peer>>,
    pub(super) choice: Option<Choice>,
}

impl Gate {
    pub(super) fn new(
        own: Own,
        choices: BTreeMap<String, Choice>,
        log: Arc<Log>,
        require_bind: bool,
        derived: Derived,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: this.clone(),
            own,
            peers: Peers::default(),
            choices,
            ever: Mutex::default(),
            known: RwLock::default(),
            codes: Codes::default(),
            turn: AtomicUsize::new(0),
            load: Load::default(),
            sessions: Mutex::default(),
            derived,
            has_go: AtomicBool::new(false),
            log,
            require_bind,
        })
    }

    /// Learns the routes of all nodes anew. Where nodes disagree on a route, that of the lowest number counts.
    pub(super) fn learn(&self) {
        let mut nodes: FxHashMap<&'static str, (ManifestRoute, Vec<Arc<Peer>>)> =
            FxHashMap::default();
        let mut codes = Vec::new();
        let mut ever = self.ever.lock().unwrap_or_else(PoisonError::into_inner);
        let peers = self.peers.all();
        self.has_go.store(peers.iter().any(|peer| peer.is_go), Ordering::Relaxed);
        for peer in peers.iter() {
            for route in peer.routes().iter() {
                if let Some(info) = route.info() {
                    codes.extend(route.kept_code().map(|code| (info.name(), code)));
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
        nodes.retain(|name, (route, nodes)| {
            let component = name.strip_suffix(ANY).and_then(|name| name.strip_suffix('.'));
            let Some(component) = component else { return true };
            known.any.insert(component, (route.clone(), std::mem::take(nodes)));
            false
        });
        for (route, mut nodes) in nodes.into_values() {
            if let Some(component) = route.name.rsplit_once('.').map(|(component, _)| component)
                && let Some((_, others)) = known.any.get(component)
            {
                nodes.extend(others.iter().cloned());
            }
            self.add(&mut known, &route, nodes);
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        self.codes.learn(codes);
        // Held until here, so that a later look is not overwritten by an earlier one.
        drop(ever);
    }

    fn add(&self, known: &mut Known, route: &ManifestRoute, nodes: Vec<Arc<Peer>>) {
        let Some((info, timeout)) = route.info().zip(route.timeout()) else { return };
        let (name, component) = (info.name(), info.component());
        let (gate, choice) = (self.this.clone(), self.choices.get(component).cloned());
        let remote = Arc::new(RemoteRoute { gate, name, component, timeout, nodes, choice });
        known.callable.insert(name, remote.clone());
        if !route.internal {
            let needs_user = route.needs_user || (self.require_bind && !route.guest);
            let info = info.waiting_longer(GRACE);
            let handler = RouteHandler::elsewhere(info, needs_user, remote);
            let handler = Arc::new(handler.measured(self.log.metrics()));
            known.routes.insert(name.as_bytes(), handler);
        }
    }

    /// Adds a route of a component whose nodes do not tell their routes. Returns `false` when there is no such component.
    fn derive(&self, name: &str, asker: Asker) -> bool {
        let Some((component, _)) = derived::parts(name) else { return false };
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let Some((route, nodes)) = known.any.get(component).cloned() else { return false };
        match self.derived.ask(name, component, asker) {
            Asked::Possible => {}
            Asked::Unknown => return false,
            Asked::Full => {
                let route = shown(name);
                limited!(self.log, RoutesExhausted, route, limit = derived::MOST);
                return false;
            }
        }
        // Clients ask for themselves.
        let internal = asker == Asker::Component;
        let route = ManifestRoute { name: name.to_owned(), internal, ..route };
        self.add(&mut known, &route, nodes);
        true
    }

    /// Looks a route up, which may have to be derived first.
    fn find<T>(&self, name: &str, asker: Asker, find: impl Fn(&Known) -> Option<T>) -> Option<T> {
        let known = || self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (found, has_any) = {
            let known = known();
            (find(&known), !known.any.is_empty())
        };
        if found.is_none() && has_any && self.derive(name, asker) {
            return find(&known());
        }
        found
    }

    /// Returns a route that a component may call on other nodes.
    pub(super) fn callable(&self, route: &str) -> Option<Arc<RemoteRoute>> {
        self.find(route, Asker::Component, |known| known.callable.get(route).cloned())
    }

    pub(super) fn sessions(&self) -> MutexGuard<'_, FxHashMap<SessionId, Arc<Mutex<Travels>>>> {
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
            self.sessions().remove(&session.id());
            return Err(Error::new(ErrorKind::Closed, "the session has ended"));
        }
        Ok(travels)
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
        let mut left = route.nodes.len();
        loop {
            let (peer, link) = route.choose(session, &travels, &self.peers)?;
            let mut travels = travels.lock().unwrap_or_else(PoisonError::into_inner);
            let lost = || unavailable("the link to the node has ended");
            let sent = link.calls.open(session.id()).ok_or_else(lost).and_then(|call| {
                let request = Request {
                    session: session.id().get(),
                    id: call.id,
                    notify: !is_request,
                    route: Bytes::from_static(route.name.as_bytes()),
                    body: copies::copy(body),
                    time_left: u64::try_from(route.timeout.as_millis()).unwrap_or(u64::MAX),
                    state: None,
                    calls: 0,
                    room: None,
                    entry: 0,
                };
                travels.send(session, peer.number, &link, request).map(|()| call)
            });
            match sent {
                // It leaves since it was chosen: it has not got the message, and another node may.
                Err(_) if left > 1 && link.takes_nothing() => left -= 1,
                sent => return sent,
            }
        }
    }
}

impl Elsewhere for Gate {
    fn route(&self, name: &[u8]) -> Option<Arc<RouteHandler>> {
        let text = std::str::from_utf8(name).ok()?;
        self.find(text, Asker::Client, |known| known.routes.get(name).cloned())
    }

    fn route_of_code(&self, code: u16) -> Option<&'static str> {
        self.codes.route(code)
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

    fn is_linked(&self, there: There) -> bool {
        self.peers.is_linked(there.node, there.link)
    }

    fn leave_room(&self, session: &Session, component: &'static str) -> bool {
        self.leave_there(session, component, 0, 0)
    }

    fn presence(&self, session: &Session, is_lost: bool) {
        self.tell_presence(session, is_lost);
    }

    fn ended(&self, session: &Session) {
        self.tell_end(session);
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
