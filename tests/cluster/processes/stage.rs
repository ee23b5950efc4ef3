//! A gate and its backends, and clients whose session is on one of them.

use std::time::Duration;

use nano::Json;
use nano::client::Client;

use crate::game::code;
use crate::load::Load;
use crate::node::{Node, Role};
use crate::wait::until;

/// The time between two requests of a client.
pub(super) const EVERY: Duration = Duration::from_millis(10);

/// A gate that is the master, and backends. They all know each other.
pub(super) struct Stage {
    pub(super) gate: Node,
    pub(super) backends: Vec<Node>,
}

impl Stage {
    pub(super) async fn start<const N: usize>(backends: [&str; N]) -> Self {
        let gate = Node::start(Role::master("gate").gate()).await;
        let master = gate.cluster();
        let roles = backends.map(|name| Role::join(name, master).backend());
        let backends: Vec<_> = roles.into_iter().map(Node::spawn).collect();
        for backend in &backends {
            backend.started().await;
        }
        let stage = Self { gate, backends };
        all_see_all(&stage.nodes()).await;
        stage
    }

    pub(super) fn nodes(&self) -> Vec<&Node> {
        std::iter::once(&self.gate).chain(&self.backends).collect()
    }

    /// Clients that ask all the time. Each backend has some of them.
    pub(super) async fn load(&self) -> Vec<Load> {
        let mut loads = Vec::new();
        until("each backend has clients", async || {
            loads.push(Load::at(&[self.gate.clients()], EVERY));
            self.backends.iter().all(|node| {
                let has = |load: &Load| load.node().as_deref() == Some(node.name());
                loads.iter().filter(|load| has(load)).count() >= 2
            })
        })
        .await;
        loads
    }
}

/// Waits until each of the nodes has seen all others.
pub(super) async fn all_see_all(nodes: &[&Node]) {
    for node in nodes {
        for other in nodes.iter().filter(|other| other.name() != node.name()) {
            node.knows(other.name()).await;
        }
    }
}

/// Opens a client of a gate.
pub(super) async fn connect(gate: &Node) -> Client<Json> {
    Client::connect(&format!("tcp://{}", gate.clients())).await.expect("a gate")
}

/// The node that serves a client, or the code of the error.
pub(super) async fn echo(client: &Client<Json>) -> Result<String, String> {
    let echo = client.request::<_, (String, u64)>("desk.echo", &1).await;
    echo.map(|(node, _)| node).map_err(|error| code(&error))
}

/// Opens a client of a gate whose session is on the backend of this name.
pub(super) async fn client_of(gate: &Node, backend: &str) -> Client<Json> {
    let mut found = None;
    until("a session comes to the backend", async || {
        let client = connect(gate).await;
        let is_there = echo(&client).await.as_deref() == Ok(backend);
        found = is_there.then_some(client);
        found.is_some()
    })
    .await;
    found.expect("it was found")
}

/// Asks something whose answer says nothing.
pub(super) async fn ask<T: serde::Serialize + Sync>(
    client: &Client<Json>,
    route: &str,
    message: &T,
) -> Result<serde_json::Value, String> {
    let asked = client.request::<_, serde_json::Value>(route, message).await;
    asked.map_err(|error| code(&error))
}
