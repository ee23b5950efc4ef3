//! The users of a gate that is killed, who log in at another one.

use std::time::Duration;

use crate::node::{Fact, Node, Role};
use crate::robots;
use crate::table::{is_whole, within};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs processes: `cargo xtask cluster` runs it"]
async fn fault_19_10k_logins() {
    let count = if is_whole() { 10_000 } else { 2_000 };
    let master = Node::start(Role::master("master")).await;
    log_in_elsewhere("fault_19", count, |name| Role::join(name, master.cluster())).await;
}

/// Kills a gate with so many users, who then log in at another one of the same cluster.
pub(crate) async fn log_in_elsewhere(fault: &str, count: i64, node: impl Fn(&str) -> Role) {
    let mut old = Node::start(node("old").gate().backend().users(count)).await;
    let number = count.unsigned_abs();
    old.told("its users are bound", |fact| *fact == Fact::Noted { number }).await;
    let new = node("new").gate().backend().start_here().await;
    let killed = old.kill();
    let clients = robots::connect(&new, "desk.login", 0..count).await;
    let what = format!("{count} users are bound elsewhere");
    within(fault, &what, killed.elapsed(), Duration::from_secs(10), 6);
    let bound = new.everyone().sessions();
    let mut uids: Vec<_> = bound.iter().filter_map(|session| session.uid()?.as_i64()).collect();
    uids.sort_unstable();
    assert_eq!(uids, (0..count).collect::<Vec<_>>());
    assert!(
        clients.iter().all(|client| !client.is_closed()),
        "the end of the old ones ends no new one"
    );
    new.shutdown().await;
}
