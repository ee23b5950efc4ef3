//! Another node, and the link to it while there is one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::events::Events;
use super::frames::{Farewell, Goodbye, Kind, ManifestRoute};
use super::linked::Link;
use super::load::Load;
use super::sessions::Sessions;
use super::untold::Untold;
use crate::component::NodeEvent;
use crate::{Node, NodeState};

/// Another node of the cluster.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) number: u32,
    pub(super) address: String,
    /// It is a node of Go nano.
    pub(super) is_go: bool,
    pub(super) load: Load,
    /// Cancelled when it is no member any more.
    pub(super) retired: CancellationToken,
    /// Where it is a node of Go nano, which is told of the end of each session.
    pub(super) untold: Untold,
    /// Cancelled when it knows this node, or an attempt to reach it has failed.
    pub(super) reached: CancellationToken,
    /// Its record in the last view.
    node: Mutex<Node>,
    /// The app was told of it.
    is_told: Mutex<bool>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    link: Option<Arc<Link>>,
    /// The sessions of its clients, while there is a link.
    sessions: Option<Arc<Sessions>>,
    /// It takes no more messages over this link.
    is_leaving: bool,
    /// The routes of its last manifest. They stay known while it is away.
    routes: Arc<Vec<ManifestRoute>>,
}

impl Peer {
    pub(super) fn new(node: &Node) -> Self {
        Self {
            number: node.number(),
            address: node.address().to_owned(),
            is_go: node.is_of_go_nano(),
            load: Load::default(),
            retired: CancellationToken::new(),
            untold: Untold::default(),
            reached: CancellationToken::new(),
            node: Mutex::new(node.clone()),
            is_told: Mutex::new(false),
            state: Mutex::default(),
        }
    }

    /// Notes its record in a view.
    pub(super) fn note(&self, node: &Node) {
        *self.node.lock().unwrap_or_else(PoisonError::into_inner) = node.clone();
    }

    /// Returns its record in the last view.
    pub(super) fn node(&self) -> Node {
        self.node.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns `true` if it is about to leave.
    pub(super) fn is_draining(&self) -> bool {
        self.node.lock().unwrap_or_else(PoisonError::into_inner).state() != NodeState::Serving
    }

    /// Tells the app of it with its first link. One that is no member any more is not told of.
    pub(super) fn tell_joined(&self, events: &Events) {
        let mut is_told = self.is_told.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_told && !self.retired.is_cancelled() {
            *is_told = true;
            events.tell(NodeEvent::Joined, &self.node());
        }
    }

    /// Tells the app that it has left, after it was retired.
    pub(super) fn tell_left(&self, events: &Events) {
        // Held: else its first link could tell of it afterwards.
        let is_told = self.is_told.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_told {
            events.tell(NodeEvent::Left, &self.node());
        }
    }

    /// Ends the link for good: the node is no member any more.
    pub(super) fn retire(&self, reason: Farewell) {
        self.retired.cancel();
        if let Some(link) = self.link() {
            let text = "the node is not in the cluster any more".to_owned();
            link.queue.put(Kind::Goodbye(Goodbye { text, reason: reason.into() }));
            link.end.cancel();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn link(&self) -> Option<Arc<Link>> {
        self.state().link.clone()
    }

    /// Returns the link, if the node takes messages over it.
    pub(super) fn open_link(&self) -> Option<Arc<Link>> {
        let state = self.state();
        #[cfg(all(test, feature = "testing"))]
        if super::planted::is("stale-route") {
            return state.link.clone();
        }
        state.link.clone().filter(|_| !state.is_leaving)
    }

    /// Notes that the node takes no more messages over this link.
    pub(super) fn leaves(&self, link: &Arc<Link>) {
        self.set_leaving(link, true);
    }

    /// Notes that the node takes messages over this link again.
    pub(super) fn returns(&self, link: &Arc<Link>) {
        self.set_leaving(link, false);
    }

    fn set_leaving(&self, link: &Arc<Link>, is_leaving: bool) {
        let mut state = self.state();
        if state.link.as_ref().is_some_and(|other| Arc::ptr_eq(other, link)) {
            state.is_leaving = is_leaving;
        }
    }

    pub(super) fn sessions(&self) -> Option<Arc<Sessions>> {
        self.state().sessions.clone()
    }

    pub(super) fn routes(&self) -> Arc<Vec<ManifestRoute>> {
        self.state().routes.clone()
    }

    /// Takes a new link. An older one ends: its peer has made another. Returns `false` when the node is no member any more.
    pub(super) fn attach(
        &self,
        link: &Arc<Link>,
        sessions: Arc<Sessions>,
        routes: Vec<ManifestRoute>,
    ) -> bool {
        let mut state = self.state();
        if self.retired.is_cancelled() {
            return false;
        }
        state.sessions = Some(sessions);
        (state.routes, state.is_leaving) = (Arc::new(routes), false);
        let older = state.link.replace(link.clone());
        drop(state);
        if let Some(older) = older {
            older.end.cancel();
        }
        true
    }

    /// Forgets a link that has ended.
    pub(super) fn detach(&self, link: &Arc<Link>) {
        let mut state = self.state();
        if state.link.as_ref().is_some_and(|other| Arc::ptr_eq(other, link)) {
            state.link = None;
            state.sessions = None;
        }
    }
}
