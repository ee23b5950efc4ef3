//! The app as a node of a cluster.

use std::net::SocketAddr;

use crate::{App, Cluster, Server};

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
    ///     .cluster(Cluster::bind("127.0.0.1:7801").number(1).member(2, "127.0.0.1:7802"));
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
