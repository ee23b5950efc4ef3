//! Nodes that want the same at the same time.

use std::time::{Duration, Instant};

use nano::client::Client;
use nano::{App, Cluster, Etcd};
use tokio::task::JoinSet;

use super::server::Server;
use super::world::{Seen, node};
use crate::clients::ask;
use crate::node::Role;
use crate::table::within;
use crate::wait::until;

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_10_of_two_nodes_with_one_name_the_second_is_refused() {
    let (etcd, seen) = (Server::start().await, [Seen::default(), Seen::default()]);
    let first = node("one", Etcd::new([etcd.url()]), &seen[0]).await;
    let other = node("other", Etcd::new([etcd.url()]), &seen[1]).await;
    let second = Cluster::bind("127.0.0.1:0").name("one").registry(Etcd::new([etcd.url()]));
    let error = App::new().cluster(second).start().await.expect_err("the name is taken");
    let cause = std::error::Error::source(&error).expect("a cause").to_string();
    let address = first.cluster_address().expect("a node");
    let text = format!("the name `one` is taken: the node at {address} has it, and the one at 127");
    assert!(cause.contains(&text), "{cause}");
    assert!(seen.iter().all(|seen| seen.left().is_empty()), "the first is not disturbed");
    assert_eq!(seen[1].numbers("one").len(), 1);
    for server in [other, first] {
        server.shutdown().await;
    }
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_11_twenty_nodes_join_at_once() {
    const FAULT: &str = "fault_11_etcd";
    let etcd = Server::start().await;
    let victim = node("victim", Etcd::new([etcd.url()]), &Seen::default()).await;
    let start = Instant::now();
    let mut joining = JoinSet::new();
    for place in 0..20 {
        let etcd = Etcd::new([etcd.url()]);
        joining.spawn(async move {
            let (name, seen) = (format!("n{place}"), Seen::default());
            (node(&name, etcd, &seen).await, seen)
        });
    }
    // It says nothing: its lease ends.
    drop(victim);
    let joined = joining.join_all().await;
    let numbers = |seen: &Seen| {
        (0..20).flat_map(|place| seen.numbers(&format!("n{place}"))).collect::<Vec<_>>()
    };
    until("all see all", async || joined.iter().all(|(_, seen)| numbers(seen).len() == 19)).await;
    within(FAULT, "twenty nodes see one another", start.elapsed(), Duration::from_secs(2), 10);
    let mut all: Vec<_> = joined.iter().flat_map(|(_, seen)| numbers(seen)).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 20, "no number is given twice");
    for (server, _) in joined {
        server.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_18_of_two_rooms_that_claim_one_name_at_once_one_gets_it() {
    let etcd = Server::start().await;
    let role = |name: &str| Role::etcd(name, &etcd.url()).backend();
    let (one, two) = (role("one").start_here().await, role("two").start_here().await);
    let mut clients = Vec::new();
    for server in [&one, &two] {
        let (near, far) = tokio::io::duplex(8 * 1024);
        server.serve(far);
        clients.push(Client::builder().over(near).await.expect("it is let in"));
    }
    for zone in 0..20 {
        let zone = format!("zone {zone}");
        let (left, right) = tokio::join!(
            ask(&clients[0], "desk.open", &zone),
            ask(&clients[1], "desk.open", &zone)
        );
        let taken = Err("room_name_taken".to_owned());
        assert!(left.is_ok() != right.is_ok(), "one of them has it: {left:?}, {right:?}");
        assert!(left == taken || right == taken, "and the other is told so: {left:?}, {right:?}");
    }
    for server in [two, one] {
        server.shutdown().await;
    }
}
