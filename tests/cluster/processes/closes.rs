//! Many sessions that end while a backend hangs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::node::{Fact, Node, Role};
use crate::robots;
use crate::table::{is_whole, report, within};
use crate::wait::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_20_10k_closes_wait_for_no_hung_backend() {
    let count = if is_whole() { 10_000 } else { 2_000 };
    let master = Node::start(Role::master("master")).await;
    let backend = Node::start(Role::join("desk", master.cluster()).backend()).await;
    let gate = Role::join("gate", master.cluster()).gate().start_here().await;
    let (mut known, mut times) = (0, Vec::new());
    for hangs in [false, true] {
        let clients = robots::connect(&gate, "desk.echo", 0..count).await;
        known += clients.len();
        until("the backend knows all sessions", async || {
            sleep(Duration::from_millis(100)).await;
            backend.count(|fact| matches!(fact, Fact::Opened { .. })) == known
        })
        .await;
        if hangs {
            backend.freeze();
        }
        let start = Instant::now();
        drop(clients);
        while gate.sessions() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
        times.push(start.elapsed());
        if hangs {
            backend.thaw();
        }
        until("the backend has ended all sessions", async || {
            sleep(Duration::from_millis(100)).await;
            backend.count(|fact| matches!(fact, Fact::Closed { .. })) == known
        })
        .await;
    }
    let mut hooks = BTreeMap::new();
    for (_, fact) in backend.facts() {
        match fact {
            Fact::Opened { session } => hooks.entry(session).or_insert([0, 0])[0] += 1,
            Fact::Closed { session } => hooks.entry(session).or_insert([0, 0])[1] += 1,
            _ => {}
        }
    }
    assert_eq!(hooks.len(), known);
    assert!(hooks.values().all(|times| *times == [1, 1]), "hooks run once for each session");
    report("fault_20", format_args!("{count} sessions end after {:.0?} without a hang", times[0]));
    // Less than the time after which the link would end.
    let bound = times[0].max(Duration::from_millis(500));
    within("fault_20", "with a backend that hangs they end", times[1], bound, 5);
    gate.shutdown().await;
}
