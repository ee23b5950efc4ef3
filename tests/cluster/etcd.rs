//! Clusters whose nodes are kept in a real etcd.

mod access;
mod faults;
mod server;
mod world;

use std::sync::Arc;

use nano::testing::assert_registry;
use nano::{Etcd, Registry};

use self::server::Server;

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn etcd_keeps_what_a_registry_promises() {
    let etcd = Server::start().await;
    assert_registry(|| {
        let registry = Etcd::new([etcd.url()]);
        registry.of_cluster("a/b %");
        Arc::new(registry)
    })
    .await;
}
