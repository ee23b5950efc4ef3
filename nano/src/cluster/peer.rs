//! Another node, and the link to it while there is one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frames::ManifestRoute;
use super::linked::Link;
use super::sessions::Sessions;

/// Another node of the cluster.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) number: u32,
    pub(super) address: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    link: Option<Arc<Link>>,
    /// The sessions of its clients, while there is a link.
    sessions: Option<Arc<Sessions>>,
    /// The routes of its last manifest. They stay known while it is away.
    routes: Arc<Vec<ManifestRoute>>,
}

impl Peer {
    pub(super) fn new(number: u32, address: String) -> Self {
        Self { number, address, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn link(&self) -> Option<Arc<Link>> {
        self.state().link.clone()
    }

    pub(super) fn sessions(&self) -> Option<Arc<Sessions>> {
        self.state().sessions.clone()
    }

    pub(super) fn routes(&self) -> Arc<Vec<ManifestRoute>> {
        self.state().routes.clone()
    }

    /// Takes a new link. An older one ends: its peer has made another.
    pub(super) fn attach(
        &self,
        link: &Arc<Link>,
        sessions: Arc<Sessions>,
        routes: Vec<ManifestRoute>,
    ) {
        let mut state = self.state();
        state.sessions = Some(sessions);
        state.routes = Arc::new(routes);
        let older = state.link.replace(link.clone());
        drop(state);
        if let Some(older) = older {
            older.end.cancel();
        }
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
