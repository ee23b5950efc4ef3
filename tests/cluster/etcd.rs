//! Clusters whose nodes are kept in a real etcd.

mod access;
mod faults;
#[cfg(unix)]
mod joining;
mod losses;
pub(crate) mod server;
#[cfg(unix)]
mod split;
mod way;
mod world;

use std::sync::Arc;

use nano::testing::assert_registry;
use nano::{Etcd, Registry};

use self::server::Server;
#[cfg(unix)]
use crate::node::Role;
#[cfg(unix)]
use crate::processes::{
    frozen::frozen, logins::log_in_elsewhere, restarted::restart, stage::Stage,
};
#[cfg(unix)]
use crate::table::is_whole;

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

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_09_restart_at_the_same_address() {
    let etcd = Server::start().await;
    restart("fault_09_etcd", Stage::in_etcd(&etcd, ["one", "two"]).await).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_04_frozen_backend() {
    let etcd = Server::start().await;
    frozen("fault_04_etcd", Stage::in_etcd(&etcd, ["one", "two"]).await).await;
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_19_10k_logins() {
    let count = if is_whole() { 10_000 } else { 200 };
    let etcd = Server::start().await;
    log_in_elsewhere("fault_19_etcd", count, |name| Role::etcd(name, &etcd.url())).await;
}
