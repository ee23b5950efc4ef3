//! This node among the others.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{Cluster, OnFenced};
use super::end::End;
use super::events::Events;
use super::finding::Finding;
use super::frames::{
    Closed, Hello, Kind, Manifest, ManifestRoute, Patch, Push, class_of_frame, patch, unavailable,
};
use super::gate::Gate;
use super::holding::Holding;
use super::incoming::Enter;
use super::lease::Lease;
use super::linked::Link;
use super::master::Master;
use super::own::Own;
use super::peer::Peer;
use super::queue::{LARGEST_HEAD, Total};
use super::received::answer;
use super::registry::{Registry, View};
use super::sessions::Sessions;
use super::sockets::TcpListener;
use super::way::Way;
use crate::dispatch::{Elsewhere, Runtime};
use crate::group::broadcast;
use crate::log::{Log, limited};
use crate::session::everywhere::Everywhere;
use crate::session::{Session, SessionId, SessionIds, SessionTable};
use crate::{DuplicateLogin, Error, ErrorKind, Result};

/// The changes of sessions by other nodes that wait for the registry at a time.
const CHANGES: usize = 16_384;

/// What the app does when the node is fenced.
type WhenFenced = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// This node, from its start to its end.
pub(crate) struct Node {
    pub(super) config: Cluster,
    serializer: &'static str,
    pub(super) duplicate_login: DuplicateLogin,
    /// It has listeners.
    pub(super) is_gate: bool,
    pub(super) sessions: Arc<SessionTable>,
    pub(super) gate: Arc<Gate>,
    pub(super) log: Arc<Log>,
    /// What waits for all other nodes.
    pub(super) total: Total,
    pub(super) runtime: OnceLock<Arc<Runtime>>,
    pub(super) registry: Arc<dyn Registry>,
    pub(super) master: Option<Arc<Master>>,
    pub(super) lease: Arc<Lease>,
    pub(super) number: Arc<AtomicU32>,
    /// The last view that this node has taken over, and the highest number that it ever saw.
    pub(super) view: watch::Sender<View>,
    pub(super) highest: AtomicU32,
    pub(super) address: OnceLock<SocketAddr>,
    /// The way in for connections in memory.
    #[cfg(feature = "testing")]
    pub(super) enter: OnceLock<Enter>,
    pub(super) when_fenced: OnceLock<WhenFenced>,
    /// What becomes of the other nodes, for the hooks of the app.
    pub(super) events: Events,
    pub(super) holding: Holding,
    pub(super) finding: Finding,
    /// For the changes of sessions by other nodes that wait.
    changes: Arc<Semaphore>,
    /// The messages of other nodes that are handled.
    pub(super) handling: TaskTracker,
    /// Cancelled when the node gives up its membership.
    pub(super) leaving: CancellationToken,
    /// Cancelled when the node ends.
    pub(super) end: CancellationToken,
    pub(super) tasks: TaskTracker,
}

/// A node whose address is open.
pub(crate) struct Bound {
    /// `None` when there are no sockets.
    pub(super) listener: Option<TcpListener>,
    pub(super) address: SocketAddr,
}

impl Node {
    pub(crate) fn new(
        config: Cluster,
        serializer: &'static str,
        sessions: Arc<SessionTable>,
        log: Arc<Log>,
        require_bind: bool,
        duplicate_login: DuplicateLogin,
        is_gate: bool,
    ) -> Arc<Self> {
        let number: Arc<AtomicU32> = Arc::default();
        let own = Own::new(number.clone());
        let (choices, metrics) = (config.choices.clone(), log.metrics().cloned());
        let gate = Gate::new(own, choices, metrics, require_bind);
        let Way { registry, master, highest } = Way::of(&config);
        Arc::new(Self {
            config,
            serializer,
            duplicate_login,
            is_gate,
            sessions,
            gate,
            log,
            total: Total::default(),
            runtime: OnceLock::new(),
            registry,
            master,
            lease: Arc::new(Lease::new()),
            number,
            view: watch::Sender::default(),
            highest: AtomicU32::new(highest),
            address: OnceLock::new(),
            #[cfg(feature = "testing")]
            enter: OnceLock::new(),
            when_fenced: OnceLock::new(),
            events: Events::default(),
            holding: Holding::new(),
            finding: Finding::new(),
            changes: Arc::new(Semaphore::new(CHANGES)),
            handling: TaskTracker::new(),
            leaving: CancellationToken::new(),
            end: CancellationToken::new(),
            tasks: TaskTracker::new(),
        })
    }

    /// Opens the address of a node.
    ///
    /// # Errors
    ///
    /// The problem, as the start of the app reports it.
    pub(crate) async fn bind(config: &Cluster) -> Result<Bound, String> {
        #[cfg(test)]
        if config.is_wired_by_hand {
            return Ok(Bound { listener: None, address: SocketAddr::from(([127, 0, 0, 1], 0)) });
        }
        if let Some(tls) = &config.tls {
            tls.read().map_err(|error| format!("cluster: {error}"))?;
        }
        let shown = &config.address;
        let fault =
            |error: std::io::Error| format!("cluster: {shown} cannot be listened on: {error}");
        let listener = TcpListener::bind(shown).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        match config.address_fault(address) {
            Some(fault) => Err(fault),
            None => Ok(Bound { listener: Some(listener), address }),
        }
    }

    pub(crate) fn session_ids(&self) -> SessionIds {
        SessionIds::of_node(self.number.clone())
    }

    pub(crate) fn elsewhere(&self) -> Arc<dyn Elsewhere> {
        self.gate.clone()
    }

    /// Takes the runtime that messages of other nodes are dispatched with. Before this there are no links.
    pub(crate) fn serves(self: &Arc<Self>, runtime: Arc<Runtime>) {
        let everywhere: Arc<dyn Everywhere> = self.clone();
        // It happens once.
        let _ = runtime.common.everywhere.set(Arc::downgrade(&everywhere));
        let _ = self.runtime.set(runtime);
    }

    /// Takes the way in for connections.
    pub(super) fn enters(&self, enter: Enter) {
        #[cfg(feature = "testing")]
        // It happens once.
        let _ = self.enter.set(enter);
        #[cfg(not(feature = "testing"))]
        drop(enter);
    }

    /// Serves a connection in memory, as that of another node or of a stranger.
    #[cfg(feature = "testing")]
    pub(crate) fn meet(&self, stream: tokio::io::DuplexStream) {
        use super::incoming::Incoming;
        use super::strangers::{GREETING, Pass};

        let deadline = tokio::time::Instant::now() + GREETING;
        let (pass, log) = (Pass::new(None, None), self.log.clone());
        let incoming = Incoming::new(Box::new(stream), pass, deadline, None, log);
        if let Some(enter) = self.enter.get().cloned() {
            self.tasks.spawn(async move {
                // The node ends.
                let _ = enter.send(Ok(incoming)).await;
            });
        }
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address.get().copied()
    }

    /// Sets what is done when this node is no member any more. It is done before the node joins again.
    pub(crate) fn when_fenced(&self, work: WhenFenced) {
        // It is set once.
        let _ = self.when_fenced.set(work);
    }

    /// What becomes of this node when it is no member any more.
    pub(crate) fn on_fenced(&self) -> OnFenced {
        self.config.on_fenced
    }

    /// Ends all links, and accepts no more.
    pub(crate) fn stop(&self) {
        self.leaving.cancel();
        self.events.end();
        self.end.cancel();
        self.tasks.close();
    }

    /// Waits until all links have ended.
    pub(crate) async fn stopped(&self) {
        self.tasks.wait().await;
    }

    /// Returns the length of the largest frame.
    pub(super) fn frame_limit(&self) -> usize {
        let of = |runtime: &Arc<Runtime>| runtime.wire.packet_limit + runtime.common.data_limit;
        LARGEST_HEAD.saturating_add(self.runtime.get().map_or(0, of))
    }

    pub(super) fn hello(&self) -> Hello {
        let frame_limit = u64::try_from(self.frame_limit()).unwrap_or(u64::MAX);
        let hello = Hello::new(&self.config.cluster, self.number(), self.serializer);
        Hello { frame_limit, ..hello }
    }

    pub(super) fn manifest(&self) -> Manifest {
        let manifest =
            |runtime: &Arc<Runtime>| Manifest::of(&runtime.routes, runtime.limits.handler_timeout);
        self.runtime.get().map(manifest).unwrap_or_default()
    }

    /// Takes a link into use; `None` when its node is no member any more.
    pub(super) fn attach(
        &self,
        peer: &Peer,
        link: &Arc<Link>,
        routes: Vec<ManifestRoute>,
    ) -> Option<Arc<Sessions>> {
        let (runtime, number) = (self.runtime.get()?, peer.number);
        let (lease, handling) = (self.lease.clone(), self.handling.clone());
        let sessions = Sessions::new(number, runtime.clone(), link.clone(), lease, handling);
        let count = routes.len();
        if !peer.attach(link, sessions.clone(), routes) {
            return None;
        }
        limited!(self.log, NodeLinked, node = number, routes = count);
        self.gate.learn();
        peer.tell_joined(&self.events);
        Some(sessions)
    }

    /// Tells the log how a link ended.
    pub(super) fn ended(&self, node: Option<u32>, end: &End) {
        match end {
            _ if self.leaving.is_cancelled() => tracing::debug!(node, "a link has ended"),
            End::Ended => tracing::debug!(node, "a link has ended"),
            End::Refused(_) | End::NoMember(_) | End::Fenced(_) => {
                limited!(self.log, NodeRefused, node, reason = %end);
            }
            _ => limited!(self.log, NodeLost, node, reason = %end),
        }
    }

    /// Returns `true` if the session's client is connected to this node.
    pub(super) fn is_own(&self, session: SessionId) -> bool {
        session.node() == Some(self.number())
    }

    /// Returns the sessions of the gate that this one is of, while there is a link to it.
    pub(super) fn sessions_of(&self, session: SessionId) -> Option<Arc<Sessions>> {
        let gate = session.node()?;
        self.gate.peers.get(gate)?.sessions()
    }

    /// Returns a session of this node's clients.
    pub(super) fn session(&self, id: u64) -> Option<Session> {
        let session = self.sessions.get(SessionId::from_number(id))?;
        // Other gates' sessions have proxies in the table.
        session.link().owner().is_none().then_some(session)
    }

    /// Sends a push to clients of this node: it is framed once for all of them.
    pub(super) fn push(&self, push: Push) {
        let class = class_of_frame(push.class(), push.key);
        let route = crate::Push::with_class(&push.route, class);
        let sent = if push.session == 0 {
            let number = self.number();
            let ids = push.members.iter().map(|count| SessionId::of_node(number, *count));
            let sessions: Vec<Session> = ids.filter_map(|id| self.session(id.get())).collect();
            let sent = broadcast(&sessions, |_| true, route, &|_, out| {
                out.extend_from_slice(&push.body);
                Ok(())
            });
            sent.map(drop)
        } else {
            self.session(push.session)
                .map_or(Ok(()), |session| session.push_bytes(route, &push.body))
        };
        if let Err(error) = sent {
            tracing::debug!(route = push.route, error = %error.report(), "a push is not sent");
        }
    }

    pub(super) fn patch(&self, patch: Patch, node: u32, link: &Arc<Link>) {
        let Patch { session, id, change } = patch;
        let outcome = match (change, self.session(session)) {
            (Some(patch::Change::EnterRoom(change)), Some(own)) => {
                let there = if change.node == 0 { node } else { change.node };
                self.gate.reserve_room(&own, &change.component, there)
            }
            (Some(patch::Change::LeftRoom(change)), Some(own)) => {
                self.gate.free_room(&own, &change.component, node, change.ended);
                Ok(())
            }
            (Some(patch::Change::LeaveRoom(change)), own) => {
                self.leave_room(own, session, change, node);
                Ok(())
            }
            (Some(change @ patch::Change::Bind(_)), Some(own)) => {
                return self.change_later(change.make(own), id, link);
            }
            // All others are made at once.
            (Some(change), Some(own)) => change.make(own).now_or_never().unwrap_or(Ok(())),
            (Some(_), None) => Err(Error::new(ErrorKind::Closed, "the session has ended")),
            // Also for a session of another gate, which this node has made a call for.
            (None, _) => {
                match self.sessions.get(SessionId::from_number(session)) {
                    Some(session) => self.gate.attached(&session, node, link),
                    #[cfg(all(test, feature = "testing"))]
                    None if super::planted::is("revived-proxy") => {}
                    None => link.queue.put(Kind::Closed(Closed { session })),
                }
                Ok(())
            }
        };
        tell(id, link, outcome);
    }

    /// Makes a change that may have to wait for the registry. The link goes on meanwhile.
    fn change_later(
        &self,
        change: impl Future<Output = Result<()>> + Send + 'static,
        id: u64,
        link: &Arc<Link>,
    ) {
        let mut change = Box::pin(change);
        if let Some(outcome) = (&mut change).now_or_never() {
            return tell(id, link, outcome);
        }
        let Ok(permit) = self.changes.clone().try_acquire_owned() else {
            let error = unavailable(format!("{CHANGES} sessions wait for the registry"));
            return tell(id, link, Err(error));
        };
        let link = link.clone();
        self.tasks.spawn(async move {
            let _permit = permit;
            tokio::select! {
                outcome = change => tell(id, &link, outcome),
                () = link.end.cancelled() => {}
            }
        });
    }
}

/// Tells another node the outcome of a change, if it wants to know.
fn tell(id: u64, link: &Link, outcome: Result<()>) {
    if let Err(error) = &outcome {
        tracing::debug!(error = %error.report(), "a change is refused");
    }
    if id != 0 {
        answer(link, id, outcome.as_ref().copied());
    }
}

impl patch::Change {
    async fn make(self, session: Session) -> Result<()> {
        match self {
            Self::Bind(uid) => match uid.into_uid() {
                Some(uid) => session.bind(uid).await,
                None => Err(Error::new(ErrorKind::Protocol, "a user without an id")),
            },
            Self::Set(entry) => session.set_encoded(&entry.key, entry.value),
            Self::Unset(key) => {
                session.unset(&key);
                Ok(())
            }
            Self::Restore(snapshot) => session.replace_values(&snapshot),
            Self::Unroute(component) => {
                session.unroute(&component);
                Ok(())
            }
            // They are no change of the session's state.
            Self::EnterRoom(_) | Self::LeftRoom(_) | Self::LeaveRoom(_) => Ok(()),
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("config", &self.config).finish_non_exhaustive()
    }
}
