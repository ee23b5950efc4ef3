//! This node among the others.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::config::Cluster;
use super::end::End;
use super::frames::{
    Answer, Close, Closed, Failure, Hello, Kind, Manifest, ManifestRoute, Patch, Push,
    class_of_frame, patch,
};
use super::gate::{Gate, Own};
use super::linked::Link;
use super::peer::Peer;
use super::queue::{LARGEST_HEAD, Total};
use super::sessions::Sessions;
use crate::dispatch::{Elsewhere, Runtime};
use crate::group::broadcast;
use crate::log::{Log, limited};
use crate::session::{Session, SessionId, SessionIds, SessionTable};
use crate::wire::outgoing::Content;
use crate::{Error, ErrorKind, Result};

/// This node, from its start to its end.
pub(crate) struct Node {
    pub(super) config: Cluster,
    serializer: &'static str,
    sessions: Arc<SessionTable>,
    pub(super) gate: Arc<Gate>,
    log: Arc<Log>,
    /// What waits for all other nodes.
    pub(super) total: Total,
    runtime: OnceLock<Arc<Runtime>>,
    pub(super) address: OnceLock<SocketAddr>,
    /// Cancelled when the node ends.
    pub(super) end: CancellationToken,
    pub(super) tasks: TaskTracker,
}

/// A node whose address is open.
pub(crate) struct Bound {
    pub(super) listener: TcpListener,
    pub(super) address: SocketAddr,
}

impl Node {
    pub(crate) fn new(
        config: Cluster,
        serializer: &'static str,
        sessions: Arc<SessionTable>,
        log: Arc<Log>,
        require_bind: bool,
    ) -> Arc<Self> {
        let peers = config.members.iter();
        let peers = peers.map(|(number, address)| Arc::new(Peer::new(*number, address.clone())));
        let own = Own { number: config.number, name: config.address.clone() };
        let choices = config.choices.clone();
        let metrics = log.metrics().cloned();
        let gate = Gate::new(own, peers.collect(), choices, metrics, require_bind);
        let (end, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (runtime, address) = (OnceLock::new(), OnceLock::new());
        let total = Total::default();
        Arc::new(Self {
            config,
            serializer,
            sessions,
            gate,
            log,
            total,
            runtime,
            address,
            end,
            tasks,
        })
    }

    /// Opens the address of a node.
    ///
    /// # Errors
    ///
    /// The problem, as the start of the app reports it.
    pub(crate) async fn bind(config: &Cluster) -> Result<Bound, String> {
        let shown = &config.address;
        let fault =
            |error: std::io::Error| format!("cluster: {shown} cannot be listened on: {error}");
        let listener = TcpListener::bind(shown).await.map_err(fault)?;
        let address = listener.local_addr().map_err(fault)?;
        match config.address_fault(address) {
            Some(fault) => Err(fault),
            None => Ok(Bound { listener, address }),
        }
    }

    pub(crate) fn session_ids(&self) -> SessionIds {
        SessionIds::of_node(self.config.number)
    }

    pub(crate) fn elsewhere(&self) -> Arc<dyn Elsewhere> {
        self.gate.clone()
    }

    /// Takes the runtime that messages of other nodes are dispatched with. Before this there are no links.
    pub(crate) fn serves(&self, runtime: Arc<Runtime>) {
        // It happens once.
        let _ = self.runtime.set(runtime);
    }

    pub(super) fn runtime(&self) -> Option<&Arc<Runtime>> {
        self.runtime.get()
    }

    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.address.get().copied()
    }

    /// Ends all links, and accepts no more.
    pub(crate) fn stop(&self) {
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
        Hello::new(&self.config.name, self.config.number, self.serializer)
    }

    pub(super) fn manifest(&self) -> Manifest {
        let manifest =
            |runtime: &Arc<Runtime>| Manifest::of(&runtime.routes, runtime.limits.handler_timeout);
        self.runtime.get().map(manifest).unwrap_or_default()
    }

    /// Takes a link into use; `None` when its number is no member's.
    pub(super) fn attach(
        &self,
        number: u32,
        link: &Arc<Link>,
        routes: Vec<ManifestRoute>,
    ) -> Option<Arc<Sessions>> {
        let peer = self.gate.peers.iter().find(|peer| peer.number == number)?;
        let runtime = self.runtime.get()?;
        limited!(self.log, NodeLinked, node = number, routes = routes.len());
        let sessions = Sessions::new(number, runtime.clone(), link.clone());
        peer.attach(link, sessions.clone(), routes);
        self.gate.learn();
        Some(sessions)
    }

    pub(super) fn detach(&self, number: u32, link: &Arc<Link>) {
        if let Some(peer) = self.gate.peers.iter().find(|peer| peer.number == number) {
            peer.detach(link);
        }
    }

    /// Tells the log how a link ended.
    pub(super) fn ended(&self, node: Option<u32>, end: &End) {
        match end {
            End::Ended => tracing::debug!(node, "a link has ended"),
            End::Refused(_) => limited!(self.log, NodeRefused, node, reason = %end),
            _ => limited!(self.log, NodeLost, node, reason = %end),
        }
    }

    /// Returns `true` if the session's client is connected to this node.
    pub(super) fn is_own(&self, session: SessionId) -> bool {
        session.node() == Some(self.config.number)
    }

    /// Returns the sessions of the gate that this one is of, while there is a link to it.
    pub(super) fn sessions_of(&self, session: SessionId) -> Option<Arc<Sessions>> {
        let gate = session.node()?;
        self.gate.peers.iter().find(|peer| peer.number == gate)?.sessions()
    }

    /// Returns a session of this node's clients.
    pub(super) fn session(&self, id: u64) -> Option<Session> {
        let session = self.sessions.get(SessionId::from_number(id))?;
        // Other gates' sessions have proxies in the table.
        session.link().owner().is_none().then_some(session)
    }

    /// Sends a push to clients of this node: it is framed once for all of them.
    pub(super) fn push(&self, push: Push) {
        let number = self.config.number;
        let sessions: Vec<Session> = match push.session {
            0 => push.members.iter().map(|count| SessionId::of_node(number, *count)).collect(),
            one => vec![SessionId::from_number(one)],
        }
        .into_iter()
        .filter_map(|id| self.session(id.get()))
        .collect();
        let class = class_of_frame(push.class(), push.key);
        let route = crate::Push::with_class(&push.route, class);
        let sent = broadcast(&sessions, |_| true, route, &|_, out| {
            out.extend_from_slice(&push.body);
            Ok(())
        });
        if let Err(error) = sent {
            tracing::debug!(route = push.route, error = %error.report(), "a push is not sent");
        }
    }

    pub(super) fn patch(&self, patch: Patch, node: u32, link: &Link) {
        let Patch { session, id, change } = patch;
        let outcome = match (self.session(session), change) {
            (Some(session), Some(change)) => change.make(&session),
            (Some(session), None) => {
                self.gate.attached(&session, node, link);
                Ok(())
            }
            (None, None) => {
                link.queue.put(Kind::Closed(Closed { session }));
                Ok(())
            }
            (None, Some(_)) => Err(Error::new(ErrorKind::Closed, "the session has ended")),
        };
        if let Err(error) = &outcome {
            tracing::debug!(session, error = %error.report(), "a change is refused");
        }
        if id != 0 {
            let outcome = outcome.map(|()| (Content::Nothing, Default::default()));
            let answer = Answer::new(id, outcome.map_err(|error| Failure::of_error(&error)));
            link.queue.put(Kind::Answer(Answer { done: true, ..answer }));
        }
    }

    pub(super) fn close(&self, close: Close) {
        if let Some(session) = self.session(close.session) {
            match close.kick {
                Some(reason) => session.kick(reason),
                None => session.close(),
            }
        }
    }
}

impl patch::Change {
    fn make(self, session: &Session) -> Result<()> {
        match self {
            Self::Bind(uid) => match uid.into_uid() {
                // It is done at once on the session's own node.
                Some(uid) => session.bind(uid).now_or_never().unwrap_or(Ok(())),
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
        }
    }
}

impl fmt::Debug for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("config", &self.config).finish_non_exhaustive()
    }
}
