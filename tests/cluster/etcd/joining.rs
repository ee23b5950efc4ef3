//! Nodes that want the same at the same time.

use std::collections::BTreeMap;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_11_twenty_nodes_join_at_once() {
    const FAULT: &str = "fault_11_etcd";
    let etcd = Server::start().await;
    let victim = node("victim", Etcd::new([etcd.url()]), &Seen::default()).await;
    let start = Instant::now();
    let mut joining = JoinSet::new();
    let names: Vec<_> = (0..20).map(|place| format!("n{place}")).collect();
    for name in names.clone() {
        let etcd = Etcd::new([etcd.url()]);
        joining.spawn(async move {
            let seen = Seen::default();
            (node(&name, etcd, &seen).await, seen)
        });
    }
    // It says nothing: its lease ends.
    drop(victim);
    let joined = joining.join_all().await;
    // By their names: who loses its lease on a busy machine is seen once more when it is back.
    let met = |seen: &Seen| names.iter().filter(|name| !seen.numbers(name).is_empty()).count();
    until("all see all", async || joined.iter().all(|(_, seen)| met(seen) == names.len() - 1))
        .await;
    // Of those that write at the same time one is let in: twenty wait for one another's writes to the disk.
    within(FAULT, "twenty nodes see one another", start.elapsed(), Duration::from_secs(2), 30);
    let mut holders = BTreeMap::new();
    for (_, seen) in &joined {
        for name in &names {
            for number in seen.numbers(name) {
                let holder = *holders.entry(number).or_insert(name);
                assert_eq!(holder, name, "no number is given twice: {number}");
            }
        }
    }
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
