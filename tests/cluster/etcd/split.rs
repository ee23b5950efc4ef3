//! A backend in a process of its own that does not reach etcd, while all nodes reach one another.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::server::Server;
use super::way::Way;
use crate::clients::{ask, client_of};
use crate::node::{Fact, Node, Role, all_see_all};
use crate::table::{report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

/// Cuts a backend off that has a named zone, and returns the times at which the zone ended, and its name was given away.
async fn split(fault: &str, role: impl Fn(Role) -> Role) -> (Instant, Instant) {
    let etcd = Server::start().await;
    let way = Way::to(etcd.port()).await;
    let cut = Node::start(role(Role::etcd("cut", &way.url()).backend())).await;
    let other = Node::start(Role::etcd("other", &etcd.url()).backend()).await;
    let gate = Node::start(Role::etcd("gate", &etcd.url()).gate()).await;
    all_see_all(&[&cut, &other, &gate]).await;
    let host = client_of(&gate, "cut").await;
    ask(&host, "desk.open", &"forest").await.expect("a zone");
    let next = client_of(&gate, "other").await;
    let number = gate.knows("cut").await;

    way.is_cut.store(true, Ordering::SeqCst);
    let start = Instant::now();
    until("the name is free", async || match ask(&next, "desk.open", &"forest").await {
        Ok(_) => true,
        Err(code) => {
            assert_eq!(code, "room_name_taken");
            false
        }
    })
    .await;
    let taken = Instant::now();
    within(fault, "the name is given away", taken - start, 7 * SECOND, 2);
    assert!(taken - start > 2 * SECOND, "the lease lasts for five seconds, from its last renewal");
    let closed =
        cut.told("its zone has closed", |fact| matches!(fact, Fact::RoomClosed { .. })).await;
    way.is_cut.store(false, Ordering::SeqCst);
    until("it joins anew", async || gate.numbers("cut").len() == 2).await;
    assert!(gate.knows("cut").await > number);
    assert_eq!(gate.left(number).len(), 1, "{:?}", gate.facts());
    let visitor = client_of(&gate, "cut").await;
    let holder = cut.knows("other").await;
    until("there is one zone, the other's", async || {
        ask(&visitor, "desk.enter", &"forest").await == Ok(holder.into())
    })
    .await;
    (closed, taken)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_06_a_node_that_is_cut_off_from_etcd_hears_that_it_was_given_up() {
    const FAULT: &str = "fault_06_etcd";
    let (closed, taken) = split(FAULT, |role| role).await;
    let both = closed.saturating_duration_since(taken);
    report(FAULT, format_args!("two nodes took the name for theirs for {both:.2?}"));
    assert!(both < 5 * SECOND, "the others have told it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_06_a_strict_node_that_is_cut_off_from_etcd_gives_itself_up_first() {
    let (closed, taken) = split("fault_06_etcd_strict", Role::strict).await;
    assert!(closed < taken, "the old zone ends before there can be another");
}
