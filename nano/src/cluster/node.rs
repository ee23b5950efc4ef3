//! This node among the others.

use std::fmt;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::AtomicU32;
use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::{Cluster, OnFenced};
use super::derived::Derived;
use super::end::End;
use super::events::Events;
use super::finding::Finding;
use super::frames::{Hello, Manifest, ManifestRoute, Push, class_of_frame};
use super::gate::Gate;
use super::go::Hub;
use super::holding::Holding;
#[cfg(feature = "testing")]
use super::incoming::Enter;
use super::lease::Lease;
use super::linked::Link;
use super::master::Master;
use super::own::Own;
use super::peer::Peer;
use super::queue::{LARGEST_HEAD, Total};
use super::registry::{Registry, View};
use super::sessions::Sessions;
use super::way::Way;
use crate::DuplicateLogin;
use crate::dispatch::{Elsewhere, Runtime};
use crate::group::relay;
use crate::log::{Log, limited};
use crate::session::everywhere::Everywhere;
use crate::session::{Session, SessionId, SessionIds, SessionTable};
use crate::wire::class::Class;

/// The changes of sessions by other nodes that wait for the registry at a time.
pub(super) const CHANGES: usize = 16_384;

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
    /// The nodes of Go nano, if it works with any.
    pub(super) go: Option<Arc<Hub>>,
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
    pub(super) changes: Arc<Semaphore>,
    /// The messages of other nodes that are handled.
    pub(super) handling: TaskTracker,
    /// Cancelled when the node gives up its membership.
    pub(super) leaving: CancellationToken,
    /// Cancelled when the node ends.
    pub(super) end: CancellationToken,
    pub(super) tasks: TaskTracker,
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
        let is_gate = is_gate || config.is_gate;
        let number: Arc<AtomicU32> = Arc::default();
        let own = Own::new(number.clone());
        let derived =
            config.go.as_ref().map_or_else(Derived::default, |go| Derived::new(&go.routes));
        let gate = Gate::new(own, config.choices.clone(), log.clone(), require_bind, derived);
        let go = config.go.clone().map(|settings| Arc::new(Hub::new(settings)));
        let Way { registry, master, highest } = Way::of(&config, go.as_ref());
        Arc::new(Self {
            config,
            serializer,
            duplicate_login,
            is_gate,
            sessions,
            gate,
            log,
            go,
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
        self.gate.codes.serves(runtime.wire.clone());
        let _ = self.runtime.set(runtime);
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

    /// Counts the sessions of this node, those of other gates that it serves included.
    pub(super) fn load(&self) -> u32 {
        let sessions = u32::try_from(self.sessions.len()).unwrap_or(u32::MAX);
        self.gate.load.tell(sessions);
        sessions
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
        let manifest = |runtime: &Arc<Runtime>| {
            let (dictionary, timeout) = (&runtime.wire.dictionary, runtime.limits.handler_timeout);
            Manifest::of(&runtime.routes, dictionary, timeout)
        };
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
        let (runtime, is_checked) = (runtime.clone(), !peer.is_go);
        let sessions = Sessions::new(number, runtime, link.clone(), lease, handling, is_checked);
        let count = routes.len();
        if !peer.attach(link, sessions.clone(), routes) {
            return None;
        }
        limited!(self.log, NodeLinked, node = number, name = peer.node().name(), routes = count);
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
            _ => {
                let name = node.and_then(|number| self.name_of(number));
                limited!(self.log, NodeLost, node, name, reason = %end);
            }
        }
    }

    /// Returns the name of another node; `None` when it is no member any more.
    pub(super) fn name_of(&self, number: u32) -> Option<String> {
        self.gate.peers.get(number).map(|peer| peer.node().name().to_owned())
    }

    /// Returns `true` if the session's client is connected to this node.
    pub(super) fn is_own(&self, session: SessionId) -> bool {
        session.node() == Some(self.number())
    }

    /// Returns the sessions of the gate that this one is of, while there is a link to it.
    pub(super) fn sessions_of(&self, session: SessionId) -> Option<Arc<Sessions>> {
        let gate = self.gate.peers.get(session.node()?)?;
        // Another node knows this one by another number.
        (!gate.is_go).then(|| gate.sessions())?
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
        let [route, owed] =
            [class, Class::Owed].map(|class| crate::Push::with_class(&push.route, class));
        let sent = if push.session == 0 {
            let number = self.number();
            let ids = push.members.iter().map(|count| SessionId::of_node(number, *count));
            let sessions: Vec<Session> = ids.filter_map(|id| self.session(id.get())).collect();
            let sent = relay(&sessions, route, &|_, out| {
                out.extend_from_slice(&push.body);
                Ok(())
            });
            sent.map(drop)
        } else if let Some(session) = self.session(push.session) {
            match session.push_bytes(route, &push.body) {
                Err(_) if session.is_sent_away() => session.push_bytes(owed, &push.body),
                sent => sent,
            }
        } else {
            Ok(())
        };
        if let Err(error) = sent {
            tracing::debug!(route = push.route, error = %error.report(), "a push is not sent");
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("config", &self.config).finish_non_exhaustive()
    }
}
