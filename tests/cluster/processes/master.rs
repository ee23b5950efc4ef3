//! A master whose process is killed, and starts again after a while.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::stage::{EVERY, all_see_all, ask, connect};
use crate::clients::{assert_claims_are_kept, client_with_claims};
use crate::load::{Answers, Load};
use crate::node::{Node, Role};
use crate::table::{is_whole, report, within};

const SECOND: Duration = Duration::from_secs(1);

/// The time for which a master that starts waits for the nodes of before.
const SETTLES: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_13_master_killed() {
    const FAULT: &str = "fault_13_master_killed";
    let away = if is_whole() { 60 * SECOND } else { 8 * SECOND };
    let mut master = Node::start(Role::master("master")).await;
    let address = master.cluster();
    let join = |name: &str| Role::join(name, address);
    let (left, right, one, two) = tokio::join!(
        Node::start(join("left").gate()),
        Node::start(join("right").gate()),
        Node::start(join("one").backend()),
        Node::start(join("two").backend()),
    );
    all_see_all(&[&master, &left, &right, &one, &two]).await;
    let first = left.knows("master").await;
    let user = client_with_claims(&left, "one").await;
    let of_one = ask(&user, "desk.enter", &"forest").await.expect("it is let in");
    let loads: Vec<_> =
        (0..6).map(|which| Load::at(&[[&left, &right][which % 2].clients()], EVERY)).collect();
    sleep(SECOND).await;

    let start = Instant::now();
    let killed = master.kill();
    sleep(away / 2).await;
    let three = Node::spawn(join("three").backend());
    sleep(away.saturating_sub(killed.elapsed())).await;
    assert!(three.facts().is_empty(), "nobody joins");
    let restarted = Instant::now();
    master = Node::start(master.again()).await;
    within(FAULT, "the master has settled", restarted.elapsed(), SETTLES + SECOND, 3);
    three.started().await;
    let all = [&master, &left, &right, &one, &two, &three];
    all_see_all(&all).await;
    within(FAULT, "all see all", restarted.elapsed(), SETTLES + 2 * SECOND, 3);

    let survivors = [&left, &right, &one, &two];
    let names = ["right", "one", "two", "three", "master"];
    let mut numbers: Vec<_> = names.iter().flat_map(|name| left.numbers(name)).collect();
    numbers.extend(right.numbers("left"));
    let count = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), count, "no number is given twice: {numbers:?}");
    for node in survivors {
        node.sees_end_of(first).await;
        let gone = node.count(|fact| fact.left().is_some());
        assert_eq!(gone, 1, "only the master of before is gone: {:?}", node.facts());
    }

    let other = connect(&right).await;
    assert_eq!(ask(&other, "desk.enter", &"forest").await, Ok(of_one), "the zone is where it was");
    assert_eq!(ask(&user, "zone.count", &()).await, Ok(2.into()), "and its members stayed");
    assert_claims_are_kept(&user, &right).await;

    let mut answers = Vec::new();
    for load in loads {
        answers.push(load.end(start).await);
    }
    let answers = Answers::of(answers);
    report(FAULT, format_args!("{away:?} without a master: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "service goes on");
}

/// A master that stands still is away, and so is what it knows of time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_13_frozen_master() {
    const FAULT: &str = "fault_13_frozen_master";
    let away = if is_whole() { 60 * SECOND } else { 8 * SECOND };
    let master = Node::start(Role::master("master")).await;
    let join = |name: &str| Role::join(name, master.cluster());
    let (gate, one) =
        tokio::join!(Node::start(join("gate").gate()), Node::start(join("one").backend()),);
    all_see_all(&[&master, &gate, &one]).await;
    let user = client_with_claims(&gate, "one").await;
    let load = Load::at(&[gate.clients()], EVERY);

    let start = Instant::now();
    let frozen = master.freeze();
    sleep(away / 2).await;
    let two = Node::spawn(join("two").backend());
    sleep(away.saturating_sub(frozen.elapsed())).await;
    assert!(two.facts().is_empty(), "nobody joins");
    let thawed = master.thaw();
    two.started().await;
    all_see_all(&[&master, &gate, &one, &two]).await;
    within(FAULT, "all see all", thawed.elapsed(), 2 * SECOND, 5);
    // Longer than a lease.
    sleep(6 * SECOND).await;
    for node in [&master, &gate, &one, &two] {
        assert_eq!(node.count(|fact| fact.left().is_some()), 0, "nobody is given up");
    }
    assert_eq!(gate.numbers("master").len(), 1);
    assert_claims_are_kept(&user, &gate).await;
    let answers = load.end(start).await;
    report(FAULT, format_args!("{away:?} without a master: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "service goes on");
}
