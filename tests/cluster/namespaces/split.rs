//! A cluster whose nodes are cut into two parts, of which one has the registry.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::net::Net;
use crate::clients::{ask, echo};
use crate::load::Load;
use crate::node::{Fact, Node, Role, all_see_all};
use crate::table::{report, within};
use crate::wait::until;

const SECOND: Duration = Duration::from_secs(1);

/// The hosts: those of the second part are cut off from the others.
const MASTER: u8 = 0;
const OTHER: u8 = 1;
const GATE: u8 = 2;
const BACKEND: u8 = 3;

/// The master and a node that is gate and backend, and a gate and a backend that will be cut off.
struct Split {
    net: Net,
    master: Node,
    other: Node,
    gate: Node,
    backend: Node,
    load: Load,
}

/// The times of a split.
struct Times {
    /// Of the cut itself.
    cut: Instant,
    /// At which the name of the zone was given away.
    taken: Instant,
}

impl Split {
    /// Starts the nodes, and opens a zone on those that will be cut off.
    async fn start(role: impl Fn(Role) -> Role) -> Self {
        let net = Net::open(4);
        let master = Node::start(net.place(MASTER, Role::master("master"))).await;
        let join = |name: &str| Role::join(name, net.node(MASTER));
        let gate = Node::start(net.place(GATE, role(join("gate").gate()))).await;
        let backend = Node::start(net.place(BACKEND, role(join("backend").backend()))).await;
        all_see_all(&[&master, &gate, &backend]).await;
        let way = net.way(GATE);
        let host = way.connect().await;
        until("the gate knows the backend", async || echo(&host).await.is_ok()).await;
        ask(&host, "desk.open", &"forest").await.expect("a zone");
        let dial = way.clone();
        let load = Load::by(move || dial.dial(), SECOND / 50);
        let other = Node::start(net.place(OTHER, join("other").gate().backend())).await;
        all_see_all(&[&master, &gate, &backend, &other]).await;
        sleep(SECOND).await;
        Self { net, master, other, gate, backend, load }
    }

    /// Cuts the cluster in two, and waits until the zone's name is given away in the part that has the registry.
    async fn happens(&self, fault: &str) -> Times {
        let client = self.net.way(OTHER).connect().await;
        assert_eq!(echo(&client).await.as_deref(), Ok("other"));
        let cut = Instant::now();
        for here in [MASTER, OTHER] {
            for there in [GATE, BACKEND] {
                self.net.cut(here, there);
            }
        }
        until("the name is free", async || match ask(&client, "desk.open", &"forest").await {
            Ok(_) => true,
            Err(code) => {
                assert_eq!(code, "room_name_taken");
                false
            }
        })
        .await;
        let taken = Instant::now();
        within(fault, "the name is given away", taken - cut, 6 * SECOND, 2);
        assert!(
            taken - cut > 2 * SECOND,
            "the lease lasts for five seconds, from its last renewal"
        );
        Times { cut, taken }
    }

    /// Ends the split, and waits until all know all again, and there is one zone.
    async fn heals(&self, fault: &str) {
        let before = [self.master.numbers("gate"), self.master.numbers("backend")];
        self.net.heal();
        let healed = Instant::now();
        until("both join anew", async || {
            [&self.master, &self.other]
                .iter()
                .all(|node| ["gate", "backend"].iter().all(|name| node.numbers(name).len() == 2))
        })
        .await;
        until("they know the others again", async || {
            [&self.gate, &self.backend].iter().all(|node| node.numbers("other").len() == 2)
        })
        .await;
        within(fault, "all are in one cluster again", healed.elapsed(), 5 * SECOND, 4);
        for (name, before) in ["gate", "backend"].iter().zip(before) {
            let numbers = self.master.numbers(name);
            assert!(numbers[1] > before[0], "{name}: {numbers:?}");
        }
        let closed = |fact: &Fact| *fact == Fact::RoomClosed { room: "forest".to_owned() };
        self.backend.told("its zone has closed", closed).await;
        assert_eq!(self.other.count(closed), 0);
        let way = self.net.way(GATE);
        let visitor = way.connect().await;
        let number = self.master.knows("other").await;
        until("there is one zone, the other's", async || {
            ask(&visitor, "desk.enter", &"forest").await == Ok(number.into())
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs network namespaces: `cargo xtask cluster` runs it"]
async fn fault_06_split() {
    const FAULT: &str = "fault_06_split";
    let split = Split::start(|role| role).await;
    let times = split.happens(FAULT).await;
    sleep(3 * SECOND).await;
    let answers = split.load.since(times.cut);
    report(FAULT, format_args!("those that are cut off: {answers}"));
    assert!(answers.errors().is_empty() && answers.ends.is_empty(), "they go on");
    assert_eq!(split.backend.count(|fact| matches!(fact, Fact::RoomClosed { .. })), 0);
    split.heals(FAULT).await;
    // The client comes back at once, perhaps before the gate has joined anew.
    let ends = split.load.since(times.cut).ends;
    assert!(!ends.is_empty(), "they heard that they were given up");
    assert!(ends.iter().all(|end| end == "kicked by the server: node_lost"), "{ends:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs network namespaces: `cargo xtask cluster` runs it"]
async fn fault_06_split_of_strict_nodes() {
    const FAULT: &str = "fault_06_split_of_strict_nodes";
    let split = Split::start(Role::strict).await;
    let times = split.happens(FAULT).await;
    let closed = split
        .backend
        .told("its zone has closed", |fact| matches!(fact, Fact::RoomClosed { .. }))
        .await;
    let before = times.taken.checked_duration_since(closed);
    let before = before.expect("the old zone ends before there can be another");
    within(FAULT, "those that are cut off give themselves up", closed - times.cut, 4 * SECOND, 2);
    report(FAULT, format_args!("the zone had ended {before:.2?} before its name was given away"));
    until("clients are sent away", async || !split.load.since(times.cut).ends.is_empty()).await;
    let ends = split.load.since(times.cut).ends;
    assert_eq!(ends[0], "kicked by the server: node_lost");
    split.heals(FAULT).await;
}

/// A gate and its master of which one hears the other, and is not heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs network namespaces: `cargo xtask cluster` runs it"]
async fn fault_06_one_direction() {
    const FAULT: &str = "fault_06_one_direction";
    let split = Split::start(|role| role).await;
    let mut numbers = split.master.numbers("gate");
    for (from, to) in [(MASTER, GATE), (GATE, MASTER)] {
        let what = if from == MASTER { "master to gate" } else { "gate to master" };
        let number = *numbers.last().expect("it is there");
        let start = Instant::now();
        split.net.drop_from(from, to);
        let dead = split.backend.sees_end_of(number).await - start;
        // What arrived renews the lease, though nobody hears of it.
        within(FAULT, &format!("{what}: it is given up"), dead, 10 * SECOND, 2);
        until("its clients are sent away", async || !split.load.since(start).ends.is_empty()).await;
        within(FAULT, &format!("{what}: it has heard so"), start.elapsed() - dead, 2 * SECOND, 4);
        split.net.heal();
        let healed = Instant::now();
        until("it joins anew", async || split.backend.numbers("gate").len() > numbers.len()).await;
        within(FAULT, &format!("{what}: it has joined anew"), healed.elapsed(), 3 * SECOND, 5);
        until("clients are served", async || split.load.since(healed).good() > 0).await;
        numbers = split.backend.numbers("gate");
        assert!(numbers.is_sorted_by(|one, next| one < next), "{numbers:?}");
        assert_eq!(split.backend.left(number).len(), 1);
    }
    let left = |fact: &Fact| fact.left().is_some();
    assert_eq!(split.other.count(left), 2, "nobody but the gate, twice: {:?}", split.other.facts());
}
