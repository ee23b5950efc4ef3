//! Faults of etcd, by their numbers in the table of failures.

use std::sync::atomic::Ordering;
use std::time::Duration;

use nano::{ErrorKind, Etcd};
use serde_json::json;
use tokio::time::sleep;

use super::server::Server;
use super::way::Way;
use super::world::{Hall, Seen, World, node};
use crate::wait::until;

/// The time for which etcd is away: several leases, and a minute in the whole run.
fn outage() -> Duration {
    let is_whole = std::env::var_os("NANO_CLUSTER_ALL").is_some();
    Duration::from_secs(if is_whole { 60 } else { 12 })
}

/// The time after which a node that is away is given up, however that came: a lease, and what etcd needs to find it.
const SETTLED: Duration = Duration::from_secs(9);

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_14_etcd_refuses_connections_for_a_while() {
    let mut etcd = Server::start().await;
    let world = World::start(|| Etcd::new([etcd.url()])).await;
    etcd.kill();
    let (url, seen) = (etcd.url(), Seen::default());
    let late = tokio::spawn(async move { node("late", Etcd::new([url]), &seen).await });
    sleep(outage().min(Duration::from_secs(20))).await;
    world.is_as_before();
    assert!(!late.is_finished(), "nobody joins");
    etcd.run().await;
    let late = late.await.expect("it joins");
    until("all see it", async || world.seen[0].numbers("late").len() == 1).await;
    sleep(SETTLED).await;
    world.is_as_before();
    late.shutdown().await;
    until("its end is seen", async || world.seen[0].left().len() == 1).await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_14_etcd_is_frozen_for_a_while() {
    let etcd = Server::start().await;
    let world = World::start(|| Etcd::new([etcd.url()])).await;
    etcd.signal("STOP");
    sleep(outage()).await;
    world.is_as_before();
    etcd.signal("CONT");
    // All leases have ended meanwhile, and all nodes come back.
    sleep(SETTLED).await;
    world.is_as_before();
    let late = node("late", Etcd::new([etcd.url()]), &Seen::default()).await;
    until("all see it", async || world.seen[0].numbers("late").len() == 1).await;
    late.shutdown().await;
    until("its end is seen", async || world.seen[0].left().len() == 1).await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_14_etcd_is_wiped() {
    let mut etcd = Server::start().await;
    let world = World::start(|| Etcd::new([etcd.url()])).await;
    let highest = world.seen[0].numbers("two")[0];
    let halls = |at: usize| world.backends[at].rooms::<Hall>().expect("halls");
    for (at, name) in [(0, "red"), (1, "blue")] {
        halls(at).open_named(name, Hall).await.expect("the name is free");
    }
    etcd.wipe();
    etcd.run().await;
    // Each asks at once for what is the other's, who may come back later.
    let taken = async |at: usize, name: &str| {
        let halls = halls(at);
        until("the name is taken", async || {
            let opened = halls.open_named(name, Hall).await;
            opened.expect_err("it is another's").kind() == ErrorKind::RoomNameTaken
        })
        .await;
    };
    tokio::join!(taken(0, "blue"), taken(1, "red"));
    sleep(SETTLED).await;
    world.is_as_before();
    assert_eq!([0, 1].map(|at| halls(at).list().len()), [1, 1], "the rooms are there");
    let late = node("late", Etcd::new([etcd.url()]), &Seen::default()).await;
    until("all see it", async || world.seen[0].numbers("late").len() == 1).await;
    assert!(world.seen[0].numbers("late")[0] > highest, "no number is given twice");
    late.shutdown().await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_15_etcd_answers_after_two_seconds() {
    let etcd = Server::start().await;
    let way = Way::to(etcd.port()).await;
    let world = World::start(|| Etcd::new([way.url()])).await;
    way.delay.store(1000, Ordering::SeqCst);
    sleep(outage()).await;
    world.is_as_before();
    way.delay.store(0, Ordering::SeqCst);
    sleep(SETTLED).await;
    world.is_as_before();
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_15_the_leader_of_three_members_changes() {
    let mut etcd = Server::start_members(3).await;
    let urls: Vec<_> = etcd.iter().map(Server::url).collect();
    let world = World::start(|| Etcd::new(urls.clone())).await;
    // It says nothing, and its connections stand.
    let first = Server::leader_of(&etcd).await;
    etcd[first].signal("STOP");
    let late = node("late", Etcd::new(urls.clone()), &Seen::default()).await;
    until("all see it", async || world.seen.iter().all(|seen| seen.numbers("late").len() == 1))
        .await;
    sleep(outage()).await;
    world.is_as_before();
    // It begins anew: etcd before 3.4.31 and 3.5.13 revokes the leases that ended by the clock of a leader that goes on.
    etcd[first].kill();
    etcd[first].run().await;
    // The next one is gone.
    let second = Server::leader_of(&etcd).await;
    etcd[second].kill();
    sleep(SETTLED).await;
    world.is_as_before();
    late.shutdown().await;
    until("its end is seen", async || world.seen.iter().all(|seen| seen.left().len() == 1)).await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_15_one_of_two_addresses_is_lost_and_nobody_notices() {
    let etcd = Server::start().await;
    let ways = [Way::to(etcd.port()).await, Way::to(etcd.port()).await];
    let both = || Etcd::new(ways.iter().map(Way::url));
    let world = World::start(both).await;
    let is_seen = async |name: &str| {
        let see = |name| world.seen.iter().all(|seen| seen.numbers(name).len() == 1);
        until("all see it", async || see(name)).await;
    };
    // Its connections end, and new ones are refused.
    ways[0].is_cut.store(true, Ordering::SeqCst);
    let one = node("three", both(), &Seen::default()).await;
    is_seen("three").await;
    sleep(SETTLED).await;
    world.is_as_before();
    ways[0].is_cut.store(false, Ordering::SeqCst);
    // The other one says nothing any more.
    ways[1].delay.store(600_000, Ordering::SeqCst);
    let other = node("four", both(), &Seen::default()).await;
    is_seen("four").await;
    sleep(SETTLED).await;
    world.is_as_before();
    one.shutdown().await;
    other.shutdown().await;
    until("their ends are seen", async || world.seen[0].left().len() == 2).await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_15_what_is_missed_is_seen_though_etcd_has_forgotten_how_it_came() {
    let etcd = Server::start().await;
    let way = Way::to(etcd.port()).await;
    let world = World::start(|| Etcd::new([way.url()])).await;
    // Shorter than a lease.
    way.is_cut.store(true, Ordering::SeqCst);
    let late = node("late", Etcd::new([etcd.url()]), &Seen::default()).await;
    let gone = node("gone", Etcd::new([etcd.url()]), &Seen::default()).await;
    gone.shutdown().await;
    let revision = etcd.revision().await;
    etcd.post("kv/compaction", &json!({ "revision": revision.to_string(), "physical": true }))
        .await;
    way.is_cut.store(false, Ordering::SeqCst);
    until("all see it", async || world.seen.iter().all(|seen| seen.numbers("late").len() == 1))
        .await;
    sleep(SETTLED).await;
    world.is_as_before();
    assert!(world.seen[0].numbers("gone").is_empty(), "it came and went unseen");
    late.shutdown().await;
    world.end().await;
}

#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_16_a_lease_that_is_revoked_by_hand_is_one_death_and_one_join() {
    let etcd = Server::start().await;
    let world = World::start(|| Etcd::new([etcd.url()])).await;
    let number = world.seen[0].numbers("two")[0];
    // The client's calls to it are lost, so that there is none.
    let late = node("late", Etcd::new([etcd.url()]), &Seen::default()).await;
    until("all see it", async || world.seen[0].numbers("late").len() == 1).await;
    let first = world.seen[0].numbers("late")[0];
    assert!(first > number);
    etcd.revoke(first).await;
    for seen in &world.seen {
        until("it joins anew", async || seen.numbers("late").len() == 2).await;
        assert_eq!(seen.left(), [first]);
        assert!(seen.numbers("late")[1] > first);
    }
    sleep(SETTLED).await;
    assert!(world.seen.iter().all(|seen| seen.left() == [first]), "and that is all");
    late.shutdown().await;
    world.end().await;
}

/// A node whose etcd is away while it is dead is not waited for.
#[tokio::test]
#[ignore = "needs etcd: `cargo xtask cluster` runs it"]
async fn fault_12_who_dies_while_etcd_is_frozen_is_gone_after_that() {
    let etcd = Server::start().await;
    let world = World::start(|| Etcd::new([etcd.url()])).await;
    let way = Way::to(etcd.port()).await;
    // It is cut off from etcd alone, which stands for a death.
    let late = node("late", Etcd::new([way.url()]), &Seen::default()).await;
    until("all see it", async || world.seen[0].numbers("late").len() == 1).await;
    etcd.signal("STOP");
    way.is_cut.store(true, Ordering::SeqCst);
    sleep(outage().min(Duration::from_secs(12))).await;
    etcd.signal("CONT");
    until("it is given up", async || world.seen.iter().all(|seen| seen.left().len() == 1)).await;
    // It hears of it from the others, or from etcd, and is another one then.
    way.is_cut.store(false, Ordering::SeqCst);
    until("it joins anew", async || world.seen.iter().all(|seen| seen.numbers("late").len() == 2))
        .await;
    late.shutdown().await;
    world.end().await;
}
