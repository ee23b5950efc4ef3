//! Nodes whose processes are stopped, and go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::time::sleep;

use super::restarted::{check, note};
use super::stage::{EVERY, Stage, all_see_all, ask, client_of, connect, echo};
use crate::load::{Answers, Load};
use crate::node::{Fact, Node, Role};
use crate::table::{is_whole, report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_03_half_a_second() {
    const FAULT: &str = "fault_03_half_a_second";
    let rounds = if is_whole() { 100 } else { 5 };
    let stage = Stage::start(["one", "two"]).await;
    let loads = stage.load().await;
    let before: Vec<_> = stage.gate.facts().iter().filter_map(|(_, fact)| fact.opened()).collect();
    let start = Instant::now();
    for node in stage.nodes().into_iter().cycle().take(rounds) {
        node.freeze();
        sleep(SECOND / 2).await;
        node.thaw();
        sleep(SECOND / 5).await;
    }
    sleep(SECOND).await;
    let answers = Answers::of(loads.iter().map(|load| load.since(start)));
    report(FAULT, format_args!("{rounds} times: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "latency only");
    for node in stage.nodes() {
        assert_eq!(node.count(|fact| fact.left().is_some()), 0, "nobody is given up");
    }
    for session in before {
        let ends = |fact: &Fact| *fact == Fact::Closed { session };
        assert!(stage.backends.iter().all(|node| node.count(ends) == 0), "no link was lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_04_frozen_backend() {
    frozen("fault_04_frozen_backend", Stage::start(["one", "two"]).await).await;
}

/// Freezes a backend for longer than its lease lasts.
pub(crate) async fn frozen(fault: &str, stage: Stage) {
    let frozen_for = if is_whole() { 30 * SECOND } else { 8 * SECOND };
    let (gate, one, two) = (&stage.gate, &stage.backends[0], &stage.backends[1]);
    let number = gate.knows("one").await;
    let loads = stage.load().await;
    let late = client_of(gate, "one").await;
    let pushes = Arc::new(AtomicUsize::new(0));
    let heard = pushes.clone();
    late.on("onLate", move |_: u64| {
        heard.fetch_add(1, Ordering::SeqCst);
    });
    let mut noters = Vec::new();
    for _ in 0..5 {
        noters.push(client_of(gate, "one").await);
    }
    ask(&noters[0], "desk.open", &"forest").await.expect("a zone");
    let opened: Vec<_> = one.facts().iter().filter_map(|(_, fact)| fact.opened()).collect();
    // It is under way when the process is stopped, also by a busy machine, and over before the process goes on.
    let late = tokio::spawn(async move { (ask(&late, "desk.late", &4000).await, late) });
    sleep(SECOND / 2).await;

    let start = Instant::now();
    let frozen = one.freeze();
    let noted: Vec<_> = (0_u64..)
        .zip(noters)
        .map(|(number, client)| {
            tokio::spawn(async move {
                let asked = ask(&client, "desk.note", &number).await;
                (asked, Instant::now(), client)
            })
        })
        .collect();
    let mut unreachable = Duration::ZERO;
    for asked in noted {
        let (told, at, _) = asked.await.expect("it is answered");
        assert_eq!(told, Err("node_lost".to_owned()), "it may have been handled");
        unreachable = unreachable.max(at - frozen);
    }
    within(fault, "it is unreachable, and the requests to it are told", unreachable, 3 * SECOND, 2);
    let (told, late) = late.await.expect("it is answered");
    assert_eq!(told, Err("node_lost".to_owned()));
    for node in [gate, two] {
        let dead = node.sees_end_of(number).await - frozen;
        let what = format!("{} hears that it is dead", node.name());
        within(fault, &what, dead, 5 * SECOND, 2);
        assert!(dead > 2 * SECOND, "a process that stands still may go on: {dead:?}");
    }
    sleep(frozen_for.saturating_sub(frozen.elapsed())).await;

    let thawed = one.thaw();
    until("it joins anew", async || {
        gate.numbers("one").len() == 2 && two.numbers("one").len() == 2
    })
    .await;
    within(fault, "it has joined anew", thawed.elapsed(), 2 * SECOND, 5);
    assert!(gate.knows("one").await > number);
    until("it knows the others again", async || {
        ["gate", "two"].iter().all(|name| one.numbers(name).len() == 2)
    })
    .await;
    let closed = |session: u64| one.count(|fact| *fact == Fact::Closed { session });
    until("its room and the sessions of before have ended", async || {
        one.count(|fact| matches!(fact, Fact::RoomClosed { .. })) >= 1
            && opened.iter().all(|session| closed(*session) >= 1)
    })
    .await;
    // Whatever comes late or twice.
    sleep(2 * SECOND).await;
    let noted = one.count(|fact| matches!(fact, Fact::Noted { .. }));
    assert_eq!(noted, 0, "it handles nothing of before");
    assert_eq!(one.count(|fact| matches!(fact, Fact::RoomClosed { .. })), 1, "its room has closed");
    for session in opened {
        assert_eq!(closed(session), 1, "each session of before has ended once");
    }
    assert_eq!(pushes.load(Ordering::SeqCst), 0, "a late push is refused");
    assert!(!late.is_closed());
    for node in [gate, two] {
        assert_eq!(node.left(number).len(), 1, "once: {:?}", node.facts());
    }
    let mut answers = Vec::new();
    for load in loads {
        answers.push(load.end(start).await);
    }
    let answers = Answers::of(answers);
    report(fault, format_args!("all clients: {answers}"));
    assert!(answers.errors().keys().all(|code| *code == "node_lost"), "{:?}", answers.errors());
    assert!(answers.ends.is_empty(), "clients stay");
    client_of(gate, "one").await;
}

/// The users of a gate that was given up may be elsewhere when it goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_04_frozen_gate() {
    const FAULT: &str = "fault_04_frozen_gate";
    const USERS: i64 = 5;
    let frozen_for = if is_whole() { 30 * SECOND } else { 8 * SECOND };
    let master = Node::start(Role::master("master")).await;
    let join = |name: &str| Role::join(name, master.cluster());
    let (left, right, one) = tokio::join!(
        Node::start(join("left").gate()),
        Node::start(join("right").gate()),
        Node::start(join("one").backend()),
    );
    all_see_all(&[&master, &left, &right, &one]).await;
    let number = one.knows("left").await;
    let mut users = Vec::new();
    for uid in 1..=USERS {
        let user = client_of(&left, "one").await;
        ask(&user, "desk.login", &uid).await.expect("it is bound");
        users.push(user);
    }
    let sessions: Vec<_> = one.facts().iter().filter_map(|(_, fact)| fact.opened()).collect();
    let load = Load::at(&[right.clients()], EVERY);

    let start = Instant::now();
    let frozen = left.freeze();
    let dead = one.sees_end_of(number).await - frozen;
    within(FAULT, "its backend hears that it is dead", dead, 5 * SECOND, 2);
    assert!(dead > 2 * SECOND, "a process that stands still may go on: {dead:?}");
    let mut moved = Vec::new();
    for uid in 1..=USERS {
        let user = connect(&right).await;
        ask(&user, "desk.login", &uid).await.expect("the user is free");
        moved.push(user);
    }
    sleep(frozen_for.saturating_sub(frozen.elapsed())).await;

    // Sent while it stands still.
    let late = users.iter().cloned();
    let late: Vec<_> =
        late.map(|user| tokio::spawn(async move { ask(&user, "desk.note", &7).await })).collect();
    sleep(SECOND / 5).await;
    let thawed = left.thaw();
    for asked in late {
        assert!(asked.await.expect("it ends").is_err(), "its link has ended");
    }
    for user in &users {
        let end = user.closed().await.to_string();
        assert_eq!(end, "kicked by the server: node_lost");
    }
    until("it joins anew", async || one.numbers("left").len() == 2).await;
    within(FAULT, "it has joined anew", thawed.elapsed(), 2 * SECOND, 5);
    assert_eq!(one.count(|fact| matches!(fact, Fact::Noted { .. })), 0, "nothing late is handled");
    for session in sessions {
        let ends = |fact: &Fact| *fact == Fact::Closed { session };
        assert_eq!(one.count(ends), 1, "each of its sessions has ended once");
    }
    for user in &moved {
        assert!(echo(user).await.is_ok() && !user.is_closed(), "the newer sessions stay");
    }
    let again = client_of(&left, "one").await;
    ask(&again, "desk.login", &1).await.expect("it takes the place of the other");
    assert_eq!(moved[0].closed().await.to_string(), "kicked by the server: replaced");
    let answers = load.end(start).await;
    report(FAULT, format_args!("a client of the other gate: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty());
}

/// A process that stands still for about as long as its lease lasts is a member, or is given up, and nothing between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_04_frozen_for_about_a_lease() {
    const FAULT: &str = "fault_04_frozen_for_about_a_lease";
    let times: &[u64] =
        if is_whole() { &[3200, 3900, 4200, 4600, 4900, 5200, 5600] } else { &[4600] };
    let stage = Stage::start(["one"]).await;
    let (gate, one) = (&stage.gate, &stage.backends[0]);
    let mut base = 0;
    for millis in times {
        let number = gate.knows("one").await;
        let clients: [_; 4] = std::array::from_fn(|_| client_of(gate, "one"));
        base += 1_000_000;
        let (end, ends) = watch::channel(false);
        let mut noting = Vec::new();
        for (client, which) in clients.into_iter().zip(1..) {
            noting.push(tokio::spawn(note(client.await, base + which * 100_000, ends.clone())));
        }
        sleep(SECOND / 2).await;
        one.freeze();
        sleep(Duration::from_millis(*millis)).await;
        one.thaw();
        // Longer than a lease.
        sleep(6 * SECOND).await;
        until("it serves again", async || {
            let client = connect(gate).await;
            echo(&client).await.is_ok()
        })
        .await;
        let is_new = gate.knows("one").await != number;
        assert_eq!(gate.left(number).len(), usize::from(is_new), "{:?}", gate.facts());
        end.send_replace(true);
        let mut seen = Vec::new();
        for (noted, which) in noting.into_iter().zip(1..) {
            let answers = noted.await.expect("each answer is the right one");
            let codes = check(&[one], base + which * 100_000, &answers).await;
            seen.push(format!("{codes:?}"));
        }
        let end = if is_new { "given up" } else { "a member" };
        report(FAULT, format_args!("{millis} ms: {end}; {}", seen.join(", ")));
    }
}
