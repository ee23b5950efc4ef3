//! The shared state of a running app.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio_util::sync::CancellationToken;

use super::config::Config;
use crate::Result;
#[cfg(feature = "cluster")]
use crate::cluster::Node;
#[cfg(feature = "cluster")]
use crate::component::NodeEvent;
use crate::component::{BoundHook, BoundTimer, Component, Components, Handle, Instance, Lifecycle};
use crate::dispatch::Runtime;
use crate::door::Door;
use crate::net::Net;
#[cfg(feature = "cluster")]
use crate::session::Node as PeerNode;

/// A running app.
pub(crate) struct Core {
    pub(crate) config: Config,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) door: Door<Net>,
    pub(crate) lifecycle: Vec<(Lifecycle, BoundHook<()>)>,
    pub(crate) timers: Vec<BoundTimer>,
    pub(crate) components: Arc<Components>,
    /// The runtime that the app was started on.
    pub(crate) home: tokio::runtime::Handle,
    /// Cancelled when shutdown begins.
    pub(crate) stop_accepting: CancellationToken,
    /// Cancelled when shutdown has ended.
    pub(crate) stopped: CancellationToken,
    /// The listeners are open.
    pub(crate) is_listening: AtomicBool,
    /// The app as a node of a cluster.
    #[cfg(feature = "cluster")]
    pub(crate) node: Option<Arc<Node>>,
    /// The app ends because its node is not in the cluster any more.
    #[cfg(feature = "cluster")]
    pub(crate) is_fenced: AtomicBool,
    #[cfg(feature = "cluster")]
    pub(crate) node_hooks: Vec<(NodeEvent, BoundHook<PeerNode>)>,
}

impl Core {
    pub(crate) fn component<C: Component>(&self) -> Option<Handle<C>> {
        self.components.get::<Instance<C>>().map(|instance| Handle::new(instance.clone(), C::NAME))
    }

    /// Returns the outcome of an app that has ended by itself.
    pub(crate) fn ended(&self) -> Result<()> {
        #[cfg(feature = "cluster")]
        if self.is_fenced.load(Ordering::Acquire) {
            let text = "the node is not in its cluster any more";
            return Err(crate::Error::new(crate::ErrorKind::NodeLost, text));
        }
        Ok(())
    }

    /// Returns `true` from the time at which the listeners are open until the drain or the shutdown begins, except while the
    /// app's node is no member of its cluster.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_listening.load(Ordering::Acquire) && self.door.is_ready() && self.is_member()
    }

    fn is_member(&self) -> bool {
        #[cfg(feature = "cluster")]
        if let Some(node) = &self.node {
            return node.is_member();
        }
        true
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("runtime", &self.runtime).finish_non_exhaustive()
    }
}
