//! Another node, and the link to it while there is one.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;

use super::calls::Calls;
use super::frames::ManifestRoute;
use super::queue::Queue;

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
    /// The routes of its last manifest. They stay known while it is away.
    routes: Arc<Vec<ManifestRoute>>,
}

/// A link that is complete: both sides know each other.
#[derive(Debug)]
pub(super) struct Link {
    /// Another one for each link of this process.
    pub(super) epoch: u64,
    pub(super) queue: Queue,
    pub(super) calls: Arc<Calls>,
    pub(super) end: CancellationToken,
}

impl Link {
    pub(super) fn new(queue: Queue, end: CancellationToken) -> Arc<Self> {
        static EPOCH: AtomicU64 = AtomicU64::new(1);
        let epoch = EPOCH.fetch_add(1, Ordering::Relaxed);
        Arc::new(Self { epoch, queue, calls: Arc::default(), end })
    }
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

    pub(super) fn routes(&self) -> Arc<Vec<ManifestRoute>> {
        self.state().routes.clone()
    }

    /// Takes a new link. An older one ends: its peer has made another.
    pub(super) fn attach(&self, link: &Arc<Link>, routes: Vec<ManifestRoute>) {
        let mut state = self.state();
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
        }
    }
}
