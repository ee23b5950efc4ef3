//! Nodes whose processes are killed.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::stage::{EVERY, Stage, all_see_all, ask, client_of, connect, echo};
use crate::load::{Answers, Load};
use crate::node::{Fact, Node, Role};
use crate::table::{is_whole, report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_01_killed_backend() {
    const FAULT: &str = "fault_01_killed_backend";
    let mut stage = Stage::start(["one", "two"]).await;
    let number = stage.gate.knows("one").await;
    let loads = stage.load().await;
    let (stuck, member) =
        (client_of(&stage.gate, "one").await, client_of(&stage.gate, "one").await);
    ask(&member, "desk.open", &"forest").await.expect("a zone");
    ask(&member, "desk.enter", &"forest").await.expect("it is let in");
    sleep(SECOND / 2).await;

    let start = Instant::now();
    let waiting = tokio::spawn(async move {
        let told = ask(&stuck, "desk.stuck", &7).await;
        (told, Instant::now())
    });
    stage.backends[0].told("it is handled", |fact| *fact == Fact::Noted { number: 7 }).await;
    let of_two = loads.iter().filter(|load| load.node().as_deref() == Some("two"));
    let of_two: Vec<_> = of_two.collect();
    let killed = stage.backends[0].kill();

    let (told, at) = waiting.await.expect("it is answered");
    assert_eq!(told, Err("node_lost".to_owned()), "it may have been handled");
    // Less than the three seconds of silence after which the link would end.
    within(FAULT, "a pending request is told", at - killed, SECOND / 10, 25);
    for node in [&stage.gate, &stage.backends[1]] {
        let left = node.sees_end_of(number).await;
        let what = format!("{} hears that it is dead", node.name());
        within(FAULT, &what, left.saturating_duration_since(killed), SECOND, 4);
    }
    assert_eq!(ask(&member, "zone.count", &()).await, Err("room_closed".to_owned()));
    assert_eq!(echo(&member).await.as_deref(), Ok("two"), "it chooses anew");

    sleep(SECOND).await;
    for node in [&stage.gate, &stage.backends[1]] {
        assert_eq!(node.left(number).len(), 1, "once: {:?}", node.facts());
    }
    let unharmed = Answers::of(of_two.into_iter().map(|load| load.since(start)));
    report(FAULT, format_args!("clients of the other backend: {unharmed}"));
    assert!(unharmed.errors().is_empty() && unharmed.ends.is_empty());
    for load in loads {
        let answers = load.end(start).await;
        let errors = answers.errors();
        let lost = errors.get("node_lost").copied().unwrap_or_default();
        assert!(lost <= 1 && errors.len() == lost, "what was on its way, and no more: {errors:?}");
        assert!(answers.ends.is_empty(), "clients stay: {:?}", answers.ends);
    }

    // The name of the killed node is free.
    let role = stage.backends[0].again();
    stage.backends[0] = Node::start(role).await;
    all_see_all(&stage.nodes()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_02_killed_gate() {
    const FAULT: &str = "fault_02_killed_gate";
    const CLIENTS: usize = 20;
    let master = Node::start(Role::master("master")).await;
    let join = |name: &str| Role::join(name, master.cluster());
    let (mut left, right, one) = tokio::join!(
        Node::start(join("left").gate()),
        Node::start(join("right").gate()),
        Node::start(join("one").backend()),
    );
    all_see_all(&[&master, &left, &right, &one]).await;
    let load = Load::at(&[right.clients()], EVERY);
    let host = client_of(&right, "one").await;
    ask(&host, "desk.open", &"forest").await.expect("a zone");
    ask(&host, "desk.enter", &"forest").await.expect("it is let in");
    let mut guests = Vec::new();
    for uid in 1..=CLIENTS {
        let guest = client_of(&left, "one").await;
        ask(&guest, "desk.login", &uid).await.expect("it is bound");
        ask(&guest, "desk.enter", &"forest").await.expect("it is let in");
        guests.push(guest);
    }
    assert_eq!(ask(&host, "zone.count", &()).await, Ok((CLIENTS + 1).into()));
    let sessions: Vec<_> = left.facts().iter().filter_map(|(_, fact)| fact.opened()).collect();

    let (start, number) = (Instant::now(), one.knows("left").await);
    let killed = left.kill();
    for node in [&master, &right, &one] {
        let gone = node.sees_end_of(number).await;
        let what = format!("{} hears that it is dead", node.name());
        within(FAULT, &what, gone.saturating_duration_since(killed), SECOND, 4);
    }
    until("they are out of the group", async || {
        ask(&host, "zone.count", &()).await == Ok(1.into())
    })
    .await;
    within(FAULT, "groups are free", killed.elapsed(), SECOND, 4);
    let mut users = Vec::new();
    for uid in 1..=CLIENTS {
        let user = connect(&right).await;
        ask(&user, "desk.login", &uid).await.expect("the user is free");
        users.push(user);
    }
    within(FAULT, "its users have logged in elsewhere", killed.elapsed(), SECOND, 6);
    let role = Role::join("left", master.cluster()).gate();
    let _again = Node::start(role).await;
    within(FAULT, "another node has its name", killed.elapsed(), 2 * SECOND, 5);

    let opened = |session: u64| one.count(|fact| fact.opened() == Some(session));
    let closed = |session: u64| one.count(|fact| *fact == Fact::Closed { session });
    until("its sessions have ended", async || {
        let all: Vec<_> = sessions.iter().map(|id| (opened(*id), closed(*id))).collect();
        all.iter().map(|(_, closed)| closed).sum::<usize>() >= CLIENTS
            && all.iter().all(|(opened, closed)| closed >= opened)
    })
    .await;
    let mut ended = 0;
    for session in sessions {
        let (opened, closed) = (opened(session), closed(session));
        assert!(closed == opened && opened <= 1, "the hooks of each session run once: {closed}");
        ended += closed;
    }
    assert!(ended >= CLIENTS, "{ended} have ended");
    let answers = load.end(start).await;
    report(FAULT, format_args!("a client of the other gate: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty());
}

/// Only one node is left to see that the gate is gone, and that one has answers for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_02_killed_gate_that_is_being_answered() {
    const FAULT: &str = "fault_02_killed_gate_that_is_being_answered";
    let rounds = if is_whole() { 20 } else { 3 };
    let one = Node::start(Role::master("one").backend()).await;
    let mut gate = Node::start(Role::join("gate", one.cluster()).gate()).await;
    let mut slowest = Duration::ZERO;
    for _ in 0..rounds {
        let number = one.knows("gate").await;
        let loads: Vec<_> =
            (0..20).map(|_| Load::at(&[gate.clients()], Duration::from_millis(1))).collect();
        until("clients are served", async || loads.iter().all(|load| load.node().is_some())).await;
        sleep(SECOND / 4).await;
        let killed = gate.kill();
        let gone = one.sees_end_of(number).await;
        slowest = slowest.max(gone.saturating_duration_since(killed));
        drop(loads);
        gate = Node::start(gate.again()).await;
        until("it is back", async || one.knows("gate").await > number).await;
    }
    within(FAULT, &format!("it is dead, {rounds} times,"), slowest, SECOND, 4);
}
