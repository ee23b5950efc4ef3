//! Two nodes of one app: a gate, and a backend that has the components.

use nano::{App, Cluster, Result, Server};

/// Starts the backend, and returns it behind the gate, whose start waits for a link between the two.
pub(crate) async fn split(backend: App, gate: App) -> Result<(App, Server)> {
    let node = Cluster::bind("127.0.0.1:0").number(1).member(2, "127.0.0.1:1");
    let backend = backend.cluster(node).start().await?;
    let address = backend.cluster_address().map(|address| address.to_string());
    let node = Cluster::bind("127.0.0.1:0").number(2).member(1, address.unwrap_or_default());
    Ok((gate.cluster(node), backend))
}
