//! The app as a node of a cluster.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Core, hooks};
use crate::cluster::{Bound, Node};
use crate::{App, CloseReason, Cluster, OnFenced, Result, Server};

impl Core {
    /// Starts the app as a node.
    pub(super) async fn join(self: &Arc<Self>, node: &Arc<Node>, bound: Bound) -> Result<()> {
        let core = Arc::downgrade(self);
        node.when_fenced(Box::new(move || {
            let core = core.upgrade();
            Box::pin(async move {
                if let Some(core) = core {
                    core.fenced().await;
                }
            })
        }));
        if !self.node_hooks.is_empty()
            && let Some(mut events) = node.events()
        {
            let core = Arc::downgrade(self);
            self.components.life().spawn(
                async move {
                    while let Some((event, node)) = events.recv().await
                        && let Some(core) = core.upgrade()
                    {
                        hooks::node(&core, event, &node, core.config.handler_timeout).await;
                    }
                },
                &self.home,
            );
        }
        crate::cluster::start(node, bound).await
    }

    /// Closes what the node had: the others have given it up, and it with it.
    async fn fenced(self: &Arc<Self>) {
        let Some(node) = &self.node else { return };
        if node.on_fenced() == OnFenced::Exit {
            self.is_fenced.store(true, Ordering::Release);
            self.clone().begin_shutdown();
            return self.stopped.cancelled().await;
        }
        self.runtime.sessions.for_each(|session| {
            session.link().close(CloseReason::NodeLost);
        });
        self.components.close_rooms_there();
    }
}

impl App {
    /// Makes the app a node of a cluster: messages for components that it does not have go to the nodes that have them,
    /// and it serves the messages of other nodes' clients. See [`nodes`](crate::nodes).
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Cluster, Tcp};
    ///
    /// let gate = App::new()
    ///     .listen(Tcp::bind("0.0.0.0:3250"))
    ///     .cluster(Cluster::bind("127.0.0.1:7801").join("127.0.0.1:7800"));
    /// ```
    pub fn cluster(mut self, cluster: Cluster) -> Self {
        self.cluster = Some(cluster);
        self
    }
}

impl Server {
    /// Returns the address at which other nodes reach this one, with the port that the system chose; `None` without
    /// [`App::cluster`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nano::{App, Cluster};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> nano::Result<()> {
    /// let node = App::new().cluster(Cluster::bind("127.0.0.1:0").number(1)).start().await?;
    /// assert!(node.cluster_address().is_some_and(|address| address.port() != 0));
    /// node.shutdown().await;
    /// # Ok(())
    /// # }
    /// ```
    pub fn cluster_address(&self) -> Option<SocketAddr> {
        self.core().node.as_ref()?.address()
    }
}
