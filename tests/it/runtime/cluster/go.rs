//! Nodes of Go nano beside nodes of this framework. They are scripts, whose messages are Go nano's own.

mod away;
mod backend;
mod gate;
mod line;
mod live;
mod master;
mod member;
mod messages;
mod script;
mod trust;

use std::net::SocketAddr;
use std::time::Duration;

use nano::{App, Cluster, GoNano, Server};
use tokio::time::timeout;

use script::Script;

/// Trusts all addresses of this machine.
fn trust() -> GoNano {
    GoNano::trust(["127.0.0.0/8"])
}

/// Starts a node whose master is a node of Go nano.
async fn behind(master: &mut Script, app: App) -> Server {
    behind_with(master, app, trust()).await
}

async fn behind_with(master: &mut Script, app: App, go: GoNano) -> Server {
    let go = go.master(master.address.clone());
    let node = Cluster::bind("127.0.0.1:0").name("rust").go_nano(go);
    let server = app.cluster(node).start().await.expect("it starts");
    assert_eq!(master.next().await.0, "Master/Register");
    server
}

fn address(server: &Server) -> SocketAddr {
    server.cluster_address().expect("a node")
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), waiting).await.unwrap_or_else(|_| panic!("{what}"));
}
