//! A gate and a backend that do not reach each other, while both reach the master.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::net::{Net, Way};
use crate::clients::ask;
use crate::load::Load;
use crate::node::{Fact, Node, Role, all_see_all};
use crate::table::{report, within};
use crate::wait::until;

const FAULT: &str = "fault_05_cut_pair";

const SECOND: Duration = Duration::from_secs(1);

/// The hosts.
const MASTER: u8 = 0;
const GATE: u8 = 1;
const BACKEND: u8 = 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs network namespaces: `cargo xtask cluster` runs it"]
async fn fault_05_cut_pair() {
    let net = Net::open(3);
    let master = Node::start(net.place(MASTER, Role::master("master"))).await;
    let join = |name: &str| Role::join(name, net.node(MASTER));
    let gate = Node::start(net.place(GATE, join("gate").gate())).await;
    let backend = Node::start(net.place(BACKEND, join("backend").backend())).await;
    all_see_all(&[&master, &gate, &backend]).await;
    let way = net.way(GATE);
    let dial = way.clone();
    let load = Load::by(move || dial.dial(), SECOND / 50);
    until("clients are served", async || load.node().is_some()).await;
    let host = way.connect().await;
    ask(&host, "desk.open", &"forest").await.expect("a zone");

    let pair = Pair { net, way, gate, backend, load };
    pair.fails_and_heals("gate to backend", |net| net.drop_from(GATE, BACKEND), None).await;
    pair.fails_and_heals("backend to gate", |net| net.drop_from(BACKEND, GATE), None).await;
    pair.fails_and_heals("both, for 4 s", |net| net.cut(GATE, BACKEND), Some(4 * SECOND)).await;

    let taken = ask(&host, "desk.open", &"forest").await;
    assert_eq!(taken, Err("room_name_taken".to_owned()), "the name is where it was");
    for node in [&master, &pair.gate, &pair.backend] {
        assert_eq!(node.count(|fact| fact.left().is_some()), 0, "nobody is given up");
    }
    assert_eq!(pair.backend.count(|fact| matches!(fact, Fact::RoomClosed { .. })), 0);
    let answers = pair.load.end(Instant::now()).await;
    assert!(answers.ends.is_empty(), "clients stay: {:?}", answers.ends);
}

struct Pair {
    net: Net,
    way: Way,
    gate: Node,
    backend: Node,
    load: Load,
}

impl Pair {
    /// Cuts the two off from each other, for so long or until both know it and two more seconds.
    async fn fails_and_heals(&self, what: &str, cut: impl Fn(&Net), time: Option<Duration>) {
        let Self { net, way, gate, backend, load } = self;
        let member = way.connect().await;
        ask(&member, "desk.enter", &"forest").await.expect("it is let in");
        let session = gate.facts().iter().filter_map(|(_, fact)| fact.opened()).next_back();
        let session = session.expect("the member");

        let start = Instant::now();
        cut(net);
        until("the gate knows it", async || !load.since(start).errors().is_empty()).await;
        let known = start.elapsed();
        within(FAULT, &format!("{what}: unreachable for the gate"), known, 6 * SECOND, 2);
        let known = backend
            .told("the session ends", |fact| *fact == Fact::Closed { session })
            .await
            .saturating_duration_since(start);
        within(FAULT, &format!("{what}: unreachable for the backend"), known, 6 * SECOND, 2);
        let since = Instant::now();
        sleep(time.map_or(2 * SECOND, |time| time.saturating_sub(start.elapsed()))).await;
        let failed = load.since(since);
        net.heal();
        let healed = Instant::now();
        report(FAULT, format_args!("{what}: meanwhile {failed}"));
        assert!(failed.errors().keys().all(|code| *code == "unavailable"), "{failed}");
        assert!(failed.percentile(90) < SECOND / 2, "it fails fast");

        until("it heals", async || load.since(healed).good() > 0).await;
        within(FAULT, &format!("{what}: served again"), healed.elapsed(), SECOND, 8);
        let told = ask(&member, "zone.count", &()).await;
        assert_eq!(told, Err("room_closed".to_owned()), "members are told");
    }
}
